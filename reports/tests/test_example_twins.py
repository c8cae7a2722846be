"""同类问题 and 举一反三 of the example: open and decided pairs, checks answered, open and late."""

from django.db.models import Q

from issues.enums import TwinVerdict
from issues.models import Recurrence, SelfCheck, SelfCheckRound
from reports.example.timeline import ANCHOR


def test_pairs_are_waiting_and_decided(example):
    verdicts = set(Recurrence.objects.values_list("verdict", flat=True))
    assert {TwinVerdict.OPEN, TwinVerdict.AGAIN, TwinVerdict.OTHER} <= verdicts


def test_what_came_back_was_closed_before_and_is_of_one_unit(example):
    for pair in Recurrence.objects.again().select_related("later", "earlier"):
        assert pair.earlier.responsible_unit_id == pair.later.responsible_unit_id
        assert pair.closed_on <= pair.later.found_on


def test_rounds_are_answered_open_and_late(example):
    checks = SelfCheck.objects.all()
    assert SelfCheckRound.objects.count() == 3
    assert checks.filter(answer="NONE").exists()
    assert checks.filter(answer="FOUND", problem__isnull=False).exists()
    assert checks.filter(answer="FOUND", problem__isnull=True).exists()
    assert checks.unanswered().filter(deadline__due_on__lt=ANCHOR).exists()
    assert checks.unanswered().filter(deadline__due_on__gte=ANCHOR).exists()
    wrong = Q(answer="", deadline__is_open=False) | ~Q(answer="") & Q(deadline__is_open=True)
    assert not checks.filter(wrong).exists()
