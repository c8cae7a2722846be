"""The draw: repeatable, fair by its stated chances, nobody always left out, and no inspector at home."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issues.sampling import (
    WHOLE,
    Candidate,
    Inspector,
    assign,
    chances,
    draw,
    fingerprint,
    population_text,
    reasons,
    weight,
)


def candidate(n: int, unit: str = "甲", **facts) -> Candidate:
    return Candidate(f"ZL-{n:04d}", unit, facts.pop("form", "亲身办"), facts.pop("kind", "限期整改"), **facts)


def town() -> list[Candidate]:
    """A big unit, a middling one and one with a single item; risks here and there."""
    rows = [candidate(n, "甲", is_late=n % 3 == 0, extensions=n % 4) for n in range(20)]
    rows += [candidate(100 + n, "乙", returns=n % 2, form="坐窗办") for n in range(9)]
    return [*rows, candidate(200, "丙")]


@pytest.mark.parametrize(
    ("facts", "points"),
    [
        ({}, 10),
        ({"is_quick": True}, 20),
        ({"is_late": True, "extensions": 1}, 25),
        ({"extensions": 7}, 20),
        ({"returns": 1, "recurrences": 3}, 25),
        ({"clues": 5, "is_waived": True}, 40),
    ],
)
def test_weight_is_the_sum_of_its_reasons(facts, points):
    assert weight(candidate(1, **facts)) == points
    assert sum(each for _, each in reasons(candidate(1, **facts))) == points


def test_reasons_are_words():
    assert reasons(candidate(1, is_late=True, extensions=2)) == [("基础", 10), ("逾期办结", 10), ("延期", 10)]


def test_the_same_seed_draws_the_same_whatever_the_order():
    rows = town()
    shuffled = rows[:]
    random.Random(1).shuffle(shuffled)
    assert draw(rows, seed="7", count=6) == draw(shuffled, seed="7", count=6)
    assert draw(rows, seed="8", count=6).numbers != draw(rows, seed="7", count=6).numbers


def test_a_list_drawn_before_stays_as_it_is():
    """The draw is part of the contract with an auditor: a change of the code must not change old draws."""
    assert draw(town(), seed="2022", count=4).numbers == FROZEN


FROZEN = ("ZL-0002", "ZL-0003", "ZL-0014", "ZL-0105")


def test_changing_one_row_changes_the_fingerprint():
    rows = town()
    told = fingerprint(population_text(rows))
    assert told == fingerprint(population_text(reversed(rows)))
    changed = [*rows[:-1], candidate(200, "丙", is_late=True)]
    assert told != fingerprint(population_text(changed))
    assert told != fingerprint(population_text(rows[:-1]))


@pytest.mark.parametrize("count", [0, 1, 5, 29, 30, 31, 100])
def test_exactly_as_many_as_asked(count):
    rows = town()
    drawn = draw(rows, seed="x", count=count)
    assert len(drawn.numbers) == len(set(drawn.numbers)) == min(count, len(rows))
    assert sum(drawn.chances.values()) == min(count, len(rows)) * WHOLE


def test_complaints_come_first():
    rows = [*town(), *(candidate(300 + n, "丁", from_complaint=True) for n in range(3))]
    drawn = draw(rows, seed="x", count=5)
    assert {"ZL-0300", "ZL-0301", "ZL-0302"} < set(drawn.numbers)
    assert len(drawn.numbers) == 5
    few = draw(rows, seed="x", count=2)
    assert set(few.numbers) < {"ZL-0300", "ZL-0301", "ZL-0302"}


def test_a_unit_keeps_its_floor_chance():
    """丙 has 1 of 400 by weight; the floor gives it 5 %."""
    rows = [candidate(n, "甲", is_late=True, is_quick=True) for n in range(400)] + [candidate(900, "丙")]
    found = chances(rows, count=8)
    assert found["ZL-0900"] == WHOLE // 20
    assert sum(found.values()) == 8 * WHOLE


def test_the_floor_leaves_half_of_a_small_draw_to_weight():
    rows = [candidate(n, f"单位{n:03d}") for n in range(60)] + [
        candidate(100 + n, "大", is_late=True, is_quick=True) for n in range(900)
    ]
    found = chances(rows, count=1)
    small = sum(found[f"ZL-{n:04d}"] for n in range(60))
    assert small <= WHOLE // 2


@given(
    st.lists(
        st.tuples(st.sampled_from("甲乙丙丁"), st.booleans(), st.integers(0, 3)), min_size=1, max_size=40
    ),
    st.integers(0, 45),
    st.integers(0, 10**6),
)
def test_chances_are_chances(rows, count, seed):
    people = [
        candidate(n, unit, is_late=late, returns=returns) for n, (unit, late, returns) in enumerate(rows)
    ]
    drawn = draw(people, seed=str(seed), count=count)
    assert len(drawn.numbers) == min(count, len(people))
    assert all(0 <= chance <= WHOLE for chance in drawn.chances.values())
    assert sum(drawn.chances.values()) == min(count, len(people)) * WHOLE
    if count:
        assert all(chance > 0 for chance in drawn.chances.values())


def test_over_ten_thousand_seeds_everybody_is_drawn_as_often_as_stated():
    rows, count, draws = town(), 6, 10_000
    stated = chances(rows, count=count)
    often = dict.fromkeys(stated, 0)
    for seed in range(draws):
        for number in draw(rows, seed=str(seed), count=count).numbers:
            often[number] += 1
    for number, chance in stated.items():
        p = chance / WHOLE
        deviation = (often[number] - draws * p) / (draws * p * (1 - p)) ** 0.5
        assert abs(deviation) < 4, (number, often[number], draws * p)


def test_nobody_inspects_at_home():
    people = [Inspector("a", "市政府"), Inspector("b", "耒阳市"), Inspector("c", "衡南县")]
    items = [(f"ZL-{n}", frozenset({"耒阳市"} if n % 2 else {"市医保局"})) for n in range(8)]
    found = assign(items, people, seed="1")
    assert all(len(set(pair)) == 2 for pair in found.values())
    assert not any("b" in found[f"ZL-{n}"] for n in range(1, 8, 2))
    load = [sum(code in pair for pair in found.values()) for code in "abc"]
    assert max(load) - min(load) <= 3


def test_too_few_inspectors_are_said_not_hidden():
    found = assign([("ZL-1", frozenset({"耒阳市"}))], [Inspector("b", "耒阳市")], seed="1")
    assert found == {"ZL-1": ()}
