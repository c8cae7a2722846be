"""Where the campaign's days fall: every date of the example is a working-day index from day 0 (2022-04-19).

The real campaign stood on its 62nd day on 2022-06-20, the 42nd working day after day 0. Another anchor keeps every
index: what fell on the third working day falls on the third working day there too.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from campaigns.ground.calendar import Calendar

DAY_ZERO = date(2022, 4, 19)
ANCHOR = date(2022, 6, 20)
CITY_TIME = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Timeline:
    """Indices to dates for one anchor. `last` is the index of the anchor itself (of the working day up to it)."""

    calendar: Calendar
    base: date
    last: int

    def day(self, index: int) -> date:
        """The working day `index` (0 = day 0; negative before the campaign; after `last` the future)."""
        return self.calendar.add_workdays(self.base, index - self.last) if index != self.last else self.base

    def of_real(self, day: date) -> date:
        """The day that takes the place of `day` of the real 2022 campaign."""
        return self.day(self.calendar.workdays_between(DAY_ZERO, day))

    def at(self, index: int, minute: int) -> datetime:
        """`minute` minutes after midnight of the working day `index`, in the city's time."""
        return datetime.combine(self.day(index), time(minute // 60, minute % 60), tzinfo=CITY_TIME)

    def rest_day_after(self, index: int) -> date:
        """The day after the working day `index` when it is a rest day, else that working day itself."""
        following = self.day(index) + timedelta(days=1)
        return self.day(index) if self.calendar.is_workday(following) else following


def timeline(*, anchor: date, calendar: Calendar) -> Timeline:
    """The timeline that stands on its last day on `anchor` (a rest day counts as the working day before it)."""
    base = anchor
    while not calendar.is_workday(base):
        base -= timedelta(days=1)
    return Timeline(calendar=calendar, base=base, last=calendar.workdays_between(DAY_ZERO, ANCHOR))
