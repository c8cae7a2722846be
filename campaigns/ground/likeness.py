"""How alike two Chinese texts are: found again although clauses were moved, words changed, the end cut off.

Pure functions of texts. What many writers use (“我以办事人身份到市政务服务中心……”) is no likeness: `nearest` and
`near_pairs` first take away the characters that stand only in boilerplate, counted among the texts they are given.
A score is a lead for a human eye, never a verdict. From `COPIED` on two texts are, by measurement, one text edited.
"""

import re
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import chain, pairwise
from typing import TypeVar
from unicodedata import normalize

from rapidfuzz import fuzz

Key = TypeVar("Key", bound=Hashable)

COPIED = 0.5  # by measurement: copies cut or moved score .8 and more, with 30 % changed about .6; strangers hardly .45

# Below this many characters two texts are alike by chance (“办理顺畅”): they may score, but are never searched for.
SHORTEST = 12
# A part taken over word for word counts, a little less than the whole, however long the other text is.
CONTAINED = 0.9
CONTAINED_FROM = 30
# A pair of characters is boilerplate when more than a tenth of the texts, and more than this many, contain it.
BOILERPLATE_SHARE = 0.1
BOILERPLATE_FROM = 20
# nearest: what is boilerplate is read from at least so many of many candidates.
SAMPLED = 2_000
# near_pairs: so many of a text's rarest pairs are looked up, each among the last so many texts that had it, …
LOOKED_UP = 40
REMEMBERED = 48
# … and who shares this part of them is compared (for nearest: this part of all pairs).
SHARED = 0.15
SHARED_FROM = 3
# Texts whose pairs are kept cut up while others are compared with them: memory for speed.
KEPT = 20_000
# A common passage shorter than this tells a reader nothing.
PASSAGE = 4


@dataclass(frozen=True)
class Passage:
    """The same words in both texts; starts count characters of the texts as they were given."""

    text: str
    start_a: int
    start_b: int


@dataclass(frozen=True)
class Comparison:
    """For a page that shows two texts side by side: how alike, and each text cut into (words, are they in both)."""

    score: float
    passages: tuple[Passage, ...]
    parts_a: tuple[tuple[str, bool], ...]
    parts_b: tuple[tuple[str, bool], ...]


def score(a: str, b: str) -> float:
    """0 (nothing in common) to 1 (the same words); the same for (a, b) and (b, a). Spaces and marks don't count.

    The highest of three looks: in order (a few words changed), by pairs of characters without order (clauses moved),
    and how much of the shorter text stands in the longer (cut off, or taken into one's own).
    """
    return _score(_plain(a), _plain(b), _bigrams)


