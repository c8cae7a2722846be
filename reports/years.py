"""The campaign by calendar year: 年度体验是否全覆盖 is what part five asks of 领导班子年度考核 (五(三)).

A round may last longer than a year (常态化), and a year may see several rounds; each row is counted in the year it fell in.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from campaigns.models import Obligation, Posting, WalkSession
from campaigns.querysets import in_reach
from issues.enums import LedgerState
from issues.models import LedgerItem, Problem
from reports.figures import percent


@dataclass(frozen=True)
class YearLine:
    """What one reach did in one year. obliged: people who owed a walk at some time of it, not exempt."""

    year: int
    obliged: int
    walked: int
    sessions: int
    problems: int
    closed: int

    @property
    def coverage(self) -> str:
        return percent(self.walked, self.obliged)


def years(posting: Posting, *, until: date) -> list[YearLine]:
    """The latest year first, from the first duty on; a handful of queries a year."""
    owed = Obligation.objects.filter(in_reach(posting, "organization"), exempted_at__isnull=True)
    first = owed.order_by("starts_on").values_list("starts_on", flat=True).first()
    if first is None:
        return []
    return [_line(posting, owed, year) for year in range(until.year, first.year - 1, -1)]


def _line(posting: Posting, owed, year: int) -> YearLine:
    opens, closes = date(year, 1, 1), date(year, 12, 31)
    own = owed.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=opens), starts_on__lte=closes)
    held = WalkSession.objects.held().filter(held_on__range=(opens, closes))
    visible = WalkSession.objects.visible_to(posting).held().filter(held_on__range=(opens, closes))
    items = LedgerItem.objects.visible_to(posting)
    return YearLine(
        year=year,
        obliged=own.values("person").distinct().count(),
        walked=own.walked_in(held).values("person").distinct().count(),
        sessions=visible.distinct().count(),
        problems=Problem.objects.visible_to(posting)
        .filter(found_on__range=(opens, closes))
        .distinct()
        .count(),
        closed=items.filter(state=LedgerState.CLOSED, closed_at__date__range=(opens, closes))
        .distinct()
        .count(),
    )
