"""合并, 拆分, 更名: shapes of input only."""

from typing import Any

from django import forms

from campaigns.models import Matter, Organization, Person
from issues.forms.fields import UnitField, day_field


class _ToUnit(forms.Form):
    """Every change but a new name hands something to another unit that stands."""

    successor = UnitField(label="承接单位", queryset=None, empty_label="请选择")
    on = day_field("自哪一天起", required=True)

    def __init__(self, *args, unit: Organization, **options):
        super().__init__(*args, **options)
        standing = Organization.objects.filter(closed_on__isnull=True).exclude(pk=unit.pk)
        self.fields["successor"].queryset = standing.order_by("path")


class MergeForm(_ToUnit):
    pass


class PartForm(_ToUnit):
    matters = forms.ModelMultipleChoiceField(
        label="划转的事项", queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )
    people = forms.ModelMultipleChoiceField(
        label="划转的人员", queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, unit: Organization, **options):
        super().__init__(*args, unit=unit, **options)
        self.fields["matters"].queryset = Matter.objects.filter(owner=unit).order_by("code")
        serving = Person.objects.filter(organization=unit, left_on__isnull=True)
        self.fields["people"].queryset = serving.order_by("code")

    def chosen(self) -> dict[str, Any]:
        """The keyword arguments of the action."""
        said = self.cleaned_data
        ids = {name: [one.pk for one in said[name]] for name in ("matters", "people")}
        return {"successor": said["successor"], "on": said["on"], **ids}


class RenameForm(forms.Form):
    name = forms.CharField(label="新的单位名称", max_length=100)
    short_name = forms.CharField(label="单位简称", max_length=50, required=False)
    on = day_field("自哪一天起", required=True)
