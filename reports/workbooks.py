"""Workbooks of the lists as they are handed in: column declarations in, .xlsx bytes out.

The furniture (title, 填报单位 line, signature line) is domain.md §1.5's; styling, print set-up and neutralising of
cells stand in campaigns.ground.sheets.write, once.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import is_aware, localtime

from campaigns.ground.sheets.write import WriteColumn, WriteSheet, half_widths
from campaigns.ground.table import Column
from issues.lists import LEDGER
from reports.listing import BATCH
from reports.papers.document import chinese_date

CAMPAIGN = "“走流程、解难题、优服务”行动"
FOOTING = ("单位主要负责人（签字）：",)
CODES = ("编号", "编码", "账号")
TALLEST = 26  # lines of text in one row: Excel's highest row is 409 points
WIDEST = 200
_KINDS = {"date": "date", "datetime": "datetime"}


def write_column(column: Column, longest: int = 0) -> WriteColumn:
    """A list's column as a workbook's. `longest`: half-width characters of its longest text."""
    kind = _KINDS.get(column.kind, "code" if column.label.endswith(CODES) else "text")
    narrow = column.kind in ("number", "date", "light", "state")
    width = min(max(column.width, -(-longest // TALLEST) + 2), WIDEST)
    return WriteColumn(column.label, width=width, kind=kind, align="center" if narrow else "left")


def paper_sheet(
    *, name: str, columns: Sequence[Column], rows: Iterable[Any], unit: str, on: date, title: str = ""
) -> WriteSheet:
    """A list as a sheet to be printed, signed and stamped.

    `name`: what list it is (问题清单), also the tab's name; `title`: where the heading says more than the tab;
    `unit`: 填报单位 in full; `on`: 填报日期.
    """
    values = [[cell(column, row) for column in columns] for row in rows]
    return WriteSheet(
        title=name,
        columns=[write_column(column, _longest(values, place)) for place, column in enumerate(columns)],
        rows=values,
        heading=(
            f"{unit}{CAMPAIGN}{title or name}",
            f"填报单位（盖章）：{unit}        填报人：            联系电话：                "
            f"填报日期：{chinese_date(on)}",
        ),
        footing=FOOTING,
        tall=True,
    )


def cell(column: Column, row: Any) -> Any:
    """The value of a cell; a moment becomes local time, because a workbook knows no zones."""
    value = column.value(row)
    return localtime(value) if isinstance(value, datetime) and is_aware(value) else value


def _longest(values: Sequence[Sequence], place: int) -> int:
    texts = (row[place] for row in values if isinstance(row[place], str))
    return max(map(half_widths, texts), default=0)


def plain_sheet(*, name: str, columns: Sequence[Column], rows: Iterable[Any]) -> WriteSheet:
    """A list as a bare table: header row first, nothing above it; a reader can import it again. Rows may stream."""
    return WriteSheet(
        title=name,
        columns=[replace(write_column(column), width=_screen_width(column)) for column in columns],
        rows=([cell(column, row) for column in columns] for row in rows),
    )


def _screen_width(column: Column) -> int:
    """Widths are declared for paper, where 20 columns share one sheet; a table on a screen has more room."""
    return max(column.width, 20 if column.label.endswith(CODES) else 12)


def ledger_sheet(*, items: Iterable[Any]) -> WriteSheet:
    """整改台账 in the columns of contract §6, from items that `issues.lists.lit` has lit."""
    return plain_sheet(name="整改台账", columns=in_sheet(LEDGER), rows=items)


def in_sheet(columns: Sequence[Column]) -> tuple[Column, ...]:
    """The columns that belong into the workbook."""
    return tuple(column for column in columns if column.in_sheet)


def in_batches(rows: QuerySet, load: Callable[[QuerySet], QuerySet], *order: str) -> Iterator[Any]:
    """`rows` as `load` fetches them, a thousand in memory at a time, in the order of `order` (their number by default).

    Each gets its `.serial` from 1. Sorted here and not by the database: two databases order the same texts differently.
    """
    fields = order or ("number",)
    keys = [row[-1] for row in sorted(rows.order_by().values_list(*fields, "pk").distinct())]
    serial = 0
    for start in range(0, len(keys), BATCH):
        wanted = keys[start : start + BATCH]
        found = {row.pk: row for row in load(rows.model.objects.filter(pk__in=wanted))}
        for key in wanted:
            serial += 1
            found[key].serial = serial
            yield found[key]


def serials(rows: QuerySet) -> dict[int, int]:
    """pk → the 序号 that `in_batches` gives the row."""
    ordered = sorted(rows.order_by().values_list("number", "pk").distinct())
    return {pk: serial for serial, (_number, pk) in enumerate(ordered, start=1)}
