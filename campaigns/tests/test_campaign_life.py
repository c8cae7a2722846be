"""A campaign's life: opened with roster and nodes, moved through its phases, closed, followed by the next round."""

from datetime import date

import pytest

from campaigns.actions.campaigns import close_campaign, move_phase, open_campaign, refresh_plan
from campaigns.actions.chase import chaseable
from campaigns.actions.deadlines import open_deadline
from campaigns.enums import Role
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Campaign, Deadline, Matter, Milestone, MilestoneDuty, Obligation
from campaigns.tests.factories import at, make_matter, make_person, make_posting, make_unit
from campaigns.tests.town import CALENDAR

pytestmark = pytest.mark.django_db
OPENS, CLOSES = date(2022, 4, 19), date(2022, 6, 30)


@pytest.fixture
def admin(city):
    return make_posting(
        city, Role.ADMIN, "admin", person=make_person(city, "管", rank="STAFF", is_obligated=False)
    )


@pytest.fixture
def county(city):
    return make_unit("430481", city, kind="COUNTY")


def opened(by=None, code="2022", **fields):
    values = {"name": f"行动{code}", "document_number": "", "opens_on": OPENS, "closes_on": CLOSES}
    return open_campaign(code=code, by=by, now=at("2022-04-19"), **{**values, **fields})


def test_a_campaign_opens_whole(admin, bureau, county):
    make_matter(bureau, focuses=["FREQUENT"])
    make_person(bureau, "甲")
    campaign = opened(admin)
    assert list(Milestone.objects.order_by("due_on").values_list("key", "phrase", "due_on")) == [
        ("key_matters", "2022年5月中旬前完成重点事项全程办理体验", date(2022, 5, 20)),
        ("cross_walk", "市直部门5月底前完成对县市区的交叉式走流程", date(2022, 5, 31)),
        ("report", "于6月30日前将工作总结、问题清单等相关资料上报市审改办", CLOSES),
    ]
    duties = MilestoneDuty.objects.order_by("deadline__due_on", "organization__path")
    assert list(duties.values_list("milestone__key", "organization__code", "deadline__due_on")) == [
        ("key_matters", "430400-031", date(2022, 5, 20)),
        ("cross_walk", "430400-031", date(2022, 5, 31)),
    ]
    assert campaign.participations.count() == 3
    assert Obligation.objects.get().person.name == "甲"
    again = refresh_plan(campaign=campaign, by=None, now=at("2022-04-20"), calendar=CALENDAR)
    assert set(again.values()) == {0}


def test_a_unit_that_joins_gets_its_clocks(admin, bureau, county):
    campaign = opened(admin)
    make_unit("430400-016", bureau.parent)
    told = refresh_plan(campaign=campaign, by=None, now=at("2022-05-10"), calendar=CALENDAR)
    assert (told["units"], told["clocks"]) == (1, 1)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMIN])
def test_nobody_else_runs_it(admin, bureau, role):
    campaign, other = opened(admin), make_posting(bureau, role)
    for act in (
        lambda: opened(other, "2023"),
        lambda: move_phase(campaign=campaign, phase="FOLLOW_UP", by=other, now=at()),
        lambda: close_campaign(campaign=campaign, by=other, now=at()),
    ):
        with pytest.raises(NotAllowed, match="系统管理员"):
            act()


def test_phases_go_step_by_step(admin):
    campaign = opened(admin)
    with pytest.raises(NotAllowed, match="不能从“集中行动”转到“常态化”"):
        move_phase(campaign=campaign, phase="STANDING", by=admin, now=at())
    assert move_phase(campaign=campaign, phase="FOLLOW_UP", by=admin, now=at()).phase == "FOLLOW_UP"
    assert move_phase(campaign=campaign, phase="STANDING", by=admin, now=at()).phase == "STANDING"
    assert move_phase(campaign=campaign, phase="FOLLOW_UP", by=admin, now=at()).phase == "FOLLOW_UP"


def test_a_closed_round_stops_its_own_clocks_and_the_ledgers_run_on(admin, bureau, county):
    campaign = opened(admin)
    item = open_deadline(
        kind="RECTIFY",
        title="台账",
        link="/",
        campaign=campaign,
        organization=bureau,
        starts_on=OPENS,
        workdays=20,
        calendar=CALENDAR,
    )
    close_campaign(campaign=campaign, by=admin, now=at("2022-07-01"))
    assert list(Deadline.objects.running()) == [item]
    assert list(chaseable()) == [item]
    with pytest.raises(NotAllowed, match="不在进行中"):
        close_campaign(campaign=campaign, by=admin, now=at("2022-07-01"))
    with pytest.raises(NotAllowed, match="不在进行中"):
        move_phase(campaign=campaign, phase="FOLLOW_UP", by=admin, now=at())
    assert Campaign.objects.current() is None


def test_the_next_round_inherits(admin, bureau, county):
    kept, other = make_matter(bureau, focuses=["FREQUENT"]), make_matter(bureau)
    make_person(bureau, "甲")
    first = opened(admin)
    first.policy.complaint_rule = {"complaints": 8}
    first.policy.save()
    Matter.objects.filter(pk=other.pk).update(focuses=["HARD"])
    dates = {"opens_on": date(2023, 3, 1), "closes_on": date(2023, 12, 29)}
    second = opened(admin, "2023", previous=first, **dates)
    assert second.policy.complaint_rule == {"complaints": 8}
    assert [row.matter for row in second.campaign_matters.all()] == [kept]
    assert Obligation.objects.get(campaign=second).starts_on == date(2023, 3, 1)
    due = dict(second.milestones.values_list("key", "due_on"))
    assert due == {
        "key_matters": date(2023, 4, 1),
        "cross_walk": date(2023, 4, 12),
        "report": date(2023, 12, 29),
    }
    assert second.milestones.get(key="report").phrase.startswith("参照衡政办函〔2022〕16号：")
    assert Campaign.objects.current() == second
    with pytest.raises(NotAllowed, match="不能早于上一轮"):
        opened(admin, "2021", previous=second)
