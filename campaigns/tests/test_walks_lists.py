"""Lists and single walks: who sees what, what the filters find, how many queries it takes."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.enums import BUSINESS_ROLES, Reach, Role
from campaigns.models import Category, CheckPoint, Companion, SessionCase, SessionStep
from campaigns.tests.factories import (
    at,
    make_complaint,
    make_matter,
    make_matter_unit,
    make_person,
    make_posting,
    make_session,
    make_unit,
)
from campaigns.tests.test_uploads import picture

pytestmark = pytest.mark.django_db
LIST = "/walks/"


@pytest.fixture
def neighbour(city):
    return make_unit("430400-014", parent=city, short_name="市人社局")


@pytest.mark.parametrize("role", BUSINESS_ROLES)
def test_every_role_reads_the_list_and_a_walk(as_, city, bureau, campaign, matter, person, role):
    at_city = role in (Role.REFORM_OFFICE, Role.INSPECTOR)
    posting = make_posting(
        city if at_city else bureau, role, person=person, reach=Reach.SUBTREE if at_city else Reach.OWN
    )
    session = make_session(campaign, bureau, [person], matter)
    client = as_(posting)
    assert session.number in client.get(LIST).content.decode()
    words = client.get(f"/walks/{session.pk}/").content.decode()
    assert "环节时间线" in words
    assert ("登记走流程" in client.get(LIST).content.decode()) == (role in (Role.REPORTER, Role.WALKER))
    if role != Role.WALKER:
        make_complaint(bureau, "GD-1", matter=matter)
        assert "GD-1" in client.get("/complaints/").content.decode()
    assert matter.name in client.get("/matters/").content.decode()
    assert matter.name in client.get("/matters/SX-1/").content.decode()


@pytest.mark.parametrize("role", [Role.ADMIN, Role.SECURITY, Role.AUDITOR])
def test_wrong_role_reads_a_sentence(as_, bureau, campaign, role):
    answer = as_(make_posting(bureau, role)).get(LIST)
    assert answer.status_code == 403
    assert "您当前的身份是" in answer.content.decode()


@pytest.mark.parametrize("role", [Role.DEPUTY, Role.HEAD, Role.REFORM_OFFICE, Role.INSPECTOR])
def test_only_recorders_open_the_page(as_, bureau, campaign, role):
    assert as_(make_posting(bureau, role)).get("/walks/new/").status_code == 403


def test_a_stranger_finds_nothing(as_, neighbour, campaign, bureau, matter, person, reporter, settings):
    session = make_session(campaign, bureau, [person], matter)
    client = as_(reporter)
    client.post(f"/walks/{session.pk}/evidence/", {"files": SimpleUploadedFile("a.png", picture("PNG"))})
    evidence = session.evidence.get()
    complaint = make_complaint(bureau)
    client = as_(make_posting(neighbour, Role.REPORTER))
    for url in (
        f"/walks/{session.pk}/",
        f"/walks/{session.pk}/edit/",
        f"/files/evidence/{evidence.pk}/",
        f"/complaints/{complaint.pk}/",
    ):
        assert client.get(url).status_code == 404, url
    assert client.post(f"/walks/{session.pk}/confirm/").status_code == 404
    assert client.post(f"/walks/{session.pk}/evidence/").status_code == 404
    assert "共 0 条" in client.get(LIST).content.decode()


def test_the_unit_walked_in_reads_but_does_not_change(as_, neighbour, campaign, matter, reporter):
    session = make_session(campaign, neighbour, matter=matter)
    client = as_(reporter)
    assert client.get(f"/walks/{session.pk}/").status_code == 200
    assert client.get(f"/walks/{session.pk}/edit/").status_code == 403


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=周某", {1}),
        ("q=异地", {1, 2}),
        ("q=0003", {3}),
        ("organization=430400-014", {3}),
        ("organization=市医保局", {1, 2}),
        ("mode=亲身办", {1, 3}),
        ("mode=坐窗办", {2}),
        ("mode=随便", set()),
        ("matter=SX-1", {1, 2}),
        ("state=本人已确认", {3}),
        ("from=2022-05-12", {2, 3}),
        ("to=2022-05-11", {1}),
        ("from=2022-05-12&to=2022-05-12", {2}),
        ("from=abc", set()),
        ("", {1, 2, 3}),
    ],
)
def test_filters(as_, city, bureau, neighbour, campaign, matter, person, query, found):
    make_session(campaign, bureau, [person], matter, at("2022-05-11", "23:30"))
    make_session(campaign, bureau, None, matter, at("2022-05-12"), mode="WINDOW", window="A")
    make_session(campaign, neighbour, None, None, at("2022-05-13"), state="CONFIRMED")
    posting = make_posting(city, Role.REFORM_OFFICE, reach=Reach.SUBTREE)
    answer = as_(posting).get(f"{LIST}?{query}")
    assert {int(row.name[-4:]) for row in answer.context["table"].rows} == found
    assert f"共 {len(found)} 条" in answer.content.decode()


def test_matter_filters(as_, reporter, bureau, neighbour):
    make_matter(bureau, "异地就医备案", "SX-1", focuses=["FREQUENT", "PRESSING"])
    make_matter(neighbour, "社保卡申领", "SX-2", focuses=["HARD"])
    client = as_(reporter)

    def found(query: str) -> str:
        return "".join(row.name for row in client.get(f"/matters/?{query}").context["table"].rows)

    assert found("focus=急难愁盼") == "异地就医备案"
    assert found("focus=重点难点") == "社保卡申领"
    assert found("organization=430400-014") == "社保卡申领"
    assert found("q=SX-1") == "异地就医备案"


def test_complaint_filters_and_mask(as_, reporter, bureau, matter):
    complaint = make_complaint(bureau, "GD-1", satisfaction="BAD", matter=matter)
    make_complaint(bureau, "GD-2", source="RATING", received_at=at("2022-06-01"))
    client = as_(reporter)
    for query, found in (
        ("satisfaction=不满意", ["GD-1"]),
        ("source=好差评", ["GD-2"]),
        ("from=2022-05-20", ["GD-2"]),
        ("matter=SX-1", ["GD-1"]),
        ("q=GD-2", ["GD-2"]),
    ):
        rows = client.get(f"/complaints/?{query}").context["table"].rows
        assert [row.name for row in rows] == found
    words = client.get(f"/complaints/{complaint.pk}/").content.decode()
    assert "138****0001" in words
    assert "欧**" in words
    assert "13800000001" not in words
    assert "欧阳某" not in words


@pytest.mark.parametrize("url", ["/walks/", "/matters/", "/complaints/", "/matters/SX-1/", "/walks/{pk}/"])
def test_as_many_queries_for_one_row_as_for_six(as_, reporter, campaign, bureau, matter, person, url):
    client = as_(reporter)
    categories = list(Category.objects.order_by("code")[:6])
    walk = make_session(campaign, bureau, [person], matter)

    def grow(n: int) -> None:
        session = make_session(campaign, bureau, [make_person(bureau)], matter) if n else walk
        walk.walkers.add(make_person(bureau))
        make_complaint(bureau, matter=matter)
        make_matter(bureau)
        make_matter_unit(matter, make_unit(f"430400-9{n}", parent=bureau.parent))
        Companion.objects.create(session=walk, name="王某")
        SessionCase.objects.create(session=walk, case_number=f"BJ{n}", matter=matter)
        CheckPoint.objects.create(session=walk, category=categories[n], verdict="FAILS")
        times = {"started_at": session.started_at, "ended_at": session.ended_at}
        SessionStep.objects.create(session=walk, sequence=n + 1, kind="FILL", **times)

    def count() -> int:
        with CaptureQueriesContext(connection) as counted:
            assert client.get(url.format(pk=walk.pk)).status_code == 200
        return len(counted)

    grow(0)
    one = count()
    for n in range(1, 6):
        grow(n)
    assert count() == one
