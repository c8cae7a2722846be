"""The example city as load_example leaves it: loaded once per run by the real command (fixture `example`)."""

from datetime import date, datetime

import pytest
from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils import timezone
from rapidfuzz import fuzz

from campaigns.enums import SessionMode, SessionState, SlipState
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.workdays import load_calendar
from campaigns.models import (
    Campaign,
    Complaint,
    Notice,
    Organization,
    Person,
    Posting,
    SessionStep,
    Slip,
    User,
    WalkSession,
)
from issues.enums import LedgerState, MoveName, RectifyKind
from issues.models import (
    Consent,
    Decision,
    Extension,
    LedgerEntry,
    LedgerItem,
    MeasureStep,
    Meeting,
    Problem,
    Shift,
    Verification,
)
from reports.example import complaints, fakes, plans
from reports.example import load as load_module
from reports.example.load import counts, load
from reports.example.timeline import ANCHOR, DAY_ZERO
from reports.tests.test_example_plan import ACCOUNTS
from reports.truths import check

NOW = datetime(2026, 9, 1, 9, 0, tzinfo=timezone.get_default_timezone())
KEYS = {
    "organizations": (202, 202),
    "people": (700, 820),
    "obligated": (560, 640),
    "matters": (44, 44),
    "sessions": (840, 1060),
    "problems": (600, 700),
    "demands": (320, 380),
    "measures": (560, 690),
    "ledger_items": (720, 900),
    "complaints": (380, 420),
    "accounts": (250, 360),
}


def test_counts_by_the_keys_of_the_contract(example):
    assert set(KEYS) == set(example.counts)
    assert example.counts == counts()
    for key, (least, most) in KEYS.items():
        assert least <= example.counts[key] <= most, key


def test_closed_overdue_and_returned_as_in_the_middle_of_a_real_campaign(example):
    """domain.md §1.7: 65–85 % closed, 3–8 % overdue, 5–10 % sent back."""
    countable = LedgerItem.objects.countable()
    applied = LedgerItem.objects.filter(
        entries__move__in=[MoveName.APPLY, MoveName.APPLY_DIRECT, MoveName.FINISH]
    ).distinct()
    assert 0.65 <= countable.filter(state=LedgerState.CLOSED).count() / countable.count() <= 0.85
    assert 0.03 <= countable.overdue(ANCHOR).count() / countable.count() <= 0.08
    assert 0.04 <= applied.filter(return_count__gt=0).count() / applied.count() <= 0.12


def test_every_state_every_kind_every_form(example):
    states = set(LedgerItem.objects.values_list("state", flat=True))
    assert states == set(LedgerState.values)
    assert set(RectifyKind.values) <= set(LedgerItem.objects.values_list("rectify_kind", flat=True))
    assert set(WalkSession.objects.values_list("mode", flat=True)) == set(SessionMode.values)
    assert set(WalkSession.objects.values_list("state", flat=True)) == set(SessionState.values)


def test_what_happens_on_the_way_has_happened(example):
    made = set(LedgerEntry.objects.values_list("move", flat=True))
    assert set(MoveName.values) - made <= {MoveName.RESUME, MoveName.REOPEN_QUICK}
    assert set(Extension.objects.values_list("is_granted", flat=True)) >= {True, False}
    assert Consent.objects.filter(is_granted=True).count() > 10
    assert LedgerItem.objects.exclude(waiver_reason="").exists()
    assert LedgerItem.objects.filter(was_late=True, state=LedgerState.CLOSED).count() > 10
    assert LedgerItem.objects.filter(helper_units__isnull=False).exists()


