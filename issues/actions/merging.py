"""并案办理: two items that are one thing go on as one, and both keep their histories (contract §7)."""

from datetime import datetime

from django.db import transaction

from campaigns.actions.notices import notify
from campaigns.actions.recipients import holders
from campaigns.enums import Role
from campaigns.ground.calendar import Calendar
from campaigns.ground.clock import day_of
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.workdays import load_calendar
from campaigns.models import Posting
from issues.actions.moving import move_item, stop_clocks
from issues.enums import Deed, LedgerState, MoveName
from issues.models import LedgerItem
from issues.workflow import check_can_move, write_entry

SURVIVES = (
    LedgerState.UNASSIGNED,
    LedgerState.ASSIGNED,
    LedgerState.PLANNING,
    LedgerState.UNSIGNED,
    LedgerState.RECTIFYING,
)


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
    """并案办理: `item` goes on inside `into`, which stays open; each keeps a line about the other.

    Both rows are locked in one order, so that two merges at once can't lead in a circle. What had been merged into
    `item` follows it. Everybody who found, mends or helps with one of the two is told.
    """
    check_can_move(item=item, name=MoveName.MERGE, by=by)
    if into.pk == item.pk:
        raise NotAllowed("不能并入自己。")
    locked = LedgerItem.objects.select_for_update(of=("self",)).filter(pk__in=[item.pk, into.pk])
    rows = {row.pk: row for row in locked.select_related("responsible_unit", "reporting_unit").order_by("pk")}
    into = rows[into.pk]
    if into.campaign_id != item.campaign_id or into.state not in SURVIVES:
        raise NotAllowed(f"{into.number}现在是“{into.get_state_display()}”，不能并入。")
    item = move_item(
        item=item,
        name=MoveName.MERGE,
        by=by,
        now=now,
        note=note,
        changes={"merged_into": into},
        calendar=calendar or load_calendar(),
    )
    stop_clocks(item, day_of(now))
    LedgerItem.objects.filter(merged_into=item).update(merged_into=into)
    said = f"{item.number} 并入本条：{note.strip()}"
    write_entry(item=into, move=Deed.ABSORB, source=into.state, by=by, now=now, note=said)
    _tell_everybody(item, into, now)
    return item


def _tell_everybody(item: LedgerItem, into: LedgerItem, now: datetime) -> None:
    """填报员 of the units that found, mend or help with either; who mends the merged one was told by the move."""
    units = {unit.pk: unit for one in (item, into) for unit in (one.reporting_unit, *one.helper_units.all())}
    units[into.responsible_unit_id] = into.responsible_unit
    units.pop(item.responsible_unit_id, None)
    on = day_of(now)
    to = [
        user for unit in units.values() for user in holders(roles=(Role.REPORTER,), organization=unit, on=on)
    ]
    text = f"{item.number} 已并入 {into.number} 办理，两条的办理过程都保留。"
    notify(to=to, kind="MOVE", text=text, link=into.get_absolute_url(), now=now)
