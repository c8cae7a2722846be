"""Which unit is walked when the register leaves it blank."""

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
    local = list(
        Organization.objects.under(county)
        .filter(kind__in=COUNTY_KINDS)
        .exclude(pk=county.pk)
        .order_by("code")
    )
    named = [unit for unit in local if _trade(unit, county.label) == _trade(matter.owner, "市")]
    bound = [unit for unit in local if unit.counterpart_id == matter.owner_id]
    return (bound or named or [matter.owner])[0]


def _county_of(unit: Organization) -> Organization | None:
    """The county government `unit` is or stands under; None for the city's own."""
    codes = [code for code in unit.path.split("/") if code]
    return Organization.objects.filter(code__in=codes, kind=OrganizationKind.COUNTY).order_by("path").first()


def _trade(unit: Organization, place: str) -> str:
    """What a department does, without its place and without 局 or 委: 市卫健委 and 耒阳市卫健局 are both 卫健."""
    return unit.label.removeprefix(place).rstrip("局委")
