"""The counties side by side, promise against measure, citizens' cases beside the walks, and the trend.

Pure: plain rows in, dataclasses out. A place is a county by its code, or CITY for the city's own units.
Nobody is ranked on fewer than ENOUGH walks. Source: 衡政办函〔2022〕16号 四(一), 五(三).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from campaigns.enums import StepKind
from campaigns.process import ENOUGH, Counts, Number, Spread, Trace, plain, slowest, spread, was_returned

CITY = "市本级"


@dataclass(frozen=True)
class Place:
    """A county (code and short name), or the city's own units."""

    code: str
    name: str


@dataclass(frozen=True)
class PlaceStep:
    """One step at one place. rank: 1 is the fastest of `ranked`; None under ENOUGH walks."""

    kind: str
    walks: int
    minutes: Spread | None
    rank: int | None = None
    ranked: int = 0
    is_slowest: bool = False

    @property
    def label(self) -> str:
        return str(StepKind(self.kind).label)


@dataclass(frozen=True)
class PlaceRow:
    """One place: all its walks, the whole way of those with two steps or more, and each step.

    lost: the step where it is furthest over the whole city's median, and by how many minutes.
    """

    place: Place
    walks: int
    whole: Spread | None
    steps: tuple[PlaceStep, ...]
    lost_kind: str = ""
    lost_minutes: Number = 0

    @property
    def lost_label(self) -> str:
        return str(StepKind(self.lost_kind).label) if self.lost_kind else ""


def compare(
    places: Sequence[Place],
    kinds: Sequence[str],
    traces: Iterable[Trace],
    *,
    minutes: Mapping[tuple[str, str], Counts],
    whole: Mapping[str, Counts],
    totals: Mapping[str, int],
) -> tuple[PlaceRow, ...]:
    """Every place in the order given, every step in the order of the map.

    minutes: (place code, step) → value → how often. whole: place code → minutes of a whole walk → how often.
    totals: place code → walks.
    """
    walks: Counter[tuple[str, str]] = Counter()
    for trace in traces:
        for kind in {kind for kind, _ in trace.stops}:
            walks[trace.place, kind] += trace.walks
    spreads = {key: spread(counts) for key, counts in minutes.items()}
    city = {
        kind: spread(merged(counts for (_, own), counts in minutes.items() if own == kind)) for kind in kinds
    }
    ranks = {
        kind: _ranks(
            {place.code: spreads.get((place.code, kind)) for place in places},
            {place.code: walks[place.code, kind] for place in places},
        )
        for kind in kinds
    }
    return tuple(_row(place, kinds, walks, spreads, city, ranks, whole, totals) for place in places)


def _row(place, kinds, walks, spreads, city, ranks, whole, totals) -> PlaceRow:
    own = {kind: spreads.get((place.code, kind)) for kind in kinds}
    seen = {kind: walks[place.code, kind] for kind in kinds}
    longest = slowest(own, seen)
    # What few walks took even longer over may be the true one: then nothing is marked.
    if longest and any(found and found.median > own[longest].median for found in own.values()):
        longest = ""
    steps = tuple(
        PlaceStep(
            kind=kind,
            walks=seen[kind],
            minutes=own[kind],
            rank=ranks[kind].get(place.code),
            ranked=len(ranks[kind]),
            is_slowest=kind == longest,
        )
        for kind in kinds
    )
    over = {
        step.kind: step.minutes.median - city[step.kind].median
        for step in steps
        if step.rank and step.minutes
    }
    worst = max(over, key=lambda kind: over[kind], default="")
    lost = over[worst] if worst and over[worst] > 0 else 0
    measured = spread(whole.get(place.code, {}))
    return PlaceRow(place, totals.get(place.code, 0), measured, steps, worst if lost else "", lost)


def merged(many: Iterable[Counts]) -> Counter:
    """Several tables of how often as one."""
    total: Counter = Counter()
    for counts in many:
        total.update(counts)
    return total


def _ranks(spreads: Mapping[str, Spread | None], walks: Mapping[str, int]) -> dict[str, int]:
    """Place code → rank by median, the shortest first, equals alike; among places with enough walks, if there are two."""
    medians = {code: found.median for code, found in spreads.items() if found and walks[code] >= ENOUGH}
    if len(medians) < 2:
        return {}
    return {code: 1 + sum(other < median for other in medians.values()) for code, median in medians.items()}


