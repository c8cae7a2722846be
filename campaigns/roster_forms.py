"""Filters and small forms of the administration's pages."""

from django import forms
from django.db.models import Q, QuerySet

from campaigns.enums import OrganizationKind, Rank, Reach, Role
from campaigns.ground.jobs import JobState
from campaigns.ground.notices import Channel, DeliveryState

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
    q = forms.CharField(label="姓名或编号", required=False, max_length=50)
    organization = forms.CharField(label="单位编码", required=False, max_length=40)
    rank = forms.ChoiceField(label="身份", required=False, choices=any_of(Rank.choices))
    obligated = forms.ChoiceField(label="是否应走", required=False, choices=_EITHER)

    def condition(self, name: str, value: str) -> Q:
        if name == "q":
            return Q(name__contains=value) | Q(code__contains=value)
        if name == "organization":
            return Q(organization__code=value)
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


class PostingRequestForm(forms.Form):
    """Ask for a role; 安全管理员 grants it."""

    organization = forms.CharField(label="单位编码", max_length=40)
    role = forms.ChoiceField(label="系统角色", choices=Role.choices)
    reach = forms.ChoiceField(label="范围", choices=Reach.choices)


class YearFilter(forms.Form):
    year = forms.IntegerField(label="年份", required=False, min_value=2000, max_value=2100)
