"""Coverage gaps: what the lists and the ledger should hold and don't, each a list one click from the ledger.

A gap is a query over the posting's own scope, so its count and its list can't differ (peers.md §2.8). Thresholds:
contract §7.7 (10 %), one measure for more than ten problems.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from campaigns.ground.table import Column
from campaigns.models import Organization, Posting
from issues.enums import LedgerState, RectifyKind
from issues.lists import (
    DEMANDS,
    MEASURES,
    PROBLEMS,
    demand_rows,
    measure_rows,
    problem_rows,
)
from issues.models import Demand, LedgerItem, Measure, Problem, Verification

MANY = 10
_SIDELINED = (LedgerState.REFUSED, LedgerState.MERGED)


@dataclass(frozen=True)
class Gap:
    """`found`: the rows in a posting's scope; `ready`: those rows, ordered, with all that `columns` show."""

    slug: str
    label: str
    why: str
    columns: Sequence[Column]
    found: Callable[[Posting], QuerySet]
    ready: Callable[[QuerySet, Posting], QuerySet]
    url: Callable[[Any], str]


def _counted_units(units: QuerySet, posting: Posting) -> QuerySet:
    """Units with `total` and `escaped`: their items in the posting's scope, and those of them in an escape hatch."""
    items = LedgerItem.objects.visible_to(posting).exclude(state__in=_SIDELINED)
    out = Q(ledger_items__state=LedgerState.ESCALATED) | Q(ledger_items__rectify_kind=RectifyKind.LASTING)
    mine = Q(ledger_items__in=items.values("pk"))
    return units.annotate(
        total=Count("ledger_items", filter=mine, distinct=True),
        escaped=Count("ledger_items", filter=mine & out, distinct=True),
    ).order_by("path")


def _escaping_units(posting: Posting) -> QuerySet:
    """Units with more than 10 % of their items in 提请上级协调 or 长期坚持 (contract §7.7)."""
    units = _counted_units(Organization.objects.all(), posting).order_by()
    many = units.filter(escaped__gt=0, total__lt=F("escaped") * 10)
    return Organization.objects.filter(pk__in=many.values("pk"))


def _problems_without_measure(posting: Posting) -> QuerySet:
    """Recognized problems nobody has written a measure for."""
    problems = Problem.objects.visible_to(posting).exclude(item__state__in=_SIDELINED)
    return problems.filter(measures__isnull=True)


def _measures_without_problem(posting: Posting) -> QuerySet:
    """Measures that answer neither a problem nor a demand."""
    return Measure.objects.visible_to(posting).filter(problems__isnull=True, demands__isnull=True)


def _unanswered_demands(posting: Posting) -> QuerySet:
    return Demand.objects.visible_to(posting).filter(is_accepted__isnull=True)


def _crowded_measures(posting: Posting) -> QuerySet:
    """One measure claimed for more than ten problems."""
    through = Measure.problems.through.objects.values("measure").annotate(count=Count("problem")).order_by()
    return Measure.objects.visible_to(posting).filter(pk__in=through.filter(count__gt=MANY).values("measure"))


def _never_walked_again(posting: Posting) -> QuerySet:
    """Measures with an item struck off, and nobody ever walked again to see."""
    closed = LedgerItem.objects.filter(state=LedgerState.CLOSED)
    seen = Verification.objects.all()
    return Measure.objects.visible_to(posting).filter(
        Exists(closed.filter(problem__measures=OuterRef("pk"))),
        ~Exists(seen.filter(item__problem__measures=OuterRef("pk"))),
        ~Exists(seen.filter(item__demand__measures=OuterRef("pk"))),
    )


UNITS = (
    Column("责任单位", lambda unit: unit.label, link=True, width=16),
    Column("台账", lambda unit: unit.total, "number", width=8),
    Column("提请上级协调和长期坚持", lambda unit: unit.escaped, "number", width=14),
    Column("占比", lambda unit: f"{unit.escaped * 100 / unit.total:.1f}%", width=8),
)


def _as_listed(loader: Callable[[QuerySet], QuerySet]) -> Callable[[QuerySet, Posting], QuerySet]:
    return lambda rows, posting: loader(rows)


def _unit_url(unit: Organization) -> str:
    return f"/issues/ledger/?organization={unit.code}"


_ALL = (
    Gap(
        "escapes",
        "协调和长期坚持超一成的单位",
        "提请上级协调和长期坚持的台账超过本单位台账的10%。",
        UNITS,
        _escaping_units,
        _counted_units,
        _unit_url,
    ),
    Gap(
        "unmeasured",
        "没有措施的问题",
        "已列入台账、还没有填写解决措施的问题，不含不予认定和并案办理。",
        PROBLEMS,
        _problems_without_measure,
        _as_listed(problem_rows),
        Problem.get_absolute_url,
    ),
    Gap(
        "unfounded",
        "没有对应问题的措施",
        "既不对应问题也不对应需求的措施。",
        MEASURES,
        _measures_without_problem,
        _as_listed(measure_rows),
        Measure.get_absolute_url,
    ),
    Gap(
        "unanswered",
        "没有答复的需求",
        "还没有决定采纳或不采纳的需求。",
        DEMANDS,
        _unanswered_demands,
        _as_listed(demand_rows),
        Demand.get_absolute_url,
    ),
    Gap(
        "crowded",
        "一条对应十个以上问题的措施",
        "一条措施对应的问题超过10个，可能没有逐条研究。",
        MEASURES,
        _crowded_measures,
        _as_listed(measure_rows),
        Measure.get_absolute_url,
    ),
    Gap(
        "unwalked",
        "从未回头看的措施",
        "对应的问题已有销号，还没有任何一次回头看核验的措施。",
        MEASURES,
        _never_walked_again,
        _as_listed(measure_rows),
        Measure.get_absolute_url,
    ),
)
GAPS: dict[str, Gap] = {gap.slug: gap for gap in _ALL}
