"""组团走: at least three obligated people, one matter, one place, at one time (五(三))."""

from collections import defaultdict
from collections.abc import Iterator

from campaigns.enums import SessionMode
from issues.clues.facts import Hit, Town, Walk

LEAST = 3
_TOGETHER = 20 * 60  # seconds between the first and the last start that still is setting off together
_NOT_A_PLACE = ("网上", "线上", "掌上", "手机", "电脑")


def company(town: Town) -> Iterator[Hit]:
    """One unit's people walk as a group wherever their times meet; people of several units when they set off together.

    Window duty at windows of one's own with cases of one's own is work, not a procession: it counts little.
    """
    groups: dict[tuple, list[Walk]] = defaultdict(list)
    for walk in town.walks:
        if any(walker.is_obligated for walker in walk.walkers) and _is_somewhere(walk):
            groups[walk.matter, walk.area, walk.place.replace(" ", "") or walk.walked].append(walk)
    for walks in groups.values():
        obligated = {walker.code for walk in walks for walker in walk.walkers if walker.is_obligated}
        if len(obligated) >= LEAST:
            yield from _told(walks)


def _is_somewhere(walk: Walk) -> bool:
    if walk.place:
        return not any(word in walk.place for word in _NOT_A_PLACE)
    return walk.is_on_site


def _told(walks: list[Walk]) -> Iterator[Hit]:
    best: dict[str, tuple[float, list[Walk]]] = {}
    for there in _moments(walks):
        strength = _strength(there)
        for walk in there:
            if strength > best.get(walk.key, (0, []))[0]:
                best[walk.key] = (strength, there)
    for key, (strength, there) in best.items():
        names = sorted({walker.name for walk in there for walker in walk.walkers if walker.is_obligated})
        who = "、".join(names[:6]) + ("等" if len(names) > 6 else "")
        others = tuple(walk.key for walk in there if walk.key != key)
        because = f"{who}共 {len(names)} 名应走人员同一时段在同一地点走同一事项。"
        yield Hit(key, because, strength, others)


def _moments(walks: list[Walk]) -> Iterator[list[Walk]]:
    """Who was there each time somebody came, where at least three obligated people were."""
    spans = sorted(
        ((start, end, walk) for walk in walks for start, end in walk.presence),
        key=lambda span: (span[0], span[2].key),
    )
    there: list[tuple] = []
    for start, end, walk in spans:
        there = [span for span in there if span[1] > start or span[0] == start]
        there.append((start, end, walk))
        present = {span[2].key: span[2] for span in there}
        people = {w.code for one in present.values() for w in one.walkers if w.is_obligated}
        if len(people) >= LEAST:
            yield list(present.values())


def _strength(there: list[Walk]) -> float:
    windows = {walk.window for walk in there}
    if all(walk.mode == SessionMode.WINDOW and walk.cases for walk in there) and len(windows) == len(there):
        return 0.3
    units: dict[str, set[str]] = defaultdict(set)
    for walk in there:
        for walker in walk.walkers:
            if walker.is_obligated:
                units[walk.unit].add(walker.code)
    if max(map(len, units.values())) >= LEAST:
        return 1.0
    starts = [walk.start for walk in there]
    return 1.0 if len(there) >= LEAST and (max(starts) - min(starts)).total_seconds() <= _TOGETHER else 0.4
