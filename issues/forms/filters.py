"""Filters of the list pages: they live in the address, in Chinese, so that a query can be shared (contract §3)."""

from datetime import date

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet

from campaigns.enums import SLIP_LEVELS, SlipState
from campaigns.forms.filters import offer_rounds, round_field
from campaigns.ground.calendar import Calendar
from campaigns.ground.lights import Light
from campaigns.ground.searching import holds
from campaigns.models import Category, Organization, Posting
from issues.enums import LedgerState, Quality, RectifyKind
from issues.forms.fields import any_of, day_field
from issues.lights import light_filter
from issues.models import LedgerItem, MeasureDemand, MeasureProblem


def value_of(choices, label: str) -> str:
    """The stored value of a Chinese label."""
    return next(value for value, text in choices.choices if text == label)


def units_offered(rows: QuerySet, lookup: str) -> list[tuple[str, str]]:
    """全部, then the units that occur in `rows`, by their place in the tree.

    Asked for when the form is shown: an export, a figure and the desk need no offers.
    """
    units = Organization.objects.filter(pk__in=rows.order_by().values(lookup)).order_by("path")
    names = units.values_list("code", "short_name", "name")
    return [("", "全部"), *((code, short or name) for code, short, name in names)]


class ListFilter(forms.Form):
    """What every list asks: a word, a unit by its code, a round of the campaign.

    `lookup` is where the unit stands in a row, `round_at` where the round stands.
    """

    q = forms.CharField(label="关键字", required=False, max_length=60)
    organization = forms.CharField(label="责任单位", required=False, max_length=40, widget=forms.Select)
    campaign = round_field()
    lookup = "responsible_unit"
    round_at = "campaign"
    searched: tuple[str, ...] = ()

    def __init__(self, data, *, rows: QuerySet):
        """`rows`: what the posting may see; the units offered are those that occur there."""
        super().__init__(data)
        self.fields["organization"].widget.choices = lambda: units_offered(rows, self.lookup)
        offer_rounds(self)

    def apply(self, rows: QuerySet) -> QuerySet:
        """The rows asked for; none for a filter that cannot be read (the page says which)."""
        if not self.is_valid():
            return rows.none()
        said = self.cleaned_data
        if said["q"]:
            rows = rows.filter(holds(said["q"], *self.searched))
        if said["organization"]:
            rows = rows.filter(**{f"{self.lookup}__code": said["organization"]})
        if said["campaign"]:
            rows = rows.filter(**{f"{self.round_at}__code": said["campaign"]})
        return rows


def lit_items(items: QuerySet, word: str, *, on: date, calendar: Calendar) -> QuerySet:
    """The ledger items whose light is `word` on the day `on`; one small query for the earliest 起算日期."""
    earliest = items.earliest_start() if word in (Light.YELLOW, Light.GREEN) else None
    wanted = light_filter(word, on=on, calendar=calendar, earliest=earliest)
    return items.with_applied_on().filter(wanted)


class LedgerFilter(ListFilter):
    state = forms.ChoiceField(label="状态", required=False, choices=any_of(LedgerState.choices))
    light = forms.ChoiceField(
        label="灯", required=False, choices=[("", "全部"), *((w, w) for w in map(str, Light))]
    )
    kind = forms.ChoiceField(label="整改类型", required=False, choices=any_of(RectifyKind.choices))
    due_from = day_field("时限自")
    due_to = day_field("时限至")
    recurred = forms.ChoiceField(
        label="销号后复发", required=False, choices=[("", "全部"), ("30天内", "30天内"), ("90天内", "90天内")]
    )
    mine = forms.BooleanField(label="待我办理", required=False)
    returned = forms.BooleanField(label="被退回", required=False)
    picked = forms.CharField(
        required=False, max_length=6000, widget=forms.HiddenInput
    )  # ids ticked on the list
    searched = (
        "number",
        "problem__number",
        "problem__text",
        "problem__matter__name",
        "demand__number",
        "demand__text",
        "demand__matter__name",
    )

    def apply(self, rows: QuerySet, *, posting: Posting, on: date, calendar: Calendar) -> QuerySet:
        rows = super().apply(rows)
        if not self.is_valid():
            return rows
        said = self.cleaned_data
        if said["mine"]:
            rows = rows.waiting_for(posting)
        if said["returned"]:
            rows = rows.sent_back()
        if said["recurred"]:
            rows = rows.recurred(int(said["recurred"].removesuffix("天内")))
        if said["picked"]:
            rows = rows.filter(pk__in=[int(pk) for pk in said["picked"].split(",") if pk.isdigit()])
        exact = {
            "state": said["state"] and value_of(LedgerState, said["state"]),
            "rectify_kind": said["kind"] and value_of(RectifyKind, said["kind"]),
            "deadline__due_on__gte": said["due_from"],
            "deadline__due_on__lte": said["due_to"],
        }
        rows = rows.filter(**{lookup: value for lookup, value in exact.items() if value})
        return lit_items(rows, said["light"], on=on, calendar=calendar) if said["light"] else rows


class FindingFilter(ListFilter):
    """Problems and demands: state and light are those of the ledger item."""

    state = forms.ChoiceField(label="状态", required=False, choices=any_of(LedgerState.choices))
    light = forms.ChoiceField(
        label="灯", required=False, choices=[("", "全部"), *((w, w) for w in map(str, Light))]
    )
    searched = ("number", "text", "matter__name")

    def apply(self, rows: QuerySet, *, on: date, calendar: Calendar) -> QuerySet:
        rows = super().apply(rows)
        if not self.is_valid():
            return rows
        said = self.cleaned_data
        if said["state"]:
            rows = rows.filter(item__state=value_of(LedgerState, said["state"]))
        if said["light"]:
            items = lit_items(LedgerItem.objects.all(), said["light"], on=on, calendar=calendar)
            rows = rows.filter(item__in=items.values("pk"))
        return rows


