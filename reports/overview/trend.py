"""台账走势: how many items had been entered and how many struck off at the end of each week, as two lines from zero."""

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString

from campaigns.ground import charts
from reports.weeks import Week

_LEFT, _RIGHT, _TOP, _FOOT, _PLOT, _WIDTH = 40, 78, 14, 26, 150, 380


def trend_svg(found: Sequence[Week]) -> SafeString:
    """The two lines, named at their ends; the lower one is dashed, so that colour is not needed."""
    top = charts.round_top(max((week.entered for week in found), default=0))
    span = max((found[-1].on - found[0].on).days, 1)
    plot = _WIDTH - _LEFT - _RIGHT
    parts = [*_axis(top)]
    for name, css in (("entered", "line-blue"), ("closed", "line-green is-dashed")):
        points = [
            (
                _LEFT + plot * (week.on - found[0].on).days / span,
                _TOP + _PLOT - charts.scale(getattr(week, name), top, _PLOT),
            )
            for week in found
        ]
        told = " ".join(f"{charts.written(x)},{charts.written(y)}" for x, y in points)
        parts.append(format_html('<polyline class="{}" points="{}"/>', css, told))
        parts += [charts.box(x - 2.5, y - 2.5, 5, 5, f"{css} point", 2.5) for x, y in points]
    parts += _ends(found[-1], top)
    for week, x in ((found[0], _LEFT), (found[-1], _LEFT + plot)):
        label = f"{week.on.month}月{week.on.day}日"
        parts.append(charts.text(x, _TOP + _PLOT + 20, label, "mid small"))
    title = f"台账走势：列入台账{found[-1].entered}条，已销号{found[-1].closed}条"
    return charts.drawing(_WIDTH, _TOP + _PLOT + _FOOT, title=title, parts=parts, css="ledger-trend")


def _axis(top: float) -> list:
    parts = []
    for part in (0, 0.5, 1):
        y = _TOP + _PLOT * (1 - part)
        parts.append(charts.line(_LEFT, y, _WIDTH - _RIGHT, y, "axis"))
        parts.append(charts.text(_LEFT - 6, y + 4, charts.written(top * part), "small end"))
    return parts


def _ends(last: Week, top: float) -> list:
    """The names of the lines at their ends, kept apart when the lines meet."""
    heights = [_TOP + _PLOT - charts.scale(number, top, _PLOT) for number in (last.entered, last.closed)]
    if heights[1] - heights[0] < 16:
        heights = [heights[0] - 6, heights[0] + 12]
    words = (f"列入 {last.entered}", f"销号 {last.closed}")
    return [
        charts.text(_WIDTH - _RIGHT + 8, y + 4, said, f"small bold {css}")
        for y, said, css in zip(heights, words, ("words-blue", "words-green"), strict=True)
    ]
