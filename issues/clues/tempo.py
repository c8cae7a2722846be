"""过快、缺环节、时间规整: what the times of the steps say, against the form and against other walks of the matter."""

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator

from campaigns.enums import EXPECTED_STEPS, Channel, SessionMode, StepKind, StepResult
from issues.clues.facts import NET, Hit, Town, Walk

_ENOUGH = 8  # walks that make a distribution
_FLOORS = {"window": 10, "kiosk": 4, "net": 4, "phone": 2}  # minutes below which a whole chain isn't walked
_BROKEN_OFF = (StepResult.RETURNED, StepResult.FAILED, StepResult.SUPPLEMENT)
# Steps a channel spares.
_SPARED = {
    "net": {StepKind.CONSULT, StepKind.QUEUE, StepKind.PREPARE},
    "kiosk": {StepKind.CONSULT, StepKind.QUEUE, StepKind.ACCEPT, StepKind.PREPARE},
}


def _way(walk: Walk) -> str:
    if walk.channel in NET:
        return "net"
    return {Channel.KIOSK: "kiosk", Channel.PHONE: "phone"}.get(walk.channel, "window")


def _broken_off(walk: Walk) -> bool:
    """The walk ended where it got stuck: short, and honest."""
    return bool(walk.steps) and walk.steps[-1].result in _BROKEN_OFF


class _Usual:
    """How long a walk usually takes: what its form and channel take, times what its matter takes more or less than others.

    Medians of logarithms, so that neither the fakes nor a walk of four days pull at them.
    """

    def __init__(self, town: Town):
        told = [(walk, math.log(walk.minutes)) for walk in town.walks if walk.minutes]
        ways, matters = defaultdict(list), defaultdict(list)
        for walk, logarithm in told:
            ways[_way(walk), walk.mode].append(logarithm)
        self._ways = {key: statistics.median(all_) for key, all_ in ways.items() if len(all_) >= _ENOUGH}
        for walk, logarithm in told:
            if (way := self._ways.get((_way(walk), walk.mode))) is not None:
                matters[walk.matter].append(logarithm - way)
        self._matters = {
            key: statistics.median(all_) for key, all_ in matters.items() if len(all_) >= _ENOUGH
        }
        rest = [abs(value - self._matters[key]) for key in self._matters for value in matters[key]]
        self._spread = max(1.4826 * statistics.median(rest), 0.2) if rest else 0.6

    def of(self, walk: Walk) -> tuple[float, float] | None:
        """Median and spread of the logarithm of the minutes; a matter few walked is given a wide spread."""
        way = self._ways.get((_way(walk), walk.mode))
        if way is None:
            return None
        matter = self._matters.get(walk.matter)
        told, asked = len(walk.steps), len(EXPECTED_STEPS[walk.mode])
        shorter = math.log(told / asked) if 0 < told < asked else 0.0
        spread = self._spread * (1 if matter is not None else 2) * (1 if told else 1.5)
        return way + (matter or 0.0) + shorter, spread


def too_quick(town: Town) -> Iterator[Hit]:
    """Quicker than a whole chain can be, and far below what the matter takes others."""
    usual = _Usual(town)
    for walk in town.walks:
        took = walk.minutes
        if took is None:
            continue
        strength, typical = _quickness(walk, took, usual.of(walk))
        if not strength:
            continue
        said = f"全程用时 {took:.0f} 分钟"
        said += f"，同类走流程一般 {typical:.0f} 分钟。" if typical else "，不足以走完全部环节。"
        yield Hit(walk.key, said, strength * (0.3 if _broken_off(walk) else 1))


def _quickness(walk: Walk, took: float, usual: tuple[float, float] | None) -> tuple[float, float]:
    floor = _FLOORS[_way(walk)]
    if usual is None:
        return (1.0 if took <= floor else 0.0), 0.0
    middle, spread = usual
    typical = math.exp(middle)
    below = (middle - math.log(max(took, 0.5))) / spread
    if took <= floor and took < typical * (0.5 if typical >= 3 * floor else 0.33):
        return 1.0, typical
    if took < typical * 0.33 and below > 2.8:
        return 1.0, typical
    if took < typical * 0.4 and below > 2.2:
        return 0.35, typical
    return 0.0, typical


def missing_steps(town: Town) -> Iterator[Hit]:
    """Steps the form asks for (contract §6) that weren't walked. 倒推办 goes any way, a telephone walks no chain."""
    with_steps = Counter(bool(walk.steps) for walk in town.walks)
    usually_told = with_steps[True] > 4 * with_steps[False]
    for walk in town.walks:
        if walk.mode == SessionMode.BACKWARD or _way(walk) == "phone" or _broken_off(walk):
            continue
        if not walk.steps:
            if usually_told:
                yield Hit(walk.key, "没有登记任何环节。", 0.2)
            continue
        expected = [
            kind
            for kind in EXPECTED_STEPS[walk.mode]
            if kind != StepKind.APPROVE and kind not in _SPARED.get(_way(walk), ())
        ]
        told = {step.kind for step in walk.steps}
        missing = [StepKind(kind).label for kind in expected if kind not in told]
        if strength := _lack(len(missing), len(expected)):
            yield Hit(walk.key, f"{SessionMode(walk.mode).label}缺少环节：{'、'.join(missing)}。", strength)


def _lack(missing: int, expected: int) -> float:
    if missing < 2:
        return 0.0
    share = missing / expected
    return 1.0 if share >= 0.66 else 0.6 if share >= 0.5 else 0.2


def regular_times(town: Town) -> Iterator[Hit]:
    """Steps all of one length, or a timetable another walk has to the minute. Fives and tens alone are how people write."""
    timetables: dict[tuple, list[Walk]] = defaultdict(list)
    for walk in town.walks:
        lengths = [step.minutes for step in walk.steps]
        if len(lengths) < 4 or not sum(lengths):
            continue
        uneven = sum(length % 5 != 0 for length in lengths)
        if len(set(lengths)) == 1:
            said = f"{len(lengths)} 个环节用时全部是 {lengths[0]} 分钟。"
            yield Hit(walk.key, said, _evenness(walk, len(lengths), bool(uneven)))
        elif len(lengths) >= 5 and uneven >= 3:
            timetables[walk.matter, tuple(lengths)].append(walk)
        elif not uneven and walk.start.minute % 5 == 0:
            yield Hit(walk.key, "各环节时间都是整五、整十分钟。", 0.1)
    for walks in timetables.values():
        yield from _same_timetable(walks)


def _same_timetable(walks: list[Walk]) -> Iterator[Hit]:
    if len(walks) > 1:
        for walk in walks:
            others = tuple(other.key for other in walks if other.key != walk.key)[:10]
            yield Hit(walk.key, "各环节用时与另一次走流程逐分钟相同。", 0.6, others)


def _evenness(walk: Walk, steps: int, is_uneven: bool) -> float:
    """Five and more equal steps aren't chance; four tens on paper may be, unless the walk also began on the hour.

    All fives are what paper makes of short steps.
    """
    if walk.steps[0].minutes <= 5:
        return 0.65
    if steps >= 5 or is_uneven or walk.start.minute in (0, 30):
        return 1.0
    return 0.6
