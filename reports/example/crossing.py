"""交叉式走流程 of the example (三、体验时间): most municipal units walk in the county they were sent to, some are still to go.

And one walk that had to be put right after 本人确认: a new version with its reason. Own dice: nothing else of the city shifts.
"""

import random

from campaigns.actions.corrections import correct_session
from campaigns.actions.walks import confirm_session
from campaigns.enums import Role, SessionMode, SessionState, TaskOrigin
from campaigns.models import Matter, Organization, Person, WalkSession, WalkTask
from reports.example.city import City
from reports.example.counties import HALL, CountyWalk, Story, county_unit, free_day
from reports.example.plans import Diary, Walk
from reports.example.stage import Life, Stage

_FROM = 9  # the plan is assigned the day before (reports.example.planning)
_NOT_YET = 3  # one unit in three hasn't gone
_STEP_FACTS = ("kind", "started_at", "ended_at", "waiting_minutes", "result", "note")
_CORRECTING_UNIT = "430400-031"


def walk_across(city: City, stage: Stage, walks: list[Walk], diary: Diary) -> Life:
    """Walks that answer the tasks of the cross plan, made by people who walk at home too."""
    yield (_FROM, 9 * 60)
    rng = random.Random("crossing")
    walkers = {person.pk for walk in walks for person in walk.walkers if not walk.is_draft}
    tasks = WalkTask.objects.filter(campaign=city.campaign, origin=TaskOrigin.CROSS)
    for place, task in enumerate(
        tasks.select_related("organization", "walked_unit", "matter").order_by("pk")
    ):
        office = city.organizations[task.organization.code]
        people = [person for person in city.people.get(office.code, ()) if person.pk in walkers]
        if people and place % _NOT_YET != _NOT_YET - 1:
            stage.enter(_walk(city, diary, task, office, people[0], rng))


def _walk(
    city: City, diary: Diary, task: WalkTask, office: Organization, person: Person, rng: random.Random
) -> Life:
    matter, unit = _there(city, task.matter, task.walked_unit.code)
    made = CountyWalk(city, Story(matter.code, HALL), matter, unit, office, person, rng)
    return made.live(free_day(rng, city, diary, person, 0, first=_FROM + 1))


def _there(city: City, wanted: Matter, county: str) -> tuple[Matter, Organization]:
    """The matter of the task at the county's own department; where it has none, the next matter that is run there."""
    start = next(at for at, matter in enumerate(city.matters) if matter.pk == wanted.pk)
    for matter in city.matters[start:] + city.matters[:start]:
        unit = county_unit(city, matter, county)
        if unit is not None:
            return matter, unit
    raise LookupError(f"No department of {county} runs any matter.")


def correct_one(city: City) -> Life:
    """市医保局 forgot a trip: the confirmed walk gets a new version, which its walker confirms again."""
    moment = yield (city.timeline.last - 6, 10 * 60 + 20)
    confirmed = WalkSession.objects.newest().filter(
        reporting_unit__code=_CORRECTING_UNIT, state=SessionState.CONFIRMED, mode=SessionMode.SELF
    )
    session = confirmed.filter(actual_trips__isnull=False, steps__isnull=False).order_by("pk").first()
    if session is None:
        return
    walkers = list(session.walkers.all())
    session = correct_session(
        by=city.seat(Role.REPORTER, city.organizations[_CORRECTING_UNIT]),
        now=moment.now,
        session=session,
        reason="漏记一次跑动：补交材料时另跑了一趟，经核对受理单更正。",
        walkers=walkers,
        parts=_parts(session),
        facts={"actual_trips": session.actual_trips + 1},
    )
    moment = yield (moment.index + 1, 9 * 60 + 10)
    confirm_session(session=session, by=city.own_seat(walkers[0]), now=moment.now)


def _parts(session: WalkSession) -> dict[str, list]:
    """What the walk is made of, as it was: only a number was wrong."""
    return {
        "steps": list(session.steps.order_by("sequence").values(*_STEP_FACTS)),
        "checkpoints": list(session.checkpoints.values_list("category__code", "verdict", "note")),
        "companions": list(session.companions.values_list("name", "title")),
    }
