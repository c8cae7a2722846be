"""What the 交叉 planner plans with: the municipal units, the counties, who has been where, which matter each takes along."""

from collections import defaultdict
from dataclasses import dataclass

from campaigns.coverage import counties, crossings, is_municipal
from campaigns.cross_plan import Pair, Side, propose
from campaigns.enums import TaskOrigin
from campaigns.models import Campaign, CampaignMatter, Matter, Organization, WalkTask


@dataclass(frozen=True)
class CrossDesk:
    """fixed: pairs assigned in this round. been: where units have walked or were sent, this round and the one before."""

    units: list[Organization]
    places: list[Organization]
    fixed: frozenset[Pair]
    been: frozenset[Pair]
    matters: dict[int, list[Matter]]
    key: list[Matter]

    @property
    def sides(self) -> tuple[list[Side], list[Side]]:
        return [_side(unit) for unit in self.units], [_side(place) for place in self.places]

    def proposal(self) -> list[Pair]:
        return propose(*self.sides, been=self.been, fixed=self.fixed)

    def matter_for(self, unit: Organization) -> Matter | None:
        """What the unit walks in the county: a key matter of its own, else any of its own, else one of the others'."""
        own = self.matters.get(unit.pk, [])
        keys = {matter.pk for matter in self.key}
        place = [one.pk for one in self.units].index(unit.pk)
        others = self.key or [matter for matters in self.matters.values() for matter in matters]
        ranked = [matter for matter in own if matter.pk in keys] or own or others
        return ranked[place % len(ranked)] if ranked else None


def read_desk(campaign: Campaign) -> CrossDesk:
    """Everything for one campaign in seven queries, whatever the number of units."""
    places = counties()
    paths = [place.path for place in places]
    taking_part = Organization.objects.filter(participations__campaign=campaign).order_by("code")
    units = [unit for unit in taking_part if is_municipal(unit, paths)]
    owned: dict[int, list[Matter]] = defaultdict(list)
    for matter in Matter.objects.filter(owner__in=units).order_by("code"):
        owned[matter.owner_id].append(matter)
    chosen = CampaignMatter.objects.filter(campaign=campaign).select_related("matter")
    fixed = _assigned([campaign.pk])
    walked = crossings(campaign, places)
    been = {
        Pair(unit.code, place.code) for unit in units for place in places if (unit.path, place.code) in walked
    }
    before = _assigned([campaign.previous_id]) if campaign.previous_id else frozenset()
    return CrossDesk(
        units=units,
        places=places,
        fixed=fixed,
        been=frozenset(been | before | fixed),
        matters=dict(owned),
        key=[row.matter for row in chosen.order_by("matter__code")],
    )


def _assigned(campaigns: list[int]) -> frozenset[Pair]:
    rows = WalkTask.objects.filter(
        campaign__in=campaigns, origin=TaskOrigin.CROSS, withdrawn_on__isnull=True
    ).values_list("organization__code", "walked_unit__code")
    return frozenset(Pair(unit, county) for unit, county in rows.order_by())


def _side(unit: Organization) -> Side:
    return Side(unit.code, unit.path, unit.label)
