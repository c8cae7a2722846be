"""Each rule on walks written by hand: what it strikes, what it lets pass, how hard. No database."""

from datetime import date, timedelta

import pytest

from issues.clues import RULES, judge
from issues.clues.company import company
from issues.clues.copies import copied_photos, copied_texts
from issues.clues.entry import late, late_batches, long_sittings, rush
from issues.clues.facts import HallHours, KnownCase, KnownComplaint, NamedCase, UnitFindings
from issues.clues.findings import deaf, nothing_ever
from issues.clues.papers import strange_cases, strange_papers
from issues.clues.presence import doubles, keyed_first
from issues.clues.scene import announced, closed_hall, only_at_home, strange_photo_times
from issues.clues.tempo import missing_steps, regular_times, too_quick
from issues.tests.clue_cases import at, person, steps, struck, town, walk

# — 组团走 —


def three(**changes):
    return [walk(f"DJ-{n}", walkers=(person(str(n)),), start=at(f"09:{n:02}"), **changes) for n in range(3)]


def test_three_of_a_unit_in_one_hall_at_once_are_a_company():
    assert struck(company, *three()) == {"DJ-0": 1.0, "DJ-1": 1.0, "DJ-2": 1.0}


def test_two_are_no_company_and_staff_who_look_on_do_not_count():
    two_and_staff = [*three()[:2], walk("DJ-9", walkers=(person("9", obligated=False),))]
    assert struck(company, *two_and_staff) == {}


def test_three_on_one_record_are_a_company():
    assert struck(company, walk(walkers=(person("1"), person("2"), person("3")))) == {"DJ-1": 1.0}


def test_a_training_day_with_matters_of_their_own_or_one_after_the_other_is_none():
    own = [walk(f"DJ-{n}", walkers=(person(str(n)),), matter=f"SX-{n}") for n in range(4)]
    assert struck(company, *own) == {}
    queue = [walk(f"DJ-{n}", walkers=(person(str(n)),), start=at(f"{9 + n:02}:00")) for n in range(4)]
    assert struck(company, *queue) == {}


def test_window_duty_at_windows_of_their_own_counts_little():
    duty = [
        walk(
            f"DJ-{n}",
            walkers=(person(str(n)),),
            mode="WINDOW",
            window=f"{n}号",
            cases=(NamedCase(f"B{n}", "SX-1"),),
        )
        for n in range(3)
    ]
    assert struck(company, *duty) == {"DJ-0": 0.3, "DJ-1": 0.3, "DJ-2": 0.3}


def test_people_of_several_units_are_a_company_when_they_set_off_together():
    units = ("430400-031", "430400-016", "430400-010")

    def group(*clocks):
        return [
            walk(f"DJ-{n}", unit=unit, walkers=(person(str(n), unit),), start=at(clock))
            for n, (unit, clock) in enumerate(zip(units, clocks, strict=True))
        ]  # fmt: skip

    assert set(struck(company, *group("09:00", "09:05", "09:10")).values()) == {1.0}
    assert set(struck(company, *group("09:00", "09:25", "09:50")).values()) == {0.4}


def test_the_net_is_no_place():
    assert struck(company, *three(channel="FLAGSHIP", place="网上办理")) == {}


# — 分身 —


def same(*walks_):
    return [walk(f"DJ-{n}", walkers=(person("1"),), **changes) for n, changes in enumerate(walks_)]


def test_nobody_is_in_two_walks_at_once():
    pair = same({"start": at("09:00")}, {"start": at("09:30"), "matter": "SX-2"})
    assert struck(doubles, *pair) == {"DJ-0": 1.0, "DJ-1": 1.0}


def test_a_few_minutes_are_carelessness():
    assert struck(doubles, *same({"start": at("09:00")}, {"start": at("09:57")})) == {
        "DJ-0": 0.2,
        "DJ-1": 0.2,
    }


