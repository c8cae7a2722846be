"""Every write to the ledger. Each move goes through `move_item`: the state door, the waiting clock, the notice.

衡政办函〔2022〕16号 五(二) “建立整改台账,明确整改事项,落实整改责任和整改时限,逐一销号解决”; contract §7.
"""

from datetime import date, datetime

from django.db import transaction

from campaigns.actions.deadlines import open_deadline, reopen_deadline, settle
from campaigns.actions.notices import notify
from campaigns.actions.recipients import holders, nearest
from campaigns.enums import Role
from campaigns.ground.calendar import Calendar
from campaigns.ground.clock import day_of
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.workdays import load_calendar
from campaigns.models import Organization, Posting
from issues import workflow
from issues.enums import LedgerState, MoveName, RectifyKind
from issues.models import LedgerItem, MeasureStep
from issues.permissions import is_reform_office, review_is_waived
from issues.workflow import CLOCKS, DECLINED_DAYS, QUICK_DAYS

LEAST_DAYS_AFTER_RETURN = 3


def move_item(
    *,
    item: LedgerItem,
    name: str,
    by: Posting | None,
    now: datetime,
    calendar: Calendar,
    note: str = "",
    changes: dict | None = None,
) -> LedgerItem:
    """Advance, restart the waiting clock when the state changed, tell whose turn it is. Inside a transaction."""
    before = item.state
    item = workflow.advance(item_id=item.pk, name=name, by=by, now=now, note=note, changes=changes)
    if item.state != before:
        start_clock(item=item, on=day_of(now), calendar=calendar)
        _tell(item=item, label=workflow.MOVES[name].label, now=now, note=note)
    return item


def start_clock(*, item: LedgerItem, on: date, calendar: Calendar) -> None:
    """Settle the clock of the state that ended and open the one of the state that began (contract §7.1)."""
    if item.turn_id and item.turn.is_open:
        settle(deadline=item.turn, on=on)
    clock = CLOCKS[item.state]
    days = DECLINED_DAYS if item.state == LedgerState.UNASSIGNED and item.was_declined else clock.days
    if item.state == LedgerState.PLANNING and item.is_quick:
        days = None
    item.turn = None
    if days is not None:
        item.turn = open_deadline(
            kind="TURN",
            title=f"{item.number} {item.get_state_display()}",
            link=item.get_absolute_url(),
            campaign=item.campaign,
            organization=item.responsible_unit,
            starts_on=on,
            workdays=days,
            holder=_office_for(item) if clock.holder == Role.REFORM_OFFICE else clock.holder,
            calendar=calendar,
        )
    item.save(update_fields=["turn"])


def _office_for(item: LedgerItem) -> str:
    """审改办's own items wait for 督查室 in the final review (contract §7.3)."""
    if item.state == LedgerState.REVIEWED and is_reform_office(item.responsible_unit):
        return Role.INSPECTOR
    return Role.REFORM_OFFICE


_TURN_ROLES = {
    LedgerState.ASSIGNED: (Role.REPORTER,),
    LedgerState.PLANNING: (Role.REPORTER,),
    LedgerState.UNSIGNED: (Role.HEAD,),
    LedgerState.RECTIFYING: (Role.REPORTER,),
    LedgerState.APPLIED: (Role.DEPUTY,),
    LedgerState.ESCALATED: (Role.REPORTER,),
    LedgerState.CLOSED: (Role.REPORTER,),
    LedgerState.STAGED: (Role.REPORTER,),
    LedgerState.REFUSED: (Role.REPORTER,),
    LedgerState.MERGED: (Role.REPORTER,),
}


