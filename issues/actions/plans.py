"""The plan of an item and its signature: 提交审签, 审签 one by one or in a batch, 退回修改, progress, and 立行立改's lapse.

Contract §7.1, §7.2; 衡政办函〔2022〕16号 五(二) “明确整改事项,落实整改责任和整改时限”.
"""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from campaigns.actions.deadlines import open_deadline, reopen_deadline
from campaigns.ground.calendar import Calendar
from campaigns.ground.clock import day_of
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.workdays import load_calendar
from campaigns.models import Posting
from issues.actions.moving import (
    lacks_number,
    move_item,
    open_step_clocks,
    planned_due_on,
    responsible_person,
    start_clock,
    stop_clocks,
    tell,
)
from issues.enums import LedgerState, MoveName, RectifyKind
from issues.models import LedgerItem
from issues.workflow import check_can_move


@transaction.atomic
def submit_plan(
    *, item: LedgerItem, by: Posting, now: datetime, note: str = "", calendar: Calendar | None = None
) -> LedgerItem:
    """措施已定,提交主要负责人审签. 限期整改 needs a 整改时限; 长期坚持 needs 审改办's consent (contract §7.1, §7.7)."""
    check_can_move(item=item, name=MoveName.SUBMIT_PLAN, by=by)
    check_plan(item, day_of(now))
    return move_item(
        item=item,
        name=MoveName.SUBMIT_PLAN,
        by=by,
        now=now,
        note=note,
        calendar=calendar or load_calendar(),
    )


def check_plan(item: LedgerItem, on: date) -> None:
    """Raise NotAllowed unless the item's measures make a plan that can be signed on the day `on`."""
    if not item.finding.measures.exists():
        raise NotAllowed("请先填写解决措施，再提交审签。")
    if item.rectify_kind == RectifyKind.LASTING:
        if not item.consents.filter(kind="LASTING", is_granted=True).exists():
            raise NotAllowed("长期坚持要先报审改办同意，再提交审签。")
        return
    due_on = planned_due_on(item)
    if due_on is None:
        raise NotAllowed("限期整改要明确整改时限，请在解决措施中填写。")
    if due_on <= on:
        raise NotAllowed(f"整改时限{due_on:%Y-%m-%d}已到或已过，请修改解决措施的整改时限。")


@transaction.atomic
def sign(
    *,
    item: LedgerItem,
    by: Posting,
    now: datetime,
    note: str = "",
    seen: int | None = None,
    calendar: Calendar | None = None,
) -> LedgerItem:
    """主要负责人审签: the item enters 整改中 and its own clock starts (contract §7.1, §7.8).

    `seen`: number of the last history line the page showed; a plan that was changed meanwhile is not signed unread.
    """
    calendar = calendar or load_calendar()
    on = day_of(now)
    check_can_move(item=item, name=MoveName.SIGN, by=by)
    check_plan(item, on)
    changes = {"starts_on": item.starts_on or on}
    if item.rectify_kind != RectifyKind.LASTING:
        changes["deadline"] = _rectify_deadline(item, on, calendar)
    item = move_item(
        item=item,
        name=MoveName.SIGN,
        by=by,
        now=now,
        note=note,
        changes=changes,
        calendar=calendar,
        seen=seen,
    )
    open_step_clocks(item, on, calendar)
    return item


def _rectify_deadline(item: LedgerItem, on: date, calendar: Calendar):
    """The item's due date as planned; a plan signed again (after 撤销销号) starts a new round."""
    due_on = planned_due_on(item)
    if item.deadline_id:
        return reopen_deadline(deadline=item.deadline, due_on=due_on, calendar=calendar, on=on)
    return open_deadline(
        kind="RECTIFY",
        title=f"{item.number} {item.finding.text[:60]}",
        link=item.get_absolute_url(),
        campaign=item.campaign,
        organization=item.responsible_unit,
        starts_on=on,
        due_on=due_on,
        person=responsible_person(item),
        calendar=calendar,
    )


