"""Which walks will be made: who, when, where, in which form, and what they will find. No row is written here."""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from campaigns.enums import Channel, OrganizationKind, SessionMode
from campaigns.models import Matter, Organization, Person
from reports.example import roster
from reports.example.city import City
from reports.example.complaints import Received
from reports.example.texts import problem_samples

WALKS = 590  # 回头看核验 walks come on top of these
DRAFTS = 6
FRESH = ("430400-031", "430400-014", "430481-003")  # units whose head finds plans to sign at the anchor
_ONLINE = (Channel.FLAGSHIP, Channel.MINI_APP, Channel.CITIZEN_APP)
_MODES = {
    SessionMode.SELF: 38,
    SessionMode.ACCOMPANY: 19,
    SessionMode.AGENT: 16,
    SessionMode.WINDOW: 32,
    SessionMode.BACKWARD: 13,
}
_HALVES = ((8 * 60 + 35, 10 * 60), (14 * 60, 14 * 60 + 45))  # walks begin in the morning or after lunch
# Share of the walks by working-day index: to 5月中旬 the key matters, to 5月底 the cross walks, then a tail.
_PHASES = ((1, 12, 50), (13, 22, 34), (23, 29, 10), (30, 41, 6))
# Taxonomy points by how often they are found; what isn't named here weighs 2.
_WEIGHTS = {
    "A01": 6,
    "A03": 5,
    "A05": 5,
    "A06": 4,
    "A07": 6,
    "A04": 4,
    "A02": 4,
    "A09": 4,
    "B07": 4,
    "C09": 4,
    "C03": 4,
}


@dataclass
class Walk:
    """One walk to come. `index` and `minute` say when it begins; `points` are the taxonomy points that fail."""

    index: int
    minute: int
    unit: Organization
    walkers: list[Person]
    matter: Matter
    walked_unit: Organization
    mode: str
    channel: str
    complaint: Received | None = None
    points: list[str] = field(default_factory=list)
    demands: int = 0
    recorded_after: int = 0
    is_draft: bool = False
    is_fresh: bool = False

    @property
    def is_online(self) -> bool:
        return self.channel in _ONLINE


class Diary:
    """Who is away on which day: nobody is in two places at once."""

    def __init__(self):
        self._days: dict[int, set[int]] = defaultdict(set)

    def is_free(self, person: Person, index: int) -> bool:
        return index not in self._days[person.pk]

    def take(self, person: Person, index: int) -> None:
        self._days[person.pk].add(index)


def plan_walks(city: City, complaints: list[Received], diary: Diary) -> list[Walk]:
    """All walks of the example, by time. Most obligated people walk once, some twice, a few not at all."""
    planner = _Planner(city, complaints, diary)
    walks = [planner.walk(person) for person in _walkers(city)]
    walks += [planner.fresh(code) for code in FRESH]
    walks.sort(key=lambda walk: (walk.index, walk.minute))
    for walk in walks[-DRAFTS:]:  # the last ones are still being written
        walk.is_draft, walk.recorded_after = True, 0
    return walks


