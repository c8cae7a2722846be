"""文字雷同、照片雷同: what was written or photographed once and handed in twice."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import combinations

from campaigns.ground.likeness import near_pairs
from issues.clues.facts import Hit, Town, Walk

_CANDIDATES = 0.4  # campaigns.ground.likeness: whoever scores less isn't even compared
_SHORTEST, _SHORT = 20, 56  # characters: never compared; said alike by strangers (“即来即办，流程顺畅”)
_BARS = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9)
_PLAIN = 0.85  # from here nobody doubts
# Share of walks that may have a twin below that before the bar rises, and in all; how many walks can tell it.
_USUAL, _TOO_MANY, _ENOUGH = 0.003, 0.08, 300
_CROWD_LEAST, _CROWD_SHARE = 30, 0.02  # more twins than this: everybody fills in the same pattern
_FEW = 8
_NO_WORDS = re.compile(r"[\W\d_]+")
_SAME_HASH, _LIKE_HASH = 6, 8  # different bits of 64
_BANDS = 10
_PHOTO_DAY = timedelta(hours=12)


def copied_texts(town: Town) -> Iterator[Hit]:
    """体验情况 that is another walk's, edited or not.

    Texts that share rare words are compared as a whole, numbers left out: by their fours of characters, so that moved
    sentences and changed figures hide nothing. The bar rises where many are alike, and a pattern many fill in is no copy.
    """
    told = {
        walk.key: walk.narrative
        for walk in sorted(town.walks, key=lambda walk: (walk.recorded, walk.key))
        if len(walk.narrative) >= _SHORTEST
    }
    texts = _Texts(told)
    pairs = [
        (one, other, texts.alike(one, other)) for one, other, _ in near_pairs([*told.items()], _CANDIDATES)
    ]
    bar = _bar([pair for pair in pairs if not texts.are_short(*pair[:2])], len(told))
    twins: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for one, other, alike in pairs:
        if alike >= bar:
            twins[one].append((alike, other))
            twins[other].append((alike, one))
    crowd = max(_CROWD_LEAST, len(told) * _CROWD_SHARE)
    for key, found in twins.items():
        found.sort(key=lambda twin: (-twin[0], twin[1]))
        best, nearest = found[0]
        strength = 1.0 if len(found) <= crowd else 0.2
        if texts.are_short(key, nearest):
            strength *= 0.5 if best == 1 and len(found) < _FEW else 0.2
        if _is_one_event(town.by_key[key], town.by_key[nearest]):
            strength *= 0.5
        others = tuple(other for _, other in found[:10])
        yield Hit(key, f"体验情况与 {nearest} 的相似度为 {best:.0%}。", strength, others)


class _Texts:
    """Narratives cut into fours of characters, digits and marks left out."""

    def __init__(self, texts: Mapping[str, str]):
        self._texts = texts
        self._cut: dict[str, frozenset[str]] = {}

    def alike(self, one: str, other: str) -> float:
        """The share of fours both have (Dice), 0…1; 1 for the same text alone."""
        if self._texts[one] == self._texts[other]:
            return 1.0
        mine, theirs = self._fours(one), self._fours(other)
        if not mine or not theirs:
            return 0.0
        return min(2 * len(mine & theirs) / (len(mine) + len(theirs)), 0.99)

    def are_short(self, one: str, other: str) -> bool:
        return min(len(self._texts[one]), len(self._texts[other])) < _SHORT

    def _fours(self, key: str) -> frozenset[str]:
        if key not in self._cut:
            plain = _NO_WORDS.sub("", self._texts[key])
            self._cut[key] = frozenset(plain[at : at + 4] for at in range(len(plain) - 3))
        return self._cut[key]


def _bar(pairs: list[tuple[str, str, float]], walks: int) -> float:
    """The lowest bar over which hardly more stand than are plainly copies; a few texts can't tell what is usual."""
    if walks < _ENOUGH:
        return _BARS[1]

    def over(bar: float) -> int:
        return len({key for one, other, score in pairs if score >= bar for key in (one, other)})

    allowed = min(_USUAL * walks + 1.5 * over(_PLAIN), _TOO_MANY * walks)
    return next((bar for bar in _BARS if over(bar) <= allowed), _BARS[-1])


