"""批量顺延: an event outside everybody's power (疫情, platform outage) moves many dates at once (contract §7.6).

It is not an extension: no count of extensions grows, and the on-time rate by the original date is measured against the
date as the event moved it; the date first set stays on record in the Deadline.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from campaigns.actions.deadlines import move_deadline
from campaigns.actions.notices import notify
from campaigns.actions.recipients import holders
from campaigns.enums import Role
from campaigns.ground import audit
from campaigns.ground.calendar import Calendar
from campaigns.ground.clock import day_of
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.workdays import load_calendar
from campaigns.models import Campaign, Organization, Posting
from campaigns.querysets import in_reach
from issues.actions.moving import steps_of
from issues.enums import Deed
from issues.models import LedgerItem, Shift, ShiftedDate
from issues.office_permissions import check_can_shift
from issues.workflow import write_entry


@dataclass(frozen=True)
class Move:
    """What the preview shows and the act does with one item."""

    item: LedgerItem
    old: date
    new: date


def shiftable(*, by: Posting, organization: Organization, since: date, until: date) -> QuerySet:
    """Items under `organization`, in the office's reach, whose running due date lies from `since` to `until`."""
    running = LedgerItem.objects.visible_to(by).under_rectification().filter(in_reach(by, "responsible_unit"))
    return running.filter(
        responsible_unit__path__startswith=organization.path,
        deadline__is_open=True,
        deadline__due_on__gte=since,
        deadline__due_on__lte=until,
    )


def plan_shift(
    *,
    by: Posting,
    organization: Organization,
    since: date,
    until: date,
    workdays: int,
    calendar: Calendar,
) -> list[Move]:
    """Every date that would move, and whereto. Writes nothing."""
    check_can_shift(by, organization)
    if until < since:
        raise NotAllowed("时限至不能早于时限自。")
    if not 1 <= workdays <= 60:
        raise NotAllowed("顺延 1 至 60 个工作日。")
    rows = shiftable(by=by, organization=organization, since=since, until=until)
    rows = rows.select_related("responsible_unit", "deadline", "problem", "demand").order_by("number")
    return [
        Move(row, row.deadline.due_on, calendar.add_workdays(row.deadline.due_on, workdays)) for row in rows
    ]


@transaction.atomic
def shift_dates(
    *,
    by: Posting,
    now: datetime,
    campaign: Campaign,
    organization: Organization,
    since: date,
    until: date,
    workdays: int,
    reason: str,
    count: int | None = None,
    calendar: Calendar | None = None,
) -> Shift:
    """Move the dates `plan_shift` shows by `workdays` working days; each item keeps a line, each unit is told once.

    `count`: how many the preview showed; when it is another number now, nothing moves and the sentence says so.
    """
    calendar = calendar or load_calendar()
    given = {"organization": organization, "since": since, "until": until, "workdays": workdays}
    if not reason.strip():
        raise NotAllowed("批量顺延要写明原因。")
    moves = plan_shift(by=by, calendar=calendar, **given)
    if not moves:
        raise NotAllowed("这个范围内没有在走的整改时限，不用顺延。")
    if count is not None and count != len(moves):
        raise NotAllowed(f"预览之后台账有变化，现在是 {len(moves)} 条，请重新预览。")
    shift = Shift.objects.create(
        campaign=campaign, reason=reason.strip(), shifted_at=now, shifted_by=by.person.user, **given
    )
    for move in moves:
        _move(shift, move, by, now, calendar)
    _tell_units(shift, moves, now)
    audit.record(by=by, verb="批量顺延", subject=shift, detail={"条数": len(moves)}, now=now)
    return shift


def _move(shift: Shift, move: Move, by: Posting, now: datetime, calendar: Calendar) -> None:
    """The item's date, its fair original date and its steps' dates move alike."""
    item, on, reason = move.item, day_of(now), f"批量顺延：{shift.reason}"
    locked = LedgerItem.objects.select_for_update(of=("self",)).filter(pk=item.pk)
    item = locked.select_related("deadline").get()
    fair = item.fair_due_on or item.deadline.original_due_on
    move_deadline(
        deadline=item.deadline, workdays=shift.workdays, reason=reason[:200], calendar=calendar, on=on
    )
    item.fair_due_on = calendar.add_workdays(fair, shift.workdays)
    item.save(update_fields=["fair_due_on"])
    for step in steps_of(item).filter(deadline__is_open=True).select_related("deadline"):
        move_deadline(
            deadline=step.deadline, workdays=shift.workdays, reason=reason[:200], calendar=calendar, on=on
        )
    ShiftedDate.objects.create(shift=shift, item=item, old_due_on=move.old, new_due_on=item.deadline.due_on)
    note = f"{shift.reason}，时限由{move.old:%Y-%m-%d}顺延到{item.deadline.due_on:%Y-%m-%d}。"
    write_entry(item=item, move=Deed.SHIFT, source=item.state, by=by, now=now, note=note)


def _tell_units(shift: Shift, moves: list[Move], now: datetime) -> None:
    counts: dict[int, list[Move]] = {}
    for move in moves:
        counts.setdefault(move.item.responsible_unit_id, []).append(move)
    for own in counts.values():
        unit = own[0].item.responsible_unit
        to = holders(roles=(Role.REPORTER, Role.DEPUTY), organization=unit, on=day_of(now))
        text = f"批量顺延：{shift.reason}，{len(own)} 条台账的时限顺延 {shift.workdays} 个工作日。"
        notify(to=to, kind="MOVE", text=text, link="/issues/ledger/", now=now)
