"""The map of a process and its trend as drawings. Where everything stands is reckoned here; no layout library.

Columns come with the map (median first position). Straight on: an arrow from side to side. Everything else runs in the
gutters between the rows: returns above their row, dashed; skipped steps below it. Each arrow has a lane of its own.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html

from campaigns.ground import charts
from campaigns.ground.charts import Point
from campaigns.process import Edge, Node, ProcessMap, Spread, span_words
from campaigns.process_places import Half

WIDE, HIGH = 116, 80
ACROSS = 44
LANE, GUTTER = 22, 20
MARGIN = 14
THIN, THICK = 1.4, 5.0

Link = Callable[..., str]


@dataclass(frozen=True)
class _Way:
    """An arrow that runs in gutter `gutter`; 0 is above the first row, the last one below the last."""

    edge: Edge
    gutter: int


def map_svg(chart: ProcessMap, *, title: str, link: Link) -> str:
    """The drawing; `link(step=…, next=…, returned=…)` gives the address of the walks behind a step or an arrow."""
    return _Map(chart, link).drawn(title)


class _Map:
    def __init__(self, chart: ProcessMap, link: Link) -> None:
        self.chart, self.link = chart, link
        self.nodes = {node.kind: node for node in chart.nodes}
        self.rows = 1 + max((node.row for node in chart.nodes), default=0)
        self.columns = 1 + max((node.column for node in chart.nodes), default=0)
        self.most = max((edge.walks for edge in chart.drawn_edges), default=1)
        self.straight, self.ways = self._sorted()
        self.ports = self._ports()
        self.lanes, self.depth = self._lanes()

    # -- what runs where ----------------------------------------------------------------------------------------

    def _sorted(self) -> tuple[list[Edge], list[_Way]]:
        """Arrows straight on to the next step of the row, and all others with the gutter they run in."""
        straight, ways = [], []
        for edge in self.chart.drawn_edges:
            start, end = self.nodes[edge.start], self.nodes[edge.end]
            if end.column - start.column == 1 and start.row == end.row and not edge.is_return:
                straight.append(edge)
            else:
                below = start.row == end.row and not edge.is_return
                ways.append(_Way(edge, max(start.row, end.row) + below))
        return straight, ways

    def _side(self, way: _Way, node: Node) -> str:
        return "top" if way.gutter <= node.row else "bottom"

    def _ports(self) -> dict[tuple[int, str], float]:
        """x of every end of a way, spread over the side of its step, those that come from the left first."""
        sides: dict[tuple[str, str], list[tuple[float, int, str]]] = defaultdict(list)
        for number, way in enumerate(self.ways):
            start, end = self.nodes[way.edge.start], self.nodes[way.edge.end]
            sides[start.kind, self._side(way, start)].append(
                (end.column - 0.25 * (end == start), number, "start")
            )
            sides[end.kind, self._side(way, end)].append(
                (start.column + 0.25 * (end == start), number, "end")
            )
        ports = {}
        for (kind, _), ends in sides.items():
            for place, (_, number, which) in enumerate(sorted(ends), start=1):
                ports[number, which] = self._x(self.nodes[kind]) + WIDE * place / (len(ends) + 1)
        return ports

    def _lanes(self) -> tuple[dict[int, int], list[int]]:
        """Each way's lane in its gutter, short ways nearest to their steps; and how many lanes each gutter needs."""
        lanes: dict[int, int] = {}
        taken: dict[int, list[list[tuple[float, float]]]] = defaultdict(list)
        reach = {n: sorted((self.ports[n, "start"], self.ports[n, "end"])) for n in range(len(self.ways))}
        for number in sorted(reach, key=lambda n: (reach[n][1] - reach[n][0], n)):
            low, high = reach[number][0] - 8, reach[number][1] + 8
            gutter = taken[self.ways[number].gutter]
            free = (
                n for n, lane in enumerate(gutter) if all(high < left or right < low for left, right in lane)
            )
            lane = next(free, len(gutter))
            if lane == len(gutter):
                gutter.append([])
            gutter[lane].append((low, high))
            lanes[number] = lane
        return lanes, [len(taken[gutter]) for gutter in range(self.rows + 1)]

    # -- where things stand -------------------------------------------------------------------------------------

    def _x(self, node: Node) -> float:
        return MARGIN + node.column * (WIDE + ACROSS)

    def _gutter(self, gutter: int) -> float:
        """Height of a gutter: room for its lanes; between two rows always room for an upright arrow's number."""
        outer = gutter in (0, self.rows)
        return (GUTTER if outer else 2 * GUTTER) + LANE * self.depth[gutter]

    def _row_y(self, row: int) -> float:
        return sum(self._gutter(gutter) for gutter in range(row + 1)) + row * HIGH

    def _lane_y(self, number: int) -> float:
        """Above the first row lanes are counted upwards, in every other gutter downwards."""
        way, lane = self.ways[number], self.lanes[number]
        if way.gutter == 0:
            return self._gutter(0) - GUTTER + 4 - lane * LANE
        return self._row_y(way.gutter - 1) + HIGH + GUTTER - 2 + lane * LANE

    def _bottom(self) -> float:
        return self._row_y(self.rows - 1) + HIGH

    # -- drawing ------------------------------------------------------------------------------------------------

    def drawn(self, title: str) -> str:
        width = 2 * MARGIN + self.columns * WIDE + (self.columns - 1) * ACROSS
        height = self._bottom() + self._gutter(self.rows)
        parts = [charts.arrow_head("arrow", "head"), charts.arrow_head("arrow-back", "head is-return")]
        parts += [self._way(number) for number in range(len(self.ways))]
        parts += [self._straight(edge) for edge in self.straight]
        parts += [self._node(node) for node in self.chart.nodes]
        return charts.drawing(width, height, title=title, parts=parts, css="process-map")

    def _way(self, number: int) -> str:
        way, y = self.ways[number], self._lane_y(number)
        x1, x2 = self.ports[number, "start"], self.ports[number, "end"]
        points = [
            (x1, self._edge_y(way, self.nodes[way.edge.start])),
            (x1, y),
            (x2, y),
            (x2, self._edge_y(way, self.nodes[way.edge.end])),
        ]
        return self._arrow(way.edge, charts.rounded_path(points), ((x1 + x2) / 2, y + 4))

    def _edge_y(self, way: _Way, node: Node) -> float:
        return self._row_y(node.row) + (0 if self._side(way, node) == "top" else HIGH)

    def _straight(self, edge: Edge) -> str:
        start, end = self.nodes[edge.start], self.nodes[edge.end]
        y = self._row_y(start.row) + HIGH / 2
        begin, goal = (self._x(start) + WIDE, y), (self._x(end), y)
        return self._arrow(edge, charts.rounded_path((begin, goal)), ((begin[0] + goal[0]) / 2, y - 8))

    def _arrow(self, edge: Edge, path: str, label_at: Point) -> str:
        width = THIN + (THICK - THIN) * edge.walks / self.most
        css, head = ("edge is-return", "arrow-back") if edge.is_return else ("edge", "arrow")
        return charts.linked(
            self.link(step=edge.start, next=edge.end, returned=edge.is_return),
            edge_sentence(edge),
            charts.arrow(path, head=head, width=width, css=css),
            charts.text(
                *label_at, f"{edge.walks} 次", "mid halo is-return" if edge.is_return else "mid halo"
            ),
        )

    def _node(self, node: Node) -> str:
        x, y = self._x(node), self._row_y(node.row)
        css = "node is-slowest" if node.is_slowest else "node"
        parts = [charts.box(x, y, WIDE, HIGH, css, 5), charts.text(x + 10, y + 20, node.label, "bold")]
        parts.append(charts.text(x + WIDE - 10, y + 20, f"{node.walks} 次", "end"))
        parts += [
            charts.text(x + 10, y + 39 + 16 * n, words, "small") for n, words in enumerate(_lines(node))
        ]
        if node.is_slowest:
            parts.append(charts.text(x + 10, y + HIGH - 8, "▲ 耗时最长", "small bold"))
        return charts.linked(self.link(step=node.kind), node_sentence(node), *parts)


