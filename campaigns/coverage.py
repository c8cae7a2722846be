"""Which key matters have been walked where: one reading for the heat map and for the node 重点事项全程体验.

衡政办函〔2022〕16号 三、体验时间. A matter is walked through at a unit when a held walk there went the whole way
(campaigns.whole_walks); what was walked at a department counts for its county, too. A matter is run by its owner, by the
units entered as running it, and by the participating county department whose 对口上级单位 is the owner (contract §6: 事项's
主管单位 at that place).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Exists, Min, OuterRef, Q

from campaigns.enums import OrganizationKind
from campaigns.models import Campaign, CampaignMatter, Matter, MatterUnit, Organization, WalkSession
from campaigns.models.organizations import ways_up
from campaigns.whole_walks import walked_whole

# Who has to walk crosswise (三: 市直部门): the city's own units, whatever their kind.
MUNICIPAL = (
    OrganizationKind.CITY_DEPARTMENT,
    OrganizationKind.HALL,
    OrganizationKind.UTILITY,
    OrganizationKind.VERTICAL,
)


@dataclass
class Tally:
    """Walks of one matter at one place; first_full: when the first of them went the whole way."""

    walks: int = 0
    full: int = 0
    first_full: date | None = None

    def add(self, walks: int, full: bool, first: date) -> None:
        self.walks += walks
        if full:
            self.full += walks
            self.first_full = min(first, self.first_full or first)


@dataclass
class Coverage:
    """matters: the campaign's key matters by code. running: matter → paths of its owner and of the units that run it.

    tallies: (matter, path of a unit) → its walks, those of the units below counted in.
    """

    matters: list[Matter]
    running: dict[int, set[str]] = field(default_factory=dict)
    tallies: dict[tuple[int, str], Tally] = field(default_factory=dict)

    def matters_of(self, path: str) -> list[Matter]:
        """Key matters owned or run by the unit at `path` or below it."""
        return [m for m in self.matters if any(own.startswith(path) for own in self.running[m.pk])]

    def at(self, matter: Matter, path: str) -> Tally:
        return self.tallies.get((matter.pk, path)) or Tally()

    def completed_on(self, path: str) -> date | None:
        """When the last of the unit's key matters had been walked through; None while one is missing, or it has none."""
        tallies = [self.at(matter, path) for matter in self.matters_of(path)]
        days = [tally.first_full for tally in tallies if tally.first_full]
        return max(days) if days and len(days) == len(tallies) else None


def read_coverage(campaign: Campaign, under: Iterable[str] = ()) -> Coverage:
    """The whole city's coverage, or its walks at these paths and below them: four queries."""
    chosen = CampaignMatter.objects.filter(campaign=campaign).select_related("matter__owner")
    matters = [row.matter for row in chosen.order_by("matter__code")]
    running: dict[int, set[str]] = defaultdict(set)
    for matter in matters:
        running[matter.pk].add(matter.owner.path)
    units = MatterUnit.objects.filter(matter__in=[matter.pk for matter in matters])
    for pk, path in units.values_list("matter_id", "organization__path").order_by():
        running[pk].add(path)
    local = Organization.objects.participating().filter(counterpart__in={m.owner_id for m in matters})
    by_owner: dict[int, list[str]] = defaultdict(list)
    for owner, path in local.values_list("counterpart_id", "path").order_by():
        by_owner[owner].append(path)
    for matter in matters:
        running[matter.pk].update(by_owner[matter.owner_id])
    return Coverage(matters, dict(running), _tallies(campaign, set(running), under))


def _tallies(campaign: Campaign, matters: set[int], under: Iterable[str]) -> dict[tuple[int, str], Tally]:
    walks = WalkSession.objects.in_campaign(campaign).filter(_below("walked_unit", under))
    whole = walked_whole(walks).filter(pk=OuterRef("pk"))
    rows = (
        walks.held()
        .filter(matter__in=matters)
        .annotate(full=Exists(whole))
        .order_by()
        .values_list("matter_id", "walked_unit__path", "full")
        .annotate(walks=Count("pk"), first=Min("held_on"))
    )
    found: dict[tuple[int, str], Tally] = defaultdict(Tally)
    for matter, path, full, walks, first in rows:
        for place in ways_up(path):
            found[matter, place].add(walks, full, first)
    return dict(found)


def _below(lookup: str, paths: Iterable[str]) -> Q:
    """Rows whose unit at `lookup` stands at or below one of `paths`; all rows where there are none."""
    narrowed = Q()
    for path in paths:
        narrowed |= Q(**{f"{lookup}__path__startswith": path})
    return narrowed


def counties() -> list[Organization]:
    return list(Organization.objects.filter(kind=OrganizationKind.COUNTY).order_by("code"))


def is_municipal(unit: Organization, county_paths: Iterable[str]) -> bool:
    """One of the city's own units: a department, hall, utility or 垂管单位 under no county."""
    return unit.kind in MUNICIPAL and not unit.path.startswith(tuple(county_paths) or ("?",))


def crossings(
    campaign: Campaign, places: Iterable[Organization], by: Iterable[str] = ()
) -> dict[tuple[str, str], date]:
    """(path of a reporting unit or of one above it, county's code) → first walk of that unit in that county. One query.

    by: only walks of the units at these paths and below them; of all where it is empty.
    """
    code_of = {place.path: place.code for place in places}
    rows = (
        WalkSession.objects.in_campaign(campaign)
        .held()
        .filter(_below("reporting_unit", by))
        .order_by()
        .values_list("reporting_unit__path", "walked_unit__path")
        .annotate(first=Min("held_on"))
    )
    found: dict[tuple[str, str], date] = {}
    for reporting, walked, first in rows:
        county = next((code_of[path] for path in ways_up(walked) if path in code_of), None)
        if county is None:
            continue
        for path in ways_up(reporting):
            found[path, county] = min(first, found.get((path, county), first))
    return found
