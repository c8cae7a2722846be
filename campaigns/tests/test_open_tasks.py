"""A heap of complaints opens one compulsory 倒推办, whoever looks and however often; a walk back answers it."""

import json
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns import tasks
from campaigns.actions import chase
from campaigns.actions.complaint_tasks import answer_tasks, open_tasks
from campaigns.enums import OrganizationKind, Role
from campaigns.ground.deadlines import Deadline
from campaigns.ground.jobs import start_day_work
from campaigns.ground.notices import Notice, NoticeLine
from campaigns.ground.refusal import NotAllowed
from campaigns.models import CampaignPolicy, Complaint, WalkTask
from campaigns.tests.factories import (
    NOW,
    at,
    make_campaign,
    make_complaint,
    make_matter,
    make_posting,
    make_session,
    make_unit,
)
from campaigns.tests.test_chase_workers import at_once

pytestmark = pytest.mark.django_db
ON = date(2022, 6, 20)


def heap(unit, matter, count=5, day="2022-06-16", prefix="GD", **fields):
    return [
        make_complaint(
            unit, f"{prefix}{day}-{n}", matter=matter, received_at=at(day, f"{9 + n:02d}:00"), **fields
        )
        for n in range(count)
    ]


def look(on=ON):
    return open_tasks(on=on, now=NOW)


def walk_back(campaign, complaint, day="2022-06-21"):
    """A 倒推办 written straight into its table, and what recording it does to the tasks."""
    walk = make_session(
        campaign,
        complaint.organization,
        matter=complaint.matter,
        mode="BACKWARD",
        work_order=complaint.number,
        complaint=complaint,
        started_at=at(day, "09:00"),
    )
    answer_tasks(sessions=[walk])
    return walk


def test_a_heap_opens_one_task_due_on_the_next_working_day(bureau, matter, campaign):
    reporter = make_posting(bureau, Role.REPORTER)
    head = make_posting(bureau, Role.HEAD)
    make_posting(bureau, Role.DEPUTY)
    heap(bureau, matter)
    told = look()
    assert told["opened"] == 1
    assert told["already_open"] == 0
    assert told["clusters"] == [
        {
            "matter": "SX-1",
            "organization": "430400-031",
            "complaints": 5,
            "reason": "市医保局“异地就医备案”近30日内收到投诉5件，达到5件。",
            "numbers": [f"GD2022-06-16-{n}" for n in range(5)],
        }
    ]
    task = WalkTask.objects.get()
    assert (task.mode, task.origin, task.organization, task.walked_unit) == (
        "BACKWARD",
        "COMPLAINT",
        bureau,
        bureau,
    )
    assert task.reason == told["clusters"][0]["reason"]
    assert (task.deadline.kind, task.deadline.starts_on, task.deadline.due_on) == (
        "TASK",
        ON,
        date(2022, 6, 21),
    )
    assert {notice.recipient for notice in Notice.objects.all()} == {reporter.person.user, head.person.user}
    line = NoticeLine.objects.first()
    assert "请于2022-06-21前完成倒推办" in line.text
    assert line.link == task.deadline.link == "/complaints/?matter=SX-1&organization=430400-031"


def test_however_often_it_runs_there_is_one(bureau, matter, campaign):
    heap(bureau, matter)
    look()
    for day in range(40):
        told = look(ON + timedelta(days=day))
        assert (told["opened"], told["already_open"], len(told["clusters"])) == (0, 1, 1)
    assert WalkTask.objects.count() == Deadline.objects.count() == 1


def test_the_walk_that_names_the_order_answers_it(bureau, matter, campaign):
    complaints = heap(bureau, matter)
    look()
    walk = walk_back(campaign, complaints[2])
    task = WalkTask.objects.get()
    assert (task.session, task.done_on) == (walk, date(2022, 6, 21))
    assert (task.deadline.is_open, task.deadline.settled_on) == (False, date(2022, 6, 21))
    assert look(date(2022, 6, 22)) == {"clusters": [], "opened": 0, "already_open": 0}


def test_a_walk_held_before_the_task_was_opened_answers_what_lay_before_it(bureau, matter, campaign):
    heap(bureau, matter)
    look()
    walk_back(campaign, heap(bureau, matter, 1, "2022-06-10")[0], "2022-06-13")
    assert WalkTask.objects.get().done_on == date(2022, 6, 13)
    assert Deadline.objects.get().settled_on == ON
    assert look()["clusters"] == []


def test_an_answered_heap_opens_again_for_new_complaints_only(bureau, matter, campaign):
    complaints = heap(bureau, matter, 7)
    look()
    walk_back(campaign, complaints[0])
    heap(bureau, matter, 4, "2022-06-22")
    assert look(date(2022, 6, 23))["clusters"] == []
    heap(bureau, matter, 1, "2022-06-23")
    told = look(date(2022, 6, 23))
    assert (told["opened"], told["clusters"][0]["complaints"]) == (1, 5)
    assert [task.cluster for task in WalkTask.objects.order_by("pk")] == [
        "SX-1|430400-031|1",
        "SX-1|430400-031|2",
    ]


