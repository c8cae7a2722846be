"""Workbooks as units really send them in, built and not kept: the one-sheet variant and the three lists (domain.md §1)."""

import io
from typing import Any

from openpyxl import Workbook

ONE_SHEET = (
    "序号",
    "单位",
    "走流程领导姓名",
    "职务",
    "走流程时间",
    "走流程形式",
    "事项名称",
    "发现的问题",
    "需求",
    "解决措施",
    "整改时限",
    "责任单位",
    "责任人",
    "整改情况",
    "是否销号",
    "备注",
)
PROBLEMS = (
    "序号",
    "填报单位",
    "走流程领导(姓名、职务)",
    "体验时间",
    "体验形式",
    "办理渠道",
    "体验事项(名称/编码)",
    "问题出现环节",
    "问题类别(四大类/小类)",
    "发现的问题(具体表现)",
    "原因分析(“堵”的原因)",
    "问题来源",
    "责任单位",
    "配合单位",
    "整改类型",
    "整改时限",
    "状态",
    "备注",
)
DEMANDS = (
    "序号",
    "填报单位",
    "需求提出方",
    "需求来源",
    "涉及事项",
    "具体需求",
    "期望效果",
    "对应问题序号",
    "是否采纳",
    "不采纳理由",
    "责任单位",
    "办结时限",
    "办理结果",
    "备注",
)
MEASURES = (
    "序号",
    "填报单位",
    "对应问题序号",
    "对应需求序号",
    "解决措施",
    "整改类型",
    "整改步骤",
    "牵头单位",
    "配合单位",
    "责任领导",
    "责任人",
    "整改时限",
    "整改进展",
    "长效机制(制度名称/文号)",
    "备注",
)
FOOT = ["单位主要负责人（签字）："]


def one_row(**changes: Any) -> dict[str, Any]:
    """A row of the one-sheet variant that leaves no doubt."""
    return {
        "序号": 1,
        "单位": "市医保局",
        "走流程时间": "2022-05-09",
        "走流程形式": "亲身办",
        "事项名称": "异地就医备案",
        "发现的问题": "窗口叫号系统午间停摆，群众排队超过一小时。",
        "解决措施": "午间安排专人值守叫号系统。",
        "整改时限": "2022-06-10",
        "责任单位": "市医保局",
        "责任人": "周某",
        "是否销号": "否",
    } | changes


def problem_row(**changes: Any) -> dict[str, Any]:
    return {
        "序号": 1,
        "填报单位": "市医保局",
        "体验时间": "2022年5月9日",
        "体验形式": "亲身办",
        "体验事项(名称/编码)": "异地就医备案/YB-0001",
        "问题出现环节": "受理",
        "问题类别(四大类/小类)": "办事流程/所需材料过多或要求不清",
        "发现的问题(具体表现)": "窗口要求另交一份居住证复印件。",
        "原因分析(“堵”的原因)": "指南没有更新。",
        "问题来源": "走流程",
        "责任单位": "市医保局",
        "整改类型": "限期整改",
        "整改时限": "2022-06-10",
    } | changes


def demand_row(**changes: Any) -> dict[str, Any]:
    return {
        "序号": 1,
        "填报单位": "市医保局",
        "需求提出方": "群众",
        "需求来源": "走流程",
        "涉及事项": "异地就医备案",
        "具体需求": "希望备案进度能在手机上看到。",
        "对应问题序号": 1,
        "是否采纳": "是",
        "责任单位": "市医保局",
        "办结时限": "2022.6.20",
    } | changes


def measure_row(**changes: Any) -> dict[str, Any]:
    return {
        "序号": 1,
        "填报单位": "市医保局",
        "对应问题序号": 1,
        "解决措施": "居住证复印件由窗口调取，不再向群众索要。",
        "整改类型": "限期整改",
        "整改步骤": "1.修改办事指南（2022-05-30）\n2.培训窗口人员（2022-06-08）",
        "牵头单位": "市医保局",
        "责任人": "周某",
        "整改时限": "2022-06-10",
    } | changes


def sheet(
    labels: tuple[str, ...],
    *rows: dict[str, Any],
    title: str = "",
    unit: str = "",
    foot: bool = True,
    reverse: bool = False,
    name: str = "Sheet1",
    merge: tuple[str, ...] = (),
) -> dict[str, Any]:
    """What `book` writes as one sheet: furniture above and below, columns in any order."""
    order = tuple(reversed(labels)) if reverse else labels
    above = [[title]] if title else []
    if unit:
        above.append([f"填报单位（盖章）：{unit}        填报人：            填报日期：2022年5月30日"])
    body = [[row.get(label) for label in order] for row in rows]
    below = [[], FOOT] if foot else []
    return {"name": name, "rows": [*above, list(order), *body, *below], "merge": merge, "above": len(above)}


def book(*sheets: dict[str, Any]) -> bytes:
    workbook = Workbook()
    workbook.remove(workbook.active)
    for one in sheets:
        page = workbook.create_sheet(one["name"])
        for row in one["rows"]:
            page.append(row)
        for row in range(1, one["above"] + 1):
            page.merge_cells(
                start_row=row, end_row=row, start_column=1, end_column=len(one["rows"][one["above"]])
            )
        for edges in one["merge"]:
            page.merge_cells(edges)
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


def one_sheet(*rows: dict[str, Any], **options: Any) -> bytes:
    """The one-sheet variant with its furniture."""
    given = {
        "title": "市医保局“走流程、解难题、优服务”行动问题清单、需求清单和解决措施清单",
        "unit": "市医保局",
    }
    return book(sheet(ONE_SHEET, *(rows or (one_row(),)), **{**given, **options}))


def three_lists(
    problems: tuple = (problem_row(),),
    demands: tuple = (demand_row(),),
    measures: tuple = (measure_row(),),
    **options: Any,
) -> bytes:
    """The three lists as issued, a sheet each."""
    unit = options.pop("unit", "衡阳市医疗保障局")
    given = {"unit": unit, **options}
    return book(
        sheet(
            PROBLEMS, *problems, name="问题清单", title=f"{unit}“走流程、解难题、优服务”行动问题清单", **given
        ),
        sheet(
            DEMANDS, *demands, name="需求清单", title=f"{unit}“走流程、解难题、优服务”行动需求清单", **given
        ),
        sheet(
            MEASURES,
            *measures,
            name="解决措施清单",
            title=f"{unit}“走流程、解难题、优服务”行动解决措施清单",
            **given,
        ),
    )
