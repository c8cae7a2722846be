"""measures: what will be done, with its dated steps on a second sheet (contract §6; domain.md §1.4)."""

from collections import defaultdict
from datetime import date

from campaigns.ground.sheets.values import as_code, same_name
from campaigns.models import Person
from campaigns.resources.shape import Directory, Draft, PartResource, SheetField
from campaigns.resources.widgets import (
    Choice,
    Choices,
    Day,
    Money,
    Name,
    Number,
    Reference,
    References,
    Text,
    Whole,
)
from issues.enums import LedgerState, ListKind, RectifyKind, ResultKind
from issues.models import LedgerItem, Measure, MeasureDemand, MeasureProblem, MeasureStep
from issues.resources.registers import OPEN_STATES, RegisterResource, codes_by

PAIRS = (("steps", "环节"), ("documents", "材料"), ("days", "时限"), ("trips", "跑动"), ("fee", "费用"))
# A measure may still be added while its item is being planned or mended, not once it has been applied for.
_MAY_ADD = (*OPEN_STATES, LedgerState.RECTIFYING)


class MeasureStepPart(PartResource):
    """One row a dated step of a measure (四: 明确整改时限和步骤)."""

    name, owner, sheet = "plan_steps", "measure_id", "步骤"
    keys = ("record", "sequence")

    record = SheetField("措施编号", Number(60), required=True, width=26, example="CS-2022-430400-999-0001")
    sequence = SheetField("序号", Whole(), "sequence", required=True, width=8, example="1")
    text = SheetField("步骤", Text(500), "text", required=True, width=50, example="修改办事指南")
    person_text = SheetField("责任人", Name(50), "person_text")
    due_on = SheetField("完成时限", Day(), "due_on", required=True, example="2022-06-10")

    class Meta:
        model = MeasureStep
        fields = ("record", "sequence", "text", "person_text", "due_on")


def _pair(name: str, label: str) -> tuple[SheetField, SheetField]:
    widget = Money if name == "fee" else Whole
    return (
        SheetField(f"{label}前", widget(), f"{name}_before", width=10),
        SheetField(f"{label}后", widget(), f"{name}_after", width=10),
    )


