"""The one writer of small styled workbooks: columns and rows in, deterministic .xlsx bytes out.

No value ever becomes a formula, codes stay text, dates are real dates in local time. Knows no column of the
campaign.
"""

import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties

from campaigns.ground.archive import repack

FONT = "宋体"
RISKY = ("=", "+", "-", "@", "\t", "\r")
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_FORMATS = {
    "code": "@",
    "date": "yyyy-mm-dd",
    "datetime": "yyyy-mm-dd hh:mm",
    "integer": "0",
    "decimal": "0.00",
}
_LINE = Side(style="thin", color="999999")
_GRID = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_HEADER_FILL = PatternFill("solid", fgColor="E8EEF5")
_BAD_FILL = PatternFill("solid", fgColor="F8C9C4")
_MAX_CHOICES = 255
_TEMPLATE_ROWS = 5000


@dataclass(frozen=True)
class WriteColumn:
    """A heading; `kind` is text, code, date, datetime, integer or decimal. `choices` become a drop-down."""

    label: str
    width: int = 14
    kind: str = "text"
    note: str = ""
    choices: tuple[str, ...] = ()
    align: str = "left"


@dataclass(frozen=True)
class Marked:
    """A cell shown in red with a comment (a rejects workbook)."""

    value: object
    comment: str = ""


@dataclass
class WriteSheet:
    """`heading`: lines above the header, the first one large; `footing`: lines below the rows.

    `tall`: every row gets the height its longest wrapped text needs, for sheets that are printed: not every
    reader works that out by itself.
    """

    title: str
    columns: Sequence[WriteColumn]
    rows: Iterable[Sequence]
    heading: Sequence[str] = ()
    footing: Sequence[str] = ()
    hidden: bool = False
    tall: bool = False


def write_workbook(sheets: Iterable[WriteSheet]) -> bytes:
    """The sheets as an .xlsx: bold frozen header, autofilter, A4 landscape fit to width, print titles.

    Values: str, int, float, Decimal, date, local datetime (naive or aware), bool (是/否), None, Marked.
    The same sheets give the same bytes.
    """
    book = Workbook(write_only=True)
    lists = _Choices()
    for sheet in sheets:
        _Writer(book, sheet, lists).write()
    lists.write(book)
    book.properties.creator = "walkflow"
    target = io.BytesIO()
    book.save(target)
    return repack(target.getvalue())


class _Choices:
    """Drop-down values that don't fit into a validation formula live on a hidden sheet."""

    def __init__(self):
        self.columns: list[tuple[str, ...]] = []

    def formula(self, values: tuple[str, ...]) -> str:
        joined = ",".join(values)
        if len(joined) <= _MAX_CHOICES and not any("," in value or '"' in value for value in values):
            return f'"{joined}"'
        if values not in self.columns:
            self.columns.append(values)
        letter = get_column_letter(self.columns.index(values) + 1)
        return f"选项!${letter}$1:${letter}${len(values)}"

    def write(self, book: Workbook) -> None:
        if not self.columns:
            return
        sheet = book.create_sheet("选项")
        sheet.sheet_state = "hidden"
        for place in range(max(map(len, self.columns))):
            row = [values[place] if place < len(values) else None for values in self.columns]
            sheet.append([text_cell(sheet, value) if value else None for value in row])


