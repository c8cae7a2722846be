"""The example's work orders and ratings: written once, before the walks that go back to them (三(五) 倒推办)."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from campaigns.enums import ComplaintKind, ComplaintSource, Satisfaction
from campaigns.ground.secret import blind_index
from campaigns.models import Complaint, Matter
from reports.example import roster
from reports.example.city import City
from reports.example.names import citizen
from reports.example.timeline import CITY_TIME
from reports.example.wording import Wording, named

COUNT = 400
_SOURCES = {label: value for value, label in ComplaintSource.choices}
_KINDS = {label: value for value, label in ComplaintKind.choices}
_PRAISE = {"满意": Satisfaction.GOOD, "基本满意": Satisfaction.FAIR}
_PREFIX = {"12345": "RX", "好差评": "HCP", "办不成事窗口": "BBC"}
# Where complaints gather, so that a compulsory 倒推办 has its reason: place of the matter in the list, share.
_CLUSTERS = (5, 14, 17, 29, 31)


@dataclass(frozen=True)
class Received:
    """A complaint and the working-day index on which it came in."""

    index: int
    complaint: Complaint


def write_complaints(city: City, pen: Wording) -> list[Received]:
    """About 400 complaints from five weeks before day 0 up to the anchor; some matters gather many."""
    received = sorted((_one(city, pen, number) for number in range(1, COUNT + 1)), key=lambda one: one.index)
    Complaint.objects.bulk_create(one.complaint for one in received)
    return received


def _one(city: City, pen: Wording, number: int) -> Received:
    rng, row = city.rng, pen.row("complaints")
    index = min(rng.randint(-24, city.timeline.last), city.timeline.last - 1)
    matter = _matter(city)
    unit = city.local(matter, rng.choice(list(roster.COUNTIES))) if rng.random() < 0.5 else matter.owner
    at = _moment(city, index)
    slots = pen.slots(
        matter=named(matter.name),
        place=city.hall(unit),
        unit=unit.label,
        window=f"{rng.randint(1, 36)}号窗口",
        days=matter.promised_days + rng.randint(3, 9),
    )
    phone = f"1380000{rng.randint(2000, 9999)}" if rng.random() < 0.6 else ""
    complaint = Complaint(
        number=f"{_PREFIX[row['来源']]}{at:%Y%m%d}{number:04d}",
        source=_SOURCES[row["来源"]],
        received_at=at,
        kind=_KINDS.get(row["类型"], ""),
        title=row["标题"].format_map(slots),
        content=row["内容"].format_map(slots),
        matter=matter,
        organization=unit,
        citizen=citizen(rng),
        phone=phone,
        phone_index=blind_index(phone),
    )
    _finish(city, complaint, row, index)
    return Received(index, complaint)


def _matter(city: City) -> Matter:
    if city.rng.random() < 0.35:
        return city.matters[city.rng.choice(_CLUSTERS)]
    return city.rng.choice(city.matters)


def _moment(city: City, index: int) -> datetime:
    """Hotlines answer on rest days too: one complaint in eight falls on the rest day after its working day."""
    rng = city.rng
    day = city.timeline.rest_day_after(index) if rng.random() < 0.125 else city.timeline.day(index)
    return datetime.combine(day, time(8), tzinfo=CITY_TIME) + timedelta(minutes=rng.randint(0, 12 * 60))


def _finish(city: City, complaint: Complaint, row: dict, index: int) -> None:
    """A rating is done when it is given; a work order some days later, if those days have come."""
    rng = city.rng
    if row["来源"] == "好差评":
        complaint.finished_at = complaint.received_at
        complaint.satisfaction = _PRAISE.get(row["类型"]) or rng.choice(
            (Satisfaction.BAD, Satisfaction.VERY_BAD)
        )
        return
    done = index + rng.randint(2, 6)
    if done <= city.timeline.last - 1:
        complaint.finished_at = city.timeline.at(done, rng.randint(9 * 60, 17 * 60))
        complaint.satisfaction = rng.choices(Satisfaction.values, weights=(12, 38, 22, 20, 8))[0]
