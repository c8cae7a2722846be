"""Every figure once: what it is called, what exactly it counts (统计口径), and the list behind it.

Pages, packages and later 通报 and 考核 take their numbers from here, so that they never disagree. A figure costs
one query, or two when it is a rate, whatever the number of rows; 0/0 is printed as — (domain.md §7.6).
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from campaigns.ground.calendar import Calendar
from campaigns.ground.lights import Light
from issues.lists.ledger import light_of
from reports.indicators import INDICATORS, Indicator
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
