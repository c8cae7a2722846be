"""Truths that span rows, so that no constraint can keep them (house §9): looked for every night, told, never mended.

Each truth is one function from a campaign to the sentences of what breaks it. Reads only.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from campaigns.ground.calendar import Calendar
from campaigns.ground.workdays import load_calendar
from campaigns.models import Campaign, Deadline, Obligation, SessionStep, WalkSession
from campaigns.process_ways import way_of
from issues.enums import LedgerState, MoveName, RectifyKind
from issues.models import LedgerEntry, LedgerItem, MeasureDemand, MeasureProblem
from issues.moves import LASTING_DAYS
from issues.workflow import CLOCKS

S = LedgerState
PAST_SIGNING = (S.RECTIFYING, S.APPLIED, S.REVIEWED, S.CLOSED, S.STAGED, S.ESCALATED)
MAY_SHOW = 200  # of one truth: a broken rule breaks thousands of rows, and nobody reads those


@dataclass(frozen=True)
class Truth:
    """`breaches` yields (what, sentence) for each row that breaks the truth."""

    key: str
    label: str
    breaches: Callable[[Campaign, Calendar], Iterator[tuple[str, str]]]


def _items(campaign: Campaign) -> QuerySet:
    return LedgerItem.objects.in_campaign(campaign).order_by("number")


def _closed_by_its_own_unit(campaign: Campaign, calendar: Calendar) -> Iterator[tuple[str, str]]:
    """Contract §7.3: the closer is never of the responsible unit."""
    last = LedgerEntry.objects.filter(
        item=OuterRef("item"), move__in=[MoveName.CLOSE, MoveName.STAGE]
    ).order_by("-sequence")
    closings = (
        LedgerEntry.objects.filter(
            item__campaign=campaign,
            item__state__in=[S.CLOSED, S.STAGED],
            pk=Subquery(last.values("pk")[:1]),
            posting__isnull=False,
        )
        .filter(
            Q(posting__organization=F("item__responsible_unit"))
            | Q(posting__person__organization=F("item__responsible_unit"))
        )
        .select_related("item")
    )
    for entry in closings.order_by("item__number"):
        yield entry.item.number, f"销号人{entry.by_text}属于责任单位。"


def _two_places_at_once(campaign: Campaign, calendar: Calendar) -> Iterator[tuple[str, str]]:
    """One person's held walks don't overlap."""
    walks = (
        WalkSession.walkers.through.objects.filter(
            walksession__in=WalkSession.objects.in_campaign(campaign).held()
        )
        .order_by("person_id", "walksession__started_at", "walksession__number")
        .values_list("person__name", "person_id", "walksession__number", "walksession__started_at")
        .annotate(ended_at=F("walksession__ended_at"))
    )
    before, until, first = None, None, ""
    for name, person, number, started_at, ended_at in walks.iterator():
        if person != before:
            before, until, first = person, None, ""
        if until is not None and started_at < until:
            yield number, f"{name}同一时间还有另一场走流程{first}。"
        if until is None or ended_at > until:
            until, first = ended_at, number


def _state_is_last_entry(campaign: Campaign, calendar: Calendar) -> Iterator[tuple[str, str]]:
    """The state is what the last line of history says."""
    last = LedgerEntry.objects.filter(item=OuterRef("pk")).order_by("-sequence").values("target")[:1]
    items = _items(campaign).annotate(told=Subquery(last)).filter(~Q(told=F("state")) | Q(told__isnull=True))
    for item in items:
        told = S(item.told).label if item.told else "没有记录"
        yield item.number, f"状态是“{item.get_state_display()}”，最后一条历史是“{told}”。"


def _signed_without_measure(campaign: Campaign, calendar: Calendar) -> Iterator[tuple[str, str]]:
    """Past 审签 there is a measure; 立行立改 has one before it applies (contract §7.1, §7.2)."""
    items = (
        _items(campaign)
        .filter(Q(state__in=PAST_SIGNING) | Q(applied_at__isnull=False))
        .filter(
            ~Exists(MeasureProblem.objects.filter(problem=OuterRef("problem_id"))),
            ~Exists(MeasureDemand.objects.filter(demand=OuterRef("demand_id"))),
        )
    )
    for item in items:
        yield item.number, f"已到“{item.get_state_display()}”，没有解决措施。"


def _held_outside_campaign(campaign: Campaign, calendar: Calendar) -> Iterator[tuple[str, str]]:
    """A walk is held while the campaign runs."""
    walks = WalkSession.objects.in_campaign(campaign).held()
    outside = walks.filter(Q(held_on__lt=campaign.opens_on) | Q(held_on__gt=campaign.closes_on))
    for walk in outside.order_by("number"):
        yield walk.number, f"走流程日期{walk.held_on}不在行动期间。"


def _clock_against_state(campaign: Campaign, calendar: Calendar) -> Iterator[tuple[str, str]]:
    """The unit's clock runs exactly in 整改中 and in the short lane (contract §7.2, §7.5)."""
    runs = Q(state=S.RECTIFYING) | Q(state=S.PLANNING, rectify_kind=RectifyKind.QUICK)
    items = _items(campaign).filter(deadline__isnull=False)
    for item in items.filter(runs, deadline__is_open=False):
        yield item.number, f"“{item.get_state_display()}”的整改时限已停。"
    for item in items.filter(~runs, deadline__is_open=True):
        yield item.number, f"“{item.get_state_display()}”的整改时限还在走。"


