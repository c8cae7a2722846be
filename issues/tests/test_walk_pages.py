"""What a walk's and a matter's page say of the things found there, and who is offered to register more."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.actions.corrections import correct_session
from campaigns.enums import Role, SessionState
from campaigns.models import Category, CheckPoint
from campaigns.tests.factories import at, make_person, make_posting, make_session, make_unit
from issues.actions.findings import register_demand, register_problem
from issues.tests.factories import NOW, ON, make_city

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return make_city()


@pytest.fixture
def walk(city):
    """A walk of 市医保局 with two points that failed, and 市医保局's 填报员 as `by`."""
    session = make_session(city.campaign, city.yibao, [make_person(city.yibao)], city.matter)
    for code in ("A01", "B03"):
        category = Category.objects.get(code=code)
        CheckPoint.objects.create(session=session, category=category, verdict="FAILS", note=f"见 {code}")
    return session


@pytest.fixture
def by(city):
    return make_posting(city.yibao, Role.REPORTER)


def found(city, walk, by, code: str = "A01"):
    return register_problem(
        by=by,
        now=NOW,
        campaign=city.campaign,
        reporting_unit=city.yibao,
        responsible_unit=city.yibao,
        session=walk,
        matter=city.matter,
        category=Category.objects.get(code=code),
        text="窗口多要一份身份证复印件",
        found_on=ON,
    )


def read(client, posting, url: str) -> str:
    client.force_login(posting.person.user)
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_failed_point_leads_to_the_problem_form(client, walk, by):
    words = read(client, by, walk.get_absolute_url())
    assert f"?session={walk.pk}&amp;category=A01" in words
    assert f"?session={walk.pk}&amp;category=B03" in words


def test_a_point_that_became_a_problem_is_not_offered_again(client, city, walk, by):
    problem = found(city, walk, by)
    words = read(client, by, walk.get_absolute_url())
    assert problem.number in words
    assert "已登记问题" in words
    assert "category=A01" not in words
    assert "category=B03" in words


@pytest.mark.parametrize("role", [Role.DEPUTY, Role.HEAD, Role.WALKER])
def test_only_who_may_register_is_offered_it(client, city, walk, role):
    posting = make_posting(city.yibao, role, person=walk.walkers.get())
    assert "category=A01" not in read(client, posting, walk.get_absolute_url())


def test_a_draft_is_finished_first(client, city, by):
    draft = make_session(city.campaign, city.yibao, matter=city.matter, state=SessionState.DRAFT)
    assert "登记问题</a>" not in read(client, by, draft.get_absolute_url())


def test_a_matter_shows_what_was_found_on_it(client, city, walk, by):
    problem = found(city, walk, by)
    words = read(client, by, city.matter.get_absolute_url())
    assert problem.number in words
    assert walk.number in words


@pytest.mark.parametrize("shown", ["walk", "matter"])
def test_as_many_queries_for_one_finding_as_for_six(client, city, walk, by, shown):
    url = walk.get_absolute_url() if shown == "walk" else city.matter.get_absolute_url()

    def grow(n: int) -> None:
        found(city, walk, by, f"A0{n}").helper_units.add(make_unit(f"430400-80{n}", city.root))
        register_demand(
            by=by,
            now=NOW,
            campaign=city.campaign,
            reporting_unit=city.yibao,
            session=walk,
            matter=city.matter,
            party="CITIZEN",
            source="现场听取",
            text="希望少跑一趟",
            found_on=ON,
        )

    def count() -> int:
        with CaptureQueriesContext(connection) as counted:
            read(client, by, url)
        return len(counted)

    grow(1)
    read(client, by, url)  # the first page of a process also reads what it keeps
    one = count()
    for n in range(2, 7):
        grow(n)
    assert count() == one


def test_what_was_found_stays_with_the_registration_when_it_is_corrected(client, city, by):
    walker = make_posting(city.yibao, Role.WALKER)
    confirmed = SessionState.CONFIRMED
    walk = make_session(city.campaign, city.yibao, [walker.person], city.matter, state=confirmed)
    problem = found(city, walk, by)
    now = correct_session(
        session=walk,
        by=by,
        now=at("2022-06-20"),
        reason="时间写错",
        walkers=[walker.person],
        parts={},
        facts={},
    )
    problem.refresh_from_db()
    assert (problem.session_id, now.number) == (walk.pk, walk.number)
    assert problem.number in read(client, by, now.get_absolute_url())
    before = read(client, by, now.corrects.get_absolute_url())
    assert problem.number in before
    assert "?session=" not in before, "nothing more is registered on what no longer holds"


def test_a_matter_with_many_walks_comes_in_two_requests(client, city, by, walk, monkeypatch):
    monkeypatch.setattr("issues.views.walks.MANY", 1)
    address = city.matter.get_absolute_url()
    page = read(client, by, address)
    assert f'hx-get="{address}places/"' in page
    assert "办理单位和全程体验" not in page
    assert 'href="?places=1#places"' in page, "without script the same is one click away"
    whole = read(client, by, f"{address}?places=1")
    assert "办理单位和全程体验" in whole
    assert "hx-trigger" not in whole
    part = client.get(f"{address}places/", headers={"HX-Request": "true"}).content.decode()
    assert "办理单位和全程体验" in part
    assert "<html" not in part
    answer = client.get(f"{address}places/")
    assert (answer.status_code, answer["Location"]) == (302, f"{address}?places=1#places")
    monkeypatch.setattr("issues.views.walks.MANY", 2)
    assert "办理单位和全程体验" in read(client, by, address)


def test_the_other_half_of_a_matter_is_for_who_may_read_the_first(client, city):
    auditor = make_posting(city.yibao, Role.AUDITOR)
    client.force_login(auditor.person.user)
    assert client.get(f"{city.matter.get_absolute_url()}places/").status_code == 403
