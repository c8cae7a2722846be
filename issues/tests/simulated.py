"""A campaign played by dice: people do what they may on a ledger, mornings are missed, killed and doubled.

What was done goes to the engine through the actions and to the oracle as a story; nothing is computed here.
"""

import threading
from datetime import date, datetime, time, timedelta
from random import Random
from unittest import mock

from django.db import connection

from campaigns.actions import chase
from campaigns.actions.slips import sign_slip
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Slip
from campaigns.tests.factories import ZONE
from issues.actions import ledger, requests
from issues.actions.daily import run_day
from issues.models import LedgerItem
from issues.tests.factories import CALENDAR, City, make_city, make_measure, make_problem, unit_postings
from issues.tests.oracle import Story, is_worked

FIRST, LAST = date(2022, 4, 19), date(2022, 7, 31)
MISSED = {date(2022, 5, 24), date(2022, 5, 25), date(2022, 5, 26)}  # three nights one after the other
ONE = timedelta(days=1)
UNITS = ("yibao", "renshe", "leiyang_renshe", "hall")
OFFICES = {
    "leiyang_renshe": ("leiyang_shengaiban", "leiyang_ducha"),
    "hall": ("shengaiban", "duchashi"),
    "yibao": ("shengaiban", "duchashi"),
    "renshe": ("shengaiban", "duchashi"),
}


def moment(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), ZONE)


