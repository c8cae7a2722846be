"""A list declared once: the columns of a page table are the columns of its workbook (house rule 10).

A list module writes `LEDGER = (Column("编号", …), …)`; the view makes `Table(LEDGER, page, url=…)` of one
page of rows and hands it to `components/table.html`; the export reads the same `Column.value` for its cells.
Knows no word of the campaign: what a light or a state means is said by the template tags above.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.timezone import is_aware, localtime

KINDS = ("text", "date", "datetime", "number", "light", "state", "long")
NOTHING = "—"
PER_PAGE = 20


@dataclass(frozen=True)
class Column:
    """One column of a list, on the page and in the workbook.

    value: takes the row's object, gives the raw value (str, date, datetime, number, bool or None).
    kind: one of KINDS; decides alignment and how the value is written.
    link: the cell carries the link to the row's own page (and is the card's heading on phones).
    width: of the workbook column, in characters.
    """

    label: str
    value: Callable[[Any], Any]
    kind: str = "text"
    link: bool = False
    on_page: bool = True
    in_sheet: bool = True
    width: int = 14

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"Unknown kind of column: {self.kind!r}")

    def text(self, obj: Any) -> str:
        """The value as written on the page; `—` where there is none."""
        return text_of(self.value(obj))


@dataclass(frozen=True)
class Cell:
    """What the template needs of one cell. `url` is empty where the cell is no link."""

    text: str
    kind: str
    label: str
    url: str


@dataclass(frozen=True)
class Row:
    """One row: the object's primary key (for checkboxes), its own page (may be empty) and its cells."""

    pk: Any
    url: str
    cells: tuple[Cell, ...]

    @property
    def name(self) -> str:
        """What the row is called in words read aloud: the text of its link, else of its first cell."""
        named = next((cell for cell in self.cells if cell.url), self.cells[0] if self.cells else None)
        return named.text if named else ""


class Table:
    """Columns × one page of rows, ready for one flat loop in the template.

    columns: all columns of the list; those with on_page=False are left out here.
    page: a Django Page (then the pager is shown too) or any iterable of objects.
    url: takes a row's object, gives the address of its own page.
    """

    def __init__(
        self, columns: Sequence[Column], page: Page | Iterable[Any], url: Callable[[Any], str] | None = None
    ) -> None:
        self.columns = tuple(column for column in columns if column.on_page)
        self.page = page
        self._url = url

    @property
    def headers(self) -> tuple[Column, ...]:
        """The columns shown, for `<th>`: each has `.label` and `.kind`."""
        return self.columns

    @property
    def is_paged(self) -> bool:
        """Whether a pager belongs under the table."""
        return isinstance(self.page, Page)

    @cached_property
    def rows(self) -> list[Row]:
        """The rows of this page; the objects are read once."""
        return [self._row(obj) for obj in self.page]

    def _row(self, obj: Any) -> Row:
        url = self._url(obj) if self._url else ""
        cells = tuple(
            Cell(column.text(obj), column.kind, column.label, url if column.link else "")
            for column in self.columns
        )
        return Row(pk=getattr(obj, "pk", ""), url=url, cells=cells)


def text_of(value: Any) -> str:
    """A raw value as people read it: 2026-11-23, 2026-11-23 08:30 (local time), 是/否, `—` for nothing."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return (localtime(value) if is_aware(value) else value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def paginate(queryset: QuerySet | Sequence[Any], number: str | int | None, per_page: int = PER_PAGE) -> Page:
    """One page of an ordered queryset. A bad or low number gives the first, a high one the last."""
    try:
        wanted = max(int(number or 1), 1)
    except ValueError:
        wanted = 1
    return Paginator(queryset, per_page).get_page(wanted)


def query_without_page(request: HttpRequest) -> str:
    """The request's query string without `page`, urlencoded, for pager links; empty when nothing is left."""
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()