def _walkers(city: City) -> Iterator[Person]:
    """93 % of the obligated at least once; the others again, until the number is full."""
    obligated = [
        person
        for people in city.people.values()
        for person in people
        if person.is_obligated and not person.exemption_reason
    ]
    city.rng.shuffle(obligated)
    once = obligated[: len(obligated) * 93 // 100]
    once = once[:WALKS]
    yield from once
    yield from city.rng.sample(once, WALKS - len(once))


def _deck(rng: random.Random, values: tuple[int, ...], shares: tuple[int, ...]) -> list[int]:
    """One value a walk in exactly these shares (of 100), shuffled: the totals are the same for every seed."""
    deck = [
        value for value, share in zip(values, shares, strict=True) for _ in range(WALKS * share // 100 + 1)
    ]
    rng.shuffle(deck)
    return deck


class _Planner:
    def __init__(self, city: City, complaints: list[Received], diary: Diary):
        self._city, self._rng, self._diary = city, city.rng, diary
        self._complaints = [one for one in complaints if one.complaint.satisfaction in ("BAD", "VERY_BAD")]
        self._codes = sorted(problem_samples())
        self._found = _deck(self._rng, (0, 1, 2, 3), (29, 42, 24, 5))
        self._asked = _deck(self._rng, (0, 1, 2), (51, 39, 10))

    def walk(self, person: Person) -> Walk:
        rng = self._rng
        unit = person.organization
        index = self._day(person)
        mode = rng.choices(list(_MODES), weights=list(_MODES.values()))[0]
        complaint = self._complaint(unit, index) if mode == SessionMode.BACKWARD else None
        if complaint is not None:
            matter, walked = complaint.complaint.matter, complaint.complaint.organization
        else:
            matter, walked = self._matter(unit, index)
            mode = self._fitting(mode, unit, walked)
        return Walk(
            index=index,
            minute=rng.randint(*rng.choice(_HALVES)),
            unit=unit,
            walkers=self._companions(person, index),
            matter=matter,
            walked_unit=walked,
            mode=mode,
            channel=self._channel(mode, matter),
            complaint=complaint,
            points=self._points(self._found.pop()),
            demands=self._asked.pop(),
            recorded_after=rng.choices((0, 1, 2, 4), weights=(78, 13, 6, 3))[0],
        )

    def fresh(self, code: str) -> Walk:
        """A walk of a unit in its own house a week before the anchor: what it finds is being planned now."""
        city = self._city
        unit, index = city.organizations[code], city.timeline.last - 5
        person = next(p for p in city.people[code] if p.is_obligated and self._diary.is_free(p, index))
        self._diary.take(person, index)
        matter = next(m for m in city.matters if m.owner_id in (unit.pk, unit.counterpart_id))
        return Walk(
            index=index,
            minute=9 * 60,
            unit=unit,
            walkers=[person],
            matter=matter,
            walked_unit=unit,
            mode=SessionMode.SELF,
            channel=Channel.HALL_WINDOW,
            points=["A01", "A05", "B07"],
            is_fresh=True,
        )

    def _day(self, person: Person) -> int:
        """A working day of the person's own on which they walk nowhere else yet."""
        while True:
            first, last, _ = self._rng.choices(_PHASES, weights=[share for *_, share in _PHASES])[0]
            index = self._rng.randint(first, last)
            if self._diary.is_free(person, index):
                self._diary.take(person, index)
                return index

    def _companions(self, person: Person, index: int) -> list[Person]:
        """Most walk alone; now and then a second one of the unit comes and walks too."""
        others = self._city.people[person.organization.code]
        free = [
            other
            for other in others
            if other.is_obligated and other != person and self._diary.is_free(other, index)
        ]
        if not free or self._rng.random() > 0.06:
            return [person]
        second = self._rng.choice(free)
        self._diary.take(second, index)
        return [person, second]

    def _matter(self, unit: Organization, index: int) -> tuple[Matter, Organization]:
        """What is walked and whose it is: own matters first, cross walks into the counties later (三、体验时间)."""
        city, rng = self._city, self._rng
        county = unit.code[:6]
        own = [matter for matter in city.matters if matter.owner_id in (unit.pk, unit.counterpart_id)]
        if county != roster.CITY:
            if own and rng.random() < 0.6:
                return rng.choice(own), unit
            matter = rng.choice(city.matters)
            return matter, city.local(matter, county)
        if own and index >= 20 and rng.random() < 0.6:
            matter = rng.choice(own)
            return matter, city.local(matter, rng.choice(list(roster.COUNTIES)))
        if own and rng.random() < 0.6:
            return rng.choice(own), unit
        matter = rng.choice(city.matters)
        return matter, matter.owner

    def _fitting(self, mode: str, unit: Organization, walked: Organization) -> str:
        """坐窗办 is done at one's own window; without a complaint there is nothing to go back from."""
        if mode == SessionMode.BACKWARD:
            return SessionMode.SELF
        if mode == SessionMode.WINDOW and unit.pk != walked.pk and unit.kind != OrganizationKind.HALL:
            return self._rng.choice((SessionMode.SELF, SessionMode.ACCOMPANY, SessionMode.AGENT))
        return mode

    def _complaint(self, unit: Organization, index: int) -> Received | None:
        """A dissatisfied complaint from before that day, about the unit's own work or its county's."""
        county = unit.code[:6]
        fitting = [
            one
            for one in self._complaints
            if one.index < index - 1 and one.complaint.organization.code[:6] == county
        ]
        if not fitting:
            return None
        own = [one for one in fitting if one.complaint.organization_id == unit.pk]
        chosen = self._rng.choice(own or fitting)
        self._complaints.remove(chosen)
        return chosen

    def _channel(self, mode: str, matter: Matter) -> str:
        rng = self._rng
        online = [channel for channel in matter.channels if channel in _ONLINE]
        if mode == SessionMode.WINDOW or not online:
            return Channel.HALL_WINDOW
        if mode == SessionMode.AGENT:
            return rng.choice(online)
        if mode == SessionMode.BACKWARD:
            return rng.choice((Channel.HALL_WINDOW, Channel.PHONE, Channel.HALL_WINDOW))
        if mode == SessionMode.SELF and Channel.KIOSK in matter.channels and rng.random() < 0.12:
            return Channel.KIOSK
        return rng.choice(online) if rng.random() < 0.4 else Channel.HALL_WINDOW

    def _points(self, count: int) -> list[str]:
        """Different taxonomy points, the common ones more often."""
        found: list[str] = []
        while len(found) < count:
            code = self._rng.choices(self._codes, weights=[_WEIGHTS.get(code, 2) for code in self._codes])[0]
            if code not in found:
                found.append(code)
        return found
