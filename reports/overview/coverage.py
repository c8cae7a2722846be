"""重点事项全程体验 by place: how far each place is as bars, and every place × matter as a heat map (三、体验时间).

The reading is that of /plan/matters/ (campaigns.coverage_page), so both pages say the same.
"""

from django.urls import reverse
from django.utils.safestring import SafeString

from campaigns.coverage import read_coverage
from campaigns.coverage_page import ELSEWHERE, FULL, Cell, CoverageFilter, HeatMap, heat_map
from campaigns.ground import charts
from reports.figures import percent
from reports.overview.bars import Bar, Part, share
from reports.scope import Scope

_CELL, _NAME, _HEAD, _LONGEST = 22, 92, 118, 8


def covered(scope: Scope) -> HeatMap:
    """Key matters of the reach by the places in it; a handful of queries."""
    return heat_map(read_coverage(scope.campaign), scope.posting, CoverageFilter())


def place_bars(heat: HeatMap) -> tuple[Bar, ...]:
    """Each place with its share of key matters walked through, the one furthest behind first."""
    told = [_place(heat, place) for place in range(len(heat.columns))]
    told = [each for each in told if each[2]]
    told.sort(key=lambda each: (each[1] / each[2], -each[2]))
    gaps = f"{reverse('plan_matters')}?state=有缺口"
    return tuple(
        Bar(
            label,
            f"{done}/{asked}",
            percent(done, asked),
            gaps if done < asked else reverse("plan_matters"),
            (Part(0, share(done, asked), "green", f"全程走完{done}项"),),
        )
        for label, done, asked in told
    )


def _place(heat: HeatMap, place: int) -> tuple[str, int, int]:
    cells = [line.cells[place] for line in heat.lines]
    asked = [cell for cell in cells if cell.sign != ELSEWHERE]
    return heat.columns[place].label, sum(cell.sign == FULL for cell in asked), len(asked)


def heat_svg(heat: HeatMap) -> SafeString:
    """A row a place, a column a matter; sign and depth in every cell, which is a link where somebody has walked."""
    parts = []
    for across, line in enumerate(heat.lines):
        name = line.matter.name
        short = name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
        x = _NAME + across * _CELL + _CELL / 2
        label = charts.text(x, _HEAD - 6, short, "upright small")
        parts.append(charts.linked(line.matter.get_absolute_url(), name, label))
    for down, column in enumerate(heat.columns):
        y = _HEAD + down * _CELL
        parts.append(charts.text(_NAME - 8, y + 15, column.label, "end small"))
        parts += [
            _cell(line.cells[down], _NAME + across * _CELL, y) for across, line in enumerate(heat.lines)
        ]
    title = f"重点事项覆盖：应走{heat.asked}处，全程走完{heat.done}处"
    width = _NAME + _CELL * len(heat.lines)
    return charts.drawing(
        width, _HEAD + _CELL * len(heat.columns), title=title, parts=parts, css="coverage-map"
    )


def _cell(cell: Cell, x: float, y: float) -> SafeString:
    """A faint dot where the matter isn't run; else sign and depth, a link where somebody has walked."""
    if cell.sign == ELSEWHERE and not cell.walks:
        return charts.text(x + _CELL / 2 - 1, y + 15, ELSEWHERE, "mid small faint")
    return charts.heat_cell(
        x, y, _CELL, _CELL, words=cell.sign, level=cell.level, url=cell.url, label=cell.words
    )
