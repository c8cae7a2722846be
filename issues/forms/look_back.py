"""现场核验: one step walked again, filled in on the phone in ten minutes; what the first walk said stands there already."""

from datetime import datetime, timedelta
from typing import Any

from django import forms

from campaigns.enums import Channel, CheckVerdict, Role, StepKind, StepResult
from campaigns.forms.walk_parts import moment_field
from campaigns.guide import FIVE, five_numbers
from campaigns.models import Person, Posting
from issues.forms.fields import long_text
from issues.models import LedgerItem
from issues.verifying import StepAgain

_MINUTES = 10


class WalkerField(forms.ModelChoiceField):
    def label_from_instance(self, person: Person) -> str:
        return f"{person.name}（{person.organization.label} {person.title}）"


class LookBackForm(forms.Form):
    """`again()` and `summary` are what walk_step_again takes."""

    walker = WalkerField(
        label="走的人", queryset=None, error_messages={"required": "请选择走的人。"}, empty_label=None
    )
    kind = forms.ChoiceField(label="走的环节", choices=StepKind.choices)
    started_at = moment_field("开始时间", "请填写开始时间。")
    ended_at = moment_field("结束时间", "请填写结束时间。")
    waiting_minutes = forms.IntegerField(
        label="其中等待（分钟）", required=False, min_value=0, max_value=9999
    )
    result = forms.ChoiceField(label="结果", choices=StepResult.choices, initial=StepResult.PASSED)
    channel = forms.ChoiceField(label="办理渠道", choices=Channel.choices)
    verdict = forms.ChoiceField(
        label="要点",
        choices=CheckVerdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择这个要点现在符合不符合。"},
    )
    actual_steps = forms.IntegerField(label="环节（个）", required=False, min_value=0, max_value=9999)
    actual_documents = forms.IntegerField(label="材料（份）", required=False, min_value=0, max_value=9999)
    actual_days = forms.IntegerField(label="时限（个工作日）", required=False, min_value=0, max_value=9999)
    actual_trips = forms.IntegerField(label="跑动（次）", required=False, min_value=0, max_value=9999)
    actual_fee = forms.DecimalField(
        label="费用（元）", required=False, min_value=0, max_digits=10, decimal_places=2
    )
    is_simulated = forms.BooleanField(label="模拟体验", required=False, help_text="模拟的一样算数。")
    summary = long_text("核验情况", rows=3, max_length=1000, help_text="现在怎么样了，写清事实即可。")

    def __init__(self, data: Any = None, *, item: LedgerItem, posting: Posting, now: datetime) -> None:
        self.item, self.posting = item, posting
        super().__init__(data, initial=self._first(now))
        self.fields["walker"].queryset = self._people(now)
        category = item.problem.category
        self.fields["verdict"].label = f"{category.code} {category.name}"

    def _first(self, now: datetime) -> dict[str, Any]:
        """The first walk's step and numbers; without one, the guide's. It began ten minutes ago, after the application."""
        first, problem = self.item.finding.session, self.item.problem
        guide = five_numbers(problem.matter, self.item.responsible_unit, first)
        numbers = {
            met: number.actual if first else number.guide
            for (*_, met), number in zip(FIVE, guide, strict=True)
        }
        return {
            "walker": self.posting.person_id,
            "kind": problem.step or (first.blocking_step if first else "") or StepKind.ACCEPT,
            "started_at": max(now - timedelta(minutes=_MINUTES), self.item.applied_at),
            "ended_at": now,
            "channel": first.channel if first else Channel.HALL_WINDOW,
            **numbers,
        }

    def _people(self, now: datetime) -> Any:
        """体验人 walk for themselves; 填报员 for anybody of their unit but the applicant."""
        people = Person.objects.select_related("organization").order_by("code")
        if self.posting.role == Role.WALKER:
            return people.filter(pk=self.posting.person_id)
        own = people.filter(organization__path__startswith=self.posting.organization.path)
        return own.serving(now.date()).exclude(user=self.item.applied_by_id)

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        begun, ended = said.get("started_at"), said.get("ended_at")
        if begun and ended and ended < begun:
            self.add_error("ended_at", "结束时间不能早于开始时间。")
        return said

    @property
    def numbers(self) -> list[forms.BoundField]:
        return [self[met] for *_, met in FIVE]

    def again(self) -> StepAgain:
        said = dict(self.cleaned_data)
        said.pop("summary")
        numbers = {met: said.pop(met) for *_, met in FIVE}
        return StepAgain(**said, numbers=numbers)
