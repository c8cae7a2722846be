"""Who stands where: own, child, parent, sibling, stranger; four eyes; who may ask and answer (contract §5, §7)."""

import pytest

from campaigns.enums import Role
from campaigns.ground.refusal import NotAllowed
from campaigns.tests.factories import make_posting
from issues.models import Demand, LedgerItem, Measure, Problem
from issues.permissions import (
    Relation,
    can_decide,
    check_can_act,
    check_can_register,
    check_can_write_measure,
    is_reform_office,
    review_is_waived,
)
from issues.request_rights import requests_for
from issues.tests.factories import ON, S, make_city, make_demand, make_item, make_measure, make_problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return make_city()


def passes(check, *arguments, **named) -> bool:
    try:
        check(*arguments, **named)
    except NotAllowed:
        return False
    return True


def acts(posting, item, roles, relation) -> bool:
    return passes(check_can_act, posting=posting, item=item, roles=roles, relation=relation, label="办理")


# unit of the item → who of the offices reaches it, and who may close it
REACH = {
    "yibao": ({"shengaiban", "duchashi"}, {"shengaiban"}),
    "leiyang_renshe": (
        {"shengaiban", "duchashi", "leiyang_shengaiban", "leiyang_ducha"},
        {"shengaiban", "leiyang_shengaiban"},
    ),
    # 耒阳市人民政府 itself: its own offices are of the unit; the city's are not
    "leiyang": (
        {"shengaiban", "duchashi", "leiyang_shengaiban", "leiyang_ducha"},
        {"shengaiban", "duchashi"},
    ),
    # the office's own
    "hall": ({"shengaiban", "duchashi"}, {"duchashi"}),
}
OFFICES = ("shengaiban", "duchashi", "leiyang_shengaiban", "leiyang_ducha")


@pytest.mark.parametrize("unit", REACH)
def test_reach_and_closers(city, unit):
    item = make_problem(city, by=city.renshe_reporter, responsible=getattr(city, unit)).item
    roles = (Role.REFORM_OFFICE, Role.INSPECTOR)
    reach, closers = REACH[unit]
    assert {name for name in OFFICES if acts(getattr(city, name), item, roles, Relation.REACH)} == reach
    assert {name for name in OFFICES if acts(getattr(city, name), item, roles, Relation.CLOSER)} == closers


def test_a_county_without_another_office_is_still_its_own_offices_business(city):
    """The county's 审改办 sits at 耒阳市人民政府; people of its 人社局 are of another unit."""
    assert is_reform_office(city.leiyang)
    assert not is_reform_office(city.leiyang_renshe)


def test_responsible_means_the_unit_itself(city):
    """Not the unit above it, not the one below, not a sibling."""
    item = make_problem(city, by=city.renshe_reporter, responsible=city.leiyang_renshe).item
    for name in ("leiyang_reporter", "renshe_reporter", "yibao_reporter"):
        assert not acts(getattr(city, name), item, (Role.REPORTER,), Relation.RESPONSIBLE)
    assert acts(city.leiyang_renshe_reporter, item, (Role.REPORTER,), Relation.RESPONSIBLE)


def test_the_applicant_is_no_reviewer_in_any_role(city):
    item = make_item(city, S.APPLIED)
    also = make_posting(city.yibao, Role.DEPUTY, person=city.yibao_reporter.person)
    assert not acts(also, item, (Role.DEPUTY,), Relation.REVIEWER)
    assert acts(city.yibao_deputy, item, (Role.DEPUTY,), Relation.REVIEWER)


def test_review_is_waived_by_accounts(city):
    assert not review_is_waived(city.yibao, ON)
    user = city.yibao_head.person.user
    user.is_active = False
    user.save()
    assert review_is_waived(city.yibao, ON)


def test_review_is_waived_where_nobody_can_review(city):
    city.yibao_deputy.ended_on = ON
    city.yibao_deputy.save()
    make_posting(city.yibao, Role.REPORTER)
    assert not review_is_waived(city.yibao, ON)
    assert review_is_waived(city.yibao, ON.replace(day=11))


