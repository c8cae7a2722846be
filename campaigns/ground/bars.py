"""Spans of time as bars on one line, for drawings whose sizes are SVG attributes (CSP forbids inline style)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

THINNEST = 0.6


@dataclass(frozen=True)
class Bar:
    """Left edge and length in percent of the whole line; `waiting` is the part spent waiting, from the left."""

    x: float
    width: float
    waiting: float


def place_bars(spans: Sequence[tuple[datetime, datetime, int | None]]) -> list[Bar]:
    """Bars for (start, end, minutes waited) in the order given; the line runs from the first start to the last end.

    A span of no length is drawn as thin as can be seen; more waiting than the span lasted fills it.
    """
    if not spans:
        return []
    first = min(start for start, _, _ in spans)
    whole = (max(end for _, end, _ in spans) - first).total_seconds() or 1
    bars = []
    for start, end, waited in spans:
        width = max(THINNEST, 100 * (end - start).total_seconds() / whole)
        x = min(100 * (start - first).total_seconds() / whole, 100 - width)
        waiting = min(width, 100 * 60 * (waited or 0) / whole)
        bars.append(Bar(round(x, 2), round(width, 2), round(waiting, 2)))
    return bars
