"""Three matters walked in all twelve counties, so that their maps can be laid side by side; and real cases beside them.

Each matter tells something: one is quick but for two queues, one waits for 审批 longest in one county, one is sent back
for 补正 in three. Own dice: the rest of the example stays as it is.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from campaigns.actions.walks import confirm_session, record_session
from campaigns.enums import Channel, Role, SessionMode, StepKind, StepResult, Verdict
from campaigns.models import Case, Matter, MatterUnit, Organization, Person
from reports.example import roster
from reports.example.city import City
from reports.example.plans import Diary, Walk
from reports.example.stage import Life
from reports.example.texts import sections

_WALKS = 3
_CASES = 8
_LAST_START = 8  # working days before the anchor: every walk is over and recorded by then
_OFFICE = "001"  # 行政审批服务局 of a county walks what its departments run


@dataclass(frozen=True)
class Story:
    """A matter's steps with the least and most minutes each; what differs is told by county code.

    slow: county → step → times as long. days: working days of 审批, () without. sent_back: counties where 受理 asks for 补正.
    """

    matter: str
    minutes: dict[str, tuple[int, int]]
    slow: dict[str, dict[str, float]] = field(default_factory=dict)
    days: tuple[int, int] = ()
    slow_days: dict[str, int] = field(default_factory=dict)
    sent_back: tuple[str, ...] = ()

    @property
    def longest(self) -> int:
        """Working days a walk may run on into."""
        return max(self.days, default=0) + max(self.slow_days.values(), default=0) + bool(self.sent_back)


HALL = {
    StepKind.CONSULT: (3, 9),
    StepKind.PREPARE: (10, 22),
    StepKind.FILL: (7, 15),
    StepKind.QUEUE: (6, 20),
    StepKind.ACCEPT: (7, 14),
    StepKind.DELIVER: (2, 7),
}
STORIES = (
    Story("4304-SX-0014", HALL, slow={"430481": {StepKind.QUEUE: 3}, "430426": {StepKind.QUEUE: 2}}),
    Story("4304-SX-0006", HALL, days=(1, 2), slow_days={"430422": 3}),
    Story(
        "4304-SX-0019",
        HALL,
        slow={"430424": {StepKind.PREPARE: 2.5}},
        sent_back=("430421", "430407", "430482"),
    ),
)


def walk_the_counties(city: City, walks: list[Walk], diary: Diary) -> Iterator[Life]:
    """The lives of these walks; who makes them walks elsewhere in the campaign too."""
    rng = random.Random("counties")
    walkers = {person.pk for walk in walks for person in walk.walkers if not walk.is_draft}
    matters = {matter.code: matter for matter in city.matters}
    for story in STORIES:
        for county in roster.COUNTIES:
            unit = county_unit(city, matters[story.matter], county)
            office = city.organizations[f"{county}-{_OFFICE}"]
            people = [person for person in city.people[office.code] if person.pk in walkers]
            for number in range(_WALKS if people and unit else 0):
                person = people[number % len(people)]
                made = CountyWalk(city, story, matters[story.matter], unit, office, person, rng)
                yield made.live(free_day(rng, city, diary, person, story.longest))


def serve_the_counties(city: City) -> None:
    """办件数据 of the same matters as the platform tells them, and two counties' own promises; facts, written in bulk."""
    rng = random.Random("cases")
    matters = {matter.code: matter for matter in city.matters}
    cases, promises = [], []
    for story in STORIES:
        matter = matters[story.matter]
        for county in roster.COUNTIES:
            unit = county_unit(city, matter, county)
            if unit is None:
                continue
            cases += [_case(city, story, matter, unit, number, rng) for number in range(_CASES)]
            if county in ("430481", "430482"):
                promises.append(
                    MatterUnit(
                        matter=matter,
                        organization=unit,
                        document_count=max(1, matter.document_count - 1),
                        promised_days=max(1, matter.promised_days - 1),
                    )
                )
    Case.objects.bulk_create(cases)
    MatterUnit.objects.bulk_create(promises)


def county_unit(city: City, matter: Matter, county: str) -> Organization | None:
    """The county's own department for the matter, whether it takes part in the campaign or not."""
    under = (unit for code, unit in sorted(city.organizations.items()) if code.startswith(f"{county}-"))
    return next((unit for unit in under if unit.counterpart_id == matter.owner_id), None)


def free_day(
    rng: random.Random, city: City, diary: Diary, person: Person, longest: int, first: int = 1
) -> int:
    """A day, `first` or later, from which on the person walks nowhere else until this walk is over."""
    days = range(first, city.timeline.last - _LAST_START)
    free = [n for n in days if all(diary.is_free(person, n + more) for more in range(longest + 1))]
    index = rng.choice(free)
    for more in range(longest + 1):
        diary.take(person, index + more)
    return index


def _case(
    city: City, story: Story, matter: Matter, unit: Organization, number: int, rng: random.Random
) -> Case:
    """One real case: what a walk takes, and as often sent back as there; the newest is still open."""
    county = unit.code[:6]
    begun = rng.randint(1, city.timeline.last - _LAST_START)
    applied = city.timeline.at(begun, rng.randint(8 * 60 + 40, 11 * 60))
    corrected = int(county in story.sent_back and number % 2 == 0)
    days = corrected + (rng.randint(*story.days) + story.slow_days.get(county, 0) if story.days else 0)
    finished = city.timeline.at(begun + days, rng.randint(14 * 60, 16 * 60 + 30))
    return Case(
        number=f"{county}{applied:%Y%m%d}9{matter.code[-2:]}{number:02d}",
        matter=matter,
        organization=unit,
        channel=Channel.HALL_WINDOW.label,
        applied_at=applied,
        accepted_at=applied + timedelta(minutes=rng.randint(15, 60)),
        finished_at=finished if number else None,
        correction_count=corrected,
        visit_count=1 + corrected + bool(days),
    )


