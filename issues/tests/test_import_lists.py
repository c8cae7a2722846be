"""problems, demands and measures as workbooks: in, onto the ledger, out, and in again unchanged (contract §6, §7.1)."""

from datetime import date

import pytest

from campaigns.enums import OrganizationKind, Role
from campaigns.ground.numbering import take_number
from campaigns.tests.book_builders import book_bytes
from campaigns.tests.factories import (
    at,
    make_campaign,
    make_matter,
    make_person,
    make_posting,
    make_session,
    make_unit,
)
from campaigns.tests.importing import counts, exported, faults, sheet, table
from campaigns.tests.importing import load as load_any
from issues.actions.imports import IMPORTERS
from issues.models import Demand, LedgerEntry, LedgerItem, Measure, MeasureStep, Problem

pytestmark = pytest.mark.django_db
WT, XQ, CS = "WT-2022-031-0007", "XQ-2022-031-0003", "CS-2022-031-0002"


def load(kind, content, mode="stop", **options):
    return load_any(kind, content, mode, importers=IMPORTERS, **options)


@pytest.fixture
def city():
    return make_unit("430400", name="衡阳市人民政府", short_name="市政府")


@pytest.fixture
def bureau(city):
    return make_unit("031", city, name="市医保局")


@pytest.fixture
def other(city):
    return make_unit("032", city, name="市人社局")


@pytest.fixture
def world(bureau, other):
    """An open campaign, one matter and one walk of the bureau."""
    campaign = make_campaign()
    matter = make_matter(bureau, "异地就医备案", "SX-1")
    make_session(campaign, bureau, number="DJ1", matter=matter)
    return campaign


def problem(**changes):
    row = {
        "问题编号": WT,
        "登记编号": "DJ1",
        "填报单位编码": "031",
        "事项编码": "SX-1",
        "问题环节": "受理",
        "问题类别编码": "A01",
        "发现的问题": "窗口多要一份复印件。",
        "原因分析": "指南没有更新。",
        "问题来源": "走流程",
        "责任单位编码": "031",
        "配合单位编码": "市人社局、430400",
        "整改类型": "限期整改",
        "建议时限": "2022-07-20",
        "发现日期": "2022-05-10",
        "备注": None,
    }
    return {**row, **changes}


def demand(**changes):
    row = {
        "需求编号": XQ,
        "登记编号": "DJ1",
        "填报单位编码": "031",
        "需求提出方": "群众",
        "需求来源": "走流程",
        "具体需求": "希望能在网上查询办理进度。",
        "对应问题编号": None,
        "是否采纳": None,
        "不采纳理由": None,
        "责任单位编码": None,
    }
    return {**row, **changes}


def measure(**changes):
    row = {
        "措施编号": CS,
        "填报单位编码": "031",
        "对应问题编号": WT,
        "对应需求编号": None,
        "解决措施": "复印件由窗口调取。",
        "整改类型": "限期整改",
        "牵头单位编码": "031",
        "配合单位编码": None,
        "责任人": "李某",
        "整改时限": "2022-07-15",
        "材料前": 6,
        "材料后": 5,
        "成果类型": "减材料、免证办",
        "备注": None,
    }
    return {**row, **changes}


def plan_step(**changes):
    return {
        "措施编号": CS,
        "序号": 1,
        "步骤": "修改指南",
        "责任人": "王某",
        "完成时限": "2022-07-01",
        **changes,
    }


# --- problems


def test_new_problems_go_on_the_ledger_with_their_numbers(world, bureau, other):
    run = load(
        "problems", table(problem(), problem(问题编号="WT-外-1", 责任单位编码="市人社局", 整改类型=None))
    )
    assert (faults(run), counts(run)) == ([], (2, 2, 0, 0, 0, 0))
    own, theirs = Problem.objects.get(number=WT), Problem.objects.get(number="WT-外-1")
    assert (own.item.state, theirs.item.state) == ("PLANNING", "UNASSIGNED")
    assert (own.item.rectify_kind, own.item.turn.is_open, own.item.found_on) == (
        "DATED",
        True,
        date(2022, 5, 10),
    )
    assert {unit.code for unit in own.item.helper_units.all()} == {"032", "430400"}
    assert (own.session.number, own.registered_by.username) == ("DJ1", "system")
    assert LedgerEntry.objects.filter(item=own.item).get().by_text == "系统"
    assert take_number("WT-2022-031") == "WT-2022-031-0008"


