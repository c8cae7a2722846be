"""Rows of bars: a name, a bar, a number, all of it a link. Drawn by templates/components/gauges.html, pure values here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """A stretch of a bar: from `start` over `width` (0…100), its tone a class of static/app.css, what it says aloud."""

    start: float
    width: float
    tone: str
    words: str


@dataclass(frozen=True)
class Bar:
    """One row. `note` stands small behind the number; `url` may be empty."""

    label: str
    number: str
    note: str
    url: str
    parts: tuple[Part, ...]


def plain_bars(
    rows: Iterable[tuple[str, int, str, str]], *, tone: str = "blue", top: int = 0
) -> tuple[Bar, ...]:
    """Bars of one colour from (label, number, note, url); the longest is `top`, else the greatest number."""
    rows = tuple(rows)
    top = top or max((number for _, number, _, _ in rows), default=0)
    return tuple(
        Bar(label, str(number), note, url, (Part(0, share(number, top), tone, f"{label}{number}"),))
        for label, number, note, url in rows
    )


def stacked_bar(
    label: str, pieces: Sequence[tuple[str, int, str]], *, top: int, note: str = "", url: str = ""
) -> Bar:
    """One bar of several stretches, each (words, number, tone); `top` is the number that fills the line."""
    parts, start = [], 0.0
    for words, number, tone in pieces:
        width = share(number, top)
        if width:
            parts.append(Part(round(start, 2), width, tone, f"{words}{number}"))
        start += width
    return Bar(label, str(sum(number for _, number, _ in pieces)), note, url, tuple(parts))


def share(number: float, top: float) -> float:
    """`number` in percent of `top`, at most 100; 0 when there is nothing to compare with."""
    return round(min(100.0, 100 * number / top), 2) if top else 0.0
