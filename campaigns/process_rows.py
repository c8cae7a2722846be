"""The rows behind the map of a process: five statements, however many walks there are.

Minutes are whole numbers, so the database only counts how often each occurs; every median is then exact arithmetic on
short lists (campaigns.process), alike on both databases. Single walks never leave the database.
"""

from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import BigIntegerField, Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Concat, ExtractMonth, ExtractYear, Round

from campaigns.enums import OrganizationKind
from campaigns.ground.spans import Minutes
from campaigns.guide import FIVE
from campaigns.models import Case as ServedCase
from campaigns.models import Matter, MatterUnit, Organization, SessionStep, WalkSession
from campaigns.process import Counts, Number, Trace
from campaigns.process_places import CITY, Place
from campaigns.process_walks import SENT_BACK, mapped_walks

_MARK = "!"

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


# What a counted row is kept by: of most its place and its key, of these one of the two.
_BY_PLACE = {"walks", "whole"}
_BY_KEY = {"waiting", "handling", "half"}


def read_process(matter: Matter, *, by_place: bool = True) -> ProcessRows:
    """The counted rows of `matter` over all units of the city: five statements.

    by_place False: the minutes of steps stand under CITY, whoever was walked; that is a quarter of the rows.
    """
    told = _lists(
        [*_counted(*_steps(matter, by_place)), *_counted(*_walks(matter)), *_counted(*_cases(matter))]
    )
    running = list(MatterUnit.objects.filter(matter=matter).order_by("organization__code"))
    units = {unit for _, unit, _ in told if unit} | {row.organization_id for row in running}
    places, place_of = _places(units)
    tables = _tables(told, place_of)
    five = {(place, name): _amounts(name, counts) for (place, name), counts in tables["five"].items()}
    return ProcessRows(
        places=places,
        guides=_guides(running, place_of),
        traces=_traces(tables["trace"]),
        totals={place: counts[0] for place, counts in tables["walks"].items()},
        minutes=tables["minutes"],
        waiting=tables["waiting"],
        handling=tables["handling"],
        whole=tables["whole"],
        halves={_half(int(number)): counts for number, counts in tables["half"].items()},
        five=five,
        cases=tables["case"],
    )


def _lists(rows: Iterable[tuple]) -> dict[tuple[str, int, str], list[tuple[int, int]]]:
    """(what, unit, key) → values with how often. Rows are many and lists few: whatever can wait is done to the lists."""
    lists: defaultdict[tuple[str, int, str], list[tuple[int, int]]] = defaultdict(list)
    for what, unit, key, value, often in rows:
        lists[what, unit, key].append((value, often))
    return lists


def _tables(lists: Mapping[tuple, list], place_of: Mapping[int, str]) -> defaultdict[str, defaultdict]:
    """What → what it is kept by → value → how often; units of one place become one."""
    tables: defaultdict[str, defaultdict] = defaultdict(lambda: defaultdict(Counter))
    for (what, unit, key), pairs in lists.items():
        place = place_of.get(unit, CITY)
        kept_by = key if what in _BY_KEY else place if what in _BY_PLACE else (place, key)
        if what == "trace":
            tables[what][kept_by][0] += pairs[0][1]
        else:
            tables[what][kept_by].update(dict(pairs))
    return tables


def _traces(counted: Mapping[tuple[str, str], Counts]) -> list[Trace]:
    """(place, tokens) → traces; the same way is read once, however many places it was walked at."""
    ways = {text: _stops(text) for _, text in counted}
    return [Trace(place, ways[text], counts[0]) for (place, text), counts in counted.items()]


def _stops(text: str) -> tuple[tuple[str, bool], ...]:
    return tuple((token.rstrip(_MARK), token.endswith(_MARK)) for token in text.split(" "))


def _half(number: int) -> tuple[date, date]:
    """First and last day of a half month by its number, 24 a year."""
    year, month, second = number // 24, number % 24 // 2 + 1, number % 2
    last = monthrange(year, month)[1] if second else 15
    return date(year, month, 16 if second else 1), date(year, month, last)


def _amounts(name: str, counts: Counts) -> Counts:
    """Fees are counted in cents, so that no database rounds them."""
    return {Decimal(cents) / 100: n for cents, n in counts.items()} if name == "actual_fee" else counts


