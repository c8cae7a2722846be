"""What the page of a matter shows of its process: the reckoned rows with the addresses behind them, and the drawings."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from campaigns.enums import StepKind
from campaigns.ground.charts import spread_bar
from campaigns.guide import FIVE
from campaigns.models import Matter
from campaigns.process import Counts, Edge, Node, ProcessMap, draw_map, spread
from campaigns.process_places import (
    CaseRow,
    Half,
    PlaceRow,
    PlaceStep,
    Promise,
    PromiseRow,
    by_step,
    case_measures,
    compare,
    merged,
    trend,
    walked_measures,
)
from campaigns.process_rows import ProcessRows, read_process
from campaigns.process_svg import map_svg, trend_svg
from campaigns.process_walks import ON_MAP

_WHOLE_CITY = "全市"
_HALVES = 24


@dataclass(frozen=True)
class StepCell:
    """One step at one place, the address of its walks, and its bar on the axis all places of this step share."""

    step: PlaceStep
    url: str
    bar: str


@dataclass(frozen=True)
class ProcessPage:
    """Everything the template loops over; an address is empty for who may not open walks."""

    chart: ProcessMap
    walks: int
    walks_url: str
    map_svg: str
    trend_svg: str
    nodes: list[tuple[Node, str]]
    edges: list[tuple[Edge, str]]
    halves: list[tuple[Half, str]]
    places: list[tuple[PlaceRow, str, list[StepCell]]]
    promises: list[PromiseRow]
    cases: list[CaseRow]


def process_page(matter: Matter, *, may_open: bool, by_place: bool = True) -> ProcessPage:
    """The process of `matter` over all units of the city, from six statements.

    may_open: whether walks are linked. by_place False: without the comparison of the counties, which costs most.
    """
    rows = read_process(matter, by_place=by_place)
    chart = draw_map(rows.traces, minutes=by_step(rows.minutes), waiting=rows.waiting, handling=rows.handling)
    halves = trend(rows.halves)[-_HALVES:]
    link = partial(_walks_url, matter) if may_open else _no_url
    half_link = partial(_half_url, link)
    return ProcessPage(
        chart=chart,
        walks=sum(rows.totals.values()),
        walks_url=link(),
        map_svg=map_svg(chart, title=f"{matter.name}：实际走出来的流程", link=link) if chart.nodes else "",
        trend_svg=trend_svg(halves, title=f"{matter.name}：每半月全程用时中位数", link=half_link)
        if halves
        else "",
        nodes=[(node, link(step=node.kind)) for node in chart.nodes],
        edges=[(edge, link(step=edge.start, next=edge.end, returned=edge.is_return)) for edge in chart.edges],
        halves=[(half, half_link(half)) for half in halves],
        places=_compared(rows, chart, link) if by_place else [],
        promises=_promises(matter, rows),
        cases=_cases(rows),
    )


def _compared(
    rows: ProcessRows, chart: ProcessMap, link: Callable[..., str]
) -> list[tuple[PlaceRow, str, list[StepCell]]]:
    """The counties side by side, step by step."""
    kinds = [node.kind for node in chart.nodes]
    places = compare(
        rows.places, kinds, rows.traces, minutes=rows.minutes, whole=rows.whole, totals=rows.totals
    )
    return [
        (row, link(place=row.place.code) if row.walks else "", _cells(row, chart, places, link))
        for row in places
    ]


def _walks_url(matter: Matter, **narrowed: Any) -> str:
    """The list of the walks behind a number, in the words of its filter form."""
    query = {"matter": matter.code, "scope": ON_MAP}
    for name, value in narrowed.items():
        if name in ("step", "next"):
            value = StepKind(value).label
        elif name == "returned":
            value = "是" if value else "否"
        query[name] = value
    return f"{reverse('walk_list')}?{urlencode(query)}"


def _no_url(**narrowed: Any) -> str:
    return ""


def _half_url(link: Callable[..., str], half: Half) -> str:
    return link(**{"from": half.starts_on.isoformat(), "to": half.ends_on.isoformat()})


def _cells(
    row: PlaceRow, chart: ProcessMap, places: Sequence[PlaceRow], link: Callable[..., str]
) -> list[StepCell]:
    cells = []
    for number, (step, node) in enumerate(zip(row.steps, chart.nodes, strict=True)):
        found = step.minutes
        if not found:
            cells.append(StepCell(step, "", ""))
            continue
        top = max(float(other.steps[number].minutes.upper) for other in places if other.steps[number].minutes)
        bar = spread_bar(
            float(found.lower),
            float(found.median),
            float(found.upper),
            top=top,
            mark=float(node.minutes.median) if node.minutes else None,
        )
        cells.append(StepCell(step, link(place=row.place.code, step=step.kind), bar))
    return cells


def _promises(matter: Matter, rows: ProcessRows) -> list[PromiseRow]:
    """The whole city against the owner's guide, then each place that was walked or has a guide of its own."""
    measured = {
        met: {place.code: rows.five.get((place.code, met), {}) for place in rows.places} for *_, met in FIVE
    }
    told = [
        PromiseRow(
            _WHOLE_CITY, "", _five(matter, {}, {met: merged(by.values()) for met, by in measured.items()})
        )
    ]
    for place in rows.places:
        own = rows.guides.get(place.code, {})
        here = {met: by[place.code] for met, by in measured.items()}
        if own or any(here.values()):
            told.append(PromiseRow(place.name, place.code, _five(matter, own, here), has_own_guide=bool(own)))
    return told


def _five(matter: Matter, own: Mapping[str, Any], measured: Mapping[str, Counts]) -> tuple[Promise, ...]:
    return tuple(
        Promise(label, unit, own.get(name, getattr(matter, name)), spread(measured[met]))
        for _, label, unit, name, met in FIVE
    )


def _cases(rows: ProcessRows) -> list[CaseRow]:
    """Real cases beside the walks: the whole city, then each place that has cases. Nothing where there are none."""
    codes = [place.code for place in rows.places]
    known = [place for place in rows.places if rows.cases.get((place.code, "finished"))]
    if not known:
        return []
    groups = [(_WHOLE_CITY, codes), *((place.name, [place.code]) for place in known)]
    trips = {place: rows.five.get((place, "actual_trips"), {}) for place in codes}
    served = {
        what: {place: rows.cases.get((place, what), {}) for place in codes}
        for what in ("finished", "visits", "corrections")
    }
    return [
        CaseRow(
            name,
            walked_measures(group, rows.traces, whole=rows.whole, trips=trips),
            case_measures(group, **served),
        )
        for name, group in groups
    ]
