"""Lists that can be exported: the page's own filter over the page's own scope, written in the page's own columns.

So a workbook holds exactly the rows its page shows (contract §3). A further list is one line in LISTINGS.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from campaigns.forms.filters import ComplaintFilter, WalkFilter
from campaigns.ground.calendar import Calendar
from campaigns.ground.table import Column
from campaigns.lists import COMPLAINTS, WALKS, complaint_rows, walk_rows
from campaigns.models import Complaint, Posting, WalkSession
from issues.forms.filters import DemandFilter, LedgerFilter, MeasureFilter, ProblemFilter
from issues.forms.recurrences import RecurrenceFilter
from issues.lists import (
    DEMANDS,
    LEDGER,
    MEASURES,
    ONE_SHEET,
    PROBLEMS,
    demand_rows,
    ledger_rows,
    lit,
    measure_rows,
    one_sheet_rows,
    problem_rows,
)
from issues.lists.recurrences import RECURRENCES, recurrence_rows
from issues.models import Demand, LedgerItem, Measure, Problem, Recurrence


@dataclass(frozen=True)
class Asked:
    """What an export was asked with: whose eyes, which filters, which day."""

    posting: Posting
    query: QueryDict
    on: date
    calendar: Calendar


@dataclass(frozen=True)
class Listing:
    """`narrowed`: the filtered rows in scope, as a query; `ready`: those rows as a list with all its columns show."""

    key: str
    label: str
    columns: Sequence[Column]
    narrowed: Callable[[Asked], QuerySet]
    ready: Callable[[QuerySet, Asked], Sequence[Any]]


def _walks(asked: Asked) -> QuerySet:
    return WalkFilter(asked.query or None).narrow(WalkSession.objects.visible_to(asked.posting).newest())


def _ledger(asked: Asked) -> QuerySet:
    rows = LedgerItem.objects.visible_to(asked.posting)
    form = LedgerFilter(asked.query, rows=rows)
    return form.apply(rows, posting=asked.posting, on=asked.on, calendar=asked.calendar)


def _problems(asked: Asked) -> QuerySet:
    rows = Problem.objects.visible_to(asked.posting)
    return ProblemFilter(asked.query, rows=rows).apply(rows, on=asked.on, calendar=asked.calendar)


def _demands(asked: Asked) -> QuerySet:
    rows = Demand.objects.visible_to(asked.posting)
    return DemandFilter(asked.query, rows=rows).apply(rows, on=asked.on, calendar=asked.calendar)


def _measures(asked: Asked) -> QuerySet:
    rows = Measure.objects.visible_to(asked.posting)
    return MeasureFilter(asked.query, rows=rows).apply(rows)


def _recurrences(asked: Asked) -> QuerySet:
    rows = Recurrence.objects.visible_to(asked.posting)
    return RecurrenceFilter(asked.query, rows=rows).apply(rows)


def _complaints(asked: Asked) -> QuerySet:
    return ComplaintFilter(asked.query or None).narrow(Complaint.objects.visible_to(asked.posting))


def _ready_complaints(rows: QuerySet, asked: Asked) -> list[Any]:
    return list(complaint_rows(rows, WalkSession.objects.visible_to(asked.posting).held()))


def _ready_walks(rows: QuerySet, asked: Asked) -> list[Any]:
    return list(walk_rows(rows))


def _ready_ledger(rows: QuerySet, asked: Asked) -> list[Any]:
    return lit(ledger_rows(rows), on=asked.on, calendar=asked.calendar)


def _ready_with(loader: Callable[[QuerySet], Iterable[Any]]) -> Callable[[QuerySet, Asked], list[Any]]:
    """Rows of one of the three lists, each with its 序号."""

    def ready(rows: QuerySet, asked: Asked) -> list[Any]:
        listed = list(loader(rows))
        for serial, row in enumerate(listed, start=1):
            row.serial = serial
        return listed

    return ready


_ALL = (
    Listing("ledger", "整改台账", LEDGER, _ledger, _ready_ledger),
    Listing("problems", "问题清单", PROBLEMS, _problems, _ready_with(problem_rows)),
    Listing("demands", "需求清单", DEMANDS, _demands, _ready_with(demand_rows)),
    Listing("measures", "解决措施清单", MEASURES, _measures, _ready_with(measure_rows)),
    Listing("one_sheet", "问题需求措施一览表", ONE_SHEET, _ledger, _ready_with(one_sheet_rows)),
    Listing("recurrences", "同类问题", RECURRENCES, _recurrences, _ready_with(recurrence_rows)),
    Listing("walks", "走流程登记", WALKS, _walks, _ready_walks),
    Listing("complaints", "投诉工单", COMPLAINTS, _complaints, _ready_complaints),
)
LISTINGS: dict[str, Listing] = {listing.key: listing for listing in _ALL}

# What the lists' filters are called in the list of exports and the audit log.
FILTER_NAMES = {
    "q": "关键字",
    "organization": "单位",
    "state": "状态",
    "light": "灯",
    "kind": "整改类型",
    "due_from": "时限自",
    "due_to": "时限至",
    "mine": "待我办理",
    "group": "问题大类",
    "accepted": "是否采纳",
    "within": "销号后天数",
    "recurred": "销号后复发",
    "mode": "体验形式",
    "matter": "事项",
    "source": "来源",
    "satisfaction": "满意度",
    "from": "日期自",
    "to": "日期至",
}


def words(query: QueryDict) -> str:
    """The filters as people read them in the list of exports and the audit log; 全部 for none."""
    said = [
        f"{FILTER_NAMES.get(name, name)}：{value}"
        for name, values in sorted(query.lists())
        for value in values
        if value
    ]
    return "；".join(said) or "全部"
