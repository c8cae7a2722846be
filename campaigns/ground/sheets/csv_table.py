"""The writer of .csv tables: UTF-8 with BOM (Excel and WPS ask for it), row by row, nothing a formula."""

import codecs
import csv
import datetime as dt
import io
from typing import BinaryIO

from campaigns.ground.sheets.write import RISKY, WriteSheet


def stream_csv(target: BinaryIO, sheet: WriteSheet) -> int:
    """Write header and rows of `sheet`; returns the number of rows. Values as in stream_workbook."""
    target.write(codecs.BOM_UTF8)
    text = io.TextIOWrapper(target, encoding="utf-8", errors="replace", newline="", write_through=False)
    writer = csv.writer(text)
    writer.writerow([column.label for column in sheet.columns])
    total = 0
    for row in sheet.rows:
        writer.writerow([_cell(value) for value in row])
        total += 1
    text.flush()
    text.detach()
    return total


def _cell(value: object) -> object:
    """A text that a spreadsheet would run gets a quote before it, as a person would type it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, str) and value.startswith(RISKY):
        return f"'{value}"
    return value