def test_a_heap_walked_back_before_anybody_looked_needs_no_task(bureau, matter, campaign):
    walk_back(campaign, heap(bureau, matter)[0], "2022-06-17")
    assert look()["clusters"] == []


def test_a_withdrawn_task_is_not_opened_again_for_the_same_complaints(bureau, matter, campaign):
    heap(bureau, matter)
    look()
    WalkTask.objects.update(withdrawn_on=ON, withdrawal_reason="同一件事重复投诉")
    assert look()["clusters"] == []


def test_drafts_and_other_forms_answer_nothing(bureau, matter, campaign):
    complaints = heap(bureau, matter)
    look()
    for fields in ({"mode": "SELF"}, {"mode": "BACKWARD", "state": "DRAFT", "work_order": "GD"}):
        walk = make_session(campaign, bureau, matter=matter, complaint=complaints[0], **fields)
        assert answer_tasks(sessions=[walk]) == 0
    assert look()["already_open"] == 1


def test_two_bad_ratings_are_enough(bureau, matter, campaign):
    heap(bureau, matter, 2, source="RATING", kind="", satisfaction="VERY_BAD")
    assert look()["clusters"][0]["reason"] == "市医保局“异地就医备案”近10个工作日内差评2件，达到2件。"


def test_the_campaigns_own_numbers(bureau, matter, campaign):
    CampaignPolicy.objects.create(campaign=campaign, ladder=[], complaint_rule={"complaints": 2, "days": 3})
    heap(bureau, matter, 2, "2022-06-17")
    assert look(date(2022, 6, 21))["clusters"] == []
    assert look()["opened"] == 1


def test_a_superior_unit_has_nobody_here_to_walk(bureau, matter, campaign):
    province = make_unit("430000", kind=OrganizationKind.SUPERIOR)
    heap(province, matter)
    assert look() == {"clusters": [], "opened": 0, "already_open": 0}


def test_a_section_without_people_is_answered_for_by_its_bureau(bureau, matter, campaign):
    section = make_unit("430400-031-1", bureau, kind=OrganizationKind.SECTION)
    head = make_posting(bureau, Role.HEAD)
    heap(section, matter)
    look()
    assert Notice.objects.get().recipient == head.person.user


def test_the_task_is_chased_by_the_same_engine(bureau, matter, campaign):
    make_posting(bureau, Role.REPORTER)
    heap(bureau, matter)
    look()
    assert chase.run(on=date(2022, 6, 21), now=at("2022-06-21", "08:30"))["by_level"] == {"2": 1}
    assert chase.run(on=date(2022, 6, 22), now=at("2022-06-22", "08:30"))["by_level"] == {"3": 1}


def test_the_day_work_and_the_command(bureau, matter, campaign, capsys):
    heap(bureau, matter)
    job = start_day_work(kind="open_tasks", after=at("2022-06-20", "08:10").time(), now=NOW)
    tasks.jobs.run(job_id=job.pk, now=NOW)
    job.refresh_from_db()
    assert (job.state, job.result["opened"]) == ("DONE", 1)
    call_command("open_tasks", "--on", "2022-06-20", "--json")
    told = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert (told["opened"], told["already_open"], told["clusters"][0]["complaints"]) == (0, 1, 5)


def test_without_an_open_campaign_it_is_a_sentence(bureau, matter, capsys):
    make_campaign(state="CLOSED")
    heap(bureau, matter)
    with pytest.raises(NotAllowed, match="没有进行中的行动"):
        look()
    with pytest.raises(SystemExit) as ended:
        call_command("open_tasks", "--json")
    assert ended.value.code == 1
    assert json.loads(capsys.readouterr().out.strip().splitlines()[-1])["opened"] == 0


def test_queries_grow_with_the_tasks_opened_only(bureau, campaign):
    for number in range(6):
        heap(bureau, make_matter(bureau, code=f"M{number}"), prefix=f"M{number}-")
    look()
    with CaptureQueriesContext(connection) as six:
        look()
    WalkTask.objects.exclude(matter__code="M0").delete()
    Complaint.objects.exclude(matter__code="M0").delete()
    with CaptureQueriesContext(connection) as one:
        look()
    assert len(one) == len(six)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_open_one_task_each_heap():
    city = make_unit("430400")
    unit = make_unit("430400-031", city)
    campaign = make_campaign()
    make_posting(unit, Role.REPORTER)
    for number in range(5):
        heap(unit, make_matter(unit, code=f"M{number}"), prefix=f"M{number}-")
    results = at_once(*[look] * 4)
    assert all(isinstance(result, dict) for result in results), results
    assert sum(result["opened"] for result in results) == 5
    assert all(len(result["clusters"]) == 5 for result in results)
    assert WalkTask.objects.filter(campaign=campaign).count() == Deadline.objects.count() == 5
    assert Notice.objects.count() == 5
