"""A small town for the tests of time: three levels, people in every role, a campaign. No rule is tested here."""

from datetime import UTC, date, datetime

from campaigns.actions.deadlines import open_deadline
from campaigns.enums import CampaignState, OrganizationKind, Rank, Reach, Role
from campaigns.ground.deadlines import Deadline
from campaigns.ground.lights import DEFAULT_LADDER
from campaigns.ground.workdays import calendar_of, shipped_workdays
from campaigns.models import Campaign, CampaignPolicy, Organization, Person, Posting, User

CALENDAR = calendar_of(shipped_workdays())
NOW = datetime(2022, 5, 18, 0, 30, tzinfo=UTC)  # 08:30 in Hengyang
OFFICES = (Role.REFORM_OFFICE, Role.INSPECTOR)


def day(text: str) -> date:
    """`05-18` → 18 May 2022."""
    return date.fromisoformat(f"2022-{text}")


class Town:
    """市 → 医保局 (with a 科室), 市审批局; 县 → 县人社局; a provincial 上级单位. `user("yibao.REPORTER")` finds people."""

    def __init__(self, *, email: bool = True):
        self.email = email
        self.users: dict[str, User] = {}
        self.city = self._unit("city", OrganizationKind.CITY, None)
        self.yibao = self._unit("yibao", OrganizationKind.CITY_DEPARTMENT, self.city)
        self.section = self._unit("section", OrganizationKind.SECTION, self.yibao)
        self.shenpi = self._unit("shenpi", OrganizationKind.CITY_DEPARTMENT, self.city)
        self.county = self._unit("county", OrganizationKind.COUNTY, self.city)
        self.renshe = self._unit("renshe", OrganizationKind.COUNTY_DEPARTMENT, self.county)
        self.province = self._unit("province", OrganizationKind.SUPERIOR, None)
        for unit in (self.yibao, self.renshe, self.county):
            for role in (Role.REPORTER, Role.DEPUTY, Role.HEAD):
                self.post(f"{unit.code}.{role}", role, unit)
        self.post("city.REFORM_OFFICE", Role.REFORM_OFFICE, self.city, home=self.shenpi)
        self.post("city.INSPECTOR", Role.INSPECTOR, self.city)
        self.post("county.REFORM_OFFICE", Role.REFORM_OFFICE, self.county)
        self.campaign = Campaign.objects.create(
            code="ZJY2022",
            name="走解优行动",
            opens_on=day("04-19"),
            closes_on=day("06-30"),
            state=CampaignState.OPEN,
        )
        CampaignPolicy.objects.create(campaign=self.campaign, ladder=DEFAULT_LADDER)

    def _unit(self, code: str, kind: str, parent: Organization | None) -> Organization:
        path = f"{parent.path if parent else '/'}{code}/"
        return Organization.objects.create(code=code, name=f"{code}单位", kind=kind, parent=parent, path=path)

    def post(self, name: str, role: str, unit: Organization, *, home: Organization | None = None) -> User:
        """One account with one granted posting."""
        user = User.objects.create(
            username=name.lower(), email=f"{name.lower()}@example.invalid" if self.email else ""
        )
        person = Person.objects.create(
            code=name, name=name, organization=home or unit, title="干部", rank=Rank.STAFF, user=user
        )
        Posting.objects.create(
            person=person,
            organization=unit,
            role=role,
            reach=Reach.SUBTREE if role in OFFICES else Reach.OWN,
            requested_at=NOW,
            granted_at=NOW,
            granted_by=user,
        )
        self.users[name] = user
        return user

    def user(self, name: str) -> User:
        return self.users[name]

    def name(self, user_id: int) -> str:
        return next(name for name, user in self.users.items() if user.pk == user_id)

    def clock(self, unit: Organization | None = None, **given) -> Deadline:
        """An ordinary clock: 04-19 + 20 working days = Wednesday 05-18."""
        return open_deadline(
            **{
                "kind": "RECTIFY",
                "title": "台账 ZL-1 窗口一次性告知不全",
                "link": "/issues/ledger/1/",
                "campaign": self.campaign,
                "organization": unit or self.yibao,
                "starts_on": day("04-19"),
                "workdays": 20,
                "calendar": CALENDAR,
            }
            | ({"workdays": None} if "due_on" in given else {})
            | given
        )
