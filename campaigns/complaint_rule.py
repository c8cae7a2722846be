"""差评投诉集中的问题事项要立即进行体验 (衡政办函〔2022〕16号 三、体验时间): when complaints make a heap. Pure.

Default: 5 complaints about one matter at one unit within 30 days, or 2 差评 within 10 working days. As everywhere
(民法典 第二百零一条) the day of a complaint isn't counted: on the 30th day after it, it still counts.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from campaigns.enums import ComplaintKind, ComplaintSource, Satisfaction
from campaigns.ground.calendar import Calendar

Place = tuple[str, str]  # matter code, unit code
_BAD = (Satisfaction.BAD, Satisfaction.VERY_BAD)
_NOT_COMPLAINING = (ComplaintKind.CONSULT, ComplaintKind.SUGGEST)


@dataclass(frozen=True)
class Rule:
    """The numbers of the rule; a campaign's own stand in CampaignPolicy.complaint_rule."""

    complaints: int = 5
    days: int = 30
    bad_ratings: int = 2
    workdays: int = 10

    @classmethod
    def of(cls, numbers: Mapping[str, Any]) -> "Rule":
        """`numbers` by field name; what isn't a whole number from 1 on keeps its default."""
        known = {field.name for field in fields(cls)}
        return cls(
            **{name: n for name, n in numbers.items() if name in known and isinstance(n, int) and n > 0}
        )

    def begins(self, on: date, calendar: Calendar) -> date:
        """The first day that can matter on the day `on`."""
        return min(on - timedelta(days=self.days), calendar.add_workdays(on, -self.workdays))


@dataclass(frozen=True)
class Received:
    """One complaint as the rule sees it; `at` aware, `day` its local day."""

    number: str
    place: Place
    at: datetime
    day: date
    is_complaint: bool
    is_bad: bool


@dataclass(frozen=True)
class Cluster:
    """A heap that stands. `numbers` are its 工单编号, the oldest first; `reason` says why, in words."""

    place: Place
    numbers: tuple[str, ...]
    reason: str


def is_bad(satisfaction: str) -> bool:
    """差评: 不满意、非常不满意 (domain.md §4.2)."""
    return satisfaction in _BAD


def is_complaint(source: str, kind: str, satisfaction: str) -> bool:
    """Whether a row of the workbook complains: praise, questions and suggestions don't; a 差评 always does."""
    if is_bad(satisfaction):
        return True
    return source != ComplaintSource.RATING and kind not in _NOT_COMPLAINING


def open_rows(rows: Iterable[Received], answered: Mapping[Place, datetime]) -> dict[Place, list[Received]]:
    """Complaints by place, the oldest first, without those an answering walk came after."""
    found = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.at, row.number)):
        until = answered.get(row.place)
        if row.is_complaint and (until is None or row.at > until):
            found[row.place].append(row)
    return found


def clusters(
    rows: Iterable[Received],
    *,
    on: date,
    calendar: Calendar,
    rule: Rule,
    answered: Mapping[Place, datetime],
) -> list[Cluster]:
    """The heaps that stand on the day `on`, by place. `answered`: place → the moment up to which a walk answered."""
    found = []
    for place, received in sorted(open_rows(rows, answered).items()):
        recent = [row for row in received if on - timedelta(days=rule.days) <= row.day <= on]
        bad = [
            row
            for row in received
            if row.is_bad and row.day <= on and calendar.workdays_between(row.day, on) <= rule.workdays
        ]
        why, counted = [], set()
        if len(recent) >= rule.complaints:
            why.append(f"近{rule.days}日内收到投诉{len(recent)}件，达到{rule.complaints}件")
            counted.update(recent)
        if len(bad) >= rule.bad_ratings:
            why.append(f"近{rule.workdays}个工作日内差评{len(bad)}件，达到{rule.bad_ratings}件")
            counted.update(bad)
        if why:
            numbers = tuple(row.number for row in received if row in counted)
            found.append(Cluster(place, numbers, "；".join(why)))
    return found