@dataclass
class CountyWalk:
    """One walk on its way: its clock, its steps, and how many working days and visits it took."""

    city: City
    story: Story
    matter: Matter
    unit: Organization
    office: Organization
    person: Person
    rng: random.Random
    steps: list[dict] = field(default_factory=list)

    def live(self, index: int) -> Life:
        """Walked, recorded in the afternoon of its last day, confirmed where the walker has an account."""
        started = self.city.timeline.at(index, self.rng.randint(8 * 60 + 40, 10 * 60))
        ended, last = self._walk(started, index)
        moment = yield (last, 16 * 60 + self.rng.randint(0, 59))
        session = record_session(
            by=self.city.seat(Role.REPORTER, self.office),
            now=moment.now,
            campaign=self.city.campaign,
            reporting_unit=self.office,
            walkers=[self.person],
            mode=SessionMode.SELF,
            channel=Channel.HALL_WINDOW,
            matter=self.matter,
            walked_unit=self.unit,
            started_at=started,
            ended_at=ended,
            narrative=self._narrative(last - index),
            steps=self.steps,
            facts=self._facts(started, last - index),
        )
        posting = self.city.own_seat(self.person)
        if posting is not None:
            moment = yield (last + 1, 9 * 60 + 30)
            confirm_session(session=session, by=posting, now=moment.now)

    def _walk(self, at: datetime, index: int) -> tuple[datetime, int]:
        """Fill in the steps from `at` on; returns the end and the working day it falls on."""
        county = self.unit.code[:6]
        for kind, (least, most) in self.story.minutes.items():
            if kind == StepKind.DELIVER and self.story.days:
                index += self.rng.randint(*self.story.days) + self.story.slow_days.get(county, 0)
                at = self._overnight(StepKind.APPROVE, at, index, self.rng.randint(20, 50))
            minutes = round(self.rng.randint(least, most) * self.story.slow.get(county, {}).get(kind, 1))
            sent_back = kind == StepKind.ACCEPT and county in self.story.sent_back and self.rng.random() < 0.7
            at = self._step(kind, at, minutes, StepResult.SUPPLEMENT if sent_back else StepResult.PASSED)
            if sent_back:
                index += 1
                at = self._overnight(StepKind.SUPPLEMENT, at, index, None)
                at = self._step(kind, at, self.rng.randint(least, most), StepResult.PASSED)
        return at, index

    def _step(self, kind: str, at: datetime, minutes: int, result: str) -> datetime:
        waited = {StepKind.QUEUE: minutes, StepKind.ACCEPT: minutes // 3}.get(kind)
        end = at + timedelta(minutes=minutes)
        self._add(kind, at, end, waited, result)
        return end

    def _overnight(self, kind: str, at: datetime, index: int, handled: int | None) -> datetime:
        """A step that ends on the morning of the working day `index`; all but the `handled` minutes is waiting."""
        end = self.city.timeline.at(index, self.rng.randint(9 * 60, 11 * 60))
        whole = int((end - at).total_seconds() // 60)
        self._add(kind, at, end, None if handled is None else whole - handled, StepResult.PASSED)
        return end

    def _add(self, kind: str, at: datetime, end: datetime, waited: int | None, result: str) -> None:
        step = {"kind": kind, "started_at": at, "ended_at": end, "waiting_minutes": waited, "result": result}
        self.steps.append(step)

    def _narrative(self, days: int) -> str:
        queue = next(step["waiting_minutes"] for step in self.steps if step["kind"] == StepKind.QUEUE)
        told = f"在{self.city.hall(self.unit)}按办事指南逐个环节走完{self.matter.name}，排队等候 {queue} 分钟"
        if any(step["kind"] == StepKind.SUPPLEMENT for step in self.steps):
            told += "，受理时被要求补正材料，第二次到场才受理"
        told += f",{f'第 {days} 个工作日取得结果' if days else '当天取得结果'}。"
        return told + self._seen(queue, days)

    def _seen(self, queue: int, days: int) -> str:
        """What else was noticed on the way; no two honest walks are told alike."""
        said = sections("narratives")
        parts = [*self.rng.sample(said["SELF.middle"], 2), *self.rng.sample(said["shared.hall"], 2)]
        parts += [self.rng.choice(said["shared.talk"]), self.rng.choice(said["end"])]
        self.rng.shuffle(parts)
        return "".join(parts).format(
            wait=queue,
            days=max(1, days),
            unit=self.unit.label,
            trips=1 + bool(days),
            docs=self.matter.document_count,
        )

    def _facts(self, started: datetime, days: int) -> dict:
        corrected = any(step["kind"] == StepKind.SUPPLEMENT for step in self.steps)
        return {
            "place": self.city.hall(self.unit),
            "case_number": f"{self.unit.code[:6]}{started:%Y%m%d}{self.rng.randint(70000, 79999)}",
            "actual_steps": len({step["kind"] for step in self.steps} - {StepKind.CONSULT, StepKind.QUEUE}),
            "actual_documents": self.matter.document_count + corrected,
            "actual_days": max(1, days),
            "actual_trips": 1 + corrected + bool(self.story.days),
            "actual_fee": self.matter.fee,
            "asks_clear": Verdict.PARTLY if corrected else Verdict.YES,
            "runs_clear": Verdict.YES,
            "done_clear": Verdict.YES,
        }