def _tell(*, item: LedgerItem, label: str, now: datetime, note: str) -> None:
    on = day_of(now)
    if item.state in (LedgerState.UNASSIGNED, LedgerState.REVIEWED):
        to = nearest(role=_office_for(item), organization=item.responsible_unit, on=on)
    else:
        to = holders(roles=_TURN_ROLES[item.state], organization=item.responsible_unit, on=on)
    text = f"{item.number} 已{label},现为“{item.get_state_display()}”。" + (f"说明:{note}" if note else "")
    notify(to=to, kind="MOVE", text=text[:300], link=item.get_absolute_url(), now=now)


@transaction.atomic
def assign(
    *,
    item: LedgerItem,
    by: Posting,
    now: datetime,
    responsible_unit: Organization | None = None,
    note: str = "",
    calendar: Calendar | None = None,
) -> LedgerItem:
    """转办 to the responsible unit, or to another one in the office's reach (arbitration after a 退回)."""
    changes = {}
    if responsible_unit is not None and responsible_unit.pk != item.responsible_unit_id:
        if not by.covers(responsible_unit):
            raise NotAllowed(f"{responsible_unit.label}不在您的管辖范围内,不能转办。")
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
    return item


@transaction.atomic
def decline(
    *, item: LedgerItem, by: Posting, now: datetime, note: str, calendar: Calendar | None = None
) -> LedgerItem:
    """退回转办, once, with a reason; 审改办 decides within 1 working day (contract §7.1)."""
    if item.was_declined:
        raise NotAllowed("这条台账已经退回过一次,请签收后办理;仍有异议的请与审改办联系。")
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


def enter_quick_lane(*, item: LedgerItem, on: date, calendar: Calendar) -> None:
    """立行立改: done and evidenced within 3 working days, an ordinary deadline (contract §7.2)."""
    if item.turn_id and item.turn.is_open:
        settle(deadline=item.turn, on=on)
    item.turn = None
    item.rectify_kind = RectifyKind.QUICK
    item.deadline = open_deadline(
        kind="RECTIFY",
        title=f"{item.number} 立行立改",
        link=item.get_absolute_url(),
        campaign=item.campaign,
        organization=item.responsible_unit,
        starts_on=on,
        workdays=QUICK_DAYS,
        person=responsible_person(item),
        calendar=calendar,
    )
    item.save(update_fields=["turn", "rectify_kind", "deadline"])


def responsible_person(item: LedgerItem):
    """责任人 of the item: the person named by its first measure that names one, else None."""
    measure = item.finding.measures.filter(person__isnull=False).order_by("pk").first()
    return measure.person if measure else None


def planned_due_on(item: LedgerItem) -> date | None:
    """The latest 整改时限 among the item's measures."""
    dates = [m.due_on for m in item.finding.measures.all() if m.due_on]
    return max(dates) if dates else None


@transaction.atomic
def submit_plan(
    *, item: LedgerItem, by: Posting, now: datetime, note: str = "", calendar: Calendar | None = None
) -> LedgerItem:
    """措施已定,提交主要负责人审签. 限期整改 needs a 整改时限; 长期坚持 needs 审改办's consent (contract §7.1, §7.7)."""
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
        raise NotAllowed("请先填写解决措施,再提交审签。")
    if item.rectify_kind == RectifyKind.LASTING:
        if not item.consents.filter(kind="LASTING", is_granted=True).exists():
            raise NotAllowed("长期坚持要先报审改办同意,再提交审签。")
        return
    due_on = planned_due_on(item)
    if due_on is None:
        raise NotAllowed("限期整改要明确整改时限,请在解决措施中填写。")
    if due_on <= on:
        raise NotAllowed(f"整改时限{due_on:%Y-%m-%d}已到或已过,请修改解决措施的整改时限。")


@transaction.atomic
def sign(
    *, item: LedgerItem, by: Posting, now: datetime, note: str = "", calendar: Calendar | None = None
) -> LedgerItem:
    """主要负责人审签: the item enters 整改中 and its own clock starts (contract §7.1, §7.8)."""
    calendar = calendar or load_calendar()
    on = day_of(now)
    check_plan(item, on)
    changes = {"starts_on": item.starts_on or on}
    if item.rectify_kind != RectifyKind.LASTING:
        changes["deadline"] = _rectify_deadline(item, on, calendar)
    item = move_item(
        item=item, name=MoveName.SIGN, by=by, now=now, note=note, changes=changes, calendar=calendar
    )
    _open_step_clocks(item, on, calendar)
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


