"""What the system knows when a heap of workbooks comes in: names, walks, and the records that are there already."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from campaigns.enums import OrganizationKind
from campaigns.ground.sheets.values import same_name
from campaigns.models import Campaign, Category, Matter, Organization, Person, WalkSession
from campaigns.resources.shape import Directory
from issues.collecting.names import Names
from issues.models import LedgerItem
from issues.resources import RESOURCES
from issues.resources.registers import INDEXES


@dataclass(frozen=True)
class Standing:
    """How far a finding has come on the ledger."""

    state: str
    kind: str
    due_on: date | None


@dataclass
class Known:
    """Loaded once for a heap; `reach`: codes of the units the collector may take sheets for."""

    campaign: Campaign
    reach: set[str]
    units: Names
    matters: Names
    categories: Names
    paths: dict[str, str]
    people: dict[str, list[tuple[str, str]]]  # name as compared → (code, path of the unit)
    people_names: dict[str, str]  # code → name
    walks: dict[tuple[str, str, date], list[tuple[str, str]]]  # unit, person, day → (number, matter)
    records: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)  # kind → number → stored row
    by_text: dict[str, dict[tuple[str, str], list[str]]] = field(default_factory=dict)
    items: dict[str, Standing] = field(default_factory=dict)
    directory: Directory = field(default_factory=lambda: Directory(INDEXES))

    def participants(self) -> set[str]:
        return set(
            Organization.objects.participating()
            .filter(code__in=self.reach)
            .values_list("code", flat=True)
            .order_by()
        )

    def refresh(self) -> None:
        """Read the three lists again: a file of the heap has just been written."""
        self.items = _items()
        for resource in RESOURCES:
            rows = {row["number"]: row for row in resource().stored_rows()}
            texts: dict[tuple[str, str], list[str]] = defaultdict(list)
            for number, row in rows.items():
                texts[row["reporting_unit"], same_name(row["text"])].append(number)
            self.records[resource.kind], self.by_text[resource.kind] = rows, dict(texts)
        self.directory = Directory(INDEXES)


def load_known(*, campaign: Campaign, reach: Iterable[Organization]) -> Known:
    """A dozen queries, however many files the heap holds."""
    units = list(Organization.objects.order_by("code"))
    known = Known(
        campaign=campaign,
        reach={unit.code for unit in reach},
        units=Names(_unit_names(units)),
        matters=Names(Matter.objects.values_list("code", "name").order_by("code")),
        categories=Names(
            (category.code, category.name, f"{category.group}/{category.name}", str(category))
            for category in Category.objects.order_by("code")
        ),
        paths={unit.code: unit.path for unit in units},
        people=_people(),
        people_names=dict(Person.objects.values_list("code", "name").order_by()),
        walks=_walks(campaign),
    )
    known.refresh()
    return known


def _unit_names(units: list[Organization]) -> Iterable[tuple[str, ...]]:
    """Full, short and former names, and the short name with the city's before it (衡阳市医保局 for 市医保局).

    A unit that was taken over is its successor: the names of both mean the one that stands.
    """
    city = next((unit.name for unit in units if unit.kind == OrganizationKind.CITY), "")
    prefix = city[: city.index("市") + 1] if "市" in city else ""
    taken_over = defaultdict(list)
    for unit in units:
        if unit.successor_id:
            taken_over[unit.successor_id] += [unit.code, *_names_of(unit, prefix)]
    for unit in units:
        if not unit.successor_id:
            yield unit.code, *_names_of(unit, prefix), *taken_over[unit.pk]


def _names_of(unit: Organization, prefix: str) -> list[str]:
    former = [name for each in unit.former_names for name in (each["name"], each["short_name"])]
    spoken = [prefix + unit.short_name[1:]] if prefix and unit.short_name.startswith("市") else []
    return [unit.name, unit.short_name, *spoken, *former]


def _people() -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for code, name, path in Person.objects.values_list("code", "name", "organization__path").order_by("code"):
        found[same_name(name)].append((code, path))
    return dict(found)


def _walks(campaign: Campaign) -> dict[tuple[str, str, date], list[tuple[str, str]]]:
    found: dict[tuple[str, str, date], list[tuple[str, str]]] = defaultdict(list)
    held = WalkSession.objects.held().filter(campaign=campaign).order_by("number")
    told = held.values_list("reporting_unit__code", "walkers__code", "held_on", "number", "matter__code")
    for unit, person, day, number, matter in told:
        found[unit, person, day].append((number, matter))
    return dict(found)


def _items() -> dict[str, Standing]:
    found = {}
    rows = LedgerItem.objects.values_list(
        "problem__number", "demand__number", "state", "rectify_kind", "deadline__due_on"
    )
    for problem, demand, state, kind, due_on in rows.order_by():
        found[problem or demand] = Standing(state, kind, due_on)
    return found