def test_from_county_to_county_in_ten_minutes_nobody_goes():
    far = {"area": "430423", "walked": "430423-009", "place": "衡山县政务服务中心"}
    assert struck(doubles, *same({"start": at("09:00")}, {"start": at("10:10"), **far})) == {
        "DJ-0": 1.0,
        "DJ-1": 1.0,
    }
    assert struck(doubles, *same({"start": at("09:00")}, {"start": at("10:30"), **far})) == {}
    assert (
        struck(doubles, *same({"start": at("09:00")}, {"start": at("10:05"), **far, "channel": "PHONE"}))
        == {}
    )


def test_the_days_an_application_is_approved_are_free():
    """受理 on Tuesday, 出件 on Friday: in between, and on Friday itself, other walks may be made."""
    kinds = ("ACCEPT", "APPROVE", "DELIVER")
    long = steps("09:00", 20, 3 * 24 * 60, 15, kinds=kinds)
    pair = same(
        {"steps": long, "end": long[-1].end},
        {"start": at("2022-05-11 09:00")},
        {"start": at("2022-05-13 09:10")},
    )
    assert struck(doubles, *pair) == {}
    assert struck(doubles, *same({"end": at("2022-05-13 10:00")}, {"start": at("2022-05-12 09:00")})) == {}


def test_what_was_keyed_before_it_began():
    assert struck(keyed_first, walk(recorded=at("08:40"))) == {"DJ-1": 1.0}
    assert struck(keyed_first, walk(recorded=at("08:55")), walk("DJ-2", recorded=at("09:30"))) == {}


# — 过快、缺环节、时间规整 —


def usual(count=20):
    """Twenty walks of an hour, give or take."""
    return [
        walk(
            f"U-{n}",
            start=at(f"2022-05-{9 + n % 5:02} 09:00"),
            steps=steps("09:00", 9 + n % 3, 12, 11, 8 + n % 4, 10, 7),
        )
        for n in range(count)
    ]


def test_a_chain_in_six_minutes_is_too_quick():
    quick = walk("Q", steps=steps("09:00", 1, 1, 1, 1, 1, 1), end=at("09:06"))
    assert struck(too_quick, *usual(), quick) == {"Q": 1.0}


def test_who_was_turned_away_may_be_quick():
    turned = walk("Q", steps=steps("09:00", 4, 3, result="RETURNED"), end=at("09:07"))
    assert struck(too_quick, *usual(), turned).get("Q", 0) < 0.5


def test_a_matter_that_takes_everybody_minutes_is_quick_for_all():
    simple = [
        walk(f"S-{n}", matter="SX-9", steps=steps("09:00", 1, 1, 2, 1, 2, 1 + n % 2), end=at("09:09"))
        for n in range(12)
    ]
    assert struck(too_quick, *usual(40), *simple) == {}


def test_without_others_only_the_floor_speaks():
    assert struck(too_quick, walk(end=at("09:08"))) == {"DJ-1": 1.0}
    assert struck(too_quick, walk(end=at("09:15"))) == {}
    assert struck(too_quick, walk(end=at("09:05"), channel="MINI_APP", place="")) == {}


def test_steps_the_form_asks_for():
    short = steps("09:00", 20, 30, kinds=("CONSULT", "DELIVER"))
    half = steps("09:00", 9, 20, 30, kinds=("CONSULT", "ACCEPT", "DELIVER"))
    assert struck(missing_steps, walk(steps=short)) == {"DJ-1": 1.0}
    assert struck(missing_steps, walk(steps=half)) == {"DJ-1": 0.6}
    assert (
        struck(
            missing_steps,
            walk(
                steps=steps("09:00", 9, 9, 9, 9, 9, kinds=("CONSULT", "PREPARE", "FILL", "ACCEPT", "DELIVER"))
            ),
        )
        == {}
    )


