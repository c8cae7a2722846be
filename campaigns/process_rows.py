"""The rows behind the map of a process: six statements, however many walks there are.

A walk is one row with its way as text (campaigns.process_ways), so its steps are never read one by one. Minutes are
whole numbers, so it is enough to count how often each occurs; every median is then exact arithmetic on short lists
(campaigns.process), alike on both databases.
"""

from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Case, Count, F, Q, When

from campaigns.enums import OrganizationKind
from campaigns.ground.spans import Minutes
from campaigns.guide import FIVE
from campaigns.models import Case as ServedCase
from campaigns.models import Matter, MatterUnit, Organization, WalkSession
from campaigns.process import Counts, Number, Trace
from campaigns.process_places import CITY, Place
from campaigns.process_walks import mapped_walks
from campaigns.process_ways import count_steps, stops_of

_MET = [met for *_, met in FIVE]

Table = Mapping[tuple | str, Counts]


@dataclass
class ProcessRows:
    """Everything a map needs. Tables: key → value → how often; a place is a county's code or CITY; times are minutes.

    minutes: by (place, step). waiting, handling: by step. totals: walks by place. whole: by place, and halves: by
    (first day, last day), both of walks with two steps or more. five: by (place, field of the walk), in the unit of that
    field. cases: by (place, what), what being finished (minutes), visits or corrections. guides: place → field of the
    guide → the number of a unit there.
    """

    places: list[Place]
    guides: dict[str, dict[str, Number]]
    traces: list[Trace]
    totals: dict[str, int]
    minutes: Table
    waiting: Table
    handling: Table
    whole: Table
    halves: Table
    five: Table
    cases: Table


class _Walks(NamedTuple):
    """Columns of one row a walk: `minutes` of the whole way, None for one step walked again (回头看核验); `met` as FIVE."""

    units: Sequence[int] = ()
    ways: Sequence[str] = ()
    step_minutes: Sequence[str] = ()
    days: Sequence[date] = ()
    minutes: Sequence[int | None] = ()
    met: Sequence[Sequence[Number | None]] = ((),) * len(_MET)


def read_process(matter: Matter, *, by_place: bool = True) -> ProcessRows:
    """The counted rows of `matter` over all units of the city: six statements.

    by_place False: the minutes of steps stand under CITY, whoever was walked; they are counted faster so.
    """
    walks = _walks(matter)
    cases = {what: _case_counts(matter, value) for what, value in _CASE.items()}
    running = list(MatterUnit.objects.filter(matter=matter).order_by("organization__code"))
    served = {unit for counted in cases.values() for unit, _, _ in counted}
    places, place_of = _places({*walks.units, *served, *(row.organization_id for row in running)})
    at = [place_of[unit] for unit in walks.units]
    minutes, waiting, handling = _steps(at if by_place else [CITY] * len(at), walks)
    half_of = {day: _half(day) for day in set(walks.days)}
    return ProcessRows(
        places=places,
        guides=_guides(running, place_of),
        traces=_traces(at, walks.ways),
        totals=Counter(at),
        minutes=minutes,
        waiting=waiting,
        handling=handling,
        whole=_counted(at, walks.minutes),
        halves=_counted([half_of[day] for day in walks.days], walks.minutes),
        five={
            (place, name): counts
            for name, column in zip(_MET, walks.met, strict=True)
            for place, counts in _counted(at, column).items()
        },
        cases=_cases(cases, place_of),
    )


def _walks(matter: Matter) -> _Walks:
    whole = Case(When(way__contains=" ", then=Minutes(F("started_at"), F("ended_at"))))
    rows = (
        mapped_walks(WalkSession.objects.filter(matter=matter))
        .annotate(minutes=whole)
        .values_list("walked_unit_id", "way", "way_minutes", "held_on", "minutes", *_MET)
    )
    columns = list(zip(*rows, strict=True))
    return _Walks(*columns[:5], met=columns[5:]) if columns else _Walks()


