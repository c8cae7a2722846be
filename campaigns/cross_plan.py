"""Which municipal unit walks in which county (衡政办函〔2022〕16号 三: 市直部门5月底前完成对县市区的交叉式走流程).

Pure: codes and paths in, pairs and sentences out; the same input gives the same plan. What a hand has changed is judged by
the same `faults` that the proposal itself passes.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Side:
    """A municipal unit or a county."""

    code: str
    path: str
    label: str


@dataclass(frozen=True)
class Pair:
    """The unit `unit` walks in the county `county` (codes)."""

    unit: str
    county: str


def is_own(unit: Side, county: Side) -> bool:
    """One stands under the other, or is it: nobody walks crosswise at home."""
    return unit.path.startswith(county.path) or county.path.startswith(unit.path)


def propose(
    units: Sequence[Side],
    counties: Sequence[Side],
    *,
    been: Collection[Pair] = (),
    fixed: Collection[Pair] = (),
) -> list[Pair]:
    """A county for every unit that has none in `fixed`, by the units' codes.

    Counties get equally many (they differ by one at most, unless nothing else is allowed), those of `fixed` counted in;
    where a unit has `been` already is taken only when there is no other. A unit with no county left over stays out: `faults`
    says so.
    """
    load = Counter({county.code: 0 for county in counties})
    load.update(pair.county for pair in fixed if pair.county in load)
    has = {pair.unit for pair in fixed}
    order = {county.code: place for place, county in enumerate(sorted(counties, key=lambda c: c.code))}
    choices = {
        unit.code: _choices(unit, counties, been)
        for unit in sorted(units, key=lambda u: u.code)
        if unit.code not in has
    }
    chosen: dict[str, str] = {}
    for turn, (unit, open_to) in enumerate(choices.items()):
        if open_to:
            chosen[unit] = min(open_to, key=lambda c: (load[c], (order[c] - turn) % len(order)))
            load[chosen[unit]] += 1
    _level(chosen, choices, load)
    return [Pair(unit, county) for unit, county in chosen.items()]


def _choices(unit: Side, counties: Iterable[Side], been: Collection[Pair]) -> list[str]:
    """Counties the unit may be sent to: new ones, else any that isn't its own."""
    others = sorted(county.code for county in counties if not is_own(unit, county))
    return [code for code in others if Pair(unit.code, code) not in been] or others


def _level(chosen: dict[str, str], choices: Mapping[str, list[str]], load: Counter[str]) -> None:
    """Move single units from a full county to an empty one as long as that makes the loads more equal."""
    while True:
        moves = [
            (load[county] - load[to], unit, to)
            for unit, county in chosen.items()
            for to in choices[unit]
            if load[county] - load[to] > 1
        ]
        if not moves:
            return
        _, unit, to = min(moves, key=lambda move: (-move[0], move[1], move[2]))
        load[chosen[unit]] -= 1
        load[to] += 1
        chosen[unit] = to


def faults(
    pairs: Sequence[Pair], units: Sequence[Side], counties: Sequence[Side], *, fixed: Collection[Pair] = ()
) -> list[str]:
    """Chinese sentences about what is wrong with a plan; empty for a good one.

    Refused: an unknown county, a unit's own county, the same pair twice (also one of `fixed`, assigned before), a unit left
    out, a county left out while another has more than it must.
    """
    by_unit = {unit.code: unit for unit in units}
    by_county = {county.code: county for county in counties}
    seen: set[Pair] = set(fixed)
    found = []
    for pair in pairs:
        unit, county = by_unit.get(pair.unit), by_county.get(pair.county)
        if unit is None or county is None:
            found.append(f"没有编码为{pair.unit if unit is None else pair.county}的单位。")
        elif is_own(unit, county):
            found.append(f"{unit.label}不能到本单位所在的{county.label}交叉走流程。")
        elif pair in seen:
            found.append(f"{unit.label}到{county.label}已经安排过，同一对不能安排两次。")
        seen.add(pair)
    sent = {pair.unit for pair in (*pairs, *fixed)}
    found += [f"{unit.label}还没有安排县市区。" for unit in units if unit.code not in sent]
    return found + _unbalanced(pairs, counties, fixed)


def _unbalanced(pairs: Sequence[Pair], counties: Sequence[Side], fixed: Collection[Pair]) -> list[str]:
    load = Counter(pair.county for pair in {*pairs, *fixed})
    most = max(load.values(), default=0)
    return [
        f"{county.label}没有单位去走，而有的县市区安排了{most}个单位，请均衡安排。"
        for county in counties
        if not load[county.code] and most > 1
    ]
