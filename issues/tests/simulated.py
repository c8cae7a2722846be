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
from campaigns.actions.stand_ins import name_stand_in
from campaigns.ground.refusal import NotAllowed
from campaigns.models import MatterUnit, Posting, Slip
from campaigns.tests.factories import ZONE
from issues.actions import ledger, requests, verifying
from issues.actions.daily import run_day
from issues.models import Extension, LedgerItem
from issues.tests.errands import Errand, WalkErrand, ask_all_units, clock_name
from issues.tests.factories import CALENDAR, City, make_city, make_measure, make_problem, unit_postings
from issues.tests.oracle import Absence, Story, is_worked

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

# Leave: who, who acts meanwhile, from, to.
AWAY = (
    ("yibao_head", "yibao_walker", date(2022, 5, 9), date(2022, 5, 27)),
    ("renshe_reporter", "renshe_deputy", date(2022, 6, 6), date(2022, 6, 24)),
    ("shengaiban", "hall_head", date(2022, 5, 30), date(2022, 6, 10)),
)


def moment(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), ZONE)


class Life:
    """One item and its story. `day`: when it is looked at next."""

    def __init__(self, campaign: "Simulated", key: str, day: date):
        self.campaign, self.key, self.day = campaign, key, day
        self.city, self.dice = campaign.city, campaign.dice
        self.unit = getattr(self.city, key)
        self.own = unit_postings(self.city, self.unit)
        self.office, self.inspector = campaign.offices(key)
        self.closer = self.inspector if key == "hall" else self.office
        self.decider = self.closer
        self.plans: list[tuple[date | None, list[tuple[int, date]]]] = []
        self.person = False
        self.asked = self.answer = None  # the request that waits, and what answers it
        self.is_seen = self.dice.random() < 0.3  # 线上线下 and 办事流程: looked at on the spot before 销号
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
            category="A05" if self.is_seen else "B05",
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
        if self.story.request:
            return [(self.decide, 6), (self.withdraw, 1), (self.wait, 3), (self.merge, 0.5)]
        return [(self.plan, 12), (self.plan_lasting, 1), (self.merge, 1)]

    def in_unsigned(self):
        return [(self.sign, 8), (self.send_back, 1), (self.refuse, 1)]

    def in_rectifying(self):
        free = 1 if self.item.deadline_id and not self.story.request else 0
        return [
            (self.decide, 6 if self.story.request else 0),
            (self.withdraw, 1 if self.story.request else 0),
            (self.apply, 6),
            (self.extend, 3 * free),
            (self.escalate, 1 * free),
            (self.progress, 2),
            (self.merge, 0.4),
            (self.wait, 3),
        ]

    def in_applied(self):
        unseen = 0 if self.story.verified else 1
        return [
            (self.pass_review, 8 - 4 * unseen),
            (self.fail_review, 2),
            (self.look, 4 * unseen),
            (self.wait, 3 * unseen),
        ]

    def in_reviewed(self):
        seen = self.story.verified
        return [(self.close, 6 * seen), (self.look, 6 * (not seen)), (self.return_, 3), (self.wait, 2)]

    def in_closed(self):
        return [(self.reopen, 3), (self.wait, 7)]

    def in_escalated(self):
        missing = 0 if self.story.numbered else 1
        return [(self.give_number, 6 * missing), (self.progress, 3), (self.resume, 3), (self.wait, 3)]

    def in_staged(self):
        return [(self.progress, 1), (self.wait, 3)]

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
        self.ask(day, "LASTING", "申请长期坚持", self.submit)

    def submit(self, day):
        ledger.submit_plan(**self.facts(day, by=self.own.reporter))
        self.story.submit(day)

    def sign(self, day):
        ledger.sign(**self.facts(day, by=self.campaign.acting(self.own.head, day)))
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
        self.story.apply(day, to_verify=self.is_seen and self.item.rectify_kind == "DATED")

    def look(self, day):
        verifying.waive_verification(
            item=self.item, by=self.decider, now=moment(day, 10), reason="系统停机检修。"
        )
        self.story.verify(day)

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
        second = self.item.extensions.filter(is_granted=True).exists()
        self.asked = requests.ask_extension(
            item=self.item,
            by=self.own.reporter,
            now=moment(day, 10),
            new_due_on=wanted,
            reason="设备未到。",
            progress="已订货。",
            calendar=CALENDAR,
        )
        words = f"{'第二次' if second else ''}申请延期至{wanted:%Y-%m-%d}"
        by = "city" if second and self.key == "leiyang_renshe" else "decider"
        self.story.ask(day, words=words, by=by)
        self.answer = lambda on: self.story.extend(on, due=wanted)

    def escalate(self, day):
        number = self.dice.choice(("", "衡请〔2022〕1号"))
        self.ask(
            day,
            "ESCALATE",
            "申请提请上级协调",
            lambda on: self.story.escalate(on, numbered=bool(number)),
            document_number=number,
        )

    def ask(self, day, kind, words, answer, **given):
        facts = {"item": self.item, "by": self.own.reporter, "now": moment(day, 10), "calendar": CALENDAR}
        self.asked = requests.ask_consent(kind=kind, reason="省级平台。", **facts, **given)
        self.story.ask(day, words=words, by="decider")
        self.answer = answer

    def decide(self, day):
        """Four of five are granted; what nobody answered in the round has gone with it (§7.5)."""
        granted = self.dice.random() < 0.8
        is_extension = isinstance(self.asked, Extension)
        act, name = (
            (requests.decide_extension, "extension") if is_extension else (requests.decide_consent, "consent")
        )
        by = self.decider if self.key == "hall" or not is_extension else self.city.shengaiban
        facts = {name: self.asked, "by": by, "now": moment(day, 10), "calendar": CALENDAR}
        act(**facts, granted=granted, note="按程序办理。")
        self.story.answered(day)
        if granted:
            self.answer(day)

    def withdraw(self, day):
        requests.withdraw_request(item=self.item, by=self.own.reporter, now=moment(day, 10))
        self.story.answered(day)

    def give_number(self, day):
        requests.give_number(**self.facts(day, by=self.own.reporter, document_number="衡请〔2022〕2号"))
        self.story.give_number(day)

    def resume(self, day):
        ledger.resume(**self.facts(day, by=self.decider))
        self.story.resume(day)


