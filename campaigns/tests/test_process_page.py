"""The map from recorded walks: which count, what the database reckons, what the page shows and to whom."""

import random
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.enums import OrganizationKind, Reach, Role, SessionMode, SessionState
from campaigns.forms.filters import WalkFilter
from campaigns.models import Case, WalkSession
from campaigns.process_page import process_page
from campaigns.process_places import CITY
from campaigns.process_rows import read_process
from campaigns.tests.factories import (
    at,
    make_matter,
    make_matter_unit,
    make_person,
    make_posting,
    make_session,
    make_steps,
    make_unit,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def county(city):
    return make_unit("430481", city, OrganizationKind.COUNTY, "耒阳市人民政府", "耒阳市")


@pytest.fixture
def office(county):
    return make_unit("430481-031", county, OrganizationKind.COUNTY_DEPARTMENT, "耒阳市医保局")


@pytest.fixture
def walker(bureau):
    return make_person(bureau, "周某")


@pytest.fixture
def walk(campaign, bureau, matter, walker):
    """walk("QUEUE 30/20", "ACCEPT! 12"): steps with minutes and, after the stroke, minutes waited; ! is 退回."""

    def make(*steps: str, unit=None, day="2022-05-10", **fields) -> WalkSession:
        start = at(day, "09:00")
        end = start + timedelta(minutes=sum(int(step.split()[1].split("/")[0]) for step in steps))
        values = {"walked_unit": unit or bureau, "started_at": start, "ended_at": end, **fields}
        session = make_session(campaign, bureau, [walker], matter, **values)
        return make_steps(session, *map(_step, steps))

    return make


def _step(words: str) -> dict:
    kind, took = words.split()
    minutes, _, waited = took.partition("/")
    return {
        "kind": kind.rstrip("!"),
        "minutes": int(minutes),
        "waiting_minutes": int(waited) if waited else None,
        "result": "RETURNED" if kind.endswith("!") else "PASSED",
    }


def shown(page) -> dict[str, tuple]:
    """Step → walks, medians of the whole, the waiting and the handling."""
    return {
        node.label: (
            node.walks,
            *(found.median if found else None for found in (node.minutes, node.waiting, node.handling)),
        )
        for node in page.chart.nodes
    }


def test_medians_of_recorded_steps_by_hand(walk, matter):
    walk("QUEUE 30/20", "ACCEPT 12", "DELIVER 5")
    walk("QUEUE 40/40", "ACCEPT 8/3", "DELIVER 5", is_simulated=True)
    walk("QUEUE 10/25", "ACCEPT! 10", "SUPPLEMENT 60", "ACCEPT 14/4", "DELIVER 9")
    page = process_page(matter, may_open=True)
    # 排队 30 40 10 · waited 20 40 25 · handled 10, 0, and 10 − 25 is never below 0.
    # 受理 12 8 10 14 · waited 3 4 (unknown twice) · handled 5 10.
    assert shown(page) == {
        "排队": (3, 30, 25, 0),
        "受理": (3, 11, 3.5, 7.5),
        "补正": (1, 60, None, None),
        "出件": (3, 5, None, None),
    }
    assert (page.chart.walks, page.chart.returned) == (3, 1)
    assert [(edge.start_label, edge.end_label, edge.is_return, edge.walks) for edge, _ in page.edges] == [
        ("排队", "受理", False, 3),
        ("受理", "出件", False, 3),
        ("受理", "补正", True, 1),
        ("补正", "受理", True, 1),
    ]


def test_drafts_corrected_and_backward_walks_do_not_count(walk, matter):
    walk("QUEUE 30", "ACCEPT 10")
    walk("QUEUE 500", "ACCEPT 10", state=SessionState.DRAFT)
    walk("DELIVER 5", "ACCEPT 500", mode=SessionMode.BACKWARD, work_order="GD-1")
    old = walk("QUEUE 900", "ACCEPT 900")
    told = {"amended_by": old.recorded_by, "amended_at": old.recorded_at}
    walk("QUEUE 20", "ACCEPT 10", corrects=old, correction_reason="时间填错", **told)
    page = process_page(matter, may_open=True)
    assert shown(page) == {"排队": (2, 25, None, None), "受理": (2, 10, None, None)}
    assert page.walks == 2


def test_minutes_are_cut_alike_on_both_databases(walk, matter):
    start = at("2022-05-10", "09:00")
    for span in (timedelta(seconds=59, milliseconds=999), timedelta(hours=30, minutes=5)):
        session = walk("QUEUE 0", "ACCEPT 1")
        WalkSession.objects.filter(pk=session.pk).update(started_at=start, ended_at=start + span)
    assert sorted(read_process(matter).whole[CITY]) == [0, 1805]


def test_a_walk_without_steps_is_a_walk_and_no_way(walk, matter):
    walk()
    rows = read_process(matter)
    assert (rows.totals, rows.traces, dict(rows.minutes)) == ({CITY: 1}, [], {})


def test_places_promises_and_halves(walk, matter, office, county):
    make_matter_unit(matter, office, promised_days=3)
    for day, minutes, days, fee in (
        ("2022-04-30", 30, 4, "10"),
        ("2022-05-15", 50, 6, "19.99"),
        ("2022-05-16", 70, 8, "80"),
    ):
        walk(f"QUEUE {minutes}", "ACCEPT 10", unit=office, day=day, actual_days=days, actual_fee=Decimal(fee))
    walk("QUEUE 20", "ACCEPT 10", actual_days=5)
    walk("ACCEPT 300")  # one step walked again: it is in the map, but not a whole walk
    page = process_page(matter, may_open=True)
    rows = {row.place.name: row for row, _, _ in page.places}
    assert list(rows) == [CITY, "耒阳市"]
    assert (rows["耒阳市"].walks, rows["耒阳市"].whole.median, rows["耒阳市"].steps[0].minutes.median) == (
        3,
        60,
        50,
    )
    assert (rows[CITY].walks, rows[CITY].whole.n) == (2, 1)
    told = {(row.name, number.label): number for row in page.promises for number in row.numbers}
    assert (told["耒阳市", "时限"].guide, told["耒阳市", "时限"].measured.median) == (3, 6)
    assert told["耒阳市", "时限"].difference == "比承诺多 3 个工作日"
    assert (told["全市", "时限"].guide, told["全市", "时限"].measured.median) == (5, 5.5)
    assert told["耒阳市", "费用"].measured.median == Decimal("19.99")
    assert told["耒阳市", "材料"].guide == 6, "what the unit leaves open is as the owner promises"
    assert [(half.label, half.minutes.median, half.minutes.n) for half, _ in page.halves] == [
        ("2022年4月下半月", 40, 1),
        ("2022年5月上半月", 45, 2),
        ("2022年5月下半月", 80, 1),
    ]
    assert (page.halves[0][0].starts_on, page.halves[0][0].ends_on) == (date(2022, 4, 16), date(2022, 4, 30))


def test_real_cases_stand_beside_the_walks(walk, matter, office):
    walk("QUEUE 20", "ACCEPT! 10", actual_trips=1)
    for number, (hours, visits, corrections) in enumerate(
        ((24, 1, 0), (48, 2, 0), (96, 2, 1), (None, 3, None))
    ):
        applied = at("2022-05-02")
        Case.objects.create(
            number=f"BJ{number}",
            matter=matter,
            organization=office,
            applied_at=applied,
            finished_at=applied + timedelta(hours=hours) if hours else None,
            visit_count=visits,
            correction_count=corrections,
        )
    whole, here = process_page(matter, may_open=True).cases
    assert (whole.name, here.name) == ("全市", "耒阳市")
    assert (here.cases.n, here.cases.minutes.median, here.cases.visits.median) == (3, 48 * 60, 2)
    assert (here.cases.returned_share, here.walked.n) == ("33%", 0)
    assert (whole.walked.minutes.median, whole.walked.returned_share) == (30, "100%")


def test_the_walks_behind_every_number_are_as_many(walk, matter, office):
    """Each step, arrow, place and half month leads to a list of exactly so many walks."""
    rng = random.Random(7)
    kinds = ["CONSULT", "QUEUE", "ACCEPT", "SUPPLEMENT", "APPROVE"]
    for number in range(25):
        steps = [f"{rng.choice(kinds)}{rng.choice(('', '', '!'))} 5" for _ in range(rng.randint(1, 7))]
        day = f"2022-05-{rng.randint(10, 20)}"
        mode = {"mode": SessionMode.BACKWARD, "work_order": "GD-1"} if number % 9 == 4 else {}
        walk(*steps, unit=office if number % 3 else None, day=day, **mode)
    page = process_page(matter, may_open=True)
    numbers = [(node.walks, url) for node, url in page.nodes]
    numbers += [(edge.walks, url) for edge, url in page.edges]
    numbers += [(row.walks, url) for row, url, _ in page.places]
    numbers += [(cell.step.walks, cell.url) for *_, cells in page.places for cell in cells if cell.url]
    assert len(numbers) > 30
    for walks, url in [*numbers, (page.walks, page.walks_url)]:
        said = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert WalkFilter(said).narrow(WalkSession.objects.all()).count() == walks, url


def test_the_page_asks_as_many_questions_for_one_walk_as_for_sixty(as_, reporter, walk, matter, office):
    client = as_(reporter)

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = client.get(f"/matters/{matter.code}/")
        assert answer.status_code == 200
        return len(queries)

    walk("QUEUE 30/20", "ACCEPT 10")
    client.get(f"/matters/{matter.code}/")
    once = asked()
    for number in range(59):
        walk("QUEUE 30/20", "ACCEPT! 10", "SUPPLEMENT 5", "ACCEPT 10", unit=office if number % 2 else None)
    assert asked() == once
    with CaptureQueriesContext(connection) as queries:
        process_page(matter, may_open=True)
    assert len(queries) == 6


def test_the_page_shows_the_map_and_says_what_it_counts(as_, reporter, walk, bureau, office):
    matter = make_matter(bureau, "<script>alert(1)</script> & “事项”", "SX-&9")
    session = walk("QUEUE 30/20", "ACCEPT! 10", "QUEUE 30/10", "ACCEPT 10", unit=office)
    WalkSession.objects.filter(pk=session.pk).update(matter=matter)
    told = as_(reporter).get(matter.get_absolute_url()).content.decode()
    assert "实际走出来的流程" in told
    assert "您有权查看的记录" in told
    assert 'class="chart process-map"' in told
    assert "<script>alert" not in told
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; “事项”：实际走出来的流程" in told
    assert "/walks/?matter=SX-%269&amp;scope=" in told
    assert 'style="' not in told


def test_a_matter_nobody_walked_says_so(as_, reporter, matter):
    told = as_(reporter).get(matter.get_absolute_url()).content.decode()
    assert "还没有走出来的流程" in told
    assert "县市区对比" not in told


def test_the_map_is_of_the_whole_city_but_its_links_open_what_one_may_see(as_, walk, matter, office, county):
    walk("QUEUE 30", "ACCEPT 10")
    walk("QUEUE 50", "ACCEPT 10", unit=office)
    client = as_(make_posting(county, Role.REPORTER, "leiyang.tianbao", Reach.SUBTREE))
    told = client.get(matter.get_absolute_url()).content.decode()
    assert "排队，2 次走流程，用时中位数 40 分钟" in told
    listed = client.get(f"/walks/?matter={matter.code}&scope=流程图&step=排队").content.decode()
    assert "共 1 条" in listed


def test_who_may_not_open_walks_gets_no_links(as_, walk, matter, city):
    walk("QUEUE 30", "ACCEPT 10")
    told = (
        as_(make_posting(city, Role.ADMIN, "admin", Reach.SUBTREE))
        .get(matter.get_absolute_url())
        .content.decode()
    )
    assert "排队，1 次走流程" in told
    assert "&amp;scope=" not in told
