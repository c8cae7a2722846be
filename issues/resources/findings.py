"""problems and demands: what was found and what was asked for (contract §6, §7.1)."""

from campaigns.enums import OrganizationKind, StepKind
from campaigns.ground.clock import day_of
from campaigns.models import Organization
from campaigns.resources.shape import Directory, Draft, SheetField
from campaigns.resources.widgets import (
    Choice,
    Day,
    Number,
    Reference,
    References,
    SheetWidget,
    Text,
    YesNo,
)
from issues.enums import DemandParty, ListKind, ProblemSource, RectifyKind
from issues.models import Demand, Problem
from issues.resources.registers import RegisterResource, codes_by

_UNIT_NOTE = "填编码或单位全称。"


class Undecided(YesNo):
    """是/否 that may still be open: a blank is 待研究."""

    blank = None

    def cell(self, value) -> str:
        return "" if value is None else super().cell(value)


def _unit(label: str, path: str, *, required: bool = False, example: str = "") -> SheetField:
    return SheetField(
        label,
        Reference("organization"),
        path,
        required=required,
        width=18,
        example=example,
        note=_UNIT_NOTE,
    )


def _units(label: str) -> SheetField:
    return SheetField(
        label, References("organization"), width=18, note="填编码或单位全称，可填多个，用顿号隔开。"
    )


def _number(
    label: str, widget: SheetWidget, path: str, example: str, *, required: bool = False
) -> SheetField:
    return SheetField(label, widget, path, required=required, width=26, example=example)


class ProblemResource(RegisterResource):
    """One row a problem. A new one goes on the ledger: of one's own unit to 待定措施, of another's to 待转办."""

    kind, title, sheet = ListKind.PROBLEMS.value, str(ListKind.PROBLEMS.label), "问题清单"
    order_by, keys, finding = ("number",), ("number",), "problem"
    fixed = ("reporting_unit", "responsible_unit", "proposed_kind")

    number = _number("问题编号", Number(60), "number", "WT-2022-430400-999-0001", required=True)
    session = _number("登记编号", Reference("session"), "session__number", "DJ-2022-430400-999-0001")
    reporting_unit = _unit("填报单位编码", "reporting_unit__code", required=True, example="430400-999")
    matter = SheetField(
        "事项编码",
        Reference("matter"),
        "matter__code",
        width=20,
        example="4304-SX-9999",
        note="填编码或事项全称。办事流程类（A）、线上线下类（C）必填。",
    )
    step = SheetField("问题环节", Choice(StepKind), "step", example="受理")
    category = SheetField(
        "问题类别编码", Reference("category"), "category__code", required=True, example="A01"
    )
    text = SheetField(
        "发现的问题", Text(2000), "text", required=True, width=50, example="窗口多要一份复印件。"
    )
    cause = SheetField(
        "原因分析", Text(2000), "cause", width=40, example="指南没有更新。", note="限期整改必填。"
    )
    source = SheetField("问题来源", Choice(ProblemSource), "source", required=True, example="走流程")
    responsible_unit = _unit("责任单位编码", "responsible_unit__code", required=True, example="430400-999")
    helper_units = _units("配合单位编码")
    proposed_kind = SheetField("整改类型", Choice(RectifyKind), "proposed_kind", example="限期整改")
    proposed_due_on = SheetField("建议时限", Day(), "proposed_due_on", example="2022-06-20")
    found_on = SheetField("发现日期", Day(), "found_on", required=True, example="2022-05-20")
    note = SheetField("备注", Text(500), "note", width=20)

    class Meta:
        model = Problem
        import_id_fields = ("number",)
        fields = (
            "number",
            "session",
            "reporting_unit",
            "matter",
            "step",
            "category",
            "text",
            "cause",
            "source",
            "responsible_unit",
            "helper_units",
            "proposed_kind",
            "proposed_due_on",
            "found_on",
            "note",
        )
        skip_unchanged = True
        use_transactions = True
        clean_model_instances = True

    def lists_of(self, pks):
        return {
            "helper_units": codes_by(Problem.helper_units.through, "problem_id", "organization__code", pks)
        }

    def check(self, draft: Draft) -> None:
        if not draft.is_changed:
            return
        values, now = draft.values, self.scene.now
        if values["category"][:1] in ("A", "C") and not values["matter"]:
            draft.fault("matter", "办事流程类和线上线下类问题要填写事项编码。")
        if values["proposed_kind"] == RectifyKind.DATED and not values["cause"]:
            draft.fault("cause", "限期整改的问题要填写原因分析。")
        if values["proposed_due_on"] and values["proposed_due_on"] < values["found_on"]:
            draft.fault("proposed_due_on", "建议时限不能早于发现日期。")
        if now and draft.changes("found_on") and values["found_on"] > day_of(now):
            draft.fault("found_on", "发现日期不能晚于今天。")
        self.check_open(draft)

    def check_all(self, drafts: list[Draft], directory: Directory) -> None:
        refuse_superiors(drafts)