def _steps(item: LedgerItem):
    return MeasureStep.objects.filter(measure__in=item.finding.measures.all())


def _open_step_clocks(item: LedgerItem, on: date, calendar: Calendar) -> None:
    """Every dated step that is still to come gets its own clock."""
    for step in _steps(item).filter(deadline__isnull=True, done_on__isnull=True, due_on__gt=on):
        step.deadline = open_deadline(
            kind="STEP",
            title=f"{item.number} 步骤{step.sequence}:{step.text[:50]}",
            link=item.get_absolute_url(),
            campaign=item.campaign,
            organization=item.responsible_unit,
            starts_on=on,
            due_on=step.due_on,
            person=responsible_person(item),
            calendar=calendar,
        )
        step.save(update_fields=["deadline"])


def _stop_clocks(item: LedgerItem, on: date) -> None:
    """The item's own clock and its steps' clocks stop (contract §7.5)."""
    if item.deadline_id and item.deadline.is_open:
        settle(deadline=item.deadline, on=on)
    for step in _steps(item).filter(deadline__is_open=True).select_related("deadline"):
        settle(deadline=step.deadline, on=on)


def sign_batch(
    *, items: list[LedgerItem], by: Posting, now: datetime, note: str = "", calendar: Calendar | None = None
) -> tuple[list[LedgerItem], list[tuple[LedgerItem, str]]]:
    """审签 of many items from one page: returns (signed, refused with their sentences); one does not stop another."""
    calendar = calendar or load_calendar()
    signed, refused = [], []
    for item in items:
        try:
            signed.append(sign(item=item, by=by, now=now, note=note, calendar=calendar))
        except NotAllowed as refusal:
            refused.append((item, str(refusal)))
    return signed, refused


@transaction.atomic
def send_back(
    *, item: LedgerItem, by: Posting, now: datetime, note: str, calendar: Calendar | None = None
) -> LedgerItem:
    """主要负责人 sends the plan back to be written again."""
    return move_item(
        item=item, name=MoveName.SEND_BACK, by=by, now=now, note=note, calendar=calendar or load_calendar()
    )


@transaction.atomic
def report_progress(
    *, item: LedgerItem, by: Posting, now: datetime, note: str, calendar: Calendar | None = None
) -> LedgerItem:
    """A line of progress; in 提请上级协调 it starts the next 20 working days (contract §7.7)."""
    calendar = calendar or load_calendar()
    item = move_item(item=item, name=MoveName.PROGRESS, by=by, now=now, note=note, calendar=calendar)
    if item.state == LedgerState.ESCALATED:
        start_clock(item=item, on=day_of(now), calendar=calendar)
    return item


def _check_evidence(item: LedgerItem) -> None:
    if not item.evidence.exists():
        raise NotAllowed("申请销号要有佐证材料或整改情况说明,请先上传。")


@transaction.atomic
def finish_quick(
    *, item: LedgerItem, by: Posting, now: datetime, note: str = "", calendar: Calendar | None = None
) -> LedgerItem:
    """立行立改办结 = 申请销号 without signature (contract §7.2)."""
    _check_evidence(item)
    if not item.finding.measures.exists():
        raise NotAllowed("请先填写解决措施,再办结。")
    on = day_of(now)
    late = bool(item.deadline_id and on > item.deadline.due_on)
    item = move_item(
        item=item,
        name=MoveName.FINISH,
        by=by,
        now=now,
        note=note,
        changes={"is_review_waived": True, "was_late": item.was_late or late},
        calendar=calendar or load_calendar(),
    )
    _stop_clocks(item, on)
    return item