@pytest.mark.parametrize(
    ("who", "unit", "may"),
    [
        ("yibao_reporter", "yibao", True),
        ("yibao_reporter", "renshe", False),
        ("yibao_head", "yibao", False),
        ("leiyang_reporter", "leiyang_renshe", True),
        ("leiyang_reporter", "yibao", False),
        ("duchashi", "yibao", True),
        ("shengaiban", "yibao", False),
        ("admin_posting", "yibao", False),
    ],
)
def test_who_registers(city, who, unit, may):
    assert passes(check_can_register, getattr(city, who), getattr(city, unit)) is may


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("yibao_reporter", True),
        ("yibao_deputy", False),
        ("renshe_reporter", False),
        ("leiyang_reporter", False),
    ],
)
def test_who_writes_measures(city, who, may):
    assert passes(check_can_write_measure, getattr(city, who), city.yibao) is may


@pytest.mark.parametrize(
    ("state", "kind", "who", "asked"),
    [
        (S.PLANNING, "DATED", "yibao_reporter", {"evidence", "hand_over"}),
        (S.PLANNING, "LASTING", "yibao_reporter", {"evidence", "lasting", "hand_over"}),
        (S.RECTIFYING, "DATED", "yibao_reporter", {"evidence", "extension", "escalate", "hand_over"}),
        (S.RECTIFYING, "DATED", "yibao_head", {"evidence", "hand_over", "remind"}),
        (S.RECTIFYING, "DATED", "shengaiban", {"remind"}),
        (S.REVIEWED, "DATED", "yibao_reporter", {"evidence"}),
        (S.REVIEWED, "DATED", "yibao_deputy", {"evidence", "verify", "remind"}),
        (S.REVIEWED, "DATED", "shengaiban", {"verify", "waive", "remind"}),
        (S.REVIEWED, "DATED", "duchashi", {"verify", "remind"}),
        (S.CLOSED, "DATED", "yibao_reporter", set()),
    ],
)
def test_who_may_ask(city, state, kind, who, asked):
    item = make_item(city, state, kind=kind, category="A05")
    assert set(requests_for(item, getattr(city, who), ON)) == asked


def test_own_requests_are_answered_elsewhere(city):
    own = make_item(city, S.RECTIFYING, unit=city.hall)
    assert not can_decide(city.shengaiban, own)
    assert can_decide(city.shengaiban, make_item(city, S.RECTIFYING))


SEES = {
    "yibao_reporter": {"own", "found"},
    "yibao_head": {"own", "found"},
    "renshe_reporter": {"found", "helped"},
    "hall_reporter": set(),
    "leiyang_reporter": {"county"},
    "leiyang_head": set(),
    "leiyang_shengaiban": {"county"},
    "leiyang_renshe_head": {"county"},
    "shengaiban": {"own", "found", "helped", "county"},
    "duchashi": {"own", "found", "helped", "county"},
    "yibao_walker": set(),
    "admin_posting": set(),
    "auditor": set(),
}


@pytest.mark.parametrize("who", SEES)
def test_one_scope_for_every_list(city, who):
    """found = by 市人社局, for 市医保局; helped = of 市行政审批局's clerk, with 市人社局 (contract §5)."""
    rows = {
        "own": make_problem(city),
        "found": make_problem(city, by=city.renshe_reporter, responsible=city.yibao),
        "helped": make_problem(city, by=city.yibao_reporter, helper_units=[city.renshe]),
        "county": make_problem(city, by=city.leiyang_renshe_reporter),
    }
    posting = getattr(city, who)
    wanted = set(SEES[who]) | ({"helped"} if "own" in SEES[who] else set())
    problems = Problem.objects.visible_to(posting)
    assert {name for name, row in rows.items() if problems.filter(pk=row.pk).exists()} == wanted
    items = LedgerItem.objects.visible_to(posting)
    assert {name for name, row in rows.items() if items.filter(pk=row.item.pk).exists()} == wanted


def test_measures_and_demands_follow(city):
    measure = make_measure(make_problem(city, by=city.yibao_reporter).item, city.yibao_reporter)
    demand = make_demand(city)
    for who, sees in (
        ("yibao_head", True),
        ("shengaiban", True),
        ("renshe_reporter", False),
        ("auditor", False),
    ):
        posting = getattr(city, who)
        assert Measure.objects.visible_to(posting).filter(pk=measure.pk).exists() is sees
        assert Demand.objects.visible_to(posting).filter(pk=demand.pk).exists() is sees
