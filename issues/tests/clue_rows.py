"""An invented town (issues.tests.clue_town) written into the tables, so that reading it back can be tested and timed."""

from datetime import date

from campaigns.enums import OrganizationKind, Rank
from campaigns.ground.clock import day_of
from campaigns.models import (
    Campaign,
    Case,
    Category,
    CheckPoint,
    Complaint,
    Matter,
    Milestone,
    Organization,
    Person,
    PhotoMark,
    SessionCase,
    SessionStep,
    User,
    WalkSession,
)
from campaigns.tests.factories import make_campaign, make_unit
from issues.clues.facts import Town, Walk

_BATCH = 500


def write_town(town: Town) -> Campaign:
    """All of it but `findings` and `staff`; straight into the tables."""
    campaign = make_campaign("CLUES", opens_on=date(2022, 4, 19), closes_on=date(2022, 12, 31))
    units = _units(town)
    matters = _matters(town, units)
    people = _people(town, units)
    accounts = _accounts(town)
    sessions = [_session(walk, campaign, units, matters, accounts) for walk in town.walks]
    WalkSession.objects.bulk_create(sessions, batch_size=_BATCH)
    _parts(town, {session.number: session for session in sessions}, people, matters)
    Case.objects.bulk_create(
        [
            Case(
                number=number,
                matter=matters[case.matter],
                organization=units[case.unit],
                applied_at=case.applied,
                finished_at=case.finished,
            )
            for number, case in town.cases.items()
        ],
        batch_size=_BATCH,
    )
    Complaint.objects.bulk_create(
        [
            Complaint(
                number=number,
                source="HOTLINE",
                received_at=one.received,
                content="办理不便。",
                matter=matters[one.matter],
                organization=units[one.unit],
            )
            for number, one in town.complaints.items()
        ],
        batch_size=_BATCH,
    )
    for place, due in enumerate(town.milestones):
        Milestone.objects.create(campaign=campaign, key=f"m{place}", name="节点", phrase="节点", due_on=due)
    return campaign


def _units(town: Town) -> dict[str, Organization]:
    codes = {code for walk in town.walks for code in (walk.unit, walk.walked)}
    codes |= {case.unit for case in town.cases.values()} | {one.unit for one in town.complaints.values()}
    codes |= {walker.unit for walk in town.walks for walker in walk.walkers}
    found = {"430400": make_unit("430400", name="测试市人民政府")}
    for county in sorted({code[:6] for code in codes} - {"430400"}):
        found[county] = make_unit(county, found["430400"], OrganizationKind.COUNTY, f"县{county}")
    for code in sorted(codes - set(found)):
        kind = "" if code.startswith("430400") else OrganizationKind.COUNTY_DEPARTMENT
        found[code] = make_unit(code, found[code[:6]], kind)
    return found


def _matters(town: Town, units: dict) -> dict[str, Matter]:
    codes = {walk.matter for walk in town.walks} | {case.matter for case in town.cases.values()}
    codes |= {one.matter for one in town.complaints.values()}
    made = [Matter(code=code, name=f"事项{code}", owner=units["430400"]) for code in sorted(codes)]
    return {matter.code: matter for matter in Matter.objects.bulk_create(made)}


def _people(town: Town, units: dict) -> dict[str, Person]:
    walkers = {walker.code: walker for walk in town.walks for walker in walk.walkers}
    made = [
        Person(
            code=code,
            name=walker.name,
            organization=units[walker.unit],
            title="副局长",
            rank=Rank.MEMBER,
            is_obligated=walker.is_obligated,
        )
        for code, walker in sorted(walkers.items())
    ]
    return {person.code: person for person in Person.objects.bulk_create(made, batch_size=_BATCH)}


def _accounts(town: Town) -> dict[str, User]:
    names = sorted({walk.recorder for walk in town.walks})
    made = User.objects.bulk_create([User(username=name) for name in names], batch_size=_BATCH)
    return {user.username: user for user in made}


def _session(walk: Walk, campaign, units, matters, accounts) -> WalkSession:
    return WalkSession(
        campaign=campaign,
        number=walk.key,
        state="HELD",
        reporting_unit=units[walk.unit],
        walked_unit=units[walk.walked],
        mode=walk.mode,
        channel=walk.channel,
        matter=matters[walk.matter],
        place=walk.place,
        window=walk.window,
        started_at=walk.start,
        ended_at=walk.end,
        recorded_at=walk.recorded,
        recorded_by=accounts[walk.recorder],
        held_on=day_of(walk.start),
        case_number=walk.case_number,
        authorization_number=walk.authorization,
        accompanied=walk.accompanied,
        work_order=walk.work_order,
        was_announced=walk.is_announced,
        narrative=walk.narrative,
    )


def _parts(town: Town, sessions: dict, people: dict, matters: dict) -> None:
    through, rows = (
        WalkSession.walkers.through,
        {model: [] for model in (SessionStep, SessionCase, PhotoMark)},
    )
    walking, checked, category = [], [], Category.objects.order_by("pk").first()
    for walk in town.walks:
        session = sessions[walk.key]
        walking += [through(walksession=session, person=people[one.code]) for one in walk.walkers]
        rows[SessionStep] += [
            SessionStep(
                session=session,
                sequence=n,
                kind=step.kind,
                started_at=step.start,
                ended_at=step.end,
                result=step.result,
            )
            for n, step in enumerate(walk.steps, 1)
        ]
        rows[SessionCase] += [
            SessionCase(
                session=session, case_number=one.number, matter=matters[one.matter], minutes=one.minutes
            )
            for one in walk.cases
        ]
        rows[PhotoMark] += [
            PhotoMark(session=session, kind=mark.split("=")[0], value=mark.split("=")[1])
            for mark in set(walk.marks)
        ]
        if not walk.found_nothing:
            checked.append(CheckPoint(session=session, category=category, verdict="FAILS"))
    through.objects.bulk_create(walking, batch_size=_BATCH)
    CheckPoint.objects.bulk_create(checked, batch_size=_BATCH)
    for model, made in rows.items():
        model.objects.bulk_create(made, batch_size=_BATCH)
