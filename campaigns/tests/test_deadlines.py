"""Clocks: how they are set, moved, settled and explained; what the database refuses."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from campaigns.actions.deadlines import (
    given_back,
    move_deadline,
    open_deadline,
    recount_provisional,
    reopen_deadline,
    settle,
)
from campaigns.enums import SlipState
from campaigns.ground.calendar import Calendar
from campaigns.ground.deadlines import Chase, Deadline
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.workdays import Workday, load_calendar
from campaigns.models import Slip
from campaigns.tests.town import CALENDAR, Town, day

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return Town()


def test_working_days(town):
    clock = town.clock()
    assert (clock.due_on, clock.original_due_on, clock.round) == (day("05-18"), day("05-18"), 1)
    assert clock.is_open
    assert not clock.is_provisional
    assert clock.why[0] == "起算日：2022-04-19（当日不计）。"
    assert "期限 20 个工作日" in clock.why[1]
    clock.refresh_from_db()
    assert clock.trail["workdays"] == 20


def test_fixed_date_on_a_rest_day_moves_when_it_is_set(town):
    clock = town.clock(due_on=day("06-04"))
    assert clock.due_on == day("06-06")
    assert any("2022-06-04 是休息日" in line for line in clock.why)


def test_a_date_is_needed_and_not_before_the_start(town):
    with pytest.raises(NotAllowed, match="请填写时限"):
        town.clock(workdays=None)
    with pytest.raises(NotAllowed, match="早于起算日期"):
        town.clock(due_on=day("04-18"))


def test_title_is_one_line_and_fits(town):
    assert town.clock(title="一\n二 " + "长" * 300).title.startswith("一 二 长")


def test_move_starts_a_round_and_keeps_the_original(town):
    clock = town.clock()
    move_deadline(deadline=clock, due_on=day("06-04"), reason="疫情", calendar=CALENDAR, on=day("05-18"))
    clock.refresh_from_db()
    assert (clock.due_on, clock.original_due_on, clock.round) == (day("06-06"), day("05-18"), 2)
    assert clock.was_moved
    assert clock.why[-1] == "2022-05-18 由 2022-05-18 调整为 2022-06-06：疫情。"


def test_move_by_working_days(town):
    clock = town.clock()
    move_deadline(deadline=clock, workdays=5, reason="批量顺延", calendar=CALENDAR, on=day("05-10"))
    assert clock.due_on == day("05-25")
    move_deadline(
        deadline=clock,
        workdays=5,
        counted_from=day("05-30"),
        reason="",
        calendar=CALENDAR,
        on=day("05-30"),
    )
    assert (clock.due_on, clock.round) == (day("06-07"), 3)
    assert clock.why[-1] == "2022-05-30 由 2022-05-25 调整为 2022-06-07。"


def test_the_same_date_again_is_no_move(town):
    clock = town.clock()
    move_deadline(deadline=clock, due_on=day("05-18"), reason="", calendar=CALENDAR, on=day("05-10"))
    assert clock.round == 1
    assert clock.trail.get("moves") == []


def test_settled_clock_is_not_moved(town):
    clock = town.clock()
    settle(deadline=clock, on=day("05-10"))
    settle(deadline=clock, on=day("05-12"))
    clock.refresh_from_db()
    assert (clock.is_open, clock.settled_on) == (False, day("05-10"))
    with pytest.raises(NotAllowed, match="已经了结"):
        move_deadline(deadline=clock, due_on=day("06-01"), reason="", calendar=CALENDAR, on=day("05-12"))


def test_reopening_starts_a_round_even_with_the_same_date(town):
    clock = town.clock()
    settle(deadline=clock, on=day("05-10"))
    due = given_back(due_on=clock.due_on, stopped_on=day("05-10"), on=day("05-16"), calendar=CALENDAR)
    assert due == day("05-24")  # 6 working days were left on 05-10
    reopen_deadline(deadline=clock, due_on=day("05-18"), calendar=CALENDAR, on=day("05-16"))
    assert (clock.is_open, clock.settled_on, clock.round) == (True, None, 2)
    assert given_back(
        due_on=day("05-18"), stopped_on=day("05-30"), on=day("06-01"), calendar=CALENDAR
    ) == day("06-07")


def test_a_stale_copy_moves_the_row_as_it_is_now(town):
    clock = town.clock()
    stale = Deadline.objects.get(pk=clock.pk)
    settle(deadline=clock, on=day("05-10"))
    with pytest.raises(NotAllowed):
        move_deadline(deadline=stale, due_on=day("06-01"), reason="", calendar=CALENDAR, on=day("05-11"))


def test_slips_die_with_the_date_and_with_the_item(town):
    clock, other = town.clock(), town.clock()
    own = town.clock(kind="SLIP")
    draft = Slip.objects.create(about=clock, round=1, level=4, drafted_on=day("05-23"))
    signed = Slip.objects.create(
        about=other,
        round=1,
        level=4,
        drafted_on=day("05-23"),
        state=SlipState.SIGNED,
        number="督〔2022〕1号",
        signed_at="2022-05-24T01:00:00Z",
        signed_by=town.user("city.REFORM_OFFICE"),
        deadline=own,
    )
    second = Slip.objects.create(about=own, round=1, level=5, drafted_on=day("06-01"))
    move_deadline(deadline=clock, due_on=day("06-10"), reason="延期", calendar=CALENDAR, on=day("05-24"))
    settle(deadline=other, on=day("06-02"))
    for slip in (draft, signed, second):
        slip.refresh_from_db()
    own.refresh_from_db()
    assert (draft.state, signed.state, second.state) == ("VOID", "SIGNED", "VOID")
    assert (own.is_open, own.settled_on) == (False, day("06-02"))


def test_provisional_date_is_counted_again_when_the_table_comes(town):
    clock = town.clock(starts_on=date(2027, 9, 28), workdays=5)
    moved = town.clock(starts_on=date(2027, 9, 1), due_on=date(2027, 10, 4))
    assert (clock.due_on, clock.is_provisional) == (date(2027, 10, 5), True)
    assert "暂定" in clock.why[-1]
    assert recount_provisional(calendar=load_calendar(), on=date(2027, 1, 4)) == 0
    Workday.objects.bulk_create(
        [Workday(date=date(2027, 10, n), kind="REST", name="国庆节") for n in range(1, 8)]
    )
    assert recount_provisional(calendar=load_calendar(), on=date(2027, 1, 5)) == 2
    for row in (clock, moved):
        row.refresh_from_db()
    assert (clock.due_on, clock.original_due_on) == (date(2027, 10, 12), date(2027, 10, 12))
    assert (clock.round, clock.is_provisional, clock.trail["workdays"]) == (2, False, 5)
    assert moved.due_on == date(2027, 10, 8)
    assert "暂定" not in "".join(clock.why)
    assert recount_provisional(calendar=load_calendar(), on=date(2027, 1, 6)) == 0


def test_calendar_is_one_query_and_an_emptied_table_still_knows_the_holidays(
    django_assert_num_queries,
):
    Workday.objects.all().delete()
    with django_assert_num_queries(1):
        calendar = load_calendar()
    assert isinstance(calendar, Calendar)
    assert not calendar.is_workday(date(2022, 10, 3))


def bad(**fields):
    def write(clock):
        Deadline.objects.filter(pk=clock.pk).update(**fields)

    return write


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("deadline_kind_known", bad(kind="PARTY")),
        ("deadline_settled_iff_closed", bad(is_open=False)),
        ("deadline_settled_iff_closed", bad(settled_on=date(2022, 5, 1))),
        ("deadline_starts_before_due", bad(due_on=date(2022, 4, 18))),
        ("deadline_round_from_one", bad(round=0)),
    ],
)
def test_the_database_refuses(town, name, write):
    clock = town.clock()
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        write(clock)


def test_a_rung_is_lit_once_a_round(town):
    clock = town.clock()
    facts = {"deadline": clock, "label": "提醒", "on": day("05-13"), "due_on": clock.due_on, "light": "黄"}
    Chase.objects.create(round=1, level=1, **facts)
    Chase.objects.create(round=2, level=1, **facts)
    with pytest.raises(IntegrityError), transaction.atomic():
        Chase.objects.create(round=1, level=1, **facts)
    for level in (0, 10):
        with pytest.raises(IntegrityError, match="chase_level_known"), transaction.atomic():
            Chase.objects.create(round=1, level=level, **facts)


def test_workday_kind_is_known():
    with pytest.raises(IntegrityError, match="workday_kind_known"), transaction.atomic():
        Workday.objects.create(date=date(2030, 1, 1), kind="HALF")
    with pytest.raises(IntegrityError), transaction.atomic():
        Workday.objects.create(date=date(2022, 5, 1), kind="REST")


def test_opening_takes_two_statements(town, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        open_deadline(
            kind="TURN",
            title="待签收",
            link="/x/",
            campaign=town.campaign,
            organization=town.yibao,
            starts_on=day("04-29"),
            workdays=2,
            calendar=CALENDAR,
        )
