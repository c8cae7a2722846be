"""Questions about 同类问题: the registrar's, beside the likely twins, and 审改办's about two registered items."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from issues.enums import TwinVerdict
from issues.forms.fields import any_of, long_text
from issues.forms.filters import ListFilter, value_of
from issues.twins import Twin

OTHER = "other"


class TwinsForm(forms.Form):
    """Asked before a problem is registered: same-<pk> 同一问题, again-<pk> 复发, other 都不是同类."""

    choice = forms.CharField(required=False, max_length=30)
    reason = forms.CharField(
        label="说明",
        required=False,
        max_length=200,
        help_text="可以不写。审改办会看到，也可以重新判定。",
    )

    def __init__(self, *args, twins: list[Twin], **options):
        super().__init__(*args, **options)
        self.twins = twins
        self._same = {twin.same_choice: twin for twin in twins if twin.is_open}
        self._again = {twin.again_choice: twin for twin in twins if twin.may_recur}

    def clean_choice(self) -> str:
        choice = self.cleaned_data["choice"]
        if choice not in {OTHER, *self._same, *self._again}:
            raise forms.ValidationError("请先比对下面的问题，再选择是同一问题、同类问题复发，还是都不是。")
        return choice

    @property
    def same(self) -> Twin | None:
        """The open item that is this very problem."""
        return self._same.get(self.cleaned_data["choice"])

    @property
    def again(self) -> Twin | None:
        """The closed item this problem is a recurrence of."""
        return self._again.get(self.cleaned_data["choice"])


class VerdictForm(forms.Form):
    """审改办's verdict on two items; 复发 only where the earlier one was closed before."""

    verdict = forms.ChoiceField(
        label="判定", widget=forms.RadioSelect, error_messages={"required": "请选择判定结果。"}
    )
    reason = long_text("判定理由", rows=2, max_length=200)

    def __init__(self, *args, was_closed: bool, **options):
        super().__init__(*args, **options)
        offered = (
            (TwinVerdict.AGAIN, TwinVerdict.OTHER) if was_closed else (TwinVerdict.SAME, TwinVerdict.OTHER)
        )
        self.fields["verdict"].choices = [(verdict.value, verdict.label) for verdict in offered]


class RecurrenceFilter(ListFilter):
    state = forms.ChoiceField(label="判定", required=False, choices=any_of(TwinVerdict.choices))
    within = forms.ChoiceField(
        label="销号后",
        required=False,
        choices=[("", "全部"), ("30", "30 天内复发"), ("90", "90 天内复发")],
    )
    lookup = "later__responsible_unit"
    round_at = "later__campaign"
    searched = (
        "later__number",
        "earlier__number",
        "later__problem__text",
        "earlier__problem__text",
        "later__problem__matter__name",
    )

    def apply(self, rows: QuerySet) -> QuerySet:
        rows = super().apply(rows)
        if not self.is_valid():
            return rows
        said: dict[str, Any] = self.cleaned_data
        if said["state"]:
            rows = rows.filter(verdict=value_of(TwinVerdict, said["state"]))
        return rows.within(int(said["within"])) if said["within"] else rows
