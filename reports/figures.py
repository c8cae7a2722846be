"""Every figure once: what it is called, what exactly it counts (统计口径), and the list behind it.

Pages, packages and later 通报 and 考核 take their numbers from here, so that they never disagree. A figure costs
one query, or two when it is a rate, whatever the number of rows; 0/0 is printed as — (domain.md §7.6).
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, F, Q, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from campaigns.ground.calendar import Calendar
from campaigns.ground.lights import Light
from campaigns.models import WalkSession
from issues.enums import LedgerState, MoveName, RectifyKind
from issues.lists.ledger import light_of
from reports.scope import Scope

NOTHING = "—"
APPLICATIONS = (MoveName.APPLY, MoveName.APPLY_DIRECT, MoveName.FINISH)
SIDELINED = (LedgerState.REFUSED, LedgerState.MERGED)


@dataclass(frozen=True)
class Indicator:
    """One line of the table of figures.

    `numerator`, `denominator`: from a Scope to the rows counted (a figure without denominator is a plain count).
    `link`: name of the list page behind the numerator, `query` its filters ({} = the whole list in scope).
    """

    key: str
    label: str
    definition: str
    numerator: Callable[[Scope], QuerySet]
    denominator: Callable[[Scope], QuerySet] | None = None
    link: str = ""
    query: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Figure:
    """A counted indicator. `denominator` None: a plain count."""

    key: str
    label: str
    definition: str
    numerator: int
    denominator: int | None
    url: str = ""

    @property
    def text(self) -> str:
        """The number as printed: a count, a percentage with one decimal, or — for 0/0."""
        return str(self.numerator) if self.denominator is None else percent(self.numerator, self.denominator)

    @property
    def note(self) -> str:
        """Numerator and denominator of a rate, “18/24”; empty for a count."""
        return "" if self.denominator is None else f"{self.numerator}/{self.denominator}"


def percent(numerator: int, denominator: int) -> str:
    """83.3%, rounded half up; — when there is nothing to divide by."""
    if not denominator:
        return NOTHING
    share = (Decimal(numerator) * 100 / denominator).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{share}%"


def _walked(scope: Scope) -> QuerySet:
    held = WalkSession.objects.in_campaign(scope.campaign).held()
    return scope.people().filter(pk__in=held.values("walkers"))


def _walked_matters(scope: Scope) -> QuerySet:
    held = WalkSession.objects.in_campaign(scope.campaign).held()
    return scope.key_matters().filter(matter__in=held.values("matter"))


def _recognized(scope: Scope) -> QuerySet:
    return scope.items().exclude(state__in=SIDELINED)


def _countable(scope: Scope) -> QuerySet:
    return scope.items().countable()


def _closed(scope: Scope) -> QuerySet:
    return scope.items().filter(state=LedgerState.CLOSED)


def _closed_countable(scope: Scope) -> QuerySet:
    return _countable(scope).filter(state=LedgerState.CLOSED)


def _without_escalated(rows: QuerySet) -> QuerySet:
    return rows.exclude(state=LedgerState.ESCALATED)


def _closed_with_date(scope: Scope) -> QuerySet:
    return _closed(scope).filter(deadline__isnull=False)


def _applied(scope: Scope) -> QuerySet:
    return scope.items().filter(entries__move__in=APPLICATIONS).distinct()


def _escapes(scope: Scope) -> QuerySet:
    return _recognized(scope).filter(Q(state=LedgerState.ESCALATED) | Q(rectify_kind=RectifyKind.LASTING))


def _quick(scope: Scope) -> QuerySet:
    return _recognized(scope).filter(rectify_kind=RectifyKind.QUICK)


def _accepted(scope: Scope) -> QuerySet:
    return scope.demands().filter(is_accepted=True)


def _decided(scope: Scope) -> QuerySet:
    return scope.demands().filter(is_accepted__isnull=False)


def _institutions(scope: Scope) -> QuerySet:
    return scope.measures().exclude(institution="").exclude(institution_number="")


INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        "coverage",
        "体验覆盖率",
        "已走流程的应走人数÷应走人数；应走人员按名册，不含离任和已说明原因免走的人员。",
        _walked,
        Scope.people,
    ),
    Indicator(
        "key_matters",
        "重点事项体验率",
        "已有走流程记录的重点事项数÷本级重点事项数。",
        _walked_matters,
        Scope.key_matters,
    ),
    Indicator(
        "sessions", "走流程场次", "已登记的走流程记录数，不含草稿。", Scope.sessions, None, "walk_list"
    ),
    Indicator("problems", "发现问题", "问题清单的条数。", Scope.problems, None, "problem_list"),
    Indicator("demands", "收集需求", "需求清单的条数。", Scope.demands, None, "demand_list"),
    Indicator("measures", "解决措施", "解决措施清单的条数。", Scope.measures, None, "measure_list"),
    Indicator(
        "ledger", "整改台账", "整改台账的条数，含不予认定和并案办理。", Scope.items, None, "ledger_list"
    ),
    Indicator("accepted", "需求采纳率", "已采纳的需求÷已作出采纳或不采纳决定的需求。", _accepted, _decided),
    Indicator(
        "closure",
        "销号率",
        "已销号÷应整改；应整改不含不予认定、并案办理和长期坚持。",
        _closed_countable,
        _countable,
        "ledger_list",
        (("state", "已销号"),),
    ),
    Indicator(
        "closure_without",
        "销号率（不含提请上级协调）",
        "已销号÷应整改；应整改再剔除提请上级协调。",
        _closed_countable,
        lambda scope: _without_escalated(_countable(scope)),
    ),
    Indicator(
        "closure_with",
        "销号率（含长期坚持）",
        "已销号÷全部台账；全部台账不含不予认定和并案办理，含长期坚持和提请上级协调。",
        _closed,
        _recognized,
    ),
    Indicator(
        "on_time",
        "按期销号率（按批准时限）",
        "未逾期申请销号的已销号台账÷有时限的已销号台账；时限按批准延期后的现行时限。",
        lambda scope: _closed_with_date(scope).filter(was_late=False),
        _closed_with_date,
    ),
    Indicator(
        "on_original_time",
        "按期销号率（按原定时限）",
        "申请销号日期不晚于原定时限的已销号台账÷有时限的已销号台账。",
        lambda scope: _closed_with_date(scope).filter(
            was_late=False, applied_at__date__lte=F("deadline__original_due_on")
        ),
        _closed_with_date,
    ),
    Indicator(
        "overdue",
        "逾期率",
        "超过整改时限仍未申请销号的台账÷应整改台账。",
        lambda scope: _countable(scope).overdue(scope.on),
        _countable,
    ),
    Indicator(
        "returned",
        "返工率",
        "被退回重办过的台账÷申请过销号的台账。",
        lambda scope: _applied(scope).filter(return_count__gt=0),
        _applied,
    ),
    Indicator(
        "quick",
        "立行立改销号率",
        "已销号的立行立改台账÷全部立行立改台账。",
        lambda scope: _quick(scope).filter(state=LedgerState.CLOSED),
        _quick,
    ),
    Indicator(
        "escapes",
        "提请上级协调和长期坚持占比",
        "提请上级协调和长期坚持的台账÷全部台账（不含不予认定和并案办理）；超过10%的单位单独列出。",
        _escapes,
        _recognized,
    ),
    Indicator(
        "waived",
        "免核验",
        "写明原因免予回头看核验的台账条数。",
        lambda scope: scope.items().exclude(waiver_reason=""),
    ),
    Indicator("institutions", "长效机制", "写明制度名称和文号的措施条数。", _institutions),
)


def figures(scope: Scope) -> dict[str, Figure]:
    """All indicators counted for `scope`, by key, in the table's order; the number of queries is fixed."""
    return {indicator.key: count(indicator, scope) for indicator in INDICATORS}


