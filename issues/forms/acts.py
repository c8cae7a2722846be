"""The small forms behind the buttons of a ledger item: one a move or request. `arguments()` is what the action takes."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from campaigns.models import Person, Posting, WalkSession
from campaigns.querysets import in_reach
from issues.forms.fields import (
    FILES_HELP,
    FilesField,
    UnitField,
    UnitsField,
    YesNoField,
    assignable_units,
    day_field,
    long_text,
)
from issues.models import LedgerItem


class ActForm(forms.Form):
    """Knows the item, who asks and the day; ids carry the act's name, since a page shows several forms."""

    def __init__(self, data=None, files=None, *, item: LedgerItem, posting: Posting, on: date, slug: str):
        self.item, self.posting, self.on = item, posting, on
        super().__init__(data, files, auto_id=f"{slug}_%s")
        self.prepare()

    def prepare(self) -> None:
        """Set choices and first values that depend on the item."""

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class NoteForm(ActForm):
    note = long_text("说明", rows=2, required=False, max_length=2000, help_text="可以不填。")


class ReasonForm(ActForm):
    note = long_text("理由", rows=3, max_length=2000)


class ProgressForm(ActForm):
    note = long_text("工作进展", rows=3, max_length=2000)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def prepare(self) -> None:
        self.fields["seen"].initial = getattr(self.item, "seen", None)


class AssignForm(ActForm):
    responsible_unit = UnitField(label="转办给（主办）", queryset=None, empty_label=None)
    helper_units = UnitsField(label="配合单位（协办）", max_length=500)
    note = long_text("转办意见", rows=2, required=False, max_length=2000, help_text="可以不填。")

    def prepare(self) -> None:
        field = self.fields["responsible_unit"]
        field.queryset = assignable_units().filter(in_reach(self.posting))
        field.initial = self.item.responsible_unit_id


class NumberForm(ActForm):
    document_number = forms.CharField(
        label="请示文号", max_length=100, error_messages={"required": "请填写请示文号。"}
    )


class PersonField(forms.ModelChoiceField):
    def label_from_instance(self, person: Person) -> str:
        return f"{person.name}（{person.organization.label} {person.title}）"


class HandOverForm(ActForm):
    person = PersonField(
        label="移交给",
        queryset=None,
        empty_label="请选择",
        error_messages={"required": "请选择接手的人。", "invalid_choice": "这个人不在本单位，请重新选择。"},
    )
    note = long_text("移交理由", rows=2, max_length=500)

    def prepare(self) -> None:
        self.fields["person"].queryset = (
            Person.objects.under(self.item.responsible_unit)
            .serving(self.on)
            .order_by("organization__path", "code")
        )


class MergeForm(ActForm):
    into = forms.CharField(
        label="并入的台账编号",
        max_length=60,
        error_messages={"required": "请填写并入哪一条台账。"},
        help_text="填写继续办理的那一条的编号。",
    )
    note = long_text("理由", rows=2, max_length=2000)

    def clean_into(self) -> LedgerItem:
        number = self.cleaned_data["into"].strip()
        found = LedgerItem.objects.visible_to(self.posting).filter(number__iexact=number).first()
        if found is None:
            raise ValidationError(f"没有找到编号为“{number}”的台账。")
        return found


class ApplyForm(ActForm):
    note = long_text("整改情况", rows=3, max_length=2000)
    files = FilesField(label="佐证材料", required=False, help_text=FILES_HELP)


class EvidenceForm(ActForm):
    files = FilesField(
        label="佐证材料", help_text=FILES_HELP, error_messages={"required": "请选择要上传的文件。"}
    )
    caption = forms.CharField(label="说明", required=False, max_length=200)


class ExtensionForm(ActForm):
    new_due_on = day_field("延期到", required=True)
    reason = long_text("延期理由", rows=2, max_length=1000)
    progress = long_text("工作进展", rows=2, max_length=1000)


class ConsentForm(ActForm):
    reason = long_text("申请理由", rows=3, max_length=1000)
    document_number = forms.CharField(
        label="请示文号",
        required=False,
        max_length=100,
        help_text="向上级请示的文号；5 个工作日内补报也可以。",
    )


class DecisionForm(ActForm):
    granted = YesNoField(
        "同意", "不同意", label="审批意见", error_messages={"required": "请选择同意或不同意。"}
    )
    note = long_text("意见", rows=2, required=False, max_length=500, help_text="不同意的要写明理由。")


class WaiveForm(ActForm):
    reason = forms.CharField(
        label="免核验原因",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写明免核验的原因。"},
        help_text="免核验要写明原因，并在每份报告中列出。",
    )


class WalkField(forms.ModelChoiceField):
    def label_from_instance(self, walk: WalkSession) -> str:
        return f"{walk.held_on:%Y-%m-%d} {walk.matter.name}（{walk.get_mode_display()}，{walk.number}）"


class VerifyForm(ActForm):
    session = WalkField(
        label="核验的走流程",
        queryset=None,
        empty_label="请选择",
        error_messages={"required": "请选择核验所用的走流程登记。"},
        help_text="申请销号之后、由申请人以外的人登记的同一事项走流程。没有可选的，请先登记一次。",
    )
    summary = long_text("核验情况", rows=3, max_length=1000)

    def prepare(self) -> None:
        self.fields["session"].queryset = self._walks()

    def _walks(self):
        """Held walks of the same matter since the application, recorded by somebody else."""
        if self.item.applied_at is None:
            return WalkSession.objects.none()
        walks = WalkSession.objects.visible_to(self.posting).held().select_related("matter")
        walks = walks.filter(started_at__gte=self.item.applied_at)
        if self.item.finding.matter_id:
            walks = walks.filter(matter=self.item.finding.matter_id)
        return walks.exclude(recorded_by=self.item.applied_by_id).order_by("-held_on", "-pk")


class SlipForm(forms.Form):
    """签发督办单; a 挂牌督办 names the government leader."""

    leader = forms.CharField(
        label="挂牌领导", max_length=50, required=False, help_text="填写市（县）政府领导的姓名和职务。"
    )

    def __init__(self, *args, needs_leader: bool, **options):
        super().__init__(*args, **options)
        if needs_leader:
            self.fields["leader"].required = True
            self.fields["leader"].error_messages["required"] = "挂牌督办要写明挂牌领导。"
        else:
            del self.fields["leader"]
