"""From a unit's workbook to its rows: furniture left out, merged cells filled, the unit that signs it noted."""

import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from campaigns.ground.sheets.read import Column, Sheet, read_workbook
from campaigns.ground.sheets.values import Broken, as_text, is_blank
from campaigns.ground.sheets.vet import BadFile
from issues.collecting.headings import BODY, KNOWN, Form, columns_of, form_of

NOTHING = {"无", "暂无", "没有", "无需求", "无问题", "/", "／", "—", "——", "-", "--", "无。"}
_SIGNED_BY = re.compile(r"(?:填报|报送)单位(?:[(（]?盖章[)）]?)?[:：]\s*(?P<unit>[^\s:：]*)")
_TITLE = re.compile(r"^(?P<unit>.{2,60}?)[“\"「]?(?:走流程|问题清单|需求清单|解决措施清单)")
_NOT_A_NAME = re.compile(r"[“”\"'「」《》()（）\d\s:：_\-—.]+$|^[关于\d\s._\-—]+")


@dataclass
class Entry:
    """One row of a sheet: field → cell as it came (blanks and 无 left out). `broken`: cells that show #N/A and the like."""

    sheet: str
    number: int
    form: Form
    cells: dict[str, Any]
    columns: dict[str, Column] = field(default_factory=dict)
    broken: dict[str, Broken] = field(default_factory=dict)

    def cell(self, name: str) -> str | None:
        """Where a field stands, e.g. H7."""
        column = self.columns.get(name)
        return f"{column.letter}{self.number}" if column else None


@dataclass
class Book:
    """A file as read. `said`: what it says about whose it is, the surest first; `fault`: why it can't be read."""

    name: str
    sheets: list[tuple[Sheet, Form, dict[str, Column]]] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    fault: str = ""


def read_book(name: str, content: bytes) -> Book:
    """Read a file that was sent in; what can't be read is a sentence in `fault`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "sent" + Path(name).suffix.lower())
        path.write_bytes(content)
        try:
            sheets = read_workbook(path, KNOWN)
        except BadFile as refusal:
            return Book(name, fault=str(refusal))
    return book_of(name, sheets)


def book_of(name: str, sheets: Iterable[Sheet]) -> Book:
    """The rows of the tables that are one of the units' forms; a book without any is at fault."""
    book = Book(name)
    for sheet in sheets:
        form = form_of(sheet) if sheet.header_row and not sheet.hidden else None
        if form is None:
            continue
        columns = columns_of(sheet, form)
        book.sheets.append((sheet, form, columns))
        book.entries += _entries(sheet, form, columns)
    if not book.sheets:
        book.fault = "没有找到问题清单、需求清单、解决措施清单或汇总表的表头。"
    book.said = _said(book)
    return book


def _entries(sheet: Sheet, form: Form, columns: dict[str, Column]) -> list[Entry]:
    places = {column.place: at for at, column in enumerate(sheet.columns)}
    rows = {row.number: list(row.values) for row in sheet.rows}
    for top, left, bottom, right in sheet.merged:
        if left in places and top in rows and bottom > top > sheet.header_row and left == right:
            for number in range(top + 1, bottom + 1):
                if number in rows and rows[number][places[left]] is None:
                    rows[number][places[left]] = rows[top][places[left]]
    found = []
    for number, values in rows.items():
        cells = {name: values[places[column.place]] for name, column in columns.items()}
        cells = {name: cell for name, cell in cells.items() if not is_blank(cell) and not _says_nothing(cell)}
        if any(name in cells for name in BODY[form]):
            broken = {name: cells.pop(name) for name in list(cells) if isinstance(cells[name], Broken)}
            found.append(Entry(sheet.name, number, form, cells, columns, broken))
    return found


def _says_nothing(cell: Any) -> bool:
    return isinstance(cell, str) and cell.strip() in NOTHING


def _said(book: Book) -> list[str]:
    """Every name the file gives its unit: the line over the header, the column, the title, the file's own name."""
    lines = ["  ".join(as_text(cell) for cell in row if _is_written(cell)) for row in _above(book)]
    signed = [found["unit"] for line in lines for found in _SIGNED_BY.finditer(line) if found["unit"]]
    signed = [text for text in signed if not text.startswith(("填报人", "联系"))]
    column = [as_text(entry.cells["unit"]) for entry in book.entries if "unit" in entry.cells]
    titles = [found["unit"] for line in lines if (found := _TITLE.match(line))]
    file_name = Path(book.name).stem
    told = [*signed, *column, *titles]
    both = [form for text in told for form in (text, _bare(text))]
    return [text for text in dict.fromkeys(both) if text] + [file_name]


def _is_written(cell: Any) -> bool:
    return isinstance(cell, str) and not isinstance(cell, Broken)


def _above(book: Book) -> list[list]:
    return [row for sheet, _, _ in book.sheets for row in sheet.above]


def _bare(text: str) -> str:
    return _NOT_A_NAME.sub("", text).strip()
