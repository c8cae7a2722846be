"""Working days: the vectors of the reference (checked against the State Council's notices) and the edges."""

import csv
from datetime import date, timedelta

import pytest

from campaigns.ground.calendar import Calendar, published_years, trail_sentences
from campaigns.ground.workdays import SHIPPED, calendar_of, shipped_workdays

CALENDAR = calendar_of(shipped_workdays())


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [
        ("2022-04-19", 5, "2022-04-25"),
        ("2022-04-19", 10, "2022-05-05"),
        ("2022-04-19", 15, "2022-05-11"),
        ("2022-04-19", 20, "2022-05-18"),
        ("2022-04-22", 1, "2022-04-24"),
        ("2022-04-22", 10, "2022-05-09"),
        ("2022-04-29", 1, "2022-05-05"),
        ("2022-04-29", 3, "2022-05-07"),
        ("2022-04-29", 5, "2022-05-10"),
        ("2022-05-31", 3, "2022-06-06"),
        ("2022-06-02", 1, "2022-06-06"),
        ("2022-06-02", 20, "2022-07-01"),
    ],
)
def test_working_days_after_a_day(start, count, due):
    assert CALENDAR.add_workdays(day(start), count) == day(due)
    assert CALENDAR.workdays_between(day(start), day(due)) == count
    assert CALENDAR.workdays_between(day(due), day(start)) == -count


@pytest.mark.parametrize(("end", "count"), [("2022-05-20", 22), ("2022-05-31", 29), ("2022-06-30", 50)])
def test_working_days_of_the_campaign(end, count):
    assert CALENDAR.workdays_between(day("2022-04-19"), day(end)) == count


@pytest.mark.parametrize(
    ("start", "count", "found"),
    [
        ("2022-05-05", -1, "2022-04-29"),
        ("2022-05-09", -1, "2022-05-07"),
        ("2022-06-06", -3, "2022-05-31"),
        ("2022-06-04", -1, "2022-06-02"),  # from a rest day: the last working day before it
        ("2022-01-03", -1, "2021-12-31"),
        ("2022-01-01", -2, "2021-12-30"),
        ("2021-12-31", 1, "2022-01-04"),
        ("2022-12-30", 1, "2023-01-03"),
        ("2022-06-04", 0, "2022-06-06"),
        ("2022-06-02", 0, "2022-06-02"),
    ],
)
def test_backwards_and_across_years(start, count, found):
    assert CALENDAR.add_workdays(day(start), count) == day(found)


MADE_UP = {
    2022: "01-29 01-30 04-02 04-24 05-07 10-08 10-09",
    2023: "01-28 01-29 04-23 05-06 06-25 10-07 10-08",
    2024: "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
    2025: "01-26 02-08 04-27 09-28 10-11",
    2026: "01-04 02-14 02-28 05-09 09-20 10-10",
}


@pytest.mark.parametrize(("year", "days"), MADE_UP.items())
def test_made_up_weekends(year, days):
    found = [
        f"{d:%m-%d}"
        for d in (date(year, 1, 1) + timedelta(days=n) for n in range(366))
        if d.year == year and d.weekday() >= 5 and CALENDAR.is_workday(d)
    ]
    assert found == days.split()


OFF = {
    2023: ["01-01:01-02", "01-21:01-27", "04-05", "04-29:05-03", "06-22:06-24", "09-29:10-06", "12-30:12-31"],
    2024: ["01-01", "02-10:02-17", "04-04:04-06", "05-01:05-05", "06-10", "09-15:09-17", "10-01:10-07"],
    2025: ["01-01", "01-28:02-04", "04-04:04-06", "05-01:05-05", "05-31:06-02", "10-01:10-08"],
    2026: [
        "01-01:01-03",
        "02-15:02-23",
        "04-04:04-06",
        "05-01:05-05",
        "06-19:06-21",
        "09-25:09-27",
        "10-01:10-07",
    ],
}


@pytest.mark.parametrize(("year", "spans"), OFF.items())
def test_off_days(year, spans):
    off = set()
    for span in spans:
        first, last = (day(f"{year}-{part}") for part in (span.split(":") * 2)[:2])
        off |= {first + timedelta(days=n) for n in range((last - first).days + 1)}
    for number in range(366):
        d = date(year, 1, 1) + timedelta(days=number)
        if d.year == year and d.weekday() < 5:
            assert CALENDAR.is_workday(d) == (d not in off), d