def test_a_walk_that_broke_off_misses_nothing_and_other_channels_spare_steps():
    assert struck(missing_steps, walk(steps=steps("09:00", 9, 9, result="RETURNED"))) == {}
    online = steps("09:00", 9, 9, 9, kinds=("FILL", "ACCEPT", "DELIVER"))
    assert struck(missing_steps, walk(steps=online, channel="FLAGSHIP", place="")) == {}
    back = steps("09:00", 9, 9, kinds=("DELIVER", "APPROVE"))
    assert struck(missing_steps, walk(mode="BACKWARD", steps=back)) == {}


def test_steps_all_of_one_length():
    assert struck(regular_times, walk(steps=steps("09:00", 10, 10, 10, 10, 10, 10))) == {"DJ-1": 1.0}


def test_fives_and_tens_are_how_people_write():
    assert struck(regular_times, walk(steps=steps("09:00", 5, 10, 15, 10, 5, 10))) == {"DJ-1": 0.1}
    assert struck(regular_times, walk(steps=steps("09:07", 5, 5, 5, 5, 5, 5), start=at("09:07"))) == {
        "DJ-1": 0.65
    }
    agent = ("SIGN_IN", "FILL", "SUBMIT", "DELIVER")
    four = {"mode": "AGENT", "start": at("09:05"), "steps": steps("09:05", 10, 10, 10, 10, kinds=agent)}
    assert struck(regular_times, walk(**four)) == {"DJ-1": 0.6}


def test_another_walks_timetable():
    times = steps("09:00", 7, 13, 4, 21, 9, 3)
    assert struck(regular_times, walk("A", steps=times), walk("B", steps=times)) == {"A": 0.6, "B": 0.6}


# — 办件编号 and papers —

CASE = KnownCase("SX-1", "430400-016", "430400", at("09:20"), at("2022-05-16 16:00"))
KNOWN = {"case_months": {("SX-1", "2022-05"): 40}, "covered_until": date(2022, 6, 20)}


@pytest.mark.parametrize(
    ("known", "strength"),
    [
        (CASE, None),
        (KnownCase("SX-2", "430400-016", "430400", at("09:20")), 1.0),
        (KnownCase("SX-1", "430400-016", "430400", at("2022-04-20 09:00")), 1.0),
        (KnownCase("SX-1", "430400-016", "430400", at("2022-05-05 09:00")), 0.5),
        (KnownCase("SX-1", "430400-016", "430400", at("2022-05-12 09:00")), None),
        (KnownCase("SX-1", "430423-016", "430423", at("09:20")), 1.0),
        (KnownCase("SX-1", "430400-001", "430400", at("09:20")), 0.3),
    ],
    ids=["fits", "other matter", "weeks before", "days before", "counted later", "other county", "the hall"],
)
def test_a_case_beside_the_platforms_word(known, strength):
    found = struck(strange_cases, walk(case_number="B1"), cases={"B1": known}, **KNOWN)
    assert found == ({} if strength is None else {"DJ-1": strength})


def test_an_unknown_case_where_the_data_reach():
    told = {"cases": {"B1": CASE}, **KNOWN}
    assert struck(strange_cases, walk(case_number="B9"), **told) == {"DJ-1": 1.0}
    assert struck(strange_cases, walk(case_number="B9", matter="SX-7"), **told) == {}
    assert struck(strange_cases, walk(case_number="B9", start=at("2022-06-21 09:00")), **told) == {}
    assert struck(strange_cases, walk(case_number="B9")) == {}


def test_a_matter_whose_numbers_nobody_knows_says_little():
    strangers = [walk(f"S-{n}", case_number=f"X{n}") for n in range(7)]
    rest = [walk(f"K-{n}", matter="SX-2", case_number=f"K{n}") for n in range(30)]
    cases = {f"K{n}": KnownCase("SX-2", "430400-016", "430400", at("09:20")) for n in range(30)}
    told = struck(
        strange_cases,
        *strangers,
        *rest,
        cases=cases,
        case_months={("SX-1", "2022-05"): 3, ("SX-2", "2022-05"): 30},
        covered_until=date(2022, 6, 20),
    )
    assert told == {f"S-{n}": 0.3 for n in range(7)}


