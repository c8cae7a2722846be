"""Zips that depend on their contents only: sorted members, fixed dates and attributes, no build time inside.

Used for every .xlsx, .docx and .zip the product makes: unchanged data give identical bytes (contract §2).
"""

import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

_MOMENT = (1980, 1, 1, 0, 0, 0)
_STAMP = "1980-01-01T00:00:00Z"
_CORE = "docProps/core.xml"
_DATES = re.compile(rb"(<dcterms:(created|modified)\b[^>]*>)[^<]*(</dcterms:\2>)")
_AUTHOR = re.compile(rb"(<cp:lastModifiedBy\b[^>]*>)[^<]*(</cp:lastModifiedBy>)")


def repack(source: str | Path | bytes) -> bytes:
    """The zip at `source` (path or bytes; also .xlsx, .docx) packed afresh: same members, same bytes.

    Members are sorted by name and dated 1980-01-01; docProps/core.xml loses its real dates and last author.
    """
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    with zipfile.ZipFile(file) as old:
        return pack({name: old.read(name) for name in old.namelist() if not name.endswith("/")})


def pack(members: Mapping[str, bytes]) -> bytes:
    """A zip of `members` (name → content), deterministic."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as new:
        for name in sorted(members):
            content = members[name]
            info = zipfile.ZipInfo(name, _MOMENT)
            info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 0
            info.external_attr, info.create_version, info.extract_version = 0, 20, 20
            new.writestr(info, _undated(content) if name == _CORE else content)
    return target.getvalue()


def _undated(core: bytes) -> bytes:
    return _AUTHOR.sub(rb"\1\2", _DATES.sub(rb"\g<1>" + _STAMP.encode() + rb"\3", core))
