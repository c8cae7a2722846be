"""同类问题, looked for: by what a problem is about, and by the words it is told in (campaigns.ground.likeness).

Two problems have one signature when 事项, 类别, 环节 and 责任单位 are the same. Twins are looked for in all counties:
what 杜绝同类问题反复发生 asks for doesn't end at a unit's border. Reads only.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from campaigns.ground.clock import day_of
from campaigns.ground.likeness import Comparison, explain, near_pairs, nearest
from campaigns.ground.likeness import score as score_of
from campaigns.models import Category, Matter, Organization
from issues.enums import LedgerState
from issues.models import LedgerItem

# From here on two texts are worth a look; problems told with the same words score .6 to .9, others hardly .5.
SIMILAR = 0.6
SHOWN = 5
# So many of the newest problems are compared with a new one (0.35 s for 10,000).
COMPARED = 20_000
GONE = (LedgerState.REFUSED, LedgerState.MERGED)


@dataclass(frozen=True)
class Said:
    """A problem as it is being registered: what twins are looked for by."""

    text: str
    category: Category
    responsible_unit: Organization
    found_on: date
    matter: Matter | None = None
    step: str = ""


@dataclass(frozen=True)
class Twin:
    """An item already on the ledger that looks like what is being registered."""

    item: LedgerItem
    same_signature: bool
    score: float
    comparison: Comparison
    is_open: bool
    may_recur: bool

    @property
    def same_choice(self) -> str:
        """What the form sends for 同一问题."""
        return f"same-{self.item.pk}"

    @property
    def again_choice(self) -> str:
        """What the form sends for 同类问题复发."""
        return f"again-{self.item.pk}"

    @property
    def percent(self) -> int:
        return round(self.score * 100)

    @property
    def closed_on(self) -> date | None:
        return day_of(self.item.closed_at) if self.item.closed_at else None


def twins_of(said: Said) -> list[Twin]:
    """The likeliest twins, those of the same signature first, then by their words; at most SHOWN. Three queries."""
    told = _problems().order_by("-pk").values_list("pk", "problem__text")[:COMPARED]
    scores = dict(nearest(said.text, told, floor=SIMILAR, limit=SHOWN))
    alike = set(_same_signature(said).order_by("-found_on", "-pk").values_list("pk", flat=True)[:SHOWN])
    items = (
        _problems()
        .filter(pk__in=alike | set(scores))
        .select_related("problem__category", "problem__matter", "responsible_unit")
    )
    twins = [_twin(said, item, item.pk in alike) for item in items.order_by("pk")]
    return sorted(twins, key=lambda twin: (not twin.same_signature, -twin.score))[:SHOWN]


def _twin(said: Said, item: LedgerItem, same_signature: bool) -> Twin:
    comparison = explain(said.text, item.problem.text)
    same_unit = item.responsible_unit_id == said.responsible_unit.pk
    closed = item.state == LedgerState.CLOSED
    return Twin(
        item=item,
        same_signature=same_signature,
        score=comparison.score,
        comparison=comparison,
        is_open=not closed,
        may_recur=closed and same_unit and day_of(item.closed_at) <= said.found_on,
    )


def _problems() -> QuerySet:
    return LedgerItem.objects.filter(problem__isnull=False).exclude(state__in=GONE)


def _same_signature(said: Said) -> QuerySet:
    """Without a matter there is no signature: 类别 and 单位 alone would call half a hall's problems one."""
    if said.matter is None:
        return LedgerItem.objects.none()
    return _problems().filter(
        problem__matter=said.matter,
        problem__category=said.category,
        problem__step=said.step,
        responsible_unit=said.responsible_unit,
    )


@dataclass(frozen=True)
class Pair:
    """Two items of the ledger that look alike; `closed_on` where the earlier was closed before the later was found."""

    earlier: int
    later: int
    same_signature: bool
    percent: int
    closed_on: date | None
    days: int | None


def pairs(*, known: Iterable[tuple[int, int]] = ()) -> list[Pair]:
    """Every pair on the whole ledger worth a decision, without those `known` as (earlier, later). Two queries.

    Of one unit, and: the same signature with the earlier closed before, or the same words. A later item is paired
    with the nearest earlier one of its signature only.
    """
    rows = {row.pk: row for row in _rows()}
    alike = {
        (a, b): score for a, b, score in near_pairs([(row.pk, row.text) for row in rows.values()], SIMILAR)
    }
    found = dict.fromkeys(_by_signature(rows.values())) | dict.fromkeys(alike)
    known = set(known)
    return [
        _pair(rows[earlier], rows[later], alike.get((earlier, later)))
        for earlier, later in found
        if (earlier, later) not in known and rows[earlier].unit == rows[later].unit
    ]


@dataclass(frozen=True)
class _Row:
    pk: int
    text: str
    signature: tuple
    unit: int
    found_on: date
    closed_on: date | None


def _rows() -> Iterator[_Row]:
    """All problems of the ledger, the first registered first."""
    rows = (
        _problems()
        .order_by("registered_at", "pk")
        .values_list(
            "pk",
            "problem__text",
            "problem__matter",
            "problem__category",
            "problem__step",
            "responsible_unit",
            "found_on",
            "closed_at",
        )
    )
    for pk, text, matter, category, step, unit, found_on, closed_at in rows:
        signature = (matter, category, step, unit) if matter else ()
        yield _Row(pk, text, signature, unit, found_on, day_of(closed_at) if closed_at else None)


def _by_signature(rows: Iterable[_Row]) -> Iterator[tuple[int, int]]:
    before: defaultdict[tuple, list[_Row]] = defaultdict(list)
    for row in rows:
        if row.signature:
            closed = [one for one in before[row.signature] if one.closed_on and one.closed_on <= row.found_on]
            if closed:
                yield max(closed, key=lambda one: (one.closed_on, one.pk)).pk, row.pk
            before[row.signature].append(row)


def _pair(earlier: _Row, later: _Row, score: float | None) -> Pair:
    closed_on = earlier.closed_on if earlier.closed_on and earlier.closed_on <= later.found_on else None
    if score is None:
        score = score_of(earlier.text, later.text)
    return Pair(
        earlier=earlier.pk,
        later=later.pk,
        same_signature=bool(later.signature) and earlier.signature == later.signature,
        percent=round(score * 100),
        closed_on=closed_on,
        days=(later.found_on - closed_on).days if closed_on else None,
    )
