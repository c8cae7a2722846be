"""批量顺延: which unit, which dates, how many working days, why."""

from django import forms
from django.db.models import QuerySet

from campaigns.models import Posting
from campaigns.querysets import in_reach
from issues.forms.fields import UnitField, assignable_units, day_field, long_text
from issues.forms.filters import ListFilter


class ShiftFilter(ListFilter):
    organization = forms.CharField(label="范围", required=False, max_length=40, widget=forms.Select)
    lookup = "organization"
    searched = ("reason", "dates__item__number")

    def apply(self, rows: QuerySet) -> QuerySet:
        return super().apply(rows).distinct()


class ShiftForm(forms.Form):
    organization = UnitField(
        label="范围", queryset=None, empty_label=None, help_text="该单位和它下面的单位。"
    )
    since = day_field("时限自", required=True)
    until = day_field("时限至", required=True, help_text="整改时限落在这一段里的，都顺延。")
    workdays = forms.IntegerField(
        label="顺延工作日",
        min_value=1,
        max_value=60,
        error_messages={
            "required": "请填写顺延几个工作日。",
            "min_value": "至少顺延 1 个工作日。",
            "max_value": "最多顺延 60 个工作日。",
            "invalid": "请填写整数。",
        },
    )
    reason = long_text("顺延原因", rows=2, max_length=200)

    def __init__(self, *args, posting: Posting, **options):
        super().__init__(*args, **options)
        self.fields["organization"].queryset = assignable_units().filter(in_reach(posting))

    def clean(self):
        said = super().clean()
        if said.get("since") and said.get("until") and said["until"] < said["since"]:
            self.add_error("until", "时限至不能早于时限自。")
        return said

    def plan(self) -> dict:
        """What plan_shift takes."""
        return {name: self.cleaned_data[name] for name in ("organization", "since", "until", "workdays")}
