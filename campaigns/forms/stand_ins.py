"""The form of 请假和代签: a colleague with an account, from, to."""

from datetime import date

from django import forms

from campaigns.models import Person, Posting


class ColleagueField(forms.ModelChoiceField):
    def label_from_instance(self, person: Person) -> str:
        return f"{person.name}（{person.organization.label} {person.title}）"


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": f"请填写{label}。", "invalid": "日期请写成 2022-05-20 这样。"},
    )


class StandInForm(forms.Form):
    person = ColleagueField(
        label="请谁代办",
        queryset=None,
        empty_label="请选择",
        error_messages={"required": "请选择代办的人。", "invalid_choice": "这个人不在本单位，请重新选择。"},
        help_text="本单位有账号的人员。",
    )
    started_on = _day("起始日期")
    ended_on = _day("截止日期")

    def __init__(self, *args, posting: Posting, on: date, **options):
        super().__init__(*args, **options)
        colleagues = (
            Person.objects.under(posting.person.organization).serving(on).filter(user__is_active=True)
        )
        self.fields["person"].queryset = colleagues.exclude(pk=posting.person_id).order_by(
            "organization__path", "code"
        )
        self.fields["started_on"].initial = on
