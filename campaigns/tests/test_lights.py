"""The light and the ladder: tables of cases worked out by hand, no database."""

from datetime import date, timedelta

import pytest

from campaigns.ground.lights import (
    DEFAULT_LADDER,
    Light,
    ladder_of,
    light,
    rung_due,
    yellow_margin,
)
from campaigns.ground.workdays import calendar_of, shipped_workdays

CALENDAR = calendar_of(shipped_workdays())
LADDER = ladder_of(DEFAULT_LADDER)


def day(text: str) -> date:
    return date.fromisoformat(f"2022-{text}")


def shown(on, *, phase="open", due="05-18", start="04-19", late=False) -> str:
    return light(
        on=day(on),
        phase=phase,
        due_on=day(due) if due else None,
        starts_on=day(start) if start else None,
        was_late=late,
        calendar=CALENDAR,
    ).value


@pytest.mark.parametrize(
    ("on", "colour"),
    [  # 04-19 + 20 working days = 05-18; 20 % of 20 is 4 working days left = 05-12
        ("04-19", "绿"),
        ("05-11", "绿"),  # 5 left
        ("05-12", "黄"),  # 4 left
        ("05-14", "黄"),  # Saturday: 3 left
        ("05-18", "黄"),  # the due day itself is not past due
        ("05-19", "红"),
        ("06-30", "红"),
    ],
)
def test_running(on, colour):
    assert shown(on) == colour


@pytest.mark.parametrize(
    ("on", "colour"),
    [  # 04-19 + 5 = 04-25: 20 % of 5 is 1, so the floor of 3 rules; 04-24 is a Sunday that is worked
        ("04-19", "绿"),  # 5 left
        ("04-20", "绿"),  # 4 left: 21 22 24 25
        ("04-21", "黄"),  # 3 left
        ("04-25", "黄"),
        ("04-26", "红"),
    ],
)
def test_short_limit(on, colour):
    assert shown(on, due="04-25") == colour


@pytest.mark.parametrize(
    ("start", "due", "margin"),
    [
        ("04-19", "04-25", 3),  # 5 → 1 → 3
        ("04-19", "05-18", 4),  # 20 → 4
        ("04-19", "05-17", 3),  # 19 → 3.8 → 3
        ("04-19", "06-30", 10),  # 50 → 10
        ("04-19", "06-29", 9),  # 49 → 9.8 → 9
    ],
)
def test_margin_is_rounded_down(start, due, margin):
    assert yellow_margin(starts_on=day(start), due_on=day(due), calendar=CALENDAR) == margin


@pytest.mark.parametrize(
    ("phase", "late", "on", "word"),
    [
        ("review", False, "04-20", "审核中"),
        ("review", False, "06-30", "审核中"),  # its clock has stopped
        ("review", True, "06-30", "红"),
        ("done", False, "06-30", "已办结"),
        ("done", True, "06-30", "逾期办结"),
        ("paused", False, "06-30", "暂停"),
        ("paused", True, "06-30", "暂停"),
        ("none", False, "06-30", "—"),
    ],
)
def test_phases(phase, late, on, word):
    assert shown(on, phase=phase, late=late) == word


def test_no_date_no_light():
    assert shown("06-30", due=None) == "—"
    assert shown("06-30", due=None, start=None, phase="done") == "已办结"


def test_no_start_counts_from_the_due_date():
    assert shown("05-12", start=None) == "绿"
    assert shown("05-13", start=None) == "黄"


def test_unknown_phase_is_a_mistake_of_ours():
    with pytest.raises(ValueError, match="unknown phase"):
        shown("04-20", phase="closed")


def test_date_left_on_a_rest_day_is_red_only_after_the_next_working_day():
    # A date set before the table was known: Saturday 06-04 means Monday 06-06 (民法典 203).
    assert shown("06-06", due="06-04") == "黄"
    assert shown("06-07", due="06-04") == "红"


def test_every_light_has_a_word_and_a_shape():
    assert {word.value for word in Light} == {
        "绿",
        "黄",
        "红",
        "审核中",
        "逾期办结",
        "已办结",
        "暂停",
        "—",
    }
    assert len({word.slug for word in Light}) == 8


def level(on, *, due="05-18", start="04-19", lit=(), of_slip=False, year=2022) -> int | None:
    rung = rung_due(
        due_on=date.fromisoformat(f"{year}-{due}") if due else None,
        starts_on=date.fromisoformat(f"{year}-{start}"),
        on=date.fromisoformat(f"{year}-{on}"),
        lit_levels=lit,
        ladder=LADDER,
        calendar=CALENDAR,
        of_slip=of_slip,
    )
    return rung and rung.level


