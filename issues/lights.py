"""The light of a ledger item: which phase its state is in, and the same question as a filter of the database.

Pure rules over one item's fields (contract §7.5, §7.8): nothing is queried here, and the light is never stored.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import F, Q
from django.utils.timezone import localtime

from campaigns.ground.calendar import Calendar
from campaigns.ground.lights import Light, light
from issues.enums import LedgerState, RectifyKind

_PHASES = {
    LedgerState.RECTIFYING: "open",
    LedgerState.APPLIED: "review",
    LedgerState.REVIEWED: "review",
    LedgerState.CLOSED: "done",
    LedgerState.ESCALATED: "paused",
}
_RUNNING = Q(state=LedgerState.RECTIFYING) | Q(state=LedgerState.PLANNING, rectify_kind=RectifyKind.QUICK)
_WAITING = Q(state__in=(LedgerState.APPLIED, LedgerState.REVIEWED))
_CLOSED = Q(state=LedgerState.CLOSED)
_PAUSED = Q(state=LedgerState.ESCALATED)


def phase_of(item: Any) -> str:
    """Which of the light's phases the item is in; 立行立改 runs in its short lane."""
    if item.state == LedgerState.PLANNING and item.rectify_kind == RectifyKind.QUICK and item.deadline:
        return "open"
    return _PHASES.get(item.state, "none")


def applied_late(item: Any) -> bool:
    """True when this round's 申请销号 came after the due date. Its Deadline must have been fetched."""
    applied_on = applied_on_of(item)
    return bool(applied_on and item.deadline and applied_on > item.deadline.due_on)


def applied_on_of(item: Any) -> date | None:
    """The local day of 申请销号: as the query counted it (with_applied_on), else from the stamp."""
    if hasattr(item, "applied_on"):
        return item.applied_on
    return localtime(item.applied_at).date() if item.applied_at else None


def light_of(item: Any, *, on: date, calendar: Calendar) -> Light:
    """The item's light on the day `on`; its Deadline must have been fetched.

    Waiting for the reviewer it is 审核中, or 红 when this round was applied for late; closed it is 逾期办结 when
    any round was (contract §7.5, §7.8).
    """
    phase = phase_of(item)
    return light(
        on=on,
        phase=phase,
        due_on=item.deadline.due_on if item.deadline else None,
        starts_on=item.starts_on,
        was_late=applied_late(item) if phase == "review" else item.was_late,
        calendar=calendar,
    )


def days_left_of(item: Any, *, on: date, calendar: Calendar) -> int | None:
    """剩余工作日 on the day `on`, negative when past due; None where no clock of the unit runs."""
    if not item.deadline or phase_of(item) != "open":
        return None
    return calendar.workdays_between(on, item.deadline.due_on)


def lit(items: Iterable[Any], *, on: date, calendar: Calendar) -> list:
    """The items as a list, each with `.light` and `.days_left` of the day `on`. Queries nothing by itself."""
    rows = list(items)
    for item in rows:
        item.light = str(light_of(item, on=on, calendar=calendar))
        item.days_left = days_left_of(item, on=on, calendar=calendar)
    return rows


def light_filter(word: str, *, on: date, calendar: Calendar, earliest: date | None) -> Q:
    """The rows whose `light_of` is `word` on the day `on`, as a filter: counts and pages need no row loaded.

    `earliest`: the earliest 起算日期 of any row (None: no row has one); it bounds how far ahead yellow can reach.
    The query must have `applied_on`, the local day of applied_at (LedgerQuerySet.with_applied_on).
    """
    dated = _RUNNING & Q(deadline__isnull=False)
    past = Q(deadline__due_on__lte=calendar.add_workdays(on, -1))
    late_now = Q(deadline__isnull=False, applied_on__gt=F("deadline__due_on"))
    near = _near(on=on, calendar=calendar, earliest=earliest)
    filters = {
        Light.RED: (dated & past) | (_WAITING & late_now),
        Light.YELLOW: dated & ~past & near,
        Light.GREEN: dated & ~past & ~near,
        Light.REVIEW: _WAITING & ~late_now,
        Light.LATE_DONE: _CLOSED & Q(was_late=True),
        Light.DONE: _CLOSED & Q(was_late=False),
        Light.PAUSED: _PAUSED,
        Light.NONE: ~(dated | _WAITING | _CLOSED | _PAUSED),
    }
    return filters[Light(word)]


def _near(*, on: date, calendar: Calendar, earliest: date | None) -> Q:
    """Due dates that are near: up to 3 working days ahead, or within the last 20 % of a long term.

    With L working days left a term is long enough from 5 L working days on, so each L asks for an earlier start;
    past `earliest` there is none. A due date on a day that became a rest day counts as the next working day.
    """
    near = Q(deadline__due_on__lte=calendar.add_workdays(on, 3))
    left = 4
    while earliest is not None:
        due = calendar.add_workdays(on, left)
        first = calendar.add_workdays(due, -(5 * left - 1))
        if first <= earliest:
            break
        near |= Q(
            deadline__due_on__gt=calendar.add_workdays(on, left - 1),
            deadline__due_on__lte=due,
            starts_on__lt=first,
        )
        left += 1
    return near
