"""Working days as pure arithmetic: the first day does not count, the last one does.

民法典 第二百零一条、第二百零三条; 行政许可法 第八十二条. No model, no clock, no file may be read here.
A year without a published holiday table is counted by weekends and marked 暂定; nothing raises.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, date, timedelta
from functools import cached_property

WEEKDAY_NAMES = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_ONE_DAY = timedelta(days=1)


def published_years(days: Mapping[date, bool]) -> frozenset[int]:
    """Years whose holiday table is in `days`: those with a 国庆节 rest day (1–7 October).

    A single local day off entered by hand, or 31 December that belongs to the next 元旦, publishes no year.
    """
    return frozenset(
        day.year for day, works in days.items() if not works and day.month == 10 and day.day <= 7
    )


@dataclass(frozen=True, eq=False)
class Calendar:
    """Which days are worked. `days`: True = 上班 (make-up day), False = 休息; days not named go by weekday.

    `published`: years with a published table; `names`: what a named day is called (春节, 劳动节调休).
    """

    days: Mapping[date, bool]
    published: frozenset[int]
    names: Mapping[date, str] = field(default_factory=dict)

    @cached_property
    def _cache(self) -> dict[int, list[int]]:
        return {}

    def _year(self, year: int) -> list[int]:
        """Ordinals of the working days of `year`, in order; counted once."""
        if year not in self._cache:
            first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
            self._cache[year] = [
                number
                for number in range(first, last + 1)
                if self.days.get(date.fromordinal(number), (number - 1) % 7 < 5)
            ]
        return self._cache[year]

    def is_workday(self, day: date) -> bool:
        """True when people are at their desks on `day`."""
        return self.days.get(day, day.weekday() < 5)

    def workdays_between(self, start: date, end: date) -> int:
        """Working days in (start, end]; negative when `end` is before `start`."""
        if end < start:
            return -self.workdays_between(end, start)
        whole = sum(len(self._year(year)) for year in range(start.year, end.year))
        return (
            whole
            + bisect_right(self._year(end.year), end.toordinal())
            - bisect_right(self._year(start.year), start.toordinal())
        )

    def add_workdays(self, start: date, count: int) -> date:
        """The `count`th working day after `start` (start itself not counted).

        `count` 0 is `start`, moved on when it is a rest day; a negative count is the working day that many
        before.
        """
        if count == 0:
            return self.roll_forward(start)
        year, step = start.year, 1 if count > 0 else -1
        worked = self._year(year)
        place = bisect_right(worked, start.toordinal()) - 1  # the last working day up to `start`
        if count < 0 and not self.is_workday(start):
            place += 1  # from a rest day backwards, the first step lands on that last working day
        place += count
        while not 0 <= place < len(worked):
            if not MINYEAR < year < MAXYEAR:
                return start  # beyond the calendar itself; absurd dates are refused at the door
            if step > 0:
                place -= len(worked)
            year += step
            worked = self._year(year)
            if step < 0:
                place += len(worked)
        return date.fromordinal(worked[place])

    def roll_forward(self, day: date) -> date:
        """`day` itself if it is worked, else the next working day (民法典 第二百零三条)."""
        while not self.is_workday(day):
            day += _ONE_DAY
        return day

    def is_provisional(self, start: date, end: date) -> bool:
        """True when [start, end] touches a year whose holiday table is not published: 暂定."""
        first, last = sorted((start, end))
        return any(year not in self.published for year in range(first.year, last.year + 1))

    def name_of(self, day: date) -> str:
        """What `day` is called: its holiday, else its weekday."""
        return self.names.get(day) or WEEKDAY_NAMES[day.weekday()]

    def explain(self, start: date, *, workdays: int | None = None, due_on: date | None = None) -> dict:
        """Why a deadline falls where it falls; give either `workdays` or a fixed `due_on`.

        Returns a JSON-able trail: `from`, `due`, `workdays` (counted between the two), `rule` ("workdays" or
        "fixed"), `asked` (the fixed date before it moved off a rest day, else None), `skipped` and `made_up`
        (lists of {from, to, name}), `provisional`.
        """
        if workdays is None and due_on is None:
            raise ValueError("explain() needs workdays or due_on")
        due = self.roll_forward(due_on) if due_on is not None else self.add_workdays(start, workdays or 0)
        span = [date.fromordinal(n) for n in range(start.toordinal() + 1, due.toordinal() + 1)]
        return {
            "from": start.isoformat(),
            "due": due.isoformat(),
            "workdays": self.workdays_between(start, due),
            "rule": "workdays" if due_on is None else "fixed",
            "asked": due_on.isoformat() if due_on is not None and due_on != due else None,
            "skipped": self._runs(day for day in span if not self.is_workday(day)),
            "made_up": self._runs(day for day in span if self.is_workday(day) and day.weekday() >= 5),
            "provisional": self.is_provisional(start, due),
        }

    def _runs(self, days: Iterable[date]) -> list[dict]:
        """Neighbouring days of one name as one line; a plain weekend reads 周末."""
        runs: list[dict] = []
        for day in days:
            name = self.names.get(day) or "周末"
            yesterday = (day - _ONE_DAY).isoformat()
            if runs and runs[-1]["name"] == name and runs[-1]["to"] == yesterday:
                runs[-1]["to"] = day.isoformat()
            else:
                runs.append({"from": day.isoformat(), "to": day.isoformat(), "name": name})
        return runs


def _said(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.month}月{day.day}日"


def _said_run(run: Mapping[str, str]) -> str:
    if run["from"] == run["to"]:
        return f"{_said(run['from'])}（{run['name']}）"
    return f"{_said(run['from'])}—{_said(run['to'])}（{run['name']}）"


def trail_sentences(trail: Mapping) -> list[str]:
    """The trail of `Calendar.explain` in Chinese, one sentence a line, for “为什么是这一天”."""
    if not trail:
        return []
    due, count = trail["due"], trail["workdays"]
    weekday = WEEKDAY_NAMES[date.fromisoformat(due).weekday()]
    lines = [f"起算日：{trail['from']}（当日不计）。"]
    if trail["rule"] == "workdays":
        lines.append(f"期限 {count} 个工作日，最后一个工作日是 {due}（{weekday}）。")
    elif trail["asked"]:
        lines.append(f"指定日期 {trail['asked']} 是休息日，顺延到下一个工作日 {due}（{weekday}）。")
    else:
        lines.append(f"指定日期 {due}（{weekday}），距起算日 {count} 个工作日。")
    if trail["skipped"]:
        lines.append("不计入的休息日：" + "、".join(_said_run(run) for run in trail["skipped"]) + "。")
    if trail["made_up"]:
        lines.append("计入的调休上班日：" + "、".join(_said_run(run) for run in trail["made_up"]) + "。")
    if trail["provisional"]:
        lines.append("暂定：所跨年份的放假安排尚未公布，先按周末推算，公布后重新计算。")
    return lines