def test_a_quick_one_of_ones_own_unit_enters_the_short_lane(world, bureau):
    admin = make_posting(bureau, Role.ADMIN)
    load("problems", table(problem(整改类型="立行立改")), by=admin)
    item = LedgerItem.objects.get()
    assert (item.state, item.deadline.kind, item.turn) == ("PLANNING", "RECTIFY", None)
    assert "系统管理员" in LedgerEntry.objects.get().by_text


def test_refusals_of_problems(world, city):
    make_unit("430000", kind=OrganizationKind.SUPERIOR, name="省医保局")
    run = load(
        "problems",
        table(
            problem(事项编码=None),
            problem(问题编号="2", 原因分析=None),
            problem(问题编号="3", 建议时限="2022-05-09"),
            problem(问题编号="4", 登记编号="DJ9", 问题类别编码="Z9", 配合单位编码="没有"),
            problem(问题编号="5", 责任单位编码="省医保局"),
            problem(问题编号="6", 发现日期="2022-07-01"),
            problem(问题编号="7", 发现的问题=None, 问题来源="微博"),
            problem(问题编号="8", 问题类别编码="B01", 事项编码=None),
        ),
    )
    assert [cell for cell, _ in faults(run)] == ["D2", "H3", "M4", "B5", "F5", "K5", "J6", "N7", "G8", "I8"]
    assert Problem.objects.count() == 0


def test_words_of_an_open_problem_may_be_mended_and_the_ledgers_own_may_not(world):
    load("problems", table(problem()))
    mended = load(
        "problems",
        table(problem(发现的问题="多要两份。", 发现日期="2022-05-09", 配合单位编码="清空")),
        "update",
    )
    assert counts(mended) == (1, 0, 1, 0, 0, 0)
    item = LedgerItem.objects.get()
    assert (item.problem.text, item.found_on, item.helper_units.count()) == (
        "多要两份。",
        date(2022, 5, 9),
        0,
    )
    moved = load("problems", table(problem(责任单位编码="032", 发现日期="2022-05-09")), "update")
    assert "责任单位编码要在台账里办理" in faults(moved)[0][1]
    LedgerItem.objects.update(state="REFUSED")
    frozen = load("problems", table(problem(发现日期="2022-05-09")), "update")
    assert "“不予认定”" in faults(frozen)[0][1]
    content, number = exported("problems", IMPORTERS)
    assert counts(load("problems", content, "update")) == (number, 0, 0, number, 0, 0)


# --- demands


def test_demands_wait_or_go_on_the_ledger(world):
    load("problems", table(problem()))
    rows = [
        demand(),
        demand(需求编号="2", 是否采纳="是", 责任单位编码="032", 对应问题编号=WT, 登记编号=None),
        demand(需求编号="3", 是否采纳="否", 不采纳理由="超出职权"),
    ]
    run = load("demands", table(*rows))
    assert (faults(run), counts(run)) == ([], (3, 3, 0, 0, 0, 0))
    accepted = Demand.objects.get(number="2")
    assert (accepted.item.state, accepted.found_on) == ("UNASSIGNED", date(2022, 5, 10))
    assert Demand.objects.get(number=XQ).is_accepted is None
    assert LedgerItem.objects.filter(demand__isnull=False).count() == 1
    content, number = exported("demands", IMPORTERS)
    assert counts(load("demands", content, "update")) == (3, 0, 0, 3, 0, 0)
    decided = load("demands", table(demand(是否采纳="√", 责任单位编码="031")), "update")
    assert counts(decided) == (1, 0, 1, 0, 0, 0)
    assert Demand.objects.get(number=XQ).item.state == "PLANNING"
    again = load("demands", table(demand(是否采纳="否", 不采纳理由="又不采纳")), "update")
    assert "是否采纳要在台账里办理" in faults(again)[0][1]


