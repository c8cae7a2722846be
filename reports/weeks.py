"""The ledger week by week: how many items had been entered and how many struck off at the end of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models.functions import TruncDate

from issues.enums import LedgerState
from reports.scope import Scope

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Week:
    """The counts at the end of `on`."""

    on: date
    entered: int
    closed: int


def weeks(*, entered: Sequence[date], closed: Sequence[date], opens_on: date, on: date) -> tuple[Week, ...]:
    """Weekly counts back from `on` to the campaign's first day, the oldest first."""
    days = []
    day = on
    while day > opens_on:
        days.append(day)
        day -= WEEK
    return tuple(
        Week(day, sum(1 for each in entered if each <= day), sum(1 for each in closed if each <= day))
        for day in sorted([*days, opens_on])
    )


def ledger_weeks(scope: Scope) -> tuple[Week, ...]:
    """Items entered and struck off by the end of each week; two dates an item are read, nothing else."""
    rows = scope.items().exclude(state__in=(LedgerState.REFUSED, LedgerState.MERGED))
    dated = rows.order_by().annotate(entered=TruncDate("registered_at"), struck=TruncDate("closed_at"))
    days = list(dated.values_list("pk", "entered", "struck").distinct())
    entered = [entered for _, entered, _ in days]
    closed = [struck for _, _, struck in days if struck]
    return weeks(entered=entered, closed=closed, opens_on=scope.campaign.opens_on, on=scope.on)
