"""登记会商: the 纪要, who took part, which items, and what was settled for whom until when."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet

from campaigns.models import Posting
from issues.forms.fields import UnitField, UnitsField, assignable_units, day_field, long_text
from issues.forms.filters import ListFilter
from issues.models import Decision, LedgerItem

_SPLIT = re.compile(r"[、，,;；\s]+")
BLANK = 3


def _item(number: str, posting: Posting) -> LedgerItem:
    found = LedgerItem.objects.visible_to(posting).filter(number__iexact=number)
    item = found.select_related("responsible_unit").first()
    if item is None:
        raise ValidationError(f"没有找到编号为“{number}”的台账。")
    return item


class MeetingForm(forms.Form):
    title = forms.CharField(label="会商议题", max_length=200, error_messages={"required": "请填写会商议题。"})
    held_on = day_field("会商日期", required=True)
    document_number = forms.CharField(
        label="纪要文号", max_length=100, error_messages={"required": "请填写纪要文号。"}
    )
    units = UnitsField(
        label="参加单位",
        max_length=500,
        required=True,
        help_text="填单位简称或全称，多个用“、”分开。",
        error_messages={"required": "请填写参加单位。"},
    )
    items = forms.CharField(
        label="会商台账",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请填写会商了哪几条台账。"},
        help_text="台账编号，多个用“、”或换行分开。",
    )
    summary = long_text("会商情况", rows=3, required=False, max_length=2000)

    def __init__(self, *args, posting: Posting, **options):
        super().__init__(*args, **options)
        self.posting = posting

    def clean_items(self) -> list[LedgerItem]:
        numbers = [number for number in _SPLIT.split(self.cleaned_data["items"]) if number]
        return [_item(number, self.posting) for number in dict.fromkeys(numbers)]


class MeetingFilter(ListFilter):
    state = forms.ChoiceField(
        label="议定事项",
        required=False,
        choices=[("", "全部"), ("尚未办结", "尚未办结"), ("已全部办结", "已全部办结")],
    )
    organization = forms.CharField(label="召集单位", required=False, max_length=40, widget=forms.Select)
    lookup = "organization"
    searched = ("document_number", "title", "summary", "items__number", "decisions__text")

    def apply(self, rows: QuerySet) -> QuerySet:
        rows = super().apply(rows).distinct()
        if not self.is_valid() or not self.cleaned_data["state"]:
            return rows
        waiting = Decision.objects.filter(meeting=OuterRef("pk"), done_on__isnull=True)
        if self.cleaned_data["state"] == "尚未办结":
            return rows.filter(Exists(waiting))
        return rows.filter(~Exists(waiting), decisions__isnull=False)


class DecisionForm(forms.Form):
    item = forms.CharField(label="台账编号", required=False, max_length=60)
    organization = UnitField(label="承办单位", queryset=None, required=False, empty_label="请选择")
    text = forms.CharField(label="议定事项", required=False, max_length=300)
    due_on = day_field("完成时限")

    def __init__(self, *args, posting: Posting, **options):
        super().__init__(*args, **options)
        self.posting = posting
        self.fields["organization"].queryset = assignable_units()

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if not any(said.get(name) for name in ("item", "organization", "text", "due_on")):
            return said
        for name, sentence in (
            ("item", "请填写台账编号。"),
            ("organization", "请选择承办单位。"),
            ("text", "请写明议定事项。"),
            ("due_on", "请填写完成时限。"),
        ):
            if not said.get(name) and name not in self.errors:
                self.add_error(name, sentence)
        if said.get("item"):
            try:
                said["item"] = _item(said["item"].strip(), self.posting)
            except ValidationError as error:
                self.add_error("item", error)
        return said


DecisionFormSet = forms.formset_factory(DecisionForm, extra=BLANK, max_num=20)
