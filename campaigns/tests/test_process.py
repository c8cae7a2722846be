"""The arithmetic of the map against numbers reckoned by hand; nothing here touches the database."""

import statistics
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.ground import charts
from campaigns.process import Edge, Spread, Trace, draw_map, passages, plain, span_words, spread, was_returned
from campaigns.process_places import (
    CITY,
    Place,
    Promise,
    case_measures,
    compare,
    trend,
    walked_measures,
)
from campaigns.process_svg import map_svg, trend_svg


def stops(text: str) -> tuple[tuple[str, bool], ...]:
    """ "CONSULT ACCEPT! SUPPLEMENT" → steps; ! is 退回 or 补正."""
    return tuple((word.rstrip("!"), word.endswith("!")) for word in text.split())


def no_link(**narrowed) -> str:
    return ""


# -- spreads ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({7: 1}, Spread(1, 7, 7, 7, 7)),
        ({3: 1, 5: 1, 8: 1, 10: 1}, Spread(4, 4.5, 6.5, 8.5, 10)),  # QUARTILE.INC of 3, 5, 8, 10
        ({1: 1, 2: 1, 3: 1, 4: 1, 5: 1}, Spread(5, 2, 3, 4, 5)),
        ({5: 3, 9: 1}, Spread(4, 5, 5, 6, 9)),
        (
            {Decimal("10"): 1, Decimal("16"): 1},
            Spread(2, Decimal("11.5"), Decimal(13), Decimal("14.5"), Decimal(16)),
        ),
        ({4: 0}, None),
        ({}, None),
    ],
)
def test_median_and_quartiles_by_hand(counts, told):
    assert spread(counts) == told


@given(st.lists(st.integers(0, 5000), min_size=2, max_size=60))
def test_quartiles_are_those_of_the_standard_library(values):
    found = spread(Counter(values))
    quarters = statistics.quantiles(values, n=4, method="inclusive")
    assert (found.lower, found.median, found.upper) == tuple(quarters)
    assert (found.n, found.top) == (len(values), max(values))


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (None, "—"),
        (0, "0 分钟"),
        (12.5, "12.5 分钟"),
        (119, "119 分钟"),
        (120, "2 小时"),
        (210, "3.5 小时"),
        (2879, "48 小时"),
        (2880, "2 天"),
        (Decimal(3600), "2.5 天"),
    ],
)
def test_minutes_in_words(minutes, words):
    assert span_words(minutes) == words


def test_numbers_are_written_without_idle_decimals():
    assert [plain(number) for number in (Decimal("80.00"), 4.5, 100, Decimal("0.10"))] == [
        "80",
        "4.5",
        "100",
        "0.1",
    ]


# -- the way ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("way", "returns"),
    [
        ("CONSULT ACCEPT DELIVER", []),
        # 退回 sends on to 补正, and from there back to 受理, which came earlier.
        ("ACCEPT! SUPPLEMENT ACCEPT DELIVER", ["ACCEPT SUPPLEMENT", "SUPPLEMENT ACCEPT"]),
        # Going back is the return; walking the same steps on again is not.
        ("PREPARE FILL ACCEPT! PREPARE FILL ACCEPT", ["ACCEPT PREPARE"]),
        ("QUEUE QUEUE ACCEPT", ["QUEUE QUEUE"]),
        # 填表 before 咨询 is an odd order, not a return.
        ("FILL CONSULT ACCEPT", []),
    ],
)
def test_what_a_return_is(way, returns):
    told = passages(stops(way))
    assert [f"{start} {end}" for start, end, back in told if back] == returns
    assert was_returned(stops(way)) == bool(returns)


def test_a_walk_that_ended_with_a_return_was_returned():
    assert was_returned(stops("CONSULT ACCEPT!"))


TRACES = [
    Trace("a", stops("CONSULT QUEUE ACCEPT DELIVER"), 3),
    Trace("a", stops("CONSULT QUEUE ACCEPT! SUPPLEMENT ACCEPT DELIVER"), 2),
    Trace("b", stops("QUEUE ACCEPT DELIVER"), 1),
    Trace("b", stops("APPROVE"), 4),
]


