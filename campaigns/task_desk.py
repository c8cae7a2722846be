"""The proposal of tasks for one unit, as rows with names; and the rows that were ticked, read back from the page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from campaigns.coverage import read_coverage
from campaigns.enums import SessionMode
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Campaign, Matter, Obligation, Organization, Person
from campaigns.places import walked_unit_for
from campaigns.plan_lists import roster_rows
from campaigns.task_plan import Offer, Official, propose


@dataclass(frozen=True)
class Chosen:
    """One proposed task; `key` is what its checkbox sends."""

    person: Person
    matter: Matter
    mode: str
    place: Organization

    @property
    def key(self) -> str:
        return f"{self.person.pk}:{self.matter.pk}:{self.mode}:{self.place.pk}"

    @property
    def mode_label(self) -> str:
        return str(SessionMode(self.mode).label)


def proposals(campaign: Campaign, unit: Organization, on: date) -> list[Chosen]:
    """A task for everybody of the unit who hasn't walked and has none waiting, over the unit's key matters."""
    roster = Obligation.objects.in_campaign(campaign).standing(on).filter(organization=unit)
    rows = list(roster_rows(roster, campaign, on))
    people = {row.person_id: row.person for row in rows}
    officials = [Official(row.person_id, row.walk_count, bool(row.task_count)) for row in rows]
    coverage = read_coverage(campaign)
    matters = {matter.pk: matter for matter in coverage.matters_of(unit.path) or coverage.matters}
    places = {pk: walked_unit_for(matter, unit) for pk, matter in matters.items()}
    offers = [
        Offer(pk, places[pk].pk, coverage.at(matter, unit.path).full, _is_home(unit, places[pk]))
        for pk, matter in matters.items()
    ]
    by_pk = {place.pk: place for place in places.values()}
    return [
        Chosen(people[one.person], matters[one.matter], one.mode, by_pk[one.place])
        for one in propose(officials, offers)
    ]


def _is_home(unit: Organization, place: Organization) -> bool:
    return unit.covers(place) or place.covers(unit)


def chosen(unit: Organization, rows: Sequence[Chosen], keys: Iterable[str]) -> list[Chosen]:
    """The ticked rows; raises NotAllowed when the proposal has changed since the page was shown."""
    known, keys = {row.key: row for row in rows}, list(keys)
    if not keys:
        raise NotAllowed("没有勾选任务。")
    if any(key not in known for key in keys):
        raise NotAllowed(f"{unit.label}的情况已有变化，下面是重新提出的计划，请再看一遍。")
    return [known[key] for key in keys]
