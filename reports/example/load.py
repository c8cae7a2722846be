"""`load_example`: the city as it stands on the campaign's 62nd day (contract §2). One call, one transaction."""

from datetime import date, datetime

from django.db import transaction

from campaigns.ground import audit
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.workdays import load_calendar
from campaigns.models import Campaign, Complaint, Matter, Organization, Person, User, WalkSession
from issues.models import Demand, LedgerItem, Measure, Problem
from reports.example.asking import ask_the_citizens
from reports.example.city import CODE, City, build
from reports.example.complaints import write_complaints
from reports.example.counties import serve_the_counties, walk_the_counties
from reports.example.crossing import correct_one, walk_across
from reports.example.fakes import fakes
from reports.example.groups import tell_groups
from reports.example.grow import TIMES, grow
from reports.example.heaps import watch
from reports.example.importing import import_files
from reports.example.inspecting import inspect
from reports.example.lives import Lives
from reports.example.looking_around import judge, spread
from reports.example.planning import plan_the_walks
from reports.example.plans import Diary, plan_walks
from reports.example.platform import know_the_cases
from reports.example.play import Play
from reports.example.publishing import publish
from reports.example.reporting import hand_in
from reports.example.scoring import assess
from reports.example.spot_check import spot_checks
from reports.example.stage import Stage
from reports.example.texts import problem_samples
from reports.example.timeline import timeline
from reports.example.wording import Wording
from reports.example.working_together import work_together

SCALES = tuple(TIMES)


@transaction.atomic
def load(*, scale: str, seed: int, anchor: date, now: datetime) -> dict[str, int]:
    """Build the example city for `anchor` (its 62nd day) and return the counts of contract §2.

    A database that already holds it is left as it is. `now` is the real clock: nothing is written that lies after
    it. Raises NotAllowed when the database holds another city's units.
    """
    if Campaign.objects.filter(code=CODE).exists():
        return counts()
    if Organization.objects.exists():
        raise NotAllowed("数据库里已有其他单位，示例数据只能装入空库。")
    time = timeline(anchor=anchor, calendar=load_calendar())
    city = build(timeline=time, seed=seed, now=time.at(-5, 9 * 60))
    _play(city, now)
    grow(campaign=city.campaign, times=TIMES[scale])
    audit.record(
        by=None, verb="装入示例数据", detail=counts() | {"seed": seed}, now=time.at(time.last, 8 * 60 + 45)
    )
    return counts()


def _play(city: City, now: datetime) -> None:
    pen, diary, stage = Wording(city.rng), Diary(), Stage(city.timeline)
    complaints = write_complaints(city, pen)
    play = Play(city=city, pen=pen, stage=stage, lives=Lives(diary))
    stage.enter(play.nights())
    stage.enter(watch(city, play, diary))
    walks = plan_walks(city, complaints, diary)
    for walk in walks:
        stage.enter(play.walk(walk))
    for life in fakes(city, diary):
        stage.enter(life)
    samples = problem_samples()
    places = [unit for unit in city.organizations.values() if unit.is_participant and unit.code[6:]]
    for place in range(12):
        code = ("B06", "A03", "B05", "C02", "B07", "A01")[place % 6]
        stage.enter(play.covert_visit(4 + 3 * place, city.rng.choice(places), samples[code][place % 4]))
    stage.enter(spot_checks(city))
    stage.enter(ask_the_citizens(city))
    for life in walk_the_counties(city, walks, diary):
        stage.enter(life)
    serve_the_counties(city)
    for life in plan_the_walks(city, walks):
        stage.enter(life)
    stage.enter(walk_across(city, stage, walks, diary))
    stage.enter(correct_one(city))
    stage.enter(import_files(city))
    stage.enter(judge(city))
    for life in work_together(city):
        stage.enter(life)
    stage.enter(hand_in(city))
    for life in spread(city, stage):
        stage.enter(life)
    stage.run(until=now)
    know_the_cases(city)
    inspect(city.campaign, city.timeline, until=now)
    publish(city.campaign, city.timeline, until=now)
    tell_groups()
    assess(city, until=now)


def counts() -> dict[str, int]:
    """How many of each there are, by the keys of contract §2."""
    return {
        "organizations": Organization.objects.count(),
        "people": Person.objects.count(),
        "obligated": Person.objects.filter(is_obligated=True).count(),
        "matters": Matter.objects.count(),
        "sessions": WalkSession.objects.held().count(),
        "problems": Problem.objects.count(),
        "demands": Demand.objects.count(),
        "measures": Measure.objects.count(),
        "ledger_items": LedgerItem.objects.count(),
        "complaints": Complaint.objects.count(),
        "accounts": User.objects.filter(is_active=True).count(),
    }