class Simulated:
    """The campaign from its first day to the last. Play it once, then compare."""

    def __init__(self, *, items: int, seed: int):
        self.city: City = make_city()
        self.dice = Random(seed)
        self.items = items
        self.lives: list[Life] = []
        self.errands: list[Errand] = []
        self.absences: list[Absence] = []
        self.mornings: list[date] = []
        self.refused = 0
        self.stand_ins: dict[int, Posting] = {}
        for away, colleague, first, last in AWAY:
            self.leave(getattr(self.city, away), getattr(self.city, colleague), first, last)
        for key in UNITS[1:]:
            MatterUnit.objects.create(matter=self.city.matter, organization=getattr(self.city, key))

    def leave(self, absent: Posting, colleague: Posting, first: date, last: date) -> None:
        """Somebody is away, and named who acts meanwhile."""
        self.stand_ins[absent.pk] = name_stand_in(
            by=absent, person=colleague.person, started_on=first, ended_on=last, now=moment(FIRST, 7)
        )
        names = [one.person.user.username for one in (absent, colleague)]
        self.absences.append(Absence(*names, first, last))

    def acting(self, posting: Posting, day: date) -> Posting:
        """Who holds the office on that day: the colleague, while somebody is away."""
        found = self.stand_ins.get(posting.pk)
        return found if found is not None and found.started_on <= day <= found.ended_on else posting

    def offices(self, key: str) -> list[Posting]:
        """审改办 and 督查室 of the unit's level."""
        return [getattr(self.city, name) for name in OFFICES[key]]

    @property
    def stories(self) -> list[Story]:
        return [one.story for one in (*self.lives, *self.errands)]

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
                life.story.waits_too_long(day)
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
        self.run_errands(day)
        for life in self.lives:
            if life.day <= day:
                self.one(life, day)
                life.day = day + self.pause()

    def run_errands(self, day: date) -> None:
        """Now and then 审改办 sends the units round, or a walk is planned; some of it gets done."""
        if is_worked(day) and self.lives and self.dice.random() < 0.2:
            self.errands += ask_all_units(self, day)
        if is_worked(day) and self.dice.random() < 0.3:
            self.errands.append(WalkErrand(self, day))
        for errand in self.errands:
            if errand.day == day:
                errand.finish(day)

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
        by_number = {one.story.number: one for one in (*self.lives, *self.errands)}
        drafts = Slip.objects.filter(state="DRAFT").select_related("about__organization", "about__campaign")
        for slip in drafts.order_by("pk"):
            if self.dice.random() > 0.4:
                continue
            kind, number, label, starts = clock_name(slip.about)
            life = by_number[number]
            signer = life.inspector
            if slip.level == 4 and slip.about.holder != "REFORM_OFFICE" and life.key != "hall":
                signer = life.office
            if (
                slip.about.title.partition(" ")[2].startswith("审批：")
                and slip.about.organization == self.city.hall
            ):
                signer = self.city.duchashi  # the city's 审改办 is late itself
            leader = "陈副市长" if slip.level == 5 else ""
            sign_slip(slip=slip, by=signer, now=moment(day, 9), leader=leader, calendar=CALENDAR)
            facts = {"kind": kind, "label": label, "starts": starts}
            life.story.sign_slip(day, **facts, round=slip.round, level=slip.level)
