"""Constraints of 同类问题 and 举一反三, as cases for test_constraints."""

from datetime import date

from campaigns.models import MatterUnit
from campaigns.tests.constraints import Case
from campaigns.tests.factories import at
from issues.actions import selfchecks
from issues.models import CorrectedAnswer, Problem, Recurrence, SelfCheck, SelfCheckRound
from issues.tests.factories import CALENDAR, NOW, S, make_item, make_problem

LATER = at("2022-05-25")
CLOSED_ON = {"closed_on": date(2022, 5, 10), "days": 15}


def _user(world):
    return world.city.shengaiban.person.user


def pair(world) -> Recurrence:
    """Two open items that nobody has looked at."""
    earlier = make_problem(world.city).item
    later = make_problem(world.city, text="午间叫号系统又停摆。").item
    return Recurrence.objects.create(earlier=earlier, later=later, found_at=NOW)


def decided(world) -> Recurrence:
    """A confirmed recurrence."""
    earlier = make_item(world.city, S.CLOSED, kind="QUICK")
    later = make_problem(world.city, text="午间叫号系统又停摆。").item
    return Recurrence.objects.create(
        earlier=earlier,
        later=later,
        found_at=LATER,
        verdict="AGAIN",
        decided_at=LATER,
        decided_by=_user(world),
        reason="同一窗口。",
        **CLOSED_ON,
    )


def _started(world) -> SelfCheckRound:
    MatterUnit.objects.create(matter=world.city.matter, organization=world.city.hall)
    return selfchecks.start_selfchecks(
        item=make_problem(world.city).item,
        by=world.city.shengaiban,
        now=NOW,
        request="请对照自查。",
        due_on=date(2022, 5, 24),
        calendar=CALENDAR,
    )


def check(world) -> SelfCheck:
    """Asked, not answered."""
    return _started(world).checks.get()


def answered(world) -> SelfCheck:
    by = world.city.hall_reporter
    return selfchecks.answer_selfcheck(
        selfcheck=check(world), by=by, now=NOW, answer="NONE", text="查了，没有。"
    )


def corrected(world) -> CorrectedAnswer:
    by = world.city.hall_reporter
    row = selfchecks.correct_selfcheck(selfcheck=answered(world), by=by, now=LATER, text="4号窗口也有。")
    return row.corrected


TWIN_CASES = (
    Case("selfcheckround_said", _started, {"request": ""}),
    # With another clock: PostgreSQL names the first unique key that is broken.
    Case(
        "selfcheck_once", check, {"deadline": lambda world: make_problem(world.city, text="另一个").item.turn}
    ),
    Case("selfcheck_answer_known", answered, {"answer": "MAYBE"}),
    Case("selfcheck_answered_whole", answered, {"answered_by": None}),
    Case("selfcheck_answered_iff", answered, {"answered_at": None, "answered_by": None}),
    Case("selfcheck_said", answered, {"text": ""}),
    Case("selfcheck_problem_found", answered, {"problem": lambda world: Problem.objects.get()}),
    Case("correctedanswer_said", corrected, {"text": ""}),
    Case("correctedanswer_later", corrected, {"corrected_at": at("2022-04-20")}),
    Case("recurrence_once", pair),
    Case("recurrence_two_items", pair, {"later": lambda world: Recurrence.objects.get().earlier}),
    Case("recurrence_verdict_known", decided, {"verdict": "MAYBE"}),
    Case("recurrence_decided_whole", decided, {"decided_by": None}),
    Case("recurrence_decided_iff", decided, {"decided_at": None, "decided_by": None}),
    Case("recurrence_reason_given", decided, {"reason": ""}),
    Case("recurrence_days_whole", decided, {"days": None}),
    Case("recurrence_again_after_closing", decided, {"closed_on": None, "days": None}),
    Case("recurrence_similarity_range", pair, {"similarity": 101}),
)
