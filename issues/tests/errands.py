"""What else has a date in a simulated campaign: self-checks and walk tasks; and how a clock is called in both books."""

from datetime import date, timedelta

from campaigns.actions.planned_tasks import Wish, assign_tasks, withdraw_task
from campaigns.ground.refusal import NotAllowed
from campaigns.tests.factories import at, make_matter
from issues.actions.selfchecks import answer_selfcheck, start_selfchecks
from issues.models import SelfCheck
from issues.tests.factories import CALENDAR, unit_postings
from issues.tests.oracle import Story


class Errand:
    """One clock of a unit that is no item's. `day`: when it gets done, if it is still worth doing."""

    def __init__(self, campaign, key: str, number: str, day: date):
        self.campaign, self.key = campaign, key
        self.own = unit_postings(campaign.city, getattr(campaign.city, key))
        self.office, self.inspector = campaign.offices(key)
        self.story = Story(number, key)
        self.day = day + timedelta(days=campaign.dice.randint(2, 40))

    def finish(self, day: date) -> None:
        self.do(day)
        self.story.done(day)


class CheckErrand(Errand):
    """举一反三: the unit answers."""

    def __init__(self, campaign, check: SelfCheck, day: date):
        key = next(name for name, unit in vars(campaign.city).items() if unit == check.organization)
        super().__init__(campaign, key, name_of_check(check), day)
        self.check = check
        self.story.errand(day, kind="SELF_CHECK", due=check.round.due_on)

    def do(self, day: date) -> None:
        facts = {"selfcheck": self.check, "by": self.own.reporter, "now": at(day.isoformat(), "10:00")}
        answer_selfcheck(answer="NONE", text="查了，没有。", **facts)


class WalkErrand(Errand):
    """A walk somebody is to make, and that is called off some day."""

    def __init__(self, campaign, day: date):
        city = campaign.city
        number = len(campaign.errands) + 1
        matter = make_matter(city.yibao, name=f"事项{number}", code=f"YB-9{number:04d}")
        due = day + timedelta(days=campaign.dice.randint(3, 25))
        (self.task,) = assign_tasks(
            campaign=city.campaign,
            wishes=[Wish(city.yibao, matter, "SELF", city.yibao, city.yibao_walker.person)],
            due_on=due,
            by=city.yibao_reporter,
            now=at(day.isoformat(), "10:00"),
            calendar=CALENDAR,
        )
        super().__init__(campaign, "yibao", f"任务{self.task.pk}", day)
        self.story.errand(day, kind="TASK", due=due, person=True)

    def do(self, day: date) -> None:
        by = self.own.reporter
        withdraw_task(task=self.task, reason="另行安排。", by=by, now=at(day.isoformat(), "10:00"))


def ask_all_units(campaign, day: date) -> list[Errand]:
    """审改办 asks every other unit that runs the matter of one problem; [] where it may not."""
    life = campaign.dice.choice(campaign.lives)
    due = day + timedelta(days=campaign.dice.randint(3, 20))
    facts = {"item": life.item, "by": campaign.city.shengaiban, "now": at(day.isoformat(), "10:00")}
    try:
        started = start_selfchecks(request="请对照自查。", due_on=due, calendar=CALENDAR, **facts)
    except NotAllowed:
        return []
    checks = started.checks.select_related("organization", "round__item").order_by("pk")
    return [CheckErrand(campaign, check, day) for check in checks]


def name_of_check(check: SelfCheck) -> str:
    return f"{check.round.item.number}@{check.organization.code}"


def clock_name(deadline) -> tuple[str, str, str, date]:
    """kind, item number, label, start: how a clock is called in both books."""
    slip = getattr(deadline, "slip_itself", None)
    if slip is not None:
        kind, number, label, _ = clock_name(slip.about)
        return "SLIP", number, f"{slip.level}级 {kind} {label}".strip(), deadline.starts_on
    if deadline.kind == "SELF_CHECK":
        return deadline.kind, name_of_check(deadline.selfcheck), "", deadline.starts_on
    if deadline.kind == "TASK":
        return deadline.kind, f"任务{deadline.walk_task.pk}", "", deadline.starts_on
    number, _, rest = deadline.title.partition(" ")
    label = {"RECTIFY": "", "TURN": rest, "STEP": rest.partition("：")[0]}[deadline.kind]
    return deadline.kind, number, label, deadline.starts_on
