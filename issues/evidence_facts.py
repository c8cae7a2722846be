"""Reads what the evidence check looks at (issues.evidence_check): the item's files, their twins at other items, its measures."""

from collections import defaultdict
from collections.abc import Iterable

from campaigns.ground.clock import day_of
from campaigns.models import Posting
from issues.evidence_check import EvidenceFacts, FileFact
from issues.models import ItemEvidence, LedgerItem, Measure

_SHOWN = 3
_PAIRS = ("steps", "documents", "days", "trips", "fee")


def evidence_facts(item: LedgerItem, posting: Posting) -> EvidenceFacts:
    """The facts of `item` for the eyes of `posting`: an item out of its reach is told without its number. Five queries."""
    rows = list(item.evidence.select_related("file").order_by("pk"))
    others = ItemEvidence.objects.exclude(item=item)
    same = _where(others.filter(file__sha256__in=[row.file.sha256 for row in rows]), "file__sha256", posting)
    hashes = [row.phash for row in rows if row.phash]
    alike = _where(others.filter(phash__in=hashes), "phash", posting)
    measures = list(item.finding.measures.order_by("pk"))
    return EvidenceFacts(
        files=tuple(
            FileFact(
                name=row.caption or row.file.name,
                taken_on=day_of(row.taken_at) if row.taken_at else None,
                same_bytes=same.get(row.file.sha256, ()),
                same_picture=alike.get(row.phash, ()) if row.phash else (),
            )
            for row in rows
        ),
        assigned_on=day_of(item.assigned_at or item.registered_at),
        measures=len(measures),
        unfilled=tuple(measure.number for measure in measures if not _is_filled(measure)),
    )


def _where(rows, field: str, posting: Posting) -> dict[str, tuple[str, ...]]:
    """Hash → numbers of the items that hold it, "" for one out of reach."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    held = list(rows.values_list(field, "item", "item__number"))
    visible = _visible({item for _, item, _ in held}, posting)
    for value, item, number in held:
        found[value].add(number if item in visible else "")
    return {value: tuple(sorted(numbers, reverse=True))[:_SHOWN] for value, numbers in found.items()}


def _visible(items: Iterable[int], posting: Posting) -> set[int]:
    rows = LedgerItem.objects.visible_to(posting).filter(pk__in=items)
    return set(rows.values_list("pk", flat=True))


def _is_filled(measure: Measure) -> bool:
    """One of the five numbers is there before and after."""
    return any(
        getattr(measure, f"{name}_before") is not None and getattr(measure, f"{name}_after") is not None
        for name in _PAIRS
    )