def test_refusals_of_demands(world):
    run = load(
        "demands",
        table(
            demand(是否采纳="是"),
            demand(需求编号="2", 是否采纳="否"),
            demand(需求编号="3", 需求提出方="领导", 对应问题编号="WT9"),
        ),
    )
    assert [cell for cell, _ in faults(run)] == ["J2", "I3", "D4", "G4"]


# --- measures


def test_measures_with_their_steps(world, bureau, other):
    person = make_person(bureau, "李某", "P1")
    make_person(other, "李某", "P2")
    load("problems", table(problem(), problem(问题编号="WT2")))
    load("demands", table(demand(是否采纳="是", 责任单位编码="031")))
    content = book_bytes(
        sheet(
            "措施",
            measure(对应问题编号=f"{WT}，WT2", 对应需求编号=XQ, 配合单位编码="市人社局"),
            measure(措施编号="2", 责任人="外请专家", 对应问题编号=None),
        ),  # fmt: skip
        sheet("步骤", plan_step(), plan_step(序号=2, 步骤="培训窗口", 责任人=None)),
    )
    run = load("measures", content)
    assert (faults(run), counts(run)) == ([], (2, 2, 0, 0, 0, 0))
    made = Measure.objects.get(number=CS)
    assert (made.problems.count(), made.demands.count(), made.helper_units.get()) == (2, 1, other)
    assert (made.person, made.person_text, made.result_kinds) == (person, "", ["FEWER_DOCUMENTS", "NO_PROOF"])
    assert Measure.objects.get(number="2").person_text == "外请专家"
    assert list(MeasureStep.objects.values_list("sequence", "person_text")) == [(1, "王某"), (2, "")]
    assert {item.rectify_kind for item in LedgerItem.objects.all()} == {"DATED"}
    out, number = exported("measures", IMPORTERS)
    assert number == 2
    assert counts(load("measures", out, "update")) == (2, 0, 0, 2, 0, 0)
    changed = load(
        "measures", book_bytes(sheet("措施", measure(解决措施="改了")), sheet("步骤", plan_step())), "update"
    )
    assert (faults(changed), MeasureStep.objects.count()) == ([], 1)


def test_refusals_of_measures(world):
    load("problems", table(problem()))
    run = load(
        "measures",
        book_bytes(
            sheet(
                "措施",
                measure(整改时限=None),
                measure(措施编号="2", 材料后=7),
                measure(措施编号="3", 对应问题编号="WT9"),
                measure(措施编号="4", 整改时限="2022-05-09"),
                measure(措施编号="5"),
            ),
            sheet("步骤", plan_step(措施编号="5", 完成时限="2022-08-01"), plan_step(措施编号="9")),
        ),
    )
    assert [(error["sheet"], error["cell"]) for error in run.errors] == [
        ("措施", "J2"),
        ("措施", "L3"),
        ("措施", "C4"),
        ("措施", "J5"),
        ("步骤", "E2"),
        ("步骤", "A3"),
    ]
    assert Measure.objects.count() == 0


def test_signed_measures_are_frozen_and_closed_items_take_no_more(world):
    load("problems", table(problem()))
    load("measures", table(measure()))
    LedgerItem.objects.update(state="UNSIGNED")
    assert (
        "“待审签”，不能由表格修改" in faults(load("measures", table(measure(解决措施="改")), "update"))[0][1]
    )
    assert counts(load("measures", table(measure()), "update")) == (1, 0, 0, 1, 0, 0)
    LedgerItem.objects.update(state="REFUSED")
    assert "不能由表格增加措施" in faults(load("measures", table(measure(措施编号="2"))))[0][1]


def test_a_hundred_problems_at_once(world):
    rows = [
        problem(问题编号=f"WT-2022-031-{n:04d}", 责任单位编码="032" if n % 2 else "031")
        for n in range(1, 101)
    ]
    run = load("problems", table(*rows), now=at("2022-06-20"))
    assert counts(run) == (100, 100, 0, 0, 0, 0)
    assert LedgerItem.objects.count() == 100
    assert len(set(LedgerItem.objects.values_list("number", flat=True))) == 100
