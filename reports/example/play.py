"""The play: every walk is held on its day, what it found is registered, and each finding begins its life."""

import random
from dataclasses import dataclass, field

from campaigns.actions.slips import needs_leader, sign_slip
from campaigns.enums import ComplaintSource, Role, SlipState
from campaigns.models import Category, Organization, Slip, WalkSession
from issues.actions import findings
from issues.actions.daily import run_day
from issues.enums import DemandParty, ProblemSource, RectifyKind
from issues.models import Demand, LedgerItem, Problem
from reports.example import walking
from reports.example.case import Case
from reports.example.city import City
from reports.example.fates import Fate, draw_fate
from reports.example.lives import Lives
from reports.example.plans import Walk
from reports.example.stage import Life, Moment, Stage
from reports.example.texts import Sample
from reports.example.wording import Wording, named

_PARTIES = {label: value for value, label in DemandParty.choices}
_SOURCES = {
    ComplaintSource.HOTLINE: ProblemSource.HOTLINE,
    ComplaintSource.RATING: ProblemSource.RATING,
    ComplaintSource.UNSOLVED_WINDOW: ProblemSource.UNSOLVED_WINDOW,
}
_PLATFORM = ("C04", "C05", "C06", "C07", "C08", "A06")  # the online platform's: 行政审批服务局 runs it
_HALL = ("B03", "B05", "B09", "B10")  # the hall's own
CHASE_AT = 8 * 60 + 30