@transaction.atomic
def lapse(*, item: LedgerItem, now: datetime, calendar: Calendar | None = None) -> LedgerItem:
    """立行立改 not done in time becomes 限期整改 by itself (contract §7.2)."""
    calendar = calendar or load_calendar()
    on = day_of(now)
    _stop_clocks(item, on)
    item = move_item(
        item=item,
        name=MoveName.LAPSE,
        by=None,
        now=now,
        note="立行立改到期未办结,转为限期整改。",
        changes={"rectify_kind": RectifyKind.DATED, "deadline": None},
        calendar=calendar,
    )
    start_clock(item=item, on=on, calendar=calendar)
    _tell(item=item, label="转为限期整改", now=now, note="请填写解决措施和整改时限。")
    return item


@transaction.atomic
def apply_for_closure(
    *, item: LedgerItem, by: Posting, now: datetime, note: str = "", calendar: Calendar | None = None
) -> LedgerItem:
    """申请销号: needs evidence; the unit's clock stops; a late application is remembered (contract §7.5)."""
    _check_evidence(item)
    on = day_of(now)
    late = bool(item.deadline_id and on > item.deadline.due_on)
    waived = review_is_waived(item.responsible_unit, on)
    item = move_item(
        item=item,
        name=MoveName.APPLY_DIRECT if waived else MoveName.APPLY,
        by=by,
        now=now,
        note=note,
        changes={"is_review_waived": waived, "was_late": item.was_late or late},
        calendar=calendar or load_calendar(),
    )
    _stop_clocks(item, on)
    return item


@transaction.atomic
def pass_review(
    *, item: LedgerItem, by: Posting, now: datetime, note: str = "", calendar: Calendar | None = None
) -> LedgerItem:
    """单位审核通过 by somebody other than the applicant (contract §7.3)."""
    if item.applied_by_id and item.applied_by_id == by.person.user_id:
        raise NotAllowed("您是申请人,单位审核要由其他人办理。")
    return move_item(
        item=item, name=MoveName.PASS_REVIEW, by=by, now=now, note=note, calendar=calendar or load_calendar()
    )


@transaction.atomic
def fail_review(
    *, item: LedgerItem, by: Posting, now: datetime, note: str, calendar: Calendar | None = None
) -> LedgerItem:
    """单位审核退回: the days that were left come back, at least 3 (contract §7.5)."""
    if item.applied_by_id and item.applied_by_id == by.person.user_id:
        raise NotAllowed("您是申请人,单位审核要由其他人办理。")
    return _give_back(item=item, name=MoveName.FAIL_REVIEW, by=by, now=now, note=note, calendar=calendar)


@transaction.atomic
def return_(
    *, item: LedgerItem, by: Posting, now: datetime, note: str, calendar: Calendar | None = None
) -> LedgerItem:
    """退回重办 at the final review; counted, and the days that were left come back, at least 3."""
    name = MoveName.RETURN if item.signed_at else MoveName.RETURN_QUICK
    return _give_back(item=item, name=name, by=by, now=now, note=note, calendar=calendar)


def _give_back(
    *, item: LedgerItem, name: str, by: Posting, now: datetime, note: str, calendar: Calendar | None
) -> LedgerItem:
    calendar = calendar or load_calendar()
    on = day_of(now)
    applied_on = day_of(item.applied_at) if item.applied_at else on
    item = move_item(
        item=item,
        name=name,
        by=by,
        now=now,
        note=note,
        changes={"return_count": item.return_count + 1, "is_review_waived": False},
        calendar=calendar,
    )
    if item.deadline_id:
        left = calendar.workdays_between(applied_on, item.deadline.due_on)
        due_on = calendar.add_workdays(on, max(left, LEAST_DAYS_AFTER_RETURN))
        reopen_deadline(deadline=item.deadline, due_on=due_on, calendar=calendar, on=on)
    return item


