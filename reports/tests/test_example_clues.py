"""The example's clues: few walks over the threshold, some in every state a morning can show, none of the honest 属实."""

from django.db.models import Sum

from campaigns.models import WalkSession
from issues.clues import THRESHOLD
from issues.enums import STANDING_CLUES, ClueState
from issues.models import Clue


def test_a_mornings_states(example):
    states = set(Clue.objects.values_list("state", flat=True))
    assert states == {ClueState.RAISED, ClueState.ASKED, ClueState.ANSWERED, ClueState.DISMISSED}


def test_few_honest_walks_stand_before_the_inspector(example):
    heavy = (
        WalkSession.objects.held()
        .filter(clues__state__in=STANDING_CLUES)
        .annotate(total=Sum("clues__weight"))
        .filter(total__gte=THRESHOLD)
    )
    assert 5 <= heavy.count() <= 0.05 * WalkSession.objects.held().count()


def test_the_clerk_of_the_contract_has_something_to_answer(example):
    waiting = Clue.objects.get(session__reporting_unit__code="430400-031", state=ClueState.ASKED)
    assert waiting.deadline.is_open
