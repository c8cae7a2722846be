"""The child process that marks cells in somebody's own workbook; the rest of it stays as they made it.

Run as `python -m campaigns.ground.sheets.mark_child SOURCE TARGET`, orders as JSON on stdin: a list of sheets with
"values" (cell → text, written first), "marks" (cell → reason), "column" (letter of the reasons, or ""), "title"
and "header" (its heading and row) and "rows" (row number → reason). What an earlier round marked is taken off. A formula becomes the value it
showed: openpyxl would save it without one.
"""

import json
import resource
import sys
from copy import copy

from openpyxl import load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill

AUTHOR = "导入退回"
BEFORE = "\n——原批注——\n"
FILL = PatternFill("solid", fgColor="F8C9C4")
MEMORY = 3 << 30
SECONDS = 300
_NO_FILL = PatternFill()


def mark(book, shown, orders: list[dict]) -> None:
    """Carry out the orders; `shown` is the same workbook with the values of its formulas."""
    for page in book.worksheets:
        _freeze_formulas(page, shown[page.title])
        _clean(page)
    for order in orders:
        page = book[order["sheet"]]
        for place, text in order["values"].items():
            _write(_real(page, place), text)
        for place, reason in order["marks"].items():
            _mark(_real(page, place), reason)
        if order["column"]:
            _tell(page, order)


def _freeze_formulas(page, shown) -> None:
    for cell in list(page._cells.values()):
        if cell.data_type == "f":
            cell.value = shown.cell(cell.row, cell.column).value


def _clean(page) -> None:
    for cell in page._cells.values():
        if cell.comment is not None and cell.comment.author == AUTHOR:
            own = cell.comment.text.partition(BEFORE)[2]
            cell.comment = _comment(own, "批注") if own else None
            cell.fill = copy(_NO_FILL)


def _real(page, place: str):
    """The cell itself, or the one that shows it where cells are merged."""
    cell = page[place]
    if isinstance(cell, MergedCell):
        around = next(area for area in page.merged_cells.ranges if cell.coordinate in area)
        return page.cell(around.min_row, around.min_col)
    return cell


def _write(cell, text: str) -> None:
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
    cell.data_type = "s"


def _mark(cell, reason: str) -> None:
    own = cell.comment.text if cell.comment is not None else ""
    cell.comment = _comment(reason + (BEFORE + own if own else ""), AUTHOR)
    cell.fill = copy(FILL)


def _comment(text: str, author: str) -> Comment:
    comment = Comment(text, author)
    comment.width, comment.height = 260, 90
    return comment


def _tell(page, order: dict) -> None:
    """The reasons once more in a column of their own, by which the rows can be filtered."""
    letter = order["column"]
    for number in range(order["header"] + 1, page.max_row + 1):
        if (cell := page._cells.get((number, _place(letter)))) is not None:
            cell.value = None
    head = page[f"{letter}{order['header']}"]
    _write(head, order["title"])
    head.font = Font(bold=True, color="C00000")
    page.column_dimensions[letter].width = 50
    for number, reason in order["rows"].items():
        cell = page[f"{letter}{number}"]
        _write(cell, reason)
        cell.font, cell.alignment = Font(color="C00000"), Alignment(wrap_text=True, vertical="center")


def _place(letter: str) -> int:
    number = 0
    for each in letter:
        number = number * 26 + ord(each) - 64
    return number


def main(source: str, target: str) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    orders = json.load(sys.stdin)
    book = load_workbook(source, rich_text=True)
    formulas = any(cell.data_type == "f" for page in book.worksheets for cell in page._cells.values())
    mark(book, load_workbook(source, data_only=True) if formulas else book, orders)
    book.save(target)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