@transaction.atomic
def close(
    *, item: LedgerItem, by: Posting, now: datetime, note: str = "", calendar: Calendar | None = None
) -> LedgerItem:
    """销号; 长期坚持 is recorded as 阶段性完成 instead. Category A and C need 回头看核验 first (contract §7.3, §7.4)."""
    check_verified(item)
    name = MoveName.STAGE if item.rectify_kind == RectifyKind.LASTING else MoveName.CLOSE
    return move_item(item=item, name=name, by=by, now=now, note=note, calendar=calendar or load_calendar())


def needs_verification(item: LedgerItem) -> bool:
    """限期整改 of a problem of category A or C (contract §7.4)."""
    return bool(
        item.problem_id
        and item.rectify_kind == RectifyKind.DATED
        and item.problem.category.code[:1] in ("A", "C")
    )


def check_verified(item: LedgerItem) -> None:
    """Raise NotAllowed when the item still needs a 回头看核验 that shows an improvement, or a waiver."""
    if not needs_verification(item) or item.waiver_reason:
        return
    found = getattr(item, "verification", None)
    if found is None:
        raise NotAllowed("这条台账要先回头看核验(或写明免核验原因),才能销号。")
    if not found.is_improved:
        raise NotAllowed("回头看核验没有看到改善,只能退回重办。")
    if item.applied_at and found.verified_at < item.applied_at:
        raise NotAllowed("回头看核验早于本次申请销号,请重新核验。")


@transaction.atomic
def refuse(
    *, item: LedgerItem, by: Posting, now: datetime, note: str, calendar: Calendar | None = None
) -> LedgerItem:
    """不予认定, with the reason."""
    item = move_item(
        item=item, name=MoveName.REFUSE, by=by, now=now, note=note, calendar=calendar or load_calendar()
    )
    _stop_clocks(item, day_of(now))
    return item


@transaction.atomic
def merge(
    *,
    item: LedgerItem,
    into: LedgerItem,
    by: Posting,
    now: datetime,
    note: str,
    calendar: Calendar | None = None,
) -> LedgerItem:
    """并案办理: `item` goes on inside `into`, which stays open."""
    if into.pk == item.pk:
        raise NotAllowed("不能并入自己。")
    if into.campaign_id != item.campaign_id or into.state not in (
        LedgerState.UNASSIGNED,
        LedgerState.ASSIGNED,
        LedgerState.PLANNING,
        LedgerState.UNSIGNED,
        LedgerState.RECTIFYING,
    ):
        raise NotAllowed(f"{into.number}现在是“{into.get_state_display()}”,不能并入。")
    item = move_item(
        item=item,
        name=MoveName.MERGE,
        by=by,
        now=now,
        note=note,
        changes={"merged_into": into},
        calendar=calendar or load_calendar(),
    )
    _stop_clocks(item, day_of(now))
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


@transaction.atomic
def reopen(
    *, item: LedgerItem, by: Posting, now: datetime, note: str, calendar: Calendar | None = None
) -> LedgerItem:
    """撤销销号 after a failed follow-up (五(三) 抽查回访); 立行立改 comes back as 限期整改."""
    calendar = calendar or load_calendar()
    on = day_of(now)
    signed = item.signed_at is not None
    changes: dict = {"return_count": item.return_count + 1, "is_review_waived": False}
    if not signed:
        changes |= {"rectify_kind": RectifyKind.DATED, "deadline": None}
    item = move_item(
        item=item,
        name=MoveName.REOPEN if signed else MoveName.REOPEN_QUICK,
        by=by,
        now=now,
        note=note,
        changes=changes,
        calendar=calendar,
    )
    if signed and item.deadline_id:
        due_on = calendar.add_workdays(on, LEAST_DAYS_AFTER_RETURN)
        reopen_deadline(deadline=item.deadline, due_on=due_on, calendar=calendar, on=on)
    return item
