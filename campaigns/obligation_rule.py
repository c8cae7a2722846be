"""Who owes a walk: 单位类型 × 身份 × 是否参加 (衡政办函〔2022〕16号 二), and what the people workbook says besides.

Pure. The workbook's 是否应走 has the last word in every unit that has filled it in for anybody; a unit that left the whole
column blank is read by the rule. Whom the rule names and the workbook passes over is shown, never written silently.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from campaigns.enums import OrganizationKind as Kind
from campaigns.enums import Rank

_LEADERS = (Rank.HEAD, Rank.DEPUTY)
_TEAM = (*_LEADERS, Rank.MEMBER)
# Kind of unit → clause of the document, and the 身份 it names there.
OBLIGED: dict[str, tuple[str, tuple[str, ...]]] = {
    Kind.CITY: ("二(一)", _LEADERS),
    Kind.COUNTY: ("二(二)", _LEADERS),
    Kind.CITY_DEPARTMENT: ("二(三)", _TEAM),
    Kind.COUNTY_DEPARTMENT: ("二(三)", _TEAM),
    Kind.UTILITY: ("二(三)", _TEAM),
    Kind.VERTICAL: ("二(三)", _TEAM),
    Kind.HALL: ("二(三)", (*_TEAM, Rank.SECTION_HEAD)),
    Kind.SECTION: ("二(三)", (Rank.HEAD, Rank.SECTION_HEAD)),
}


@dataclass(frozen=True)
class Served:
    """One official as the roster knows them. marked: 是否应走 of the people workbook."""

    person: int
    unit: int
    kind: str
    rank: str
    takes_part: bool
    marked: bool = False
    appointed_on: date | None = None
    left_on: date | None = None
    reason: str = ""


def clause(kind: str, rank: str, takes_part: bool) -> str:
    """The clause that obliges this 身份 in this kind of unit; "" when none does, or the unit takes no part."""
    number, ranks = OBLIGED.get(kind, ("", ()))
    return number if takes_part and rank in ranks else ""


def units_that_marked(people: Iterable[Served]) -> frozenset[int]:
    """Units whose workbook says 是 for somebody: there the workbook decides."""
    return frozenset(one.unit for one in people if one.marked)


def owes(one: Served, marked_units: frozenset[int]) -> bool:
    """Whether the roster names this person."""
    if one.unit in marked_units:
        return one.marked
    return bool(clause(one.kind, one.rank, one.takes_part))


def is_overlooked(one: Served, marked_units: frozenset[int]) -> bool:
    """The rule names them, the workbook says 否: shown to 审改办, who asks the unit."""
    return not owes(one, marked_units) and bool(clause(one.kind, one.rank, one.takes_part))


def span(one: Served, opens_on: date) -> tuple[date, date | None] | None:
    """First and last day of the duty within a campaign opened on `opens_on`; None for who had left before it."""
    starts_on = max(opens_on, one.appointed_on or opens_on)
    if one.left_on is not None and one.left_on < starts_on:
        return None
    return starts_on, one.left_on
