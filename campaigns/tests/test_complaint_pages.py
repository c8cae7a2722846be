"""投诉工单 pages: filters, the banner of a heap with its why, the walk that answered; 办件编号 checked on a walk."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.actions.complaint_tasks import open_tasks
from campaigns.actions.walks import record_session
from campaigns.case_check import check_cases
from campaigns.enums import Reach, Role
from campaigns.models import Case, SessionCase, WalkTask
from campaigns.tests.factories import (
    NOW,
    at,
    make_complaint,
    make_matter,
    make_person,
    make_posting,
    make_session,
    make_unit,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def heap(bureau, matter, campaign):
    made = [
        make_complaint(bureau, f"GD{n}", matter=matter, received_at=at("2022-06-16", f"{9 + n:02d}:00"))
        for n in range(5)
    ]
    open_tasks(on=NOW.date(), now=NOW)
    return made


def walk_back(campaign, bureau, matter, number="GD2"):
    return record_session(
        by=None,
        now=at("2022-06-21", "18:00"),
        campaign=campaign,
        reporting_unit=bureau,
        walkers=[make_person(bureau)],
        mode="BACKWARD",
        channel="HALL_WINDOW",
        matter=matter,
        started_at=at("2022-06-21", "09:00"),
        ended_at=at("2022-06-21", "10:00"),
        narrative="从办结往前倒推。",
        facts={"work_order": number, "blocking_step": "APPROVE"},
    )


def test_the_list_says_where_complaints_gather_and_why(as_, reporter, heap):
    client = as_(reporter)
    text = client.get("/complaints/").text
    assert "市医保局“异地就医备案”近30日内收到投诉5件，达到5件。" in text
    assert "2022-06-21" in text
    assert 'href="/complaints/?matter=SX-1&amp;organization=430400-031"' in text
    own = client.get("/complaints/?matter=SX-1&organization=430400-031").text
    assert "共 5 条" in own
    assert "查看这些工单" not in own
    assert "差评投诉集中" not in client.get("/complaints/?matter=SX-9").text


def test_strangers_see_no_banner(as_, city, heap):
    other = make_posting(make_unit("430400-032", city), Role.REPORTER)
    assert "差评投诉集中" not in as_(other).get("/complaints/").text
    office = make_posting(city, Role.REFORM_OFFICE, reach=Reach.SUBTREE)
    assert "差评投诉集中" in as_(office).get("/complaints/").text


def test_a_recorded_walk_settles_the_task_and_every_complaint_shows_it(
    as_, reporter, bureau, matter, campaign, heap
):
    session = walk_back(campaign, bureau, matter)
    task = WalkTask.objects.get()
    assert (task.session, task.deadline.is_open) == (session, False)
    assert session.complaint == heap[2]
    client = as_(reporter)
    page = client.get(f"/complaints/{heap[2].pk}/").text
    assert page.count(session.number) >= 2
    assert f'已由走流程 <a href="/walks/{session.pk}/">{session.number}</a> 于 2022-06-21 倒推办' in page
    assert session.number in client.get(f"/complaints/{heap[0].pk}/").text
    later = make_complaint(bureau, "GD9", matter=matter, received_at=at("2022-07-01"))
    assert "差评投诉集中" not in client.get(f"/complaints/{later.pk}/").text
    assert "差评投诉集中" not in client.get("/complaints/").text


def test_filters(as_, reporter, bureau, matter):
    make_complaint(
        bureau, "A1", matter=matter, source="RATING", satisfaction="BAD", received_at=at("2022-06-01")
    )
    make_complaint(bureau, "A2", received_at=at("2022-06-10"))
    client = as_(reporter)
    for query, found in (
        ("来源=", 2),
        ("source=好差评", 1),
        ("satisfaction=不满意", 1),
        ("matter=SX-1", 1),
        ("organization=430400-031", 2),
        ("from=2022-06-02", 1),
        ("to=2022-06-09", 1),
        ("q=A2", 1),
    ):
        assert f"共 {found} 条" in client.get(f"/complaints/?{query}").text, query


def test_queries_do_not_grow_with_the_rows(as_, reporter, bureau, campaign):
    client = as_(reporter)

    def more(number):
        matter = make_matter(bureau, code=f"M{number}")
        for each in range(5):
            make_complaint(bureau, f"M{number}-{each}", matter=matter, received_at=at("2022-06-16"))
        open_tasks(on=NOW.date(), now=NOW)

    more(1)
    client.get("/complaints/")
    with CaptureQueriesContext(connection) as one:
        client.get("/complaints/")
    for number in range(2, 5):
        more(number)
    with CaptureQueriesContext(connection) as four:
        client.get("/complaints/")
    assert len(one) == len(four)


# --- 办件核对


def make_case(matter, unit, number="BJ1", **fields):
    values = {"applied_at": at("2022-05-09"), "finished_at": at("2022-05-12")}
    return Case.objects.create(number=number, matter=matter, organization=unit, **{**values, **fields})


def test_a_case_number_is_compared_and_never_blocks(as_, city, reporter, bureau, matter, campaign):
    session = make_session(campaign, bureau, matter=matter, case_number="BJ1")
    assert check_cases(session) == []
    make_case(matter, bureau)
    (check,) = check_cases(session)
    assert check.agrees
    Case.objects.update(number="BJ2")
    (check,) = check_cases(session)
    assert (check.is_found, check.agrees) == (False, False)
    assert "办件数据里没有这个编号" in as_(reporter).get(session.get_absolute_url()).text
    other = make_matter(bureau, "参保登记")
    make_case(other, city, "BJ1", applied_at=at("2022-05-11"), finished_at=None)
    (check,) = check_cases(session)
    assert [(point.label, point.agrees) for point in check.points] == [
        ("事项", False),
        ("实施单位", False),
        ("时间", False),
    ]
    text = as_(reporter).get(session.get_absolute_url()).text
    assert "事项不符（平台：参保登记）" in text
    assert "时间不符（平台：2022-05-11申请，尚未办结）" in text


def test_the_cases_of_a_window_are_compared_each(bureau, matter, campaign):
    session = make_session(campaign, bureau, matter=matter, mode="WINDOW", window="3")
    other = make_matter(bureau)
    SessionCase.objects.create(session=session, case_number="BJ1")
    SessionCase.objects.create(session=session, case_number="BJ2", matter=other)
    SessionCase.objects.create(session=session, case_number="BJ3")
    make_case(matter, bureau, "BJ1")
    make_case(other, bureau, "BJ2", finished_at=at("2022-05-09"))
    told = {check.number: check for check in check_cases(session)}
    assert (told["BJ1"].agrees, told["BJ2"].agrees, told["BJ3"].is_found) == (True, False, False)
    assert [point.agrees for point in told["BJ2"].points] == [True, True, False]
