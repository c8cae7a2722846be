"""Filters and small forms of the administration's pages."""

from functools import reduce
from operator import or_
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from campaigns.enums import OrganizationKind, Rank, Role
from campaigns.ground.jobs import JobState
from campaigns.ground.notices import Channel, DeliveryState
from campaigns.models import Organization

_EITHER = [("", "全部"), ("是", "是"), ("否", "否")]


def any_of(choices) -> list[tuple[str, str]]:
    """Chinese labels as query values (contract §3: states and lights in Chinese), with 全部 first."""
    return [("", "全部"), *((str(label), str(label)) for _, label in choices)]


class FeedbackForm(forms.Form):
    text = forms.CharField(
        label="意见或建议",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="填报负担、不好用的地方、做错的地方，都可以说。",
    )


class AnswerForm(forms.Form):
    text = forms.CharField(label="答复", max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


def value_of(choices, label: str) -> str:
    """The stored value of a Chinese label; empty when there is none."""
    return next((value for value, text in choices.choices if text == label), "")


class RosterFilter(forms.Form):
    """`narrow(rows)` is what page and export both use. One that makes no sense shows everything."""

    def narrow(self, rows: QuerySet) -> QuerySet:
        if not (self.is_bound and self.is_valid()):
            return rows
        for name, value in self.cleaned_data.items():
            if value:
                rows = rows.filter(self.condition(name, value))
        return rows

    def condition(self, name: str, value: str) -> Q:
        raise NotImplementedError


class OrganizationFilter(RosterFilter):
    q = forms.CharField(label="关键字", required=False, max_length=50)
    kind = forms.ChoiceField(label="单位类型", required=False, choices=any_of(OrganizationKind.choices))
    participant = forms.ChoiceField(label="是否参加", required=False, choices=_EITHER)

    def condition(self, name: str, value: str) -> Q:
        if name == "q":
            return Q(name__contains=value) | Q(short_name__contains=value) | Q(code__contains=value)
        if name == "kind":
            return Q(kind=value_of(OrganizationKind, value))
        return Q(is_participant=value == "是")


class PersonFilter(RosterFilter):
    """people: those whose units are offered; an export needs no offers."""

    q = forms.CharField(label="姓名或编号", required=False, max_length=50)
    organization = forms.CharField(label="单位", required=False, max_length=100, widget=forms.Select)
    rank = forms.ChoiceField(label="身份", required=False, choices=any_of(Rank.choices))
    obligated = forms.ChoiceField(label="是否应走", required=False, choices=_EITHER)

    def __init__(self, data: Any = None, *, people: QuerySet | None = None) -> None:
        super().__init__(data)
        if people is not None:
            units = Organization.objects.filter(pk__in=people.order_by().values("organization")).order_by(
                "path"
            )
            offers = [("", "全部"), *((unit.code, unit.label) for unit in units)]
            said = self.data.get("organization", "")
            self.fields["organization"].widget.choices = offers + (
                [] if said in dict(offers) else [(said, said)]
            )

    def condition(self, name: str, value: str) -> Q:
        if name == "q":
            return Q(name__contains=value) | Q(code__contains=value)
        if name == "organization":
            names = ("code", "name", "short_name")
            return reduce(or_, (Q(**{f"organization__{name}": value}) for name in names))
        if name == "rank":
            return Q(rank=value_of(Rank, value))
        return Q(is_obligated=value == "是")


class GrantFilter(forms.Form):
    q = forms.CharField(label="姓名或账号", required=False, max_length=50)
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), ("待授权", "待授权"), ("已授权", "已授权")]
    )
    role = forms.ChoiceField(label="系统角色", required=False, choices=any_of(Role.choices))


class AuditFilter(forms.Form):
    q = forms.CharField(label="账号、动作或对象", required=False, max_length=50)
    date_from = forms.DateField(
        label="起", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    date_to = forms.DateField(
        label="止", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class JobFilter(forms.Form):
    state = forms.ChoiceField(label="状态", required=False, choices=any_of(JobState.choices))


class DeliveryFilter(forms.Form):
    q = forms.CharField(label="收件账号或群", required=False, max_length=50)
    state = forms.ChoiceField(label="状态", required=False, choices=any_of(DeliveryState.choices))
    channel = forms.ChoiceField(label="渠道", required=False, choices=any_of(Channel.choices))


class YearFilter(forms.Form):
    year = forms.IntegerField(label="年份", required=False, min_value=2000, max_value=2100)
