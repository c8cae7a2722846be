"""From the tables to the plain facts the rules look at: about two dozen queries, however many walks (issues.clues.facts)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import TruncMonth

from campaigns.enums import CheckVerdict, OrganizationKind, Verdict
from campaigns.ground.workdays import load_calendar
from campaigns.models import (
    Campaign,
    Case,
    CheckPoint,
    Complaint,
    Evidence,
    Matter,
    Milestone,
    Organization,
    Person,
    PhotoMark,
    SessionCase,
    SessionStep,
    WalkSession,
)
from issues.clues.facts import (
    HallHours,
    KnownCase,
    KnownComplaint,
    NamedCase,
    Step,
    Town,
    UnitFindings,
    Walk,
    Walker,
)
from issues.enums import RectifyKind
from issues.models import HallHours as HallHoursRow
from issues.models import Problem

_CHUNK = 900
_FIELDS = (
    "pk",
    "number",
    "reporting_unit_id",
    "walked_unit_id",
    "mode",
    "channel",
    "matter_id",
    "place",
    "window",
    "started_at",
    "ended_at",
    "recorded_at",
    "recorded_by_id",
    "case_number",
    "authorization_number",
    "authorized_until",
    "accompanied",
    "work_order",
    "was_announced",
    "asks_clear",
    "runs_clear",
    "done_clear",
    "narrative",
)


def town_of(campaign: Campaign, on: date) -> Town:
    """Everything registered by the day `on` and not replaced by a correction, and what is known beside it."""
    walks = WalkSession.objects.held().in_campaign(campaign).filter(held_on__lte=on)
    places = _Places()
    read = _read_walks(walks, places)
    matters = dict(Matter.objects.values_list("pk", "code"))
    named = {case.number for walk in read for case in walk.named_cases}
    orders = {walk.work_order for walk in read if walk.work_order}
    return Town(
        walks=tuple(read),
        calendar=load_calendar(),
        hours=_hours(places),
        **_cases(named, places, matters),
        complaints={
            number: KnownComplaint(matters.get(matter, ""), places.codes[unit], _local(received))
            for number, matter, unit, received in _in_chunks(
                Complaint.objects.all(), orders, ("number", "matter_id", "organization_id", "received_at")
            )
        },
        complained=_complained(places, matters),
        findings=_findings(campaign, places),
        staff=_staff({walk.unit for walk in read if walk.accompanied}),
        labels=places.labels | dict(Matter.objects.values_list("code", "name")),
        milestones=tuple(Milestone.objects.filter(campaign=campaign).values_list("due_on", flat=True)),
    )


_ZONE = ZoneInfo(settings.TIME_ZONE)


def _local(moment):
    return moment.astimezone(_ZONE) if moment is not None else None


class _Places:
    """Codes and labels of units, and the county each stands in; districts of the city are one with it."""

    def __init__(self) -> None:
        rows = list(Organization.objects.values_list("pk", "code", "short_name", "name", "path", "kind"))
        self.codes = {pk: code for pk, code, *_ in rows}
        self.labels = {code: short or name for _, code, short, name, _, _ in rows}
        counties = {code for _, code, _, _, _, kind in rows if kind == OrganizationKind.COUNTY}
        self.areas = {pk: self._area(path, counties) for pk, _, _, _, path, _ in rows}

    @staticmethod
    def _area(path: str, counties: set[str]) -> str:
        """GB/T 2260: the fifth and sixth digit of a 市辖区 are 01–20."""
        above = path.strip("/").split("/")
        county = next((code for code in above if code in counties), "")
        is_district = county[4:6].isdigit() and 1 <= int(county[4:6]) <= 20
        return county if county and not is_district else above[0]


def _read_walks(walks: QuerySet, places: _Places) -> list[Walk]:
    rows = list(walks.order_by("pk").values(*_FIELDS))
    matters = dict(Matter.objects.values_list("pk", "code"))
    parts = _Parts(walks)
    return [_walk(row, places, matters, parts) for row in rows]


class _Parts:
    """What hangs on the walks, each table read once."""

    def __init__(self, walks: QuerySet):
        inside = walks.order_by().values("pk")
        self.walkers = _grouped(_walkers(inside))
        self.steps = _grouped(_steps(inside))
        self.cases = _grouped(
            (row[0], row[1:])
            for row in SessionCase.objects.filter(session__in=inside)
            .order_by("pk")
            .values_list("session_id", "case_number", "matter__code", "minutes")
        )
        self.marks = _grouped(_marks(inside))
        self.photo_times = _grouped(
            (walk, _local(taken))
            for walk, taken in Evidence.objects.filter(session__in=inside, taken_at__isnull=False)
            .order_by("pk")
            .values_list("session_id", "taken_at")
        )
        failed = CheckPoint.objects.filter(session__in=inside, verdict=CheckVerdict.FAILS)
        self.found = set(failed.values_list("session_id", flat=True))
        self.found.update(Problem.objects.filter(session__in=inside).values_list("session_id", flat=True))


def _grouped(pairs: Iterable[tuple[int, Any]]) -> dict[int, list]:
    found = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found


def _walkers(inside: QuerySet) -> Iterator[tuple[int, Walker]]:
    units = dict(Organization.objects.values_list("pk", "code"))
    rows = WalkSession.walkers.through.objects.filter(walksession__in=inside).order_by("pk")
    people = {
        pk: Walker(code, name, units[unit], obligated)
        for pk, code, name, unit, obligated in Person.objects.filter(pk__in=rows.order_by().values("person"))
        .order_by()
        .values_list("pk", "code", "name", "organization_id", "is_obligated")
    }
    for walk, person in rows.values_list("walksession_id", "person_id"):
        yield walk, people[person]


def _steps(inside: QuerySet) -> Iterator[tuple[int, Step]]:
    rows = SessionStep.objects.filter(session__in=inside).order_by("session", "sequence")
    for walk, kind, start, end, result in rows.values_list(
        "session_id", "kind", "started_at", "ended_at", "result"
    ).iterator(5000):
        yield walk, Step(kind, _local(start), _local(end), result)


def _marks(inside: QuerySet) -> Iterator[tuple[int, str]]:
    for walk, kind, value in PhotoMark.objects.filter(session__in=inside).values_list(
        "session_id", "kind", "value"
    ):
        yield walk, f"{kind}={value}"
    files = Evidence.objects.filter(session__in=inside, file__content_type__startswith="image/")
    for walk, digest, phash in files.values_list("session_id", "file__sha256", "phash"):
        yield walk, f"sha256={digest}"
        if phash:
            yield walk, f"phash={phash}"


def _walk(row: dict, places: _Places, matters: dict[int, str], parts: _Parts) -> Walk:
    pk, matter = row["pk"], matters[row["matter_id"]]
    verdicts = {row["asks_clear"], row["runs_clear"], row["done_clear"]}
    return Walk(
        key=row["number"],
        unit=places.codes[row["reporting_unit_id"]],
        walked=places.codes[row["walked_unit_id"]],
        area=places.areas[row["walked_unit_id"]],
        walkers=tuple(parts.walkers[pk]),
        mode=row["mode"],
        channel=row["channel"],
        matter=matter,
        start=_local(row["started_at"]),
        end=_local(row["ended_at"]),
        recorded=_local(row["recorded_at"]),
        recorder=str(row["recorded_by_id"]),
        place=row["place"],
        window=row["window"],
        case_number=row["case_number"],
        cases=tuple(NamedCase(number, own or matter, minutes) for number, own, minutes in parts.cases[pk]),
        steps=tuple(parts.steps[pk]),
        narrative=row["narrative"],
        marks=tuple(sorted(parts.marks[pk])),
        photo_times=tuple(parts.photo_times[pk]),
        is_announced=row["was_announced"],
        found_nothing=pk not in parts.found and not verdicts & {Verdict.PARTLY, Verdict.NO},
        authorization=row["authorization_number"],
        authorized_until=row["authorized_until"],
        accompanied=row["accompanied"],
        work_order=row["work_order"],
    )


def _in_chunks(rows: QuerySet, numbers: Iterable[str], fields: Sequence[str]) -> Iterator[tuple]:
    """Rows by number, a bounded number of values a query (SQLite)."""
    wanted = sorted(numbers)
    for start in range(0, len(wanted), _CHUNK):
        yield from rows.filter(number__in=wanted[start : start + _CHUNK]).order_by().values_list(*fields)


def _cases(named: set[str], places: _Places, matters: dict[int, str]) -> dict[str, Any]:
    """The cases the walks name, and which matters and months the platform's data cover at all."""
    fields = ("number", "matter_id", "organization_id", "applied_at", "finished_at")
    known = {
        number: KnownCase(
            matters[matter], places.codes[unit], places.areas[unit], _local(applied), _local(finished)
        )
        for number, matter, unit, applied, finished in _in_chunks(Case.objects.all(), named, fields)
    }
    months = (
        Case.objects.annotate(month=TruncMonth("applied_at", tzinfo=_ZONE))
        .order_by()
        .values_list("matter_id", "month")
        .annotate(cases=Count("pk"))
    )
    last = Case.objects.aggregate(last=Max("applied_at"))["last"]
    return {
        "cases": known,
        "case_months": {(matters[matter], f"{month:%Y-%m}"): cases for matter, month, cases in months},
        "covered_until": _local(last).date() if last else None,
    }


