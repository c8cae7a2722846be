"""What the example city is made of, before a single row is written: sentences, people, days. No database."""

import random
from collections import Counter
from datetime import date, timedelta
from string import Formatter

import pytest

from campaigns.enums import Rank, Role
from campaigns.ground.workdays import calendar_of, shipped_workdays
from reports.example import roster
from reports.example.stage import CURTAIN, Stage
from reports.example.texts import notes, problem_samples, rows, sections
from reports.example.timeline import ANCHOR, DAY_ZERO, timeline
from reports.example.wording import Wording, named

CALENDAR = calendar_of(shipped_workdays())
# What a walk tells a sentence (reports.example.walking.slots_of).
WALK_SLOTS = (
    "matter place unit window from_place month day half clock docs gdocs days gdays trips steps work_order"
)


def _slots() -> set[str]:
    return set(Wording(random.Random(1)).slots()) | set(WALK_SLOTS.split())


def test_every_point_of_the_taxonomy_has_its_sentences():
    samples = problem_samples()
    texts = [sample.text for some in samples.values() for sample in some]
    assert len(samples) == 32
    assert all(len(some) >= 4 for some in samples.values())
    assert len(set(texts)) == len(texts) >= 140
    assert all(
        sample.cause and sample.measure and len(sample.steps) >= 2 for s in samples.values() for sample in s
    )


def test_demands_and_complaints_are_many_and_different():
    for name, column in (("demands", "具体需求"), ("complaints", "内容")):
        texts = [row[column] for row in rows(name)]
        assert len(set(texts)) == len(texts) >= 60


def test_every_slot_of_every_sentence_can_be_filled():
    said = [sample for some in problem_samples().values() for sample in some]
    texts = [text for one in said for text in (one.text, one.cause, one.measure, *one.steps)]
    texts += [text for name in ("notes", "narratives") for some in sections(name).values() for text in some]
    texts += [value for name in ("demands", "complaints") for row in rows(name) for value in row.values()]
    wanted = {slot for text in texts for _, slot, _, _ in Formatter().parse(text) if slot}
    assert wanted <= _slots()


@pytest.mark.parametrize("code", sorted(problem_samples()))
@pytest.mark.parametrize("matter", ["企业开办", "社保卡补换"])
def test_a_point_has_sentences_for_companies_and_for_people(code, matter):
    pen = Wording(random.Random(1))
    assert len({pen.sample(code, matter).text for _ in range(12)}) >= 2


def test_sentences_take_turns():
    pen = Wording(random.Random(7))
    used = Counter(pen.note("return", {}) for _ in range(3 * len(notes("return"))))
    assert set(used.values()) == {3}


def test_a_theme_is_quoted_within_a_sentence():
    assert named("我要开饭店") == "“我要开饭店”"
    assert named("户口迁移") == "户口迁移"


def test_about_a_hundred_units_and_six_hundred_obligated_people():
    members = roster.members(2022)
    assert 95 <= len(roster.participants()) <= 110
    assert 560 <= sum(member.is_obligated for member in members) <= 640
    assert {member.rank for member in members if member.is_obligated} == set(Rank.values) - {Rank.STAFF}
    for key in ("code", "phone", "name"):
        assert len({getattr(member, key) for member in members}) == len(members)
    assert all(member.phone.startswith("1380000") and len(member.phone) == 11 for member in members)


def test_every_unit_has_somebody_to_write_and_somebody_to_sign():
    held = {(seat.role, seat.organization) for member in roster.members(2022) for seat in member.seats}
    for code in roster.participants():
        assert (Role.REPORTER, code) in held
        assert (Role.HEAD, code) in held


def test_the_same_seed_makes_the_same_people():
    assert roster.members(5) == roster.members(5)
    assert [member.name for member in roster.members(5)] != [member.name for member in roster.members(6)]