@dataclass
class Play:
    """Who is on stage, and the lives they begin."""

    city: City
    pen: Wording
    stage: Stage
    lives: Lives
    categories: dict[str, Category] = field(
        default_factory=lambda: Category.objects.in_bulk(field_name="code")
    )
    lot: random.Random = field(default_factory=lambda: random.Random("slips of the plan"))

    def nights(self) -> Life:
        """The chase runs at 08:30 of every working day; notices live from day 0 on."""
        last = self.city.timeline.last
        for code in ("430481-003", "430400-011"):  # found yesterday: 审改办 has them on its desk
            sample = self.pen.sample("B07", "")
            self.stage.enter(self.covert_visit(last - 1, self.city.organizations[code], sample))
        for index in range(last + 1):
            moment = yield (index, CHASE_AT)
            run_day(on=self.city.timeline.day(index), now=moment.now)
            moment = yield (index, CHASE_AT + 95)
            if index < self.city.timeline.last - 1:  # the newest drafts still wait for a signature
                self._sign_slips(moment)

    def _sign_slips(self, moment: Moment) -> None:
        """审改办 and 督查室 sign most of yesterday's drafts of 督办单 (contract §8)."""
        city = self.city
        rows = Slip.objects.filter(state=SlipState.DRAFT, drafted_on__lt=city.timeline.day(moment.index))
        for slip in rows.select_related("about__organization").order_by("pk"):
            unit, leader = slip.about.organization, ""
            by = city.assigner(unit)
            sits_there = by.person.organization_id == unit.pk
            if needs_leader(slip) or slip.about.holder == Role.REFORM_OFFICE or sits_there:
                by = city.seats[Role.INSPECTOR, "430400"]
            if needs_leader(slip):
                leader = city.people["430400"][1].name
            # Slips of the plan draw from a lot of their own: nothing else of the city shifts.
            lot = self.lot if slip.about.link.startswith("/plan/") else city.rng
            if lot.random() < 0.6:
                sign_slip(slip=slip, by=by, now=moment.now, leader=leader, calendar=city.calendar)

    def walk(self, walk: Walk) -> Life:
        """One walk: recorded when it is over (some a few days later), confirmed, its findings registered."""
        samples = [self.pen.sample(code, walk.matter.name) for code in walk.points]
        late = walk.recorded_after
        minute = 15 * 60 + 40 if walk.minute < 12 * 60 else 17 * 60 + 29
        moment = yield (walk.index + late, minute if not late else self.city.office_minute())
        session, slots = walking.hold(self.city, self.pen, walk, samples, moment.now)
        if walk.is_draft:
            return
        rng = self.city.rng
        if rng.random() < 0.25:
            moment = yield (moment.index + 1, self.city.office_minute())
        cases: list[Case] = []
        for sample in samples:
            self._join(cases, self._problem(walk, session, sample, slots, moment))
        cases += self._demands(walk, session, slots, cases, moment)
        for case in cases:
            self.stage.enter(self.lives.live(case, moment))
        moment = yield (moment.index + rng.choice((1, 1, 2, 3, 60)), self.city.office_minute())
        walking.confirm(self.city, session, walk, moment.now)

    def covert_visit(self, index: int, unit: Organization, sample: Sample) -> Life:
        """督查室 finds something without announcing itself (五(三) 监督检查)."""
        city = self.city
        moment = yield (index, city.office_minute())
        matter = city.rng.choice(
            [m for m in city.matters if m.owner_id in (unit.pk, unit.counterpart_id)] or city.matters
        )
        slots = self.pen.slots(
            matter=named(matter.name),
            place=city.hall(unit),
            unit=unit.label,
            window=f"{city.rng.randint(1, 36)}号窗口",
            month=moment.now.month,
            day=moment.now.day,
            half="上午" if moment.now.hour < 12 else "下午",
            from_place="乡镇",
            docs=matter.document_count + 2,
            gdocs=matter.document_count,
            days=matter.promised_days + 3,
            gdays=matter.promised_days,
            trips=3,
            steps=matter.step_count + 2,
        )
        inspector = city.seats[Role.INSPECTOR, "430400"]
        office = city.organizations["430400-002"]
        fate = self._fate(sample, moment)
        if index == city.timeline.last - 1:
            fate = Fate(end="close", kind=RectifyKind.DATED, period=8, waits=True)
        problem = findings.register_problem(
            by=inspector,
            now=moment.now,
            campaign=city.campaign,
            reporting_unit=office,
            responsible_unit=unit,
            calendar=city.calendar,
            matter=matter,
            step=sample.step,
            category=self.categories[sample.code],
            text="暗访发现：" + sample.text.format_map(slots),
            cause=sample.cause,
            source=ProblemSource.COVERT_VISIT,
            proposed_kind=fate.kind,
            found_on=city.timeline.day(index),
        )
        case = Case(city, self.pen, office, unit, [problem.item], fate, slots, sample)
        self.stage.enter(self.lives.live(case, moment))

    def _fate(self, sample: Sample, moment: Moment) -> Fate:
        return draw_fate(
            self.city.rng, group=sample.code[0], index=moment.index, last=self.city.timeline.last
        )

    def _problem(self, walk: Walk, session: WalkSession, sample: Sample, slots: dict, moment: Moment) -> Case:
        """登记问题; it names who has to mend it and proposes the 整改类型."""
        city, fate = self.city, self._fate(sample, moment)
        if walk.is_fresh:
            fate = Fate(end="close", kind=RectifyKind.DATED, period=10, waits=True)
        unit = walk.unit if walk.is_fresh else self._responsible(walk, sample)
        slots = slots | {"unit": unit.label}
        problem = findings.register_problem(
            by=city.seat(Role.REPORTER, walk.unit),
            now=moment.now,
            campaign=city.campaign,
            reporting_unit=walk.unit,
            responsible_unit=unit,
            helper_units=self._helpers(walk, unit, sample),
            calendar=city.calendar,
            session=session,
            matter=walk.matter,
            step=sample.step,
            category=self.categories[sample.code],
            text=self.pen.problem(sample, slots),
            cause=sample.cause.format_map(slots),
            source=_SOURCES[walk.complaint.complaint.source] if walk.complaint else ProblemSource.WALK,
            proposed_kind=fate.kind,
            proposed_due_on=city.timeline.day(moment.index + 6 + fate.period)
            if fate.kind == RectifyKind.DATED
            else None,
            found_on=session.held_on,
        )
        return Case(city, self.pen, walk.unit, unit, [problem.item], fate, slots, sample, session)

    def _join(self, cases: list[Case], case: Case) -> None:
        """Two problems of one unit are now and then mended by one measure."""
        for other in cases:
            both = (other, case)
            if other.unit == case.unit and all(
                one.fate.kind == RectifyKind.DATED and one.fate.end == "close" for one in both
            ):
                if self.city.rng.random() < 0.6:
                    other.items += case.items
                    other.more.append(case.sample)
                    return
        cases.append(case)

    def _responsible(self, walk: Walk, sample: Sample) -> Organization:
        """Mostly the unit that was walked; the platform's faults go to its operator, the hall's to the hall."""
        city, chance = self.city, self.city.rng.random()
        county = walk.walked_unit.code[:6]
        if sample.code in _PLATFORM and chance < 0.3:
            return city.organizations["430400-004" if chance < 0.2 or county == "430400" else f"{county}-001"]
        if sample.code in _HALL and chance < 0.4:
            return city.organizations["430400-042" if county == "430400" else f"{county}-012"]
        return walk.walked_unit

    def _helpers(self, walk: Walk, unit: Organization, sample: Sample) -> list[Organization]:
        """What is stuck between departments has a 配合单位."""
        if sample.code[0] != "D" or self.city.rng.random() < 0.4:
            return []
        other = self.city.rng.choice(self.city.matters).owner
        return [other] if other.pk != unit.pk else []

    def _demands(
        self, walk: Walk, session: WalkSession, slots: dict, cases: list[Case], moment: Moment
    ) -> list[Case]:
        """登记需求; an accepted one joins the problem of the same unit, or begins a case of its own."""
        fresh = []
        for _ in range(walk.demands):
            twin = next((case for case in cases if case.fate.end not in ("refuse", "merge")), None)
            decision = self.city.rng.choices((True, False, None), weights=(41, 15, 44))[0]
            demand = self._demand(walk, session, slots, twin, decision, moment)
            if decision is None:
                self.stage.enter(self._decide(walk, demand, slots, moment))
            elif decision:
                case = self._with_demand(demand.item, twin, walk, session, slots, moment)
                fresh += [case] if case else []
        return fresh

    def _demand(
        self,
        walk: Walk,
        session: WalkSession,
        slots: dict,
        twin: Case | None,
        decision: bool | None,
        moment: Moment,
    ) -> Demand:
        city, row = self.city, self.pen.row("demands")
        return findings.register_demand(
            by=city.seat(Role.REPORTER, walk.unit),
            now=moment.now,
            campaign=city.campaign,
            reporting_unit=walk.unit,
            calendar=city.calendar,
            session=session,
            party=_PARTIES[row["提出方"]],
            source=row["来源"],
            matter=walk.matter,
            text=self.pen.demand(row["具体需求"], slots),
            wish=row["期望效果"],
            problem=self._found(twin),
            is_accepted=decision,
            refusal_reason=self.pen.note("demand.reason", slots) if decision is False else "",
            responsible_unit=twin.unit if twin else walk.walked_unit,
            found_on=session.held_on,
        )

    def _found(self, case: Case | None) -> Problem | None:
        return case.first.problem if case else None

    def _with_demand(
        self,
        item: LedgerItem,
        twin: Case | None,
        walk: Walk,
        session: WalkSession,
        slots: dict,
        moment: Moment,
    ) -> Case | None:
        """The demand goes along with its problem where the lane is the same; else None is joined and a case begins."""
        if twin is not None and twin.fate.kind != RectifyKind.LASTING:
            twin.items.append(item)
            return None
        last = self.city.timeline.last
        fate = draw_fate(self.city.rng, group="D", index=moment.index, last=last)
        fate.kind, fate.end = RectifyKind.DATED, "close" if fate.end in ("escalate", "reopen") else fate.end
        return Case(self.city, self.pen, walk.unit, item.responsible_unit, [item], fate, slots, None, session)

    def _decide(self, walk: Walk, demand: Demand, slots: dict, moment: Moment) -> Life:
        """What was left open is decided some days later, or waits still."""
        rng = self.city.rng
        moment = yield (moment.index + rng.randint(2, 7), self.city.office_minute())
        accepted = rng.choices((True, False, None), weights=(16, 44, 40))[0]
        if accepted is None:
            return
        findings.decide_demand(
            demand=demand,
            by=self.city.seat(Role.REPORTER, walk.unit),
            now=moment.now,
            accepted=accepted,
            reason="" if accepted else self.pen.note("demand.reason", slots),
            calendar=self.city.calendar,
        )
        if accepted:
            item = LedgerItem.objects.select_related("responsible_unit").get(demand=demand)
            case = self._with_demand(item, None, walk, demand.session, slots, moment)
            self.stage.enter(self.lives.live(case, moment))