def _turn_against_state(campaign: Campaign, calendar: Calendar) -> Iterator[tuple[str, str]]:
    """Each waiting state has its own clock, and no other state has one (contract §7.1)."""
    timed = [state for state, clock in CLOCKS.items() if clock.days is not None]
    waits = Q(state__in=timed) & ~Q(state=S.PLANNING, rectify_kind=RectifyKind.QUICK)
    waits |= Q(state__in=list(LASTING_DAYS), rectify_kind=RectifyKind.LASTING)
    # Who waits for a verifier too long is not chased for 单位审核 (contract §7.4).
    unseen = Q(pk__in=_items(campaign).waiting_for_verifier().values("pk"), state=S.APPLIED)
    stopped = Q(turn__isnull=True) | Q(turn__is_open=False)
    for item in _items(campaign).filter(waits).filter(stopped).exclude(unseen):
        yield item.number, f"“{item.get_state_display()}”没有在走的本环节时限。"
    for item in _items(campaign).filter(~waits, turn__is_open=True):
        yield item.number, f"“{item.get_state_display()}”不应有本环节时限。"


def _provisional_dates(campaign: Campaign, calendar: Calendar) -> Iterator[tuple[str, str]]:
    """Counted without a holiday table ⇔ marked 暂定 (contract §8); recounted when the table comes."""
    for deadline in Deadline.objects.running().filter(campaign=campaign).order_by("pk").iterator():
        provisional = calendar.is_provisional(deadline.starts_on, deadline.due_on)
        if provisional != deadline.is_provisional:
            why = (
                "所跨年份放假安排未公布，应标为暂定"
                if provisional
                else "放假安排已公布，应重新计算并取消暂定"
            )
            yield deadline.title, f"时限{deadline.due_on}：{why}。"


def _two_duties_at_once(campaign: Campaign, calendar: Calendar) -> Iterator[tuple[str, str]]:
    """Who is transferred ends one duty before the next begins; else 体验覆盖率 counts one person twice."""
    rows = Obligation.objects.in_campaign(campaign)
    later = Obligation.objects.filter(
        starts_on__lte=Coalesce(OuterRef("ends_on"), date.max),
        campaign=campaign,
        person=OuterRef("person"),
        starts_on__gt=OuterRef("starts_on"),
    )
    for row in rows.filter(Exists(later)).select_related("person").order_by("person__code", "pk"):
        yield row.person.code, f"{row.person.name}自 {row.starts_on} 起的应走与后一段重叠。"


def _way_against_steps(campaign: Campaign, calendar: Calendar) -> Iterator[tuple[str, str]]:
    """The texts a map is drawn from say what the steps say (campaigns.process_ways)."""
    steps = Prefetch("steps", SessionStep.objects.order_by("sequence"))
    walks = WalkSession.objects.in_campaign(campaign).order_by("number").prefetch_related(steps)
    for walk in walks.iterator(chunk_size=1000):
        if (walk.way, walk.way_minutes) != way_of(walk.steps.all()):
            yield walk.number, "流程图所用的环节顺序或分钟与环节记录不一致。"


TRUTHS = (
    Truth("closer", "销号人不属于责任单位", _closed_by_its_own_unit),
    Truth("places", "同一人不同时走两场流程", _two_places_at_once),
    Truth("history", "台账状态与最后一条历史一致", _state_is_last_entry),
    Truth("measure", "审签以后的台账都有解决措施", _signed_without_measure),
    Truth("dates", "走流程日期在行动期间内", _held_outside_campaign),
    Truth("clock", "整改时限与状态一致", _clock_against_state),
    Truth("turn", "本环节时限与状态一致", _turn_against_state),
    Truth("duties", "一个人同一天只有一段应走", _two_duties_at_once),
    Truth("ways", "流程图与环节记录一致", _way_against_steps),
    Truth("provisional", "跨未公布年份的时限标为暂定", _provisional_dates),
)


def check(campaigns: list[Campaign], *, calendar: Calendar | None = None) -> dict:
    """Look for breaches in each campaign.

    Returns `checked` (truths × campaigns), `broken`: [{truth, what, because}], at most MAY_SHOW of one truth, and
    `counts`: truth → all its breaches.
    """
    calendar = calendar or load_calendar()
    broken, counts = [], {}
    for campaign in campaigns:
        for truth in TRUTHS:
            for what, because in truth.breaches(campaign, calendar):
                counts[truth.key] = counts.get(truth.key, 0) + 1
                if counts[truth.key] <= MAY_SHOW:
                    broken.append({"truth": truth.label, "what": what, "because": because})
    return {"checked": len(TRUTHS) * len(campaigns), "broken": broken, "counts": counts}