class Life:
    """One item and its story. `due`: the day it is looked at next."""

    def __init__(self, campaign: "Simulated", key: str, day: date):
        self.campaign, self.key, self.day = campaign, key, day
        self.city, self.dice = campaign.city, campaign.dice
        self.unit = getattr(self.city, key)
        self.own = unit_postings(self.city, self.unit)
        self.office, self.inspector = (getattr(self.city, name) for name in OFFICES[key])
        self.closer = self.inspector if key == "hall" else self.office
        self.plans: list[tuple[date | None, list[tuple[int, date]]]] = []
        self.person = False
        self.register(day)

    def facts(self, day: date, **given) -> dict:
        return {"item": self.item, "now": moment(day, 10), "calendar": CALENDAR} | given

    def register(self, day: date) -> None:
        own, quick = self.dice.random() < 0.6, self.dice.random() < 0.25
        finder = (
            self.own.reporter
            if own
            else (self.city.yibao_reporter if self.key != "yibao" else self.city.renshe_reporter)
        )
        problem = make_problem(
            self.city,
            responsible=self.unit,
            by=finder,
            now=moment(day, 10),
            kind="QUICK" if quick else "",
            found_on=day,
        )
        self.item = problem.item
        self.story = Story(self.item.number, self.key)
        self.story.register(day, own=own, quick=quick)

    def act(self, day: date) -> None:
        """One thing somebody does today, if it is allowed; what was refused never happened."""
        self.item = LedgerItem.objects.select_related(
            "responsible_unit", "deadline", "turn", "problem__category", "demand", "campaign"
        ).get(pk=self.item.pk)
        choices = getattr(self, f"in_{self.item.state.lower()}", lambda: [])()
        if choices:
            what, weights = zip(*choices, strict=True)
            self.dice.choices(what, weights)[0](day)

    # — what may be done in each state, and how often —

    def in_unassigned(self):
        return [(self.assign, 9), (self.refuse, 1)]

    def in_assigned(self):
        return [(self.accept, 8), (self.decline, 2 if not self.item.was_declined else 0)]

    def in_planning(self):
        if self.item.rectify_kind == "QUICK":
            return [(self.finish, 7), (self.wait, 3)]
        return [(self.plan, 12), (self.plan_lasting, 1 if self.key != "hall" else 0), (self.merge, 1)]

    def in_unsigned(self):
        return [(self.sign, 8), (self.send_back, 1), (self.refuse, 1)]

    def in_rectifying(self):
        free = 1 if self.key != "hall" and self.item.deadline_id else 0
        return [
            (self.apply, 6),
            (self.extend, 3 * free),
            (self.escalate, 1 * free),
            (self.progress, 2),
            (self.merge, 0.4),
            (self.wait, 3),
        ]

    def in_applied(self):
        return [(self.pass_review, 8), (self.fail_review, 2)]

    def in_reviewed(self):
        return [(self.close, 6), (self.return_, 3), (self.wait, 2)]

    def in_closed(self):
        return [(self.reopen, 3), (self.wait, 7)]

    def in_escalated(self):
        return [(self.progress, 5), (self.resume, 4)]

    # — the deeds —

    def wait(self, day):
        pass

    def assign(self, day):
        ledger.assign(**self.facts(day, by=self.office))
        self.story.assign(day)

    def decline(self, day):
        ledger.decline(**self.facts(day, by=self.own.reporter, note="不属本单位。"))
        self.story.decline(day)

    def accept(self, day):
        ledger.accept(**self.facts(day, by=self.own.reporter))
        self.story.accept(day)

    def refuse(self, day):
        ledger.refuse(**self.facts(day, by=self.office, note="不属实。"))
        self.story.drop(day)

    def merge(self, day):
        into = next((life for life in self.campaign.lives if life.is_open_for(self)), None)
        if into is not None:
            ledger.merge(**self.facts(day, by=self.office, into=into.item, note="同一件事。"))
            self.story.drop(day)

    def is_open_for(self, other) -> bool:
        return self is not other and self.key == other.key and self.story.state == "整改中"

    def plan(self, day):
        due = day + timedelta(days=self.dice.choice((3, 6, 9, 14, 20, 35, 60)))
        steps = sorted(day + timedelta(days=self.dice.randint(0, (due - day).days)) for _ in range(2))
        steps = steps if self.dice.random() < 0.4 else []
        self.measure(day, "DATED", due, steps)
        self.submit(day)

    def measure(self, day, kind, due, steps):
        named = self.key == "yibao" and self.dice.random() < 0.3
        rows = [{"text": "整改", "due_on": each, "person_text": ""} for each in steps]
        person = {"person": self.city.yibao_walker.person} if named else {}
        make_measure(
            self.item, self.own.reporter, now=moment(day, 9), kind=kind, due_on=due, steps=rows, **person
        )
        self.plans.append((due, list(enumerate(steps, start=1))))
        self.person = self.person or named

    def plan_lasting(self, day):
        self.measure(day, "LASTING", None, [])
        asked = requests.ask_consent(
            item=self.item, by=self.own.reporter, now=moment(day, 10), kind="LASTING", reason="长期工作。"
        )
        requests.decide_consent(
            consent=asked, by=self.office, now=moment(day, 11), granted=True, calendar=CALENDAR
        )
        self.submit(day)

    def submit(self, day):
        ledger.submit_plan(**self.facts(day, by=self.own.reporter))
        self.story.submit(day)

    def sign(self, day):
        ledger.sign(**self.facts(day, by=self.own.head))
        dates = [due for due, _ in self.plans if due]
        lasting = self.item.rectify_kind == "LASTING"
        steps = [step for _, steps in self.plans for step in steps]
        self.story.sign(day, due=None if lasting else max(dates), steps=steps, person=self.person)
        self.plans = [(due, []) for due, _ in self.plans]

    def send_back(self, day):
        ledger.send_back(**self.facts(day, by=self.own.head, note="再研究。"))
        self.story.send_back(day)

    def finish(self, day):
        if not self.plans:
            self.measure(day, "QUICK", None, [])
        ledger.finish_quick(**self.facts(day, by=self.own.reporter, note="已办结。"))
        self.story.finish(day)

    def apply(self, day):
        ledger.apply_for_closure(**self.facts(day, by=self.own.reporter, note="已整改。"))
        self.story.apply(day)

    def pass_review(self, day):
        ledger.pass_review(**self.facts(day, by=self.own.deputy))
        self.story.pass_review(day)

    def fail_review(self, day):
        ledger.fail_review(**self.facts(day, by=self.own.deputy, note="材料不全。"))
        self.story.give_back(day)

    def return_(self, day):
        ledger.return_(**self.facts(day, by=self.closer, note="未见成效。"))
        self.story.give_back(day)

    def close(self, day):
        ledger.close(**self.facts(day, by=self.closer))
        self.story.close(day)

    def reopen(self, day):
        ledger.reopen(**self.facts(day, by=self.inspector, note="回访不属实。"))
        self.story.reopen(day)
        self.plans = [] if self.story.kind else self.plans

    def progress(self, day):
        ledger.report_progress(**self.facts(day, by=self.own.reporter, note="正在办理。"))
        self.story.progress(day)

    def extend(self, day):
        wanted = max(self.item.deadline.due_on, day) + timedelta(days=self.dice.randint(1, 25))
        asked = requests.ask_extension(
            item=self.item,
            by=self.own.reporter,
            now=moment(day, 10),
            new_due_on=wanted,
            reason="设备未到。",
            progress="已订货。",
        )
        facts = {"extension": asked, "by": self.city.shengaiban, "now": moment(day, 11)}
        requests.decide_extension(**facts, granted=True, calendar=CALENDAR)
        self.story.extend(day, due=wanted)

    def escalate(self, day):
        asked = requests.ask_consent(
            item=self.item,
            by=self.own.reporter,
            now=moment(day, 10),
            kind="ESCALATE",
            reason="省级平台。",
            document_number="衡请〔2022〕1号",
        )
        requests.decide_consent(
            consent=asked, by=self.office, now=moment(day, 11), granted=True, calendar=CALENDAR
        )
        self.story.escalate(day)

    def resume(self, day):
        ledger.resume(**self.facts(day, by=self.office))
        self.story.resume(day)


