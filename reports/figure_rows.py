"""The rows behind a figure, as a list a person can open: so that no number stands without what it counts (peers.md §2.8).

One kind of row a model; the columns are those of the model's own list.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import Model, QuerySet

from campaigns.ground.table import Column
from campaigns.lists import MATTERS, WALKS, matter_rows, walk_rows
from campaigns.models import CampaignMatter, Matter, Obligation, WalkSession
from campaigns.plan_lists import ROSTER, roster_rows, with_standing
from issues.lists import (
    DEMANDS,
    LEDGER_PAGE,
    MEASURES,
    PROBLEMS,
    demand_rows,
    ledger_rows,
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
    """How rows of one model are listed: `ready` orders them and fetches what `columns` show; `sortable` adds what the
    order alone needs.
    """

    columns: Sequence[Column]
    ready: Callable[[QuerySet, Scope], QuerySet]
    sortable: Callable[[QuerySet, Scope], QuerySet] = lambda rows, scope: rows


def _matters(rows: QuerySet, scope: Scope) -> QuerySet:
    return matter_rows(rows, scope.sessions())


KINDS: dict[type[Model], RowKind] = {
    Obligation: RowKind(
        ROSTER,
        lambda rows, scope: roster_rows(rows, scope.campaign, scope.on),
        lambda rows, scope: with_standing(rows, scope.campaign, scope.on),
    ),
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


def rows_of(indicator: Indicator, part: str, scope: Scope) -> QuerySet:
    """The same rows, each once, as rows of `indicator.model`: a chosen matter of the campaign is the matter itself."""
    rows = counted(indicator, part, scope).order_by()
    key = "matter" if rows.model is CampaignMatter else "pk"
    return indicator.model.objects.filter(pk__in=rows.values(key))
