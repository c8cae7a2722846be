"""办件数据 pages: who sees which cases, filters, the walks that name a case, the way there from the matter."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.enums import Reach, Role
from campaigns.lists import with_walks
from campaigns.models import Case, SessionCase, WalkSession
from campaigns.tests.factories import at, make_matter, make_posting, make_session, make_unit

pytestmark = pytest.mark.django_db


def make_case(matter, unit, number="BJ1", **fields):
    values = {"applied_at": at("2022-05-09", "09:00"), "finished_at": at("2022-05-10", "10:30")}
    return Case.objects.create(number=number, matter=matter, organization=unit, **{**values, **fields})


def test_the_list_shows_cases_in_reach_and_their_time(as_, city, reporter, bureau, matter):
    case = make_case(matter, bureau, correction_count=0, visit_count=2)
    other = make_unit("430400-032", city)
    foreign = make_case(matter, other, "BJ2", finished_at=None)
    client = as_(reporter)
    text = client.get("/cases/").text
    assert "共 1 条" in text
    assert f'href="{case.get_absolute_url()}"' in text
    assert "25.5" in text
    assert client.get(case.get_absolute_url()).status_code == 200
    assert client.get(foreign.get_absolute_url()).status_code == 404
    office = make_posting(city, Role.REFORM_OFFICE, reach=Reach.SUBTREE)
    assert "共 2 条" in as_(office).get("/cases/").text
    assert "—" in as_(office).get(foreign.get_absolute_url()).text


def test_filters(as_, reporter, bureau, matter):
    make_case(matter, bureau, "A1")
    make_case(
        make_matter(bureau, "参保登记", "SX-2"), bureau, "A2", applied_at=at("2022-06-10"), finished_at=None
    )
    client = as_(reporter)
    for query, found in (
        ("state=", 2),
        ("state=已办结", 1),
        ("state=未办结", 1),
        ("matter=SX-1", 1),
        ("matter=参保登记", 1),
        ("organization=430400-031", 2),
        ("organization=430400-032", 0),
        ("from=2022-06-01", 1),
        ("to=2022-05-31", 1),
        ("q=A2", 1),
        ("q=参保", 1),
    ):
        assert f"共 {found} 条" in client.get(f"/cases/?{query}").text, query


def test_a_case_tells_the_walks_that_name_it(as_, city, reporter, bureau, matter, campaign):
    """As the walk's own case or as one handled at the window; a walk that does both counts once, a draft not at all."""
    case = make_case(matter, bureau)
    own = make_session(campaign, bureau, matter=matter, case_number="BJ1")
    window = make_session(campaign, bureau, matter=matter, mode="WINDOW", window="3", case_number="BJ1")
    SessionCase.objects.create(session=window, case_number="BJ1")
    make_session(
        campaign, bureau, matter=matter, case_number="BJ1", state="DRAFT", held_on=None, recorded_at=None
    )
    make_session(campaign, bureau, matter=matter, case_number="BJ9")
    (row,) = with_walks([case], WalkSession.objects.held())
    assert row.walk_count == 2
    text = as_(reporter).get(case.get_absolute_url()).text
    assert own.number in text
    assert window.number in text
    assert text.count("BJ9") == 0


def test_the_matter_leads_to_its_cases(as_, city, reporter, bureau, matter, campaign):
    for number in range(3):
        make_case(matter, bureau, f"BJ{number}")
    link = 'href="/cases/?matter=SX-1"'
    assert link in as_(reporter).get(matter.get_absolute_url()).text
    walker = make_posting(bureau, Role.WALKER, "yibaoju.lingdao")
    assert link not in as_(walker).get(matter.get_absolute_url()).text
    assert as_(walker).get("/cases/").status_code == 403


def test_queries_do_not_grow_with_the_rows(as_, reporter, bureau, matter, campaign):
    client = as_(reporter)
    make_case(matter, bureau, "C0")
    make_session(campaign, bureau, matter=matter, case_number="C0")
    client.get("/cases/")
    with CaptureQueriesContext(connection) as one:
        client.get("/cases/")
    for number in range(1, 6):
        make_case(make_matter(bureau, code=f"M{number}"), bureau, f"C{number}")
        make_session(campaign, bureau, matter=matter, case_number=f"C{number}")
    with CaptureQueriesContext(connection) as six:
        client.get("/cases/")
    assert len(one) == len(six)
