"""The law the database keeps for what is counted and handed in: each constraint by name (house §9)."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from campaigns.ground.files import store_bytes
from campaigns.models import User
from campaigns.tests.constraints import Case, check, constraints_of
from campaigns.tests.factories import at, make_campaign, make_unit, make_user
from reports.models import (
    Brief,
    Bulletin,
    Experience,
    FigureSnapshot,
    Package,
    PaperDraft,
    ScoreCard,
    ScoreLine,
    ScoreObjection,
    ScoreSetting,
    ScoreSheet,
    Submission,
    SubmissionEntry,
)

pytestmark = pytest.mark.django_db

NOW = at("2022-06-30", "17:00")


@pytest.fixture
def world() -> SimpleNamespace:
    return SimpleNamespace(campaign=make_campaign(), unit=make_unit(), user=make_user("counter"))


def sheet(world):
    return ScoreSheet.objects.create(
        campaign=world.campaign,
        organization=world.unit,
        period="2022Q2",
        on=NOW.date(),
        made_at=NOW,
        published_at=NOW,
        published_by=world.user,
    )


def draft(world):
    return ScoreSheet.objects.create(
        campaign=world.campaign, organization=world.unit, period="2022Q3", on=NOW.date(), made_at=NOW
    )


def words(world):
    return PaperDraft.objects.create(
        campaign=world.campaign,
        organization=world.unit,
        kind="SUMMARY",
        version=1,
        text="第一稿。",
        numbers_on=NOW.date(),
        saved_at=NOW,
        saved_by=world.user,
    )


def brief(world):
    return Brief.objects.create(
        campaign=world.campaign, organization=world.unit, kind="WEEK", on=NOW.date(), written_at=NOW
    )


def card(world):
    return ScoreCard.objects.create(
        sheet=sheet(world), organization=world.unit, group="市直部门", total=80, grade="B", rank=1
    )


def objection(world):
    return ScoreObjection.objects.create(
        card=card(world), text="有一条台账已经销号。", raised_at=NOW, raised_by=world.user
    )


def setting(world):
    return ScoreSetting.objects.create(
        campaign=world.campaign, numbers={}, reason="重在整改", set_at=NOW, set_by=world.user
    )


def line(world):
    return ScoreLine.objects.create(
        sheet=sheet(world),
        organization=world.unit,
        rule="覆盖",
        points=18,
        max_points=20,
        because="应走 20 人，已走 18 人。",
    )


def unissued(world, **fields):
    values = {"organization": world.unit, "title": "第一期通报", "on": NOW.date(), "drafted_at": NOW}
    return Bulletin.objects.create(campaign=world.campaign, drafted_by=world.user, **values | fields)


def bulletin(world):
    """An issued one."""
    approver = User.objects.filter(username="approver").first() or make_user("approver")
    return unissued(
        world,
        state="ISSUED",
        number="〔2022〕第1期",
        approved_at=NOW,
        approved_by=approver,
        issued_at=NOW,
        issued_by=world.user,
        file=store_bytes(content=b"x", name="x.docx", kind="BULLETIN", content_type="x", by=None, now=NOW),
    )


def experience(world):
    return Experience.objects.create(
        campaign=world.campaign,
        organization=world.unit,
        title="一次告知",
        practice="做法。",
        result="成效。",
        proposed_at=NOW,
        proposed_by=world.user,
    )


def submission(world, **fields):
    return Submission.objects.create(campaign=world.campaign, organization=world.unit, **fields)


def package(world):
    stored = store_bytes(
        content=b"zip", name="包.zip", kind="PACKAGE", content_type="application/zip", by=None, now=NOW
    )
    return Package.objects.create(
        campaign=world.campaign, organization=world.unit, on=NOW.date(), file=stored, built_at=NOW
    )


def reported(world, **fields):
    facts = {"submitted_at": NOW, "submitted_by": world.user, "package": package(world)}
    return submission(world, **{"state": "SUBMITTED", **facts, **fields})


def accepted(world, **fields):
    return reported(world, **{"state": "ACCEPTED", "decided_at": NOW, "decided_by": world.user, **fields})


def returned(world):
    return accepted(world, state="RETURNED", reason="清单没有盖章。")


def entry(world, target="ACCEPTED", **fields):
    row = reported(world)
    return SubmissionEntry.objects.create(
        submission=row, target=target, at=NOW, by=world.user, who="某某", **fields
    )


def sent_back(world):
    return entry(world, "RETURNED", note="清单没有盖章。")


def handed_in(world):
    return entry(world, "SUBMITTED", package=package(world))


def snapshot(world):
    return FigureSnapshot.objects.create(
        campaign=world.campaign, organization=world.unit, on=NOW.date(), key="sessions", numerator=3
    )


CASES = (
    Case("scoresheet_published_whole", sheet, {"published_by": None}),
    Case("scoresheet_one_published", sheet),
    Case("scoresheet_one_draft", draft),
    Case("scoresheet_period", sheet, {"period": ""}),
    Case("scoresheet_superseded_later", draft, {"superseded_by": sheet}),
    Case("scoresheet_not_own_correction", sheet, {"superseded_by_id": lambda _: ScoreSheet.objects.get().pk}),
    Case("scorecard_once", card),
    Case("scorecard_grade_known", card, {"grade": "E"}),
    Case("scorecard_total_whole", card, {"rank": None}),
    Case("scoresetting_reason", setting, {"reason": ""}),
    Case("scoreobjection_said", objection, {"text": ""}),
    Case("scoreobjection_answer_whole", objection, {"answered_at": NOW}),
    Case("scoreobjection_one_open", objection),
    Case(
        "scoreobjection_other",
        objection,
        {
            "is_upheld": False,
            "answer": "不采纳。",
            "answered_at": NOW,
            "answered_by": lambda world: world.user,
        },
    ),
    Case("scoreobjection_in_order", objection, {"answered_at": at("2022-06-29", "17:00")}),
    Case("scoreline_within_max", line, {"points": 21}),
    Case("scoreline_within_max", line, {"points": -1}),
    Case("scoreline_once", line),
    Case("bulletin_state_known", unissued, {"state": "LOST"}),
    Case("bulletin_titled", unissued, {"title": ""}),
    Case("bulletin_number_once", bulletin),
    Case("bulletin_approved_whole", bulletin, {"approved_by": None}),
    Case("bulletin_approved_iff", unissued, {"state": "APPROVED"}),
    Case("bulletin_approved_iff", unissued, {"names_people": True}),
    Case("bulletin_four_eyes", bulletin, {"approved_by": lambda world: world.user}),
    Case("bulletin_issued_iff", bulletin, {"file": None}),
    Case("bulletin_corrects_another", unissued, {"supersedes": lambda world: Bulletin.objects.get()}),
    Case("experience_state_known", experience, {"state": "LOST"}),
    Case("experience_titled", experience, {"title": ""}),
    Case("experience_practice_said", experience, {"practice": ""}),
    Case("experience_result_said", experience, {"result": ""}),
    Case("experience_decided_whole", experience, {"decided_at": NOW}),
    Case("experience_decided_iff", experience, {"state": "ADOPTED"}),
    Case("bulletin_issued_whole", bulletin, {"issued_by": None}),
    Case("bulletin_issued_iff_numbered", bulletin, {"number": None}),
    Case("figuresnapshot_once_a_day", snapshot),
    Case("paperdraft_version_once", words),
    Case("paperdraft_from_one", words, {"version": 0}),
    Case("paperdraft_kind_known", words, {"kind": "LOST"}),
    Case("brief_once_a_period", brief),
    Case("brief_kind_kept", brief, {"kind": "MEETING"}),
    Case("submission_once", submission),
    Case("submission_state_known", submission, {"state": "LOST"}),
    Case("submission_submitted_whole", submission, {"submitted_at": NOW}),
    Case("submission_submitted_whole", reported, {"submitted_by": None}),
    Case("submission_submitted_iff_packed", reported, {"package": None}),
    Case("submission_draft_iff_unsubmitted", reported, {"state": "DRAFT"}),
    Case("submission_draft_iff_unsubmitted", submission, {"state": "SUBMITTED"}),
    Case("submission_decided_whole", accepted, {"decided_by": None}),
    Case("submission_decided_iff", accepted, {"state": "SUBMITTED"}),
    Case("submission_decided_iff", reported, {"state": "ACCEPTED"}),
    Case("submission_decided_after_submitted", accepted, {"decided_at": NOW - timedelta(seconds=1)}),
    Case("submission_reason_iff_returned", returned, {"reason": ""}),
    Case("submission_reason_iff_returned", accepted, {"reason": "清单没有盖章。"}),
    Case("submission_late_is_submitted", submission, {"is_late": True}),
    Case("submissionentry_target_known", entry, {"target": "DRAFT"}),
    Case("submissionentry_packed_iff_submitted", handed_in, {"package": None}),
    Case("submissionentry_packed_iff_submitted", entry, {"package": package}),
    Case("submissionentry_return_said", sent_back, {"note": ""}),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_kept(case, world):
    check(case, world)


def test_none_is_left_out():
    assert {case.name for case in CASES} == set(constraints_of("reports"))
