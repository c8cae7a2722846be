"""亮灯变化 as events: green to yellow to red, and back when a date was moved (issue: every light change is an event).

Computed against what was noted last; the light itself is never stored (contract §7.8). Safe to run twice.
"""

from datetime import date
from functools import cache

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery

from campaigns.ground.calendar import Calendar
from campaigns.ground.deadlines import Deadline, LightChange
from campaigns.ground.lights import light

BATCH = 500


@transaction.atomic
def note_light_changes(*, rows: QuerySet, on: date, calendar: Calendar) -> int:
    """Note for each running clock of `rows` that its light is no longer the one last noted; returns how many.

    A clock that never turned is compared with the light it began with: two days given are yellow from the start,
    which is no change.
    """

    @cache
    def colour(day: date, due_on: date, starts_on: date) -> str:
        return light(
            on=day, phase="open", due_on=due_on, starts_on=starts_on, was_late=False, calendar=calendar
        ).value

    last = LightChange.objects.filter(deadline=OuterRef("pk")).order_by("-pk").values("light")[:1]
    facts = rows.annotate(noted=Subquery(last)).values_list(
        "pk", "round", "due_on", "original_due_on", "starts_on", "noted"
    )
    turned = []
    for pk, round_, due_on, original_due_on, starts_on, noted in facts.iterator(chunk_size=5000):
        was = noted or colour(starts_on, original_due_on, starts_on)
        now = colour(on, due_on, starts_on)
        if now != was:
            turned.append(LightChange(deadline_id=pk, round=round_, on=on, was=was, light=now))
    return sum(_note(turned[start : start + BATCH]) for start in range(0, len(turned), BATCH))


def _note(turned: list[LightChange]) -> int:
    """A clock that somebody is changing right now is noted by the next run: the chase waits for nobody."""
    rows = Deadline.objects.filter(pk__in=[change.deadline_id for change in turned])
    free = set(rows.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True))
    changes = [change for change in turned if change.deadline_id in free]
    LightChange.objects.bulk_create(changes, ignore_conflicts=True)
    return len(changes)
