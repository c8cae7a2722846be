"""What really happens to a matter, reckoned from the steps of its walks: spreads, the map, the way back.

Pure: plain rows in, dataclasses out; no model, no query, no clock. Rows come from campaigns.process_rows.
Source: 衡政办函〔2022〕16号 四(一) — 环节、时限、材料、跑动、费用 measured on the spot, not taken from the guide.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import accumulate

from campaigns.enums import StepKind

# A number of so few walks is shown, but never ranked and never called the slowest.
ENOUGH = 3
# A map with more arrows than this leaves out those fewer than one walk in twenty took (they stay in its table).
ARROWS = 24
RARE = 20

Number = int | float | Decimal
Counts = Mapping[Number, int]
# The steps of a walk, each with whether its result was 退回 or 补正; from one to the next, and whether as a return.
Stops = tuple[tuple[str, bool], ...]
Passage = tuple[str, str, bool]

_ORDER = {kind: place for place, kind in enumerate(StepKind.values)}


@dataclass(frozen=True)
class Spread:
    """The middle of n numbers and the quartiles around it (as Excel's QUARTILE.INC reckons them)."""

    n: int
    lower: Number
    median: Number
    upper: Number
    top: Number


def spread(counts: Counts) -> Spread | None:
    """Spread of numbers given as value → how often; None when there are none."""
    ordered = sorted(counts)
    passed = list(accumulate(map(counts.__getitem__, ordered)))
    if not passed or not passed[-1]:
        return None
    lower, median, upper = (_quarter(ordered, passed, quarters) for quarters in (1, 2, 3))
    return Spread(passed[-1], lower, median, upper, ordered[-1])


def _quarter(ordered: list[Number], passed: list[int], quarters: int) -> Number:
    """The value `quarters`/4 of the way from the first to the last, between two neighbours in proportion.

    passed: how many numbers there are up to and with each of `ordered`.
    """
    place, rest = divmod((passed[-1] - 1) * quarters, 4)
    low = ordered[bisect_right(passed, place)]
    return low + (ordered[bisect_right(passed, place + 1)] - low) * rest / 4 if rest else low


def span_words(minutes: Number | None) -> str:
    """Minutes as people say them: 12 分钟, 3.5 小时 from two hours on, 2.5 天 from two days on; — for nothing."""
    if minutes is None:
        return "—"
    for limit, unit in ((2880, "天"), (120, "小时")):
        if minutes >= limit:
            size = 1440 if unit == "天" else 60
            return f"{_tidy(minutes / size)} {unit}"
    return f"{_tidy(minutes)} 分钟"


def _tidy(number: Number) -> str:
    return f"{round(float(number), 1):g}"


def plain(number: Number) -> str:
    """A number to two decimals without idle ones."""
    return f"{round(Decimal(number), 2).normalize():f}"


@dataclass(frozen=True)
class Trace:
    """`walks` walks at `place` that went through these steps in this order; each step with whether it was 退回 or 补正."""

    place: str
    stops: Stops
    walks: int


@dataclass(frozen=True)
class Node:
    """A step of the map. `times` counts it as often as it happened, `walks` each walk once.

    position: median place of its first time in a walk, from 1. waiting, handling: None where nobody noted the waiting.
    sent_back: how often its result was 退回 or 补正. column, row: where it stands on the drawing.
    """

    kind: str
    walks: int
    times: int
    sent_back: int
    position: Number
    minutes: Spread | None
    waiting: Spread | None
    handling: Spread | None
    column: int = 0
    row: int = 0
    is_slowest: bool = False

    @property
    def label(self) -> str:
        return str(StepKind(self.kind).label)


@dataclass(frozen=True)
class Edge:
    """From one step to the next. `is_return`: after a 退回 or 补正, or back to a step that came earlier in that walk."""

    start: str
    end: str
    is_return: bool
    walks: int
    times: int

    @property
    def start_label(self) -> str:
        return str(StepKind(self.start).label)

    @property
    def end_label(self) -> str:
        return str(StepKind(self.end).label)


@dataclass(frozen=True)
class ProcessMap:
    """`walks` with steps; `returned`: of these, walks that were sent back at least once."""

    walks: int
    returned: int
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    @property
    def drawn_edges(self) -> tuple[Edge, ...]:
        """The arrows of the drawing: all, or where they are too many those at least one walk in twenty took."""
        if len(self.edges) <= ARROWS:
            return self.edges
        return tuple(edge for edge in self.edges if edge.walks * RARE >= self.walks)


def _first_places(stops: Stops) -> dict[str, int]:
    """Step → its first place in the walk, from 0."""
    first: dict[str, int] = {}
    for place, (kind, _) in enumerate(stops):
        first.setdefault(kind, place)
    return first


def passages(stops: Stops) -> list[Passage]:
    """(from, to, is it a return) of each passage of one walk, in its order."""
    first = _first_places(stops)
    return [
        (kind, following, sent_back or first[following] <= first[kind])
        for (kind, sent_back), (following, _) in zip(stops, stops[1:], strict=False)
    ]


def was_returned(stops: Stops) -> bool:
    """Whether this walk was sent back anywhere, also when it ended there."""
    return any(sent_back for _, sent_back in stops) or any(back for _, _, back in passages(stops))


def draw_map(
    traces: Iterable[Trace],
    *,
    minutes: Mapping[str, Counts],
    waiting: Mapping[str, Counts],
    handling: Mapping[str, Counts],
) -> ProcessMap:
    """The map of all `traces`. minutes, waiting, handling: by step, value in minutes → how often."""
    ways = Counter[Stops]()
    for trace in traces:
        if trace.stops:
            ways[trace.stops] += trace.walks
    walks, times, sent_back = Counter[str](), Counter[str](), Counter[str]()
    firsts: dict[str, Counter[int]] = defaultdict(Counter)
    taken, passed = Counter[Passage](), Counter[Passage]()
    for stops, often in ways.items():
        for kind, was_sent_back in stops:
            times[kind] += often
            sent_back[kind] += often * was_sent_back
        for kind, place in _first_places(stops).items():
            walks[kind] += often
            # A walk of one step (回头看核验) tells nothing about the order.
            firsts[kind][place + 1] += often * (len(stops) > 1)
        made = passages(stops)
        for passage in made:
            passed[passage] += often
        for passage in set(made):
            taken[passage] += often
    nodes = [
        Node(
            kind=kind,
            walks=walks[kind],
            times=times[kind],
            sent_back=sent_back[kind],
            position=_median(firsts[kind]),
            minutes=spread(minutes.get(kind, {})),
            waiting=spread(waiting.get(kind, {})),
            handling=spread(handling.get(kind, {})),
        )
        for kind in walks
    ]
    edges = [Edge(*passage, walks=taken[passage], times=passed[passage]) for passage in taken]
    edges.sort(key=lambda edge: (-edge.walks, _ORDER[edge.start], _ORDER[edge.end], edge.is_return))
    return ProcessMap(
        walks=sum(ways.values()),
        returned=sum(often for stops, often in ways.items() if was_returned(stops)),
        nodes=_placed(nodes, edges),
        edges=tuple(edges),
    )


def _median(counts: Counts) -> Number:
    found = spread(counts)
    return found.median if found else 1


def slowest(spreads: Mapping[str, Spread | None], walks: Mapping[str, int]) -> str:
    """The step with the longest median among those enough walks went through; "" when there is none."""
    known = {kind: found for kind, found in spreads.items() if found and walks.get(kind, 0) >= ENOUGH}
    longest = max(known, key=lambda kind: (known[kind].median, -_ORDER[kind]), default="")
    return longest if longest and known[longest].median > 0 else ""


def _placed(nodes: list[Node], edges: Sequence[Edge]) -> tuple[Node, ...]:
    """Columns from left to right without gaps; in a column the most walked step on top."""
    at = _columns(nodes, edges)
    columns = sorted(set(at.values()))
    longest = slowest({node.kind: node.minutes for node in nodes}, {node.kind: node.walks for node in nodes})
    rows = Counter[int]()
    placed = []
    for node in sorted(nodes, key=lambda node: (at[node.kind], -node.walks, _ORDER[node.kind])):
        column = columns.index(at[node.kind])
        placed.append(replace(node, column=column, row=rows[column], is_slowest=node.kind == longest))
        rows[column] += 1
    return tuple(placed)


def _columns(nodes: list[Node], edges: Sequence[Edge]) -> dict[str, int]:
    """The rounded median first position; and further right than every step that more walks come from than go back to.

    The forms are of different length, so the position alone would put 审批 of a short form left of 受理 of a long one.
    """
    onward = Counter({(edge.start, edge.end): edge.walks for edge in edges if not edge.is_return})
    before: dict[str, set[str]] = defaultdict(set)
    for (start, end), walks in sorted(
        onward.items(), key=lambda item: (-item[1], _ORDER[item[0][0]], _ORDER[item[0][1]])
    ):
        if walks > onward[end, start] and not _leads(before, end, start):
            before[end].add(start)
    at: dict[str, int] = {}

    def column(node_kind: str) -> int:
        if node_kind not in at:
            earlier = [column(kind) + 1 for kind in before[node_kind]]
            at[node_kind] = max([int(position[node_kind] + 0.5), *earlier])
        return at[node_kind]

    position = {node.kind: node.position for node in nodes}
    for node in nodes:
        column(node.kind)
    return at


def _leads(before: Mapping[str, set[str]], start: str, end: str) -> bool:
    """Whether there is already a way from `start` to `end`."""
    reached, look = set(), {end}
    while look:
        reached |= look
        look = {kind for here in look for kind in before.get(here, ())} - reached
    return start in reached