def _lines(node: Node) -> list[str]:
    """Waiting and handling where the waiting was noted, else the whole time."""
    if node.waiting and node.handling:
        return [f"等候 {span_words(node.waiting.median)}", f"办理 {span_words(node.handling.median)}"]
    return [f"用时 {_median_words(node.minutes)}"]


def _median_words(found: Spread | None) -> str:
    return span_words(found.median if found else None)


def node_sentence(node: Node) -> str:
    """What a step of the drawing says aloud."""
    told = [f"{node.label}，{node.walks} 次走流程", f"用时中位数 {_median_words(node.minutes)}"]
    waits = node.waiting and node.handling
    told.append(
        f"等候 {_median_words(node.waiting)}，办理 {_median_words(node.handling)}"
        if waits
        else "等候时间没有记录"
    )
    if node.sent_back:
        told.append(f"退回或补正 {node.sent_back} 次")
    if node.is_slowest:
        told.append("耗时最长的环节")
    return "，".join(told)


def edge_sentence(edge: Edge) -> str:
    """What an arrow says aloud."""
    way = f"{edge.start_label}到{edge.end_label}"
    return f"{'退回、补正路线：' if edge.is_return else ''}{way}，{edge.walks} 次走流程"


_LEFT, _FIRST, _RIGHT, _TOP, _FOOT, _PLOT, _STEP = 84, 36, 96, 26, 42, 150, 96


def trend_svg(halves: Sequence[Half], *, title: str, link: Callable[[Half], str]) -> str:
    """Median minutes of the whole walk by half month: a point each, its number and n beside it; from zero."""
    highest = max(float(half.minutes.median) for half in halves)
    unit = next((size for size in (1440, 60) if highest >= 2 * size), 1)
    top = unit * charts.round_top(highest / unit)
    width = _LEFT + _FIRST + _STEP * (len(halves) - 1) + _RIGHT
    points = [
        (_LEFT + _FIRST + _STEP * n, _TOP + _PLOT - charts.scale(half.minutes.median, top, _PLOT))
        for n, half in enumerate(halves)
    ]
    parts = []
    for share in (0, 0.5, 1):
        y = _TOP + _PLOT * (1 - share)
        parts.append(charts.line(_LEFT - 8, y, width - _RIGHT + 40, y, "axis"))
        parts.append(charts.text(_LEFT - 14, y + 4, span_words(top * share), "small end"))
    told = " ".join(f"{charts.written(x)},{charts.written(y)}" for x, y in points)
    parts.append(format_html('<polyline class="trend" points="{}"/>', told))
    for half, (x, y) in zip(halves, points, strict=True):
        words = f"{half.label}，{half.minutes.n} 次走流程，全程中位数 {span_words(half.minutes.median)}"
        dot = format_html('<circle class="dot" cx="{}" cy="{}" r="5"/>', charts.written(x), charts.written(y))
        parts.append(
            charts.linked(
                link(half),
                words,
                dot,
                charts.text(x, y - 11, span_words(half.minutes.median), "mid halo bold"),
                charts.text(x, _TOP + _PLOT + 18, half.label.split("年")[1], "mid"),
                charts.text(x, _TOP + _PLOT + 34, f"{half.minutes.n} 次", "mid small"),
            )
        )
    return charts.drawing(width, _TOP + _PLOT + _FOOT, title=title, parts=parts, css="process-trend")
