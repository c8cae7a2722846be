"""调动, 离任, and what happens to a unit: shapes of input only."""

from django import forms

from campaigns.enums import UNIT_ROLES, Rank, Role
from campaigns.models import Organization
from issues.forms.fields import UnitField, day_field


class TransferForm(forms.Form):
    organization = UnitField(label="新单位", queryset=None, empty_label="请选择")
    title = forms.CharField(label="新职务", max_length=100)
    rank = forms.ChoiceField(label="身份", choices=Rank.choices)
    is_obligated = forms.BooleanField(label="在新单位属于应走人员", required=False)
    on = day_field("到任日期", required=True)
    roles = forms.MultipleChoiceField(
        label="在新单位申请的系统角色",
        required=False,
        choices=[(role, Role(role).label) for role in UNIT_ROLES],
        widget=forms.CheckboxSelectMultiple,
        help_text="提交后由安全管理员授权；原单位的角色同时停用。",
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["organization"].queryset = Organization.objects.filter(closed_on=None).order_by("path")


class LeaveForm(forms.Form):
    on = day_field("在任最后一天", required=True)
    reason = forms.CharField(label="离任原因", max_length=200, help_text="例如退休、调出、辞职。")
