"""The workbooks of a 总结材料包: 02 three lists, 03 ledger, 04 statistics, 06 spot checks and 回访. Lists stream, so that
twenty cities' rows fit the memory of one office machine.
"""

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from campaigns.ground.calendar import Calendar
from campaigns.ground.clock import day_of
from campaigns.ground.sheets.stream import stream_workbook
from campaigns.ground.sheets.write import WriteSheet
from campaigns.ground.table import Column
from campaigns.querysets import in_reach
from issues.lights import days_left_of, light_of
from issues.lists import (
    DEMANDS,
    LEDGER,
    MEASURES,
    PROBLEMS,
    demand_rows,
    measure_rows,
    problem_rows,
)
from issues.lists.followups import FOLLOW_UPS, follow_up_rows
from issues.lists.ledger import ledger_paper_rows
from issues.models import DrawItem, LedgerItem, Verification
from reports.scope import Scope
from reports.statistics import statistics
from reports.workbooks import in_batches, in_sheet, paper_sheet, serials

_SERIAL = Column("序号", lambda row: getattr(row, "serial", None), "number", width=5)


@dataclass(frozen=True)
class Member:
    """One file of the package. `sheets`: rows of each sheet of a workbook; `rows`: of the whole file."""

    name: str
    content: bytes
    rows: int = 0
    sheets: dict[str, int] | None = None


def book(name: str, sheets: Sequence[WriteSheet]) -> Member:
    """The sheets as a workbook that counts its own rows."""
    counted = {sheet.title: 0 for sheet in sheets}
    target = io.BytesIO()
    stream_workbook(target, [_counting(sheet, counted) for sheet in sheets])
    return Member(name, target.getvalue(), sum(counted.values()), counted)


def _counting(sheet: WriteSheet, counted: dict[str, int]) -> WriteSheet:
    def rows() -> Iterable[Sequence]:
        for row in sheet.rows:
            counted[sheet.title] += 1
            yield row

    return WriteSheet(sheet.title, sheet.columns, rows(), sheet.heading, sheet.footing, tall=sheet.tall)


def _sheet(
    scope: Scope, name: str, columns: Sequence[Column], rows: Iterable[Any], title: str = ""
) -> WriteSheet:
    return paper_sheet(
        name=name, columns=columns, rows=rows, unit=scope.organization.name, on=scope.on, title=title
    )


def lists_book(name: str, scope: Scope) -> Member:
    """问题清单, 需求清单, 解决措施清单, which refer to each other by 序号."""
    numbers = {"problems": serials(scope.problems()), "demands": serials(scope.demands())}
    known = {(kind, pk): serial for kind, own in numbers.items() for pk, serial in own.items()}

    def demands() -> Iterable[Any]:
        for demand in in_batches(scope.demands(), demand_rows):
            demand.problem_reference = numbers["problems"].get(demand.problem_id, "")
            yield demand

    def measures() -> Iterable[Any]:
        for measure in in_batches(scope.measures(), measure_rows):
            measure.serials = known
            yield measure

    sheets = (
        ("问题清单", PROBLEMS, in_batches(scope.problems(), problem_rows)),
        ("需求清单", DEMANDS, demands()),
        ("解决措施清单", MEASURES, measures()),
    )
    return book(name, [_sheet(scope, title, in_sheet(columns), rows) for title, columns, rows in sheets])


def ledger_book(name: str, scope: Scope, calendar: Calendar) -> Member:
    """整改台账: the contract's columns, with the names beside the codes."""

    def items() -> Iterable[Any]:
        for item in in_batches(scope.items(), ledger_paper_rows):
            item.light = str(light_of(item, on=scope.on, calendar=calendar))
            item.days_left = days_left_of(item, on=scope.on, calendar=calendar)
            yield item

    return book(name, [_sheet(scope, "整改台账", LEDGER, items())])


def statistics_book(name: str, scope: Scope) -> Member:
    """走流程情况统计 by unit, form, matter and node."""
    return book(
        name,
        [
            _sheet(scope, each.name, each.columns, each.rows, f"走流程情况统计表（{each.name}）")
            for each in statistics(scope)
        ],
    )


def _by_item(label: str, value: Callable[[Any], Any], kind: str = "text", width: int = 12) -> Column:
    return Column(label, value, kind, width=width)


_OF_ITEM = (
    _by_item("台账编号", lambda row: _item(row).number, width=22),
    _by_item("责任单位", lambda row: _item(row).responsible_unit.label, width=14),
    _by_item("整改事项", lambda row: _item(row).finding.text, "long", 34),
)
_DRAWN = (
    _SERIAL,
    _by_item("抽查编号", lambda row: row.draw.number, width=20),
    _by_item("抽查方案", lambda row: row.draw.title, width=16),
    *_OF_ITEM,
    _by_item("督查结论", lambda row: row.get_outcome_display()),
    _by_item("督查情况", lambda row: row.note, "long", 34),
    _by_item("检查日期", lambda row: day_of(row.checked_at), "date"),
    _by_item("复核签字日期", lambda row: day_of(row.confirmed_at), "date"),
)
_VERIFIED = (
    _SERIAL,
    *_OF_ITEM,
    _by_item("核验登记编号", lambda row: row.session.number, width=22),
    _by_item("是否全程核验", lambda row: row.is_whole),
    _by_item("是否见效", lambda row: row.is_improved),
    _by_item("核验情况", lambda row: row.summary, "long", 40),
    _by_item("核验日期", lambda row: day_of(row.verified_at), "date"),
)
_WAIVED = (_SERIAL, *_OF_ITEM, _by_item("免核验原因", lambda row: row.waiver_reason, "long", 40))


def _item(row: Any) -> LedgerItem:
    return row if isinstance(row, LedgerItem) else row.item


def _with_item(rows: QuerySet) -> QuerySet:
    return rows.select_related("item__responsible_unit", "item__problem", "item__demand")


def checks_book(name: str, scope: Scope) -> Member:
    """抽查回访情况: what inspectors signed, what citizens said, what was walked again, and what was waived (contract §7.4).

    An item that was drawn and not yet checked is nobody's business but the inspectors'; what they found is told to the
    unit that answers for it, as with 回访.
    """
    items = scope.items().values("pk")
    drawn = DrawItem.objects.filter(
        in_reach(scope.posting, "item__responsible_unit"),
        item__campaign=scope.campaign,
        confirmed_at__isnull=False,
    )
    verified = Verification.objects.filter(item__in=items)
    waived = scope.items().exclude(waiver_reason="")
    sheets = (
        (
            "抽查",
            _DRAWN,
            in_batches(
                drawn, lambda rows: _with_item(rows).select_related("draw"), "draw__number", "item__number"
            ),
        ),
        (
            "回访",
            (_SERIAL, *in_sheet(FOLLOW_UPS)),
            in_batches(scope.follow_ups(), follow_up_rows, "item__number", "closed_at"),
        ),
        (
            "回头看核验",
            _VERIFIED,
            in_batches(
                verified,
                lambda rows: _with_item(rows).select_related("session"),
                "item__number",
                "verified_at",
            ),
        ),
        (
            "免核验",
            _WAIVED,
            in_batches(waived, lambda rows: rows.select_related("responsible_unit", "problem", "demand")),
        ),
    )
    return book(name, [_sheet(scope, *each, title=f"{each[0]}情况") for each in sheets])
