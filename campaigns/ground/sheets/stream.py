"""The writer of long tables: an .xlsx row by row into a file, in bounded memory, with styles made once.

Looks like what write.py makes (frozen bold header, filter, A4 landscape, repeated header, page numbers) but has no
notes, drop-downs or marked cells. No value becomes a formula; the same rows give the same bytes.
"""

import datetime as dt
import math
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from typing import BinaryIO
from xml.sax.saxutils import escape

from openpyxl.utils import get_column_letter

from campaigns.ground.sheets.stream_parts import (
    FORMATS,
    page_parts,
    sheet_foot,
    sheet_head,
    style_of,
    styles_part,
)
from campaigns.ground.sheets.write import RISKY, WriteColumn, WriteSheet, row_height

LAST_ROW = 1_048_576
_LEVEL = 3
_BUFFER = 1 << 20
_REMEMBERED = 4096
_LONGEST = 32_767
_SPECIAL = re.compile("[&<>\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_EPOCH = dt.date(1899, 12, 30).toordinal()
_DAY = 86_400
_MOMENT = (1980, 1, 1, 0, 0, 0)

Cell = Callable[[object], str]


def stream_workbook(target: BinaryIO, sheets: Sequence[WriteSheet]) -> int:
    """Write `sheets` to `target` (a file open for writing and seeking); returns the number of rows.

    A table longer than a sheet goes on in a further one. Values as in write_workbook, moments already local.
    """
    total, titles = 0, []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL, allowZip64=True) as book:
        for sheet in sheets:
            rows = iter(sheet.rows)
            for more in range(1000):
                written, full = _write_sheet(book, sheet, rows, len(titles) + 1)
                if more and not written:
                    titles.append((f"{sheet.title[:24]}（续{more}）", sheet))
                    break
                titles.append((sheet.title if not more else f"{sheet.title[:24]}（续{more}）", sheet))
                total += written
                if not full:
                    break
        for name, content in page_parts(titles):
            book.writestr(_member(name), content)
        book.writestr(_member("xl/styles.xml"), styles_part())
    return total


def _write_sheet(book: zipfile.ZipFile, sheet: WriteSheet, rows: Iterable, number: int) -> tuple[int, bool]:
    """One worksheet from what is left of `rows`: how many were written, and whether it is full."""
    columns, header_row = list(sheet.columns), len(sheet.heading) + 1
    writers = [_cell_writer(column) for column in columns]
    first, written, full = header_row, 0, False
    room = LAST_ROW - header_row - len(sheet.footing)
    with book.open(_member(f"xl/worksheets/sheet{number}.xml"), "w", force_zip64=True) as out:
        out.write(sheet_head(sheet).encode())
        buffer, size = [], 0
        for row in rows:
            line = "".join([write(value) for write, value in zip(writers, row, strict=True)])
            buffer.append(f"<row{_tall(row, sheet)}>{line}</row>")
            size += len(line)
            written += 1
            if size > _BUFFER:
                out.write("".join(buffer).encode())
                buffer, size = [], 0
            if written == room:
                full = True
                break
        out.write("".join(buffer).encode())
        out.write(sheet_foot(sheet, first, first + written, get_column_letter(max(len(columns), 1))).encode())
    return written, full


def _tall(row: Sequence, sheet: WriteSheet) -> str:
    """The height of a row of a sheet that is printed; others leave it to the reader."""
    return f' ht="{row_height(row, sheet.columns):g}" customHeight="1"' if sheet.tall else ""


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _MOMENT)
    info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 0
    info._compresslevel = _LEVEL
    return info


def _cell_writer(column: WriteColumn) -> Cell:
    """value → its <c>; texts and days that come again and again (codes, states, dates) are made once."""
    text, other = _text_maker(column), _value_maker(column)
    remembered: dict[object, str] = {}

    def write(value: object) -> str:
        kind = type(value)
        if kind is not str and kind is not dt.date:
            return other(value)
        found = remembered.get(value)
        if found is None:
            found = text(value) if kind is str and value else other(value)
            if len(remembered) < _REMEMBERED:
                remembered[value] = found
        return found

    return write


def _text_maker(column: WriteColumn) -> Cell:
    kind = "code" if column.kind == "code" else "text"
    plain, risky = (style_of(column.align, kind, risky=mark) for mark in (False, True))

    def make(value: str) -> str:
        style = risky if value.startswith(RISKY) else plain
        return f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{xml_text(value)}</t></is></c>'

    return make


def _value_maker(column: WriteColumn) -> Cell:
    """Everything but a text; a float that is no number leaves the cell blank."""
    styles = {name: style_of(column.align, name) for name in FORMATS}
    number = styles[column.kind] if column.kind in ("integer", "decimal") else styles["text"]
    text = _text_maker(column)
    blank = f'<c s="{styles[column.kind]}"/>'

    def make(value: object) -> str:
        if value is None or value == "":
            return blank
        if isinstance(value, bool | str):
            return text(value if isinstance(value, str) else "是" if value else "否")
        if isinstance(value, dt.datetime):
            return f'<c s="{styles["datetime"]}"><v>{_serial(value)}</v></c>'
        if isinstance(value, dt.date):
            return f'<c s="{styles["date"]}"><v>{value.toordinal() - _EPOCH}</v></c>'
        return f'<c s="{number}"><v>{value}</v></c>' if math.isfinite(value) else blank

    return make


def _serial(moment: dt.datetime) -> str:
    """A moment as Excel counts days; the wall clock's, zones were settled before."""
    seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
    return f"{moment.toordinal() - _EPOCH + seconds / _DAY:.10f}".rstrip("0").rstrip(".")


def xml_text(text: str) -> str:
    """A text as XML: what XML can't hold is dropped, what looks like an _x0041_ escape stays what it is."""
    if len(text) > _LONGEST:
        text = text[:_LONGEST]
    if _SPECIAL.search(text) is None:
        return text
    text = _NO_XML.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    return escape(_ESCAPE_LIKE.sub("_x005F_", text))
