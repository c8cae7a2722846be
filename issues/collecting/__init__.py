"""一键收表: the units' own workbooks, read as they were sent in. Knows sheets, headings and names; writes nothing."""
