"""Writing the three lists: problems, demands, measures; and putting what was found on the ledger.

衡政办函〔2022〕16号 四 “填写《…问题清单、需求清单和解决措施清单》”; contract §7.1.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import transaction

from campaigns.actions.deadlines import settle
from campaigns.enums import OrganizationKind
from campaigns.ground import audit
from campaigns.ground.calendar import Calendar
from campaigns.ground.clock import day_of
from campaigns.ground.files import StoredFile
from campaigns.ground.numbering import take_number
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.workdays import load_calendar
from campaigns.models import Campaign, Organization, Posting, User
from issues.actions.moving import add_helpers, enter_quick_lane, open_step_clocks, start_clock
from issues.enums import LedgerState, RectifyKind
from issues.models import (
    Demand,
    ItemEvidence,
    LedgerItem,
    Measure,
    MeasureDemand,
    MeasureProblem,
    MeasureStep,
    Problem,
)
from issues.permissions import check_can_decide_demand, check_can_register, check_can_write_measure
from issues.workflow import write_entry

PAIRS = ("steps", "documents", "days", "trips", "fee")


@transaction.atomic
def register_problem(
    *,
    by: Posting,
    now: datetime,
    campaign: Campaign,
    reporting_unit: Organization,
    responsible_unit: Organization,
    helper_units: Iterable[Organization] = (),
    number: str = "",
    calendar: Calendar | None = None,
    **facts,
) -> Problem:
    """登记问题 and its ledger item: own unit → 待定措施, another's → 待转办 (contract §7.1).

    `facts` are Problem fields (session, matter, step, category, text, cause, source, proposed_kind, proposed_due_on,
    found_on, note). Raises NotAllowed for the wrong person or missing facts.
    """
    check_can_register(by, reporting_unit)
    if facts["category"].code[:1] in ("A", "C") and not facts.get("matter"):
        raise NotAllowed("办事流程类和线上线下类问题要写明是哪个事项。")
    if responsible_unit.kind == OrganizationKind.SUPERIOR:
        raise NotAllowed("上级单位不作责任单位，请填写本地对口单位，由它提请上级协调。")
    if facts["found_on"] > day_of(now):
        raise NotAllowed("发现日期不能晚于今天。")
    problem = Problem.objects.create(
        campaign=campaign,
        number=number or take_number(f"WT-{campaign.code}-{reporting_unit.code}"),
        reporting_unit=reporting_unit,
        responsible_unit=responsible_unit,
        registered_at=now,
        registered_by=by.person.user,
        **facts,
    )
    problem.helper_units.set(helper_units)
    open_item(
        problem=problem, kind=problem.proposed_kind, by=by, now=now, calendar=calendar or load_calendar()
    )
    audit.record(by=by, verb="登记问题", subject=problem, now=now)
    return problem


@transaction.atomic
def register_demand(
    *,
    by: Posting,
    now: datetime,
    campaign: Campaign,
    reporting_unit: Organization,
    number: str = "",
    helper_units: Iterable[Organization] = (),
    calendar: Calendar | None = None,
    **facts,
) -> Demand:
    """登记需求; an accepted one goes on the ledger at once, an undecided one waits for `decide_demand`."""
    check_can_register(by, reporting_unit)
    _check_decision(facts.get("is_accepted"), facts.get("refusal_reason", ""), facts.get("responsible_unit"))
    if facts["found_on"] > day_of(now):
        raise NotAllowed("提出日期不能晚于今天。")
    demand = Demand.objects.create(
        campaign=campaign,
        number=number or take_number(f"XQ-{campaign.code}-{reporting_unit.code}"),
        reporting_unit=reporting_unit,
        registered_at=now,
        registered_by=by.person.user,
        **facts,
    )
    demand.helper_units.set(helper_units)
    if demand.is_accepted:
        open_item(demand=demand, kind="", by=by, now=now, calendar=calendar or load_calendar())
    audit.record(by=by, verb="登记需求", subject=demand, now=now)
    return demand


def _check_decision(accepted: bool | None, reason: str, unit: Organization | None) -> None:
    if unit is not None and unit.kind == OrganizationKind.SUPERIOR:
        raise NotAllowed("上级单位不作责任单位，请填写本地对口单位，由它提请上级协调。")
    if accepted is False and not reason.strip():
        raise NotAllowed("不采纳的需求要写明理由。")
    if accepted and unit is None:
        raise NotAllowed("采纳的需求要明确责任单位。")


@transaction.atomic
def decide_demand(
    *,
    demand: Demand,
    by: Posting,
    now: datetime,
    accepted: bool,
    responsible_unit: Organization | None = None,
    reason: str = "",
    calendar: Calendar | None = None,
) -> Demand:
    """采纳 or not: by the unit that registered it (or is responsible), or by 审改办 in reach; once."""
    check_can_decide_demand(by)
    demand = Demand.objects.select_for_update(of=("self",)).get(pk=demand.pk)
    unit = responsible_unit or demand.responsible_unit
    if demand.is_accepted is not None:
        raise NotAllowed(f"{demand.number}已经{'采纳' if demand.is_accepted else '不予采纳'}，不能再改。")
    if not by.covers(demand.reporting_unit) and not (unit and by.covers(unit)):
        raise NotAllowed("这条需求不在您的管辖范围内。")
    _check_decision(accepted, reason, unit)
    demand.is_accepted, demand.refusal_reason, demand.responsible_unit = accepted, reason.strip(), unit
    demand.save(update_fields=["is_accepted", "refusal_reason", "responsible_unit"])
    if accepted:
        open_item(demand=demand, kind="", by=by, now=now, calendar=calendar or load_calendar())
    audit.record(by=by, verb="采纳需求" if accepted else "不采纳需求", subject=demand, now=now)
    return demand


def open_item(
    *,
    by: Posting | None,
    now: datetime,
    kind: str,
    calendar: Calendar,
    problem: Problem | None = None,
    demand: Demand | None = None,
    user: User | None = None,
) -> LedgerItem:
    """Put a problem or an accepted demand on the ledger, with its first history line and its first clock.

    by: None for an import from the shell; then `user` is the account it runs under.
    """
    finding = problem or demand
    own = finding.responsible_unit_id == finding.reporting_unit_id
    item = LedgerItem.objects.create(
        campaign=finding.campaign,
        number=take_number(f"ZL-{finding.campaign.code}-{finding.responsible_unit.code}"),
        problem=problem,
        demand=demand,
        reporting_unit=finding.reporting_unit,
        responsible_unit=finding.responsible_unit,
        state=LedgerState.PLANNING if own else LedgerState.UNASSIGNED,
        rectify_kind=kind,
        found_on=finding.found_on,
        registered_at=now,
        registered_by=by.person.user if by is not None else user,
    )
    item.helper_units.set(finding.helper_units.all())
    write_entry(item=item, move="REGISTER", source="", by=by, now=now, note="")
    if own and kind == RectifyKind.QUICK:
        enter_quick_lane(item=item, on=day_of(now), calendar=calendar)
    else:
        start_clock(item=item, on=day_of(now), calendar=calendar)
    return item


@transaction.atomic
def write_measure(
    *,
    by: Posting,
    now: datetime,
    items: list[LedgerItem],
    lead_unit: Organization,
    steps: Iterable[Mapping] = (),
    helper_units: Iterable[Organization] = (),
    number: str = "",
    calendar: Calendar | None = None,
    **facts,
) -> Measure:
    """填写解决措施 for one or several items of the unit; the items take its 整改类型.

    `steps`: mappings of text, due_on, person_text. `facts`: Measure fields. Raises NotAllowed with the sentence.
    """
    on = day_of(now)
    for item in items:
        check_can_write_measure(by, item.responsible_unit)
        if item.state not in (LedgerState.PLANNING, LedgerState.RECTIFYING):
            raise NotAllowed(f"{item.number}现在是“{item.get_state_display()}”，不能填写措施。")
    check_measure(facts, steps, items)
    campaign = items[0].campaign
    measure = Measure.objects.create(
        campaign=campaign,
        number=number or take_number(f"CS-{campaign.code}-{by.organization.code}"),
        reporting_unit=by.organization,
        lead_unit=lead_unit,
        written_at=now,
        written_by=by.person.user,
        **facts,
    )
    helper_units = list(helper_units)
    measure.helper_units.set(helper_units)
    for item in items:
        add_helpers(item=item, units=[*helper_units, lead_unit], now=now)
    MeasureStep.objects.bulk_create(
        MeasureStep(measure=measure, sequence=number, **step) for number, step in enumerate(steps, start=1)
    )
    MeasureProblem.objects.bulk_create(
        MeasureProblem(measure=measure, problem_id=item.problem_id) for item in items if item.problem_id
    )
    MeasureDemand.objects.bulk_create(
        MeasureDemand(measure=measure, demand_id=item.demand_id) for item in items if item.demand_id
    )
    calendar = calendar or load_calendar()
    for item in items:
        take_kind(item=item, kind=measure.rectify_kind, on=on, calendar=calendar)
        if item.state == LedgerState.RECTIFYING:
            open_step_clocks(item, on, calendar)
    audit.record(by=by, verb="填写措施", subject=measure, now=now)
    return measure


def check_measure(facts: Mapping, steps: Iterable[Mapping], items: list[LedgerItem]) -> None:
    """Raise NotAllowed unless dates and numbers of a measure agree (contract §7.1; domain.md §4.4)."""
    if facts["rectify_kind"] == RectifyKind.DATED and not facts.get("due_on"):
        raise NotAllowed("限期整改要明确整改时限。")
    due_on: date | None = facts.get("due_on")
    if due_on and any(due_on < item.found_on for item in items):
        raise NotAllowed("整改时限不能早于发现日期。")
    if due_on and any(step["due_on"] > due_on for step in steps):
        raise NotAllowed("步骤的完成时限不能晚于整改时限。")
    for pair in PAIRS:
        before, after = facts.get(f"{pair}_before"), facts.get(f"{pair}_after")
        if before is not None and after is not None and after > before and not facts.get("note"):
            raise NotAllowed("整改后的数字比整改前大，请在备注中说明原因。")


def take_kind(*, item: LedgerItem, kind: str, on: date, calendar: Calendar) -> None:
    """The item follows its measure's 整改类型 while it is still being planned."""
    if item.state != LedgerState.PLANNING or item.rectify_kind == kind:
        return
    began = item.turn.starts_on if item.turn_id else on
    if kind == RectifyKind.QUICK:
        enter_quick_lane(item=item, on=began, calendar=calendar)
        return
    if item.is_quick and item.deadline_id:
        settle(deadline=item.deadline, on=on)
        item.deadline = None
    was_quick = item.is_quick
    item.rectify_kind = kind
    item.save(update_fields=["rectify_kind", "deadline"])
    if was_quick:
        start_clock(item=item, on=on, calendar=calendar)


@transaction.atomic
def add_evidence(
    *, item: LedgerItem, file: StoredFile, by: Posting, now: datetime, caption: str = ""
) -> ItemEvidence:
    """佐证材料 of the responsible or a helping unit."""
    helps = item.helper_units.filter(pk=by.organization_id).exists()
    if by.organization_id != item.responsible_unit_id and not helps:
        raise NotAllowed("佐证材料由责任单位或配合单位上传。")
    return ItemEvidence.objects.create(
        item=item, file=file, caption=caption, added_at=now, added_by=by.person.user
    )


@transaction.atomic
def finish_step(*, step: MeasureStep, by: Posting, now: datetime) -> MeasureStep:
    """A dated step is done: its clock stops."""
    check_can_write_measure(by, step.measure.lead_unit)
    if step.done_on:
        raise NotAllowed("这一步已经完成。")
    step.done_on = day_of(now)
    step.save(update_fields=["done_on"])
    if step.deadline_id and step.deadline.is_open:
        settle(deadline=step.deadline, on=step.done_on)
    return step
