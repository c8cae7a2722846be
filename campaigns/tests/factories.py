"""Rows for tests: plain functions, deterministic, nothing random and no clock. Names are invented.

Codes and numbers that aren't given count up from what is there, so that two of a kind never collide.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from campaigns.enums import (
    CampaignState,
    Channel,
    OrganizationKind,
    Rank,
    Reach,
    Role,
    SessionMode,
    SessionState,
)
from campaigns.models import (
    Campaign,
    Complaint,
    Matter,
    MatterUnit,
    Organization,
    Person,
    Posting,
    SessionStep,
    User,
    WalkSession,
)
from campaigns.process_ways import way_of

ZONE = ZoneInfo("Asia/Shanghai")
PASSWORD = "Zoujieyou@2022"


def at(day: str = "2022-05-10", clock: str = "09:00") -> datetime:
    """An aware moment in Asia/Shanghai: at("2022-05-10", "14:30")."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZONE)


NOW = at("2022-06-20", "10:00")


def make_unit(
    code: str = "430400",
    parent: Organization | None = None,
    kind: str = "",
    name: str = "",
    short_name: str = "",
    **fields: Any,
) -> Organization:
    """A unit; without `parent` it is the city, below the city a department unless `kind` says otherwise."""
    kind = kind or (OrganizationKind.CITY_DEPARTMENT if parent else OrganizationKind.CITY)
    return Organization.objects.create(
        code=code,
        name=name or f"单位{code}",
        short_name=short_name,
        kind=kind,
        parent=parent,
        path=f"{parent.path if parent else '/'}{code}/",
        **{"is_participant": True, **fields},
    )


def make_person(unit: Organization, name: str = "", code: str = "", **fields: Any) -> Person:
    """Somebody of `unit`, obligated to walk, without an account."""
    number = Person.objects.count() + 1
    values = {"title": "副局长", "rank": Rank.MEMBER, "is_obligated": True, "appointed_on": date(2021, 1, 1)}
    return Person.objects.create(
        code=code or f"RY{number:05d}", name=name or f"甲{number}", organization=unit, **{**values, **fields}
    )


def make_user(username: str = "", **fields: Any) -> User:
    """An account with PASSWORD that need not change it."""
    values = {"must_change_password": False, **fields}
    return User.objects.create_user(
        username=username or f"user{User.objects.count() + 1}", password=PASSWORD, **values
    )


def make_posting(
    unit: Organization,
    role: str = Role.REPORTER,
    username: str | None = None,
    reach: str = Reach.OWN,
    person: Person | None = None,
    granted: bool = True,
    **fields: Any,
) -> Posting:
    """A granted posting; the person and the account are made when missing (`person` keeps theirs)."""
    person = person or make_person(unit)
    if person.user_id is None:
        person.user = make_user(username or "")
        person.save()
    granter = User.objects.get(username="system") if granted else None
    values = {
        "requested_at": at("2022-04-19"),
        "granted_at": at("2022-04-19", "10:00") if granted else None,
        "granted_by": granter,
    }
    return Posting.objects.create(
        person=person, organization=unit, role=role, reach=reach, **{**values, **fields}
    )


def make_campaign(code: str = "2022", **fields: Any) -> Campaign:
    """The real campaign, open."""
    values = {
        "name": "“走流程、解难题、优服务”行动",
        "document_number": "衡政办函〔2022〕16号",
        "opens_on": date(2022, 4, 19),
        "closes_on": date(2022, 6, 30),
        "state": CampaignState.OPEN,
    }
    return Campaign.objects.create(code=code, **{**values, **fields})


def make_matter(owner: Organization, name: str = "", code: str = "", **fields: Any) -> Matter:
    """A matter of `owner` with a guide of 4 steps, 6 documents, 5 days, 2 trips and no fee."""
    number = Matter.objects.count() + 1
    guide = {"step_count": 4, "document_count": 6, "promised_days": 5, "trip_count": 2, "fee": 0}
    return Matter.objects.create(
        code=code or f"SX-{number:04d}", name=name or f"事项{number}", owner=owner, **{**guide, **fields}
    )


def make_matter_unit(matter: Matter, unit: Organization, **fields: Any) -> MatterUnit:
    """`unit` runs `matter`; its own promised numbers are given in `fields`."""
    return MatterUnit.objects.create(matter=matter, organization=unit, **fields)


def make_session(
    campaign: Campaign,
    unit: Organization,
    walkers: list[Person] | None = None,
    matter: Matter | None = None,
    started_at: datetime | None = None,
    state: str = SessionState.HELD,
    **fields: Any,
) -> WalkSession:
    """A walk written straight into its table (tests of the action itself call record_session). Held on 2022-05-10."""
    number = WalkSession.objects.count() + 1
    started_at = started_at or at("2022-05-10", "09:00") + timedelta(hours=2 * (number - 1))
    walkers = walkers if walkers is not None else [make_person(unit)]
    system = User.objects.get(username="system")
    held = state != SessionState.DRAFT
    matter = matter or make_matter(unit)
    values = {
        "number": f"DJ-{campaign.code}-{unit.code}-{number:04d}",
        "walked_unit": matter.owner,
        "mode": SessionMode.SELF,
        "channel": Channel.HALL_WINDOW,
        "ended_at": started_at + timedelta(hours=1),
        "narrative": "从咨询到出件走完全部环节。",
        "held_on": started_at.astimezone(ZONE).date() if held else None,
        "recorded_by": system,
        "recorded_at": started_at + timedelta(hours=3) if held else None,
        "confirmed_by": system if state == SessionState.CONFIRMED else None,
        "confirmed_at": started_at + timedelta(hours=5) if state == SessionState.CONFIRMED else None,
    }
    session = WalkSession.objects.create(
        campaign=campaign,
        reporting_unit=unit,
        matter=matter,
        started_at=started_at,
        state=state,
        **{**values, **fields},
    )
    session.walkers.set(walkers)
    return session


def make_steps(session: WalkSession, *steps: Mapping[str, Any]) -> WalkSession:
    """The steps of a walk one after the other from its start on, and its way.

    A step has kind and may have minutes (10), waiting_minutes and result.
    """
    rows, start = [], session.started_at
    for sequence, step in enumerate(steps, start=1):
        end = start + timedelta(minutes=step.get("minutes", 10))
        facts = {key: value for key, value in step.items() if key != "minutes"}
        rows.append(SessionStep(session=session, sequence=sequence, started_at=start, ended_at=end, **facts))
        start = end
    SessionStep.objects.bulk_create(rows)
    session.way, session.way_minutes = way_of(rows)
    session.save()
    return session


def assert_ways_are_told() -> None:
    """Every walk tells on its own row what its steps say, whoever wrote them."""
    for walk in WalkSession.objects.all():
        assert (walk.way, walk.way_minutes) == way_of(walk.steps.order_by("sequence")), walk


def make_complaint(unit: Organization, number: str = "", **fields: Any) -> Complaint:
    """A 12345 work order about `unit`, with an invented citizen."""
    values = {
        "source": "HOTLINE",
        "received_at": at("2022-05-06", "09:20"),
        "kind": "COMPLAINT",
        "title": "办理时间太长",
        "content": "窗口排队两个小时仍未受理。",
        "citizen": "欧阳某",
        "phone": "13800000001",
    }
    return Complaint.objects.create(
        number=number or f"GD{Complaint.objects.count() + 1:06d}", organization=unit, **{**values, **fields}
    )
