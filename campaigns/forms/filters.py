"""The query forms of the lists. `narrow(rows)` is what page and export both use, so they show the same rows."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.http import QueryDict

from campaigns.enums import (
    CampaignState,
    ComplaintSource,
    MatterFocus,
    Satisfaction,
    SessionMode,
    SessionState,
)
from campaigns.forms.map_filter import MAP_FIELDS, MapFields
from campaigns.models import Campaign, CampaignMatter, Matter, Organization, WalkSession
from campaigns.whole_walks import walked_whole


def any_of(choices: Any) -> list[tuple[str, str]]:
    """Chinese labels as query values (contract §3), 全部 first."""
    return [("", "全部"), *((label, label) for label in choices.labels)]


def value_of(choices: Any, label: str) -> str:
    """The stored value of a Chinese label."""
    return dict(zip(choices.labels, choices.values, strict=True))[label]


def _day(label: str) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}))


def _choice(label: str) -> forms.CharField:
    """A code or a name; offered as a list of what occurs (ListFilter), but any may stand in the address."""
    return forms.CharField(label=label, required=False, max_length=100, widget=forms.Select)


def round_field() -> forms.CharField:
    """The code of one round of the campaign; asked only where there are several (offer_rounds)."""
    return forms.CharField(label="行动", required=False, max_length=20, widget=forms.HiddenInput)


def offer_rounds(form: forms.Form, nothing: str = "全部") -> None:
    """Let `form.campaign` be chosen among the rounds that have begun; a single one isn't worth a field. One query."""
    rounds = Campaign.objects.exclude(state=CampaignState.DRAFT).order_by("-opens_on", "-pk")
    offers = list(rounds.values_list("code", "name"))
    if len(offers) > 1:
        form.fields["campaign"].widget = forms.Select(choices=[("", nothing), *offers])


def of_round(rows: QuerySet, query: QueryDict) -> QuerySet:
    """For lists that ask nothing else: the rows of the round named by `?campaign=`, all where none is named."""
    code = query.get("campaign", "").replace("\0", "")
    return rows.filter(campaign__code=code) if code else rows


def is_unit(prefix: str, text: str) -> Q:
    """The unit at lookup `prefix` has this code or this name."""
    return (
        Q(**{f"{prefix}__code": text}) | Q(**{f"{prefix}__name": text}) | Q(**{f"{prefix}__short_name": text})
    )


class ListFilter(forms.Form):
    """A filter that asks nothing shows everything in scope; one that makes no sense shows nothing, and says why.

    rows: what the reader may see; the units and matters that occur there are offered. The export needs no offers.
    unit_of, matter_of: where the unit and the matter stand in a row.
    """

    unit_of = "organization"
    matter_of = "matter"
    q = forms.CharField(label="关键字", required=False, max_length=100)

    def __init__(self, data: Any = None, *, rows: QuerySet | None = None) -> None:
        super().__init__(data)
        if rows is not None:
            units = Organization.objects.filter(pk__in=rows.order_by().values(self.unit_of))
            self._offer("organization", [(unit.code, unit.label) for unit in units.order_by("path")])
        if rows is not None and "matter" in self.fields:
            matters = Matter.objects.filter(pk__in=rows.order_by().values(self.matter_of))
            self._offer("matter", list(matters.order_by("code").values_list("code", "name")))

    def _offer(self, name: str, offers: list[tuple[str, str]]) -> None:
        said = self.data.get(name, "") if self.is_bound else ""
        if said and said not in dict(offers):
            offers = [*offers, (said, said)]
        self.fields[name].widget.choices = [("", "全部"), *offers]

    def narrow(self, rows: QuerySet) -> QuerySet:
        if not self.is_bound:
            return rows
        if not self.is_valid():
            return rows.none()
        said = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        for name, value in said.items():
            told = self.in_round(value) if name == "campaign" else self.condition(name, value)
            rows = rows.filter(told)
        return rows

    def in_round(self, code: str) -> Q:
        """The rows of one round of the campaign."""
        return Q(campaign__code=code)

    def condition(self, name: str, value: Any) -> Q:
        raise NotImplementedError


HELD = "不含草稿"  # what every count of walks counts: WalkSession.objects.held()


def _in_state(value: str) -> Q:
    if value == HELD:
        return Q(pk__in=WalkSession.objects.held().values("pk"))
    return Q(state=value_of(SessionState, value))


class WalkFilter(MapFields, ListFilter):
    field_order = ("q", "organization", "mode", "state", "matter", "from", "to", "campaign")
    unit_of = "reporting_unit"
    organization = _choice("填报单位")
    mode = forms.ChoiceField(label="体验形式", required=False, choices=any_of(SessionMode))
    state = forms.ChoiceField(label="状态", required=False, choices=[*any_of(SessionState), (HELD, HELD)])
    matter = _choice("事项")
    campaign = round_field()

    def __init__(self, data: Any = None, *, rows: QuerySet | None = None) -> None:
        super().__init__(data, rows=rows)
        self.fields["from"] = _day("走流程日期从")
        self.fields["to"] = _day("到")
        if rows is not None:
            offer_rounds(self)
        self.order_fields(self.field_order)

    def condition(self, name: str, value: Any) -> Q:
        if name in MAP_FIELDS:
            return self.map_condition(name, value)
        match name:
            case "q":
                walked = WalkSession.walkers.through.objects.filter(person__name__contains=value)
                return (
                    Q(number__contains=value)
                    | Q(matter__name__contains=value)
                    | Q(narrative__contains=value)
                    | Q(pk__in=walked.values("walksession_id"))
                )
            case "organization":
                return is_unit("reporting_unit", value)
            case "mode":
                return Q(mode=value_of(SessionMode, value))
            case "state":
                return _in_state(value)
            case "matter":
                return Q(matter__code=value) | Q(matter__name=value)
            case "from":
                return Q(started_at__date__gte=value)
            case _:
                return Q(started_at__date__lte=value)