def test_the_map_by_hand():
    drawn = draw_map(
        TRACES,
        minutes={"QUEUE": {10: 3, 40: 3}, "ACCEPT": {5: 8}, "APPROVE": {90: 4}},
        waiting={"QUEUE": {8: 1, 30: 1}},
        handling={"QUEUE": {2: 1, 10: 1}},
    )
    nodes = {node.kind: node for node in drawn.nodes}
    assert (drawn.walks, drawn.returned) == (10, 2)
    assert {kind: (node.walks, node.times, node.sent_back) for kind, node in nodes.items()} == {
        "CONSULT": (5, 5, 0),
        "QUEUE": (6, 6, 0),
        "ACCEPT": (6, 8, 2),
        "SUPPLEMENT": (2, 2, 0),
        "DELIVER": (6, 6, 0),
        "APPROVE": (4, 4, 0),
    }
    # QUEUE: first at 2 in five walks, at 1 in one; DELIVER: 4, 4, 4, 6, 6, 3.
    assert (nodes["QUEUE"].position, nodes["DELIVER"].position) == (2, 4)
    assert (nodes["QUEUE"].minutes.median, nodes["QUEUE"].waiting.median, nodes["QUEUE"].handling.median) == (
        25,
        19,
        6,
    )
    assert nodes["ACCEPT"].waiting is None, "nobody noted it: unknown, not nothing"
    assert [kind for kind, node in nodes.items() if node.is_slowest] == ["APPROVE"]
    assert drawn.edges == (
        Edge("QUEUE", "ACCEPT", False, 6, 6),
        Edge("ACCEPT", "DELIVER", False, 6, 6),
        Edge("CONSULT", "QUEUE", False, 5, 5),
        Edge("ACCEPT", "SUPPLEMENT", True, 2, 2),
        Edge("SUPPLEMENT", "ACCEPT", True, 2, 2),
    )


def test_an_arrow_counts_each_walk_once_and_each_passage_too():
    drawn = draw_map(
        [Trace("a", stops("QUEUE ACCEPT! QUEUE ACCEPT"), 5)], minutes={}, waiting={}, handling={}
    )
    assert drawn.edges == (Edge("QUEUE", "ACCEPT", False, 5, 10), Edge("ACCEPT", "QUEUE", True, 5, 5))


def test_short_forms_do_not_bend_the_order():
    """坐窗办 has 审批 at its third place, 亲身办 has 受理 at its fifth: 审批 still stands right of 受理."""
    traces = [
        Trace("a", stops("CONSULT PREPARE FILL QUEUE ACCEPT DELIVER"), 10),
        Trace("a", stops("ANSWER ACCEPT APPROVE DELIVER"), 3),
        Trace("a", stops("APPROVE"), 9),
    ]
    columns = {n.kind: n.column for n in draw_map(traces, minutes={}, waiting={}, handling={}).nodes}
    order = ["CONSULT", "PREPARE", "FILL", "QUEUE", "ACCEPT", "APPROVE", "DELIVER"]
    assert [columns[kind] for kind in order] == list(range(7))
    assert columns["ANSWER"] == 0


def test_too_many_arrows_leave_out_the_rare_ones():
    kinds = ["CONSULT", "PREPARE", "FILL", "QUEUE", "ACCEPT", "APPROVE"]
    rare = [Trace("a", stops(f"{one} {other}"), 1) for one in kinds for other in kinds if one != other]
    drawn = draw_map([Trace("a", stops(" ".join(kinds)), 90), *rare], minutes={}, waiting={}, handling={})
    assert len(drawn.edges) > 24
    assert {edge.walks for edge in drawn.drawn_edges} == {91}


# -- places -----------------------------------------------------------------------------------------------------------

PLACES = [Place(CITY, CITY), Place("1", "甲县"), Place("2", "乙县"), Place("3", "丙县")]


def rows_of(minutes, walks, **more):
    traces = [Trace(place, ((kind, False),), number) for (place, kind), number in walks.items()]
    kinds = list(dict.fromkeys(kind for _, kind in minutes))
    told = compare(PLACES, kinds, traces, minutes=minutes, **{"whole": {}, "totals": {}, **more})
    return {row.place.code: row for row in told}


def test_nobody_is_ranked_on_two_walks():
    minutes = {("1", "QUEUE"): {30: 3}, ("2", "QUEUE"): {10: 3}, ("3", "QUEUE"): {1: 2}}
    rows = rows_of(minutes, {("1", "QUEUE"): 3, ("2", "QUEUE"): 3, ("3", "QUEUE"): 2})
    steps = {code: rows[code].steps[0] for code in "123"}
    assert [(steps[code].rank, steps[code].ranked) for code in "123"] == [(2, 2), (1, 2), (None, 2)]
    assert steps["3"].minutes.median == 1, "the number is shown all the same"
    assert not steps["3"].is_slowest


def test_three_passages_of_one_walk_are_one_walk():
    rows = rows_of({("1", "QUEUE"): {30: 3}, ("2", "QUEUE"): {10: 3}}, {("1", "QUEUE"): 1, ("2", "QUEUE"): 3})
    assert [rows[code].steps[0].rank for code in "12"] == [None, None]


def test_equals_share_a_rank():
    minutes = {("1", "QUEUE"): {10: 3}, ("2", "QUEUE"): {10: 3}, ("3", "QUEUE"): {20: 3}}
    rows = rows_of(minutes, {key: 3 for key in minutes})
    assert [rows[code].steps[0].rank for code in "123"] == [1, 1, 3]


