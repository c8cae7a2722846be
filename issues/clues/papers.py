"""办件编号、委托书、工单、陪同对象: do the papers a walk names fit the walk (contract §6 cases, sessions)."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

from campaigns.enums import SessionMode
from issues.clues.facts import Hit, KnownCase, NamedCase, Town, Walk

_APPLYING = (SessionMode.SELF, SessionMode.AGENT, SessionMode.ACCOMPANY)
_NEAR, _FAR = timedelta(days=3), timedelta(days=7)
_KNOWN_MOSTLY, _KNOWN_ALL = 0.6, 0.95  # share of named numbers the platform knows where its data reach
_ENOUGH = 20
_OFTEN = 6


def strange_cases(town: Town) -> Iterator[Hit]:
    """A 办件编号 of another matter, time or unit; one nobody knows where the data cover matter and month; one used twice."""
    if town.cases or town.case_months:
        share, seen, by_matter = _known_share(town)
        for walk in town.walks:
            looks = [
                _look(town, walk, named, by_matter.get(named.matter, share), seen)
                for named in walk.named_cases
            ]
            odd = [look for look in looks if look[0]]
            if odd:
                strength, said = max(odd)
                # One of a window's many cases may be late; most of them are not.
                yield Hit(walk.key, said, strength if 2 * len(odd) > len(looks) else strength * 0.4)
    yield from _used_twice(town)


def _known_share(town: Town) -> tuple[float, int, dict[str, float]]:
    """How many of the named numbers the platform knows where its data reach: in all, and of each matter often walked.

    A matter whose numbers come from another system is unknown as a whole, and says nothing of one walk.
    """
    known: dict[str, list[bool]] = defaultdict(list)
    for walk in town.walks:
        for named in walk.named_cases:
            if _is_covered(town, walk, named):
                known[named.matter].append(named.number in town.cases)
    told = [one for found in known.values() for one in found]
    by_matter = {matter: sum(found) / len(found) for matter, found in known.items() if len(found) >= _OFTEN}
    return (sum(told) / len(told) if told else 0.0), len(told), by_matter


def _is_covered(town: Town, walk: Walk, named: NamedCase) -> bool:
    if town.covered_until is None or walk.start.date() > town.covered_until:
        return False
    return town.case_months.get((named.matter, f"{walk.start:%Y-%m}"), 0) > 0


def _look(town: Town, walk: Walk, named: NamedCase, share: float, seen: int) -> tuple[float, str]:
    case = town.cases.get(named.number)
    if case is None:
        return _unknown(town, walk, named, share, seen)
    if case.matter != named.matter:
        said = f"办件编号 {named.number} 在办件数据中属于“{town.label(case.matter)}”，不是所走事项。"
        return 1.0, said
    if (off := _off(walk, case)) > _NEAR:
        finished = f"{case.finished:%Y-%m-%d} 办结" if case.finished else "尚未办结"
        said = f"办件编号 {named.number} 在办件数据中于 {case.applied:%Y-%m-%d} 申请，{finished}，与走流程时间不符。"
        return (1.0 if off > _FAR else 0.5), said
    if case.unit != walk.walked:
        said = f"办件编号 {named.number} 在办件数据中由{town.label(case.unit)}办理，不是被体验单位。"
        return (1.0 if case.area != walk.area else 0.3), said
    return 0.0, ""


def _unknown(town: Town, walk: Walk, named: NamedCase, share: float, seen: int) -> tuple[float, str]:
    """Where the platform knows nearly every number, one it doesn't know is strange; where it lacks many, it says little."""
    if _is_covered(town, walk, named):
        said = f"办件数据已有该事项 {walk.start:%Y年%m月} 的办件，但查不到编号 {named.number}。"
        return (1.0 if share >= _KNOWN_MOSTLY or seen < _ENOUGH else 0.3), said
    if seen >= _ENOUGH and share >= _KNOWN_ALL:
        return 0.4, f"办件数据中查不到编号 {named.number}。"
    return 0.0, ""


def _off(walk: Walk, case: KnownCase) -> timedelta:
    """How far the case lies from the walk. Who applies in the walk applies on its days; a window hands out older ones."""
    if walk.mode in _APPLYING:
        return max(walk.start - case.applied, case.applied - walk.end, timedelta())
    late = case.applied - walk.end
    gone = walk.start - case.finished if case.finished else timedelta()
    return max(late, gone, timedelta())