def test_one_case_in_two_walks():
    other = walk("DJ-2", case_number="B1", start=at("2022-05-17 09:00"))
    assert struck(strange_cases, walk(case_number="B1"), other) == {"DJ-1": 1.0, "DJ-2": 1.0}
    together = walk("DJ-2", case_number="B1", start=at("09:10"))
    assert struck(strange_cases, walk(case_number="B1"), together) == {"DJ-1": 0.5, "DJ-2": 0.5}


def test_a_windows_one_late_case_of_many_counts_little():
    cases = tuple(NamedCase(f"B{n}", "SX-1") for n in range(4))
    known = {f"B{n}": CASE for n in range(3)}
    duty = walk(mode="WINDOW", cases=cases)
    assert struck(strange_cases, duty, cases=known, **KNOWN) == {"DJ-1": 0.4}


def test_the_paper_that_makes_the_form():
    assert struck(strange_papers, walk(mode="ACCOMPANY", accompanied="甲DJ-1")) == {"DJ-1": 1.0}
    assert struck(strange_papers, walk(mode="ACCOMPANY", accompanied="刘女士")) == {}
    staff = {"staff": {"430400-031": frozenset({"王某"})}}
    assert struck(strange_papers, walk(mode="ACCOMPANY", accompanied="王某"), **staff) == {"DJ-1": 0.6}
    letter = {"mode": "AGENT", "authorization": "WTS-1"}
    assert struck(strange_papers, walk(**letter, authorized_until=date(2022, 5, 9))) == {"DJ-1": 1.0}
    assert struck(strange_papers, walk(**letter, authorized_until=date(2022, 5, 10))) == {}
    pair = [walk("A", **letter), walk("B", **letter, matter="SX-2")]
    assert struck(strange_papers, *pair) == {"A": 0.6, "B": 0.6}
    busy = walk(mode="WINDOW", cases=tuple(NamedCase(f"B{n}", "SX-1", 60) for n in range(4)))
    assert struck(strange_papers, busy) == {"DJ-1": 0.5}


def test_the_work_order_of_a_walk_back():
    known = {"GD1": KnownComplaint("SX-1", "430400-016", at("2022-05-06 10:00"))}
    back = {"mode": "BACKWARD", "work_order": "GD1"}
    assert struck(strange_papers, walk(**back), complaints=known) == {}
    assert struck(strange_papers, walk(**back, matter="SX-2"), complaints=known) == {"DJ-1": 1.0}
    assert struck(strange_papers, walk(**back, start=at("2022-05-05 09:00")), complaints=known) == {
        "DJ-1": 1.0
    }
    invented = walk("DJ-9", mode="BACKWARD", work_order="GD9")
    others = [walk(f"DJ-{n}", **back) for n in range(4)]
    assert struck(strange_papers, *others, invented, complaints=known) == {"DJ-9": 1.0}
    assert struck(strange_papers, invented) == {}


# — 文字、照片 —

TEXTS = (
    "早上八点四十到大厅，导办台只有一个人，问材料要等她打完电话，告知的清单比网上多出两份复印件。",
    "受理窗口说系统升级，下午再来，旁边的老师傅告诉我昨天也是这样，最后加了值班电话才约到第二天上午。",
    "填表要写三遍同样的地址，样表贴在柱子后面，不弯腰看不到，字号比身份证还小，建议换成立式展板。",
    "从取号到叫号一共四十七分钟，叫号屏坏了一半，靠保安喊，过号的人重新排队，现场有两位老人起了争执。",
)
STORY = "".join(TEXTS)


