"""What is asked on the pages of the 考核."""

from django import forms

from issues.forms.fields import day_field, long_text


class DraftForm(forms.Form):
    """Of which period, as of which day."""

    period = forms.CharField(
        label="考核期",
        max_length=20,
        help_text="例如“2022年上半年”",
        error_messages={"required": "请填写考核期。"},
    )
    on = day_field("截至日期", required=True)


class ObjectionForm(forms.Form):
    text = long_text("异议和理由", rows=4, max_length=1000)


class AnswerForm(forms.Form):
    upheld = forms.TypedChoiceField(
        label="是否采纳",
        choices=[("1", "采纳"), ("0", "不采纳")],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择是否采纳。"},
    )
    answer = long_text("答复", rows=4, max_length=1000)
