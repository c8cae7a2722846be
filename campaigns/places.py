"""Which unit is walked when the register leaves it blank."""

from collections import defaultdict
from collections.abc import Iterable

from campaigns.enums import OrganizationKind
from campaigns.models import Matter, MatterUnit, Organization

COUNTY_KINDS = (OrganizationKind.COUNTY_DEPARTMENT, OrganizationKind.HALL, OrganizationKind.UTILITY)


def walked_unit_for(matter: Matter, reporting_unit: Organization) -> Organization:
    """被体验单位 left blank: 事项's 主管单位 at that place (contract §6 sessions).

    A unit of a county walks the county's own department: the one entered as running the matter there, else the one whose
    对口上级单位 is the owner, else the one named after it (市医保局 → 耒阳市医保局). Where the county has none, and for
    every unit of the city itself, it is the owner. At most four queries.
    """
    county = _county_of(reporting_unit)
    if county is None or county.covers(matter.owner):
        return matter.owner
    running = MatterUnit.objects.filter(matter=matter, organization__path__startswith=county.path)
    units = [row.organization for row in running.select_related("organization").order_by("pk")[:2]]
    if len(units) == 1:
        return units[0]
    local = Organization.objects.under(county).filter(kind__in=COUNTY_KINDS).exclude(pk=county.pk)
    return _at_home(matter.owner, county, local.order_by("code"))


class Places:
    """The same answer for many walks at once: all units and who runs what, read in three queries."""

    def __init__(self) -> None:
        self._units = {unit.code: unit for unit in Organization.objects.order_by("code")}
        self._owners = dict(Matter.objects.values_list("code", "owner__code").order_by())
        self._running = defaultdict(list)
        for matter, unit in MatterUnit.objects.values_list("matter__code", "organization__code").order_by(
            "pk"
        ):
            self._running[matter].append(self._units[unit])
        self._known: dict[tuple[str, str], str] = {}

    def walked_unit(self, matter: str, reporting_unit: str) -> str:
        """Codes in, the code of the walked unit out (see `walked_unit_for`)."""
        owner = self._units[self._owners[matter]]
        county = self._county(self._units[reporting_unit])
        if county is None or county.covers(owner):
            return owner.code
        key = (matter, county.code)
        if key not in self._known:
            self._known[key] = self._look(matter, owner, county)
        return self._known[key]

    def _county(self, unit: Organization) -> Organization | None:
        above = [self._units[code] for code in unit.path.split("/") if code in self._units]
        return next((each for each in above if each.kind == OrganizationKind.COUNTY), None)

    def _look(self, matter: str, owner: Organization, county: Organization) -> str:
        running = [unit for unit in self._running[matter] if county.covers(unit)]
        if len(running) == 1:
            return running[0].code
        local = (
            unit
            for unit in self._units.values()
            if county.covers(unit) and unit.pk != county.pk and unit.kind in COUNTY_KINDS
        )
        return _at_home(owner, county, local).code


def _at_home(owner: Organization, county: Organization, local: Iterable[Organization]) -> Organization:
    """The county's own department for the owner's work, among its units by code; the owner where it has none."""
    local = list(local)
    bound = [unit for unit in local if unit.counterpart_id == owner.pk]
    named = [unit for unit in local if _trade(unit, county.label) == _trade(owner, "市")]
    return (bound or named or [owner])[0]


def _county_of(unit: Organization) -> Organization | None:
    """The county government `unit` is or stands under; None for the city's own."""
    codes = [code for code in unit.path.split("/") if code]
    return Organization.objects.filter(code__in=codes, kind=OrganizationKind.COUNTY).order_by("path").first()


def _trade(unit: Organization, place: str) -> str:
    """What a department does, without its place and without 局 or 委: 市卫健委 and 耒阳市卫健局 are both 卫健."""
    return unit.label.removeprefix(place).rstrip("局委")