class MeasureResource(RegisterResource):
    """One row a measure; it may answer several problems and demands."""

    kind, title, sheet = ListKind.MEASURES.value, str(ListKind.MEASURES.label), "措施"
    order_by, keys = ("number",), ("number",)
    parts = (MeasureStepPart,)

    number = SheetField(
        "措施编号", Number(60), "number", required=True, width=26, example="CS-2022-430400-999-0001"
    )
    reporting_unit = SheetField(
        "填报单位编码",
        Reference("organization"),
        "reporting_unit__code",
        required=True,
        width=18,
        example="430400-999",
        note="填编码或单位全称。",
    )
    problems = SheetField("对应问题编号", References("problem"), width=26, note="可填多个，用顿号隔开。")
    demands = SheetField("对应需求编号", References("demand"), width=26, note="可填多个，用顿号隔开。")
    text = SheetField(
        "解决措施", Text(2000), "text", required=True, width=50, example="复印件由窗口调取，不再向群众索要。"
    )
    rectify_kind = SheetField(
        "整改类型", Choice(RectifyKind), "rectify_kind", required=True, example="限期整改"
    )
    lead_unit = SheetField(
        "牵头单位编码",
        Reference("organization"),
        "lead_unit__code",
        required=True,
        width=18,
        example="430400-999",
    )
    helper_units = SheetField(
        "配合单位编码", References("organization"), width=18, note="可填多个，用顿号隔开。"
    )
    leader = SheetField("责任领导", Name(50), "leader", example="张某某")
    responsible = SheetField(
        "责任人", Name(50), width=16, note="填人员编号，或牵头单位里不重名的姓名；其他人照写姓名。"
    )
    due_on = SheetField("整改时限", Day(), "due_on", example="2022-06-20", note="限期整改必填。")
    steps_before, steps_after = _pair("steps", "环节")
    documents_before, documents_after = _pair("documents", "材料")
    days_before, days_after = _pair("days", "时限")
    trips_before, trips_after = _pair("trips", "跑动")
    fee_before, fee_after = _pair("fee", "费用")
    result_kinds = SheetField(
        "成果类型",
        Choices(ResultKind),
        "result_kinds",
        width=18,
        example="减材料",
        note="可填多个，用顿号隔开：" + "、".join(ResultKind.labels),
    )
    institution = SheetField("制度名称", Text(200), "institution", width=24)
    institution_number = SheetField("制度文号", Text(100), "institution_number", width=20)
    note = SheetField("备注", Text(500), "note", width=20)

    class Meta:
        model = Measure
        import_id_fields = ("number",)
        fields = (
            "number",
            "reporting_unit",
            "problems",
            "demands",
            "text",
            "rectify_kind",
            "lead_unit",
            "helper_units",
            "leader",
            "responsible",
            "due_on",
            *(f"{name}_{when}" for name, _ in PAIRS for when in ("before", "after")),
            "result_kinds",
            "institution",
            "institution_number",
            "note",
        )
        skip_unchanged = True
        use_transactions = True
        clean_model_instances = True

    def lists_of(self, pks):
        lists = {
            "problems": codes_by(MeasureProblem, "measure_id", "problem__number", pks),
            "demands": codes_by(MeasureDemand, "measure_id", "demand__number", pks),
            "helper_units": codes_by(Measure.helper_units.through, "measure_id", "organization__code", pks),
            **{part.name: part().rows_of(pks) for part in self.parts},
        }
        return lists

    def stored_rows(self, keys=None):
        """With 责任人 as one word: the code of the person, else the name as it was written."""
        rows = list(super().stored_rows(keys))
        told = Measure.objects.filter(pk__in=[row["pk"] for row in rows])
        people = {
            pk: code or text for pk, code, text in told.values_list("pk", "person__code", "person_text")
        }
        for row in rows:
            yield {**row, "responsible": people[row["pk"]]}

    def _states(self, pks: list[int]) -> dict[int, str]:
        """A measure stands where the farthest of its items stands; that is looked at in check_all."""
        return {}

    def check(self, draft: Draft) -> None:
        if not draft.is_changed:
            return
        values = draft.values
        if values["rectify_kind"] == RectifyKind.DATED and not values["due_on"]:
            draft.fault("due_on", "限期整改要填写整改时限。")
        for name, label in PAIRS:
            before, after = values[f"{name}_before"], values[f"{name}_after"]
            if before is not None and after is not None and after > before and not values["note"]:
                draft.fault(f"{name}_after", f"{label}后比{label}前大，请在备注中说明原因。")
        for row in draft.parts.get(MeasureStepPart.name, ()):
            if not row.faults and values["due_on"] and row.values["due_on"] > values["due_on"]:
                row.fault("due_on", "步骤的完成时限不能晚于整改时限。")

    def check_all(self, drafts: list[Draft], directory: Directory) -> None:
        fresh = [draft for draft in drafts if not draft.faults and draft.is_changed]
        if not fresh:
            return
        _name_people(fresh)
        items = _Items()
        for draft in fresh:
            if draft.is_changed:
                items.check(draft)


def _name_people(drafts: list[Draft]) -> None:
    """责任人: a code, or a name only one person of 牵头单位 has, becomes the code; anything else stays a name."""
    by_code, by_name = set(), defaultdict(list)
    for code, name, unit in Person.objects.values_list("code", "name", "organization__code").order_by():
        by_code.add(code)
        by_name[unit, same_name(name)].append(code)
    for draft in drafts:
        said = draft.values["responsible"]
        if not said or not draft.changes("responsible"):
            continue
        found = by_name.get((draft.values["lead_unit"], same_name(said)), [])
        if as_code(said) in by_code:
            draft.values["responsible"] = as_code(said)
        elif len(found) == 1:
            draft.values["responsible"] = found[0]


class _Items:
    """States and days of all ledger items, by the number of their problem or demand. Two queries."""

    def __init__(self) -> None:
        items = LedgerItem.objects.order_by()
        self._of: dict[tuple[str, str], tuple[str, str, date]] = {}
        for name in ("problem", "demand"):
            rows = items.filter(**{f"{name}__isnull": False})
            for key, number, state, found_on in rows.values_list(
                f"{name}__number", "number", "state", "found_on"
            ):
                self._of[name, key] = (number, state, found_on)

    def check(self, draft: Draft) -> None:
        """A new measure joins items still open to it; a stored one changes only until it is signed."""
        values, stored = draft.values, draft.stored
        for name in ("problem", "demand"):
            for key in dict.fromkeys([*values[f"{name}s"], *((stored or {}).get(f"{name}s") or ())]):
                found = self._of.get((name, key))
                if found is None:
                    continue
                number, state, found_on = found
                if state not in (OPEN_STATES if stored else _MAY_ADD):
                    label = LedgerState(state).label
                    what = "修改" if stored else "增加措施"
                    draft.fault(f"{name}s", f"{key}在台账上已是“{label}”，不能由表格{what}。")
                elif values["due_on"] and values["due_on"] < found_on and draft.changes("due_on"):
                    draft.fault("due_on", "整改时限不能早于发现日期。")
