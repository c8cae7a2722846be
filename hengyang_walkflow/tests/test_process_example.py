"""Three matters of the example city: what their maps say, against the plain rows and the standard library."""

import statistics
from collections import defaultdict

import pytest

from campaigns.enums import OrganizationKind, SessionMode, SessionState
from campaigns.guide import FIVE
from campaigns.models import Matter, Organization, SessionStep, WalkSession
from campaigns.process_page import process_page
from campaigns.process_places import CITY
from campaigns.process_ways import way_of

MATTERS = ("4304-SX-0014", "4304-SX-0006", "4304-SX-0019")


def walks_of(matter: Matter) -> list[WalkSession]:
    rows = WalkSession.objects.filter(matter=matter).select_related("walked_unit", "corrected_by")
    return [
        row
        for row in rows
        if row.state != SessionState.DRAFT
        and row.mode != SessionMode.BACKWARD
        and not hasattr(row, "corrected_by")
    ]


def place_of(unit: Organization, counties: list[Organization]) -> str:
    return next((county.code for county in counties if unit.path.startswith(county.path)), CITY)


def test_every_walk_tells_its_steps(example):
    """Whoever writes steps writes the way: entered, imported, sent from a phone, corrected or grown."""
    steps = defaultdict(list)
    for step in SessionStep.objects.order_by("session_id", "sequence"):
        steps[step.session_id].append(step)
    for walk in WalkSession.objects.all():
        assert (walk.way, walk.way_minutes) == way_of(steps[walk.pk]), walk


@pytest.mark.parametrize("code", MATTERS)
def test_the_map_is_what_the_rows_say(example, code):
    matter = Matter.objects.get(code=code)
    walks = walks_of(matter)
    steps = defaultdict(list)
    for step in SessionStep.objects.filter(session__in=walks).order_by("session_id", "sequence"):
        steps[step.session_id].append(step)
    every = [step for rows in steps.values() for step in rows]
    page = process_page(matter, may_open=True)
    assert (page.walks, page.chart.walks) == (len(walks), len(steps))
    assert {node.kind for node in page.chart.nodes} == {step.kind for step in every}
    for node in page.chart.nodes:
        own = [step for step in every if step.kind == node.kind]
        waited = [step for step in own if step.waiting_minutes is not None]
        assert node.walks == len({step.session_id for step in own})
        assert node.minutes.median == statistics.median(step.minutes for step in own)
        assert node.sent_back == sum(step.result in ("RETURNED", "SUPPLEMENT") for step in own)
        if waited:
            handled = [max(0, step.minutes - step.waiting_minutes) for step in waited]
            assert node.waiting.median == statistics.median(step.waiting_minutes for step in waited)
            assert node.handling.median == statistics.median(handled)
    taken = defaultdict(set)
    for rows in steps.values():
        for one, other in zip(rows, rows[1:], strict=False):
            taken[one.kind, other.kind].add(one.session_id)
    drawn = defaultdict(int)
    for edge, _ in page.edges:
        drawn[edge.start, edge.end] += edge.walks
    assert drawn.keys() == taken.keys()
    assert all(drawn[pair] >= len(walked) for pair, walked in taken.items())


@pytest.mark.parametrize("code", MATTERS)
def test_the_twelve_counties_are_what_the_rows_say(example, code):
    matter = Matter.objects.get(code=code)
    counties = list(Organization.objects.filter(kind=OrganizationKind.COUNTY).order_by("code"))
    walks = walks_of(matter)
    place = {walk.pk: place_of(walk.walked_unit, counties) for walk in walks}
    minutes = defaultdict(list)
    for step in SessionStep.objects.filter(session__in=walks):
        minutes[place[step.session_id], step.kind].append((step.session_id, step.minutes))
    page = process_page(matter, may_open=True)
    assert [row.place.code for row, *_ in page.places] == [CITY, *(county.code for county in counties)]
    for row, *_ in page.places:
        assert row.walks == sum(at == row.place.code for at in place.values())
        for step in row.steps:
            own = minutes[row.place.code, step.kind]
            assert step.walks == len({walk for walk, _ in own})
            assert (step.minutes and step.minutes.median) == (
                statistics.median(n for _, n in own) if own else None
            )
            if step.walks < 3:
                assert step.rank is None
            if step.rank:
                medians = [
                    statistics.median(took for _, took in minutes[county, step.kind])
                    for county in {CITY, *(one.code for one in counties)}
                    if len({walk for walk, _ in minutes[county, step.kind]}) >= 3
                ]
                assert step.ranked == len(medians)
                assert step.rank == 1 + sum(other < step.minutes.median for other in medians)


@pytest.mark.parametrize("code", MATTERS)
def test_promise_and_measure_are_what_the_rows_say(example, code):
    matter = Matter.objects.get(code=code)
    walks = walks_of(matter)
    whole = process_page(matter, may_open=True).promises[0]
    assert whole.name == "全市"
    for (*_, promised, met), number in zip(FIVE, whole.numbers, strict=True):
        known = [getattr(walk, met) for walk in walks if getattr(walk, met) is not None]
        assert number.guide == getattr(matter, promised)
        assert number.measured.n == len(known)
        assert number.measured.median == statistics.median(known)


def test_the_counties_tell_their_stories(example):
    """Where the example makes people wait, the page says so (reports.example.counties)."""
    told = {}
    for code in MATTERS:
        page = process_page(Matter.objects.get(code=code), may_open=True)
        told[code] = {row.place.name: row for row, *_ in page.places}
    assert told["4304-SX-0014"]["耒阳市"].lost_label == "排队"
    land = told["4304-SX-0006"]["衡南县"]
    assert land.lost_label == "审批"
    assert next(step for step in land.steps if step.kind == "APPROVE").is_slowest
    pension = process_page(Matter.objects.get(code="4304-SX-0019"), may_open=True)
    back = {(edge.start_label, edge.end_label) for edge, _ in pension.edges if edge.is_return}
    assert {("受理", "补正"), ("补正", "受理")} <= back
