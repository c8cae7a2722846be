"""What every move of the ledger brings about: the state door, the clocks of the states, and who is told.

Inside the transaction of the action that calls; nothing here decides whether a move is right (issues.workflow does).
"""

from collections.abc import Iterable
from datetime import date, datetime

from campaigns.actions.deadlines import open_deadline, settle
from campaigns.actions.notices import notify, outdate
from campaigns.actions.recipients import holders, nearest
from campaigns.enums import Role
from campaigns.ground.calendar import Calendar
from campaigns.ground.clock import day_of
from campaigns.models import Organization, Person, Posting
from issues import workflow
from issues.enums import ConsentKind, LedgerState, RectifyKind
from issues.models import Consent, Extension, LedgerItem, MeasureStep
from issues.permissions import is_reform_office
from issues.querysets import WAITING_FOR_REVIEW
from issues.workflow import CLOCKS, QUICK_DAYS, turn_days


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
    number_missing = item.state == LedgerState.ESCALATED and lacks_number(item)
    days = turn_days(item, number_missing=number_missing)
    item.turn = None
    if days is not None:
        item.turn = open_deadline(
            kind="TURN",
            title=f"{item.number} {_asked_for(item, number_missing)}",
            link=item.get_absolute_url(),
            campaign=item.campaign,
            organization=item.responsible_unit,
            starts_on=on,
            workdays=days,
            holder=_office_for(item) if clock.holder == Role.REFORM_OFFICE else clock.holder,
            calendar=calendar,
        )
    item.save(update_fields=["turn"])


def _asked_for(item: LedgerItem, number_missing: bool) -> str:
    """What the clock of the state asks for, as its title."""
    if number_missing:
        return "报请示文号"
    if item.state == LedgerState.ESCALATED:
        return "提请上级协调报进展"
    if item.rectify_kind == RectifyKind.LASTING and item.state in (
        LedgerState.RECTIFYING,
        LedgerState.STAGED,
    ):
        return "长期坚持报进展"
    return item.get_state_display()


def lacks_number(item: LedgerItem) -> bool:
    """Whether the 请示 behind 提请上级协调 has no 文号 yet (contract §7.7)."""
    agreed = item.consents.filter(kind=ConsentKind.ESCALATE, is_granted=True).order_by("-decided_at", "-pk")
    last = agreed.first()
    return last is not None and not last.document_number


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
    """A notice to those whose turn it is now; what was told about the item before is over."""
    on = day_of(now)
    over = [item.get_absolute_url()]
    if item.state not in WAITING_FOR_REVIEW:
        over.append(item.look_back_url)
    outdate(links=over, now=now)
    if item.state in (LedgerState.UNASSIGNED, LedgerState.REVIEWED):
        to = nearest(role=_office_for(item), organization=item.responsible_unit, on=on)
    else:
        to = holders(roles=_TURN_ROLES[item.state], organization=item.responsible_unit, on=on)
    text = f"{item.number} 已{label}，现为“{item.get_state_display()}”。" + (f"说明：{note}" if note else "")
    notify(to=to, kind="MOVE", text=text[:300], link=item.get_absolute_url(), now=now)


def add_helpers(*, item: LedgerItem, units: Iterable[Organization], now: datetime) -> list[Organization]:
    """协办 units join the item and are told; the responsible unit and who helps already are passed over."""
    have = {item.responsible_unit_id, *item.helper_units.values_list("pk", flat=True)}
    new = [unit for unit in units if unit.pk not in have]
    item.helper_units.add(*new)
    for unit in new:
        to = holders(roles=(Role.REPORTER,), organization=unit, on=day_of(now))
        text = f"{item.number} 请你单位配合{item.responsible_unit.label}办理。"
        notify(to=to, kind="MOVE", text=text, link=item.get_absolute_url(), now=now)
    return new


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
    """责任人 of the item: who it was handed over to, else the person named by its first measure that names one."""
    if item.person_id:
        return item.person
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
            title=f"{item.number} 步骤{step.sequence}：{step.text[:50]}",
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
    """The item's own clock and its steps' clocks stop (contract §7.5); a request still open is withdrawn with its round."""
    if item.deadline_id and item.deadline.is_open:
        settle(deadline=item.deadline, on=on)
    for step in steps_of(item).filter(deadline__is_open=True).select_related("deadline"):
        settle(deadline=step.deadline, on=on)
    for decision in item.decisions.filter(deadline__is_open=True).select_related("deadline"):
        settle(deadline=decision.deadline, on=on)
    withdraw_waiting(item, on)


def withdraw_waiting(item: LedgerItem, on: date) -> int:
    """Requests nobody has answered yet are taken back, and their clocks stop; returns how many."""
    taken = 0
    for model in (Extension, Consent):
        for request in model.objects.waiting().filter(item=item).select_related("deadline"):
            request.withdrawn_on = on
            request.save(update_fields=["withdrawn_on"])
            if request.deadline is not None:
                settle(deadline=request.deadline, on=on)
            taken += 1
    return taken
