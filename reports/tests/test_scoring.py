"""The five questions as points: every number below was worked out by hand from 20/15/20/30/15."""

from decimal import Decimal

import pytest

from reports.scoring import (
    BONUS,
    COVERAGE,
    LASTING,
    NEGATIVE,
    NOT_COUNTED,
    RECTIFIED,
    RULES,
    TIMELY,
    VALUABLE,
    Facts,
    Line,
    Policy,
    grade_of,
    score,
    total_of,
)

POLICY = Policy()


def unit(code="031", **facts) -> Facts:
    return Facts(code=code, name="市医保局", kind="市直部门", **facts)


def line_of(facts: Facts, rule: str, *others: Facts, policy: Policy = POLICY) -> Line:
    card = next(card for card in score([facts, *others], policy) if card.code == facts.code)
    return next(line for line in card.lines if line.rule == rule)


def points(*args, **options) -> tuple[str, str]:
    line = line_of(*args, **options)
    return str(line.points), str(line.maximum)


@pytest.mark.parametrize(
    ("facts", "reached", "full"),
    [
        ({"owed": 10, "walked": 9}, "18.00", "20.00"),
        ({"owed": 10, "walked": 10, "key_matters": 4, "walked_matters": 3}, "17.50", "20.00"),
        ({"key_matters": 3, "walked_matters": 2}, "13.33", "20.00"),
        ({"owed": 2, "walked": 0}, "0.00", "20.00"),
        ({}, "0.00", "0.00"),
    ],
)
def test_coverage(facts, reached, full):
    assert points(unit(**facts), COVERAGE) == (reached, full)


@pytest.mark.parametrize(
    ("facts", "reached", "full"),
    [
        ({"due": 8, "in_time": 6}, "11.25", "15.00"),
        ({"due": 3, "in_time": 3}, "15.00", "15.00"),
        ({}, "0.00", "0.00"),
    ],
)
def test_timeliness(facts, reached, full):
    assert points(unit(**facts), TIMELY) == (reached, full)


@pytest.mark.parametrize(
    ("facts", "reached", "full"),
    [
        ({"closed": 10}, "30.00", "30.00"),
        ({"closed": 8, "closed_late": 2, "overdue": 2}, "21.00", "30.00"),  # 6 + 1 of 10
        ({"closed": 5, "recurred": 1}, "24.00", "30.00"),
        ({"overdue": 4}, "0.00", "30.00"),
        ({"in_review": 9, "escalated": 3, "running": 7}, "0.00", "0.00"),
        ({"closed": 1, "in_review": 9, "escalated": 3, "running": 7}, "30.00", "30.00"),
    ],
)
def test_rectification_leaves_out_what_waits_for_others(facts, reached, full):
    assert points(unit(**facts), RECTIFIED) == (reached, full)


@pytest.mark.parametrize(
    ("facts", "reached", "full"),
    [
        ({"closed_dated": 10, "institutions": 1}, "7.50", "15.00"),
        ({"closed_dated": 11, "institutions": 3}, "15.00", "15.00"),
        ({"closed_dated": 1}, "0.00", "15.00"),
        ({"institutions": 1}, "15.00", "15.00"),
        ({}, "0.00", "0.00"),
    ],
)
def test_lasting_institutions(facts, reached, full):
    assert points(unit(**facts), LASTING) == (reached, full)


def test_before_any_review_nobody_loses_for_it():
    line = line_of(unit(found=9), VALUABLE)
    assert (line.points, line.maximum) == (0, 0)
    assert line.because == f"发现问题 9 个，质量评价还没有进行，{NOT_COUNTED}"


def test_who_waits_for_their_own_review_is_left_out_too():
    assert points(unit(found=9), VALUABLE, unit("016", found=4, reviewed=4, valid=4)) == ("0.00", "0.00")


def test_valuable_problems_are_capped_at_one_and_a_half_medians():
    """Valid: 4, 4, 40; median 4, so full points are for 6, and forty earn no more than six would."""
    others = [unit(code, found=4, reviewed=4, valid=4) for code in ("016", "017")]
    many = unit(found=60, reviewed=50, valid=40)
    assert points(many, VALUABLE, *others) == ("20.00", "20.00")
    assert points(others[0], VALUABLE, many, others[1]) == ("13.33", "20.00")


def test_what_is_not_reviewed_as_valid_earns_nothing():
    others = [unit(code, found=4, reviewed=4, valid=4) for code in ("016", "017")]
    assert points(unit(found=500, reviewed=500), VALUABLE, *others) == ("0.00", "20.00")


def test_a_group_of_zeros_asks_for_one():
    zeros = [unit("016"), unit("017")]
    assert points(unit(found=1, reviewed=1, valid=1), VALUABLE, *zeros) == ("20.00", "20.00")


