"""The law the database keeps for people, walks, tasks and clocks: each constraint by name (house §9)."""

from datetime import date
from types import SimpleNamespace
from uuid import uuid4

import pytest

from campaigns.actions.deadlines import open_deadline
from campaigns.enums import Role, SessionMode, SessionState, TaskOrigin
from campaigns.ground.deadlines import Chase, LightChange
from campaigns.ground.files import FileKind, store_bytes
from campaigns.ground.jobs import Job
from campaigns.ground.notices import Delivery, Notice, NoticeLine
from campaigns.ground.workdays import Workday, calendar_of, shipped_workdays
from campaigns.models import (
    CampaignMatter,
    Category,
    CheckPoint,
    Evidence,
    Feedback,
    ImportLine,
    ImportRun,
    Milestone,
    Participation,
    Robot,
    SessionCase,
    SessionStep,
    Slip,
)
from campaigns.models import (
    Case as CaseRow,
)
from campaigns.models.photo_marks import PhotoMark
from campaigns.models.plan import MilestoneChange, MilestoneDuty, Obligation, WalkTask
from campaigns.tests.constraints import Case, check, constraints_of
from campaigns.tests.factories import (
    at,
    make_campaign,
    make_complaint,
    make_matter,
    make_matter_unit,
    make_person,
    make_posting,
    make_session,
    make_unit,
)

pytestmark = pytest.mark.django_db

ON, BEFORE = date(2022, 5, 10), date(2022, 5, 1)
NOW, EARLIER = at("2022-05-10", "10:00"), at("2022-05-01")


@pytest.fixture
def world() -> SimpleNamespace:
    city = make_unit()
    unit = make_unit("430400-031", city)
    posting = make_posting(unit, Role.REPORTER)
    return SimpleNamespace(
        city=city,
        unit=unit,
        posting=posting,
        person=posting.person,
        user=posting.person.user,
        campaign=make_campaign(),
        matter=make_matter(unit),
    )


def of(name: str):
    return lambda world: getattr(world, name)


def walk(state: str = SessionState.HELD, **fields):
    return lambda world: make_session(world.campaign, world.unit, matter=world.matter, state=state, **fields)


def clock(world, **fields):
    return open_deadline(
        kind="RECTIFY",
        title="窗口叫号系统",
        link="/issues/ledger/1/",
        campaign=world.campaign,
        organization=world.unit,
        starts_on=ON,
        workdays=5,
        calendar=calendar_of(shipped_workdays()),
    )


def made(model, **fields):
    """A maker of one row of `model`; values may be functions of the world."""

    def make(world):
        values = {name: value(world) if callable(value) else value for name, value in fields.items()}
        return model.objects.create(**values)

    return make


def stored(world):
    return store_bytes(
        content=b"x", name="a.txt", kind=FileKind.EVIDENCE, content_type="text/plain", by=world.user, now=NOW
    )


def notice(world):
    return Notice.objects.create(
        recipient=world.user, kind="MOVE", key="1", title="已转办", created_on=ON, created_at=NOW
    )


def chase(world):
    return Chase.objects.create(
        deadline=clock(world), round=1, level=1, label="提醒", on=ON, due_on=ON, light="黄"
    )


def robot(world):
    return Robot.objects.create(
        organization=world.unit, kind="WECOM", name="群", url="https://qyapi.weixin.qq.com/x"
    )


def group_delivery(world):
    return Delivery.objects.create(robot=robot(world), digest_on=ON, channel="robot", next_try_at=NOW)


def light_change(world):
    return LightChange.objects.create(deadline=clock(world), round=1, on=ON, was="绿", light="黄")


def job(**fields):
    return made(Job, kind="package", created_at=NOW, **fields)


def milestone(world):
    return Milestone.objects.create(
        campaign=world.campaign, key="final", name="上报", phrase="6月30日前", due_on=date(2022, 6, 30)
    )


