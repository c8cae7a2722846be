"""零问题、全部立行立改、差评集中却未发现问题: what a walk didn't find."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

from issues.clues.facts import Hit, Town, UnitFindings

_LEAST = 8  # walks of a unit that never found anything
_QUICK_LEAST = 5
_HEAP = 5  # complaints about the matter at the unit …
_BEFORE = timedelta(days=60)  # … in the time before the walk


def nothing_ever(town: Town) -> Iterator[Hit]:
    """A unit whose many walks found nothing, or nothing but what was mended the same day. Silent where no unit registers."""
    if not any(found.problems for found in town.findings.values()):
        return
    said: dict[str, str] = defaultdict(str)
    for unit, walks in town.by_unit.items():
        found = town.findings.get(unit, UnitFindings())
        if walks >= _LEAST and not found.problems:
            said[unit] = f"填报单位走流程 {walks} 次，没有登记一个问题。"
        elif found.problems >= _QUICK_LEAST and found.quick == found.problems:
            said[unit] = f"填报单位登记的 {found.problems} 个问题全部是立行立改。"
    for walk in town.walks:
        if said.get(walk.unit):
            yield Hit(walk.key, said[walk.unit])


def deaf(town: Town) -> Iterator[Hit]:
    """A matter many complained of was walked, and nothing was found."""
    for walk in town.walks:
        if not walk.found_nothing:
            continue
        day = walk.start.date()
        heap = [
            on for on in town.complained.get((walk.matter, walk.walked), ()) if day - _BEFORE <= on <= day
        ]
        if len(heap) >= _HEAP:
            said = f"走流程前 60 天该事项有投诉工单 {len(heap)} 件，走流程却未发现问题。"
            yield Hit(walk.key, said)