class _Writer:
    def __init__(self, book: Workbook, sheet: WriteSheet, lists: _Choices):
        self.sheet, self.lists = sheet, lists
        self.page = book.create_sheet(sheet.title)
        self.styles = {}
        self.header_row = len(sheet.heading) + 1
        self.last_letter = get_column_letter(max(len(sheet.columns), 1))

    def write(self) -> None:
        self._set_up_page()
        for place, line in enumerate(self.sheet.heading, 1):
            first = place == 1
            self._line(line, place, Font(name=FONT, bold=first, size=16 if first else 11))
        if self.sheet.tall:
            labels = [column.label for column in self.sheet.columns]
            self.page.row_dimensions[self.header_row].height = row_height(labels, self.sheet.columns)
        self.page.append([self._header(column) for column in self.sheet.columns])
        row = self.header_row
        for values in self.sheet.rows:
            row += 1
            if self.sheet.tall:
                self.page.row_dimensions[row].height = row_height(values, self.sheet.columns)
            self.page.append(
                [self._cell(value, column) for value, column in zip(values, self.sheet.columns, strict=True)]
            )
        self.page.auto_filter.ref = f"A{self.header_row}:{self.last_letter}{row}"
        for place, line in enumerate(self.sheet.footing, row + 1):
            self._line(line, place, Font(name=FONT, size=11), align="left")
        self._add_validations()

    def _set_up_page(self) -> None:
        page = self.page
        page.sheet_state = "hidden" if self.sheet.hidden else "visible"
        page.freeze_panes = f"A{self.header_row + 1}"
        page.print_title_rows = f"{self.header_row}:{self.header_row}"
        page.page_setup.orientation, page.page_setup.paperSize = "landscape", 9
        page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
        page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        page.oddFooter.center.text = "第 &P 页 共 &N 页"
        for place, column in enumerate(self.sheet.columns, 1):
            page.column_dimensions[get_column_letter(place)].width = column.width

    def _line(self, text: str, place: int, font: Font, align: str = "center") -> None:
        cell = text_cell(self.page, text)
        cell.font, cell.alignment = font, Alignment(horizontal=align, vertical="center", wrap_text=True)
        self.page.append([cell])
        if len(self.sheet.columns) > 1:
            self.page.merged_cells.add(f"A{place}:{self.last_letter}{place}")

    def _header(self, column: WriteColumn) -> WriteOnlyCell:
        cell = text_cell(self.page, column.label)
        cell.font, cell.fill, cell.border = Font(name=FONT, bold=True), _HEADER_FILL, _GRID
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        if column.note:
            cell.comment = _comment(column.note)
        return cell

    def _cell(self, value, column: WriteColumn) -> WriteOnlyCell:
        marked = isinstance(value, Marked)
        comment, value = (value.comment, value.value) if marked else ("", value)
        if isinstance(value, bool):
            value = "是" if value else "否"
        if isinstance(value, str):
            cell = text_cell(self.page, value)
        else:
            cell = WriteOnlyCell(self.page, _naive(value))
        risky = isinstance(value, str) and value.startswith(RISKY)
        cell._style = self._style(column, _format(value, column.kind), marked, risky)
        if comment:
            cell.comment = _comment(comment)
        return cell

    def _style(self, column: WriteColumn, number_format: str, marked: bool, risky: bool):
        """One style per look, made once: setting fonts cell by cell costs most of the writing time."""
        key = (column.align, number_format, marked, risky)
        if key not in self.styles:
            model = WriteOnlyCell(self.page, "")
            model.font, model.border, model.number_format = Font(name=FONT), _GRID, number_format
            model.alignment = Alignment(horizontal=column.align, vertical="center", wrap_text=True)
            if marked:
                model.fill = _BAD_FILL
            model.quotePrefix = risky
            self.styles[key] = model._style
        return copy(self.styles[key])

    def _add_validations(self) -> None:
        for place, column in enumerate(self.sheet.columns, 1):
            if not column.choices:
                continue
            rule = DataValidation(
                type="list",
                formula1=self.lists.formula(column.choices),
                allow_blank=True,
                showErrorMessage=False,
            )
            letter = get_column_letter(place)
            rule.add(f"{letter}{self.header_row + 1}:{letter}{self.header_row + _TEMPLATE_ROWS}")
            self.page.data_validations.append(rule)


def row_height(values: Sequence, columns: Sequence[WriteColumn]) -> float:
    """The height in points that shows the longest text of a row at its column's width; Excel's limit is 409."""
    lines = 1
    for value, column in zip(values, columns, strict=True):
        if isinstance(value, str) and 2 * len(value) > column.width - 2:
            room = max(column.width - 2, 1)
            lines = max(lines, sum(max(1, -(-half_widths(part) // room)) for part in value.split("\n")))
    return min(409.0, 16.0 * lines + 4)  # 11 pt: some faces stand 16 pt high


def half_widths(text: str) -> int:
    """How many half-width characters a text takes: ASCII one, everything else two."""
    return 2 * len(text) - len(text.encode("ascii", "ignore"))


def text_cell(page, text: str) -> WriteOnlyCell:
    """A string that stays one: never a formula, never an error value, never an _x0041_ escape."""
    cell = WriteOnlyCell(page)
    cell.value = _ESCAPE_LIKE.sub("_x005F_", ILLEGAL_CHARACTERS_RE.sub("", text))
    cell.data_type = "s"
    return cell


def _naive(value):
    """Excel knows no time zones: aware moments must have been made local before they come here."""
    if isinstance(value, dt.datetime) and value.tzinfo:
        return value.replace(tzinfo=None)
    return value


def _format(value, kind: str) -> str:
    if isinstance(value, dt.datetime):
        return _FORMATS["datetime"]
    if isinstance(value, dt.date):
        return _FORMATS["date"]
    if isinstance(value, Decimal | float | int) and kind in ("text", "code"):
        return "General"
    return _FORMATS.get(kind, "General")


def _comment(text: str) -> Comment:
    comment = Comment(text, "walkflow")
    comment.width, comment.height = 260, 90
    return comment