@pytest.mark.parametrize(
    ("on", "lit", "found"),
    [  # due Wednesday 05-18; 3 before = Friday 05-13; 1 after = 05-19; 3 after = Monday 05-23
        ("05-12", (), None),
        ("05-13", (), 1),
        ("05-13", (1,), None),
        ("05-14", (), None),  # Saturday
        ("05-16", (), 1),  # a missed Friday is made up for
        ("05-17", (1,), None),
        ("05-18", (1,), 2),
        ("05-18", (), 2),  # missed days collapse into the highest
        ("05-19", (1, 2), 3),
        ("05-20", (1, 2, 3), None),
        ("05-23", (1, 2, 3), 4),
        ("05-23", (), 4),
        ("05-23", (4,), None),
        ("06-30", (1, 2), 4),
        ("06-30", (1, 2, 3, 4), None),
        ("06-30", (5,), None),  # never at or below a level already lit
        ("05-19", (4,), None),
    ],
)
def test_ladder(on, lit, found):
    assert level(on, lit=lit) == found


@pytest.mark.parametrize(
    ("on", "found"),
    [  # due Monday 06-06, the day after 端午: 3 before is Tuesday 05-31, 1 after 06-07
        ("05-30", None),
        ("05-31", 1),
        ("06-03", None),
        ("06-05", None),
        ("06-06", 2),
        ("06-07", 3),
        ("06-09", 4),
    ],
)
def test_over_a_holiday(on, found):
    assert level(on, due="06-06") == found


def test_made_up_saturday_is_a_day_like_any_other():
    # 05-07 is a Saturday that is worked; due 05-07, 3 before = 04-29, 1 after = Monday 05-09
    assert level("05-07", due="05-07") == 2
    assert level("05-08", due="05-07") is None
    assert level("05-09", due="05-07", lit=(2,)) == 3


def test_rung_on_or_before_the_first_day_is_not_sent():
    # 2 working days: 04-19 → 04-21; 3 before would be 04-18
    assert level("04-19", start="04-19", due="04-21") is None
    assert level("04-20", start="04-19", due="04-21") is None
    assert level("04-21", start="04-19", due="04-21") == 2
    # 3 working days: 3 before is 起算日期 itself
    assert level("04-19", start="04-19", due="04-22") is None
    assert level("04-20", start="04-19", due="04-22") is None
    # 4 working days (04-24 is worked): 3 before is the day after
    assert level("04-20", start="04-19", due="04-24") == 1
    # due on the first day itself: only what comes after it
    assert level("04-19", start="04-19", due="04-19") is None
    assert level("04-20", start="04-19", due="04-19") == 3


def test_slip_climbs_its_own_rungs():
    # a 督办单's limit 05-18: no second 督办单 after 3 days, 挂牌 after 5 = 05-25
    assert level("05-23", lit=(1, 2, 3), of_slip=True) is None
    assert level("05-24", lit=(1, 2, 3), of_slip=True) is None
    assert level("05-25", lit=(1, 2, 3), of_slip=True) == 5
    assert level("05-25", lit=(1, 2, 3, 4)) is None


def test_no_date_no_rung():
    assert level("06-30", due=None) is None


def test_year_without_a_table():
    # 2027-05-03 is a Monday: by weekends only, so 1 May's holiday is not known yet
    assert level("05-03", due="05-03", start="04-01", year=2027) == 2
    assert level("05-04", due="05-03", start="04-01", year=2027, lit=(2,)) == 3


def test_three_missed_nights_light_one_rung():
    lit: list[int] = []
    days = [day("05-12") + timedelta(days=n) for n in range(20)]
    for on in days:
        if on in (day("05-18"), day("05-19"), day("05-20")):
            continue  # the machine slept
        found = level(f"{on:%m-%d}", lit=lit)
        if found:
            lit.append(found)
    assert lit == [1, 4]


def test_own_ladder_as_data():
    ladder = ladder_of(
        [
            {"level": 2, "label": "到期", "offset": 0, "roles": ["填报员"]},
            {"level": 1, "label": "早提醒", "offset": -5, "roles": ["填报员"]},
        ]
    )
    assert [rung.level for rung in ladder] == [1, 2]
    assert not any(rung.slip for rung in ladder)
    found = rung_due(
        due_on=day("05-18"),
        starts_on=day("04-19"),
        on=day("05-11"),
        lit_levels=(),
        ladder=ladder,
        calendar=CALENDAR,
    )
    assert found.label == "早提醒"


def test_default_ladder_is_contract_8():
    assert [(r.level, r.label, r.offset, r.signer, r.applies) for r in LADDER] == [
        (1, "提醒", -3, "", "all"),
        (2, "到期", 0, "", "all"),
        (3, "催办", 1, "", "all"),
        (4, "督办", 3, "审改办", "plain"),
        (5, "挂牌督办", 5, "督查室", "slip"),
    ]
    assert [rung.slip for rung in LADDER] == [False, False, False, True, True]