# One inner query gives the rows, the outer one counts them; it is standard SQL but for the name of one function.
_JOIN = {"sqlite": "group_concat"}
_STEP_SQL = """
WITH step (walk, unit, sequence, kind, token, waiting, minutes) AS ({rows})
SELECT 'waiting', 0, kind, waiting, COUNT(*) FROM step WHERE waiting IS NOT NULL GROUP BY kind, waiting
UNION ALL SELECT 'handling', 0, kind, CASE WHEN minutes > waiting THEN minutes - waiting ELSE 0 END, COUNT(*)
    FROM step WHERE waiting IS NOT NULL GROUP BY 3, 4
UNION ALL SELECT 'minutes', {unit}, kind, minutes, COUNT(*) FROM step GROUP BY 2, kind, minutes
UNION ALL SELECT 'trace', unit, tokens, 0, COUNT(*) FROM (
    SELECT unit, sequence, MIN(sequence) OVER way AS earliest, {join}(token, ' ') OVER way AS tokens FROM step
    WINDOW way AS (PARTITION BY walk ORDER BY sequence ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
) AS ways WHERE sequence = earliest GROUP BY unit, tokens
"""
_WALK_SQL = """
WITH walk (unit, half, minutes, {fields}) AS ({rows})
SELECT 'walks', unit, '', 0, COUNT(*) FROM walk GROUP BY unit
UNION ALL SELECT 'whole', unit, '', minutes, COUNT(*) FROM walk WHERE minutes IS NOT NULL GROUP BY unit, minutes
UNION ALL SELECT 'half', 0, CAST(half AS VARCHAR(10)), minutes, COUNT(*) FROM walk WHERE minutes IS NOT NULL
    GROUP BY half, minutes
"""
_COUNT_SQL = "UNION ALL SELECT '{what}', unit, '{name}', {name}, COUNT(*) FROM {rows} WHERE {name} IS NOT NULL GROUP BY unit, {name}\n"
_CASE_SQL = """
WITH served (unit, finished, visits, corrections) AS ({rows})
SELECT 'case', unit, 'finished', finished, COUNT(*) FROM served WHERE finished IS NOT NULL GROUP BY unit, finished
"""


def _counted(outer: str, rows: QuerySet, names: dict[str, str]) -> Iterator[tuple[str, int, str, int, int]]:
    """(what, unit, key, value, how often) of `outer` over the rows of the inner query."""
    inner, arguments = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(outer.format(rows=inner, **names), arguments)
        yield from cursor.fetchall()


def _steps(matter: Matter, by_place: bool) -> tuple[str, QuerySet, dict[str, str]]:
    mark = Case(When(steps__result__in=SENT_BACK, then=Value(_MARK)), default=Value(""))
    rows = (
        mapped_walks(WalkSession.objects.filter(matter=matter, steps__isnull=False))
        .annotate(token=Concat("steps__kind", mark))
        .annotate(minutes=Minutes(F("steps__started_at"), F("steps__ended_at")))
        .values_list(
            "pk",
            "walked_unit_id",
            "steps__sequence",
            "steps__kind",
            "token",
            "steps__waiting_minutes",
            "minutes",
        )
    )
    unit = "unit" if by_place else "0"
    return _STEP_SQL, rows, {"join": _JOIN.get(connection.vendor, "string_agg"), "unit": unit}


def _walks(matter: Matter) -> tuple[str, QuerySet, dict[str, str]]:
    # A walk of one step is that step walked again (回头看核验), not the whole way.
    second_step = SessionStep.objects.filter(session=OuterRef("pk"), sequence__gt=1)
    second = Case(When(held_on__day__gt=15, then=Value(1)), default=Value(0))
    fields = [met for *_, met in FIVE]
    cents = {"actual_fee": Cast(Round(F("actual_fee") * 100), BigIntegerField())}
    outer = _WALK_SQL + "".join(_COUNT_SQL.format(what="five", name=name, rows="walk") for name in fields)
    rows = (
        mapped_walks(WalkSession.objects.filter(matter=matter))
        .annotate(half=ExtractYear("held_on") * 24 + (ExtractMonth("held_on") - 1) * 2 + second)
        .annotate(minutes=Case(When(Exists(second_step), then=Minutes(F("started_at"), F("ended_at")))))
        .annotate(**{f"met_{name}": cents.get(name, F(name)) for name in fields})
        .values_list("walked_unit_id", "half", "minutes", *(f"met_{name}" for name in fields))
    )
    return outer, rows, {"fields": ", ".join(fields)}


def _cases(matter: Matter) -> tuple[str, QuerySet, dict[str, str]]:
    names = ("visits", "corrections")
    outer = _CASE_SQL + "".join(_COUNT_SQL.format(what="case", name=name, rows="served") for name in names)
    rows = (
        ServedCase.objects.filter(matter=matter)
        .annotate(minutes=Minutes(F("applied_at"), F("finished_at")))
        .values_list("organization_id", "minutes", "visit_count", "correction_count")
    )
    return outer, rows, {}


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