# Contract §4: the account, its role, the unit the posting acts for, how far it reaches.
ACCOUNTS = {
    "admin": ("ADMIN", "430400", "SUBTREE"),
    "anquan": ("SECURITY", "430400", "SUBTREE"),
    "shenji": ("AUDITOR", "430400", "SUBTREE"),
    "shengaiban": ("REFORM_OFFICE", "430400", "SUBTREE"),
    "duchashi": ("INSPECTOR", "430400", "SUBTREE"),
    "yibaoju.tianbao": ("REPORTER", "430400-031", "OWN"),
    "yibaoju.fenguan": ("DEPUTY", "430400-031", "OWN"),
    "yibaoju.fuzeren": ("HEAD", "430400-031", "OWN"),
    "yibaoju.lingdao": ("WALKER", "430400-031", "OWN"),
    "renshe.tianbao": ("REPORTER", "430400-014", "OWN"),
    "renshe.fuzeren": ("HEAD", "430400-014", "OWN"),
    "leiyang.tianbao": ("REPORTER", "430481", "SUBTREE"),
    "leiyang.fuzeren": ("HEAD", "430481", "SUBTREE"),
    "leiyang.shengaiban": ("REFORM_OFFICE", "430481", "SUBTREE"),
    "leiyang.ducha": ("INSPECTOR", "430481", "SUBTREE"),
}


def test_the_accounts_of_the_contract_hold_exactly_their_posting():
    made = {member.username: member.seats for member in roster.members(2022) if member.username in ACCOUNTS}
    assert {
        name: [(seat.role, seat.organization, seat.reach) for seat in seats] for name, seats in made.items()
    } == {name: [seat] for name, seat in ACCOUNTS.items()}


def test_units_with_two_contract_accounts_have_no_third():
    """单位审核 shows 免 in 市人社局 and in 耒阳市 (contract §7.3)."""
    names = [member.username for member in roster.members(2022)]
    assert not {"renshe.fenguan", "leiyang.fenguan"} & set(names)


def test_the_default_anchor_is_the_real_calendar():
    time = timeline(anchor=ANCHOR, calendar=CALENDAR)
    assert time.day(0) == DAY_ZERO
    assert time.day(time.last) == ANCHOR == DAY_ZERO + timedelta(days=62)
    assert time.of_real(date(2022, 5, 20)) == date(2022, 5, 20)
    assert time.day(4) == date(2022, 4, 24)  # a Sunday that is worked


@pytest.mark.parametrize(
    "anchor", [date(2026, 3, 9), date(2025, 10, 5), date(2024, 2, 29), date(2026, 11, 1)]
)
def test_another_anchor_keeps_every_working_day_index(anchor):
    time = timeline(anchor=anchor, calendar=CALENDAR)
    for index in (0, 1, 17, 41, time.last, time.last + 8):
        assert CALENDAR.is_workday(time.day(index))
        assert CALENDAR.workdays_between(time.day(0), time.day(index)) == index
    assert time.day(time.last) <= anchor
    assert CALENDAR.workdays_between(time.day(time.last), anchor) == 0


def test_the_stage_wakes_lives_in_order_and_stops_at_the_curtain():
    time, seen = timeline(anchor=ANCHOR, calendar=CALENDAR), []

    def life(name, *times):
        for wanted in times:
            moment = yield wanted
            seen.append((name, moment.now))

    stage = Stage(time)
    stage.enter(life("a", (3, 600), (1, 500), (42, CURTAIN + 1)))  # what it wants in the past happens now
    stage.enter(life("b", (2, 540), (42, 510), (43, 1)))
    stage.run(until=time.at(60, 0))
    assert [name for name, _ in seen] == ["b", "a", "a", "b"]
    assert [now for _, now in seen] == sorted(now for _, now in seen)


def test_nothing_is_played_after_the_real_clock():
    time, seen = timeline(anchor=ANCHOR, calendar=CALENDAR), []

    def life():
        for index in range(43):
            yield (index, 510)
            seen.append(index)

    stage = Stage(time)
    stage.enter(life())
    stage.run(until=time.at(10, 500))
    assert seen == list(range(10))