@transaction.atomic
def sign_quick(
    *,
    item: LedgerItem,
    by: Posting,
    now: datetime,
    note: str = "",
    seen: int | None = None,
    calendar: Calendar | None = None,
) -> LedgerItem:
    """补审签: 立行立改 waited for no signature and gets it in the next batch; its state stays (contract §7.2)."""
    return move_item(
        item=item,
        name=MoveName.SIGN_QUICK,
        by=by,
        now=now,
        note=note,
        calendar=calendar or load_calendar(),
        seen=seen,
    )


def sign_batch(
    *,
    items: list[LedgerItem],
    by: Posting,
    now: datetime,
    note: str = "",
    seen: Mapping[int, int] | None = None,
    calendar: Calendar | None = None,
) -> tuple[list[LedgerItem], list[tuple[LedgerItem, str]]]:
    """审签 of many items from one page: returns (signed, refused with their sentences); one does not stop another."""
    calendar = calendar or load_calendar()
    signed, refused = [], []
    for item in items:
        try:
            one = sign_quick if item.is_quick else sign
            last = (seen or {}).get(item.pk)
            signed.append(one(item=item, by=by, now=now, note=note, seen=last, calendar=calendar))
        except NotAllowed as refusal:
            refused.append((item, str(refusal)))
    return signed, refused


@transaction.atomic
def review_plan(
    *, item: LedgerItem, by: Posting, now: datetime, note: str = "", calendar: Calendar | None = None
) -> LedgerItem:
    """分管负责人 has looked at the measures (contract §5); 主要负责人 reads it where the plan is signed, and needn't wait."""
    return move_item(
        item=item, name=MoveName.REVIEW_PLAN, by=by, now=now, note=note, calendar=calendar or load_calendar()
    )


@transaction.atomic
def send_back(
    *, item: LedgerItem, by: Posting, now: datetime, note: str, calendar: Calendar | None = None
) -> LedgerItem:
    """主要负责人, or 分管负责人 who reviews it, sends the plan back to be written again."""
    return move_item(
        item=item, name=MoveName.SEND_BACK, by=by, now=now, note=note, calendar=calendar or load_calendar()
    )


@transaction.atomic
def report_progress(
    *,
    item: LedgerItem,
    by: Posting,
    now: datetime,
    note: str,
    seen: int | None = None,
    calendar: Calendar | None = None,
) -> LedgerItem:
    """A line of progress by 主办 or 协办; where progress is asked for again and again, the unit's own starts the next term.

    提请上级协调: 20 working days, but the missing 文号 is not put off (contract §7.7); 长期坚持: LASTING_DAYS.
    """
    calendar = calendar or load_calendar()
    item = move_item(
        item=item, name=MoveName.PROGRESS, by=by, now=now, note=note, seen=seen, calendar=calendar
    )
    periodic = item.state in (LedgerState.ESCALATED, LedgerState.STAGED) or (
        item.state == LedgerState.RECTIFYING and item.rectify_kind == RectifyKind.LASTING
    )
    if periodic and by.organization_id == item.responsible_unit_id and not _owes_number(item):
        start_clock(item=item, on=day_of(now), calendar=calendar)
    return item


def _owes_number(item: LedgerItem) -> bool:
    return item.state == LedgerState.ESCALATED and lacks_number(item)


@transaction.atomic
def lapse(*, item: LedgerItem, on: date, now: datetime, calendar: Calendar | None = None) -> LedgerItem:
    """立行立改 not done in time becomes 限期整改 by itself (contract §7.2)."""
    calendar = calendar or load_calendar()
    stop_clocks(item, on)
    item = move_item(
        item=item,
        name=MoveName.LAPSE,
        by=None,
        now=now,
        note="立行立改到期未办结，转为限期整改。",
        changes={"rectify_kind": RectifyKind.DATED, "deadline": None},
        calendar=calendar,
    )
    start_clock(item=item, on=on, calendar=calendar)
    tell(item=item, label="转为限期整改", now=now, note="请填写解决措施和整改时限。")
    return item
