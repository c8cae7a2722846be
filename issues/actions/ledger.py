"""Every write to the ledger, by its public names: the moves of an item from 转办 to 销号.

衡政办函〔2022〕16号 五(二) “建立整改台账,明确整改事项,落实整改责任和整改时限,逐一销号解决”; contract §7.
Written here: 转办, 签收, 退回, 不予认定, 恢复整改; 并案办理 in merging, the plan's moves in plans, the closing's in closing.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from campaigns.actions.deadlines import reopen_deadline
from campaigns.enums import OrganizationKind
from campaigns.ground.calendar import Calendar
from campaigns.ground.clock import day_of
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.workdays import load_calendar
from campaigns.models import Organization, Posting
from issues.actions.closing import (
    LEAST_DAYS_AFTER_RETURN,
    apply_for_closure,
    check_verified,
    close,
    fail_review,
    finish_quick,
    pass_review,
    reopen,
    return_,
)
from issues.actions.merging import merge
from issues.actions.moving import (
    add_helpers,
    enter_quick_lane,
    move_item,
    planned_due_on,
    start_clock,
    stop_clocks,
)
from issues.actions.plans import (
    check_plan,
    lapse,
    report_progress,
    send_back,
    sign,
    sign_batch,
    sign_quick,
    submit_plan,
)
from issues.enums import MoveName, RectifyKind
from issues.models import LedgerItem
from issues.permissions import needs_verification

__all__ = [
    "accept",
    "add_helpers",
    "apply_for_closure",
    "assign",
    "check_plan",
    "check_verified",
    "close",
    "decline",
    "enter_quick_lane",
    "fail_review",
    "finish_quick",
    "lapse",
    "merge",
    "move_item",
    "needs_verification",
    "pass_review",
    "planned_due_on",
    "refuse",
    "reopen",
    "report_progress",
    "resume",
    "return_",
    "send_back",
    "sign",
    "sign_batch",
    "sign_quick",
    "start_clock",
    "submit_plan",
]


@transaction.atomic
def assign(
    *,
    item: LedgerItem,
    by: Posting,
    now: datetime,
    responsible_unit: Organization | None = None,
    helper_units: Iterable[Organization] = (),
    note: str = "",
    calendar: Calendar | None = None,
) -> LedgerItem:
    """转办 to the responsible unit (主办), or to another one in the office's reach (arbitration after a 退回).

    `helper_units`: 协办, besides those the finder named; they see the item and are told.
    """
    changes = {}
    if responsible_unit is not None and responsible_unit.pk != item.responsible_unit_id:
        if not by.covers(responsible_unit):
            raise NotAllowed(f"{responsible_unit.label}不在您的管辖范围内，不能转办。")
        if responsible_unit.kind == OrganizationKind.SUPERIOR:
            raise NotAllowed("上级单位不作责任单位，请转办给本地对口单位，由它提请上级协调。")
        changes = {"responsible_unit": responsible_unit, "was_declined": False}
    item = move_item(
        item=item,
        name=MoveName.ASSIGN,
        by=by,
        now=now,
        note=note,
        changes=changes,
        calendar=calendar or load_calendar(),
    )
    if changes:
        finding = item.finding
        finding.responsible_unit = responsible_unit
        finding.save(update_fields=["responsible_unit"])
    add_helpers(item=item, units=helper_units, now=now)
    return item


@transaction.atomic
def decline(
    *, item: LedgerItem, by: Posting, now: datetime, note: str, calendar: Calendar | None = None
) -> LedgerItem:
    """退回转办, once, with a reason; 审改办 decides within 1 working day (contract §7.1)."""
    return move_item(
        item=item,
        name=MoveName.DECLINE,
        by=by,
        now=now,
        note=note,
        changes={"was_declined": True},
        calendar=calendar or load_calendar(),
    )


@transaction.atomic
def accept(
    *, item: LedgerItem, by: Posting, now: datetime, note: str = "", calendar: Calendar | None = None
) -> LedgerItem:
    """签收; a finding proposed as 立行立改 enters the short lane at once."""
    calendar = calendar or load_calendar()
    kind = item.rectify_kind
    item = move_item(item=item, name=MoveName.ACCEPT, by=by, now=now, note=note, calendar=calendar)
    if kind == RectifyKind.QUICK:
        enter_quick_lane(item=item, on=day_of(now), calendar=calendar)
    return item


@transaction.atomic
def refuse(
    *, item: LedgerItem, by: Posting, now: datetime, note: str, calendar: Calendar | None = None
) -> LedgerItem:
    """不予认定, with the reason."""
    item = move_item(
        item=item, name=MoveName.REFUSE, by=by, now=now, note=note, calendar=calendar or load_calendar()
    )
    stop_clocks(item, day_of(now))
    return item


@transaction.atomic
def resume(
    *, item: LedgerItem, by: Posting, now: datetime, note: str = "", calendar: Calendar | None = None
) -> LedgerItem:
    """提请上级协调 ends: the days that were left when it began come back, at least 3."""
    calendar = calendar or load_calendar()
    on = day_of(now)
    since = item.deadline.settled_on if item.deadline_id else None
    item = move_item(item=item, name=MoveName.RESUME, by=by, now=now, note=note, calendar=calendar)
    if item.deadline_id:
        left = calendar.workdays_between(since or on, item.deadline.due_on)
        due_on = calendar.add_workdays(on, max(left, LEAST_DAYS_AFTER_RETURN))
        reopen_deadline(deadline=item.deadline, due_on=due_on, calendar=calendar, on=on)
    return item
