"""When complaints make a heap: a table of cases worked out by hand. No database."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from campaigns.complaint_rule import Received, Rule, clusters, is_bad, is_complaint
from campaigns.ground.workdays import calendar_of, shipped_workdays

CALENDAR = calendar_of(shipped_workdays())
ZONE = ZoneInfo("Asia/Shanghai")
ON = date(2022, 6, 20)  # a Monday; 30 days before it is 05-21, 10 working days before it is 06-06
PLACE = ("SX-1", "031")


def received(*days, bad=False, place=PLACE, complains=True, clock=9):
    return [
        Received(
            number=f"{place[0]}-{day}-{n}{'差' if bad else ''}",
            place=place,
            at=datetime.fromisoformat(f"2022-{day}").replace(hour=clock, tzinfo=ZONE),
            day=date.fromisoformat(f"2022-{day}"),
            is_complaint=complains,
            is_bad=bad,
        )
        for n, day in enumerate(days)
    ]


def standing(rows, *, on=ON, rule=None, answered=None):
    return clusters(rows, on=on, calendar=CALENDAR, rule=rule or Rule(), answered=answered or {})


@pytest.mark.parametrize(
    ("rows", "count"),
    [
        (received("06-01", "06-02", "06-03", "06-04", "06-05"), 5),
        (received("06-01", "06-02", "06-03", "06-04"), None),
        (received("06-20", "06-20", "06-20", "06-20", "06-20"), 5),
        (received("05-21", "06-02", "06-03", "06-04", "06-05"), 5),  # the 30th day still counts
        (received("05-20", "06-02", "06-03", "06-04", "06-05"), None),  # the 31st doesn't
        (received("06-21", "06-02", "06-03", "06-04", "06-05"), None),  # not yet come
        (received("06-19", "06-20", bad=True), 2),
        (received("06-20", bad=True), None),
        (received("06-06", "06-20", bad=True), 2),  # 06-06 + 10 working days = 06-20
        (received("06-05", "06-20", bad=True), None),  # the last day of 端午: 06-05 + 10 = 06-17
        (received("06-02", "06-20", bad=True), None),  # 06-02 + 10 = 06-17
        (received("06-01", "06-02", "06-03", "06-04", "06-05", complains=False), None),
        (received("06-01", "06-02", "06-03") + received("06-19", "06-20", bad=True), 5),
        (received("06-01", "06-02", "06-03") + received("06-04", "06-05", place=("SX-1", "032")), None),
        (received("06-01", "06-02", "06-03") + received("06-04", "06-05", place=("SX-2", "031")), None),
    ],
)
def test_the_two_limits_and_their_edges(rows, count):
    found = standing(rows)
    assert [len(cluster.numbers) for cluster in found] == ([] if count is None else [count])


def test_the_sunday_of_a_long_weekend_by_hand():
    """06-05 is 端午: from it, 06-06 is the first working day and 06-17 the tenth, so 06-20 is the eleventh."""
    assert CALENDAR.workdays_between(date(2022, 6, 5), ON) == 11
    assert CALENDAR.workdays_between(date(2022, 6, 6), ON) == 10


def test_why_is_said_in_words():
    rows = received("06-01", "06-02", "06-03", "06-04") + received("06-19", "06-20", bad=True)
    (cluster,) = standing(rows)
    assert cluster.reason == "近30日内收到投诉6件，达到5件；近10个工作日内差评2件，达到2件"
    assert cluster.place == PLACE


def test_only_what_came_after_the_answer_counts():
    rows = received("06-01", "06-02", "06-03", "06-04", "06-05", "06-10", "06-11")
    answered = {PLACE: datetime(2022, 6, 8, 10, tzinfo=ZONE)}
    assert standing(rows, answered=answered) == []
    later = received("06-12", "06-13", "06-14")
    assert [len(cluster.numbers) for cluster in standing(rows + later, answered=answered)] == [5]
    same_day = received("06-08", "06-08", "06-08", clock=9) + received("06-08", "06-09", clock=11)
    assert standing(same_day, answered=answered) == []


def test_the_numbers_are_data():
    rule = Rule.of({"complaints": 3, "days": 7, "bad_ratings": "很多", "unknown": 1})
    assert rule == Rule(complaints=3, days=7)
    rows = received("06-13", "06-14", "06-20")
    assert len(standing(rows, rule=rule)) == 1
    assert standing(rows, rule=rule, on=ON + timedelta(days=1)) == []
    assert Rule.of({"complaints": 0, "days": -1}) == Rule()


def test_what_complains():
    assert is_complaint("HOTLINE", "COMPLAINT", "")
    assert is_complaint("HOTLINE", "", "GOOD")
    assert is_complaint("UNSOLVED_WINDOW", "HELP", "")
    assert is_complaint("RATING", "", "VERY_BAD")
    assert is_complaint("HOTLINE", "CONSULT", "BAD")
    assert not is_complaint("HOTLINE", "CONSULT", "")
    assert not is_complaint("HOTLINE", "SUGGEST", "FAIR")
    assert not is_complaint("RATING", "", "VERY_GOOD")
    assert not is_complaint("RATING", "", "")
    assert (is_bad("BAD"), is_bad("FAIR"), is_bad("")) == (True, False, False)