def test_what_people_do_around_the_ledger_has_happened(example):
    deeds = LedgerEntry.objects.filter(move__in=["MEET", "SHIFT", "HAND_OVER", "REMIND"])
    counts_of = dict(deeds.values_list("move").annotate(number=Count("pk")).order_by())
    assert set(counts_of) == {"MEET", "SHIFT", "HAND_OVER", "REMIND"}
    assert Meeting.objects.count() == 2
    assert Decision.objects.filter(done_on__isnull=False).exists()
    assert Shift.objects.get().dates.count() >= 2
    judged = Problem.objects.exclude(quality="")
    assert set(judged.values_list("quality", flat=True)) == {"VALID", "AVERAGE", "INVALID"}
    assert Problem.objects.count() * 0.3 < judged.count() < Problem.objects.count() * 0.9
    away = Posting.objects.get(acting_for__isnull=False)
    assert away.role == "HEAD"
    assert away.ended_on < ANCHOR, "nobody acts for him at the anchor"


def test_closed_a_and_c_items_were_verified_by_somebody_else(example):
    closed = LedgerItem.objects.filter(
        Q(problem__category__code__startswith="A") | Q(problem__category__code__startswith="C"),
        state=LedgerState.CLOSED,
        rectify_kind=RectifyKind.DATED,
        waiver_reason="",
    )
    assert closed.count() > 100
    assert not closed.filter(verification__isnull=True).exists()
    assert not Verification.objects.filter(is_improved=False).exists()


def test_history_walked_forward_and_nothing_lies_after_the_anchor(example):
    lines = LedgerEntry.objects.order_by("item", "sequence").values_list("item", "at")
    before: tuple = (0, None)
    for item, at in lines:
        assert item != before[0] or at >= before[1]
        before = (item, at)
    anchor = timezone.make_aware(datetime(2022, 6, 20, 12))
    for model, name in (
        (LedgerEntry, "at"),
        (WalkSession, "ended_at"),
        (WalkSession, "recorded_at"),
        (Problem, "registered_at"),
        (Complaint, "received_at"),
        (Complaint, "finished_at"),
        (Notice, "created_at"),
    ):
        assert model.objects.aggregate(last=Max(name))["last"] <= anchor, (model, name)


def test_walks_begin_in_hall_hours_of_the_campaigns_working_days(example):
    calendar, campaign = load_calendar(), Campaign.objects.get(code="2022")
    assert (campaign.opens_on, campaign.closes_on) == (DAY_ZERO, date(2022, 6, 30))
    for started in WalkSession.objects.values_list("started_at", flat=True):
        local = timezone.localtime(started)
        assert calendar.is_workday(local.date())
        assert DAY_ZERO <= local.date() <= ANCHOR
        assert "08:30" <= f"{local:%H:%M}" <= "17:30"


def test_the_ledgers_truths_hold(example):
    found = check(list(Campaign.objects.all()))
    assert found["broken"] == []


def test_notices_live_and_a_slip_waits_for_a_signature(example):
    assert Notice.objects.filter(created_on=ANCHOR).exists()
    assert Slip.objects.filter(state=SlipState.DRAFT).exists()
    assert Slip.objects.filter(state=SlipState.SIGNED).exists()
    assert MeasureStep.objects.filter(done_on__isnull=False).count() > 500


def test_almost_everybody_obliged_has_walked(example):
    obliged = Person.objects.obligated(ANCHOR)
    walked = obliged.filter(sessions__isnull=False).distinct().count()
    assert 0.9 <= walked / obliged.count() < 1


def test_walks_carry_steps_points_and_numbers(example):
    walks = WalkSession.objects.held().annotate(steps_made=Count("steps", distinct=True))
    assert not walks.filter(steps_made=0).exists()
    assert not walks.filter(actual_days__isnull=True).exists()
    assert SessionStep.objects.filter(waiting_minutes__gt=0).count() > 300
    # what was found fails a point of the same walk
    assert (
        not Problem.objects.filter(session__isnull=False)
        .exclude(session__checkpoints__verdict="FAILS")
        .exists()
    )


def _twins(texts: list[str]) -> int:
    """Pairs so much alike that a reader takes one for a copy of the other (rule R5: 85 %)."""
    return sum(
        1
        for place, text in enumerate(texts)
        for other in texts[:place]
        if fuzz.ratio(text, other, score_cutoff=85)
    )