def task(**fields):
    values = {
        "campaign": of("campaign"),
        "origin": TaskOrigin.values[0],
        "organization": of("unit"),
        "matter": of("matter"),
        "mode": SessionMode.SELF,
        "walked_unit": of("unit"),
        "assigned_at": NOW,
    }
    return made(WalkTask, **values | fields)


def cross_task(world):
    county = make_unit("430481", world.unit.parent or world.unit, kind="COUNTY")
    return task(origin="CROSS", walked_unit=county)(world)


def slip(world):
    return Slip.objects.create(about=clock(world), round=1, level=4, drafted_on=ON)


def complaint(world):
    return make_complaint(world.unit, finished_at=NOW)


def person(world):
    return make_person(world.unit, left_on=date(2022, 5, 1))


session_step = made(SessionStep, session=walk(), sequence=1, kind="QUEUE", started_at=NOW, ended_at=NOW)
point = made(
    CheckPoint,
    session=walk(),
    category=lambda world: Category.objects.order_by("code").first(),
    verdict="CONFORMS",
)
obligation = made(
    Obligation,
    campaign=of("campaign"),
    person=of("person"),
    organization=of("unit"),
    rank="MEMBER",
    starts_on=BEFORE,
    ends_on=ON,
    exemption_reason="病假",
    exempted_at=NOW,
    exempted_by=of("user"),
)
import_run = made(
    ImportRun,
    token=lambda world: uuid4(),
    kind="people",
    state="DONE",
    file=stored,
    made_by=of("user"),
    made_at=NOW,
    done_at=NOW,
)
import_line = made(ImportLine, run=import_run, place=1, number=2, action="created")
delivery = made(Delivery, notice=notice, next_try_at=NOW)
platform_case = made(
    CaseRow,
    number="BJ-1",
    matter=of("matter"),
    organization=of("unit"),
    applied_at=NOW,
    accepted_at=NOW,
    finished_at=NOW,
)
feedback = made(Feedback, text="太慢。", made_at=NOW, made_by=of("user"))
confirmed = walk(SessionState.CONFIRMED)


def corrected(world):
    return walk(corrects=walk()(world), correction_reason="写错日期", amended_at=NOW, amended_by=world.user)(
        world
    )


photo_mark = made(PhotoMark, session=walk(), kind="sha256", value="0" * 64)