class ProblemFilter(FindingFilter):
    group = forms.ChoiceField(
        label="问题大类",
        required=False,
        choices=[("", "全部"), *((g, g) for g in ("办事流程", "配套服务", "线上线下", "业务衔接"))],
    )

    category = forms.ModelChoiceField(
        label="问题类别",
        required=False,
        queryset=Category.objects.order_by("code"),
        to_field_name="code",
        empty_label="全部",
    )
    finder = forms.CharField(label="填报单位", required=False, max_length=40, widget=forms.Select)
    quality = forms.ChoiceField(label="质量评价", required=False, choices=any_of(Quality.choices))

    def __init__(self, data, *, rows: QuerySet):
        super().__init__(data, rows=rows)
        self.fields["finder"].widget.choices = lambda: units_offered(rows, "reporting_unit")

    def apply(self, rows: QuerySet, *, on: date, calendar: Calendar) -> QuerySet:
        rows = super().apply(rows, on=on, calendar=calendar)
        if not self.is_valid():
            return rows
        quality = self.cleaned_data["quality"]
        exact = {
            "reporting_unit__code": self.cleaned_data["finder"],
            "quality": quality and value_of(Quality, quality),
            "category__group": self.cleaned_data["group"],
            "category": self.cleaned_data["category"],
        }
        return rows.filter(**{lookup: value for lookup, value in exact.items() if value})


class DemandFilter(FindingFilter):
    accepted = forms.ChoiceField(
        label="是否采纳",
        required=False,
        choices=[("", "全部"), ("采纳", "采纳"), ("不采纳", "不采纳"), ("待定", "待定")],
    )

    def apply(self, rows: QuerySet, *, on: date, calendar: Calendar) -> QuerySet:
        rows = super().apply(rows, on=on, calendar=calendar)
        if self.is_valid() and self.cleaned_data["accepted"]:
            rows = rows.filter(is_accepted={"采纳": True, "不采纳": False}.get(self.cleaned_data["accepted"]))
        return rows


class MeasureFilter(ListFilter):
    organization = forms.CharField(label="牵头单位", required=False, max_length=40, widget=forms.Select)
    kind = forms.ChoiceField(label="整改类型", required=False, choices=any_of(RectifyKind.choices))
    state = forms.ChoiceField(label="台账状态", required=False, choices=any_of(LedgerState.choices))
    light = forms.ChoiceField(
        label="灯", required=False, choices=[("", "全部"), *((w, w) for w in map(str, Light))]
    )
    matter = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    lookup = "lead_unit"
    searched = ("number", "text", "institution")

    def apply(self, rows: QuerySet, *, on: date, calendar: Calendar) -> QuerySet:
        """State and light are those of the items a measure answers; one that answers several needs one of them."""
        rows = super().apply(rows)
        if not self.is_valid():
            return rows
        said, items = self.cleaned_data, LedgerItem.objects.all()
        if said["kind"]:
            rows = rows.filter(rectify_kind=value_of(RectifyKind, said["kind"]))
        if said["state"]:
            items = items.filter(state=value_of(LedgerState, said["state"]))
        if said["light"]:
            items = lit_items(items, said["light"], on=on, calendar=calendar)
        if said["state"] or said["light"]:
            problems, demands = items.values("problem"), items.values("demand")
            rows = rows.filter(
                Exists(MeasureProblem.objects.filter(measure=OuterRef("pk"), problem__in=problems))
                | Exists(MeasureDemand.objects.filter(measure=OuterRef("pk"), demand__in=demands))
            )
        if said["matter"]:
            asked = rows.filter(demands__matter__code=said["matter"]).values("pk")
            found = rows.filter(problems__matter__code=said["matter"]).values("pk")
            rows = rows.filter(Q(pk__in=asked) | Q(pk__in=found))
        return rows


class WaitingFilter(ListFilter):
    """待核验: items of the ledger, all in one state."""

    searched = LedgerFilter.searched


class DrawFilter(ListFilter):
    organization = forms.CharField(label="抽查范围", required=False, max_length=40, widget=forms.Select)
    lookup = "organization"
    searched = ("number", "title")


class SlipFilter(ListFilter):
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "全部"), *((word, word) for word in ("待签发", "已签发", "督办中", "已作废"))],
    )
    rung = forms.ChoiceField(label="级别", required=False, choices=any_of(SLIP_LEVELS))
    lookup = "about__organization"
    round_at = "about__campaign"
    searched = ("number", "about__title")

    def apply(self, rows: QuerySet) -> QuerySet:
        rows = super().apply(rows)
        if not self.is_valid():
            return rows
        said = self.cleaned_data
        if said["state"]:
            rows = rows.filter(**_SLIP_STATES[said["state"]])
        levels = [level for level, word in SLIP_LEVELS if word == said["rung"]]
        return rows.filter(level__in=levels) if levels else rows


# 督办中: signed, and its own limit still runs.
_SLIP_STATES = {
    "待签发": {"state": SlipState.DRAFT},
    "已签发": {"state": SlipState.SIGNED},
    "督办中": {"state": SlipState.SIGNED, "deadline__is_open": True},
    "已作废": {"state": SlipState.VOID},
}
