"""Constraints of 同类问题 and 举一反三, as cases for test_constraints."""

from datetime import date

from campaigns.tests.constraints import Case
from campaigns.tests.factories import at
from issues.models import Recurrence
from issues.tests.factories import NOW, S, make_item, make_problem

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


TWIN_CASES = (
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
