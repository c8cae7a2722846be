"""What a summary tells besides the figures: counts by kind, the few examples, the items it must name.

`gather` asks a fixed number of queries; the answer is plain values, so that the text (reports.summary) needs none.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Min, Q, Sum

from campaigns.enums import Channel, CheckVerdict, Rank, SessionMode, Verdict
from campaigns.ground.calendar import Calendar
from campaigns.models import CheckPoint, WalkSession
from issues.enums import DemandParty, LedgerState, ProblemSource, RectifyKind
from issues.lists.measures import FIVE
from issues.lists.requests import request_rows
from issues.models import MeasureStep
from reports.figures import Figure, UnitLine, figures, tally, units
from reports.scope import Scope
from reports.weeks import Week, ledger_weeks

SOON = 5  # working days: what 下步打算 calls due soon
EXAMPLES = 5


@dataclass(frozen=True)
class Named:
    """A ledger item a report must name: its number, unit, words, and the date or reason that goes with it."""

    number: str
    unit: str
    text: str
    detail: str


@dataclass(frozen=True)
class Reduction:
    """One of the five numbers over all measures that state it both ways."""

    name: str
    unit: str
    measures: int
    before: Decimal
    after: Decimal


@dataclass(frozen=True)
class Group:
    """One of the four 大类: how many problems, the most frequent points, and one problem in its finder's words."""

    name: str
    problems: int
    points: tuple[tuple[str, int], ...]
    example: str


@dataclass(frozen=True)
class Facts:
    """Everything the text of a 工作总结 is made of. Mappings are label → count, the most frequent first."""

    figures: dict[str, Figure]
    walked: dict[str, tuple[int, int]]
    modes: dict[str, int]
    channels: dict[str, int]
    simulated: int
    crossed: int
    matters: int
    checks: dict[str, int]
    verdicts: dict[str, dict[str, int]]
    groups: tuple[Group, ...]
    categories: dict[str, int]
    sources: dict[str, int]
    parties: dict[str, int]
    states: dict[str, int]
    kinds: dict[str, int]
    assigned: int
    signed: int
    verified: int
    steps: int
    reductions: tuple[Reduction, ...]
    institutions: tuple[str, ...]
    overdue: tuple[Named, ...]
    soon: int
    waived: tuple[Named, ...]
    escalated: tuple[Named, ...]
    weeks: tuple[Week, ...]
    units: tuple[UnitLine, ...]


def gather(scope: Scope, calendar: Calendar) -> Facts:
    """The facts of `scope` on its day, in a fixed number of queries."""
    sessions, items, measures = scope.sessions(), scope.items(), scope.measures()
    held = sessions.aggregate(
        simulated=Count("pk", filter=Q(is_simulated=True), distinct=True),
        crossed=Count("pk", filter=~Q(walked_unit=F("reporting_unit")), distinct=True),
        matters=Count("matter", distinct=True),
    )
    stamps = items.aggregate(
        assigned=Count("pk", filter=Q(assigned_at__isnull=False), distinct=True),
        signed=Count("pk", filter=Q(signed_at__isnull=False), distinct=True),
        verified=Count("pk", filter=Q(verification__isnull=False), distinct=True),
    )
    soon = calendar.add_workdays(scope.on, SOON)
    points = _points(scope)
    return Facts(
        figures=figures(scope),
        walked=_walked_by_rank(scope),
        modes=_labelled(tally(sessions, "mode"), SessionMode),
        channels=_labelled(tally(sessions, "channel"), Channel),
        checks=_labelled(_checks(sessions), CheckVerdict),
        verdicts=_verdicts(sessions),
        groups=_groups(scope, points),
        categories=_categories(points),
        sources=_labelled(tally(scope.problems(), "source"), ProblemSource),
        parties=_labelled(tally(scope.demands(), "party"), DemandParty),
        states=_labelled(tally(items, "state"), LedgerState),
        kinds=_labelled(tally(items, "rectify_kind"), RectifyKind),
        steps=MeasureStep.objects.filter(measure__in=measures).count(),
        reductions=reductions(measures),
        institutions=_institutions(measures),
        overdue=_overdue(items, scope.on),
        soon=items.due_by(soon).filter(deadline__due_on__gte=scope.on).count(),
        waived=_waived(items),
        escalated=_escalated(items),
        weeks=ledger_weeks(scope),
        units=tuple(units(scope, calendar)),
        **held,
        **stamps,
    )


def _labelled(counts: dict, choices) -> dict[str, int]:
    """Database values as the words of their enum; an empty value is left out."""
    return {choices(value).label: rows for value, rows in counts.items() if value}