class DemandResource(RegisterResource):
    """One row a demand. An accepted one goes on the ledger; one without a decision waits for it."""

    kind, title, sheet = ListKind.DEMANDS.value, str(ListKind.DEMANDS.label), "需求清单"
    order_by, keys, finding = ("number",), ("number",), "demand"
    fixed = ("reporting_unit", "responsible_unit", "is_accepted")

    number = _number("需求编号", Number(60), "number", "XQ-2022-430400-999-0001", required=True)
    session = _number("登记编号", Reference("session"), "session__number", "DJ-2022-430400-999-0001")
    reporting_unit = _unit("填报单位编码", "reporting_unit__code", required=True, example="430400-999")
    party = SheetField("需求提出方", Choice(DemandParty), "party", required=True, example="群众")
    source = SheetField("需求来源", Text(50), "source", required=True, example="走流程")
    matter = SheetField("事项编码", Reference("matter"), "matter__code", width=20, example="4304-SX-9999")
    text = SheetField(
        "具体需求", Text(2000), "text", required=True, width=50, example="希望能在网上查询办理进度。"
    )
    wish = SheetField("期望效果", Text(1000), "wish", width=40)
    problem = _number("对应问题编号", Reference("problem"), "problem__number", "")
    is_accepted = SheetField(
        "是否采纳", Undecided(), "is_accepted", note="留空表示还没有研究决定；采纳的进入整改台账。"
    )
    refusal_reason = SheetField("不采纳理由", Text(500), "refusal_reason", width=30, note="不采纳的必填。")
    responsible_unit = _unit("责任单位编码", "responsible_unit__code")
    due_on = SheetField("办结时限", Day(), "due_on", example="2022-06-20")
    note = SheetField("备注", Text(500), "note", width=20)

    class Meta:
        model = Demand
        import_id_fields = ("number",)
        fields = (
            "number",
            "session",
            "reporting_unit",
            "party",
            "source",
            "matter",
            "text",
            "wish",
            "problem",
            "is_accepted",
            "refusal_reason",
            "responsible_unit",
            "due_on",
            "note",
        )
        skip_unchanged = True
        use_transactions = True
        clean_model_instances = True

    def lists_of(self, pks):
        return {}

    def check(self, draft: Draft) -> None:
        if not draft.is_changed:
            return
        values, stored = draft.values, draft.stored
        if values["is_accepted"] is False and not values["refusal_reason"]:
            draft.fault("refusal_reason", "不采纳的需求要写明理由。")
        if values["is_accepted"] and not values["responsible_unit"]:
            draft.fault("responsible_unit", "采纳的需求要填写责任单位编码。")
        if stored and stored["is_accepted"] is False and draft.changes("is_accepted"):
            draft.fault("is_accepted", f"{values['number']}已经不予采纳，不能由表格再改。")
        self.check_open(draft)

    def check_all(self, drafts: list[Draft], directory: Directory) -> None:
        refuse_superiors(drafts)


def refuse_superiors(drafts: list[Draft]) -> None:
    """上级单位 aren't chased: the local counterpart is responsible and asks upwards (contract §7.7)."""
    superiors = set(
        Organization.objects.filter(kind=OrganizationKind.SUPERIOR).values_list("code", flat=True).order_by()
    )
    for draft in drafts:
        if draft.values.get("responsible_unit") in superiors and draft.changes("responsible_unit"):
            draft.fault("responsible_unit", "上级单位不作责任单位，请填写本地对口单位，由它提请上级协调。")
