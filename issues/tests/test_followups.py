"""回访: who is asked and how often, by whom, what the unit may know and say, and what a bad answer brings about."""

from datetime import date, timedelta

import pytest

from campaigns.ground.deadlines import Chase, Deadline
from campaigns.ground.notices import Notice
from campaigns.ground.refusal import NotAllowed
from campaigns.models import AuditEvent, Complaint
from campaigns.tests.factories import at, make_person, make_posting
from issues.actions import followups, followups_hearing
from issues.actions.closing import reopen
from issues.actions.daily import run_day
from issues.enums import FollowUpState, LedgerState
from issues.models import FollowUp, LedgerEntry
from issues.tests.factories import CALENDAR, NOW, S, fresh, make_city, make_item
from issues.tests.followup_cases import SOLVED, UNSOLVED, asked, complaint_item, opened

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def city():
    return make_city()


def attempt(row, city, now=NOW, by=None, **said):
    return followups.record_attempt(
        follow_up=row,
        by=by or city.duchashi,
        now=now,
        calendar=CALENDAR,
        **(said or {"outcome": "UNREACHED"}),
    )


# — who is asked —


def test_every_complaint_source_closing_is_opened_once(city):
    complaint_item(city)
    make_item(city, S.CLOSED, source="HOTLINE")
    make_item(city, S.CLOSED)
    make_item(city, S.RECTIFYING, source="HOTLINE")
    assert followups.open_due(now=NOW, calendar=CALENDAR) == {"opened": 2, "skipped": 0}
    assert followups.open_due(now=NOW + DAY, calendar=CALENDAR) == {"opened": 0, "skipped": 0}
    rows = FollowUp.objects.order_by("pk").values_list("method", "origin", "ask_by")
    assert list(rows) == [
        ("CALL", "COMPLAINT", date(2022, 6, 8)),  # 20 working days after 5月10日, 端午 left out
        ("ON_SITE", "COMPLAINT", date(2022, 6, 8)),
    ]


def test_a_citizen_is_asked_once_in_a_campaign(city):
    opened(city)
    complaint_item(city)
    assert followups.open_due(now=NOW + 40 * DAY, calendar=CALENDAR) == {"opened": 0, "skipped": 1}


def test_nobody_is_called_within_30_days_of_12345(city):
    complaint_item(city)
    Complaint.objects.update(satisfaction="GOOD", received_at=NOW - 20 * DAY, finished_at=NOW - 10 * DAY)
    assert followups.open_due(now=NOW, calendar=CALENDAR) == {"opened": 0, "skipped": 1}
    assert followups.open_due(now=NOW + 21 * DAY, calendar=CALENDAR) == {"opened": 1, "skipped": 0}


def test_chosen_ones_are_closed_items_in_reach(city):
    item, other = make_item(city, S.CLOSED), make_item(city, S.RECTIFYING)
    with pytest.raises(NotAllowed, match="已销号的台账才能回访"):
        followups.open_chosen(numbers=[item.number, other.number], by=city.duchashi, now=NOW)
    assert not FollowUp.objects.exists()
    with pytest.raises(NotAllowed, match="没有编号为"):
        followups.open_chosen(numbers=[item.number], by=city.leiyang_ducha, now=NOW)
    with pytest.raises(NotAllowed, match="回访由督查室办理"):
        followups.open_chosen(numbers=[item.number], by=city.shengaiban, now=NOW)
    [made] = followups.open_chosen(numbers=[item.number], by=city.duchashi, now=NOW)
    assert (made.origin, made.opened_by) == ("CHOSEN", city.duchashi.person.user)
    with pytest.raises(NotAllowed, match="已经回访过"):
        followups.open_chosen(numbers=[item.number], by=city.duchashi, now=NOW)


# — asking —


def test_three_tries_on_different_days_and_then_unreached(city):
    row = opened(city)
    attempt(row, city)
    with pytest.raises(NotAllowed, match="今天已经回访过一次"):
        attempt(row, city)
    assert attempt(row, city, NOW + DAY).state == FollowUpState.OPEN
    last = attempt(row, city, NOW + 2 * DAY)
    assert (last.state, last.verdict, last.satisfaction) == ("ENDED", "UNREACHED", "")
    with pytest.raises(NotAllowed, match="不能再登记"):
        attempt(row, city, NOW + 3 * DAY)


@pytest.mark.parametrize("outcome", ["REFUSED", "WRONG"])
def test_who_refuses_or_has_another_number_is_let_alone(city, outcome):
    assert attempt(opened(city), city, outcome=outcome).verdict == "UNREACHED"


def test_an_answer_needs_its_verdict_satisfaction_and_facts(city):
    row = opened(city)
    with pytest.raises(NotAllowed, match="结论和满意度"):
        attempt(row, city, outcome="REACHED", verdict="SOLVED")
    with pytest.raises(NotAllowed, match="写明情况"):
        attempt(row, city, **{**UNSOLVED, "note": " "})
    assert not row.attempts.exists()