def _is_one_event(walk: Walk, other: Walk) -> bool:
    """Two registers of one visit: the same matter and place at the same time, told by two who were there."""
    return walk.matter == other.matter and walk.walked == other.walked and _meet(walk, other)


def _meet(walk: Walk, other: Walk) -> bool:
    return walk.start < other.end and other.start < walk.end


def copied_photos(town: Town) -> Iterator[Hit]:
    """A photo of one walk among another's: the same file, or the same picture saved again (perceptual hash).

    Who has photos of their own besides, and keyed them first, was more likely copied from.
    """
    twins: dict[str, dict[str, float]] = defaultdict(dict)
    shared: dict[str, set[str]] = defaultdict(set)
    for one, other, strength in (*_same_files(town), *_same_pictures(town)):
        if _is_one_visit(town.by_key[one[0]], town.by_key[other[0]]):
            strength *= 0.4
        for (key, mark), (twin, _) in ((one, other), (other, one)):
            twins[key][twin] = max(strength, twins[key].get(twin, 0.0))
            shared[key].add(mark)
    for key, found in twins.items():
        others = sorted(found, key=lambda twin: (-found[twin], twin))
        walk, nearest = town.by_key[key], town.by_key[others[0]]
        is_own = len(shared[key]) < len(set(walk.marks)) and walk.recorded < nearest.recorded
        said = f"照片与 {others[0]} 等 {len(others)} 次走流程的照片相同或高度相似。"
        yield Hit(key, said, found[others[0]] * (0.6 if is_own else 1), tuple(others[:10]))


def _is_one_visit(walk: Walk, other: Walk) -> bool:
    """People who went together may share a photo."""
    return walk.walked == other.walked and abs(walk.start - other.start) <= _PHOTO_DAY


_Marked = tuple[str, str]  # a walk and one of its marks


def _same_files(town: Town) -> Iterator[tuple[_Marked, _Marked, float]]:
    holders: dict[str, list[str]] = defaultdict(list)
    for walk in town.walks:
        for mark in set(walk.marks):
            holders[mark].append(walk.key)
    for mark, keys in holders.items():
        if len(keys) > 1 and (mark.startswith("sha256=") or _tells(_bits(mark))):
            # Each with the first is enough: a picture a thousand walks have makes a thousand pairs, not a million.
            for key in keys[1:]:
                yield (keys[0], mark), (key, mark), 1.0


def _bits(mark: str) -> int:
    return int(mark.removeprefix("phash="), 16)


def _tells(bits: int) -> bool:
    """A picture of one colour has no fingerprint."""
    return 6 <= bits.bit_count() <= 58


def _same_pictures(town: Town) -> Iterator[tuple[_Marked, _Marked, float]]:
    """Fingerprints at most eight bits apart agree wholly in at least two of ten bands: only those are compared."""
    first: dict[int, _Marked] = {}
    for walk in town.walks:
        for mark in walk.marks:
            if mark.startswith("phash=") and _tells(_bits(mark)):
                first.setdefault(_bits(mark), (walk.key, mark))
    shelves: dict[tuple, list[int]] = defaultdict(list)
    for bits, marked in first.items():
        cut = [bits >> 64 * band // _BANDS & (1 << 6) - 1 for band in range(_BANDS)]
        met = set()
        for one, other in combinations(range(_BANDS), 2):
            shelf = shelves[one, other, cut[one], cut[other]]
            met.update(shelf)
            shelf.append(bits)
        for like in met:
            apart = (bits ^ like).bit_count()
            if apart <= _LIKE_HASH and first[like][0] != marked[0]:
                yield first[like], marked, 1.0 if apart <= _SAME_HASH else 0.6
