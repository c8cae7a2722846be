"""办件数据 of the cases the example's walks name: what the platform says about them, nearly always the same.

Facts, written in bulk as an import writes them. Matters whose real cases another room tells (counties.py) are left alone.
"""

import random
from collections.abc import Iterator
from datetime import datetime, time, timedelta

from campaigns.enums import StepResult
from campaigns.models import Case, SessionCase, WalkSession
from reports.example.city import City
from reports.example.stage import CURTAIN
from reports.example.timeline import CITY_TIME

_UNKNOWN, _OTHERWISE = 30, 40  # one case in 30 isn't there, one in 40 tells something else


def know_the_cases(city: City) -> None:
    """One Case for the number of nearly every real walk, and for the cases handled at a window."""
    lot = random.Random("platform")
    told = set(Case.objects.values_list("matter_id", flat=True).distinct())
    walks = WalkSession.objects.held().select_related("walked_unit").prefetch_related("steps")
    found = {}
    for walk in walks.exclude(case_number="").exclude(matter__in=told).order_by("number"):
        if lot.randrange(_UNKNOWN):
            found.setdefault(walk.case_number, _walked(city, walk, lot))
    for case in _served(told):
        found.setdefault(case.number, case)
    Case.objects.bulk_create(found.values(), batch_size=500)


def _walked(city: City, walk: WalkSession, lot: random.Random) -> Case:
    """The walk's own case; now and then the platform counts it from the next working day."""
    applied = walk.started_at
    if not lot.randrange(_OTHERWISE):
        applied = _at(city.calendar.add_workdays(walk.held_on, 1), 9, 5)
    day = city.calendar.add_workdays(applied.astimezone(CITY_TIME).date(), walk.actual_days or 0)
    finished = max(_at(day, 16, lot.randrange(60)), applied + (walk.ended_at - walk.started_at))
    corrected = sum(step.result == StepResult.SUPPLEMENT for step in walk.steps.all())
    return Case(
        number=walk.case_number,
        matter_id=walk.matter_id,
        organization=walk.walked_unit,
        channel=walk.get_channel_display(),
        applied_at=applied,
        accepted_at=applied + timedelta(minutes=lot.randint(15, 50)),
        finished_at=finished if finished <= city.timeline.at(city.timeline.last, CURTAIN) else None,
        correction_count=corrected,
        visit_count=walk.actual_trips,
    )


def _served(told: set[int]) -> Iterator[Case]:
    """What was handled at the window during 坐窗办."""
    rows = SessionCase.objects.filter(session__in=WalkSession.objects.held()).exclude(matter__in=told)
    for row in rows.select_related("session__walked_unit").order_by("case_number", "pk"):
        walk = row.session
        yield Case(
            number=row.case_number,
            matter_id=row.matter_id or walk.matter_id,
            organization=walk.walked_unit,
            channel=walk.get_channel_display(),
            applied_at=walk.started_at,
            accepted_at=walk.started_at,
            finished_at=walk.started_at + timedelta(minutes=row.minutes or 0)
            if row.result == "办结"
            else None,
        )


def _at(day, hour: int, minute: int) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=CITY_TIME)
