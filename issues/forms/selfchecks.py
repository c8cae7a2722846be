"""举一反三: what 审改办 asks, what a unit answers, and how the list is narrowed."""

from datetime import date

from django import forms
from django.db.models import QuerySet

from issues.enums import SelfCheckAnswer
from issues.forms.fields import FILES_HELP, FilesField, day_field, long_text
from issues.forms.filters import ListFilter

STATES = ("待答复", "逾期未答复", "有", "无")


class SpreadForm(forms.Form):
    request = long_text(
        "自查要求",
        rows=3,
        max_length=500,
        help_text="写清对照什么查、查哪里；各单位会同时看到问题原文（不含姓名）。",
    )
    due_on = day_field("完成时限", required=True)


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(
        label="有没有同样的问题",
        choices=SelfCheckAnswer.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择有或无。"},
    )
    text = long_text(
        "自查情况", rows=3, max_length=1000, help_text="查了哪里、看到什么；没有的也要写查的经过。"
    )
    files = FilesField(label="佐证材料", required=False, help_text=f"可以不传。{FILES_HELP}")

    def clean_files(self):
        files = self.cleaned_data["files"]
        if len(files) > 1:
            raise forms.ValidationError("自查的佐证材料传一个文件就可以，多份请合成一个。")
        return files


class CorrectionForm(AnswerForm):
    """更正为“有”: nothing to choose, only what was found."""

    answer = None


class SelfCheckFilter(ListFilter):
    state = forms.ChoiceField(
        label="自查结果", required=False, choices=[("", "全部"), *((word, word) for word in STATES)]
    )
    organization = forms.CharField(label="自查单位", required=False, max_length=40, widget=forms.Select)
    lookup = "organization"
    round_at = "round__campaign"
    searched = ("round__item__number", "round__item__problem__text", "round__matter__name", "text")

    def apply(self, rows: QuerySet, *, on: date) -> QuerySet:
        rows = super().apply(rows)
        if not self.is_valid() or not self.cleaned_data["state"]:
            return rows
        word = self.cleaned_data["state"]
        if word == "待答复":
            return rows.unanswered()
        if word == "逾期未答复":
            return rows.unanswered().filter(deadline__due_on__lt=on)
        return rows.filter(answer=SelfCheckAnswer.FOUND if word == "有" else SelfCheckAnswer.NONE)
