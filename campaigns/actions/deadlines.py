"""Setting, moving and settling clocks: the only writer of Deadline rows (house §2).

Each act takes the Calendar (campaigns.ground.workdays.load_calendar, once per request) and the day `on`.
A new date starts a new round, so the ladder is climbed afresh and what the old date caused dies (contract §8).
"""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from campaigns.enums import SlipState
from campaigns.ground.calendar import Calendar
from campaigns.ground.deadlines import Deadline
from campaigns.ground.refusal import NotAllowed
from campaigns.models.slips import Slip

_STATE = (
    "starts_on",
    "due_on",
    "original_due_on",
    "round",
    "trail",
    "is_provisional",
    "is_open",
    "settled_on",
)


@transaction.atomic
def open_deadline(
    *,
    kind: str,
    title: str,
    link: str,
    campaign,
    organization,
    starts_on: date,
    calendar: Calendar,
    due_on: date | None = None,
    workdays: int | None = None,
    person=None,
    holder: str = "",
) -> Deadline:
    """Start a clock: `workdays` working days after `starts_on`, or on the fixed day `due_on` (one of the two).

    A date on a rest day moves to the next working day (contract §7.8). `person` is the 责任人, `holder` the role
    that has to act ("" = the unit's 填报员). Raises NotAllowed when the date lies before 起算日期.
    """
    trail = _trail(calendar, starts_on, due_on=due_on, workdays=workdays)
    due = date.fromisoformat(trail["due"])
    return Deadline.objects.create(
        kind=kind,
        title=" ".join(title.split())[:200],
        link=link,
        campaign=campaign,
        organization=organization,
        person=person,
        holder=holder,
        starts_on=starts_on,
        due_on=due,
        original_due_on=due,
        trail=trail,
        is_provisional=trail["provisional"],
    )


@transaction.atomic
def move_deadline(
    *,
    deadline: Deadline,
    reason: str,
    calendar: Calendar,
    on: date,
    due_on: date | None = None,
    workdays: int | None = None,
    counted_from: date | None = None,
) -> Deadline:
    """Give a running clock another date: `due_on`, or `workdays` after `counted_from` (default: its date now).

    The original date stays on record (contract §7.6). The same date again changes nothing.
    Raises NotAllowed when the clock is settled or the date lies before 起算日期.
    """
    _lock(deadline)
    if not deadline.is_open:
        raise NotAllowed("该时限已经了结，不能调整。")
    if workdays is not None:
        due_on = calendar.add_workdays(counted_from or deadline.due_on, workdays)
    trail = _trail(calendar, deadline.starts_on, due_on=due_on)
    _set_date(deadline, trail, reason=reason, on=on)
    return deadline


@transaction.atomic
def reopen_deadline(
    *, deadline: Deadline, due_on: date, calendar: Calendar, on: date, reason: str = "退回重办"
) -> Deadline:
    """Start a settled clock again (退回重办、回访不属实), in a new round with the date `due_on`."""
    _lock(deadline)
    deadline.is_open, deadline.settled_on = True, None
    trail = _trail(calendar, deadline.starts_on, due_on=due_on)
    _set_date(deadline, trail, reason=reason, on=on, new_round=True)
    return deadline


@transaction.atomic
def settle(*, deadline: Deadline, on: date) -> Deadline:
    """Stop a clock: done, applied for, or no longer wanted. Settling twice changes nothing.

    Drafts of a 督办单 about it are void and a signed one's own limit stops too: a closed item is never chased.
    """
    stopped = Deadline.objects.filter(pk=deadline.pk, is_open=True).update(is_open=False, settled_on=on)
    if stopped:
        deadline.is_open, deadline.settled_on = False, on
        _let_slips_die(deadline, on)
    else:
        _lock(deadline)
    return deadline


@transaction.atomic
def hand_over_deadlines(*, deadlines: Iterable[int], person) -> int:
    """The running clocks among `deadlines` (ids) have another 责任人 from now on; returns how many."""
    return Deadline.objects.running().filter(pk__in=list(deadlines)).update(person=person)


def given_back(*, due_on: date, stopped_on: date, on: date, calendar: Calendar) -> date:
    """The date after a return: the working days left on `stopped_on`, at least 3, counted from `on` (§7.5)."""
    return calendar.add_workdays(on, max(3, calendar.workdays_between(stopped_on, due_on)))


@transaction.atomic
def recount_provisional(*, calendar: Calendar, on: date) -> int:
    """Count again what was 暂定, once the year's holiday table has come; returns how many are certain now.

    The date then was never a promise: the original date moves along with it, unless the clock had been moved.
    """
    counted = 0
    for deadline in Deadline.objects.select_for_update().provisional().order_by("pk"):
        trail = _counted_again(deadline, calendar)
        if not trail["provisional"]:
            moved = deadline.was_moved
            _set_date(deadline, trail, reason="放假安排公布，重新计算", on=on)
            if not moved:
                Deadline.objects.filter(pk=deadline.pk).update(original_due_on=deadline.due_on)
            counted += 1
    return counted


def _counted_again(deadline: Deadline, calendar: Calendar) -> dict:
    trail = deadline.trail
    if trail.get("rule") == "workdays":
        return calendar.explain(date.fromisoformat(trail["from"]), workdays=trail["workdays"])
    asked = trail.get("asked") or deadline.due_on.isoformat()
    return calendar.explain(deadline.starts_on, due_on=date.fromisoformat(asked))


def _lock(deadline: Deadline) -> None:
    """Lock the row and bring the caller's copy up to date, so that two moves at once follow each other."""
    row = Deadline.objects.select_for_update().get(pk=deadline.pk)
    for name in _STATE:
        setattr(deadline, name, getattr(row, name))


def _trail(calendar: Calendar, start: date, *, due_on: date | None, workdays: int | None = None) -> dict:
    if workdays is None and due_on is None:
        raise NotAllowed("请填写时限。")
    trail = calendar.explain(start, workdays=workdays, due_on=due_on)
    if trail["due"] < start.isoformat():
        raise NotAllowed(f"时限 {trail['due']} 早于起算日期 {start.isoformat()}。")
    return trail


def _set_date(deadline: Deadline, trail: dict, *, reason: str, on: date, new_round: bool = False) -> None:
    """Take over `trail`; another date (or `new_round`) climbs the ladder afresh and is noted as a move."""
    was, due = deadline.due_on, date.fromisoformat(trail["due"])
    moves = list(deadline.trail.get("moves", []))
    new_round = new_round or due != was
    if new_round:
        moves.append({"on": on.isoformat(), "was": was.isoformat(), "due": trail["due"], "reason": reason})
        deadline.round += 1
    deadline.trail = trail | {"moves": moves}
    deadline.due_on, deadline.is_provisional = due, trail["provisional"]
    deadline.save(update_fields=_STATE)
    if new_round:
        _let_slips_die(deadline, on)


def _let_slips_die(deadline: Deadline, on: date) -> None:
    """Drafts about the clock are void, limits of signed 督办单 stop, and so do those of the 督办单 about them."""
    about = [deadline.pk]
    while about and Slip.objects.filter(about__in=about).exists():  # the rule: most clocks stop in time
        Slip.objects.filter(about__in=about, state=SlipState.DRAFT).update(state=SlipState.VOID)
        limits = Deadline.objects.filter(slip_itself__about__in=about)
        about = list(limits.values_list("pk", flat=True))
        Deadline.objects.running().filter(pk__in=about).update(is_open=False, settled_on=on)
