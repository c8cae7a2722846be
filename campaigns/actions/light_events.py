"""亮灯变化 as events: green to yellow to red, and back when a date was moved (issue: every light change is an event).

Computed against what was noted last; the light itself is never stored (contract §7.8). Safe to run twice.
"""

from datetime import date
from functools import cache

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery

from campaigns.ground.calendar import Calendar
from campaigns.ground.deadlines import LightChange
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
    LightChange.objects.bulk_create(turned, batch_size=BATCH, ignore_conflicts=True)
    return len(turned)
