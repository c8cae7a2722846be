"""迟录、成批补录、一次集中录入、临近节点突击: when a walk was keyed. A paper record within 5 working days is never late (contract §9)."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

from issues.clues.facts import Hit, Town, Walk

IN_TIME = 5  # working days
_BREAK = timedelta(minutes=30)  # a longer pause ends a sitting
_BATCH = 4  # late records keyed in one go
_HASTE, _CHAIN = timedelta(minutes=10), 5  # … or, for several units, so many so quickly
_MANY = 12  # records in one sitting
_RUSH_DAYS = 2
_RUSH_SHARE = 0.5
_RUSH_LEAST = 6


def _days_late(town: Town, walk: Walk) -> int:
    """Working days from the end of the walk to its entry."""
    ended, keyed = walk.end.date(), walk.recorded.date()
    return town.calendar.workdays_between(ended, keyed) if keyed > ended else 0


def late(town: Town) -> Iterator[Hit]:
    for walk in town.walks:
        days = _days_late(town, walk)
        if days > IN_TIME:
            yield Hit(walk.key, f"走流程结束后第 {days} 个工作日才填报。")


def _chains(town: Town) -> Iterator[list[Walk]]:
    """Late walks one account keyed hardly ten minutes apart, whatever unit they are for."""
    desks: dict[str, list[Walk]] = defaultdict(list)
    for walk in town.walks:
        if _days_late(town, walk) > IN_TIME:
            desks[walk.recorder].append(walk)
    for walks in desks.values():
        yield from (chain for chain in _cut(walks, _HASTE) if len(chain) >= _CHAIN)


def _cut(walks: list[Walk], pause: timedelta) -> Iterator[list[Walk]]:
    """`walks` in the order they were keyed, cut where the pause is longer."""
    walks.sort(key=lambda walk: (walk.recorded, walk.key))
    sitting = walks[:1]
    for walk in walks[1:]:
        if walk.recorded - sitting[-1].recorded > pause:
            yield sitting
            sitting = []
        sitting.append(walk)
    yield sitting


def _sittings(town: Town) -> Iterator[list[Walk]]:
    """Walks one account keyed for one unit without a longer break."""
    desks: dict[tuple[str, str], list[Walk]] = defaultdict(list)
    for walk in town.walks:
        desks[walk.recorder, walk.unit].append(walk)
    for walks in desks.values():
        yield from _cut(walks, _BREAK)


def late_batches(town: Town) -> Iterator[Hit]:
    """Several records, all late, keyed in one go: written afterwards, for the file."""
    for sitting in (*_sittings(town), *_chains(town)):
        behind = [walk for walk in sitting if _days_late(town, walk) > IN_TIME]
        if len(behind) < _BATCH:
            continue
        for walk in behind:
            others = tuple(other.key for other in behind if other.key != walk.key)[:10]
            said = f"{walk.recorded:%m月%d日}同一账号连续补录 {len(behind)} 次走流程，都在 {IN_TIME} 个工作日之后。"
            yield Hit(walk.key, said, 1.0, others)


def long_sittings(town: Town) -> Iterator[Hit]:
    for sitting in _sittings(town):
        if len(sitting) >= _MANY:
            for walk in sitting:
                yield Hit(walk.key, f"{walk.recorded:%m月%d日}同一账号一次录入 {len(sitting)} 次走流程。")


def rush(town: Town) -> Iterator[Hit]:
    """Half of a unit's walks and more, all in the last two working days before a milestone."""
    by_unit: dict[str, list[Walk]] = defaultdict(list)
    for walk in town.walks:
        by_unit[walk.unit].append(walk)
    for due in town.milestones:
        first = town.calendar.add_workdays(due, -_RUSH_DAYS)
        for walks in by_unit.values():
            rushed = [walk for walk in walks if first <= walk.start.date() <= due]
            if len(rushed) >= _RUSH_LEAST and len(rushed) >= _RUSH_SHARE * len(walks):
                for walk in rushed:
                    said = f"本单位 {len(walks)} 次走流程有 {len(rushed)} 次集中在 {due:%m月%d日}节点前两个工作日。"
                    yield Hit(walk.key, said)