@dataclass(frozen=True)
class Promise:
    """One of the five numbers at one place: what the guide promises, what walks met."""

    label: str
    unit: str
    guide: Number | None
    measured: Spread | None

    @property
    def gap(self) -> Number | None:
        """Measured median less promise; None where one is missing or too few walks tell it."""
        if self.guide is None or self.measured is None or self.measured.n < ENOUGH:
            return None
        return self.measured.median - self.guide

    @property
    def difference(self) -> str:
        if self.guide is None or self.measured is None:
            return ""
        if self.gap is None:
            return f"不足 {ENOUGH} 次，不作比较"
        if not self.gap:
            return "与承诺一致"
        return f"比承诺{'多' if self.gap > 0 else '少'} {plain(abs(self.gap))} {self.unit}"

    @property
    def is_worse(self) -> bool:
        return bool(self.gap and self.gap > 0)


@dataclass(frozen=True)
class PromiseRow:
    """A place and its five; `has_own_guide`: a unit there entered numbers of its own."""

    name: str
    code: str
    numbers: tuple[Promise, ...]
    has_own_guide: bool = False


@dataclass(frozen=True)
class Half:
    """Half a month: 2022年5月上半月, its first and last day, and the whole walks begun in it."""

    label: str
    starts_on: date
    ends_on: date
    minutes: Spread


def trend(counts: Mapping[tuple[date, date], Counts]) -> tuple[Half, ...]:
    """(first day, last day) → minutes of a whole walk → how often, as halves in the order of time."""
    halves = []
    for (first, last), values in sorted(counts.items()):
        found = spread(values)
        if found:
            name = f"{first.year}年{first.month}月{'上' if first.day == 1 else '下'}半月"
            halves.append(Half(name, first, last, found))
    return tuple(halves)


@dataclass(frozen=True)
class Measures:
    """What a way cost: whole minutes, visits, and of how many (`n`) so many (`returned`) were sent back."""

    n: int
    minutes: Spread | None
    visits: Spread | None
    returned: int
    returns_known: int

    @property
    def returned_share(self) -> str:
        return f"{100 * self.returned / self.returns_known:.0f}%" if self.returns_known else "—"


@dataclass(frozen=True)
class CaseRow:
    """Walks and real cases (办件数据) at one place; in the first row at all places."""

    name: str
    walked: Measures
    cases: Measures


def walked_measures(
    codes: Iterable[str],
    traces: Iterable[Trace],
    *,
    whole: Mapping[str, Counts],
    trips: Mapping[str, Counts],
) -> Measures:
    """The walks of the places `codes` in the terms that cases are told in."""
    codes = set(codes)
    here = [trace for trace in traces if trace.place in codes]
    minutes = spread(merged(whole.get(code, {}) for code in codes))
    return Measures(
        n=minutes.n if minutes else 0,
        minutes=minutes,
        visits=spread(merged(trips.get(code, {}) for code in codes)),
        returned=sum(trace.walks for trace in here if was_returned(trace.stops)),
        returns_known=sum(trace.walks for trace in here),
    )


def case_measures(
    codes: Iterable[str],
    *,
    finished: Mapping[str, Counts],
    visits: Mapping[str, Counts],
    corrections: Mapping[str, Counts],
) -> Measures:
    """The same of real cases; minutes run from 申请 to 办结, corrections are 补正次数."""
    codes = list(codes)
    minutes = spread(merged(finished.get(code, {}) for code in codes))
    corrected = merged(corrections.get(code, {}) for code in codes)
    return Measures(
        n=minutes.n if minutes else 0,
        minutes=minutes,
        visits=spread(merged(visits.get(code, {}) for code in codes)),
        returned=sum(often for value, often in corrected.items() if value > 0),
        returns_known=sum(corrected.values()),
    )


def by_step(minutes: Mapping[tuple[str, str], Counts]) -> dict[str, Counter]:
    """(place, step) → counts, summed over the places: step → counts."""
    total: dict[str, Counter] = defaultdict(Counter)
    for (_, kind), counts in minutes.items():
        total[kind].update(counts)
    return total