def _walked_by_rank(scope: Scope) -> dict[str, tuple[int, int]]:
    """身份 → (应走, 已走), in the order of the roster's ranks; ranks nobody holds are left out."""
    held = WalkSession.objects.in_campaign(scope.campaign).held()
    due = tally(scope.obligations(), "rank")
    done = tally(scope.obligations().walked_in(held), "rank")
    return {rank.label: (due[rank], done.get(rank, 0)) for rank in Rank if rank in due}


def _checks(sessions) -> dict[str, int]:
    return tally(CheckPoint.objects.filter(session__in=sessions.values("pk")), "verdict")


def _verdicts(sessions) -> dict[str, dict[str, int]]:
    """问明白·跑明白·办明白 → 能/部分/不能 → walks."""
    trio = (("问明白", "asks_clear"), ("跑明白", "runs_clear"), ("办明白", "done_clear"))
    return {name: _labelled(tally(sessions, field), Verdict) for name, field in trio}


@dataclass(frozen=True)
class _Point:
    """One of the 32 points: its 大类 and name, how many problems, the first of them by number."""

    group: str
    name: str
    problems: int
    first: str


def _points(scope: Scope) -> list[_Point]:
    """The points that have problems, the most frequent first; counted in the database, no problem is loaded."""
    rows = scope.problems().order_by().values_list("category__group", "category__name")
    counted = rows.annotate(rows=Count("pk", distinct=True), first=Min("number"))
    return sorted((_Point(*row) for row in counted), key=lambda each: (-each.problems, each.name))


def _categories(points: list[_Point]) -> dict[str, int]:
    return {point.name: point.problems for point in points}


def _groups(scope: Scope, points: list[_Point]) -> tuple[Group, ...]:
    """The four 大类 by size; the example is the first problem by number of the group's most frequent point."""
    groups: dict[str, list[_Point]] = {}
    for point in points:
        groups.setdefault(point.group, []).append(point)
    firsts = [own[0].first for own in groups.values()]
    texts = dict(scope.problems().filter(number__in=firsts).order_by().values_list("number", "text"))
    found = [
        Group(
            name=group,
            problems=sum(point.problems for point in own),
            points=tuple((point.name, point.problems) for point in own[:EXAMPLES]),
            example=texts[own[0].first],
        )
        for group, own in groups.items()
    ]
    return tuple(sorted(found, key=lambda group: (-group.problems, group.name)))


def reductions(measures) -> tuple[Reduction, ...]:
    """五减 summed over the measures that state a number both ways and did not raise it."""
    sums = {}
    for _name, field, _unit in FIVE:
        known = Q(**{f"{field}_before__isnull": False, f"{field}_after__lte": F(f"{field}_before")})
        sums[f"{field}_measures"] = Count("pk", filter=known)
        sums[f"{field}_total_before"] = Sum(f"{field}_before", filter=known)
        sums[f"{field}_total_after"] = Sum(f"{field}_after", filter=known)
    totals = measures.aggregate(**sums)
    return tuple(
        Reduction(
            name=name,
            unit=unit,
            measures=totals[f"{field}_measures"],
            before=Decimal(totals[f"{field}_total_before"] or 0),
            after=Decimal(totals[f"{field}_total_after"] or 0),
        )
        for name, field, unit in FIVE
    )


def _institutions(measures) -> tuple[str, ...]:
    """《制度名称》（文号） of each institution, once, by name."""
    rows = measures.with_institution()
    pairs = set(rows.values_list("institution", "institution_number"))
    return tuple(f"《{name.strip('《》')}》（{number}）" for name, number in sorted(pairs))


def _named(items, detail) -> tuple[Named, ...]:
    rows = items.select_related("responsible_unit", "problem", "demand", "deadline").distinct()
    named = [Named(row.number, row.responsible_unit.label, row.finding.text, detail(row)) for row in rows]
    return tuple(sorted(named, key=lambda each: each.number))


def _overdue(items, on: date) -> tuple[Named, ...]:
    return _named(items.countable().overdue(on), lambda row: row.deadline.due_on.isoformat())


def _waived(items) -> tuple[Named, ...]:
    """Waivers of 回头看核验 are listed in every report (contract §7.4)."""
    return _named(items.exclude(waiver_reason=""), lambda row: row.waiver_reason)


def _escalated(items) -> tuple[Named, ...]:
    """Items that wait for the level above, with the 文号 of the 请示 (contract §7.7)."""
    waiting = request_rows(items.waiting_for_level_above())
    return _named(waiting, lambda row: row.request_number or "尚未报送请示")
