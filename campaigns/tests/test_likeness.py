"""What counts as the same text (campaigns/ground/likeness.py): tables of cases, and what must hold for any two texts."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.likeness import corpus
from campaigns.ground.likeness import COPIED, Passage, explain, near_pairs, nearest, score

STORY = "窗口要求提交身份证正反面复印件，另加户口簿首页和本人页，办事指南只写身份证明材料，群众为此多跑了一趟"
MOVED = "群众为此多跑了一趟，办事指南只写身份证明材料，窗口要求提交身份证正反面复印件，另加户口簿首页和本人页"
CUT = "窗口要求提交身份证正反面复印件，另加户口簿首页和本人页"
EDITED = "受理窗口要申请人提交身份证复印件，还加户口簿首页与本人页，指南上只写身份证明，群众为此又跑了一趟"
OTHER = "网上申报到上传附件时系统提示格式不支持，反复提交三次才成功，客服电话一直占线无人接听"
OPENING = "按照市里统一安排我以普通办事人身份到政务服务中心走了一遍流程"

chinese = st.text(alphabet="窗口要求提交身份证复印件群众跑了一趟指南，。 ", max_size=40)


@pytest.mark.parametrize(
    ("a", "b", "alike"),
    [
        (STORY, STORY, True),
        (STORY, MOVED, True),
        (STORY, CUT, True),
        (STORY, EDITED, True),
        (STORY, STORY + OTHER, True),
        (STORY, OTHER, False),
        (MOVED, OTHER, False),
        ("办理顺畅，没有问题", "材料齐全，当场办结", False),
        ("", "", False),
        ("", STORY, False),
        ("。，", "，。", False),
    ],
)
def test_copies_reach_the_floor_and_strangers_do_not(a, b, alike):
    assert (score(a, b) >= COPIED) is alike


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("窗口不让用电子证照。", "窗口 不让用 电子证照"),
        ("受理单ＡＢ１２号", "受理单ab12号"),
        ("排队（40分钟）", "排队（40分钟）"),
    ],
)
def test_marks_width_and_case_make_no_difference(a, b):
    assert score(a, b) == 1.0


def test_only_the_same_words_score_one():
    assert score(STORY, MOVED) < 1.0
    assert score("好好", "好好好") < 1.0


@given(chinese, chinese)
@settings(max_examples=200, deadline=None)
def test_a_score_is_symmetric_and_between_zero_and_one(a, b):
    assert score(a, b) == score(b, a)
    assert 0.0 <= score(a, b) <= 1.0


@given(chinese.filter(lambda text: text.strip("，。 ")))
def test_a_text_is_like_itself(text):
    assert score(text, text) == 1.0


@given(chinese, chinese)
@settings(max_examples=200, deadline=None)
def test_a_comparison_cuts_the_texts_without_losing_a_character(a, b):
    told = explain(a, b)
    assert "".join(part for part, _ in told.parts_a) == a
    assert "".join(part for part, _ in told.parts_b) == b
    for passage in told.passages:
        assert a[passage.start_a :].startswith(passage.text)
        assert b[passage.start_b :].startswith(passage.text)


def test_explained_passages_are_found_where_they_were_moved_to():
    told = explain("先取号，后排队四十分钟，再核对材料", "再核对材料，后排队四十分钟")
    assert told.passages == (Passage("，后排队四十分钟", 3, 5), Passage("再核对材料", 12, 0))
    assert told.parts_a == (
        ("先取号", False),
        ("，后排队四十分钟", True),
        ("，", False),
        ("再核对材料", True),
    )
    assert told.parts_b == (("再核对材料", True), ("，后排队四十分钟", True))


def test_nothing_in_common_is_explained_as_nothing():
    told = explain("窗口没有人", "系统打不开")
    assert told.passages == ()
    assert told.parts_a == (("窗口没有人", False),)
    assert explain("", "").parts_a == ()


def test_nearest_tells_the_best_first_and_none_below_the_floor():
    candidates = [("other", OTHER), ("edited", EDITED), ("same", STORY), ("moved", MOVED), ("none", "")]
    found = nearest(STORY, candidates)
    assert [key for key, _ in found] == ["same", "moved", "edited"]
    assert found[0][1] == 1.0
    assert [key for key, _ in nearest(STORY, candidates, limit=1)] == ["same"]
    assert [key for key, _ in nearest(STORY, candidates, floor=0.8)] == ["same", "moved"]


@pytest.mark.parametrize("text", ["", "，。", "办理顺畅"])
def test_what_says_nothing_has_no_neighbours(text):
    assert nearest(text, [("a", text), ("b", STORY)]) == []


def _strangers(number: int) -> list[tuple[str, str]]:
    """Texts that have nothing in common but the opening everybody uses."""
    chance = random.Random(7)
    return [
        (f"s{at}", OPENING + "，" + "".join(chr(chance.randrange(0x4E00, 0x9FA5)) for _ in range(24)))
        for at in range(number)
    ]


def test_the_opening_everybody_uses_makes_nobody_alike():
    strangers = _strangers(60)
    assert score(strangers[0][1], strangers[1][1]) > 0.5
    assert nearest(strangers[0][1], strangers[1:], floor=0.3) == []
    assert list(near_pairs(strangers, floor=0.3)) == []


def test_the_opening_alone_is_no_text():
    strangers = _strangers(60)
    assert nearest(OPENING, strangers, floor=0.1) == []


def test_a_copy_behind_the_common_opening_is_found():
    strangers = _strangers(60)
    copied = strangers[5][1].replace(OPENING, "本人体验时", 1)
    assert [key for key, _ in nearest(copied, strangers)] == ["s5"]
    assert [(a, b) for a, b, _ in near_pairs([*strangers, ("copy", copied)])] == [("s5", "copy")]


def test_the_same_text_many_times_is_one_family():
    texts = [("a", STORY), ("b", STORY + "。"), ("c", OTHER), ("d", STORY), ("e", MOVED)]
    assert sorted(near_pairs(texts)) == [
        ("a", "b", 1.0),
        ("a", "d", 1.0),
        ("a", "e", score(STORY, MOVED)),
    ]


def test_short_remarks_are_not_copies_of_each_other():
    assert list(near_pairs([("a", "办理顺畅"), ("b", "办理顺畅"), ("c", "")])) == []


def test_no_texts_no_pairs():
    assert list(near_pairs([])) == []


def test_planted_copies_are_found_among_two_thousand_texts():
    """Issue 4 item 6: moved, cut and edited copies; strangers share openings and a clause now and then."""
    texts, copies = corpus(2_000)
    planted = set().union(*copies.values())
    family = {key: key.partition("-")[0] for key, _ in texts}
    found = {frozenset((a, b)) for a, b, _ in near_pairs(texts)}
    assert [len(found & copies[kind]) >= least for kind, least in LEAST.items()] == [True] * 3
    assert [pair for pair in found - planted if len({family[key] for key in pair}) == 2] == []


LEAST = {"moved": 20, "cut": 18, "changed": 18}
