"""Pieces of drawings: server-side SVG with classes and presentation attributes only (CSP forbids inline style).

Every size is in units of one fifteenth of the text size, so a drawing grows with the text (长者模式) and prints sharp.
Meaning never rests on colour alone: lines are dashed, cells carry their number, marks are a shape and a word.
The classes are in static/app.css under “charts”.
"""

from collections.abc import Iterable, Sequence
from math import ceil, floor, log10

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

UNIT = 15  # pixels of the drawing to one rem
Point = tuple[float, float]


def scale(value: float, top: float, length: float) -> float:
    """`value` on an axis that runs from 0 to `top` over `length`; never beyond its end."""
    return length * min(max(float(value), 0), float(top)) / float(top) if top else 0


def round_top(value: float) -> float:
    """The end of an axis: the next 1, 2, 2.5 or 5 with zeros that is not below `value`; 1 for nothing."""
    if value <= 0:
        return 1
    power = 10 ** floor(log10(value))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= value)


def written(number: float) -> str:
    """A coordinate: one decimal, no idle zero."""
    return f"{number:.1f}".removesuffix(".0")


def drawing(width: float, height: float, *, title: str, parts: Iterable[str], css: str = "") -> SafeString:
    """The whole picture; `title` is read aloud first, links inside say the rest."""
    return format_html(
        '<svg class="chart {}" viewBox="0 0 {} {}" width="{}rem" height="{}rem" role="group" aria-label="{}">{}</svg>',
        css,
        written(width),
        written(height),
        f"{width / UNIT:.2f}",
        f"{height / UNIT:.2f}",
        title,
        joined(parts),
    )


def joined(parts: Iterable[str]) -> SafeString:
    """Parts one after the other; plain text among them is escaped."""
    return format_html_join("", "{}", ((part,) for part in parts))


def linked(url: str, label: str, *parts: str) -> SafeString:
    """Parts as one link with a sentence for a label; without an address a group that is read as an image."""
    if not url:
        return format_html('<g role="img" aria-label="{}">{}</g>', label, joined(parts))
    return format_html('<a href="{}" aria-label="{}">{}</a>', url, label, joined(parts))


def text(x: float, y: float, words: str, css: str = "") -> SafeString:
    return format_html('<text x="{}" y="{}" class="{}">{}</text>', written(x), written(y), css, words)


def box(x: float, y: float, width: float, height: float, css: str, radius: float = 0) -> SafeString:
    return format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" rx="{}" class="{}"/>',
        *(written(number) for number in (x, y, max(width, 0), max(height, 0), radius)),
        css,
    )


def line(x1: float, y1: float, x2: float, y2: float, css: str) -> SafeString:
    return format_html(
        '<line x1="{}" y1="{}" x2="{}" y2="{}" class="{}"/>', *(written(n) for n in (x1, y1, x2, y2)), css
    )


def arrow_head(name: str, css: str, size: float = 11) -> SafeString:
    """A marker to point at with marker-end="url(#name)"; of one size whatever the width of its line."""
    return format_html(
        '<defs><marker id="{}" viewBox="0 0 8 8" refX="7" refY="4" markerUnits="userSpaceOnUse" markerWidth="{}" '
        'markerHeight="{}" orient="auto"><path class="{}" d="M0 0L8 4L0 8z"/></marker></defs>',
        name,
        written(size),
        written(size),
        css,
    )


def arrow(path: str, *, head: str, width: float, css: str) -> SafeString:
    """A line along `path` that ends in the marker `head`."""
    return format_html(
        '<path d="{}" class="{}" stroke-width="{}" marker-end="url(#{})"/>', path, css, written(width), head
    )


def rounded_path(points: Sequence[Point], radius: float = 10) -> str:
    """The `d` of a line through `points` with rounded corners."""
    told = [f"M{written(points[0][0])} {written(points[0][1])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        enter, leave = _toward(corner, before, radius), _toward(corner, after, radius)
        told.append(
            f"L{written(enter[0])} {written(enter[1])}"
            f"Q{written(corner[0])} {written(corner[1])} {written(leave[0])} {written(leave[1])}"
        )
    told.append(f"L{written(points[-1][0])} {written(points[-1][1])}")
    return "".join(told)


def _toward(start: Point, goal: Point, distance: float) -> Point:
    """The point `distance` from `start` on the way to `goal`, at most half way."""
    across, down = goal[0] - start[0], goal[1] - start[1]
    length = (across**2 + down**2) ** 0.5
    share = min(distance / length, 0.5) if length else 0
    return start[0] + across * share, start[1] + down * share


def heat_level(number: float, top: float, levels: int = 4) -> int:
    """0 for nothing, else 1 … levels by the share of `top`."""
    if number <= 0 or top <= 0:
        return 0
    return min(levels, max(1, ceil(levels * number / top)))


def heat_cell(
    x: float, y: float, width: float, height: float, *, words: str, level: int, url: str, label: str
) -> SafeString:
    """One cell of a heat map: its number in the middle, its depth by class, all of it a link."""
    return linked(
        url,
        label,
        box(x, y, width - 2, height - 2, f"heat heat-{level}", 2),
        text(x + (width - 2) / 2, y + height / 2 + 4, words, f"mid heat-words-{level}"),
    )


def spread_bar(
    lower: float, median: float, upper: float, *, top: float, mark: float | None = None, css: str = ""
) -> SafeString:
    """A small bar from the lower to the upper quartile with a stroke at the median, on an axis from 0 to `top`.

    mark: a second, dashed stroke at a number to compare with. 100 by 14; it is drawn beside its numbers, so it is hidden
    from those who listen.
    """
    parts = [
        line(0, 7, 100, 7, "axis"),
        box(
            scale(lower, top, 100),
            2,
            max(scale(upper, top, 100) - scale(lower, top, 100), 1.5),
            10,
            "spread",
            1,
        ),
    ]
    if mark is not None:
        parts.append(line(scale(mark, top, 100), 0, scale(mark, top, 100), 14, "compare"))
    parts.append(line(scale(median, top, 100), 0, scale(median, top, 100), 14, "median"))
    return format_html(
        '<svg class="chart spread-bar {}" viewBox="-1 0 102 14" width="6.8rem" height=".93rem" aria-hidden="true">{}</svg>',
        css,
        joined(parts),
    )
