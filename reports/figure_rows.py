"""The rows behind a figure, as a list a person can open: so that no number stands without what it counts (peers.md §2.8).

One kind of row a model; the columns are those of the model's own list.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model, QuerySet

from campaigns.ground.calendar import Calendar
from campaigns.ground.table import Column
from campaigns.lists import MATTERS, WALKS, matter_rows, walk_rows
from campaigns.models import CampaignMatter, Matter, Obligation, WalkSession
from campaigns.plan_lists import ROSTER, roster_rows
from issues.lists import (
    DEMANDS,
    LEDGER_PAGE,
    MEASURES,
    PROBLEMS,
    demand_rows,
    ledger_rows,
    lit,
    measure_rows,
    problem_rows,
)
from issues.lists.followups import FOLLOW_UPS, follow_up_rows
from issues.models import Demand, FollowUp, LedgerItem, Measure, Problem
from reports.indicators import INDICATORS, Indicator
from reports.scope import Scope

NUMERATOR, DENOMINATOR = "分子", "分母"
BY_KEY: dict[str, Indicator] = {indicator.key: indicator for indicator in INDICATORS}


@dataclass(frozen=True)
class RowKind:
    """How rows of one model are listed: `ready` orders them and fetches what `columns` show."""

    columns: Sequence[Column]
    ready: Callable[[QuerySet, Scope], QuerySet]


def _matters(rows: QuerySet, scope: Scope) -> QuerySet:
    return matter_rows(rows, scope.sessions())


KINDS: dict[type[Model], RowKind] = {
    Obligation: RowKind(ROSTER, lambda rows, scope: roster_rows(rows, scope.campaign, scope.on)),
    Matter: RowKind(MATTERS, _matters),
    WalkSession: RowKind(WALKS, lambda rows, scope: walk_rows(rows)),
    Problem: RowKind(PROBLEMS, lambda rows, scope: problem_rows(rows)),
    Demand: RowKind(DEMANDS, lambda rows, scope: demand_rows(rows)),
    Measure: RowKind(MEASURES, lambda rows, scope: measure_rows(rows)),
    FollowUp: RowKind(FOLLOW_UPS, lambda rows, scope: follow_up_rows(rows)),
    LedgerItem: RowKind(LEDGER_PAGE, lambda rows, scope: ledger_rows(rows)),
}


def counted(indicator: Indicator, part: str, scope: Scope) -> QuerySet:
    """What the figure counts: its numerator's rows, or its denominator's where it has one."""
    if part == DENOMINATOR and indicator.denominator:
        return indicator.denominator(scope)
    return indicator.numerator(scope)


def listed(indicator: Indicator, part: str, scope: Scope) -> tuple[RowKind, QuerySet]:
    """The same rows as a list, each once: how they are shown, and the rows with all that their columns need.

    A chosen matter of the campaign (CampaignMatter) is listed as the matter itself.
    """
    rows = counted(indicator, part, scope).order_by()
    if rows.model is CampaignMatter:
        rows = Matter.objects.filter(pk__in=rows.values("matter"))
    kind = KINDS[rows.model]
    return kind, kind.ready(rows.model.objects.filter(pk__in=rows.values("pk")), scope)


def with_lights(rows: Sequence[Any], on: date, calendar: Calendar) -> list:
    """A page of rows; ledger items get their light of the day."""
    rows = list(rows)
    return lit(rows, on=on, calendar=calendar) if rows and isinstance(rows[0], LedgerItem) else rows
