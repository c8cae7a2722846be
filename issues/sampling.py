"""抽查: a fair draw that anybody can repeat. Pure arithmetic on whole numbers, so every machine gives the same list.

衡政办函〔2022〕16号 五(三) “抽查回访通报”; peers.md §3.4. A candidate's chance is proportional to its weight, each unit
keeps a floor chance, and what complaints had called for is taken first. The draw is systematic sampling along a line
on which every candidate lies as long as its chance: exactly `count` are drawn, each with exactly its stated chance,
and neighbours on the line (a unit, then a form, then a 整改类型) are spread instead of drawn together.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

WHOLE = 10**9  # a chance of 1

# Points a fact adds to a candidate's weight; data of one draw, kept with it.
DEFAULT_WEIGHTS: dict[str, int] = {
    "base": 10,
    "quick": 10,  # 立行立改 is drawn at a higher rate (contract §7.2)
    "late": 10,
    "extension": 5,
    "returned": 5,
    "recurrence": 10,
    "waived": 10,
    "clue": 10,
    "floor": 5,  # percent: the least chance of a unit with anything to draw
}
AT_MOST = 2  # extensions and returns beyond the second add nothing


@dataclass(frozen=True)
class Candidate:
    """One closed item as the draw sees it. `clues`: standing 疑点 of the walk it was found on."""

    number: str
    unit: str
    form: str
    kind: str
    is_quick: bool = False
    is_late: bool = False
    is_waived: bool = False
    extensions: int = 0
    returns: int = 0
    recurrences: int = 0
    clues: int = 0
    from_complaint: bool = False


@dataclass(frozen=True)
class Drawn:
    """`numbers` in order; `chances`: of every candidate, in billionths."""

    numbers: tuple[str, ...]
    chances: dict[str, int]


def reasons(candidate: Candidate, weights: Mapping[str, int] = DEFAULT_WEIGHTS) -> list[tuple[str, int]]:
    """What makes the weight, in words: (reason, points); the base first."""
    found = [("基础", weights["base"])]
    facts = (
        ("立行立改", candidate.is_quick, "quick"),
        ("逾期办结", candidate.is_late, "late"),
        ("延期", min(candidate.extensions, AT_MOST), "extension"),
        ("退回重办", min(candidate.returns, AT_MOST), "returned"),
        ("同类问题复发", candidate.recurrences > 0, "recurrence"),
        ("免核验", candidate.is_waived, "waived"),
        ("有疑点", min(candidate.clues, AT_MOST), "clue"),
    )
    return found + [(word, int(times) * weights[key]) for word, times, key in facts if times]


def weight(candidate: Candidate, weights: Mapping[str, int] = DEFAULT_WEIGHTS) -> int:
    """The candidate's weight, at least 1."""
    return max(1, sum(points for _, points in reasons(candidate, weights)))


def population_text(candidates: Iterable[Candidate], weights: Mapping[str, int] = DEFAULT_WEIGHTS) -> str:
    """The population as text: a line a candidate by number, then the weights. Its SHA-256 is published."""
    rows = sorted(candidates, key=lambda candidate: candidate.number)
    lines = [json.dumps(asdict(row), ensure_ascii=False, sort_keys=True) for row in rows]
    return "\n".join([*lines, json.dumps(dict(weights), sort_keys=True), ""])


def population_rows(text: str) -> list[dict]:
    """The candidates of a population's text, as dicts; the last line holds the weights."""
    return [json.loads(line) for line in text.splitlines()[:-1]]


