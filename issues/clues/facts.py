"""What the rules look at: walks and what is known beside them, as plain values. No model, no query, no clock.

Moments are local (Asia/Shanghai). Units, matters and people are named by their codes, walks by their 登记编号.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import pairwise

from campaigns.enums import Channel, StepKind
from campaigns.ground.calendar import Calendar

NET = (Channel.FLAGSHIP, Channel.MINI_APP, Channel.CITIZEN_APP)
# Longer than this nobody stands at a window: the walk, or its step, was waited for at home.
_LONGEST_PRESENCE = timedelta(hours=6)
_LONGEST_WALK = timedelta(hours=10)
_ARRIVAL = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Walker:
    code: str
    name: str
    unit: str
    is_obligated: bool


@dataclass(frozen=True, slots=True)
class Step:
    kind: str
    start: datetime
    end: datetime
    result: str = ""

    @property
    def minutes(self) -> int:
        return round((self.end - self.start).total_seconds() / 60)


@dataclass(frozen=True, slots=True)
class NamedCase:
    """A 办件 a walk names: `matter` is the walk's own unless the row says another."""

    number: str
    matter: str
    minutes: int | None = None


@dataclass(frozen=True)
class Walk:
    """One registered walk. `area`: the county it was walked in, the four inner districts and the city being one."""

    key: str
    unit: str
    walked: str
    area: str
    walkers: tuple[Walker, ...]
    mode: str
    channel: str
    matter: str
    start: datetime
    end: datetime
    recorded: datetime
    recorder: str = ""
    place: str = ""
    window: str = ""
    case_number: str = ""
    cases: tuple[NamedCase, ...] = ()
    steps: tuple[Step, ...] = ()
    narrative: str = ""
    marks: tuple[str, ...] = ()
    photo_times: tuple[datetime, ...] = ()
    is_announced: bool = False
    found_nothing: bool = False
    authorization: str = ""
    authorized_until: date | None = None
    accompanied: str = ""
    work_order: str = ""

    @property
    def is_net(self) -> bool:
        return self.channel in NET

    @property
    def is_on_site(self) -> bool:
        """Somebody had to go there: a window or a terminal."""
        return self.channel in (Channel.HALL_WINDOW, Channel.KIOSK)

    @property
    def people(self) -> frozenset[str]:
        return frozenset(walker.code for walker in self.walkers)

    @cached_property
    def presence(self) -> tuple[tuple[datetime, datetime], ...]:
        """When the walker was there: the steps but for 审批, up to the first long wait; else the whole walk.

        Who fetched the paper days later, or whether it came by post, isn't known. A walk of several days without steps says
        only when it began.
        """
        spans = [
            (step.start, step.end)
            for step in self.steps
            if step.kind != StepKind.APPROVE and step.start < step.end <= step.start + _LONGEST_PRESENCE
        ]
        if spans:
            joined = _joined(sorted(spans))
            gaps = (
                at
                for at, (one, other) in enumerate(pairwise(joined), 1)
                if other[0] - one[1] > _LONGEST_PRESENCE
            )
            return joined[: next(gaps, None)]
        if self.end - self.start <= _LONGEST_WALK:
            return ((self.start, self.end),)
        return ((self.start, self.start + _ARRIVAL),)

    @cached_property
    def minutes(self) -> float | None:
        """Minutes spent on it, 审批 left out; None where the walk doesn't say."""
        if self.steps:
            counted = [
                step.end - step.start
                for step in self.steps
                if step.kind != StepKind.APPROVE and step.end - step.start <= _LONGEST_PRESENCE
            ]
            total = sum(counted, timedelta()).total_seconds() / 60
            if total or self.end - self.start < timedelta(minutes=1):
                return total
        took = self.end - self.start
        return took.total_seconds() / 60 if took <= _LONGEST_WALK else None

    @cached_property
    def named_cases(self) -> tuple[NamedCase, ...]:
        own = (NamedCase(self.case_number, self.matter),) if self.case_number else ()
        return own + tuple(case for case in self.cases if case.number != self.case_number)


def _joined(spans: list[tuple[datetime, datetime]]) -> tuple[tuple[datetime, datetime], ...]:
    joined = [spans[0]]
    for start, end in spans[1:]:
        if start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


@dataclass(frozen=True, slots=True)
class KnownCase:
    """What the service platform says about a 办件."""

    matter: str
    unit: str
    area: str
    applied: datetime
    finished: datetime | None = None


@dataclass(frozen=True, slots=True)
class KnownComplaint:
    matter: str
    unit: str
    received: datetime


@dataclass(frozen=True, slots=True)
class UnitFindings:
    """What a unit's walks led to: problems found, and how many of them are 立行立改."""

    problems: int = 0
    quick: int = 0


@dataclass(frozen=True)
class HallHours:
    """When halls are open (contract §6: working days 08:30–17:30). `own`: of units whose hall has other hours.

    `rest_days`: units whose hall opens on rest days too.
    """

    opens: time = time(8, 30)
    closes: time = time(17, 30)
    own: Mapping[str, tuple[time, time]] = field(default_factory=dict)
    rest_days: frozenset[str] = frozenset()

    def of(self, unit: str) -> tuple[time, time]:
        return self.own.get(unit, (self.opens, self.closes))


@dataclass(frozen=True)
class Town:
    """All the rules may know of one campaign.

    case_months: how many cases the platform has of a matter in a month ("2022-05"); heaps: complaints about a matter at a
    unit by day; staff: names of a unit's people; covered_until: the last day of the platform's data.
    """

    walks: tuple[Walk, ...]
    calendar: Calendar
    hours: HallHours = field(default_factory=HallHours)
    cases: Mapping[str, KnownCase] = field(default_factory=dict)
    case_months: Mapping[tuple[str, str], int] = field(default_factory=dict)
    covered_until: date | None = None
    complaints: Mapping[str, KnownComplaint] = field(default_factory=dict)
    complained: Mapping[tuple[str, str], tuple[date, ...]] = field(default_factory=dict)
    findings: Mapping[str, UnitFindings] = field(default_factory=dict)
    staff: Mapping[str, frozenset[str]] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    milestones: tuple[date, ...] = ()

    @cached_property
    def by_key(self) -> dict[str, Walk]:
        return {walk.key: walk for walk in self.walks}

    @cached_property
    def by_person(self) -> dict[str, list[Walk]]:
        """A person's walks in order of time."""
        found = defaultdict(list)
        for walk in self.walks:
            for walker in walk.walkers:
                found[walker.code].append(walk)
        for walks in found.values():
            walks.sort(key=lambda walk: (walk.start, walk.key))
        return dict(found)

    @cached_property
    def by_unit(self) -> Counter:
        """How many walks each unit registered."""
        return Counter(walk.unit for walk in self.walks)

    def label(self, code: str) -> str:
        return self.labels.get(code, code)


@dataclass(frozen=True)
class Hit:
    """One rule's word on one walk. `strength` 0…1 is multiplied with the rule's weight; `others` are the walks it was seen with."""

    walk: str
    because: str
    strength: float = 1.0
    others: tuple[str, ...] = ()