def test_small_units_are_measured_by_small_ones():
    """A large unit's forty valid problems do not raise what is asked of a small one."""
    small = unit(owed=4, walked=4, closed=1, found=2, reviewed=2, valid=2)
    twin = unit("016", owed=4, walked=4, closed=1, found=2, reviewed=2, valid=2)
    large = unit("017", owed=60, walked=60, closed=1, found=40, reviewed=40, valid=40)
    cards = {card.code: card for card in score([small, twin, large], POLICY)}
    assert points(small, VALUABLE, twin, large) == ("13.33", "20.00")
    assert cards["017"].group != cards["031"].group
    assert (cards["031"].rank, cards["016"].rank, cards["017"].rank) == (1, 1, 1)


@pytest.mark.parametrize(
    ("facts", "deducted"),
    [
        ({}, "0.00"),
        ({"fake_walks": 1, "found": 3}, "-5.00"),
        ({"fake_walks": 9, "found": 3}, "-20.00"),
        ({"foreign": 2}, "-4.00"),
        ({"foreign": 9}, "-10.00"),
        ({"foreign": 9, "found": 1}, "0.00"),
    ],
)
def test_the_negative_list(facts, deducted):
    assert points(unit(**facts), NEGATIVE) == (deducted, "0.00")


@pytest.mark.parametrize(("cuts", "bonus"), [(0, "0.00"), (3, "1.50"), (40, "5.00")])
def test_the_bonus_ends_at_five(cuts, bonus):
    assert points(unit(improvements=cuts), BONUS) == (bonus, "5.00")


def test_a_whole_card():
    """17.5 + 11.25 + 13.33 + 21 + 7.5 = 70.58 of 100; −5 and +1.5."""
    facts = unit(
        owed=10,
        walked=10,
        key_matters=4,
        walked_matters=3,
        due=8,
        in_time=6,
        found=3,
        reviewed=3,
        valid=3,
        closed=8,
        closed_late=2,
        overdue=2,
        closed_dated=10,
        institutions=1,
        fake_walks=1,
        improvements=3,
    )
    card = score([facts], POLICY)[0]
    assert [line.rule for line in card.lines] == list(RULES)
    assert (str(card.total), card.grade) == ("67.08", "C")
    assert all(line.because.endswith("。") for line in card.lines)


@pytest.mark.parametrize(
    ("facts", "deducted"), [({}, "0.00"), ({"named": 1}, "-2.00"), ({"named": 9}, "-10.00")]
)
def test_a_unit_named_in_a_bulletin_loses_points_up_to_a_limit(facts, deducted):
    line = line_of(unit(owed=1, found=1, **facts), NEGATIVE)
    assert str(line.points) == deducted
    assert ("被通报点名" in line.because) is bool(facts)


def test_adopted_experience_and_cuts_share_one_limit():
    assert points(unit(improvements=3, experiences=2), BONUS) == ("3.50", "5.00")
    assert points(unit(improvements=8, experiences=3), BONUS) == ("5.00", "5.00")
    assert "采用的典型经验 2 条，每条加 1 分" in line_of(unit(experiences=2), BONUS).because


def test_what_is_left_out_scales_the_rest():
    """18 of 20 and 30 of 30: 48 of 50 is 96 of 100."""
    card = score([unit(owed=10, walked=9, closed=3)], POLICY)[0]
    assert (str(card.total), card.grade, card.group) == ("96.00", "A", "市直部门（业务量中等）")


def test_who_has_little_to_show_is_ranked_apart():
    card = score([unit(owed=10, walked=10)], POLICY)[0]
    assert (str(card.total), card.group) == ("100.00", "市直部门（可计分项目不足一半）")


def test_nothing_at_all_is_no_total():
    card = score([unit(foreign=2, improvements=2)], POLICY)[0]
    assert (card.total, card.grade, card.rank) == (None, "", None)


def test_a_total_stays_between_zero_and_a_hundred():
    bad = [Line(COVERAGE, Decimal(2), Decimal(20), "。"), Line(NEGATIVE, Decimal(-20), Decimal(0), "。")]
    good = [Line(COVERAGE, Decimal(20), Decimal(20), "。"), Line(BONUS, Decimal(5), Decimal(5), "。")]
    assert (total_of(bad), total_of(good)) == (0, 100)


@pytest.mark.parametrize(
    ("total", "grade"), [("90", "A"), ("89.99", "B"), ("80", "B"), ("60", "C"), ("59.99", "D")]
)
def test_grades(total, grade):
    assert grade_of(Decimal(total), POLICY) == grade


def test_a_campaign_weighs_as_it_likes():
    policy = Policy.read({"coverage": 40, "items_per_institution": "10"})
    assert points(unit(owed=10, walked=9), COVERAGE, policy=policy) == ("36.00", "40.00")
    assert points(unit(closed_dated=10, institutions=1), LASTING, policy=policy) == ("15.00", "15.00")
    assert Policy.read(policy.told()) == policy
    with pytest.raises(KeyError):
        Policy.read({"uploads": 20})
