"""会商 records, and 议定事项 that become deadlines on the items (contract §7.7; 衡政办函〔2022〕16号 五(二))."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import transaction

from campaigns.actions.deadlines import open_deadline, settle
from campaigns.actions.notices import notify
from campaigns.actions.recipients import holders
from campaigns.enums import Role
from campaigns.ground import audit
from campaigns.ground.calendar import Calendar
from campaigns.ground.clock import day_of
from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.ground.workdays import load_calendar
from campaigns.models import Campaign, Organization, Posting
from issues.actions.moving import add_helpers
from issues.enums import Deed
from issues.models import Decision, LedgerItem, Meeting
from issues.office_permissions import check_can_meet
from issues.permissions import ENDED
from issues.workflow import write_entry


@transaction.atomic
def record_meeting(
    *,
    by: Posting,
    now: datetime,
    campaign: Campaign,
    title: str,
    held_on: date,
    document_number: str,
    units: Iterable[Organization],
    items: list[LedgerItem],
    decisions: Iterable[Mapping] = (),
    summary: str = "",
    calendar: Calendar | None = None,
) -> Meeting:
    """Keep a 会商 with its items, units and 纪要文号. `decisions`: mappings of item, organization, text, due_on.

    Each decision gets a clock of its own and a line in the item's history; a unit that has to do something and did not
    see the item becomes its 协办.
    """
    check_can_meet(by)
    calendar, on = calendar or load_calendar(), day_of(now)
    units, decisions = list(units), list(decisions)
    _check_meeting(by, items, units, held_on, on, document_number)
    if Meeting.objects.filter(campaign=campaign, document_number=document_number.strip()).exists():
        raise NotAllowed(f"纪要 {document_number.strip()} 已经登记过。")
    meeting = Meeting.objects.create(
        campaign=campaign,
        organization=by.organization,
        title=title.strip(),
        held_on=held_on,
        document_number=document_number.strip(),
        summary=summary.strip(),
        recorded_at=now,
        recorded_by=by.person.user,
    )
    meeting.items.set(items)
    meeting.units.set({*units, *(one["organization"] for one in decisions)})
    locked = LedgerItem.objects.select_for_update(of=("self",)).filter(pk__in=[item.pk for item in items])
    rows = {row.pk: row for row in locked.select_related("responsible_unit", "deadline").order_by("pk")}
    for one in decisions:
        _decide(meeting, rows[one["item"].pk], one, by, now, calendar)
    for item in rows.values():
        if all(one["item"].pk != item.pk for one in decisions):
            note = f"{meeting.document_number}：{meeting.title}"
            write_entry(item=item, move=Deed.MEET, source=item.state, by=by, now=now, note=note)
    audit.record(by=by, verb="登记会商", subject=meeting, now=now)
    return meeting


def _check_meeting(
    by: Posting,
    items: list[LedgerItem],
    units: list[Organization],
    held_on: date,
    on: date,
    document_number: str,
) -> None:
    if not items:
        raise NotAllowed("请写明会商了哪几条台账。")
    if not units:
        raise NotAllowed("请写明参加会商的单位。")
    if held_on > on:
        raise NotAllowed("会商日期不能晚于今天。")
    if not document_number.strip():
        raise NotAllowed("请填写纪要文号。")
    for item in items:
        if not by.covers(item.responsible_unit):
            raise NotAllowed(f"{item.number}不在您的管辖范围内，不能登记会商。")
        if item.state in ENDED:
            raise NotAllowed(f"{item.number}已经是“{item.get_state_display()}”，不用会商。")


def _decide(
    meeting: Meeting, item: LedgerItem, one: Mapping, by: Posting, now: datetime, calendar: Calendar
) -> Decision:
    unit, on = one["organization"], day_of(now)
    if one["due_on"] <= on:
        raise NotAllowed("议定事项的完成时限要晚于今天。")
    add_helpers(item=item, units=[unit], now=now)
    deadline = open_deadline(
        kind="STEP",
        title=f"{item.number} 会商议定：{one['text']}",
        link=item.get_absolute_url(),
        campaign=meeting.campaign,
        organization=unit,
        starts_on=on,
        due_on=one["due_on"],
        calendar=calendar,
    )
    note = f"{meeting.document_number} 议定：{unit.label}{one['text']}，{deadline.due_on:%Y-%m-%d}前完成。"
    write_entry(item=item, move=Deed.MEET, source=item.state, by=by, now=now, note=note)
    to = holders(roles=(Role.REPORTER, Role.DEPUTY), organization=unit, on=on)
    notify(to=to, kind="MOVE", text=f"{item.number} {note}", link=item.get_absolute_url(), now=now)
    return Decision.objects.create(
        meeting=meeting,
        item=item,
        organization=unit,
        text=one["text"].strip(),
        due_on=deadline.due_on,
        deadline=deadline,
    )


@transaction.atomic
def finish_decision(*, decision: Decision, by: Posting, now: datetime) -> Decision:
    """议定事项 done, said by the unit's 填报员: its clock stops."""
    decision = (
        Decision.objects.select_for_update(of=("self",))
        .select_related("organization", "deadline")
        .get(pk=decision.pk)
    )
    if by.role != Role.REPORTER or by.organization_id != decision.organization_id:
        raise NotAllowed(f"议定事项由承办单位{decision.organization.label}的填报员办结。")
    if decision.done_on:
        raise Changed("这项议定事项已经办结。")
    decision.done_on = day_of(now)
    decision.save(update_fields=["done_on"])
    settle(deadline=decision.deadline, on=decision.done_on)
    audit.record(by=by, verb="办结议定事项", subject=decision.meeting, now=now)
    return decision
