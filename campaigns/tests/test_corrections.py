"""更正: a confirmed walk is put right in a new version; what was confirmed stays as it was, and counts no more."""

import pytest

from campaigns.actions.complaint_tasks import link_walks, open_tasks
from campaigns.actions.corrections import correct_session
from campaigns.actions.walks import confirm_session, edit_session, record_session
from campaigns.enums import BUSINESS_ROLES, Reach, Role, SessionMode, SessionState
from campaigns.ground.audit import AuditEvent
from campaigns.ground.notices import NoticeLine
from campaigns.ground.refusal import NotAllowed
from campaigns.models import WalkSession, WalkTask
from campaigns.tests.factories import (
    NOW,
    at,
    make_complaint,
    make_person,
    make_posting,
    make_session,
    make_unit,
)
from campaigns.tests.importing import counts, exported, load
from campaigns.tests.test_open_tasks import ON, heap

pytestmark = pytest.mark.django_db
LATER = at("2022-06-21", "09:00")


@pytest.fixture
def walker(bureau, person):
    return make_posting(bureau, Role.WALKER, "lingdao", person=person)


@pytest.fixture
def walk(campaign, bureau, matter, reporter, walker):
    """A confirmed walk with one step and one point."""
    session = record_session(
        by=reporter,
        now=NOW,
        campaign=campaign,
        reporting_unit=bureau,
        walkers=[walker.person],
        mode=SessionMode.SELF,
        channel="HALL_WINDOW",
        matter=matter,
        started_at=at("2022-05-10", "09:00"),
        ended_at=at("2022-05-10", "10:00"),
        narrative="走完了全部环节。",
        steps=[{"kind": "QUEUE", "started_at": at(clock="09:00"), "ended_at": at(clock="09:40")}],
        checkpoints=[("A01", "FAILS", "多要一份复印件")],
        companions=[("王某", "科长")],
        facts={"actual_days": 7},
    )
    return confirm_session(session=session, by=walker, now=NOW)


def corrected(walk, by, reason="排队时间写错", **changes):
    values = {
        "walkers": list(walk.walkers.all()),
        "parts": {
            "steps": [{"kind": "QUEUE", "started_at": at(clock="09:00"), "ended_at": at(clock="09:20")}]
        },
        "facts": {"actual_days": 5},
    }
    return correct_session(session=walk, by=by, now=LATER, reason=reason, **{**values, **changes})


def test_a_correction_keeps_the_registration_and_sets_the_old_version_aside(walk, reporter, walker):
    now = corrected(walk, reporter)
    now.refresh_from_db()
    old = now.corrects
    assert (now.pk, now.number, now.state) == (walk.pk, "DJ-2022-430400-031-0001", SessionState.HELD)
    assert (now.correction_reason, now.amended_by, now.amended_at) == (
        "排队时间写错",
        reporter.person.user,
        LATER,
    )
    assert (now.recorded_at, now.confirmed_at, now.actual_days) == (NOW, None, 5)
    assert (old.number, old.state, old.confirmed_at, old.actual_days) == (
        "DJ-2022-430400-031-0001-V1",
        SessionState.CONFIRMED,
        NOW,
        7,
    )
    assert [step.minutes for step in now.steps.all()] == [20]
    assert [step.minutes for step in old.steps.all()] == [40]
    assert [point.category.code for point in old.checkpoints.all()] == ["A01"]
    assert [one.name for one in old.companions.all()] == ["王某"]
    assert list(old.walkers.all()) == list(now.walkers.all()) == [walker.person]
    assert list(WalkSession.objects.held()) == [now]
    assert "请重新本人确认" in NoticeLine.objects.get().text
    event = AuditEvent.objects.get(verb="更正走流程")
    assert event.subject_key == str(walk.pk)


def test_a_second_correction_makes_a_chain(walk, reporter, walker):
    now = corrected(walk, reporter)
    now = confirm_session(session=now, by=walker, now=LATER)
    now = corrected(now, reporter, "天数也写错", facts={"actual_days": 4})
    now.refresh_from_db()
    assert now.corrects.number.endswith("-0001-V2")
    assert now.corrects.correction_reason == "排队时间写错"
    assert now.corrects.corrects.number.endswith("-0001-V1")
    assert [row.actual_days for row in WalkSession.objects.held()] == [4]


