"""A tiny city for the tests of this app: three units, a few people, walks, findings and ledger items.

Rows are made directly, each kind by one function; the ledger's own rules are tested in issues.
"""

from datetime import UTC, date, datetime, timedelta

from campaigns.actions.obligations import refresh_rosters
from campaigns.enums import CheckVerdict, OrganizationKind, Rank, Reach, Role, SessionState
from campaigns.ground.files import FileKind, store_bytes
from campaigns.models import (
    Campaign,
    CampaignMatter,
    Category,
    CheckPoint,
    Deadline,
    Matter,
    Organization,
    Person,
    Posting,
    User,
    WalkSession,
)
from issues.enums import LedgerState, RectifyKind
from issues.models import Demand, LedgerEntry, LedgerItem, Measure, MeasureStep, Problem

ON = date(2022, 6, 20)
NOON = datetime(2022, 6, 20, 4, tzinfo=UTC)
OPENED = date(2022, 4, 19)


def moment(day: date, hour: int = 2) -> datetime:
    """10:00 local time of a day by default."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


class City:
    """The rows, by name. `unit`, `other`: two city departments; `county`: a county government below the city."""

    def __init__(self):
        self.campaign = Campaign.objects.create(
            code="ZJY-2022",
            name="“走流程、解难题、优服务”行动",
            document_number="衡政办函〔2022〕16号",
            opens_on=OPENED,
            closes_on=date(2022, 12, 31),
            state="OPEN",
        )
        self.root = self._unit("430400", "衡阳市人民政府", "市政府", OrganizationKind.CITY, None)
        self.unit = self._unit("430400-031", "衡阳市医疗保障局", "市医保局", "CITY_DEPARTMENT", self.root)
        self.other = self._unit(
            "430400-016", "衡阳市人力资源和社会保障局", "市人社局", "CITY_DEPARTMENT", self.root
        )
        self.county = self._unit("430481", "耒阳市人民政府", "耒阳市", "COUNTY", self.root)
        self.hall = self._unit("430481-001", "耒阳市政务服务中心", "耒阳政务中心", "HALL", self.county)
        self.clerk = self.posting("yibaoju.tianbao", self.unit, Role.REPORTER, rank=Rank.STAFF)
        self.other_clerk = self.posting("renshe.tianbao", self.other, Role.REPORTER, rank=Rank.STAFF)
        self.office = self.posting(
            "shengaiban", self.root, Role.REFORM_OFFICE, Reach.SUBTREE, rank=Rank.STAFF
        )
        self.admin = self.posting("admin", self.root, Role.ADMIN, rank=Rank.STAFF)
        self.head = self.person("yibaoju.fuzeren", self.unit, Rank.HEAD, is_obligated=True)
        self.deputy = self.person("yibaoju.fenguan", self.unit, Rank.DEPUTY, is_obligated=True)
        self.material = self._category("A01", "办事流程", "所需材料过多或要求不清")
        self.hotline = self._category("B01", "配套服务", "热线难打通")
        self.matter = Matter.objects.create(
            code="4304-SX-0009", name="异地就医备案", owner=self.unit, step_count=3, document_count=6
        )
        CampaignMatter.objects.create(campaign=self.campaign, matter=self.matter)
        self.counts: dict[str, int] = {}

    def _unit(self, code, name, short, kind, parent) -> Organization:
        return Organization.objects.create(
            code=code,
            name=name,
            short_name=short,
            kind=kind,
            parent=parent,
            path=f"{parent.path if parent else '/'}{code}/",
            is_participant=True,
        )

    def _category(self, code, group, name) -> Category:
        values = {"group": group, "name": name, "clause": "四（一）"}
        return Category.objects.update_or_create(code=code, defaults=values)[0]

    def person(self, username, unit, rank, **fields) -> Person:
        user = User.objects.create(username=username, must_change_password=False)
        person = Person.objects.create(
            code=f"RY-{username}",
            name=f"张{username[-1]}某",
            organization=unit,
            title=f"{unit.short_name}{Rank(rank).label}",
            rank=rank,
            phone="13800001234",
            user=user,
            **fields,
        )
        refresh_rosters(by=None, now=moment(OPENED))
        return person

    def posting(self, username, unit, role, reach=Reach.OWN, rank=Rank.STAFF) -> Posting:
        person = self.person(username, unit, rank)
        return Posting.objects.create(
            person=person,
            organization=unit,
            role=role,
            reach=reach,
            requested_at=moment(OPENED),
            granted_at=moment(OPENED),
            granted_by=person.user,
        )

    def number(self, kind: str, unit: Organization) -> str:
        self.counts[kind] = self.counts.get(kind, 0) + 1
        return f"{kind}-ZJY-2022-{unit.code}-{self.counts[kind]:04d}"

    def walk(
        self, walker=None, *, day=date(2022, 5, 10), unit=None, walked_unit=None, **fields
    ) -> WalkSession:
        """A held 亲身办 walk of the head."""
        unit = unit or self.unit
        values = {
            "campaign": self.campaign,
            "number": self.number("DJ", unit),
            "state": SessionState.HELD,
            "reporting_unit": unit,
            "walked_unit": walked_unit or unit,
            "mode": "SELF",
            "channel": "HALL_WINDOW",
            "matter": self.matter,
            "started_at": moment(day),
            "ended_at": moment(day, 3),
            "asks_clear": "YES",
            "runs_clear": "PARTLY",
            "done_clear": "NO",
            "narrative": "窗口要求重复提交身份证复印件。",
            "held_on": day,
            "recorded_by": self.clerk.person.user,
            "recorded_at": moment(day, 5),
        }
        session = WalkSession.objects.create(**{**values, **fields})
        session.walkers.add(walker or self.head)
        return session

    def check(self, session, category, verdict=CheckVerdict.FAILS) -> CheckPoint:
        return CheckPoint.objects.create(session=session, category=category, verdict=verdict)

    def problem(
        self, text="办事指南要求的材料与窗口不一致", *, unit=None, finder=None, day=None, **fields
    ) -> Problem:
        finder = finder or self.unit
        values = {
            "campaign": self.campaign,
            "number": self.number("WT", finder),
            "reporting_unit": finder,
            "responsible_unit": unit or finder,
            "matter": self.matter,
            "category": self.material,
            "text": text,
            "found_on": day or date(2022, 5, 10),
            "registered_at": moment(day or date(2022, 5, 10)),
            "registered_by": self.clerk.person.user,
        }
        return Problem.objects.create(**{**values, **fields})

    def demand(self, text="希望开通网上备案", *, unit=None, **fields) -> Demand:
        values = {
            "campaign": self.campaign,
            "number": self.number("XQ", unit or self.unit),
            "reporting_unit": unit or self.unit,
            "party": "CITIZEN",
            "source": "陪同办听取",
            "matter": self.matter,
            "text": text,
            "found_on": date(2022, 5, 10),
            "registered_at": moment(date(2022, 5, 10)),
            "registered_by": self.clerk.person.user,
        }
        return Demand.objects.create(**{**values, **fields})

    def measure(self, *findings, text="修订办事指南，材料由六份减为四份", unit=None, **fields) -> Measure:
        unit = unit or self.unit
        values = {
            "campaign": self.campaign,
            "number": self.number("CS", unit),
            "reporting_unit": unit,
            "lead_unit": unit,
            "text": text,
            "rectify_kind": RectifyKind.DATED,
            "due_on": date(2022, 6, 30),
            "written_at": moment(date(2022, 5, 12)),
            "written_by": self.clerk.person.user,
        }
        measure = Measure.objects.create(**{**values, **fields})
        for finding in findings:
            (measure.problems if isinstance(finding, Problem) else measure.demands).add(finding)
        MeasureStep.objects.create(measure=measure, sequence=1, text="梳理材料", due_on=date(2022, 6, 1))
        return measure

    def deadline(self, unit, *, due_on, starts_on=date(2022, 5, 16), **fields) -> Deadline:
        values = {
            "kind": "RECTIFY",
            "title": "整改",
            "campaign": self.campaign,
            "organization": unit,
            "starts_on": starts_on,
            "due_on": due_on,
            "original_due_on": due_on,
        }
        return Deadline.objects.create(**{**values, **fields})

    def item(
        self, finding, state=LedgerState.RECTIFYING, *, due_on=date(2022, 6, 30), **fields
    ) -> LedgerItem:
        """The ledger item of a finding in `state`, with the history lines that a state needs."""
        is_problem = isinstance(finding, Problem)
        values = {
            "campaign": self.campaign,
            "number": self.number("ZL", finding.reporting_unit),
            "problem": finding if is_problem else None,
            "demand": None if is_problem else finding,
            "reporting_unit": finding.reporting_unit,
            "responsible_unit": finding.responsible_unit,
            "state": state,
            "rectify_kind": RectifyKind.DATED,
            "found_on": finding.found_on,
            "registered_at": finding.registered_at,
            "registered_by": self.clerk.person.user,
        }
        values |= self._stamps(state, finding, due_on)
        item = LedgerItem.objects.create(**{**values, **fields})
        self.history(item, "REGISTER", LedgerState.PLANNING)
        if state != LedgerState.PLANNING:
            self.history(item, "APPLY" if values.get("applied_at") else "SIGN", state)
        return item

    def _stamps(self, state, finding, due_on) -> dict:
        if state in (
            LedgerState.UNASSIGNED,
            LedgerState.ASSIGNED,
            LedgerState.PLANNING,
            LedgerState.UNSIGNED,
        ):
            return {}
        stamps = {
            "signed_at": moment(date(2022, 5, 16)),
            "signed_by": self.head.user,
            "starts_on": date(2022, 5, 16),
            "deadline": self.deadline(finding.responsible_unit, due_on=due_on),
        }
        if state in (LedgerState.APPLIED, LedgerState.REVIEWED, LedgerState.CLOSED):
            stamps |= {"applied_at": moment(date(2022, 6, 1)), "applied_by": self.clerk.person.user}
        if state in (LedgerState.REVIEWED, LedgerState.CLOSED):
            stamps |= {"reviewed_at": moment(date(2022, 6, 2)), "reviewed_by": self.deputy.user}
        if state == LedgerState.CLOSED:
            stamps |= {"closed_at": moment(date(2022, 6, 6)), "closed_by": self.office.person.user}
        return stamps

    def history(self, item, move, target, note="") -> LedgerEntry:
        last = item.entries.count()
        return LedgerEntry.objects.create(
            item=item,
            sequence=last + 1,
            move=move,
            target=target,
            note=note,
            at=item.registered_at + timedelta(days=last),
            by_text="系统",
        )

    def stock(self) -> None:
        """A little of everything: two walks, three problems of two units, a demand, measures, items."""
        session = self.walk()
        self.check(session, self.material)
        self.check(session, self.hotline, CheckVerdict.CONFORMS)
        self.walk(self.deputy, walked_unit=self.other, mode="ACCOMPANY", accompanied="李某")
        closed = self.problem(session=session)
        self.item(closed, LedgerState.CLOSED)
        late = self.problem("=HYPERLINK(1)窗口排队时间过长", category=self.hotline)
        self.item(late, due_on=date(2022, 6, 10))
        foreign = self.problem("社保卡补换往返两趟", finder=self.other)
        self.item(foreign, LedgerState.PLANNING)
        demand = self.demand(is_accepted=True, responsible_unit=self.unit, problem=closed)
        self.item(demand, LedgerState.RECTIFYING)
        self.measure(
            closed,
            demand,
            steps_before=3,
            steps_after=2,
            documents_before=6,
            documents_after=4,
            institution="异地就医备案办理规程",
            institution_number="衡医保发〔2022〕9号",
            institution_issued_on=date(2022, 5, 20),
            institution_file=store_bytes(
                content="规程".encode(),
                name="规程.txt",
                kind=FileKind.EVIDENCE,
                content_type="text/plain",
                by=self.clerk.person.user,
                now=moment(date(2022, 5, 12)),
            ),
        )
        self.measure(foreign, unit=self.other, text="合并窗口")
