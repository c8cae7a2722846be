"""The user's own workbook with marks in it: red cells and comments, or cells that say something else.

Layout, title rows, further sheets and columns stay. Knows no column of the campaign.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from openpyxl import Workbook

from campaigns.ground.archive import repack
from campaigns.ground.sheets.read import Sheet, column_letter, csv_table, header_key
from campaigns.ground.sheets.write import text_cell

SECONDS = 300
CSV_SHEET = "表"
REASON = "退回原因"
_ROOT = Path(__file__).resolve().parents[3]
_CHILD = ["-E", "-s", "-m", "campaigns.ground.sheets.mark_child"]


class CannotMark(Exception):
    """The workbook is too large or too odd to be marked: the caller must say what is wrong in another way."""


@dataclass
class Marks:
    """What is to be done in one sheet: `values` (cell → text) are written, `marks` (cell → reason) turn red.

    `rows` (row number → reason) fill the column `column` (a letter; "" for none) under `title` in row `header`.
    """

    sheet: str
    values: dict[str, str] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)
    column: str = ""
    title: str = REASON
    header: int = 1
    rows: dict[int, str] = field(default_factory=dict)


def marked(content: bytes, orders: Sequence[Marks], known: Iterable[str] = ()) -> bytes:
    """`content` (.xlsx, or .csv, which becomes one) with the marks; always an .xlsx. Raises CannotMark.

    `known`: headings by which a .csv shows its delimiter. The file must have passed the gate. The work is done in a child with a limit on memory and time.
    """
    if not content.startswith(b"PK"):
        content = _as_book(content, {header_key(label) for label in known})
    told = json.dumps([{**asdict(one), "sheet": one.sheet or CSV_SHEET} for one in orders])
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "source.xlsx"), Path(folder, "target.xlsx")
        source.write_bytes(content)
        command = [sys.executable, "-X", "utf8", *_CHILD, str(source), str(target)]
        try:
            subprocess.run(
                command, cwd=_ROOT, input=told.encode(), timeout=SECONDS, check=True, capture_output=True
            )
        except (subprocess.SubprocessError, OSError) as error:
            raise CannotMark from error
        return repack(target)


def reason_column(sheet: Sheet) -> str:
    """The letter of the column an earlier round put its reasons in, or of the first free one behind the table."""
    own = next((column.letter for column in sheet.columns if column.label == REASON), None)
    return own or column_letter(max((sheet.width, *(column.place for column in sheet.columns))) + 1)


def _as_book(content: bytes, keys: set[str]) -> bytes:
    """A .csv as a workbook of texts, every row at its number."""
    book = Workbook(write_only=True)
    page = book.create_sheet(CSV_SHEET)
    last = 0
    for number, cells in csv_table(content, keys):
        while last < number - 1:
            page.append([])
            last += 1
        page.append(
            [text_cell(page, cells[place]) if place in cells else None for place in range(1, max(cells) + 1)]
        )
        last = number
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "book.xlsx")
        book.save(path)
        return path.read_bytes()
