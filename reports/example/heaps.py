"""差评投诉集中 in the example: every morning the rule looks, and the units walk back what it opens, most of them in time."""

import random

from campaigns.actions.complaint_tasks import open_tasks
from campaigns.enums import Channel, SessionMode
from campaigns.models import Complaint, WalkTask
from reports.example.city import City
from reports.example.complaints import Received
from reports.example.plans import Diary, Walk
from reports.example.play import Play
from reports.example.stage import Life, Moment

LOOKS_AT = 8 * 60 + 10  # before the chase
_LATE = 7  # one heap in seven is walked back too late


def watch(city: City, play: Play, diary: Diary) -> Life:
    """Open the day's tasks; each is answered by one 倒推办 of the unit on the same day, the next, or some days late."""
    lot, seen = random.Random("heaps"), set()
    for index in range(city.timeline.last + 1):
        moment = yield (index, LOOKS_AT)
        told = open_tasks(on=city.timeline.day(index), now=moment.now, campaign=city.campaign)
        numbers = {(one["matter"], one["organization"]): one["numbers"] for one in told["clusters"]}
        new = WalkTask.objects.filter(cluster__isnull=False).exclude(pk__in=seen).order_by("pk")
        for task in new.select_related("matter", "organization"):
            seen.add(task.pk)
            walk = _answer(city, diary, lot, task, numbers[task.matter.code, task.organization.code], moment)
            if walk is not None:
                play.stage.enter(play.walk(walk))


def _answer(
    city: City, diary: Diary, lot: random.Random, task: WalkTask, numbers: list[str], moment: Moment
) -> Walk | None:
    """The walk back from the youngest of the heap's complaints; None when nobody of the unit has the day free."""
    days = lot.choice((3, 4)) if not lot.randrange(_LATE) else lot.choice((0, 1, 1))
    index = moment.index + days
    unit = city.organizations[task.organization.code]
    free = [
        person
        for person in city.people[unit.code]
        if person.is_obligated and not person.exemption_reason and diary.is_free(person, index)
    ]
    if not free:
        return None
    walker = lot.choice(free)
    diary.take(walker, index)
    complaint = Complaint.objects.select_related("matter", "organization").get(number=numbers[-1])
    return Walk(
        index=index,
        minute=lot.randint(9 * 60, 10 * 60),
        unit=unit,
        walkers=[walker],
        matter=next(matter for matter in city.matters if matter.pk == task.matter_id),
        walked_unit=unit,
        mode=SessionMode.BACKWARD,
        channel=Channel.HALL_WINDOW,
        complaint=Received(index, complaint),
    )