def test_what_is_refused(walk, reporter, walker):
    with pytest.raises(NotAllowed, match="更正要写明原因"):
        corrected(walk, reporter, "  ")
    now = corrected(walk, walker)
    with pytest.raises(NotAllowed, match="还没有本人确认，直接修改即可"):
        corrected(now, reporter)
    with pytest.raises(NotAllowed, match="更正前的版本，只供查阅"):
        corrected(now.corrects, reporter)
    with pytest.raises(NotAllowed, match="办理更正"):
        edit_session(session=now.corrects, by=reporter, now=LATER, walkers=[walker.person])


@pytest.mark.parametrize("role", BUSINESS_ROLES)
def test_who_may_correct(as_, walk, city, bureau, role, walker):
    at_city = role in (Role.REFORM_OFFICE, Role.INSPECTOR)
    posting = (
        walker
        if role == Role.WALKER
        else make_posting(city if at_city else bureau, role, reach=Reach.SUBTREE if at_city else Reach.OWN)
    )
    may = role in (Role.REPORTER, Role.WALKER)
    client = as_(posting)
    assert (f"/walks/{walk.pk}/correct/" in client.get(f"/walks/{walk.pk}/").content.decode()) is may
    assert client.get(f"/walks/{walk.pk}/correct/").status_code == (200 if may else 403)


def test_a_stranger_and_another_walker(as_, walk, city, bureau):
    neighbour = make_posting(make_unit("430400-014", parent=city), Role.REPORTER)
    assert as_(neighbour).get(f"/walks/{walk.pk}/correct/").status_code == 404
    other = make_posting(bureau, Role.WALKER)
    assert as_(other).get(f"/walks/{walk.pk}/correct/").status_code == 404


def test_the_page(as_, walk, reporter, sheet, person):
    client = as_(reporter)
    address = f"/walks/{walk.pk}/correct/"
    page = client.get(address).content.decode()
    assert "更正原因" in page
    assert "走完了全部环节。" in page
    assert "存草稿" not in page
    answer = client.post(address, sheet(narrative="改过的体验情况。"))
    assert answer.status_code == 422
    assert "更正要写明原因。" in answer.content.decode()
    assert "改过的体验情况。" in answer.content.decode(), "what was typed stays"
    answer = client.post(address, sheet(narrative="改过的体验情况。", reason="写错了"), follow=True)
    words = answer.content.decode()
    assert "已更正" in words
    assert "更正记录" in words
    walk.refresh_from_db()
    old = walk.corrects
    assert f'href="/walks/{old.pk}/"' in words
    assert walk.narrative == "改过的体验情况。"
    again = client.post(address, sheet(reason="又点一次"), follow=True).content.decode()
    assert "更正已经提交" in again
    before = client.get(f"/walks/{old.pk}/").content.decode()
    assert "更正前的版本，只供查阅" in before
    assert f'href="/walks/{walk.pk}/"' in before
    assert "走完了全部环节。" in before
    assert f"/walks/{old.pk}/correct/" not in before
    assert "共 1 条" in client.get("/walks/").content.decode()


def test_the_walker_is_in_one_place_also_after_a_correction(walk, reporter):
    """The version set aside overlaps with the one that holds: that is no double booking."""
    assert corrected(walk, reporter).state == SessionState.HELD


def test_a_draft_of_a_correction_replaces_nothing(campaign, bureau, person, reporter):
    first = make_session(campaign, bureau, [person], state=SessionState.CONFIRMED)
    told = {
        "corrects": first,
        "correction_reason": "写错",
        "amended_by": reporter.person.user,
        "amended_at": NOW,
    }
    draft = make_session(campaign, bureau, [person], state=SessionState.DRAFT, **told)
    assert list(WalkSession.objects.held()) == [first]
    draft.state, draft.held_on, draft.recorded_at = SessionState.HELD, first.held_on, NOW
    draft.save()
    assert list(WalkSession.objects.held()) == [draft]


def test_a_workbook_goes_out_and_comes_in_unchanged(walk, reporter, walker):
    now = corrected(walk, reporter)
    confirm_session(session=now, by=walker, now=LATER)
    content, rows = exported("sessions")
    assert rows == 1
    assert counts(load("sessions", content, "update")) == (1, 0, 0, 1, 0, 0)


