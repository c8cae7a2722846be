"""The example city's rows: units, people with accounts and roles, matters, the campaign with its dates.

Facts are written in bulk, as an import writes them; everything that has a state afterwards goes through the actions.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.contrib.auth.hashers import make_password

from campaigns.enums import CampaignState, Channel, MatterFocus, OrganizationKind, Role
from campaigns.ground.calendar import Calendar
from campaigns.ground.lights import DEFAULT_LADDER
from campaigns.ground.secret import blind_index
from campaigns.models import (
    Campaign,
    CampaignMatter,
    CampaignPolicy,
    Matter,
    Milestone,
    Organization,
    Participation,
    Person,
    Posting,
    User,
)
from campaigns.nodes import NODES
from reports.actions.submissions import open_submissions
from reports.example import roster
from reports.example.names import citizen
from reports.example.texts import rows
from reports.example.timeline import Timeline

CODE = "2022"
_CHANNELS = {label: value for value, label in Channel.choices}
_FOCUSES = {label: value for value, label in MatterFocus.choices}
# The days the document's phrases are read as (三、体验时间; 五、保障措施末段; domain.md §2).
_DUE = {"key_matters": "2022-05-20", "cross_walk": "2022-05-31", "report": "2022-06-30"}


@dataclass
class City:
    """Everything a life in the city needs at hand, so that nobody asks the database twice."""

    campaign: Campaign
    timeline: Timeline
    rng: random.Random
    organizations: dict[str, Organization] = field(default_factory=dict)
    people: dict[str, list[Person]] = field(default_factory=dict)
    seats: dict[tuple[str, str], Posting] = field(default_factory=dict)
    seats_by_person: dict[int, Posting] = field(default_factory=dict)
    matters: list[Matter] = field(default_factory=list)

    @property
    def calendar(self) -> Calendar:
        return self.timeline.calendar

    def seat(self, role: str, unit: Organization) -> Posting | None:
        """The posting with `role` in the unit itself."""
        return self.seats.get((role, unit.code))

    def assigner(self, unit: Organization) -> Posting:
        """同级审改办: the county's own, unless the unit is where it sits; else the city's."""
        found = self.seats.get((Role.REFORM_OFFICE, unit.code[:6]))
        if found is None or unit.pk in (found.person.organization_id, found.organization_id):
            return self.seats[Role.REFORM_OFFICE, roster.CITY]
        return found

    def closer(self, unit: Organization) -> Posting:
        """Who closes items of `unit`: 审改办 over it, 督查室 where the unit is itself a 审改办 (contract §7.3)."""
        if self.is_office(unit):
            inspector = self.seats.get((Role.INSPECTOR, unit.code[:6]))
            return inspector or self.seats[Role.INSPECTOR, roster.CITY]
        return self.assigner(unit)

    def is_office(self, unit: Organization) -> bool:
        """True where people of a 审改办 sit."""
        return unit.code == "430400-003" or (unit.code[:6] != roster.CITY and unit.code.endswith("-001"))

    def local(self, matter: Matter, county: str) -> Organization:
        """Who runs `matter` in a county: its participating department, else the city's own department."""
        for code, unit in self.organizations.items():
            if (
                code.startswith(f"{county}-")
                and unit.is_participant
                and unit.counterpart_id == matter.owner_id
            ):
                return unit
        return matter.owner

    def own_seat(self, person: Person) -> Posting | None:
        """A posting of the person's own account, if they have one."""
        return self.seats_by_person.get(person.pk)

    def office_minute(self) -> int:
        """A minute of the office day: the morning or the afternoon, not lunch."""
        first, last = self.rng.choice(((8 * 60 + 50, 11 * 60 + 50), (14 * 60, 17 * 60 + 10)))
        return self.rng.randint(first, last)

    def citizen(self) -> str:
        return citizen(self.rng)

    def hall(self, unit: Organization) -> str:
        """The counter where the unit's matters are handled."""
        if unit.kind == OrganizationKind.UTILITY:
            return f"{unit.label}营业厅"
        return f"{self.organizations[unit.code[:6]].name.removesuffix('人民政府')}政务服务中心"


def build(*, timeline: Timeline, seed: int, now: datetime) -> City:
    """Write the units, people, accounts, matters and the open campaign; returns the city to live in."""
    city = City(campaign=_campaign(timeline), timeline=timeline, rng=random.Random(f"{seed}-city"))
    _organizations(city)
    _people(city, seed, now)
    _matters(city)
    _plan(city)
    return city


def _campaign(timeline: Timeline) -> Campaign:
    campaign = Campaign.objects.create(
        code=CODE,
        name="衡阳市“走流程、解难题、优服务”行动",
        document_number="衡政办函〔2022〕16号",
        opens_on=timeline.day(0),
        closes_on=_day(timeline, "2022-06-30"),
        state=CampaignState.OPEN,
    )
    CampaignPolicy.objects.create(campaign=campaign, ladder=DEFAULT_LADDER)
    Milestone.objects.bulk_create(
        Milestone(
            campaign=campaign,
            key=node.key,
            name=node.name,
            phrase=node.phrase,
            due_on=_day(timeline, _DUE[node.key]),
        )
        for node in NODES
    )
    return campaign


