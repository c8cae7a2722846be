"""任务与覆盖 of the example: roster and nodes on day 0, tasks from the units and 审改办, the cross plan, one node moved.

Nothing here draws from the city's own dice: tasks are laid over walks that are made anyway, so most are done, some late.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator

from campaigns.actions.cross_tasks import assign_cross_plan
from campaigns.actions.milestones import move_milestone, open_duties
from campaigns.actions.obligations import exempt, refresh_roster
from campaigns.actions.planned_tasks import Wish, assign_tasks, withdraw_task
from campaigns.cross_desk import read_desk
from campaigns.cross_plan import Pair, faults, propose
from campaigns.enums import OrganizationKind, Role, SessionMode
from campaigns.models import Milestone, Obligation, Person
from reports.example import roster
from reports.example.city import City
from reports.example.plans import Walk
from reports.example.stage import Life

_TASKS_ON, _CROSS_ON, _MOVED_ON = 2, 8, 24
_EVERY = 7  # one walk in seven had been assigned before
_LATE = 9  # and one of nine of those was due before it was made
_WALKER = "yibaoju.lingdao"


def plan_the_walks(city: City, walks: list[Walk]) -> Iterator[Life]:
    """The lives of the plan; the roster and the nodes' clocks stand from the first minute."""
    office = city.seats[Role.REFORM_OFFICE, roster.CITY]
    refresh_roster(campaign=city.campaign, by=office, now=city.timeline.at(0, 9 * 60))
    open_duties(campaign=city.campaign, calendar=city.calendar)
    yield _assign_early(city, walks)
    yield _cross(city, walks)
    yield _move_the_node(city)
    yield _exempt_one(city)
    yield _assign_late(city)
    yield _tasks_of_one_walker(city)


def _assign_early(city: City, walks: list[Walk]) -> Life:
    """Each unit's 填报员 puts down who walks what; the walks answer by themselves."""
    moment = yield (_TASKS_ON, 10 * 60)
    planned = [
        walk for walk in walks if walk.index > _TASKS_ON + 1 and not walk.is_draft and not walk.complaint
    ]
    for place, walk in enumerate(planned[::_EVERY]):
        days = -2 if place % _LATE == 4 else 3
        by = city.seat(Role.REPORTER, walk.unit)
        due = max(walk.index + days, _TASKS_ON + 1)
        if by is None or due > city.timeline.last + 20:
            continue
        wish = Wish(walk.unit, walk.matter, walk.mode, walk.walked_unit, walk.walkers[0])
        _give(city, [wish], due, by, moment.now)


def _give(city: City, wishes: list[Wish], due: int, by, now) -> list:
    return assign_tasks(
        campaign=city.campaign,
        wishes=wishes,
        due_on=city.timeline.day(due),
        by=by,
        now=now,
        calendar=city.calendar,
    )


def _cross(city: City, walks: list[Walk]) -> Life:
    """市审改办 confirms the planner's proposal, changed by hand to where most units are going anyway."""
    moment = yield (_CROSS_ON, 15 * 60)
    assign_cross_plan(
        campaign=city.campaign,
        pairs=_pairs(city, walks),
        due_on=Milestone.objects.get(campaign=city.campaign, key="cross_walk").due_on,
        by=city.seats[Role.REFORM_OFFICE, roster.CITY],
        now=moment.now,
        calendar=city.calendar,
    )


def _pairs(city: City, walks: list[Walk]) -> list[Pair]:
    desk = read_desk(city.campaign)
    sent, load = [], Counter()
    going = defaultdict(set)
    for walk in walks:
        county = walk.walked_unit.code[:6]
        if walk.index > _CROSS_ON and county in roster.COUNTIES and not walk.is_draft:
            going[walk.unit.code].add(county)
    for unit in desk.units:
        if going[unit.code]:
            county = min(going[unit.code], key=lambda code: (load[code], code))
            load[county] += 1
            sent.append(Pair(unit.code, county))
    pairs = [*sent, *propose(*desk.sides, been=desk.been, fixed=sent)]
    return desk.proposal() if faults(pairs, *desk.sides) else pairs


def _move_the_node(city: City) -> Life:
    """三: 根据疫情形势,可适时进行调整."""
    moment = yield (_MOVED_ON, 16 * 60)
    move_milestone(
        milestone=Milestone.objects.get(campaign=city.campaign, key="cross_walk"),
        due_on=city.timeline.day(city.timeline.last + 4),
        reason="根据疫情形势，部分县市区暂不接待，期限顺延",
        by=city.seats[Role.REFORM_OFFICE, roster.CITY],
        now=moment.now,
        calendar=city.calendar,
    )


def _exempt_one(city: City) -> Life:
    """One more can't walk, and 市审改办 approves it on the page."""
    moment = yield (12, 11 * 60)
    rows = Obligation.objects.standing(city.timeline.day(12)).filter(
        organization__kind=OrganizationKind.CITY_DEPARTMENT,
        rank="SECTION_HEAD",
        person__sessions__isnull=True,
    )
    row = rows.order_by("-organization__code", "-pk").first()
    office = city.seats[Role.REFORM_OFFICE, roster.CITY]
    if row is not None:
        exempt(obligation=row, reason="借调省直单位工作，不在岗", by=office, now=moment.now)


def _assign_late(city: City) -> Life:
    """Who hasn't walked by June is given a task: some are due soon, some late already, one was a mistake."""
    last = city.timeline.last
    moment = yield (last - 12, 10 * 60)
    rows = Obligation.objects.standing(city.timeline.day(last - 12)).filter(person__sessions__isnull=True)
    rows = rows.filter(organization__parent__code=roster.CITY).select_related("person", "organization")
    given = []
    for place, row in enumerate(rows.order_by("organization__code", "pk")[:18]):
        unit = city.organizations[row.organization.code]
        by = city.seat(Role.REPORTER, unit)
        matter = next(
            (m for m in city.matters if m.owner_id == unit.pk), city.matters[place % len(city.matters)]
        )
        due = last + (place % 8) - 3
        wish = Wish(unit, matter, SessionMode.SELF, matter.owner, row.person)
        given += _give(city, [wish], due, by or city.assigner(unit), moment.now)
    moment = yield (last - 5, 9 * 60)
    if given:
        task = given[-1]
        withdraw_task(
            task=task, reason="本人已调离，另行安排", by=city.assigner(task.organization), now=moment.now
        )


def _tasks_of_one_walker(city: City) -> Life:
    """The 体验人 of contract §4 finds something to do: one task due in two days, one next week."""
    last = city.timeline.last
    moment = yield (last - 6, 14 * 60)
    person = Person.objects.select_related("organization").get(user__username=_WALKER)
    unit = person.organization
    own = [matter for matter in city.matters if matter.owner_id == unit.pk]
    county = city.organizations[roster.LEIYANG]
    by = city.seat(Role.REPORTER, unit)
    first, second = own[0], own[-1]
    _give(city, [Wish(unit, first, SessionMode.SELF, unit, person)], last + 2, by, moment.now)
    away = city.local(second, county.code)
    _give(city, [Wish(unit, second, SessionMode.ACCOMPANY, away, person)], last + 6, by, moment.now)