# — a walk that turns away from its work order —


def walk_back(campaign, bureau, reporter, person, order, day="2022-06-20"):
    return record_session(
        by=reporter,
        now=LATER,
        campaign=campaign,
        reporting_unit=bureau,
        walkers=[person],
        mode=SessionMode.BACKWARD,
        channel="HALL_WINDOW",
        matter=order.matter,
        started_at=at(day, "09:00"),
        ended_at=at(day, "10:00"),
        narrative="倒推到受理环节。",
        facts={"work_order": order.number, "blocking_step": "ACCEPT"},
    )


def test_an_edit_that_names_the_order_no_more_opens_the_task_again(
    campaign, bureau, matter, reporter, person
):
    orders = heap(bureau, matter)
    open_tasks(on=ON, now=NOW)
    walk = walk_back(campaign, bureau, reporter, person, orders[0])
    task = WalkTask.objects.get()
    assert (task.session, task.done_on) == (walk, ON)
    edit_session(
        session=walk,
        by=reporter,
        now=LATER,
        walkers=[person],
        mode=SessionMode.SELF,
        facts={"work_order": ""},
    )
    task.refresh_from_db()
    task.deadline.refresh_from_db()
    assert (task.session, task.done_on) == (None, None)
    assert (task.deadline.is_open, f"{task.deadline.due_on}") == (True, "2022-06-21")
    assert AuditEvent.objects.filter(verb="恢复倒推办任务").count() == 1
    edit_session(
        session=walk,
        by=reporter,
        now=LATER,
        walkers=[person],
        mode=SessionMode.BACKWARD,
        facts={"work_order": orders[1].number},
    )
    task.refresh_from_db()
    assert (task.session, task.done_on) == (walk, ON)


def test_another_walk_back_takes_its_place(campaign, bureau, matter, reporter, person):
    orders = heap(bureau, matter)
    open_tasks(on=ON, now=NOW)
    walk = walk_back(campaign, bureau, reporter, person, orders[0])
    other = walk_back(campaign, bureau, reporter, make_person(bureau), orders[1])
    edit_session(
        session=walk,
        by=reporter,
        now=LATER,
        walkers=[person],
        mode=SessionMode.SELF,
        facts={"work_order": ""},
    )
    task = WalkTask.objects.get()
    assert task.session == other
    assert not task.deadline.is_open


def test_a_correction_releases_the_task_too(campaign, bureau, matter, reporter, walker):
    orders = heap(bureau, matter)
    open_tasks(on=ON, now=NOW)
    walk = walk_back(campaign, bureau, reporter, walker.person, orders[0])
    walk = confirm_session(session=walk, by=walker, now=LATER)
    now = corrected(walk, reporter, parts={}, mode=SessionMode.SELF, facts={"work_order": ""})
    assert WalkTask.objects.get().session is None
    now = confirm_session(session=now, by=walker, now=LATER)
    corrected(now, reporter, parts={}, mode=SessionMode.BACKWARD, facts={"work_order": orders[0].number})
    assert WalkTask.objects.get().session_id == now.pk


def test_a_version_set_aside_answers_no_order_that_comes_later(campaign, bureau, matter, reporter, walker):
    """The first version named an order nobody knew yet; the correction turned to another form."""
    walk = record_session(
        by=reporter,
        now=NOW,
        campaign=campaign,
        reporting_unit=bureau,
        walkers=[walker.person],
        mode=SessionMode.BACKWARD,
        channel="HALL_WINDOW",
        matter=matter,
        started_at=at("2022-06-20", "08:00"),
        ended_at=at("2022-06-20", "09:00"),
        narrative="倒推到受理环节。",
        facts={"work_order": "GD-LATER", "blocking_step": "ACCEPT"},
    )
    walk = confirm_session(session=walk, by=walker, now=NOW)
    corrected(walk, reporter, parts={}, mode=SessionMode.SELF, facts={"work_order": ""})
    make_complaint(bureau, "GD-LATER", matter=matter)
    assert link_walks(numbers=["GD-LATER"]) == 0