def _day(timeline: Timeline, real: str):
    return timeline.of_real(datetime.fromisoformat(real).date())


def _organizations(city: City) -> None:
    """Parents before children, as the file lists them; a county department answers to a city department."""
    taking_part = set(roster.participants())
    found = city.organizations
    for row in rows("organizations"):
        code, parent = row["单位编码"], found.get(row["上级单位编码"])
        number = roster.COUNTERPARTS.get(code[-3:]) if len(code) > 6 and code[:6] != roster.CITY else None
        found[code] = Organization(
            code=code,
            name=row["单位名称"],
            short_name=row["单位简称"],
            kind=roster.KINDS[row["单位类型"]],
            parent=parent,
            counterpart=found[f"{roster.CITY}-{number}"] if number else None,
            path=f"{parent.path if parent else '/'}{code}/",
            division_code=row["行政区划代码"],
            is_participant=code in taking_part,
        )
    for depth in (2, 3, 4):  # a parent has its key before its children are written
        level = [unit for unit in found.values() if unit.path.count("/") == depth]
        for unit in level:
            unit.parent_id = unit.parent.pk if unit.parent else None
        _write_level(level)


def _write_level(level: list[Organization]) -> None:
    plain = [unit for unit in level if unit.counterpart is None]
    Organization.objects.bulk_create(plain)
    bound = [unit for unit in level if unit.counterpart is not None]
    for unit in bound:
        unit.counterpart_id = unit.counterpart.pk
    Organization.objects.bulk_create(bound)


def _people(city: City, seed: int, now: datetime) -> None:
    members = roster.members(seed)
    password = make_password(
        settings.EXAMPLE_PASSWORD
    )  # hashed once: slow on purpose, so not a hundred times
    users = {
        user.username: user
        for user in User.objects.bulk_create(
            _user(member, password, now) for member in members if member.username
        )
    }
    people = Person.objects.bulk_create(
        Person(
            code=member.code,
            name=member.name,
            organization=city.organizations[member.organization],
            title=member.title,
            rank=member.rank,
            phone=member.phone,
            phone_index=blind_index(member.phone),
            is_obligated=member.is_obligated,
            exemption_reason=member.exemption,
            user=users.get(member.username),
        )
        for member in members
    )
    for person in people:
        city.people.setdefault(person.organization.code, []).append(person)
    _seats(city, members, people, users, now)


def _user(member: roster.Member, password: str, now: datetime) -> User:
    return User(
        username=member.username,
        password=password,
        first_name=member.name,
        is_staff=any(seat.role == Role.ADMIN for seat in member.seats),
        must_change_password=settings.PRODUCTION,
        date_joined=now,
    )


def _seats(
    city: City, members: Iterable[roster.Member], people: list[Person], users: dict, now: datetime
) -> None:
    """Every role is granted by 安全管理员; a person starts in the first one."""
    postings = Posting.objects.bulk_create(
        Posting(
            person=person,
            organization=city.organizations[seat.organization],
            role=seat.role,
            reach=seat.reach,
            started_on=city.timeline.day(-5),
            requested_at=now,
            granted_at=now,
            granted_by=users["anquan"],
        )
        for member, person in zip(members, people, strict=True)
        for seat in member.seats
    )
    for posting in postings:
        city.seats.setdefault((posting.role, posting.organization.code), posting)
        city.seats_by_person.setdefault(posting.person_id, posting)
        if posting.person.user.current_posting_id is None:
            posting.person.user.current_posting = posting
    User.objects.bulk_update(users.values(), ["current_posting"])


def _matters(city: City) -> None:
    city.matters = Matter.objects.bulk_create(
        Matter(
            code=row["事项编码"],
            name=row["事项名称"],
            owner=city.organizations[row["主管单位编码"]],
            kind=row["事项类型"],
            focuses=[_FOCUSES[label] for label in row["重点类别"].split("、") if label],
            livelihood=row["民生领域"],
            step_count=int(row["环节数"]),
            document_count=int(row["材料数"]),
            legal_days=int(row["法定时限(工作日)"]),
            promised_days=int(row["承诺时限(工作日)"]),
            trip_count=int(row["跑动次数"]),
            fee=Decimal(row["费用(元)"]),
            channels=[_CHANNELS[label] for label in row["办理渠道"].split("、")],
            theme=row["一件事主题"],
        )
        for row in rows("matters")
    )
    CampaignMatter.objects.bulk_create(
        CampaignMatter(campaign=city.campaign, matter=matter) for matter in city.matters if matter.focuses
    )


def _plan(city: City) -> None:
    """Who takes part, and each unit's report that is due on 6月30日 (五、保障措施末段)."""
    units = [unit for unit in city.organizations.values() if unit.is_participant]
    Participation.objects.bulk_create(
        Participation(campaign=city.campaign, organization=unit) for unit in units
    )
    open_submissions(campaign=city.campaign, calendar=city.calendar)