def test_nobody_of_the_unit_that_mended_it_answers(city):
    """glpi#474: the fixer must not be the one who says it is fixed — by no role, not even as 督查室."""
    row = opened(city)
    for posting in (city.yibao_reporter, city.yibao_deputy, city.yibao_head, city.shengaiban):
        with pytest.raises(NotAllowed, match="回访由督查室办理"):
            attempt(row, city, by=posting, **SOLVED)
    lent = make_posting(
        city.root, "INSPECTOR", username="lent", reach="SUBTREE", person=make_person(city.yibao, name="借调")
    )
    with pytest.raises(NotAllowed, match="应当回避"):
        attempt(row, city, by=lent, **SOLVED)
    row.item.helper_units.add(city.renshe)
    helper = make_posting(
        city.root,
        "INSPECTOR",
        username="helper",
        reach="SUBTREE",
        person=make_person(city.renshe, name="协办"),
    )
    with pytest.raises(NotAllowed, match="应当回避"):
        attempt(row, city, by=helper, **SOLVED)
    with pytest.raises(NotAllowed, match="管辖范围"):
        attempt(row, city, by=city.leiyang_ducha, **SOLVED)
    row.refresh_from_db()
    assert row.state == FollowUpState.OPEN


def test_the_number_is_shown_with_a_reason_and_audited(city):
    row = opened(city)
    with pytest.raises(NotAllowed, match="事由"):
        followups.show_phone(follow_up=row, reason=" ", by=city.duchashi, now=NOW)
    assert followups.show_phone(follow_up=row, reason="电话回访", by=city.duchashi, now=NOW) == "13800000001"
    event = AuditEvent.objects.get(verb="查看回访号码")
    assert (event.actor, event.detail["事由"]) == ("duchashi", "电话回访")
    assert "1380000" not in str(event.detail)
    attempt(row, city, **SOLVED)
    with pytest.raises(NotAllowed, match="不能再登记"):
        followups.show_phone(follow_up=row, reason="再看看", by=city.duchashi, now=NOW)


def test_it_closes_by_itself_without_an_answer(city):
    row = opened(city)
    assert followups.close_silent(now=at("2022-06-08", "08:20")) == 0
    assert followups.close_silent(now=at("2022-06-09", "08:20")) == 1
    row.refresh_from_db()
    assert (row.state, row.verdict, row.checked_by) == ("ENDED", "UNREACHED", None)


# — what a bad answer brings about —


def test_the_unit_has_five_working_days_chased_by_the_one_engine(city):
    row = asked(city)
    assert (row.state, row.deadline.due_on) == ("EXPLAINING", date(2022, 5, 17))
    assert Notice.objects.get(kind="FOLLOW_UP").recipient == city.yibao_reporter.person.user
    run_day(on=date(2022, 5, 18), now=at("2022-05-18", "08:30"))
    assert Chase.objects.filter(deadline=row.deadline).exists()


def test_who_agrees_has_the_item_back_at_once_and_it_counts(city):
    row = asked(city)
    followups_hearing.explain(
        follow_up=row, agrees=True, explanation="确有疏漏。", by=city.yibao_reporter, now=NOW
    )
    row.refresh_from_db()
    item = fresh(row.item)
    assert (row.state, item.state, item.return_count) == ("REOPENED", LedgerState.RECTIFYING, 1)
    entry = LedgerEntry.objects.filter(item=item).order_by("sequence").last()
    assert entry.move == "REOPEN"
    assert "窗口仍要复印件。" in entry.note
    assert not Deadline.objects.get(pk=row.deadline_id).is_open


def test_who_says_nothing_has_it_back_after_the_fifth_day(city):
    row = asked(city)
    with pytest.raises(NotAllowed, match="到期后"):
        followups_hearing.take_back(follow_up=row, note="不属实。", by=city.duchashi, now=NOW)
    assert followups_hearing.take_back_unexplained(now=at("2022-05-17")) == 0
    assert followups_hearing.take_back_unexplained(now=at("2022-05-18")) == 1
    assert followups_hearing.take_back_unexplained(now=at("2022-05-18")) == 0
    assert fresh(row.item).state == LedgerState.RECTIFYING


@pytest.mark.parametrize("takes_back", [True, False])
def test_an_explanation_is_decided_by_the_inspector(city, takes_back):
    row = asked(city)
    with pytest.raises(NotAllowed, match="责任单位"):
        followups_hearing.explain(
            follow_up=row, agrees=False, explanation="x", by=city.renshe_reporter, now=NOW
        )
    followups_hearing.explain(
        follow_up=row, agrees=False, explanation="已更换。", by=city.yibao_head, now=NOW
    )
    decide = followups_hearing.take_back if takes_back else followups_hearing.accept
    with pytest.raises(NotAllowed, match="回访由督查室办理"):
        decide(follow_up=row, note="核对。", by=city.yibao_head, now=NOW)
    decide(follow_up=row, note="核对。", by=city.duchashi, now=NOW)
    row.refresh_from_db()
    expected = ("REOPENED", "RECTIFYING", 1) if takes_back else ("ENDED", "CLOSED", 0)
    assert (row.state, fresh(row.item).state, fresh(row.item).return_count) == expected


def test_a_closing_that_follows_is_asked_about_anew_but_not_the_same_citizen(city):
    row = asked(city)
    followups_hearing.explain(
        follow_up=row, agrees=True, explanation="确有疏漏。", by=city.yibao_reporter, now=NOW
    )
    row.item.problem.session.complaint.refresh_from_db()
    assert followups.open_due(now=NOW + 60 * DAY, calendar=CALENDAR) == {"opened": 0, "skipped": 0}


def test_an_open_one_ends_when_its_item_isnt_closed_any_more(city):
    row = opened(city)
    reopen(item=row.item, by=city.duchashi, now=NOW, note="暗访发现反弹。", calendar=CALENDAR)
    assert followups.close_silent(now=NOW) == 1
    row.refresh_from_db()
    assert row.note == "台账已不是已销号，不再回访。"