def test_a_copy_is_found_though_moved_and_cut():
    """Issue 6: twenty walks' worth of text with three edited copies."""
    odd = [
        f"第{n}次走的是{'甲乙丙丁戊己庚辛壬癸'[n % 10]}号事项，"
        + "".join(chr(0x4E00 + (n * 997 + k * 131) % 9000) for k in range(90))
        for n in range(16)
    ]
    honest = [walk(f"H-{n}", narrative=text) for n, text in enumerate(odd)]
    moved = TEXTS[2] + TEXTS[0] + TEXTS[1] + TEXTS[3]
    cut = TEXTS[0] + TEXTS[1] + TEXTS[3]
    changed = (
        STORY.replace("四十七", "三十五").replace("老师傅", "大姐").replace("两份", "三份") + "特此记录。"
    )
    copies = [
        walk(f"C-{n}", narrative=text, start=at(f"2022-05-1{n} 09:00"))
        for n, text in enumerate((STORY, moved, cut, changed))
    ]
    assert struck(copied_texts, *honest, *copies) == {f"C-{n}": 1.0 for n in range(4)}


def test_short_sentences_strangers_say_alike_are_a_hint():
    same_ = [
        walk(
            f"DJ-{n}",
            narrative="在自助机上打印，即来即办，流程顺畅，没有发现问题。",
            start=at(f"2022-05-1{n} 09:00"),
        )
        for n in range(4)
    ]
    assert set(struck(copied_texts, *same_).values()) == {0.5}
    assert struck(copied_texts, walk("A", narrative="顺畅。"), walk("B", narrative="顺畅。")) == {}


def test_two_registers_of_one_visit_count_half():
    assert struck(
        copied_texts, walk("A", narrative=STORY), walk("B", narrative=STORY, start=at("09:10"))
    ) == {"A": 0.5, "B": 0.5}


def test_a_pattern_everybody_fills_in_is_no_copy():
    crowd = [
        walk(f"DJ-{n}", narrative=STORY, start=at(f"2022-05-{10 + n % 4} 09:00"), matter=f"SX-{n}")
        for n in range(40)
    ]
    found = struck(copied_texts, *crowd)
    # Word for word the same texts are one family: all point to its first.
    assert found["DJ-0"] == 0.2


SHA = "sha256=" + "ab" * 32
PHASH = "phash=8f3c1e7aa5b4c2d1"
NEAR = "phash=8f3c1e7aa5b4c2d6"  # three bits further
FAR = "phash=70c3e1855a4b3d2e"


def test_the_same_photo_and_the_same_picture():
    later = {"start": at("2022-05-17 09:00")}
    assert struck(copied_photos, walk("A", marks=(SHA,)), walk("B", marks=(SHA,), **later)) == {
        "A": 1.0,
        "B": 1.0,
    }
    assert struck(copied_photos, walk("A", marks=(PHASH,)), walk("B", marks=(NEAR,), **later)) == {
        "A": 1.0,
        "B": 1.0,
    }
    assert struck(copied_photos, walk("A", marks=(PHASH,)), walk("B", marks=(FAR,), **later)) == {}
    assert struck(copied_photos, walk("A"), walk("B")) == {}


def test_who_has_photos_of_their_own_was_likely_copied_from():
    own = walk("A", marks=(SHA, FAR))
    copy = walk("B", marks=(SHA,), start=at("2022-05-17 09:00"))
    assert struck(copied_photos, own, copy) == {"A": 0.6, "B": 1.0}


def test_who_went_together_may_share_a_photo():
    assert struck(copied_photos, walk("A", marks=(SHA,)), walk("B", marks=(SHA,))) == {"A": 0.4, "B": 0.4}


def test_a_blank_picture_has_no_fingerprint():
    blank = "phash=0000000000000000"
    assert (
        struck(
            copied_photos, walk("A", marks=(blank,)), walk("B", marks=(blank,), start=at("2022-05-17 09:00"))
        )
        == {}
    )


# — 填报时间 —