def count(indicator: Indicator, scope: Scope) -> Figure:
    """One indicator counted: one query, two for a rate."""
    return Figure(
        key=indicator.key,
        label=indicator.label,
        definition=indicator.definition,
        numerator=indicator.numerator(scope).count(),
        denominator=indicator.denominator(scope).count() if indicator.denominator else None,
        url=_list_url(indicator.link, dict(indicator.query)),
    )


def definitions() -> dict[str, str]:
    """统计口径 of every figure, by its label: what a package's manifest tells its reader."""
    return {indicator.label: indicator.definition for indicator in INDICATORS}


def _list_url(name: str, query: dict[str, str]) -> str:
    if not name:
        return ""
    try:
        address = reverse(name)
    except NoReverseMatch:
        return ""
    return f"{address}?{urlencode(query)}" if query else address


def tally(rows: QuerySet, field: str) -> dict[str, int]:
    """How many rows per value of `field`, the most frequent first, then by value; one query."""
    found = rows.order_by().values_list(field).annotate(rows=Count("pk", distinct=True))
    return dict(sorted(found, key=lambda pair: (-pair[1], str(pair[0]))))


def lights_by_unit(scope: Scope, calendar: Calendar) -> dict[str, dict[str, int]]:
    """How many ledger items show which light, per responsible unit (its short name); one query.

    Items that share unit, state, kind and dates are lit once, so a large ledger costs no more.
    """
    groups = (
        scope.items()
        .order_by()
        .values(
            "responsible_unit__code",
            "responsible_unit__short_name",
            "responsible_unit__name",
            "state",
            "rectify_kind",
            "was_late",
            "starts_on",
            "deadline__due_on",
        )
        .annotate(rows=Count("pk", distinct=True))
    )
    table: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(Light, 0))
    for group in sorted(groups, key=lambda group: group["responsible_unit__code"]):
        unit = group["responsible_unit__short_name"] or group["responsible_unit__name"]
        table[unit][light_of(_Row(group), on=scope.on, calendar=calendar)] += group["rows"]
    return dict(table)


class _Row:
    """A group of like items, with the attributes a light is computed from."""

    def __init__(self, group: dict):
        self.state, self.rectify_kind = group["state"], group["rectify_kind"]
        self.was_late, self.starts_on = group["was_late"], group["starts_on"]
        self.deadline = _Due(group["deadline__due_on"]) if group["deadline__due_on"] else None


@dataclass(frozen=True)
class _Due:
    due_on: object
