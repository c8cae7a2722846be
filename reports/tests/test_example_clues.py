"""The example's clues: the planted fakes are found and have their lives, few honest walks are touched, none is 属实."""

import pytest
from django.db.models import Sum

from campaigns.models import WalkSession
from issues.clues import THRESHOLD
from issues.enums import STANDING_CLUES, ClueState
from issues.models import Clue, ClueOutcome
from reports.example import fakes
from reports.example.timeline import ANCHOR


def test_clues_stand_in_every_state(example):
    assert set(Clue.objects.values_list("state", flat=True)) >= {
        ClueState.RAISED,
        ClueState.ASKED,
        ClueState.ANSWERED,
        ClueState.TRUE,
        ClueState.DISMISSED,
    }


@pytest.mark.parametrize(
    ("rule", "units", "least"),
    [
        ("R1", [fakes.GROUP_UNIT], fakes.GROUP),
        ("R2", [fakes.TWICE_UNIT], 2),
        ("R7", fakes.COPY_UNITS, 3),
        ("R11", [fakes.HEAP_UNIT], 4),
    ],
)
def test_the_planted_fakes_are_found(example, rule, units, least):
    found = Clue.objects.filter(rule=rule, session__reporting_unit__code__in=units)
    assert found.values("session").distinct().count() >= least


def test_only_a_fake_is_found_true_and_talked_to(example):
    true = Clue.objects.filter(state=ClueState.TRUE)
    assert set(true.values_list("rule", "session__reporting_unit__code")) == {("R1", fakes.GROUP_UNIT)}
    assert {clue.session.narrative for clue in true.select_related("session")} <= set(fakes.GROUPED)
    assert ClueOutcome.objects.filter(clue__in=true).count() == true.count() == 2


def test_one_is_late_with_its_explanation(example):
    waiting = Clue.objects.filter(state=ClueState.ASKED, deadline__due_on__lt=ANCHOR)
    assert waiting.filter(session__reporting_unit__code=fakes.GROUP_UNIT).exists()


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