def test_within_five_working_days_nothing_is_late():
    """Contract §9. 2022-05-10 is a Tuesday: the fifth working day is the next Tuesday."""
    assert struck(late, walk(recorded=at("2022-05-17 17:00"))) == {}
    assert struck(late, walk(recorded=at("2022-05-18 08:30"))) == {"DJ-1": 1.0}


def test_over_the_holiday_the_days_do_not_count():
    held = {"start": at("2022-04-29 09:00")}  # 劳动节 4月30日—5月4日, 5月7日 上班
    assert struck(late, walk(**held, recorded=at("2022-05-09 10:00"))) == {}


def behind(count, day="2022-05-25"):
    return [
        walk(f"DJ-{n}", walkers=(person(str(n)),), recorded=at(f"{day} 09:{10 + 3 * n:02}"))
        for n in range(count)
    ]


def test_a_heap_keyed_in_one_go_and_all_late():
    assert struck(late_batches, *behind(4)) == {f"DJ-{n}": 1.0 for n in range(4)}
    assert struck(late_batches, *behind(3)) == {}
    assert struck(late_batches, *behind(8, day="2022-05-13")) == {}, "a week's paper records in time"


def test_a_chain_of_late_records_for_several_units():
    chain = [
        walk(f"DJ-{n}", unit=f"430400-{n:03}", recorded=at(f"2022-05-25 09:{3 * n:02}")) for n in range(5)
    ]
    assert len(struck(late_batches, *chain)) == 5
    assert struck(late_batches, *chain[:4]) == {}


def test_a_long_sitting_is_only_a_hint():
    assert len(struck(long_sittings, *behind(12, day="2022-05-13"))) == 12
    assert struck(long_sittings, *behind(11, day="2022-05-13")) == {}


def test_a_rush_before_the_milestone():
    last = [walk(f"L-{n}", start=at("2022-05-19 09:00")) for n in range(6)]
    early = [walk(f"E-{n}", start=at("2022-05-05 09:00")) for n in range(5)]
    due = {"milestones": (date(2022, 5, 20),)}
    assert len(struck(rush, *last, *early, **due)) == 6
    assert struck(rush, *last, *early, *[walk(f"F-{n}") for n in range(3)], **due) == {}


# — 大厅时间、照片时间、告知 —


@pytest.mark.parametrize(
    ("start", "changes", "strength"),
    [
        ("2022-05-10 09:00", {}, None),
        ("2022-05-10 12:30", {}, None),
        ("2022-05-10 17:30", {}, None),
        ("2022-05-10 08:05", {}, 0.2),
        ("2022-05-10 20:15", {}, 1.0),
        ("2022-05-10 20:15", {"channel": "KIOSK"}, 0.3),
        ("2022-05-10 20:15", {"channel": "CITIZEN_APP"}, None),
        ("2022-05-10 20:15", {"mode": "BACKWARD"}, 0.3),
        ("2022-05-14 10:00", {}, 1.0),
        ("2022-05-07 10:00", {}, None),
        ("2022-05-14 00:00", {}, None),
    ],
    ids=[
        "open",
        "noon",
        "closing",
        "queueing",
        "night",
        "terminal",
        "app",
        "files",
        "saturday",
        "made-up",
        "no clock",
    ],
)
def test_when_halls_are_open(start, changes, strength):
    """2022-05-07 was a Saturday that was worked (调休)."""
    found = struck(closed_hall, walk(start=at(start), **changes))
    assert found == ({} if strength is None else {"DJ-1": strength})


def test_a_hall_several_units_saw_open_was_open():
    day = at("2022-05-14 10:00")
    seen = [walk(f"DJ-{n}", unit=f"430400-{n:03}", start=day) for n in range(3)]
    assert set(struck(closed_hall, *seen).values()) == {0.4}


def test_hours_are_data():
    hours = HallHours(
        own={"430400-016": (at("08:00").time(), at("20:00").time())}, rest_days=frozenset({"430400-016"})
    )
    assert struck(closed_hall, walk(start=at("2022-05-14 19:30")), hours=hours) == {}


