"""Correcting a measure that is not signed yet, e.g. after 退回修改; once signed it stands (contract §7.1)."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from campaigns.ground import audit
from campaigns.ground.calendar import Calendar
from campaigns.ground.clock import day_of
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.workdays import load_calendar
from campaigns.models import Organization, Posting
from issues.actions.findings import check_measure, take_kind
from issues.actions.moving import add_helpers
from issues.enums import LedgerState
from issues.models import LedgerItem, Measure, MeasureDemand, MeasureProblem, MeasureStep
from issues.permissions import check_can_write_measure


@transaction.atomic
def revise_measure(
    *,
    measure: Measure,
    by: Posting,
    now: datetime,
    items: list[LedgerItem],
    lead_unit: Organization,
    steps: Iterable[Mapping] = (),
    helper_units: Iterable[Organization] = (),
    calendar: Calendar | None = None,
    **facts,
) -> Measure:
    """Write `measure` anew: its words, dates, steps and the items it answers, all of them still 待定措施.

    Arguments as for write_measure. Raises NotAllowed with the sentence.
    """
    measure = Measure.objects.select_for_update().get(pk=measure.pk)
    steps = list(steps)
    for item in {item.pk: item for item in (*measure_items(measure), *items)}.values():
        check_can_write_measure(by, item.responsible_unit)
        if item.state != LedgerState.PLANNING:
            raise NotAllowed(
                f"{item.number}已经是“{item.get_state_display()}”，措施不能再改；有变化的请另写一条措施。"
            )
    check_measure(facts, steps, items)
    for name, value in facts.items():
        setattr(measure, name, value)
    measure.lead_unit = lead_unit
    measure.save()
    helper_units = list(helper_units)
    measure.helper_units.set(helper_units)
    for item in items:
        add_helpers(item=item, units=[*helper_units, lead_unit], now=now)
    measure.steps.all().delete()
    MeasureStep.objects.bulk_create(
        MeasureStep(measure=measure, sequence=number, **step) for number, step in enumerate(steps, start=1)
    )
    _link(measure, items)
    calendar = calendar or load_calendar()
    for item in items:
        take_kind(item=item, kind=measure.rectify_kind, on=day_of(now), calendar=calendar)
    audit.record(by=by, verb="修改措施", subject=measure, now=now)
    return measure


def measure_items(measure: Measure) -> list[LedgerItem]:
    """The ledger items of every problem and demand the measure answers, by number."""
    found = LedgerItem.objects.select_related("responsible_unit", "problem", "demand", "deadline", "turn")
    answered = found.filter(problem__measures=measure) | found.filter(demand__measures=measure)
    return list(answered.distinct().order_by("number"))


def _link(measure: Measure, items: list[LedgerItem]) -> None:
    MeasureProblem.objects.filter(measure=measure).delete()
    MeasureDemand.objects.filter(measure=measure).delete()
    MeasureProblem.objects.bulk_create(
        MeasureProblem(measure=measure, problem_id=item.problem_id) for item in items if item.problem_id
    )
    MeasureDemand.objects.bulk_create(
        MeasureDemand(measure=measure, demand_id=item.demand_id) for item in items if item.demand_id
    )
