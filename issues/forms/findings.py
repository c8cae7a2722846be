"""登记问题, 登记需求: model forms for their labels, lengths and constraint sentences; saved by the actions only."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from campaigns.enums import Reach, StepKind
from campaigns.models import Matter, Organization, Posting, WalkSession
from campaigns.querysets import in_reach
from issues.forms.fields import UnitField, UnitsField, YesNoField, assignable_units, day_field, long_text
from issues.models import Demand, Problem

OWN_OR_OTHER = (
    "责任单位是填报单位自己的，登记后直接进入“待定措施”；是其他单位的，进入“待转办”，由审改办转办。"
)
MATTER_GROUPS = ("A", "C")


class FindingForm(forms.ModelForm):
    """Shared by both: the walk it came from (hidden), the unit that reports, helpers by name."""

    session = forms.ModelChoiceField(queryset=None, required=False, widget=forms.HiddenInput)
    reporting_unit = UnitField(label="填报单位", queryset=None, empty_label=None)
    helper_units = UnitsField(label="配合单位", max_length=500)
    found_on = day_field("发现日期", required=True)

    def __init__(self, *args, posting: Posting, **options):
        super().__init__(*args, **options)
        self.posting = posting
        self.fields["session"].queryset = WalkSession.objects.visible_to(posting).held()
        units = self.fields["reporting_unit"]
        units.queryset = Organization.objects.filter(in_reach(posting)).order_by("path")
        if posting.reach == Reach.OWN:
            units.widget = forms.HiddenInput()
        units.initial = units.initial or posting.organization_id
        for name, field in self.fields.items():
            if isinstance(field, forms.ModelChoiceField) and name in ("matter", "category"):
                field.empty_label = "请选择"

    def facts(self) -> dict[str, Any]:
        """The keyword arguments of the action besides by, now and campaign."""
        return dict(self.cleaned_data)


class ProblemForm(FindingForm):
    text = long_text(
        "发现的问题", rows=4, max_length=2000, help_text="在哪个环节、遇到什么、影响是什么，一条写一件事。"
    )
    cause = long_text("原因分析", rows=3, required=False, max_length=2000, help_text="限期整改的必须填写。")
    responsible_unit = UnitField(
        label="责任单位", queryset=assignable_units(), empty_label="请选择", help_text=OWN_OR_OTHER
    )
    proposed_due_on = day_field("建议整改时限")

    class Meta:
        model = Problem
        fields = (
            "session",
            "reporting_unit",
            "matter",
            "step",
            "category",
            "text",
            "cause",
            "source",
            "responsible_unit",
            "proposed_kind",
            "proposed_due_on",
            "found_on",
            "note",
        )
        labels = {"proposed_kind": "建议整改类型"}
        help_texts = {
            "matter": "办事流程类、线上线下类的问题必须选择事项。",
            "proposed_kind": "可以不选，由责任单位确定。立行立改的要在 3 个工作日内办结。",
        }

    field_order = (
        "session",
        "reporting_unit",
        "category",
        "matter",
        "step",
        "text",
        "cause",
        "source",
        "found_on",
        "responsible_unit",
        "helper_units",
        "proposed_kind",
        "proposed_due_on",
        "note",
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["matter"].queryset = Matter.objects.visible_to(self.posting).order_by("name", "code")
        self.fields["matter"].label_from_instance = lambda matter: matter.name
        self.fields["category"].queryset = self.fields["category"].queryset.order_by("code")
        self.fields["step"].choices = [("", "请选择"), *StepKind.choices]
        self.fields["proposed_kind"].choices = [
            ("", "由责任单位确定"),
            *(choice for choice in self.fields["proposed_kind"].choices if choice[0]),
        ]

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        category = said.get("category")
        if category and category.code[:1] in MATTER_GROUPS and not said.get("matter"):
            self.add_error("matter", "办事流程类和线上线下类问题要写明是哪个事项。")
        if said.get("proposed_kind") == "DATED" and not said.get("cause"):
            self.add_error("cause", "限期整改的问题要填写原因分析。")
        return said

    def validate_constraints(self) -> None:
        """The one about the cause is said beside its field above."""
        exclude = self._get_validation_exclusions() | {"cause"}
        try:
            self.instance.validate_constraints(exclude=exclude)
        except ValidationError as error:
            self._update_errors(error)


class DemandForm(FindingForm):
    text = long_text("具体需求", rows=4, max_length=2000)
    wish = long_text("期望效果", rows=2, required=False, max_length=1000)
    found_on = day_field("提出日期", required=True)
    source = forms.CharField(
        label="需求来源", max_length=50, help_text="如：陪同办听取、窗口座谈、12345 热线、好差评、现场反映。"
    )
    problem = forms.CharField(
        label="对应问题编号",
        required=False,
        max_length=60,
        help_text="与已登记的问题是同一件事的，填写问题编号。",
    )
    is_accepted = forms.TypedChoiceField(
        label="是否采纳",
        required=False,
        choices=[("", "待定"), ("yes", "采纳"), ("no", "不采纳")],
        coerce=lambda value: value == "yes",
        empty_value=None,
        widget=forms.RadioSelect,
        help_text="采纳的进入整改台账；待定的以后再定。",
    )
    responsible_unit = UnitField(
        label="责任单位",
        queryset=assignable_units(),
        required=False,
        empty_label="请选择",
        help_text=f"采纳的必须明确。{OWN_OR_OTHER}",
    )
    due_on = day_field("办结时限")

    class Meta:
        model = Demand
        fields = (
            "session",
            "reporting_unit",
            "party",
            "source",
            "matter",
            "text",
            "wish",
            "is_accepted",
            "refusal_reason",
            "responsible_unit",
            "due_on",
            "found_on",
            "note",
        )

    field_order = (
        "session",
        "reporting_unit",
        "party",
        "source",
        "matter",
        "text",
        "wish",
        "problem",
        "found_on",
        "is_accepted",
        "refusal_reason",
        "responsible_unit",
        "helper_units",
        "due_on",
        "note",
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["matter"].queryset = Matter.objects.visible_to(self.posting).order_by("name", "code")
        self.fields["matter"].label_from_instance = lambda matter: matter.name
        self.fields["party"].choices = [("", "请选择"), *(c for c in self.fields["party"].choices if c[0])]

    def clean_problem(self) -> Problem | None:
        number = self.cleaned_data["problem"].strip()
        if not number:
            return None
        found = Problem.objects.visible_to(self.posting).filter(number__iexact=number).first()
        if found is None:
            raise ValidationError(f"没有找到编号为“{number}”的问题。")
        return found

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if said.get("is_accepted") is False and not said.get("refusal_reason"):
            self.add_error("refusal_reason", "不采纳的需求要写明理由。")
        if said.get("is_accepted") and not said.get("responsible_unit"):
            self.add_error("responsible_unit", "采纳的需求要明确责任单位。")
        return said

    def validate_constraints(self) -> None:
        """Said beside their fields above."""


class DecideDemandForm(forms.Form):
    """采纳 or not, for a demand that was registered undecided."""

    accepted = YesNoField(
        "采纳", "不采纳", label="是否采纳", error_messages={"required": "请选择采纳或不采纳。"}
    )
    responsible_unit = UnitField(
        label="责任单位",
        queryset=assignable_units(),
        required=False,
        empty_label="请选择",
        help_text=OWN_OR_OTHER,
    )
    reason = long_text("不采纳理由", rows=2, required=False, max_length=500)