def test_photos_of_another_day():
    assert struck(strange_photo_times, walk(photo_times=(at("2022-05-08 09:10"),))) == {"DJ-1": 1.0}
    assert struck(strange_photo_times, walk(photo_times=(at("13:00"),))) == {"DJ-1": 0.4}
    assert struck(strange_photo_times, walk(photo_times=(at("10:50"),)), walk("DJ-2")) == {}


def test_told_beforehand_and_never_away():
    assert struck(announced, walk(is_announced=True), walk("DJ-2")) == {"DJ-1": 1.0}
    home = [walk(f"DJ-{n}", walkers=(person("1"),), walked="430400-031") for n in range(3)]
    assert len(struck(only_at_home, *home)) == 3
    assert struck(only_at_home, *home[:2], walk("DJ-9", walkers=(person("1"),))) == {}


def test_units_that_never_find_anything():
    eight = [walk(f"DJ-{n}") for n in range(8)]
    others = {"430400-016": UnitFindings(3, 0)}
    assert len(struck(nothing_ever, *eight, findings=others)) == 8
    assert struck(nothing_ever, *eight, findings={}) == {}, "nobody registers problems here"
    assert struck(nothing_ever, *eight, findings=others | {"430400-031": UnitFindings(4, 4)}) == {}
    assert len(struck(nothing_ever, *eight, findings=others | {"430400-031": UnitFindings(5, 5)})) == 8


def test_deaf_to_the_complaints():
    heap = {("SX-1", "430400-016"): tuple(date(2022, 5, n) for n in range(1, 6))}
    assert struck(deaf, walk(found_nothing=True), complained=heap) == {"DJ-1": 1.0}
    assert struck(deaf, walk(found_nothing=False), complained=heap) == {}
    assert struck(deaf, walk(found_nothing=True, start=at("2022-05-04 09:00")), complained=heap) == {}


# — the board —


def test_weak_hints_do_not_reach_the_threshold_together():
    weak = [rule for key, rule in RULES.items() if key in ("R10", "R12", "R13", "R15", "R16", "R17")]
    assert sum(rule.weight for rule in weak) < 100


def test_weights_and_switches_are_told_from_outside():
    group = three()
    assert {one.rule for one in judge(town(*group), {"R1": 40})} == {"R1"}
    assert {float(one.weight) for one in judge(town(*group), {"R1": 40})} == {40.0}
    assert judge(town(*group), {}) == []


def test_what_everybody_does_counts_a_third():
    nights = [
        walk(
            f"DJ-{n:03}",
            walkers=(person(str(n)),),
            start=at("2022-05-10 20:00") + timedelta(days=7 * (n % 5)),
            matter=f"SX-{n}",
        )
        for n in range(60)
    ]
    days = [walk(f"D-{n:03}", walkers=(person(f"d{n}"),), matter=f"SX-d{n}") for n in range(180)]
    told = {one.walk: one for one in judge(town(*nights, *days), {"R14": 100})}
    assert len(told) == 60
    assert {float(one.weight) for one in told.values()} == {30.0}
    assert "很普遍" in told["DJ-000"].because


@pytest.mark.parametrize("key", RULES)
def test_every_rule_says_what_is_suspicious_and_what_would_be_innocent(key):
    rule = RULES[key]
    assert rule.key == key
    assert rule.suspicious.endswith("。")
    assert rule.innocent.endswith("。")
    assert 0 < rule.weight <= 100


def test_nothing_contract_9_protects_is_struck():
    """No photo, a paper record keyed within 5 working days, 模拟 (no 办件编号): nothing."""
    honest = walk(
        recorded=at("2022-05-17 11:00"), steps=steps("09:00", 12, 9, 14, 6, 11, 8), narrative=TEXTS[0]
    )
    assert judge(town(honest)) == []
