"""Recording a walk: what is written, what is refused in words, who may."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from campaigns.actions.walks import (
    complete_session,
    confirm_session,
    edit_session,
    record_session,
    window_warning,
)
from campaigns.enums import Channel, OrganizationKind, Reach, Role, SessionMode, SessionState
from campaigns.ground.audit import AuditEvent
from campaigns.ground.refusal import NotAllowed
from campaigns.models import WalkSession
from campaigns.modes import FORMS
from campaigns.tests.factories import (
    NOW,
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

OWN = {
    SessionMode.AGENT: {"authorization_number": "SQ-001"},
    SessionMode.ACCOMPANY: {"accompanied": "李女士"},
    SessionMode.WINDOW: {"window": "A12"},
    SessionMode.BACKWARD: {"work_order": "GD000001", "blocking_step": "APPROVE"},
}


@pytest.fixture
def city():
    return make_unit("430400", name="衡阳市人民政府", short_name="市政府")


@pytest.fixture
def bureau(city):
    return make_unit("430400-037", parent=city, short_name="市医保局")


@pytest.fixture
def reporter(bureau):
    return make_posting(bureau, Role.REPORTER, "yibaoju.tianbao")


@pytest.fixture
def walk(city, bureau, reporter):
    """Records a walk of the bureau; keywords change what it says."""
    campaign, matter = make_campaign(), make_matter(bureau, "异地就医备案")
    person = make_person(bureau, "周某")

    def record(**changes):
        values = {
            "by": reporter,
            "now": NOW,
            "campaign": campaign,
            "reporting_unit": bureau,
            "walkers": [person],
            "mode": SessionMode.SELF,
            "channel": Channel.HALL_WINDOW,
            "matter": matter,
            "started_at": at("2022-05-10", "09:00"),
            "ended_at": at("2022-05-10", "10:00"),
            "narrative": "走完了全部环节。",
        }
        return record_session(**{**values, **changes})

    record.campaign, record.matter, record.person = campaign, matter, person
    return record


def test_a_walk_is_written_whole(walk, bureau, reporter):
    steps = [
        {
            "kind": "CONSULT",
            "started_at": at(clock="09:00"),
            "ended_at": at(clock="09:10"),
            "waiting_minutes": 5,
        },
        {
            "kind": "ACCEPT",
            "started_at": at(clock="09:10"),
            "ended_at": at(clock="09:10"),
            "result": "PASSED",
        },
    ]
    session = walk(
        steps=steps,
        checkpoints=[("A01", "FAILS", "多要一份复印件"), ("B03", "CONFORMS", "")],
        companions=[("王某", "科长")],
        facts={"is_simulated": True, "actual_steps": 5, "asks_clear": "YES"},
    )
    session.refresh_from_db()
    assert session.number == "DJ-2022-430400-037-0001"
    assert session.state == SessionState.HELD
    assert session.held_on == date(2022, 5, 10)
    assert (session.recorded_by, session.recorded_at) == (reporter.person.user, NOW)
    assert session.walked_unit == bureau
    assert [(step.sequence, step.kind) for step in session.steps.order_by("sequence")] == [
        (1, "CONSULT"),
        (2, "ACCEPT"),
    ]
    assert (session.way, session.way_minutes) == ("CONSULT ACCEPT", "CONSULT:10:5 ACCEPT:0")
    assert set(session.checkpoints.values_list("category__code", "verdict")) == {
        ("A01", "FAILS"),
        ("B03", "CONFORMS"),
    }
    assert session.companions.get().title == "科长"
    assert AuditEvent.objects.get(verb="登记走流程").subject_key == str(session.pk)


def test_numbers_that_come_along_are_kept_and_later_ones_go_on_above(walk):
    assert walk(number="DJ-2022-430400-037-0040").number.endswith("0040")
    later = walk(started_at=at("2022-05-11"), ended_at=at("2022-05-11", "10:00"))
    assert later.number == "DJ-2022-430400-037-0041"
    other = walk(number="登记7", started_at=at("2022-05-12"), ended_at=at("2022-05-12", "10:00"))
    assert other.number == "登记7"


@pytest.mark.parametrize(
    "need", [(m, n) for m, f in FORMS.items() for n in f.needs], ids=lambda p: f"{p[0]}-{p[1].field}"
)
def test_each_form_asks_for_its_own_facts(walk, need):
    mode, lacking = need
    facts = {key: value for key, value in OWN[mode].items() if key != lacking.field}
    cases = [] if lacking.field == "cases" else [{"case_number": "BJ-1"}]
    with pytest.raises(NotAllowed, match=lacking.sentence):
        walk(mode=mode, facts=facts, cases=cases)
    assert not WalkSession.objects.exists()
    session = walk(mode=mode, facts=facts, cases=cases, draft=True)
    assert (session.state, session.held_on) == (SessionState.DRAFT, None)


@pytest.mark.parametrize("mode", OWN)
def test_each_form_is_accepted_with_its_facts(walk, mode):
    assert (
        walk(mode=mode, facts=OWN[mode], cases=[{"case_number": "BJ-1", "minutes": 12}]).state
        == SessionState.HELD
    )


def test_an_import_may_lack_what_the_workbook_leaves_free(walk):
    facts = {"work_order": "GD000001"}
    assert walk(
        by=None, user=walk.person.user, mode=SessionMode.WINDOW, facts={"window": "A1"}, imported=True
    )
    assert walk(mode=SessionMode.BACKWARD, facts=facts, imported=True).pk
    with pytest.raises(NotAllowed, match="工单编号"):
        walk(mode=SessionMode.BACKWARD, imported=True)


def test_a_backward_walk_finds_its_work_order(walk, bureau):
    complaint = make_complaint(bureau, "GD000001")
    assert walk(mode=SessionMode.BACKWARD, facts=OWN[SessionMode.BACKWARD]).complaint == complaint


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ended_at": at("2022-05-10", "08:00")}, "结束时间不能早于开始时间"),
        ({"ended_at": NOW + timedelta(minutes=1)}, "不能晚于现在"),
        ({"walkers": []}, "请选择走流程人员"),
        ({"narrative": "  "}, "请填写体验情况"),
        (
            {"steps": [{"kind": "FILL", "started_at": at(clock="09:30"), "ended_at": at(clock="09:20")}]},
            "第 1 个环节的结束时间",
        ),
    ],
)
def test_what_cannot_be_is_refused(walk, changes, sentence):
    with pytest.raises(NotAllowed, match=sentence):
        walk(**changes)


def test_nobody_walks_in_two_places_at_once(walk, bureau):
    first = walk()
    with pytest.raises(NotAllowed, match=f"周某在这段时间已有另一次走流程.*{first.number}"):
        walk(
            walkers=[make_person(bureau), walk.person],
            started_at=at(clock="09:59"),
            ended_at=at(clock="11:00"),
        )
    assert walk(started_at=at(clock="10:00"), ended_at=at(clock="11:00")).pk, "one after the other is fine"
    assert walk(draft=True).pk, "a draft claims nothing"
    assert walk(imported=True).pk, "history is left to the clues"


def test_nobody_walks_after_leaving(walk, bureau):
    gone = make_person(bureau, "吴某", left_on=date(2022, 5, 1))
    with pytest.raises(NotAllowed, match="吴某已于 2022-05-01 离任"):
        walk(walkers=[gone])


def test_the_same_page_sent_twice_makes_one_walk(walk):
    token = uuid4()
    assert walk(form_token=token) == walk(form_token=token)
    assert WalkSession.objects.count() == 1


def test_a_closed_campaign_takes_no_walks(walk):
    walk.campaign.state = "CLOSED"
    with pytest.raises(NotAllowed, match="不在进行中"):
        walk()


def test_outside_the_campaign_is_said_not_refused(walk):
    assert window_warning(walk.campaign, date(2022, 5, 1)) == ""
    assert "不在行动期间" in window_warning(walk.campaign, date(2022, 7, 1))


def test_who_may_record(walk, city, bureau):
    other = make_unit("430400-014", parent=city, short_name="市人社局")
    with pytest.raises(NotAllowed, match="您不能为市医保局填报"):
        walk(by=make_posting(other, Role.REPORTER))
    with pytest.raises(NotAllowed, match="不是市医保局的人员"):
        walk(walkers=[make_person(other, "何某")])
    for role in (Role.DEPUTY, Role.HEAD, Role.REFORM_OFFICE, Role.INSPECTOR, Role.ADMIN, Role.AUDITOR):
        with pytest.raises(NotAllowed, match="走流程由填报员或体验人本人登记"):
            walk(by=make_posting(bureau, role))
    above = make_posting(city, Role.REPORTER, reach=Reach.SUBTREE)
    assert walk(by=above, started_at=at("2022-05-12"), ended_at=at("2022-05-12", "10:00")).pk


def test_a_walker_records_only_their_own_walk(walk, bureau):
    walker = make_posting(bureau, Role.WALKER, person=walk.person)
    with pytest.raises(NotAllowed, match="体验人只能登记自己的走流程"):
        walk(by=walker, walkers=[walk.person, make_person(bureau)])
    assert walk(by=walker).recorded_by == walk.person.user


def test_confirmed_by_the_walker_and_frozen_then(walk, bureau, reporter):
    session = walk()
    with pytest.raises(NotAllowed, match="只有走流程人员本人"):
        confirm_session(session=session, by=reporter, now=NOW)
    walker = make_posting(bureau, Role.WALKER, person=walk.person)
    session = confirm_session(session=session, by=walker, now=NOW)
    assert (session.state, session.confirmed_by, session.confirmed_at) == (
        SessionState.CONFIRMED,
        walk.person.user,
        NOW,
    )
    with pytest.raises(NotAllowed, match="已经本人确认"):
        confirm_session(session=session, by=walker, now=NOW)
    with pytest.raises(NotAllowed, match="不能再修改"):
        edit_session(by=reporter, now=NOW, session=session, walkers=[walk.person], narrative="改")
    with pytest.raises(NotAllowed, match="不能再修改"):
        edit_session(by=None, now=NOW, session=session, walkers=[walk.person], narrative="改", imported=True)


def test_a_draft_is_changed_and_completed(walk, bureau, reporter):
    session = walk(draft=True, narrative="", steps=[{"kind": "FILL", "started_at": at(), "ended_at": at()}])
    walker = make_posting(bureau, Role.WALKER, person=walk.person)
    with pytest.raises(NotAllowed, match="还是草稿"):
        confirm_session(session=session, by=walker, now=NOW)
    with pytest.raises(NotAllowed, match="体验情况"):
        complete_session(session=session, by=reporter, now=NOW)
    edit_session(by=reporter, now=NOW, session=session, walkers=[walk.person], narrative="好了", draft=True)
    session.refresh_from_db()
    assert (session.state, session.steps.count(), session.way) == (SessionState.DRAFT, 0, "")
    assert complete_session(session=session, by=reporter, now=NOW).state == SessionState.HELD


def test_a_registered_walk_is_changed_with_a_trace(walk, reporter):
    session = walk(facts={"accompanied_phone": "13800000001", "accompanied_consented": True})
    edit_session(
        by=reporter, now=NOW, session=session, walkers=[walk.person], narrative="改过", draft=True,
        facts={"accompanied_phone": "13800000002"},
    )  # fmt: skip
    session.refresh_from_db()
    assert session.state == SessionState.HELD, "a registered walk never goes back to draft"
    event = AuditEvent.objects.get(verb="修改走流程")
    assert event.detail == {"改动": {"体验情况": ["走完了全部环节。", "改过"]}}


class TestWalkedUnit:
    """Blank 被体验单位 = the matter's owner at that place."""

    @pytest.fixture
    def county(self, city):
        return make_unit("430481", parent=city, kind=OrganizationKind.COUNTY, short_name="耒阳市")

    def department(self, county, code, short_name, **fields):
        return make_unit(
            code, parent=county, kind=OrganizationKind.COUNTY_DEPARTMENT, short_name=short_name, **fields
        )

    def test_a_county_walks_its_own_department_by_name(self, walk, county):
        self.department(county, "430481-002", "耒阳市人社局")
        local = self.department(county, "430481-003", "耒阳市医保局")
        person = make_person(local)
        above = make_posting(county, Role.REPORTER, reach=Reach.SUBTREE)
        assert walk(by=above, reporting_unit=county, walkers=[person]).walked_unit == local

    def test_its_counterpart_comes_before_its_name(self, walk, county, bureau):
        self.department(county, "430481-003", "耒阳市医保局")
        bound = self.department(county, "430481-012", "耒阳市医保中心", counterpart=bureau)
        assert walk(by=None, reporting_unit=county, imported=True).walked_unit == bound

    def test_the_unit_entered_as_running_it_comes_first(self, walk, county, bureau):
        self.department(county, "430481-003", "耒阳市医保局", counterpart=bureau)
        hall = make_unit(
            "430481-012", parent=county, kind=OrganizationKind.HALL, short_name="耒阳市政务服务中心"
        )
        make_matter_unit(walk.matter, hall)
        assert walk(by=None, reporting_unit=county, imported=True).walked_unit == hall

    def test_without_one_it_is_the_owner(self, walk, county, bureau):
        self.department(county, "430481-002", "耒阳市人社局")
        assert walk(by=None, reporting_unit=county, imported=True).walked_unit == bureau

    def test_what_is_named_is_kept(self, walk, county):
        assert walk(walked_unit=county).walked_unit == county

    def test_committees_and_bureaus_of_one_trade_meet(self, city, county):
        owner = make_unit("430400-023", parent=city, short_name="市卫健委")
        local = self.department(county, "430481-010", "耒阳市卫健局")
        session = record_session(
            by=None,
            now=NOW,
            campaign=make_campaign(),
            reporting_unit=county,
            walkers=[make_person(county)],
            mode=SessionMode.SELF,
            channel=Channel.PHONE,
            matter=make_matter(owner),
            started_at=at(),
            ended_at=at(),
            narrative="电话咨询",
            imported=True,
        )
        assert session.walked_unit == local


def test_drafts_of_others_stay_with_them(walk, city, bureau):
    other = make_unit("430400-014", parent=city)
    draft = make_session(walk.campaign, other, matter=walk.matter, state=SessionState.DRAFT)
    held = make_session(walk.campaign, other, matter=walk.matter)
    reporter = make_posting(bureau, Role.REPORTER)
    assert list(WalkSession.objects.visible_to(reporter)) == [held]
    assert draft in WalkSession.objects.visible_to(make_posting(other, Role.REPORTER))
    assert draft in WalkSession.objects.visible_to(
        make_posting(other, Role.WALKER, person=draft.walkers.get())
    )
    for role in (Role.HEAD, Role.REFORM_OFFICE, Role.INSPECTOR):
        posting = make_posting(city, role, reach=Reach.SUBTREE)
        assert draft not in WalkSession.objects.visible_to(posting)
