"""Asking for a role of a person (contract §5: 系统管理员 asks, 安全管理员 grants)."""

from django import forms

from campaigns.enums import Reach, Role
from campaigns.forms.picks import unit_field


class PostingRequestForm(forms.Form):
    organization = unit_field()
    role = forms.ChoiceField(label="系统角色", choices=Role.choices)
    reach = forms.ChoiceField(label="范围", choices=Reach.choices)