def test_honest_texts_do_not_look_alike(example):
    problems = list(Problem.objects.values_list("text", flat=True))
    honest = WalkSession.objects.filter(verifications__isnull=True)
    honest = honest.exclude(narrative__in=(*fakes.GROUPED, *fakes.COPIED)).exclude(
        narrative__startswith="补记"
    )
    walks = list(honest.values_list("narrative", flat=True))
    assert len(set(problems)) == len(problems)
    assert _twins(problems) <= 3
    assert _twins(walks) <= 3


@pytest.mark.parametrize("username", sorted(ACCOUNTS))
def test_contract_accounts_log_in(example, client, settings, username):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]  # as the city was loaded
    answer = client.post("/login/", {"username": username, "password": settings.EXAMPLE_PASSWORD})
    assert answer.status_code == 302
    user = User.objects.get(username=username)
    assert user.current_posting.role == ACCOUNTS[username][0]
    assert user.must_change_password is settings.PRODUCTION


def test_every_role_is_granted_and_heads_have_something_to_sign(example):
    assert not Posting.objects.filter(granted_at__isnull=True).exists()
    for code in ("430400-031", "430400-014"):
        assert LedgerItem.objects.filter(responsible_unit__code=code, state=LedgerState.UNSIGNED).exists()


def test_loading_again_changes_nothing(example):
    assert load(scale="demo", seed=9, anchor=date(2026, 3, 9), now=NOW) == example.counts


def _small(monkeypatch) -> None:
    """The same play with fewer walks."""
    monkeypatch.setattr(plans, "WALKS", 30)
    monkeypatch.setattr(complaints, "COUNT", 60)
    monkeypatch.setattr(load_module, "walk_the_counties", lambda *_: iter(()))


def _played(anchor: date) -> list[tuple]:
    """Every ledger item with its dates as working-day indices from day 0; nothing stays in the database."""
    with transaction.atomic():
        load(scale="demo", seed=3, anchor=anchor, now=NOW)
        calendar, campaign = load_calendar(), Campaign.objects.get()

        def index(day: date | None) -> int | None:
            return None if day is None else calendar.workdays_between(campaign.opens_on, day)

        rows = [
            (item.number, item.state, item.finding.text[-30:], index(item.found_on), index(item.starts_on))
            + ((index(item.deadline.due_on), item.deadline.round) if item.deadline else (None, 0))
            for item in LedgerItem.objects.with_list_columns().order_by("number")
        ]
        transaction.set_rollback(True)
    return rows


@pytest.mark.django_db
def test_a_seed_makes_one_city_and_another_anchor_keeps_its_working_days(monkeypatch):
    _small(monkeypatch)
    real = _played(ANCHOR)
    assert len(real) > 20
    assert _played(date(2026, 3, 8)) == real  # a Sunday


@pytest.mark.django_db
def test_a_database_with_other_units_is_refused():
    Organization.objects.create(code="1", name="某市", kind="CITY", path="/1/")
    with pytest.raises(NotAllowed, match="空库"):
        load(scale="demo", seed=1, anchor=ANCHOR, now=NOW)


@pytest.mark.django_db
def test_a_larger_scale_multiplies_the_histories(monkeypatch):
    _small(monkeypatch)
    monkeypatch.setattr(load_module, "TIMES", {"city": 3})
    load(scale="city", seed=3, anchor=ANCHOR, now=NOW)
    items = LedgerItem.objects.count()
    assert items % 3 == 0
    assert LedgerItem.objects.values("number").distinct().count() == items
    assert LedgerEntry.objects.count() % 3 == 0
    assert check(list(Campaign.objects.all()))["broken"] == []
    first = LedgerItem.objects.filter(turn__isnull=False).latest("pk")
    assert first.turn.link == first.get_absolute_url()
    assert first.turn.title.startswith(first.number)
