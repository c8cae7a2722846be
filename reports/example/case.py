"""A case: the ledger items that go through the moves together — a problem, and the demand that asks for the same."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from campaigns.enums import Rank, Role
from campaigns.ground.uploads import Vetted
from campaigns.models import Organization, Person, Posting, WalkSession
from issues.actions import findings, judging, ledger
from issues.enums import RectifyKind, ResultKind
from issues.models import LedgerItem, Measure
from reports.example.city import City
from reports.example.fates import Fate
from reports.example.stage import Moment
from reports.example.texts import Sample
from reports.example.wording import Wording

# 成果类型 → the pair of numbers of the measure, the walk's number, the guide's.
_PAIRS = {
    ResultKind.FEWER_STEPS: ("steps", "actual_steps", "step_count"),
    ResultKind.FEWER_DOCUMENTS: ("documents", "actual_documents", "document_count"),
    ResultKind.FEWER_DAYS: ("days", "actual_days", "promised_days"),
    ResultKind.FEWER_TRIPS: ("trips", "actual_trips", "trip_count"),
    ResultKind.LOWER_FEE: ("fee", "actual_fee", "fee"),
}


@dataclass
class Case:
    """Items with one responsible unit and one fate; every method is one act of somebody, for all of them."""

    city: City
    pen: Wording
    finder: Organization
    unit: Organization
    items: list[LedgerItem]
    fate: Fate
    slots: dict
    sample: Sample | None = None
    session: WalkSession | None = None
    due_index: int = 0
    step_indices: list[int] = field(default_factory=list)
    more: list[Sample] = field(default_factory=list)  # of further problems mended by the same measure

    @property
    def is_own(self) -> bool:
        """The finder found it in its own house."""
        return self.finder.pk == self.unit.pk

    @property
    def first(self) -> LedgerItem:
        return self.items[0]

    def every(self, nth: int) -> bool:
        """True for every `nth` case, by its number: draws no chance, so that the rest of the city stays as it is."""
        return int(self.first.number[-4:]) % nth == 0

    def seat(self, role: str) -> Posting:
        return self.city.seat(role, self.unit)

    def note(self, heading: str) -> str:
        return self.pen.note(heading, self.slots)

    def refresh(self) -> None:
        """Take the items as they stand now: the nightly run may have moved them."""
        self.items = list(LedgerItem.objects.filter(pk__in=[item.pk for item in self.items]).order_by("pk"))

    def act(self, action: Callable, moment: Moment, *, by: Posting, **given) -> None:
        """One action of issues.actions.ledger on each item."""
        self.items = [
            action(item=item, by=by, now=moment.now, calendar=self.city.calendar, **given)
            for item in self.items
        ]

    def write_measure(self, moment: Moment, kind: str) -> Measure:
        """解决措施 with its steps, dates and numbers, by the unit's 填报员."""
        city, rng, sample = self.city, self.city.rng, self.sample
        due = None if kind == RectifyKind.LASTING else self._due(moment, kind)
        texts = sample.steps if sample and kind != RectifyKind.QUICK else ()
        facts = {
            "leader": self._person(Rank.HEAD, Rank.DEPUTY).name,
            "person": self._person(Rank.SECTION_HEAD, Rank.STAFF),
        }
        facts |= self._gains(kind) | self._institution(kind)
        text = self._measure_text()
        return findings.write_measure(
            by=self.seat(Role.REPORTER),
            now=moment.now,
            items=self.items,
            lead_unit=self.unit,
            steps=self._steps(texts, moment, due),
            calendar=city.calendar,
            text=text if rng.random() < 0.5 else f"{text}由{facts['person'].name}具体负责。",
            rectify_kind=kind,
            due_on=due,
            **facts,
        )

    def _measure_text(self) -> str:
        samples = [self.sample, *self.more] if self.sample else []
        said = (
            "".join(sample.measure for sample in samples)
            or "采纳该建议，由{unit}研究后落实，结果回复提出人。"
        )
        return said.format_map(self.slots)

    def _due(self, moment: Moment, kind: str) -> date:
        days = 3 if kind == RectifyKind.QUICK else 2 + self.fate.period
        self.due_index = moment.index + days
        if self.fate.end == "overdue":  # most have only just run out of time, some long ago
            lately = self.city.timeline.last - self.city.rng.randint(1, 9)
            if self.city.rng.random() > 0.12:
                self.due_index = max(moment.index + 4, lately)
        return self.city.timeline.day(self.due_index)

    def _steps(self, texts: tuple[str, ...], moment: Moment, due: date | None) -> list[dict]:
        """The steps share the time evenly, none before the plan can be signed; the last one ends on the due date."""
        if due is None or not texts:
            return []
        span = self.due_index - moment.index
        self.step_indices = [
            moment.index + max(3, span * number // len(texts)) for number in range(1, len(texts))
        ] + [self.due_index]
        people = [
            person.name for person in self.city.people[self.unit.code] if person.rank == Rank.SECTION_HEAD
        ]
        return [
            {
                "text": text.format_map(self.slots),
                "due_on": self.city.timeline.day(index),
                "person_text": people[number % len(people)] if people else "",
            }
            for number, (text, index) in enumerate(zip(texts, self.step_indices, strict=True))
        ]

    def _person(self, *ranks: str) -> Person:
        people = self.city.people[self.unit.code]
        fitting = [person for person in people if person.rank in ranks and not person.exemption_reason]
        return self.city.rng.choice(fitting or people)

    def _gains(self, kind: str) -> dict:
        """成果类型 and, for 五减, the number before and after."""
        if self.sample is None:
            return {"result_kinds": [ResultKind.OTHER]}
        facts: dict = {"result_kinds": [self.sample.gain]}
        pair = _PAIRS.get(self.sample.gain)
        if pair and self.session and kind != RectifyKind.LASTING:
            name, actual, guide = pair
            before, after = getattr(self.session, actual), getattr(self.session.matter, guide)
            facts |= {f"{name}_before": before, f"{name}_after": min(before, after)}
        return facts

    def _institution(self, kind: str) -> dict:
        """长效机制 counts with its name and number: one dated measure in six has one."""
        rng = self.city.rng
        if kind == RectifyKind.QUICK or rng.random() > 0.17:
            return {}
        letter = self.unit.label.removeprefix("市").removesuffix("局")[:3]
        year = self.city.campaign.opens_on.year
        number = f"衡{letter}发〔{year}〕{rng.randint(8, 66)}号"
        return {"institution": self.note("system"), "institution_number": number}

    def hand_in(self, action: Callable, moment: Moment, *, note: str) -> None:
        """申请销号 or 立行立改办结 by the unit's 填报员, with a written 整改情况说明 as evidence."""
        self._issue_institutions(moment)
        self.items = [
            action(
                item=item,
                by=self.seat(Role.REPORTER),
                now=moment.now,
                note=note,
                files=[self._report(item, moment, note)],
                calendar=self.city.calendar,
            )
            for item in self.items
        ]

    def _issue_institutions(self, moment: Moment) -> None:
        """The 制度 that measures promised are issued, with their paper: only then do they count (contract §7.9)."""
        promised = Measure.objects.filter(problems__item__in=self.items, institution_file__isnull=True)
        for measure in promised.exclude(institution="").order_by("pk").distinct():
            words = f"{measure.institution}\n{measure.institution_number}\n{self.unit.name}"
            judging.record_institution(
                measure=measure,
                by=self.seat(Role.REPORTER),
                now=moment.now,
                name=measure.institution,
                number=measure.institution_number,
                issued_on=moment.now.date(),
                file=Vetted(words.encode(), "text/plain", f"{measure.institution.strip('《》')}.txt"),
            )

    def _report(self, item: LedgerItem, moment: Moment, note: str) -> Vetted:
        kind = self.note("evidence")
        lines = (
            f"{self.unit.name}整改情况说明",
            f"台账编号：{item.number}",
            note,
            f"附：{kind}",
            f"{moment.now:%Y-%m-%d}",
        )
        return Vetted("\n".join(lines).encode(), "text/plain", f"{item.number}{kind}.txt")

    def finish_steps(self, measure: Measure, moment: Moment, *, up_to: int) -> None:
        """Steps up to number `up_to` are done."""
        rows = measure.steps.select_related("deadline", "measure__lead_unit").filter(
            done_on__isnull=True, sequence__lte=up_to
        )
        for step in rows.order_by("sequence"):
            findings.finish_step(step=step, by=self.seat(Role.REPORTER), now=moment.now)

    def close(self, moment: Moment) -> None:
        self.act(ledger.close, moment, by=self.city.closer(self.unit))
