"""Card, rows, list, workbook and document say one number; where one of them lies, it is named."""

import dataclasses
import json
from datetime import date

import pytest
from django.core.management import call_command
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from campaigns.ground.refusal import NotAllowed
from campaigns.ground.workdays import load_calendar
from issues.enums import LedgerState, RectifyKind
from reports import figure_rows, indicators, package, reconcile
from reports.package import build, papers
from reports.papers.document import Document, Table
from reports.papers.gbt9704 import to_docx
from reports.reconcile import disagreements
from reports.scope import Scope, unit_scope
from reports.tests.city import ON


def readings(city, posting=None, **changed) -> list:
    calendar = load_calendar()
    scope = Scope(posting or city.office, city.campaign, ON)
    handed = dataclasses.replace(papers(scope, calendar), **changed)
    return reconcile.reconcile(scope, calendar, handed)


def test_all_places_agree(stocked):
    found = readings(stocked)
    assert disagreements(found) == []
    rows = {each.figure.key: each.rows for each in found}
    assert (rows["problems"], rows["sessions"], rows["coverage"]) == (3, 2, 2)


@pytest.mark.parametrize("name", ["clerk", "other_clerk", "office"])
def test_they_agree_in_every_scope(stocked, name):
    assert disagreements(readings(stocked, getattr(stocked, name))) == []


def lying(monkeypatch, key: str, **changes) -> None:
    """One line of the table of figures is wrong."""
    told = tuple(
        dataclasses.replace(each, **changes) if each.key == key else each for each in indicators.INDICATORS
    )
    monkeypatch.setattr(reconcile, "INDICATORS", told)


def test_a_figure_that_counts_something_else_is_found_in_the_workbook(stocked, monkeypatch):
    lying(monkeypatch, "closure", numerator=lambda scope: scope.items())
    wrong = disagreements(readings(stocked))
    assert any(line.startswith("销号率：分子为") and "《整改台账》工作表为" in line for line in wrong)


def test_a_link_to_another_list_is_found(stocked, monkeypatch):
    lying(monkeypatch, "closure", query=(("state", "整改中"),))
    assert any("清单为" in line for line in disagreements(readings(stocked)))


def test_a_numerator_outside_its_denominator_is_found(stocked, monkeypatch):
    lying(monkeypatch, "quick", denominator=lambda scope: scope.items().none())
    stocked.item(stocked.problem(), LedgerState.CLOSED, rectify_kind=RectifyKind.QUICK)
    assert any("不在分母内" in line for line in disagreements(readings(stocked)))


def test_a_document_that_prints_another_number_is_found(stocked):
    table = Table(("指标", "数值", "分子/分母", "统计口径"), (("发现问题", "7", "—", "x"),))
    wrong = disagreements(readings(stocked, documents=(to_docx(Document(title="总结", blocks=(table,))),)))
    assert "发现问题：卡片为3（—），工作总结为7（—）" in wrong
    assert "收集需求：工作总结的指标表中没有这一项" in wrong


def test_a_report_that_prints_another_number_is_found(stocked):
    handed = papers(unit_scope(organization=stocked.root, campaign=stocked.campaign, on=ON), load_calendar())
    table = Table(("指标", "数值", "分子/分母"), (("销号率", "99.9%", "3/4"),))
    wrong = to_docx(Document(title="报告", blocks=(table,)))
    found = disagreements(readings(stocked, documents=(handed.documents[0], wrong)))
    assert found == ["销号率：卡片为25.0%（1/4），整改情况报告为99.9%（3/4）"]


def test_a_sum_of_the_statistics_that_lies_is_found(stocked, monkeypatch):
    lying(monkeypatch, "sessions", numerator=lambda scope: scope.sessions().filter(mode="SELF"))
    wrong = disagreements(readings(stocked))
    assert "走流程场次：分子为1，《按单位》工作表为2" in wrong
    assert "走流程场次：分子为1，《按事项》工作表为2" in wrong


def test_a_package_that_disagrees_is_not_built(stocked, monkeypatch):
    lying(monkeypatch, "closure", numerator=lambda scope: scope.items())
    given = {"organization": stocked.unit, "campaign": stocked.campaign, "on": ON}
    with pytest.raises(NotAllowed, match="指标核对不符"), build(**given, calendar=load_calendar()):
        pass


def test_the_command_tells_each_figure(stocked, capsys):
    call_command("check_figures", "--on", "2022-06-20", "--json")
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["mismatches"] == []
    problems = next(each for each in told["figures"] if each["key"] == "problems")
    assert problems == {
        "key": "problems",
        "label": "发现问题",
        "numerator": 3,
        "denominator": None,
        "rows": 3,
    }


def test_the_command_fails_on_a_mismatch(stocked, monkeypatch, capsys):
    lying(monkeypatch, "closure", numerator=lambda scope: scope.items())
    with pytest.raises(SystemExit) as left:
        call_command("check_figures", "--on", "2022-06-20", "--json")
    assert left.value.code == 1
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["mismatches"]


ITEMS = st.lists(
    st.tuples(
        st.sampled_from([state for state in LedgerState.values if state != LedgerState.MERGED]),
        st.sampled_from(RectifyKind.values),
        st.booleans(),  # applied for late
        st.dates(date(2022, 5, 25), date(2022, 7, 20)),
        st.booleans(),  # waived
        st.booleans(),  # of the other unit
    ),
    max_size=8,
)


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.generate],  # a smaller city is not worth minutes of shrinking
)
@given(items=ITEMS)
def test_a_random_city_agrees(stocked, items):
    """Whatever the ledger holds: no place ever says another number."""
    try:
        with transaction.atomic():
            for state, kind, late, due_on, waived, foreign in items:
                problem = stocked.problem(unit=stocked.other if foreign else stocked.unit)
                stocked.item(
                    problem,
                    state,
                    rectify_kind=_possible(state, kind),
                    was_late=late,
                    due_on=due_on,
                    waiver_reason="窗口已撤并" if waived else "",
                )
            for posting in (stocked.office, stocked.clerk):
                assert disagreements(readings(stocked, posting)) == []
            raise RollBack
    except RollBack:
        pass


def _possible(state: str, kind: str) -> str:
    """长期坚持 ends as 阶段性完成, never as 已销号; nothing else does (contract §7)."""
    if state == LedgerState.STAGED:
        return RectifyKind.LASTING
    return RectifyKind.DATED if (state, kind) == (LedgerState.CLOSED, RectifyKind.LASTING) else kind


class RollBack(Exception):
    """Leaves the city as it was for the next example."""


def test_the_example_city_agrees(example):
    campaign = package.Campaign.objects.get()
    calendar = load_calendar()
    for code in ("430400", "430481", "430400-031"):
        unit = package.Organization.objects.get(code=code)
        scope = unit_scope(organization=unit, campaign=campaign, on=ON)
        assert disagreements(reconcile.reconcile(scope, calendar, papers(scope, calendar))) == []


def test_every_figure_lists_its_rows(stocked, client):
    client.force_login(stocked.office.person.user)
    for key, indicator in figure_rows.BY_KEY.items():
        for part in ("分子", "分母") if indicator.denominator else ("分子",):
            answer = client.get(f"/reports/figures/{key}/", {"part": part})
            assert answer.status_code == 200
            scope = Scope(stocked.office, stocked.campaign, answer.context["on"])
            rows = figure_rows.counted(indicator, part, scope).count()
            assert f"共 {rows} 条" in answer.content.decode(), (key, part)


def test_an_unknown_figure_is_not_found(stocked, client):
    client.force_login(stocked.office.person.user)
    assert client.get("/reports/figures/nothing/").status_code == 404
