"""台账缺口: each count is its list's, each list is in scope, each threshold is the contract's (§7.7)."""

import pytest
from django.utils import timezone

from campaigns.tests.factories import at
from issues.actions import findings
from issues.gaps import GAPS
from issues.models import MeasureProblem
from issues.tests.factories import (
    CALENDAR,
    NOW,
    ON,
    S,
    client_of,
    make_city,
    make_demand,
    make_item,
    make_measure,
    make_problem,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return make_city()


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: at("2022-05-11", "09:30"))


def found(slug, posting) -> list:
    return list(GAPS[slug].ready(GAPS[slug].found(posting).distinct(), posting))


def test_more_than_a_tenth_not_exactly_a_tenth(city):
    make_item(city, S.ESCALATED)
    for n in range(9):
        make_problem(city, text=f"第{n}条。")
    assert found("escapes", city.shengaiban) == [], "1 of 10 is a tenth"
    make_item(city, S.RECTIFYING, kind="LASTING")
    (unit,) = found("escapes", city.shengaiban)
    assert (unit, unit.total, unit.escaped) == (city.yibao, 11, 2)


def test_problems_without_measure(city):
    bare = make_problem(city, text="没有措施。")
    make_measure(make_problem(city).item, city.yibao_reporter)
    make_item(city, S.REFUSED)
    assert found("unmeasured", city.yibao_head) == [bare]
    assert found("unmeasured", city.renshe_head) == []


def test_measures_without_problem(city):
    measure = make_measure(make_problem(city).item, city.yibao_reporter)
    make_measure(make_demand(city).item, city.yibao_reporter)
    assert found("unfounded", city.shengaiban) == []
    MeasureProblem.objects.filter(measure=measure).delete()
    assert found("unfounded", city.shengaiban) == [measure]


def test_demands_nobody_answered(city):
    make_demand(city)
    open_ = make_demand(city, is_accepted=None)
    assert found("unanswered", city.yibao_reporter) == [open_]


@pytest.mark.parametrize(("count", "is_gap"), [(10, False), (11, True)])
def test_one_measure_for_more_than_ten(city, count, is_gap):
    items = [make_problem(city, text=f"第{n}条。").item for n in range(count)]
    findings.write_measure(
        by=city.yibao_reporter,
        now=NOW,
        items=items,
        lead_unit=city.yibao,
        text="统一整改。",
        rectify_kind="DATED",
        due_on=ON.replace(month=6),
        calendar=CALENDAR,
    )
    assert bool(found("crowded", city.shengaiban)) is is_gap


def test_struck_off_and_never_walked_again(city):
    make_item(city, S.RECTIFYING)
    assert found("unwalked", city.shengaiban) == []
    item = make_item(city, S.CLOSED)
    assert found("unwalked", city.shengaiban) == [item.problem.measures.get()]


@pytest.mark.parametrize("slug", GAPS)
def test_the_count_is_the_lists(city, slug):
    make_item(city, S.ESCALATED)
    make_item(city, S.CLOSED)
    make_demand(city, is_accepted=None)
    make_problem(city)
    client = client_of(city.shengaiban)
    overview = client.get("/issues/gaps/")
    (count,) = [row["count"] for row in overview.context["rows"] if row["gap"].slug == slug]
    page = client.get(f"/issues/gaps/{slug}/").content.decode()
    assert f"共 {count} 条" in page


def test_an_unknown_gap(city):
    assert client_of(city.shengaiban).get("/issues/gaps/nothing/").status_code == 404
    assert client_of(city.yibao_walker).get("/issues/gaps/").status_code == 403