def _counted(keys: Iterable, values: Iterable) -> defaultdict[Any, Counter]:
    """Two columns as key → value → how often; what is None is left out."""
    table: defaultdict[Any, Counter] = defaultdict(Counter)
    for (key, value), often in Counter(zip(keys, values, strict=True)).items():
        if value is not None:
            table[key][value] = often
    return table


def _steps(at: Sequence[str], walks: _Walks) -> tuple[Table, Table, Table]:
    """Minutes by (place, step), waiting and handling by step; who waits longer than the step took was handled in none."""
    told: defaultdict[str, list[str]] = defaultdict(list)
    for place, text in zip(at, walks.step_minutes, strict=True):
        told[place].append(text)
    minutes: defaultdict[tuple[str, str], Counter] = defaultdict(Counter)
    waiting: defaultdict[str, Counter] = defaultdict(Counter)
    handling: defaultdict[str, Counter] = defaultdict(Counter)
    for place, texts in told.items():
        for kind, took, waited, often in count_steps(texts):
            minutes[place, kind][took] += often
            if waited is not None:
                waiting[kind][waited] += often
                handling[kind][max(0, took - waited)] += often
    return minutes, waiting, handling


def _traces(at: Sequence[str], ways: Sequence[str]) -> list[Trace]:
    """Walks with steps; the same way is read once, however many places it was walked at."""
    stops = {way: stops_of(way) for way in set(ways) if way}
    counted = Counter(zip(at, ways, strict=True))
    return [Trace(place, stops[way], often) for (place, way), often in counted.items() if way]


def _half(day: date) -> tuple[date, date]:
    """First and last day of the half month of `day`."""
    if day.day <= 15:
        return day.replace(day=1), day.replace(day=15)
    return day.replace(day=16), day.replace(day=monthrange(day.year, day.month)[1])


# What real cases are counted by; there may be many times as many as walks, so the database counts them.
_CASE = {
    "finished": Minutes(F("applied_at"), F("finished_at")),
    "visits": F("visit_count"),
    "corrections": F("correction_count"),
}


def _case_counts(matter: Matter, value: Any) -> list[tuple[int, int, int]]:
    """(unit, value, how often)."""
    rows = ServedCase.objects.filter(matter=matter).annotate(counted=value).filter(counted__isnull=False)
    return list(rows.values_list("organization_id", "counted").annotate(often=Count("pk")))


def _cases(
    counted: Mapping[str, Iterable[tuple[int, int, int]]], place_of: Mapping[int, str]
) -> defaultdict[tuple[str, str], Counter]:
    """The counts of units as those of places: (place, what) → value → how often."""
    table: defaultdict[tuple[str, str], Counter] = defaultdict(Counter)
    for what, rows in counted.items():
        for unit, value, often in rows:
            table[place_of[unit], what][value] += often
    return table


def _places(units: Iterable[int]) -> tuple[list[Place], dict[int, str]]:
    """The city's own and every county by code; and of each unit the place it stands in."""
    wanted = Q(kind=OrganizationKind.COUNTY) | Q(pk__in=units)
    known = list(Organization.objects.filter(wanted).order_by("code"))
    counties = [unit for unit in known if unit.kind == OrganizationKind.COUNTY]
    place_of = {
        unit.pk: next((county.code for county in counties if county.covers(unit)), CITY) for unit in known
    }
    return [Place(CITY, CITY), *(Place(county.code, county.label) for county in counties)], place_of


def _guides(running: Iterable[MatterUnit], place_of: dict[int, str]) -> dict[str, dict[str, Number]]:
    """What the first unit of a place that runs the matter promises of its own."""
    guides: dict[str, dict[str, Number]] = {}
    for row in running:
        own = {name: value for *_, name, _ in FIVE if (value := getattr(row, name)) is not None}
        if own:
            guides.setdefault(place_of[row.organization_id], own)
    return guides