def test_the_slowest_step_and_where_a_place_loses_most():
    minutes = {
        ("1", "QUEUE"): {30: 3},
        ("1", "APPROVE"): {100: 3},
        ("2", "QUEUE"): {10: 3},
        ("2", "APPROVE"): {100: 3},
        ("3", "QUEUE"): {10: 3},
        ("3", "APPROVE"): {400: 2},
    }
    walks = {key: sum(counts.values()) for key, counts in minutes.items()}
    rows = rows_of(minutes, walks, whole={"1": {130: 3}}, totals={"1": 4})
    marked = {code: [step.kind for step in rows[code].steps if step.is_slowest] for code in "123"}
    assert marked == {"1": ["APPROVE"], "2": ["APPROVE"], "3": []}, "400 of two walks may be the true one"
    # Queueing in the whole city: 10 ×6, 30 ×3 → 10.
    assert (rows["1"].lost_label, rows["1"].lost_minutes) == ("排队", 20)
    assert rows["2"].lost_kind == ""
    assert (rows["1"].walks, rows["1"].whole.n, rows["2"].whole) == (4, 3, None)


def test_promise_and_measure():
    def told(guide, counts):
        promise = Promise("费用", "元", guide, spread(counts))
        return promise.difference, promise.is_worse

    assert told(5, {7: 3}) == ("比承诺多 2 元", True)
    assert told(Decimal("16.00"), {Decimal(10): 3}) == ("比承诺少 6 元", False)
    assert told(5, {5: 9}) == ("与承诺一致", False)
    assert told(5, {9: 2}) == ("不足 3 次，不作比较", False)
    assert told(None, {9: 5}) == ("", False)
    assert told(5, {}) == ("", False)


def test_halves_of_the_year_in_order():
    first, second = (date(2022, 4, 16), date(2022, 4, 30)), (date(2022, 5, 1), date(2022, 5, 15))
    told = trend({second: {10: 1, 30: 1}, first: {60: 1}, (date(2022, 6, 1), date(2022, 6, 15)): {}})
    assert [(half.label, half.minutes.median, half.minutes.n) for half in told] == [
        ("2022年4月下半月", 60, 1),
        ("2022年5月上半月", 20, 2),
    ]


def test_walks_beside_cases():
    walked = walked_measures(
        ["a", "b"], TRACES, whole={"a": {60: 5}, "b": {30: 1}}, trips={"a": {1: 2, 3: 1}}
    )
    assert (walked.n, walked.minutes.median, walked.visits.median) == (6, 60, 1)
    assert (walked.returned, walked.returns_known, walked.returned_share) == (2, 10, "20%")
    served = case_measures(
        ["a"], finished={"a": {1440: 3}, "b": {9: 9}}, visits={"a": {2: 4}}, corrections={"a": {0: 3, 1: 1}}
    )
    assert (served.n, served.minutes.median, served.visits.median, served.returned_share) == (
        3,
        1440,
        2,
        "25%",
    )
    assert case_measures(["z"], finished={}, visits={}, corrections={}).returned_share == "—"


# -- drawings ---------------------------------------------------------------------------------------------------------


def test_the_drawing_has_every_step_and_arrow_and_nothing_inline():
    drawn = draw_map(TRACES, minutes={"ACCEPT": {5: 8}}, waiting={}, handling={})
    asked = []

    def link(**narrowed):
        asked.append(narrowed)
        return f"/walks/?n={len(asked)}"

    told = map_svg(drawn, title="<b>事项</b> & “甲”", link=link)
    assert told.count("<a href=") == len(drawn.nodes) + len(drawn.edges)
    assert "&lt;b&gt;事项&lt;/b&gt; &amp;" in told
    assert "<b>" not in told
    assert "style=" not in told
    assert told.count("edge is-return") == 2
    assert 'markerUnits="userSpaceOnUse"' in told
    assert "受理，6 次走流程" in told
    assert "退回、补正路线：补正到受理，2 次走流程" in told
    assert {"step": "SUPPLEMENT", "next": "ACCEPT", "returned": True} in asked


def test_without_addresses_nothing_is_a_link():
    told = map_svg(draw_map(TRACES, minutes={}, waiting={}, handling={}), title="事项", link=no_link)
    assert "<a " not in told
    assert 'role="img"' in told


def test_a_trend_starts_at_zero_and_names_its_numbers():
    halves = trend(
        {(date(2022, 5, 1), date(2022, 5, 15)): {50: 2}, (date(2022, 5, 16), date(2022, 5, 31)): {25: 1}}
    )
    told = trend_svg(halves, title="走势", link=lambda half: "")
    assert "2022年5月上半月，2 次走流程，全程中位数 50 分钟" in told
    assert 'points="120,26 216,101"' in told  # 50 is the top of the axis, 25 half way down


def test_scales():
    assert [charts.round_top(value) for value in (0, 3, 12, 21, 26, 99, 100)] == [1, 5, 20, 25, 50, 100, 100]
    assert charts.scale(50, 100, 300) == 150
    assert charts.scale(500, 100, 300) == 300
    assert [charts.heat_level(number, 8) for number in (0, 1, 2, 3, 8, 99)] == [0, 1, 1, 2, 4, 4]
    assert charts.rounded_path([(0, 0), (0, 20), (20, 20)], 5) == "M0 0L0 15Q0 20 5 20L20 20"
