"""填写解决措施: the measure, its dated steps (四: 明确整改时限和步骤) and the five before/after pairs of 五减."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from campaigns.models import Organization, Person, Posting
from issues.enums import LedgerState, ResultKind
from issues.forms.fields import UnitField, UnitsField, assignable_units, day_field, long_text
from issues.models import LedgerItem, Measure

PAIRS = (
    ("环节（个）", "steps"),
    ("材料（份）", "documents"),
    ("时限（工作日）", "days"),
    ("跑动（次）", "trips"),
    ("费用（元）", "fee"),
)
BLANK_STEPS = 3


class ItemsField(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, item: LedgerItem) -> str:
        text = item.finding.text
        return f"{item.number} {text[:40]}{'…' if len(text) > 40 else ''}"


class PersonField(forms.ModelChoiceField):
    def label_from_instance(self, person: Person) -> str:
        return f"{person.name}（{person.title}）"


class MeasureForm(forms.ModelForm):
    items = ItemsField(
        label="对应的问题和需求",
        queryset=None,
        error_messages={"required": "请勾选这条措施解决哪些问题或需求。"},
        help_text="一条措施可以同时解决本单位的几个问题或需求。",
    )
    text = long_text("解决措施", rows=4, max_length=2000)
    lead_unit = UnitField(label="牵头单位", queryset=assignable_units(), empty_label=None)
    helper_units = UnitsField(label="配合单位", max_length=500)
    person = PersonField(label="责任人", queryset=None, required=False, empty_label="请选择")
    due_on = day_field("整改时限", help_text="限期整改的必须填写；落在休息日的顺延到下一个工作日。")
    result_kinds = forms.MultipleChoiceField(
        label="成果类型",
        required=False,
        choices=ResultKind.choices,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Measure
        fields = (
            "text",
            "rectify_kind",
            "lead_unit",
            "leader",
            "person",
            "person_text",
            "due_on",
            *(f"{name}_{side}" for _, name in PAIRS for side in ("before", "after")),
            "result_kinds",
            "institution",
            "institution_number",
            "note",
        )
        help_texts = {
            "person_text": "责任人不在上面名单里的，在这里写姓名。",
            "institution": "形成长效机制的填写；计入长效机制要有名称、文号和文件。",
            "note": "整改后的数字比整改前大的，在这里说明原因。",
        }

    def __init__(self, *args, posting: Posting, **options):
        super().__init__(*args, **options)
        self.posting = posting
        unit = posting.organization
        self.fields["items"].queryset = (
            LedgerItem.objects.filter(
                responsible_unit=unit, state__in=(LedgerState.PLANNING, LedgerState.RECTIFYING)
            )
            .select_related("problem", "demand")
            .order_by("number")
        )
        self.fields["person"].queryset = Person.objects.filter(
            organization__path__startswith=unit.path, left_on__isnull=True
        ).order_by("organization__path", "code")
        self.fields["lead_unit"].initial = self.fields["lead_unit"].initial or unit.pk
        self.fields["rectify_kind"].choices = [
            ("", "请选择"),
            *(choice for choice in self.fields["rectify_kind"].choices if choice[0]),
        ]

    def pairs(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        """The five pairs for the page's little table: name, before, after."""
        return [(label, self[f"{name}_before"], self[f"{name}_after"]) for label, name in PAIRS]

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if said.get("rectify_kind") == "DATED" and not said.get("due_on"):
            self.add_error("due_on", "限期整改要明确整改时限。")
        self._check_pairs(said)
        person, lead = said.get("person"), said.get("lead_unit")
        if person and lead and not _works_in(person, lead):
            self.add_error(
                "person", f"{person.name}不是{lead.label}的人，请改选，或把姓名写在“责任人（其他）”里。"
            )
        return said

    def _check_pairs(self, said: dict[str, Any]) -> None:
        """domain.md §4.4: after > before is refused without a word of explanation."""
        for label, name in PAIRS:
            before, after = said.get(f"{name}_before"), said.get(f"{name}_after")
            if before is not None and after is not None and after > before and not said.get("note"):
                self.add_error(f"{name}_after", f"{label}整改后比整改前大，请核对，或在备注中说明原因。")

    def facts(self) -> dict[str, Any]:
        """The keyword arguments of the action besides by, now and steps."""
        return dict(self.cleaned_data)


def _works_in(person: Person, unit: Organization) -> bool:
    return person.organization.path.startswith(unit.path)


class StepForm(forms.Form):
    text = forms.CharField(label="步骤", required=False, max_length=500)
    due_on = day_field("完成时限")
    person_text = forms.CharField(label="责任人", required=False, max_length=50)

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if any(said.get(name) for name in ("text", "due_on", "person_text")):
            if not said.get("text"):
                self.add_error("text", "请写明这一步做什么。")
            if not said.get("due_on") and "due_on" not in self.errors:
                self.add_error("due_on", "请填写这一步的完成时限。")
        return said


class BaseStepFormSet(forms.BaseFormSet):
    def steps(self) -> list[dict[str, Any]]:
        """The rows that were filled in, in order of their rows."""
        return [form.cleaned_data for form in self.forms if form.cleaned_data.get("text")]

    def clean(self) -> None:
        if any(self.errors):
            return
        dates = [step["due_on"] for step in self.steps()]
        if dates != sorted(dates):
            raise ValidationError("步骤要按完成时限先后填写。")


StepFormSet = forms.formset_factory(StepForm, formset=BaseStepFormSet, extra=BLANK_STEPS, max_num=30)