def _used_twice(town: Town) -> Iterator[Hit]:
    by_number: dict[str, list[Walk]] = defaultdict(list)
    for walk in town.walks:
        for named in walk.named_cases:
            by_number[named.number].append(walk)
    for number, walks in by_number.items():
        for walk in walks:
            others = [other for other in walks if other.key != walk.key]
            if others:
                together = all(abs(other.start - walk.start) < timedelta(hours=2) for other in others)
                said = f"办件编号 {number} 在 {len(others) + 1} 次走流程中都填了。"
                yield Hit(
                    walk.key,
                    said,
                    0.5 if together else 1.0,
                    tuple(dict.fromkeys(other.key for other in others))[:10],
                )


def strange_papers(town: Town) -> Iterator[Hit]:
    """帮代办、陪同办、坐窗办、倒推办: the fact that makes the form this form doesn't fit."""
    letters = _letters(town)
    work_orders = _work_orders_known(town)
    for walk in town.walks:
        if walk.mode == SessionMode.AGENT:
            found = _agent(walk, letters)
        elif walk.mode == SessionMode.ACCOMPANY:
            found = _accompany(town, walk)
        elif walk.mode == SessionMode.BACKWARD:
            found = _backward(town, walk, work_orders)
        else:
            found = _window(walk) if walk.mode == SessionMode.WINDOW else None
        if found is not None:
            yield found


def _letters(town: Town) -> dict[str, list[Walk]]:
    found: dict[str, list[Walk]] = defaultdict(list)
    for walk in town.walks:
        if walk.mode == SessionMode.AGENT and walk.authorization:
            found[walk.authorization].append(walk)
    return found


def _agent(walk: Walk, letters: dict[str, list[Walk]]) -> Hit | None:
    if walk.authorized_until and walk.authorized_until < walk.start.date():
        said = f"授权委托书已于 {walk.authorized_until} 到期，早于走流程日期。"
        return Hit(walk.key, said)
    others = [o for o in letters.get(walk.authorization, ()) if o.key != walk.key and o.matter != walk.matter]
    if others:
        said = f"授权委托书 {walk.authorization} 还用在其他事项的帮代办中。"
        strength = 1.0 if len(others) > 1 else 0.6
        return Hit(walk.key, said, strength, tuple(other.key for other in others)[:10])
    return None


def _accompany(town: Town, walk: Walk) -> Hit | None:
    """The citizen is one of the walkers, or one of the unit's own people."""
    if walk.accompanied in {walker.name for walker in walk.walkers}:
        return Hit(walk.key, f"陪同对象“{walk.accompanied}”就是走流程人员本人。")
    if walk.accompanied in town.staff.get(walk.unit, ()):
        return Hit(walk.key, f"陪同对象“{walk.accompanied}”与填报单位工作人员同名。", 0.6)
    return None


def _work_orders_known(town: Town) -> float:
    backward = [
        walk.work_order in town.complaints for walk in town.walks if walk.mode == SessionMode.BACKWARD
    ]
    return sum(backward) / len(backward) if backward else 0.0


def _backward(town: Town, walk: Walk, known: float) -> Hit | None:
    complaint = town.complaints.get(walk.work_order)
    if complaint is None:
        if known >= _KNOWN_MOSTLY:
            return Hit(walk.key, f"投诉工单中查不到编号 {walk.work_order}。")
        return None
    if complaint.matter and complaint.matter != walk.matter:
        said = f"工单 {walk.work_order} 反映的是“{town.label(complaint.matter)}”，不是所走事项。"
        return Hit(walk.key, said)
    if complaint.received.date() > walk.start.date():
        said = f"工单 {walk.work_order} 于 {complaint.received:%Y-%m-%d %H:%M} 受理，晚于走流程开始时间。"
        return Hit(walk.key, said)
    return None


def _window(walk: Walk) -> Hit | None:
    """More work than fits between start and end."""
    told = sum(case.minutes or 0 for case in walk.cases)
    took = (walk.end - walk.start).total_seconds() / 60
    if told > 2 * took + 60:
        return Hit(walk.key, f"登记办件用时合计 {told} 分钟，超过坐窗时间 {took:.0f} 分钟。", 0.5)
    return None
