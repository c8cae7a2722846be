"""Whether life really changed: the platform's cases of one matter at one unit, before a day and since a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from campaigns.models import Case, Matter, Organization

_MOST = 2000  # the nearest ones say how it is; nobody needs a decade


@dataclass(frozen=True)
class Medians:
    """n finished cases; hours from 申请 to 办结, visits and corrections: medians, None where no case says."""

    n: int
    hours: float | None
    visits: float | None
    corrections: float | None


def case_medians(
    matter: Matter, unit: Organization, *, until: datetime, since: datetime
) -> tuple[Medians, Medians]:
    """Cases applied for before `until` and from `since` on, finished ones only. Two queries."""
    cases = Case.objects.filter(matter=matter, organization=unit, finished_at__isnull=False)
    names = ("applied_at", "finished_at", "visit_count", "correction_count")
    before = cases.filter(applied_at__lt=until).order_by("-applied_at").values_list(*names)[:_MOST]
    after = cases.filter(applied_at__gte=since).order_by("applied_at").values_list(*names)[:_MOST]
    return _medians(before), _medians(after)


def _medians(rows: Iterable[tuple[Any, ...]]) -> Medians:
    rows = list(rows)
    hours = [(finished - applied).total_seconds() / 3600 for applied, finished, *_ in rows]
    return Medians(
        n=len(rows),
        hours=_middle(hours),
        visits=_middle(visits for *_, visits, _ in rows if visits is not None),
        corrections=_middle(corrections for *_, corrections in rows if corrections is not None),
    )


def _middle(values: Iterable[float]) -> float | None:
    values = list(values)
    return round(float(median(values)), 1) if values else None