def nearest(
    text: str, candidates: Iterable[tuple[Key, str]], floor: float = COPIED, limit: int = 5
) -> list[tuple[Key, float]]:
    """The candidates most like `text`, best first, none below `floor`. Equal scores keep the candidates' order."""
    told = [(key, _plain(candidate)) for key, candidate in candidates]
    asked = _plain(text)
    common = _boilerplate([plain for _, plain in told[:: 1 + len(told) // SAMPLED]])
    asked = _without(asked, common)
    if len(asked) < SHORTEST:
        return []
    pairs = _bigrams(asked)
    enough = max(SHARED_FROM, len(pairs) * SHARED)
    found = [
        (key, _score(_without(plain, common), asked, _bigrams))
        for key, plain in told
        if sum(pair in plain for pair in pairs) >= enough  # a quick look before the long one
    ]
    return sorted((pair for pair in found if pair[1] >= floor), key=lambda pair: -pair[1])[:limit]


def near_pairs(texts: Sequence[tuple[Key, str]], floor: float = COPIED) -> Iterator[tuple[Key, Key, float]]:
    """Every two texts that are one text edited: (earlier key, later key, score).

    Word for word the same texts are one family: each is paired with the family's first only, and so is a stranger.
    Twice as many texts take twice as long (100,000: a minute): no text meets all others, only those that lately had
    its rarest pairs of characters.
    """
    keys, plains, twins = [], [], []
    first: dict[str, int] = {}
    for key, text in texts:
        plain = _plain(text)
        if len(plain) < SHORTEST:
            continue
        if plain in first:
            twins.append((first[plain], key))
            continue
        first[plain] = len(plains)
        keys.append(key)
        plains.append(plain)
    del first
    yield from _edited(keys, plains, floor)
    for place, key in twins:
        yield keys[place], key, 1.0


def explain(a: str, b: str) -> Comparison:
    """What two texts have in common, passage by passage, wherever it was moved to."""
    passages = tuple(_passages(a, b))
    return Comparison(
        score=score(a, b),
        passages=passages,
        parts_a=_parts(a, [(found.start_a, len(found.text)) for found in passages]),
        parts_b=_parts(b, [(found.start_b, len(found.text)) for found in passages]),
    )


def _plain(text: str) -> str:
    """Letters, characters and digits only: full width or half, and how it is punctuated, makes no difference."""
    return re.sub(r"[\W_]+", "", normalize("NFKC", text).casefold())


def _bigrams(plain: str) -> frozenset[str]:
    return frozenset([first + second for first, second in pairwise(plain)])


def _score(a: str, b: str, bigrams: Callable[[str], frozenset[str]]) -> float:
    if not a or not b:
        return 0.0
    if a == b:
        return 1.0
    mine, theirs = bigrams(a), bigrams(b)
    shared = len(mine & theirs)
    looks = [fuzz.ratio(a, b) / 100]
    if shared:
        looks.append(2 * shared / (len(mine) + len(theirs)))
        if min(len(a), len(b)) >= CONTAINED_FROM:
            looks.append(CONTAINED * shared / min(len(mine), len(theirs)))
    # Only the same text is 1: the same pairs in another order are not.
    return round(min(max(looks), 0.99), 4)


def _boilerplate(plains: Sequence[str]) -> set[str]:
    limit = max(BOILERPLATE_FROM, len(plains) * BOILERPLATE_SHARE)
    return {pair for pair, texts in _frequencies(plains).items() if texts > limit}


def _frequencies(plains: Iterable[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for plain in plains:
        found.update(_bigrams(plain))
    return found


def _without(plain: str, common: set[str]) -> str:
    """The text without the characters that stand in nothing but boilerplate."""
    if not common:
        return plain
    own = [plain[at : at + 2] not in common for at in range(len(plain) - 1)]
    before, after = [False, *own], [*own, False]
    return "".join(char for char, left, right in zip(plain, before, after, strict=True) if left or right)


def _edited(keys: list[Key], plains: list[str], floor: float) -> Iterator[tuple[Key, Key, float]]:
    texts = _frequencies(plains)
    limit = max(BOILERPLATE_FROM, len(plains) * BOILERPLATE_SHARE)
    common = {pair for pair, number in texts.items() if number > limit}
    own = [_without(plain, common) for plain in plains]
    bigrams = lru_cache(maxsize=KEPT)(_bigrams)
    last: defaultdict[str, deque[int]] = defaultdict(lambda: deque(maxlen=REMEMBERED))
    for place, plain in enumerate(own):
        if len(plain) < SHORTEST:
            continue
        # A pair that no other text has can't lead to another text; it only crowds out the ones that can.
        rare = sorted((texts[pair], pair) for pair in bigrams(plain) if texts[pair] > 1)[:LOOKED_UP]
        shelves = [last[pair] for _, pair in rare]
        met = Counter(chain.from_iterable(shelves))
        for shelf in shelves:
            shelf.append(place)
        enough = max(SHARED_FROM, len(rare) * SHARED)
        for other in sorted([earlier for earlier, shared in met.items() if shared >= enough]):
            found = _score(own[other], plain, bigrams)
            if found >= floor:
                yield keys[other], keys[place], found


def _passages(a: str, b: str) -> Iterator[Passage]:
    """Longest first, each taken out of both texts before the next is looked for (greedy string tiling)."""
    left, right = a, b
    while True:
        found = SequenceMatcher(None, left, right, autojunk=False).find_longest_match()
        text = a[found.a : found.a + found.size]
        if len(_plain(text)) < PASSAGE:
            return
        yield Passage(text, found.a, found.b)
        # Two characters no text holds, and different ones: what was taken matches nothing any more.
        left = left[: found.a] + "\ue000" * found.size + left[found.a + found.size :]
        right = right[: found.b] + "\ue001" * found.size + right[found.b + found.size :]


def _parts(text: str, spans: list[tuple[int, int]]) -> tuple[tuple[str, bool], ...]:
    parts, at = [], 0
    for start, size in sorted(spans):
        if start > at:
            parts.append((text[at:start], False))
        parts.append((text[start : start + size], True))
        at = start + size
    if at < len(text):
        parts.append((text[at:], False))
    return tuple(parts)
