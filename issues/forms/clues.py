"""Forms of 疑点: the list's filter, and the small forms behind the buttons of one clue and of the rules."""

from django import forms
from django.db.models import QuerySet

from campaigns.enums import OrganizationKind
from campaigns.models import Organization
from issues.clues import RULES
from issues.enums import ClueOutcomeKind, ClueState
from issues.forms.fields import UnitField, any_of, day_field, long_text
from issues.forms.filters import ListFilter, value_of
from issues.models import ClueSetting

# Units that are walked: whose halls have hours.
_HALL_KINDS = (
    OrganizationKind.CITY_DEPARTMENT,
    OrganizationKind.COUNTY_DEPARTMENT,
    OrganizationKind.HALL,
    OrganizationKind.UTILITY,
    OrganizationKind.VERTICAL,
)


def rule_choices() -> list[tuple[str, str]]:
    """R1 组团走 …, with 全部 first."""
    return [("", "全部"), *((rule.key, f"{rule.key} {rule.name}") for rule in RULES.values())]


class ClueFilter(ListFilter):
    organization = forms.CharField(label="填报单位", required=False, max_length=40, widget=forms.Select)
    state = forms.ChoiceField(label="状态", required=False, choices=any_of(ClueState.choices))
    rule = forms.ChoiceField(label="规则", required=False, choices=rule_choices)
    heavy = forms.BooleanField(label="只看达到阈值的走流程", required=False)
    lookup = "session__reporting_unit"
    round_at = "session__campaign"
    searched = ("session__number", "session__matter__name")

    def apply(self, rows: QuerySet, *, threshold) -> QuerySet:
        """`rows` carry `total`, the weight of their walk."""
        rows = super().apply(rows)
        if not self.is_valid():
            return rows
        said = self.cleaned_data
        if said["state"]:
            rows = rows.filter(state=value_of(ClueState, said["state"]))
        if said["rule"]:
            rows = rows.filter(rule=said["rule"])
        return rows.filter(total__gte=threshold).standing() if said["heavy"] else rows


class AskForm(forms.Form):
    question = long_text("要求说明的问题", rows=3, max_length=500)
    together = forms.BooleanField(
        label="本次走流程其他待核实的疑点一并要求说明", required=False, initial=True
    )


class AnswerForm(forms.Form):
    explanation = long_text("情况说明", rows=6, max_length=2000, help_text="写明事实和依据，不要求附照片。")
    together = forms.BooleanField(
        label="同时作为本次走流程其他待说明疑点的情况说明", required=False, initial=True
    )


class UpholdForm(forms.Form):
    note = long_text("认定理由", rows=3, max_length=500)


class DismissForm(forms.Form):
    note = long_text("排除理由", rows=3, max_length=500)


class OutcomeForm(forms.Form):
    kind = forms.ChoiceField(label="处理方式", choices=ClueOutcomeKind.choices)
    document_number = forms.CharField(
        label="文号", required=False, max_length=60, help_text="通报和移送必须填写，如 衡督通〔2022〕3号。"
    )
    on = day_field("处理日期", required=True)
    note = long_text("处理情况", rows=3, max_length=500)

    def clean(self):
        said = super().clean()
        if said.get("kind") not in (None, ClueOutcomeKind.TALK) and not said.get("document_number"):
            self.add_error("document_number", "通报和移送要填写文号。")
        return said


class WeighForm(forms.Form):
    """One rule's weight and switch; the reason is kept with who and when."""

    rule = forms.ChoiceField(
        label="规则",
        choices=lambda: [*rule_choices()[1:], (ClueSetting.THRESHOLD, "阈值（提请核实的权重合计）")],
    )
    weight = forms.DecimalField(
        label="权重",
        min_value=1,
        max_value=999,
        max_digits=5,
        decimal_places=2,
        error_messages={"required": "请填写权重。", "invalid": "权重要填数字，例如 60。"},
    )
    is_on = forms.BooleanField(label="启用", required=False, initial=True)
    reason = forms.CharField(label="理由", max_length=200, error_messages={"required": "请写明调整理由。"})


class HoursForm(forms.Form):
    organization = UnitField(
        label="被体验单位", queryset=None, error_messages={"required": "请选择被体验单位。"}
    )
    opens_at = forms.TimeField(
        label="开门时间",
        widget=forms.TimeInput(attrs={"type": "time"}),
        error_messages={"required": "请填写开门时间。", "invalid": "时间请写成 08:30 这样。"},
    )
    closes_at = forms.TimeField(
        label="关门时间",
        widget=forms.TimeInput(attrs={"type": "time"}),
        error_messages={"required": "请填写关门时间。", "invalid": "时间请写成 17:30 这样。"},
    )
    opens_on_rest_days = forms.BooleanField(label="休息日也开放", required=False)

    def __init__(self, data=None):
        super().__init__(data)
        self.fields["organization"].queryset = Organization.objects.filter(kind__in=_HALL_KINDS).order_by(
            "path"
        )

    def clean(self):
        said = super().clean()
        if said.get("opens_at") and said.get("closes_at") and said["closes_at"] <= said["opens_at"]:
            self.add_error("closes_at", "关门时间要晚于开门时间。")
        return said