class Simulated:
    """The campaign from its first day to the last. Play it once, then compare."""

    def __init__(self, *, items: int, seed: int):
        self.city: City = make_city()
        self.dice = Random(seed)
        self.items = items
        self.lives: list[Life] = []
        self.mornings: list[date] = []
        self.refused = 0

    def play(self) -> None:
        day = FIRST
        while day <= LAST:
            if day not in MISSED:
                self.morning(day)
            self.work(day)
            day += ONE

    # — mornings —

    def morning(self, day: date) -> None:
        """The chase: on some days killed half way and started again, on others begun by two schedulers at once."""
        number = len(self.mornings)
        self.mornings.append(day)
        for life in self.lives:
            if is_worked(day):
                life.story.lapses(day)
        if number % 10 == 4:
            self.kill(day)
        if number % 10 == 7:
            threads = [threading.Thread(target=self.in_thread, args=(day,)) for _ in range(2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        else:
            run_day(on=day, now=moment(day, 8))

    def in_thread(self, day: date) -> None:
        try:
            run_day(on=day, now=moment(day, 8))
        finally:
            connection.close()

    def kill(self, day: date) -> None:
        """The worker dies inside its second batch; what it had committed stays."""
        light, calls = chase._chase, []

        def die(*args):
            calls.append(args)
            if len(calls) == chase.BATCH + 3:
                raise KeyboardInterrupt
            return light(*args)

        with mock.patch.object(chase, "_chase", die):
            try:
                run_day(on=day, now=moment(day, 8))
            except KeyboardInterrupt:
                pass

    # — days —

    def work(self, day: date) -> None:
        left = self.items - len(self.lives)
        days = max(1, (date(2022, 6, 20) - day).days)
        if is_worked(day) and left > 0:
            new = left if days == 1 else min(left, max(1, round(left / days * self.dice.uniform(0.5, 1.5))))
            self.lives += [Life(self, self.dice.choice(UNITS), day) for _ in range(new)]
            for life in self.lives[-new:]:
                life.day = day + self.pause()
        self.sign_papers(day)
        for life in self.lives:
            if life.day <= day:
                self.one(life, day)
                life.day = day + self.pause()

    def pause(self) -> timedelta:
        low, high = self.dice.choices(((1, 4), (4, 12), (12, 40)), (5, 4, 1.5))[0]
        return timedelta(days=self.dice.randint(low, high))

    def one(self, life: Life, day: date) -> None:
        try:
            life.act(day)
        except NotAllowed:
            self.refused += 1

    def sign_papers(self, day: date) -> None:
        """Two of three drafts are signed within a few days."""
        by_number = {life.item.number: life for life in self.lives}
        drafts = Slip.objects.filter(state="DRAFT").select_related("about__organization", "about__campaign")
        for slip in drafts.order_by("pk"):
            if self.dice.random() > 0.4:
                continue
            kind, number, label, starts = clock_name(slip.about)
            life = by_number[number]
            signer = life.inspector
            if slip.level == 4 and slip.about.holder != "REFORM_OFFICE" and life.key != "hall":
                signer = life.office
            leader = "陈副市长" if slip.level == 5 else ""
            sign_slip(slip=slip, by=signer, now=moment(day, 9), leader=leader, calendar=CALENDAR)
            facts = {"kind": kind, "label": label, "starts": starts}
            life.story.sign_slip(day, **facts, round=slip.round, level=slip.level)


def clock_name(deadline) -> tuple[str, str, str, date]:
    """kind, item number, label, start: how a clock is called in both books."""
    slip = getattr(deadline, "slip_itself", None)
    if slip is not None:
        kind, number, label, _ = clock_name(slip.about)
        return "SLIP", number, f"{slip.level}级 {kind} {label}".strip(), deadline.starts_on
    number, _, rest = deadline.title.partition(" ")
    label = {"RECTIFY": "", "TURN": rest, "STEP": rest.partition("：")[0]}[deadline.kind]
    return deadline.kind, number, label, deadline.starts_on