def fingerprint(text: str) -> str:
    """SHA-256 of the population's text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def draw(
    candidates: Sequence[Candidate],
    *,
    seed: str,
    count: int,
    weights: Mapping[str, int] = DEFAULT_WEIGHTS,
) -> Drawn:
    """Draw `count` of the candidates (all of them when there are no more).

    What complaints had called for is taken first; only what is left of `count` goes to the others.
    """
    certain = [each for each in candidates if each.from_complaint]
    others = [each for each in candidates if not each.from_complaint]
    first = _stage(certain, seed=seed, count=min(count, len(certain)), weights=weights)
    second = _stage(others, seed=seed, count=min(count - len(first.numbers), len(others)), weights=weights)
    return Drawn(tuple(sorted(first.numbers + second.numbers)), first.chances | second.chances)


def _stage(candidates: Sequence[Candidate], *, seed: str, count: int, weights: Mapping[str, int]) -> Drawn:
    rows = sorted(candidates, key=lambda each: _place(each, seed))
    found = chances(rows, count=count, weights=weights)
    start = int(_digest(seed, "start", str(len(rows))), 16) % WHOLE
    drawn, reached = [], 0
    for row in rows:
        before, reached = reached, reached + found[row.number]
        if (reached - start + WHOLE - 1) // WHOLE > (before - start + WHOLE - 1) // WHOLE:
            drawn.append(row.number)
    return Drawn(tuple(drawn), found)


def chances(
    candidates: Sequence[Candidate], *, count: int, weights: Mapping[str, int] = DEFAULT_WEIGHTS
) -> dict[str, int]:
    """Each candidate's chance in billionths, adding up to exactly `count`; none is more than 1.

    Chances are proportional to weights, but a unit whose candidates together would fall below the floor is lifted to
    it. The floor shrinks when the draw is too small to give it to every unit out of half its places.
    """
    if count >= len(candidates):
        return {each.number: WHOLE for each in candidates}
    if count <= 0:
        return {each.number: 0 for each in candidates}
    own = {each.number: weight(each, weights) for each in candidates}
    fixed = _floors(candidates, own, count, weights["floor"])
    return _filled(candidates, own, fixed, count)


def _floors(
    candidates: Sequence[Candidate], own: Mapping[str, int], count: int, percent: int
) -> dict[str, int]:
    """Chances of the candidates of units that weight alone would leave below the floor."""
    units: dict[str, list[Candidate]] = {}
    for each in candidates:
        units.setdefault(each.unit, []).append(each)
    floor = min(WHOLE * percent // 100, count * WHOLE // (2 * len(units)))
    total = sum(own.values())
    fixed = {}
    for rows in units.values():
        of_unit = sum(own[each.number] for each in rows)
        if count * WHOLE * of_unit // total < floor:
            fixed |= {each.number: floor * own[each.number] // of_unit for each in rows}
    return fixed


def _filled(
    candidates: Sequence[Candidate], own: Mapping[str, int], fixed: dict[str, int], count: int
) -> dict[str, int]:
    """The rest in proportion to weight; whoever would pass certainty is certain, and the others share again."""
    while True:
        free = [each for each in candidates if each.number not in fixed]
        left, total = count * WHOLE - sum(fixed.values()), sum(own[each.number] for each in free)
        found = {each.number: left * own[each.number] // total for each in free} if free else {}
        full = {number: WHOLE for number, chance in found.items() if chance >= WHOLE}
        if not full:
            break
        fixed = fixed | full
    found = {each.number: (fixed | found)[each.number] for each in candidates}
    return _rounded(found, count)


def _rounded(found: dict[str, int], count: int) -> dict[str, int]:
    """Billionths lost by rounding go to the first that have room, so that the chances add up to `count`."""
    missing = count * WHOLE - sum(found.values())
    for number, chance in found.items():
        more = min(missing, WHOLE - chance)
        found[number], missing = chance + more, missing - more
    return found


def _place(candidate: Candidate, seed: str) -> tuple[str, ...]:
    """Where a candidate lies on the line: units, forms and kinds in an order that the seed decides."""
    unit, form, kind = candidate.unit, candidate.form, candidate.kind
    return (
        _digest(seed, unit),
        _digest(seed, unit, form),
        _digest(seed, unit, form, kind),
        _digest(seed, candidate.number),
        candidate.number,
    )


def _digest(*words: str) -> str:
    return hashlib.sha256("\x1f".join(words).encode()).hexdigest()


@dataclass(frozen=True)
class Inspector:
    """A member of the group; `house`: the county or department the person belongs to."""

    code: str
    house: str


def assign(
    items: Sequence[tuple[str, frozenset[str]]], inspectors: Sequence[Inspector], *, seed: str
) -> dict[str, tuple[str, ...]]:
    """Two inspectors an item, evenly, and none who belongs to a house of the item (回避).

    items: (number, houses concerned). An item for which fewer than two are left gets those there are.
    """
    load = {each.code: 0 for each in inspectors}
    found = {}
    for number, houses in sorted(items, key=lambda item: _digest(seed, "assign", item[0])):
        fit = [each for each in inspectors if each.house not in houses]
        fit.sort(key=lambda each: (load[each.code], _digest(seed, number, each.code)))
        chosen = tuple(each.code for each in fit[:2])
        for code in chosen:
            load[code] += 1
        found[number] = chosen
    return found
