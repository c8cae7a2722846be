"""Which of the units' sheets is what, and which column says what (domain.md §1.2-1.5, contract §6).

Units keep their own order of columns and their own words; a heading not listed here is ignored.
"""

from enum import StrEnum

from campaigns.ground.sheets.read import Column, Sheet, header_key


class Form(StrEnum):
    """The tables units send in: the one-sheet variant, or one of the three lists."""

    ONE_SHEET = "one_sheet"
    PROBLEMS = "problems"
    DEMANDS = "demands"
    MEASURES = "measures"


_SERIAL = ("序号", "编号")
_UNIT = ("填报单位", "单位", "单位名称", "填报单位编码", "报送单位")
_WALKER = ("走流程领导姓名", "走流程领导", "体验人姓名", "体验人", "走流程人员", "姓名")
_DAY = ("走流程时间", "体验时间", "走流程日期", "体验日期", "发现日期", "发现时间")
_MATTER = ("事项名称", "体验事项", "涉及事项", "事项", "事项编码", "走流程事项")
_PROBLEM = ("发现的问题", "存在的问题", "存在问题", "问题描述", "问题")
_MEASURE = ("解决措施", "整改措施", "措施")
_RESPONSIBLE = ("责任单位", "责任单位编码", "牵头单位", "牵头单位编码")
_HELPERS = ("配合单位", "配合单位编码")
_NOTE = ("备注",)
_WALK_NUMBER = ("登记编号",)

_FINDING = {
    "serial": _SERIAL,
    "unit": _UNIT,
    "walker": _WALKER,
    "day": _DAY,
    "matter": _MATTER,
    "walk": _WALK_NUMBER,
    "note": _NOTE,
    "responsible": _RESPONSIBLE,
    "helpers": _HELPERS,
}
_PROBLEM_FACTS = {
    "problem_number": ("问题编号",),
    "problem": _PROBLEM,
    "step": ("问题出现环节", "问题环节", "环节"),
    "category": ("问题类别", "问题类别编码", "类别"),
    "cause": ("原因分析", "问题原因", "原因"),
    "problem_source": ("问题来源",),
    "kind": ("整改类型",),
    "state": ("状态", "是否销号", "办理结果", "整改状态"),
}
_MEASURE_FACTS = {
    "measure": _MEASURE,
    "kind": ("整改类型",),
    "due": ("整改时限", "完成时限", "整改期限", "建议时限"),
    "person": ("责任人",),
    "leader": ("责任领导", "责任领导姓名"),
    "note": _NOTE,
}
FIELDS: dict[Form, dict[str, tuple[str, ...]]] = {
    Form.ONE_SHEET: {
        **_FINDING,
        **_PROBLEM_FACTS,
        **_MEASURE_FACTS,
        "demand": ("需求", "具体需求", "群众需求", "企业群众需求"),
        "steps": ("整改步骤",),
    },
    Form.PROBLEMS: {
        **_FINDING,
        **_PROBLEM_FACTS,
        "due": ("整改时限", "建议时限", "整改期限"),
    },
    Form.DEMANDS: {
        **_FINDING,
        "demand_number": ("需求编号",),
        "party": ("需求提出方", "提出方"),
        "demand_source": ("需求来源",),
        "demand": ("具体需求", "需求", "需求内容"),
        "wish": ("期望效果",),
        "problems": ("对应问题序号", "对应问题编号", "对应问题"),
        "accepted": ("是否采纳",),
        "refusal": ("不采纳理由",),
        "due": ("办结时限", "整改时限"),
        "state": ("办理结果", "状态"),
    },
    Form.MEASURES: {
        "serial": _SERIAL,
        "unit": _UNIT,
        **_MEASURE_FACTS,
        "measure_number": ("措施编号",),
        "problems": ("对应问题序号", "对应问题编号", "对应问题"),
        "demands": ("对应需求序号", "对应需求编号", "对应需求"),
        "steps": ("整改步骤", "步骤"),
        "responsible": ("牵头单位", "牵头单位编码", "责任单位", "责任单位编码"),
        "helpers": _HELPERS,
        "institution": ("长效机制", "制度名称"),
        "institution_number": ("制度文号",),
    },
}
# What a row of the form must say at least one of: a row without is furniture (a foot, a note, a blank line).
BODY: dict[Form, tuple[str, ...]] = {
    Form.ONE_SHEET: ("problem", "demand", "measure"),
    Form.PROBLEMS: ("problem",),
    Form.DEMANDS: ("demand",),
    Form.MEASURES: ("measure",),
}
KNOWN = sorted({label for fields in FIELDS.values() for labels in fields.values() for label in labels})


def _keys(form: Form, field: str) -> list[str]:
    return [header_key(label) for label in FIELDS[form][field]]


def form_of(sheet: Sheet) -> Form | None:
    """What the sheet is, by its headings; None for any other table."""
    keys = {column.key for column in sheet.columns}
    found = {name: bool(keys & set(_keys(Form.ONE_SHEET, name))) for name in ("problem", "demand", "measure")}
    if found["measure"] and (found["problem"] or found["demand"]):
        return Form.ONE_SHEET
    if found["measure"]:
        return Form.MEASURES
    if found["problem"] and keys & {header_key("需求"), header_key("具体需求")}:
        return Form.ONE_SHEET
    if found["problem"]:
        return Form.PROBLEMS
    return Form.DEMANDS if keys & set(_keys(Form.DEMANDS, "demand")) else None


def columns_of(sheet: Sheet, form: Form) -> dict[str, Column]:
    """Field → the sheet's column: the first label of the list that is there."""
    by_key = {}
    for column in sheet.columns:
        by_key.setdefault(column.key, column)
    found: dict[str, Column] = {}
    taken: set[int] = set()
    for field in FIELDS[form]:
        column = next((by_key[key] for key in _keys(form, field) if key in by_key), None)
        if column is not None and column.place not in taken:
            found[field] = column
            taken.add(column.place)
    return found
