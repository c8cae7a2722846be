"""Forms of 回访: the list's filter, the sheet that is filled in while asking, and what the unit and 督查室 say."""

from django import forms
from django.db.models import QuerySet

from campaigns.enums import Satisfaction
from issues.enums import AttemptOutcome, FollowUpMethod, FollowUpOrigin, FollowUpState, FollowUpVerdict
from issues.followup_sheet import NO, UNKNOWN, YES, Question, questions, sheet
from issues.forms.fields import YesNoField, any_of, long_text
from issues.forms.filters import ListFilter, value_of

_SAID = [(YES, YES), (NO, NO), (UNKNOWN, UNKNOWN)]
_BAD = (FollowUpVerdict.UNSOLVED, FollowUpVerdict.UNTRUE)


class FollowUpFilter(ListFilter):
    state = forms.ChoiceField(label="状态", required=False, choices=any_of(FollowUpState.choices))
    verdict = forms.ChoiceField(label="结论", required=False, choices=any_of(FollowUpVerdict.choices))
    satisfaction = forms.ChoiceField(label="满意度", required=False, choices=any_of(Satisfaction.choices))
    origin = forms.ChoiceField(label="来由", required=False, choices=any_of(FollowUpOrigin.choices))
    lookup = "item__responsible_unit"
    searched = ("item__number", "item__problem__text", "item__demand__text")

    def apply(self, rows: QuerySet) -> QuerySet:
        rows = super().apply(rows)
        if not self.is_valid():
            return rows
        choices = {
            "state": FollowUpState,
            "verdict": FollowUpVerdict,
            "satisfaction": Satisfaction,
            "origin": FollowUpOrigin,
        }
        said = {name: self.cleaned_data[name] for name in choices}
        return rows.filter(**{name: value_of(choices[name], word) for name, word in said.items() if word})


class OpenForm(forms.Form):
    """Closed items by number, as they are copied from the ledger."""

    numbers = long_text(
        "台账编号",
        rows=2,
        max_length=2000,
        help_text="已销号台账的编号，多个用“、”或换行分开，一次最多 50 条。",
    )

    def clean_numbers(self) -> list[str]:
        numbers = self.cleaned_data["numbers"].replace("、", " ").replace("，", " ").replace(",", " ").split()
        if len(numbers) > 50:
            raise forms.ValidationError("一次最多选取 50 条台账。")
        return numbers


def _question_field(question: Question) -> forms.Field:
    """是/否/不清楚 or a count. A question of one way of asking says so: the page shows it with that way only (app.css)."""
    only = question.methods[0] if len(question.methods) == 1 else ""
    attrs = {"data-only": only} if only else {}
    label = f"{question.text}（{FollowUpMethod(only).label}时问）" if only else question.text
    if question.is_number:
        widget = forms.NumberInput(attrs=attrs)
        return forms.IntegerField(label=label, required=False, min_value=1, max_value=99, widget=widget)
    widget = forms.RadioSelect(attrs=attrs)
    return forms.ChoiceField(label=label, required=False, choices=_SAID, widget=widget)


class AttemptForm(forms.Form):
    """The sheet: how it went, the questions of domain.md §3.2, satisfaction in five levels, the verdict.

    It holds the questions of both ways of asking; only those of the way that was chosen are kept.
    """

    outcome = forms.ChoiceField(
        label="联系结果",
        choices=AttemptOutcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择联系结果。"},
    )
    method = forms.ChoiceField(label="方式", choices=FollowUpMethod.choices)

    def __init__(self, data=None, *, method: str, has_walk: bool, **options):
        super().__init__(data, **options)
        self.fields["method"].initial, self.has_walk = method, has_walk
        for question in questions(has_walk=has_walk):
            self.fields[question.key] = _question_field(question)
        self.fields["satisfaction"] = forms.ChoiceField(
            label="满意度",
            required=False,
            choices=Satisfaction.choices,
            widget=forms.RadioSelect,
            help_text="接通的必填。",
        )
        self.fields["verdict"] = forms.ChoiceField(
            label="结论",
            required=False,
            choices=[each for each in FollowUpVerdict.choices if each[0] != FollowUpVerdict.UNREACHED],
            widget=forms.RadioSelect,
            help_text="接通的必填。",
        )
        self.fields["note"] = long_text(
            "情况",
            required=False,
            max_length=1000,
            help_text="未解决、不属实的必填，责任单位能看到；不要写群众的姓名和电话。",
        )

    def clean(self):
        said = super().clean()
        if said.get("outcome") == AttemptOutcome.REACHED:
            for name, word in (("satisfaction", "满意度"), ("verdict", "结论")):
                if name in said and not said[name]:
                    self.add_error(name, f"接通的要填写{word}。")
            if said.get("verdict") in _BAD and not said.get("note"):
                self.add_error("note", "未解决、不属实的要写明情况，单位据此说明。")
        return said

    def told(self) -> dict:
        """The keyword arguments of record_attempt."""
        said = self.cleaned_data
        asked = sheet(said["method"], has_walk=self.has_walk)
        answers = {each.key: said[each.key] for each in asked if said[each.key]}
        plain = {name: said[name] for name in ("outcome", "method", "satisfaction", "verdict", "note")}
        return {**plain, "answers": answers}


class PhoneForm(forms.Form):
    reason = forms.CharField(
        label="事由", max_length=200, error_messages={"required": "请写明查看号码的事由。"}
    )


class ExplainForm(forms.Form):
    agrees = YesNoField(
        yes="认可，恢复整改", no="不认可，说明如下", label="是否认可", error_messages={"required": "请选择。"}
    )
    explanation = long_text(
        "情况说明", rows=5, max_length=2000, help_text="写明事实和依据，不要联系群众核对。"
    )


class DecideForm(forms.Form):
    note = long_text("处理意见", rows=3, max_length=500)
