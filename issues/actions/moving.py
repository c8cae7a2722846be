"""What every move of the ledger brings about: the state door, the clocks of the states, and who is told.

Inside the transaction of the action that calls; nothing here decides whether a move is right (issues.workflow does).
"""

from datetime import date, datetime

from campaigns.actions.deadlines import open_deadline, settle
from campaigns.actions.notices import notify
from campaigns.actions.recipients import holders, nearest
from campaigns.enums import Role
from campaigns.ground.calendar import Calendar
from campaigns.ground.clock import day_of
from campaigns.models import Person, Posting
from issues import workflow
from issues.enums import LedgerState, RectifyKind
from issues.models import LedgerItem, MeasureStep
from issues.permissions import is_reform_office
from issues.workflow import CLOCKS, DECLINED_DAYS, QUICK_DAYS


def move_item(
    *,
    item: LedgerItem,
    name: str,
    by: Posting | None,
    now: datetime,
    calendar: Calendar,
    note: str = "",
    changes: dict | None = None,
    seen: int | None = None,
) -> LedgerItem:
    """Advance, restart the waiting clock when the state changed, tell whose turn it is. Inside a transaction."""
    before = item.state
    item = workflow.advance(item_id=item.pk, name=name, by=by, now=now, note=note, changes=changes, seen=seen)
    if item.state != before:
        start_clock(item=item, on=day_of(now), calendar=calendar)
        tell(item=item, label=workflow.MOVES[name].label, now=now, note=note)
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


def tell(*, item: LedgerItem, label: str, now: datetime, note: str) -> None:
    """A notice to those whose turn it is now."""
    on = day_of(now)
    if item.state in (LedgerState.UNASSIGNED, LedgerState.REVIEWED):
        to = nearest(role=_office_for(item), organization=item.responsible_unit, on=on)
    else:
        to = holders(roles=_TURN_ROLES[item.state], organization=item.responsible_unit, on=on)
    text = f"{item.number} 已{label},现为“{item.get_state_display()}”。" + (f"说明:{note}" if note else "")
    notify(to=to, kind="MOVE", text=text[:300], link=item.get_absolute_url(), now=now)


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


def responsible_person(item: LedgerItem) -> Person | None:
    """责任人 of the item: the person named by its first measure that names one, else None."""
    measure = item.finding.measures.filter(person__isnull=False).order_by("pk").first()
    return measure.person if measure else None


def planned_due_on(item: LedgerItem) -> date | None:
    """The latest 整改时限 among the item's measures."""
    dates = [m.due_on for m in item.finding.measures.all() if m.due_on]
    return max(dates) if dates else None


def steps_of(item: LedgerItem):
    """The dated steps of all measures of the item."""
    return MeasureStep.objects.filter(measure__in=item.finding.measures.all())


def open_step_clocks(item: LedgerItem, on: date, calendar: Calendar) -> None:
    """Every dated step that is still to come gets its own clock."""
    person = responsible_person(item)
    for step in steps_of(item).filter(deadline__isnull=True, done_on__isnull=True, due_on__gt=on):
        step.deadline = open_deadline(
            kind="STEP",
            title=f"{item.number} 步骤{step.sequence}:{step.text[:50]}",
            link=item.get_absolute_url(),
            campaign=item.campaign,
            organization=item.responsible_unit,
            starts_on=on,
            due_on=step.due_on,
            person=person,
            calendar=calendar,
        )
        step.save(update_fields=["deadline"])


def stop_clocks(item: LedgerItem, on: date) -> None:
    """The item's own clock and its steps' clocks stop (contract §7.5)."""
    if item.deadline_id and item.deadline.is_open:
        settle(deadline=item.deadline, on=on)
    for step in steps_of(item).filter(deadline__is_open=True).select_related("deadline"):
        settle(deadline=step.deadline, on=on)
