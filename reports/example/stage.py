"""The clockwork of the example: lives are generators that say when they go on; the stage wakes them in order of time.

So every stamp of the history is younger than the one before it, whoever wrote it, and nothing happens after the anchor.
"""

import heapq
from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from reports.example.timeline import Timeline

CURTAIN = 8 * 60 + 45  # on the anchor itself only the morning's chase is seen


@dataclass(frozen=True)
class Moment:
    """Now: the working-day index, the minute after midnight, and the same as an aware datetime."""

    index: int
    minute: int
    now: datetime


# A life yields (index, minute) of its next act and is woken with that Moment.
Life = Generator[tuple[int, int], Moment, None]


class Stage:
    """An event queue of lives."""

    def __init__(self, timeline: Timeline):
        self._timeline = timeline
        self._queue: list[tuple[int, int, int, Life]] = []
        self._order = count()
        self._now = (-1, 0)

    def enter(self, life: Life) -> None:
        """A life begins: it is run up to the first time it names."""
        self._wait(life, next(life, None))

    def run(self, *, until: datetime) -> None:
        """Wake everybody in order of time up to the morning of the anchor, and never later than `until`."""
        while self._queue:
            index, minute, _, life = heapq.heappop(self._queue)
            moment = Moment(index, minute, self._timeline.at(index, minute))
            if (index, minute) > (self._timeline.last, CURTAIN) or moment.now > until:
                return
            self._now = (index, minute)
            try:
                wanted = life.send(moment)
            except StopIteration:
                continue
            self._wait(life, wanted)

    def _wait(self, life: Life, wanted: tuple[int, int] | None) -> None:
        """Queue a life for the time it names; never for a time that has passed."""
        if wanted is not None:
            index, minute = max(wanted, self._now)
            heapq.heappush(self._queue, (index, minute, next(self._order), life))
