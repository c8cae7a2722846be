"""The 交叉 planner and the proposal of tasks, by tables of cases: no database."""

from collections import Counter

import pytest

from campaigns.cross_plan import Pair, Side, faults, is_own, propose
from campaigns.task_plan import Offer, Official, Proposal
from campaigns.task_plan import propose as propose_tasks


def unit(code):
    return Side(f"U{code}", f"/CITY/U{code}/", f"市{code}局")


def county(code):
    return Side(f"C{code}", f"/CITY/C{code}/", f"{code}县")


UNITS = [unit(number) for number in range(1, 8)]
COUNTIES = [county(name) for name in "ABC"]


def loads(pairs):
    return sorted(Counter(pair.county for pair in pairs).values())


@pytest.mark.parametrize(
    ("units", "counties", "expected"),
    [
        (0, 3, []),
        (1, 3, [1]),
        (3, 3, [1, 1, 1]),
        (7, 3, [2, 2, 3]),
        (7, 1, [7]),
        (7, 0, []),
    ],
)
def test_counties_share_the_units_evenly(units, counties, expected):
    pairs = propose(UNITS[:units], COUNTIES[:counties])
    assert loads(pairs) == expected
    if counties:
        assert [pair.unit for pair in pairs] == [one.code for one in UNITS[:units]]
        assert faults(pairs, UNITS[:units], COUNTIES[:counties]) == []


def test_the_plan_is_the_same_in_any_order():
    assert propose(UNITS[::-1], COUNTIES[::-1]) == propose(UNITS, COUNTIES)
    assert propose(UNITS[:3], COUNTIES) == [Pair("U1", "CA"), Pair("U2", "CB"), Pair("U3", "CC")]


def test_where_a_unit_has_been_comes_last():
    been = [Pair("U1", "CA"), Pair("U1", "CB"), Pair("U2", "CA"), Pair("U2", "CB"), Pair("U2", "CC")]
    pairs = propose(UNITS[:2], COUNTIES, been=been)
    assert pairs[0] == Pair("U1", "CC")
    assert pairs[1].unit == "U2"


def test_exclusions_are_levelled_out():
    """Everybody but the last has been in A and B: without a second look C would get them all."""
    been = [Pair(one.code, c) for one in UNITS[:4] for c in ("CA", "CB")]
    assert loads(propose(UNITS, COUNTIES, been=been)) == [1, 2, 4]


def test_what_is_fixed_counts_and_is_not_planned_again():
    fixed = [Pair("U1", "CA"), Pair("U2", "CA")]
    pairs = propose(UNITS[:6], COUNTIES, fixed=fixed)
    assert [pair.unit for pair in pairs] == ["U3", "U4", "U5", "U6"]
    assert loads([*pairs, *fixed]) == [2, 2, 2]


def test_a_county_is_no_place_for_its_own():
    inner = Side("U9", "/CITY/CA/U9/", "A县局")
    assert is_own(inner, COUNTIES[0])
    assert is_own(COUNTIES[0], COUNTIES[0])
    assert not is_own(UNITS[0], COUNTIES[0])
    assert propose([inner], COUNTIES[:1]) == []
    assert propose([inner], COUNTIES[:2]) == [Pair("U9", "CB")]


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([Pair("U1", "CA"), Pair("U2", "CB")], []),
        ([Pair("U1", "CA")], ["市2局还没有安排县市区。"]),
        ([Pair("U1", "CX"), Pair("U2", "CB")], ["没有编码为CX的单位。"]),
        (
            [Pair("U1", "CA"), Pair("U1", "CA"), Pair("U2", "CB")],
            ["市1局到A县已经安排过，同一对不能安排两次。"],
        ),
        (
            [Pair("U1", "CA"), Pair("U2", "CA")],
            ["B县没有单位去走，而有的县市区安排了2个单位，请均衡安排。"],
        ),
    ],
)
def test_a_plan_changed_by_hand_is_judged_by_the_same_rules(pairs, expected):
    assert faults(pairs, UNITS[:2], COUNTIES[:2]) == expected


def test_faults_know_own_counties_and_earlier_pairs():
    inner = Side("U9", "/CITY/CA/U9/", "A县局")
    assert faults([Pair("U9", "CA")], [inner], COUNTIES[:1]) == ["A县局不能到本单位所在的A县交叉走流程。"]
    fixed = [Pair("U1", "CA")]
    assert faults([Pair("U1", "CA")], UNITS[:1], COUNTIES[:1], fixed=fixed) == [
        "市1局到A县已经安排过，同一对不能安排两次。"
    ]
    assert faults([], UNITS[:1], COUNTIES[:1], fixed=fixed) == []


@pytest.mark.parametrize(
    ("people", "offers", "expected"),
    [
        ([Official(1)], [], []),
        ([Official(1, walks=1), Official(2, has_task=True)], [Offer(9, 5)], []),
        (
            [Official(1), Official(2), Official(3)],
            [Offer(8, 5, full=2), Offer(9, 5)],
            [Proposal(1, 9, "SELF", 5), Proposal(2, 8, "ACCOMPANY", 5), Proposal(3, 9, "AGENT", 5)],
        ),
        (
            [Official(1), Official(2), Official(3), Official(4)],
            [Offer(9, 6, is_home=False)],
            [
                Proposal(1, 9, "SELF", 6),
                Proposal(2, 9, "ACCOMPANY", 6),
                Proposal(3, 9, "AGENT", 6),
                Proposal(4, 9, "SELF", 6),
            ],
        ),
    ],
)
def test_tasks_are_proposed_for_those_who_have_not_walked(people, offers, expected):
    assert propose_tasks(people, offers) == expected
