"""Every figure once: what it is called, what exactly it counts (统计口径), and the list behind it.

Pages, packages and later 通报 and 考核 take their numbers from here, so that they never disagree. A figure costs
one query, or two when it is a rate, whatever the number of rows; 0/0 is printed as — (domain.md §7.6).
"""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from campaigns.ground.calendar import Calendar
from campaigns.ground.lights import Light
from issues.enums import LedgerState, RectifyKind
from issues.lights import light_filter
from reports.indicators import INDICATORS, SIDELINED, Indicator
from reports.scope import Scope

NOTHING = "—"


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
        url=_list_url(indicator, scope),
    )


def definitions() -> dict[str, str]:
    """统计口径 of every figure, by its label: what a package's manifest tells its reader."""
    return {indicator.label: indicator.definition for indicator in INDICATORS}


def _list_url(indicator: Indicator, scope: Scope) -> str:
    """The list that holds exactly the rows counted; where no list has such a filter, the figure's own page."""
    if not indicator.link:
        return reverse("figure_detail", args=[indicator.key])
    query = dict(indicator.query) | {"campaign": scope.campaign.code}
    return f"{reverse(indicator.link)}?{urlencode(query)}"


def tally(rows: QuerySet, field: str) -> dict[str, int]:
    """How many rows per value of `field`, the most frequent first, then by value; one query."""
    found = rows.order_by().values_list(field).annotate(rows=Count("pk", distinct=True))
    return dict(sorted(found, key=lambda pair: (-pair[1], str(pair[0]))))


@dataclass(frozen=True)
class UnitLine:
    """One responsible unit's ledger: items by light, and how many took an escape hatch."""

    code: str
    label: str
    lights: dict[str, int]
    recognized: int
    escapes: int

    @property
    def total(self) -> int:
        return sum(self.lights.values())

    @property
    def share(self) -> str:
        """提请上级协调和长期坚持占比."""
        return percent(self.escapes, self.recognized)

    @property
    def is_flagged(self) -> bool:
        """More than 10 % of the unit's items sit in an escape hatch (contract §7.7)."""
        return self.escapes * 10 > self.recognized


def units(scope: Scope, calendar: Calendar) -> list[UnitLine]:
    """Each responsible unit's ledger by light on the scope's day, by unit code; two queries.

    The lights are counted by the same filters as the ledger list's (issues.lights.light_filter).
    """
    items = scope.items()
    recognized = ~Q(state__in=SIDELINED)
    escaped = Q(state=LedgerState.ESCALATED) | Q(rectify_kind=RectifyKind.LASTING)
    earliest = items.earliest_start()
    counts = {f"light_{place}": _light_count(light, scope, calendar, earliest) for place, light in _PLACES}
    rows = (
        items.with_applied_on()
        .order_by()
        .values("responsible_unit__code", "responsible_unit__short_name", "responsible_unit__name")
        .annotate(
            recognized=Count("pk", filter=recognized, distinct=True),
            escapes=Count("pk", filter=recognized & escaped, distinct=True),
            **counts,
        )
    )
    return sorted((_unit_line(row) for row in rows), key=lambda line: line.code)


_PLACES = tuple(enumerate(Light))


def _light_count(light: Light, scope: Scope, calendar: Calendar, earliest: date | None) -> Count:
    wanted = light_filter(light, on=scope.on, calendar=calendar, earliest=earliest)
    return Count("pk", filter=wanted, distinct=True)


def _unit_line(row: dict) -> UnitLine:
    return UnitLine(
        code=row["responsible_unit__code"],
        label=row["responsible_unit__short_name"] or row["responsible_unit__name"],
        lights={str(light): row[f"light_{place}"] for place, light in _PLACES},
        recognized=row["recognized"],
        escapes=row["escapes"],
    )