def _complained(places: _Places, matters: dict[int, str]) -> dict[tuple[str, str], tuple[date, ...]]:
    rows = Complaint.objects.filter(matter__isnull=False).order_by("received_at")
    heaps = _grouped(
        ((matter, unit), _local(received).date())
        for matter, unit, received in rows.values_list("matter_id", "organization_id", "received_at")
    )
    return {(matters[matter], places.codes[unit]): tuple(days) for (matter, unit), days in heaps.items()}


def _findings(campaign: Campaign, places: _Places) -> dict[str, UnitFindings]:
    quick = Count("pk", filter=Q(item__rectify_kind=RectifyKind.QUICK) | Q(proposed_kind=RectifyKind.QUICK))
    rows = (
        Problem.objects.in_campaign(campaign)
        .order_by()
        .values_list("reporting_unit")
        .annotate(problems=Count("pk"), quick=quick)
    )
    return {places.codes[unit]: UnitFindings(problems, quick) for unit, problems, quick in rows}


def _staff(units: set[str]) -> dict[str, frozenset[str]]:
    names: dict[str, set[str]] = defaultdict(set)
    for unit, name in Person.objects.values_list("organization__code", "name").order_by():
        if unit in units:
            names[unit].add(name)
    return {unit: frozenset(found) for unit, found in names.items()}


def _hours(places: _Places) -> HallHours:
    rows = list(HallHoursRow.objects.order_by("pk"))
    return HallHours(
        own={places.codes[row.organization_id]: (row.opens_at, row.closes_at) for row in rows},
        rest_days=frozenset(places.codes[row.organization_id] for row in rows if row.opens_on_rest_days),
    )
