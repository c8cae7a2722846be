"""分身: one person in two walks at once, or in two places with no time to travel; and what was keyed before it was walked."""

from collections.abc import Iterator
from datetime import timedelta

from issues.clues.facts import Hit, Town, Walk

_CARELESS = timedelta(minutes=5)  # watches and rounding
_BETWEEN_COUNTIES = timedelta(minutes=30)
_ACROSS_TOWN = timedelta(minutes=5)
_EARLY = timedelta(minutes=10)


def doubles(town: Town) -> Iterator[Hit]:
    """Every pair of walks one person can't both have made; the strongest per walk."""
    best: dict[str, Hit] = {}
    for walks in town.by_person.values():
        if len(walks) > 1:
            for hit in _of_person(walks):
                if hit.walk not in best or hit.strength > best[hit.walk].strength:
                    best[hit.walk] = hit
    yield from best.values()


def _of_person(walks: list[Walk]) -> Iterator[Hit]:
    spans = sorted(
        ((start, end, walk) for walk in walks for start, end in walk.presence),
        key=lambda span: (span[0], span[2].key),
    )
    for at, (_, end, walk) in enumerate(spans):
        for later, _, other in spans[at + 1 :]:
            if later >= end + _BETWEEN_COUNTIES:
                break
            if other.key != walk.key:
                yield from _pair(walk, other, overlap=end - later if later < end else None, gap=later - end)


def _pair(walk: Walk, other: Walk, *, overlap: timedelta | None, gap: timedelta) -> Iterator[Hit]:
    names = "、".join(w.name for w in walk.walkers if w.code in other.people)
    if overlap is not None:
        minutes = int(overlap.total_seconds() // 60)
        strength = 1.0 if overlap >= _CARELESS else 0.2
        said = f"{names}同时出现在两次走流程中，时间重叠 {max(minutes, 1)} 分钟以上。"
    else:
        needed = _journey(walk, other)
        if gap >= needed:
            return
        strength = 1.0 if needed == _BETWEEN_COUNTIES else 0.4
        minutes = int(gap.total_seconds() // 60)
        said = f"{names}前后两次走流程不在同一地点，中间只隔 {minutes} 分钟，来不及到达。"
    yield Hit(walk.key, said, strength, (other.key,))
    yield Hit(other.key, said, strength, (walk.key,))


def _journey(walk: Walk, other: Walk) -> timedelta:
    """The least time from one place to the other; none where one of them needs no going."""
    if not (walk.is_on_site and other.is_on_site):
        return timedelta()
    if walk.area != other.area:
        return _BETWEEN_COUNTIES
    return _ACROSS_TOWN if (walk.place or walk.walked) != (other.place or other.walked) else timedelta()


def keyed_first(town: Town) -> Iterator[Hit]:
    """Registered before it began."""
    for walk in town.walks:
        if walk.recorded < walk.start - _EARLY:
            said = f"填报时间 {walk.recorded:%m-%d %H:%M} 早于开始时间 {walk.start:%m-%d %H:%M}。"
            yield Hit(walk.key, said)