def test_shipped_table_is_the_library_s():
    chinese_calendar = pytest.importorskip("chinese_calendar")
    for number in range((date(2026, 12, 31) - date(2020, 1, 1)).days + 1):
        d = date(2020, 1, 1) + timedelta(days=number)
        assert CALENDAR.is_workday(d) == chinese_calendar.is_workday(d), d


def test_shipped_file_has_the_columns_of_the_contract_and_no_doubles():
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["日期", "类型", "名称"]
    assert {row["类型"] for row in rows} == {"休息", "上班"}
    assert len({row["日期"] for row in rows}) == len(rows)
    assert all(row["名称"] for row in rows)


def test_unpublished_year_counts_by_weekends_and_says_so():
    assert CALENDAR.published == frozenset(range(2020, 2027))
    due = CALENDAR.add_workdays(day("2026-12-30"), 5)
    assert due == day("2027-01-06")
    assert CALENDAR.is_provisional(day("2026-12-30"), due)
    assert CALENDAR.is_provisional(due, day("2026-12-30"))
    assert not CALENDAR.is_provisional(day("2022-04-19"), day("2022-06-30"))
    trail = CALENDAR.explain(day("2026-12-30"), workdays=5)
    assert trail["provisional"] is True
    assert "暂定" in "".join(trail_sentences(trail))


def test_a_single_local_day_off_publishes_no_year():
    days = {day("2027-03-08"): False, day("2027-10-01"): True, day("2028-10-04"): False}
    assert published_years(days) == {2028}


def test_absurd_dates_do_not_raise():
    assert CALENDAR.add_workdays(date.max, 1) == date.max
    assert CALENDAR.add_workdays(date.min, -1) == date.min


def test_no_table_at_all():
    empty = Calendar({}, frozenset())
    assert empty.add_workdays(day("2022-04-29"), 1) == day("2022-05-02")
    assert empty.is_provisional(day("2022-04-29"), day("2022-04-29"))


def test_why_this_day():
    trail = CALENDAR.explain(day("2022-04-29"), workdays=5)
    assert trail == {
        "from": "2022-04-29",
        "due": "2022-05-10",
        "workdays": 5,
        "rule": "workdays",
        "asked": None,
        "skipped": [
            {"from": "2022-04-30", "to": "2022-05-04", "name": "劳动节"},
            {"from": "2022-05-08", "to": "2022-05-08", "name": "周末"},
        ],
        "made_up": [{"from": "2022-05-07", "to": "2022-05-07", "name": "劳动节调休"}],
        "provisional": False,
    }
    assert trail_sentences(trail) == [
        "起算日：2022-04-29（当日不计）。",
        "期限 5 个工作日，最后一个工作日是 2022-05-10（周二）。",
        "不计入的休息日：4月30日—5月4日（劳动节）、5月8日（周末）。",
        "计入的调休上班日：5月7日（劳动节调休）。",
    ]


def test_fixed_date_on_a_rest_day_moves_on():
    trail = CALENDAR.explain(day("2022-05-20"), due_on=day("2022-06-04"))
    assert (trail["due"], trail["asked"], trail["workdays"]) == ("2022-06-06", "2022-06-04", 10)
    assert "指定日期 2022-06-04 是休息日，顺延到下一个工作日 2022-06-06（周一）。" in trail_sentences(trail)
    stays = CALENDAR.explain(day("2022-05-20"), due_on=day("2022-06-02"))
    assert stays["asked"] is None
    assert "指定日期 2022-06-02（周四），距起算日 9 个工作日。" in trail_sentences(stays)
    assert trail_sentences({}) == []


def test_explain_wants_one_rule():
    with pytest.raises(ValueError, match="workdays or due_on"):
        CALENDAR.explain(day("2022-05-20"))


def test_agrees_with_counting_one_by_one():
    start = day("2023-12-20")
    for offset in range(-40, 41):
        d, left, step = start, abs(offset), 1 if offset > 0 else -1
        while left:
            d += timedelta(days=step)
            left -= CALENDAR.is_workday(d)
        assert CALENDAR.add_workdays(start, offset) == d
