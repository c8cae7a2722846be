"""What the pages of the plan ask: filters of the roster and the tasks, an exemption, a task, a node's new date, a round."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from campaigns.enums import Rank, SessionMode, TaskOrigin
from campaigns.forms.filters import ListFilter, any_of, is_unit, offer_rounds, round_field, value_of
from campaigns.forms.picks import MATTERS, UNITS, PickField, unit_field
from campaigns.models import Campaign, Matter, Organization, Person
from campaigns.plan_lists import CITY_LEVEL, COUNTY_LEVEL, STANDINGS, county_places, with_rest, with_standing
from campaigns.querysets import in_reach

_ALL = ("", "全部")
WAITING, LATE, DONE, WITHDRAWN = "未完成", "逾期未完成", "已完成", "已撤回"


def _words(*labels: str) -> list[tuple[str, str]]:
    return [_ALL, *((label, label) for label in labels)]


def _day(label: str, required: bool = True, **kwargs: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, **kwargs)


class RoundFilter(ListFilter):
    """A list of one campaign: `?campaign=行动编码` stays in the address, and is asked only where there are several."""

    campaign = round_field()

    def __init__(self, data: Any = None, *, rows: QuerySet | None = None) -> None:
        super().__init__(data, rows=rows)
        if rows is not None:
            offer_rounds(self, "当前行动")


class RosterFilter(RoundFilter):
    """campaign, on: the round and the day by which 是否已走 is told."""

    organization = forms.CharField(label="单位", required=False, max_length=100, widget=forms.Select)
    state = forms.ChoiceField(label="是否已走", required=False, choices=_words(*STANDINGS))
    rank = forms.ChoiceField(label="身份", required=False, choices=any_of(Rank))
    level = forms.ChoiceField(label="层级", required=False, choices=_words(CITY_LEVEL, COUNTY_LEVEL))

    def __init__(
        self, data: Any = None, *, campaign: Campaign, on: date, rows: QuerySet | None = None
    ) -> None:
        self.round, self.on = campaign, on
        super().__init__(data, rows=rows)

    def narrow(self, rows: QuerySet) -> QuerySet:
        return super().narrow(with_standing(rows.in_campaign(self.round), self.round, self.on))

    def condition(self, name: str, value: Any) -> Q:
        match name:
            case "q":
                return Q(person__name__contains=value) | Q(person__code__contains=value)
            case "organization":
                return is_unit("organization", value)
            case "state":
                return Q(standing=STANDINGS.index(value))
            case "rank":
                return Q(rank=value_of(Rank, value))
            case _:
                return county_places() if value == COUNTY_LEVEL else ~county_places()


class TaskFilter(RoundFilter):
    organization = forms.CharField(label="承担单位", required=False, max_length=100, widget=forms.Select)
    state = forms.ChoiceField(label="状态", required=False, choices=_words(WAITING, LATE, DONE, WITHDRAWN))
    origin = forms.ChoiceField(label="来源", required=False, choices=any_of(TaskOrigin))
    mode = forms.ChoiceField(label="体验形式", required=False, choices=any_of(SessionMode))
    matter = forms.CharField(label="事项", required=False, max_length=100, widget=forms.Select)

    def __init__(
        self, data: Any = None, *, campaign: Campaign, on: date, rows: QuerySet | None = None
    ) -> None:
        self.round, self.on = campaign, on
        super().__init__(data, rows=rows)

    def narrow(self, rows: QuerySet) -> QuerySet:
        return super().narrow(with_rest(rows.in_campaign(self.round)))

    def condition(self, name: str, value: Any) -> Q:
        match name:
            case "q":
                return (
                    Q(person__name__contains=value)
                    | Q(matter__name__contains=value)
                    | Q(walked_unit__name__contains=value)
                )
            case "organization":
                return is_unit("organization", value)
            case "origin":
                return Q(origin=value_of(TaskOrigin, value))
            case "mode":
                return Q(mode=value_of(SessionMode, value))
            case "matter":
                return Q(matter__code=value) | Q(matter__name=value)
            case _:
                return self._in_state(value)

    def _in_state(self, value: str) -> Q:
        if value == DONE:
            return Q(done_on__isnull=False)
        if value == WITHDRAWN:
            return Q(withdrawn_on__isnull=False)
        waiting = Q(done_on__isnull=True, withdrawn_on__isnull=True)
        return waiting & Q(deadline__due_on__lt=self.on) if value == LATE else waiting


class ReasonForm(forms.Form):
    """免走, 恢复应走, 撤回: a reason in one line."""

    reason = forms.CharField(label="原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class MoveForm(forms.Form):
    due_on = _day("新期限", help_text="遇休息日顺延到下一个工作日。")
    reason = forms.CharField(
        label="调整原因",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="如“根据疫情形势调整”。原因随消息发给各单位。",
    )


class TaskForm(forms.Form):
    """One task. person may stay empty: then the unit sends whom it likes."""

    field_order = ("organization", "person", "matter", "mode", "walked_unit", "due_on", "reason")
    mode = forms.ChoiceField(label="体验形式", choices=SessionMode.choices)
    due_on = _day("完成期限")
    reason = forms.CharField(label="理由", required=False, max_length=300)

    def __init__(self, data: Any = None, *, posting, initial: dict | None = None) -> None:
        super().__init__(data, initial=initial)
        units = Organization.objects.filter(in_reach(posting))
        people = Person.objects.filter(in_reach(posting, "organization")).select_related("organization")
        names = ("name", "short_name")
        self.fields["organization"] = PickField(
            rows=units, what="单位", names=names, listed=UNITS, label="承担单位"
        )
        self.fields["person"] = PickField(
            rows=people,
            what="人员",
            names=("name",),
            listed="people-options",
            label="走流程人员",
            required=False,
            help_text="填姓名或人员编号；不填则由单位安排。",
        )
        self.fields["matter"] = PickField(
            rows=Matter.objects.all(), what="事项", names=("name",), listed=MATTERS, label="事项"
        )
        self.fields["walked_unit"] = unit_field(
            "地点（被体验单位）", required=False, help_text="不填则为事项在当地的主管单位。"
        )
        self.order_fields(self.field_order)


class ProposalForm(forms.Form):
    """Whose tasks to propose, and until when they would be due."""

    organization = forms.ChoiceField(label="单位")
    due_on = _day("完成期限")

    def __init__(self, data: Any = None, *, units: list[Organization], initial: dict | None = None) -> None:
        super().__init__(data, initial=initial)
        self.fields["organization"].choices = [(unit.code, unit.label) for unit in units]


class CrossForm(forms.Form):
    due_on = _day("完成期限")


class CampaignForm(forms.Form):
    """A new round; with `previous` its policy and key matters go on."""

    code = forms.RegexField(
        r"^[0-9A-Za-z]{1,20}$",
        label="行动编码",
        help_text="数字或字母，用在各种编号里，如 2023。",
        error_messages={"invalid": "行动编码只能用数字和字母。"},
    )
    name = forms.CharField(label="行动名称", max_length=100)
    document_number = forms.CharField(label="依据文号", max_length=50, required=False)
    opens_on = _day("开始日期")
    closes_on = _day("结束日期")
    previous = forms.ModelChoiceField(
        Campaign.objects.none(),
        label="上一轮行动",
        required=False,
        empty_label="没有（第一轮）",
        help_text="沿用它的催办阶梯、标准和重点事项；未销号的台账照常催办。",
    )

    def __init__(self, data: Any = None, *, initial: dict | None = None) -> None:
        super().__init__(data, initial=initial)
        self.fields["previous"].queryset = Campaign.objects.order_by("-opens_on", "-pk")