WHOLE, NOT_WHOLE = "已全程走完", "还没有全程走完"


class MatterFilter(ListFilter):
    """walks: the walks by which a matter counts as walked the whole way."""

    unit_of = "owner"
    organization = _choice("主管单位")
    focus = forms.ChoiceField(label="重点类别", required=False, choices=any_of(MatterFocus))
    whole = forms.ChoiceField(
        label="全程体验",
        required=False,
        choices=[("", "全部"), (WHOLE, WHOLE), (NOT_WHOLE, NOT_WHOLE)],
    )
    livelihood = _choice("民生领域")
    theme = _choice("一件事主题")
    campaign = round_field()

    def __init__(
        self, data: Any = None, *, rows: QuerySet | None = None, walks: QuerySet | None = None
    ) -> None:
        super().__init__(data, rows=rows)
        self.walks = WalkSession.objects.all() if walks is None else walks
        for name in ("livelihood", "theme") if rows is not None else ():
            found = rows.exclude(**{name: ""}).order_by(name).values_list(name, flat=True).distinct()
            self._offer(name, [(value, value) for value in found])
        if rows is not None:
            offer_rounds(self)

    def in_round(self, code: str) -> Q:
        """The key matters of a round."""
        return Q(pk__in=CampaignMatter.objects.filter(campaign__code=code).values("matter"))

    def condition(self, name: str, value: Any) -> Q:
        match name:
            case "q":
                return Q(code__contains=value) | Q(name__contains=value) | Q(theme__contains=value)
            case "organization":
                return is_unit("owner", value)
            case "whole":
                walked = Q(pk__in=walked_whole(self.walks).values("matter"))
                return walked if value == WHOLE else ~walked
            case "livelihood" | "theme":
                return Q(**{name: value})
        # SQLite has no `contains` for JSON: the list of keys is read as its text.
        key = value_of(MatterFocus, value)
        told = Matter.objects.annotate(told=Cast("focuses", TextField())).filter(told__contains=f'"{key}"')
        return Q(pk__in=told.values("pk"))


class ComplaintFilter(ListFilter):
    organization = _choice("承办单位")
    source = forms.ChoiceField(label="来源", required=False, choices=any_of(ComplaintSource))
    satisfaction = forms.ChoiceField(label="满意度", required=False, choices=any_of(Satisfaction))
    matter = _choice("事项")
    campaign = round_field()

    def __init__(self, data: Any = None, *, rows: QuerySet | None = None) -> None:
        super().__init__(data, rows=rows)
        self.fields["from"] = _day("受理日期从")
        self.fields["to"] = _day("到")
        if rows is not None:
            offer_rounds(self)

    def in_round(self, code: str) -> Q:
        """A complaint belongs to no round: those that came in from a round's first to its last day."""
        days = Campaign.objects.filter(code=code).values_list("opens_on", "closes_on").first()
        return Q(received_at__date__range=days) if days else Q(pk__in=())

    def condition(self, name: str, value: Any) -> Q:
        match name:
            case "q":
                return Q(number__contains=value) | Q(title__contains=value) | Q(content__contains=value)
            case "organization":
                return is_unit("organization", value)
            case "source":
                return Q(source=value_of(ComplaintSource, value))
            case "satisfaction":
                return Q(satisfaction=value_of(Satisfaction, value))
            case "matter":
                return Q(matter__code=value) | Q(matter__name=value)
            case "from":
                return Q(received_at__date__gte=value)
            case _:
                return Q(received_at__date__lte=value)


FINISHED, UNFINISHED = "已办结", "未办结"


class CaseFilter(ListFilter):
    organization = _choice("实施单位")
    matter = _choice("事项")
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), (FINISHED, FINISHED), (UNFINISHED, UNFINISHED)]
    )

    def __init__(self, data: Any = None, *, rows: QuerySet | None = None) -> None:
        super().__init__(data, rows=rows)
        self.fields["from"] = _day("申请日期从")
        self.fields["to"] = _day("到")

    def condition(self, name: str, value: Any) -> Q:
        match name:
            case "q":
                return Q(number__contains=value) | Q(matter__name__contains=value)
            case "organization":
                return is_unit("organization", value)
            case "matter":
                return Q(matter__code=value) | Q(matter__name=value)
            case "state":
                return Q(finished_at__isnull=value == UNFINISHED)
            case "from":
                return Q(applied_at__date__gte=value)
            case _:
                return Q(applied_at__date__lte=value)
