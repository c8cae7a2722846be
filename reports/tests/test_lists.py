"""The columns of the three lists and the one-sheet variant: domain.md §1.2–1.5, and what stands in the cells."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from issues.enums import LedgerState, MoveName
from issues.lists import (
    DEMANDS,
    MEASURES,
    ONE_SHEET,
    PROBLEMS,
    demand_rows,
    measure_rows,
    one_sheet_rows,
    problem_rows,
)
from issues.models import Demand, LedgerItem, Measure, Problem
from reports.workbooks import in_sheet

OFFICIAL = {
    "problems": (
        PROBLEMS,
        "序号 填报单位 体验人(姓名、职务) 体验时间 体验形式 办理渠道 体验事项(名称/编码) 问题出现环节 "
        "问题类别(四大类/小类) 发现的问题(具体表现) 原因分析(“堵”的原因) 问题来源 责任单位 配合单位 整改类型 整改时限 状态 备注",
    ),
    "demands": (
        DEMANDS,
        "序号 填报单位 需求提出方 需求来源 涉及事项 具体需求 期望效果 对应问题序号 是否采纳 不采纳理由 责任单位 办结时限 "
        "办理结果 备注",
    ),
    "measures": (
        MEASURES,
        "序号 填报单位 对应问题序号 对应需求序号 解决措施 整改类型 整改步骤 牵头单位 配合单位 责任领导 责任人 整改时限 整改进展 "
        "完成时间 整改成效(五减:前→后) 长效机制(制度名称/文号) 佐证材料 销号情况(申请/审核/销号日期) 备注",
    ),
    "one sheet": (
        ONE_SHEET,
        "序号 单位 体验人姓名 职务 走流程时间 走流程形式 事项名称 发现的问题 需求 解决措施 整改时限 责任单位 责任人 "
        "整改情况 是否销号 备注",
    ),
}
OWN_NUMBERS = {"问题编号", "需求编号", "措施编号"}


@pytest.mark.parametrize("name", OFFICIAL)
def test_columns_are_the_official_ones_in_their_order(name):
    columns, official = OFFICIAL[name]
    labels = [column.label for column in in_sheet(columns) if column.label not in OWN_NUMBERS]
    assert labels == official.split()


def cells(columns, row) -> dict:
    return {column.label: column.value(row) for column in in_sheet(columns)}


def test_a_problem_as_people_read_it(stocked):
    row = cells(PROBLEMS, problem_rows(Problem.objects.filter(session__isnull=False)).get())
    assert row["体验人(姓名、职务)"] == "张n某(市医保局主要负责人)"
    assert (row["体验形式"], row["办理渠道"]) == ("亲身办", "线下窗口")
    assert row["问题类别(四大类/小类)"] == "办事流程/所需材料过多或要求不清"
    assert (row["状态"], row["整改类型"]) == ("已销号", "限期整改")


def test_a_demand_not_accepted_says_so(city):
    city.demand(is_accepted=False, refusal_reason="已有同类渠道")
    city.demand()
    outcomes = [cells(DEMANDS, row)["办理结果"] for row in demand_rows(Demand.objects.all())]
    assert outcomes == ["不采纳", "待研究"]


def test_a_measure_tells_how_far_it_is(city):
    done, open_ = city.problem(), city.problem()
    city.item(done, LedgerState.CLOSED)
    going = city.item(open_)
    city.history(going, MoveName.PROGRESS, LedgerState.RECTIFYING, note="已完成指南修订")
    measure = city.measure(done, open_, fee_before="20.00", fee_after="0.00")
    row = cells(MEASURES, measure_rows(Measure.objects.filter(pk=measure.pk)).get())
    assert row["整改进展"] == "已销号\n整改中：已完成指南修订"
    assert row["完成时间"] is None
    assert row["整改成效(五减:前→后)"] == "费用20→0元"
    assert row["销号情况(申请/审核/销号日期)"] == "申请2022-06-01、审核2022-06-02、销号2022-06-06"
    assert row["整改步骤"] == "1.梳理材料（2022-06-01）"


def test_one_sheet_has_a_row_per_ledger_item(stocked):
    rows = [cells(ONE_SHEET, row) for row in one_sheet_rows(LedgerItem.objects.all())]
    closed = next(row for row in rows if row["是否销号"] == "是")
    assert (closed["体验人姓名"], closed["解决措施"]) == ("张n某", "修订办事指南，材料由六份减为四份")
    assert closed["需求"] == "希望开通网上备案"
    demand = next(row for row in rows if not row["发现的问题"])
    assert demand["需求"] == "希望开通网上备案"
    assert len(rows) == 4


@pytest.mark.parametrize(
    ("columns", "loader", "model"),
    [
        (PROBLEMS, problem_rows, Problem),
        (DEMANDS, demand_rows, Demand),
        (MEASURES, measure_rows, Measure),
        (ONE_SHEET, one_sheet_rows, LedgerItem),
    ],
)
def test_queries_do_not_grow_with_rows(stocked, columns, loader, model):
    def read() -> int:
        with CaptureQueriesContext(connection) as queries:
            for row in loader(model.objects.all()):
                cells(columns, row)
        return len(queries)

    few = read()
    for _ in range(5):
        problem = stocked.problem(session=stocked.walk())
        demand = stocked.demand(is_accepted=True, responsible_unit=stocked.unit, problem=problem)
        stocked.item(problem, LedgerState.CLOSED)
        stocked.item(demand)
        stocked.measure(problem, demand)
    assert read() == few