CASES = (
    Case("deadline_kind_known", clock, {"kind": "MOOD"}),
    Case("deadline_settled_iff_closed", clock, {"is_open": False}),
    Case("deadline_settled_iff_closed", clock, {"settled_on": ON}),
    Case("deadline_starts_before_due", clock, {"due_on": BEFORE}),
    Case("deadline_round_from_one", clock, {"round": 0}),
    Case("chase_once_per_rung", chase),
    Case("lightchange_once_per_round", light_change),
    Case("lightchange_is_a_change", light_change, {"was": "黄"}),
    Case("chase_level_known", chase, {"level": 10}),
    Case("storedfile_kind_known", stored, {"kind": "TOY"}),
    Case("job_state_known", job(), {"state": "LOST"}),
    Case("job_finished_iff", job(), {"state": "DONE"}),
    Case("job_running_beats", job(), {"state": "RUNNING"}),
    Case("job_done_within_total", job(), {"done": 1}),
    Case("notice_once_per_key", notice),
    Case("notice_line_once_per_chase", made(NoticeLine, notice=notice, text="提醒", chase=chase)),
    Case("delivery_once_per_channel", delivery),
    Case("delivery_once_per_group_and_day", group_delivery),
    Case("delivery_to_person_or_group", delivery, {"digest_on": ON}),
    Case("delivery_to_person_or_group", delivery, {"channel": "robot"}),
    Case("delivery_to_person_or_group", group_delivery, {"digest_on": None}),
    Case("delivery_to_person_or_group", group_delivery, {"channel": "fax"}),
    Case("robot_once_per_group", robot),
    Case("robot_kind_known", robot, {"kind": "FAX"}),
    Case("robot_has_address", robot, {"url": ""}),
    Case("delivery_state_known", delivery, {"state": "LOST"}),
    Case("delivery_sent_iff_stamped", delivery, {"state": "SENT"}),
    Case("delivery_sent_iff_stamped", delivery, {"sent_at": NOW}),
    Case("workday_kind_known", made(Workday, date=date(2031, 10, 1), kind="REST"), {"kind": "HALF"}),
    Case("organization_kind_known", of("unit"), {"kind": "CLUB"}),
    Case("organization_not_own_parent", of("unit"), {"parent": of("unit")}),
    Case("organization_root_has_no_parent", of("unit"), {"parent": None}),
    Case("organization_successor_when_closed", of("unit"), {"successor": of("city")}),
    Case(
        "organization_not_own_successor",
        of("unit"),
        {"successor": of("unit"), "closed_on": date(2022, 5, 1)},
    ),
    Case("organization_named", of("unit"), {"name": ""}),
    Case("campaign_state_known", of("campaign"), {"state": "LOST"}),
    Case("campaign_opens_first", of("campaign"), {"closes_on": date(2022, 4, 1)}),
    Case("participation_once", made(Participation, campaign=of("campaign"), organization=of("unit"))),
    Case("milestone_once", milestone),
    Case("matter_named", of("matter"), {"name": ""}),
    Case("matterunit_once", lambda world: make_matter_unit(world.matter, world.unit)),
    Case("campaignmatter_once", made(CampaignMatter, campaign=of("campaign"), matter=of("matter"))),
    Case("case_applied_first", platform_case, {"accepted_at": EARLIER}),
    Case("case_finished_last", platform_case, {"finished_at": EARLIER}),
    Case("complaint_source_known", complaint, {"source": "DREAM"}),
    Case("complaint_received_first", complaint, {"finished_at": EARLIER}),
    Case("person_rank_known", person, {"rank": "KING"}),
    Case("person_appointed_before_left", person, {"left_on": date(2020, 1, 1)}),
    Case("person_named", person, {"name": ""}),
    Case("posting_role_known", of("posting"), {"role": "KING"}),
    Case("posting_reach_known", of("posting"), {"reach": "WORLD"}),
    Case("posting_grant_whole", of("posting"), {"granted_by": None}),
    Case("posting_dates_in_order", of("posting"), {"started_on": ON, "ended_on": BEFORE}),
    Case("posting_once_at_a_time", of("posting")),
    Case("posting_stand_in_dated", of("posting"), {"acting_for": of("posting"), "started_on": ON}),
    Case("feedback_said", feedback, {"text": ""}),
    Case("feedback_answer_whole", feedback, {"answered_at": NOW}),
    Case("importrun_state_known", import_run, {"state": "LOST"}),
    Case("importrun_done_iff", import_run, {"done_at": None}),
    Case("importrun_undone_iff", import_run, {"undone_at": NOW, "undone_by": of("user")}),
    Case("importrun_undone_by", import_run, {"undone_by": of("user")}),
    Case("importline_once", import_line, {"number": 9}),
    Case("importline_action_known", import_line, {"action": "gone"}),
    Case("importrun_done_iff", import_run, {"state": "REFUSED"}),
    Case("walksession_state_known", walk(), {"state": "LOST"}),
    Case("walksession_mode_known", walk(), {"mode": "FLY"}),
    Case("walksession_channel_known", walk(), {"channel": "PIGEON"}),
    Case("walksession_ends_after_start", walk(), {"ended_at": EARLIER}),
    Case("walksession_held_iff_stamped", walk(), {"held_on": None}),
    Case("walksession_held_iff_stamped", walk(SessionState.DRAFT), {"held_on": ON}),
    Case("walksession_confirm_whole", confirmed, {"confirmed_by": None}),
    Case("walksession_confirmed_iff", confirmed, {"confirmed_at": None, "confirmed_by": None}),
    Case("walksession_confirmed_iff", walk(), {"confirmed_at": NOW, "confirmed_by": of("user")}),
    Case("walksession_recorded_first", confirmed, {"confirmed_at": EARLIER}),
    Case("walksession_entry_known", walk(), {"entry": "DREAM"}),
    Case(
        "walksession_correction_reason",
        walk(),
        {"corrects": lambda world: walk()(world), "amended_at": NOW, "amended_by": of("user")},
    ),
    Case("walksession_amended_whole", corrected, {"amended_by": None}),
    Case("walksession_amended_iff", corrected, {"amended_at": None, "amended_by": None}),
    Case("walksession_way_whole", walk(), {"way": "QUEUE"}),
    Case("walksession_agent_authorizatio", walk(), {"mode": SessionMode.AGENT}),
    Case("walksession_accompany_accompan", walk(), {"mode": SessionMode.ACCOMPANY}),
    Case("walksession_window_window", walk(), {"mode": SessionMode.WINDOW}),
    Case("walksession_backward_work_orde", walk(), {"mode": SessionMode.BACKWARD}),
    Case("sessionstep_numbered_once", session_step),
    Case("sessionstep_kind_known", session_step, {"kind": "NAP"}),
    Case("sessionstep_ends_after_start", session_step, {"ended_at": EARLIER}),
    Case("checkpoint_once", point),
    Case("checkpoint_verdict_known", point, {"verdict": "PERHAPS"}),
    Case("sessioncase_once", made(SessionCase, session=walk(), case_number="BJ-1")),
    Case("evidence_once", made(Evidence, session=walk(), file=stored)),
    Case("photomark_once", photo_mark),
    Case("photomark_kind_known", photo_mark, {"kind": "smell"}),
    Case(
        "obligation_once",
        made(
            Obligation,
            campaign=of("campaign"),
            person=of("person"),
            organization=of("unit"),
            rank="MEMBER",
            starts_on=BEFORE,
        ),
        {"starts_on": ON},
    ),
    Case("obligation_one_start", obligation),
    Case("obligation_rank_known", obligation, {"rank": "BOSS"}),
    Case("campaign_phase_known", of("campaign"), {"phase": "LATER"}),
    Case("walktask_cross_once", cross_task),
    Case("walktask_cross_elsewhere", cross_task, {"walked_unit": of("unit")}),
    Case("obligation_in_order", obligation, {"ends_on": date(2022, 4, 1)}),
    Case("obligation_exempt_whole", obligation, {"exempted_by": None}),
    Case("obligation_exempt_reason", obligation, {"exemption_reason": ""}),
    Case("walktask_origin_known", task(), {"origin": "DREAM"}),
    Case("walktask_mode_known", task(), {"mode": "FLY"}),
    Case("walktask_done_whole", task(), {"done_on": ON}),
    Case("walktask_withdrawal_reason", task(), {"withdrawn_on": ON}),
    Case(
        "walktask_not_done_and_withdrawn",
        task(session=walk(), done_on=ON),
        {"withdrawn_on": ON, "withdrawal_reason": "重复。"},
    ),
    Case("walktask_cluster_is_complaint", task(), {"cluster": "SX-1/430400-031"}),
    Case(
        "milestonechange_reason",
        made(
            MilestoneChange,
            milestone=milestone,
            old_due_on=BEFORE,
            new_due_on=ON,
            reason="疫情。",
            changed_at=NOW,
            changed_by=of("user"),
        ),
        {"reason": ""},
    ),
    Case(
        "milestoneduty_once",
        made(MilestoneDuty, milestone=milestone, organization=of("unit"), deadline=clock),
        {"deadline": clock},
    ),
    Case("slip_once_per_rung", slip),
    Case("slip_state_known", slip, {"state": "LOST"}),
    Case("slip_sign_whole", slip, {"signed_by": of("user")}),
    Case("slip_signed_iff_numbered", slip, {"state": "SIGNED"}),
    Case("slip_signed_iff_numbered", slip, {"number": "督〔2022〕1号"}),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_kept(case, world):
    check(case, world)


def test_none_is_left_out():
    assert {case.name for case in CASES} == set(constraints_of("campaigns"))
