"""Tasks: who assigns them, what answers them however the walk came in, how they are taken back; the cross plan as tasks."""

from datetime import date

import pytest

from campaigns.actions.chase import run as chase
from campaigns.actions.cross_tasks import assign_cross_plan
from campaigns.actions.plan_answers import answer_planned
from campaigns.actions.planned_tasks import Wish, assign_tasks, withdraw_task
from campaigns.actions.walks import edit_session, record_session
from campaigns.cross_desk import read_desk
from campaigns.cross_plan import Pair
from campaigns.enums import Reach, Role
from campaigns.ground.lights import DEFAULT_LADDER
from campaigns.ground.refusal import NotAllowed
from campaigns.models import CampaignPolicy, Chase, Notice, Participation, WalkTask
from campaigns.tests.factories import at, make_matter, make_person, make_posting, make_session, make_unit
from campaigns.tests.town import CALENDAR

pytestmark = pytest.mark.django_db
DUE = date(2022, 5, 20)


@pytest.fixture
def office(city):
    home = make_unit("430400-003", city, short_name="市行政审批局")
    return make_posting(city, Role.REFORM_OFFICE, "shengaiban", reach=Reach.SUBTREE, person=make_person(home))


@pytest.fixture
def county(city):
    return make_unit("430481", city, kind="COUNTY", short_name="耒阳市")


def assign(campaign, by, *wishes, due_on=DUE, now=None):
    given = {"due_on": due_on, "by": by, "now": now or at("2022-05-09"), "calendar": CALENDAR}
    return assign_tasks(campaign=campaign, wishes=wishes, **given)


def walk(campaign, unit, matter, person, day="2022-05-10", **fields):
    session = make_session(campaign, unit, walkers=[person], matter=matter, started_at=at(day), **fields)
    answer_planned(sessions=[session])
    return session


def test_a_task_has_a_clock_and_tells_the_walker_and_the_clerk(campaign, bureau, matter, reporter):
    walker = make_posting(bureau, Role.WALKER, "lingdao").person
    task = assign(campaign, reporter, Wish(bureau, matter, "SELF", bureau, walker))[0]
    clock = task.deadline
    assert (clock.kind, clock.due_on, clock.person, clock.link) == (
        "TASK",
        DUE,
        walker,
        f"/plan/tasks/{task.pk}/",
    )
    told = Notice.objects.order_by("recipient__username").values_list("recipient__username", "title")
    text = f"走流程任务：{walker.name}：亲身办“异地就医备案”（市医保局），请于 2022-05-20 前完成"
    assert list(told) == [("lingdao", text), ("yibaoju.tianbao", text)]


def test_it_is_chased_by_the_one_engine(campaign, bureau, matter, reporter, person):
    CampaignPolicy.objects.create(campaign=campaign, ladder=DEFAULT_LADDER)
    task = assign(campaign, reporter, Wish(bureau, matter, "SELF", bureau, person))[0]
    assert chase(on=date(2022, 5, 23), now=at("2022-05-23"))["by_level"] == {"3": 1}
    assert Chase.objects.get().deadline == task.deadline


@pytest.mark.parametrize(
    ("fields", "answers"),
    [
        ({}, True),
        ({"day": "2022-05-08"}, False),
        ({"mode": "ACCOMPANY", "accompanied": "企业经办人"}, False),
        ({"state": "DRAFT"}, False),
        ({"other_matter": True}, False),
        ({"other_person": True}, False),
        ({"other_place": True}, False),
    ],
)
def test_the_walk_that_matches_answers(campaign, city, bureau, matter, reporter, person, fields, answers):
    task = assign(campaign, reporter, Wish(bureau, matter, "SELF", bureau, person))[0]
    fields = dict(fields)
    if fields.pop("other_matter", False):
        matter = make_matter(bureau)
    if fields.pop("other_place", False):
        fields["walked_unit"] = make_unit("430400-016", city)
    walker = make_person(bureau) if fields.pop("other_person", False) else person
    session = walk(campaign, bureau, matter, walker, **fields)
    task.refresh_from_db()
    expected = (session, date(2022, 5, 10), False) if answers else (None, None, True)
    assert (task.session, task.done_on, task.deadline.is_open) == expected


def test_a_task_of_the_unit_is_answered_by_anybody_of_it(campaign, bureau, matter, reporter):
    task = assign(campaign, reporter, Wish(bureau, matter, "SELF", bureau))[0]
    walk(campaign, bureau, matter, make_person(bureau), "2022-05-23")
    task.refresh_from_db()
    assert task.done_on == task.deadline.settled_on == date(2022, 5, 23)
    assert task.state_label == "已完成"


def test_the_page_answers_at_once_and_a_change_gives_the_task_back(
    campaign, bureau, matter, reporter, person
):
    task = assign(campaign, reporter, Wish(bureau, matter, "SELF", bureau, person))[0]
    session = record_session(
        by=reporter,
        now=at("2022-05-11", "18:00"),
        campaign=campaign,
        reporting_unit=bureau,
        walkers=[person],
        mode="SELF",
        channel="HALL_WINDOW",
        matter=matter,
        started_at=at("2022-05-10"),
        ended_at=at("2022-05-10", "10:00"),
        narrative="走完了。",
    )
    task.refresh_from_db()
    assert task.done_on == date(2022, 5, 10)
    given = {"by": reporter, "now": at("2022-05-12"), "session": session, "walkers": [person]}
    edit_session(matter=make_matter(bureau), **given)
    task.refresh_from_db()
    assert (task.done_on, task.deadline.is_open, task.deadline.due_on) == (None, True, DUE)
    edit_session(matter=matter, **given)
    task.refresh_from_db()
    assert (task.done_on, task.deadline.is_open) == (date(2022, 5, 10), False)


def test_what_is_refused(campaign, city, bureau, matter, reporter, office, person):
    other = make_unit("430400-016", city, short_name="市人社局")
    wish = Wish(bureau, matter, "SELF", bureau, person)
    assign(campaign, reporter, wish)
    for wishes, sentence, given in (
        ([wish], "已有同样的任务", {}),
        ([Wish(other, matter, "SELF", bureau)], "不能给市人社局安排任务", {}),
        ([Wish(bureau, matter, "SELF", bureau, make_person(other, "乙"))], "乙不是市医保局的人员", {}),
        ([Wish(bureau, matter, "WINDOW", other)], "坐窗办在本单位窗口进行", {}),
        ([], "没有选择", {}),
        ([wish], "不能早于今天", {"due_on": date(2022, 5, 8)}),
    ):
        with pytest.raises(NotAllowed, match=sentence):
            assign(campaign, reporter, *wishes, **given)
    for role in (Role.WALKER, Role.INSPECTOR, Role.ADMIN):
        with pytest.raises(NotAllowed, match="由审改办或本单位安排"):
            assign(campaign, make_posting(bureau, role), Wish(bureau, matter, "AGENT", bureau))
    campaign.state = "CLOSED"
    with pytest.raises(NotAllowed, match="不在进行中"):
        assign(campaign, reporter, Wish(bureau, matter, "AGENT", bureau))


def test_one_bad_wish_and_none_is_written(campaign, city, bureau, matter, reporter, person):
    bad = Wish(make_unit("430400-016", city), matter, "SELF", bureau)
    with pytest.raises(NotAllowed):
        assign(campaign, reporter, Wish(bureau, matter, "SELF", bureau, person), bad)
    assert not WalkTask.objects.exists()


def test_withdrawn_with_a_reason_by_those_who_gave_it(
    campaign, city, bureau, matter, reporter, office, person
):
    own, above = (
        assign(campaign, by, Wish(bureau, matter, mode, bureau, person))[0]
        for by, mode in ((reporter, "SELF"), (office, "AGENT"))
    )
    with pytest.raises(NotAllowed, match="原因"):
        withdraw_task(task=own, reason="", by=reporter, now=at("2022-05-12"))
    with pytest.raises(NotAllowed, match="上级安排的任务由审改办撤回"):
        withdraw_task(task=above, reason="换人", by=reporter, now=at("2022-05-12"))
    stranger = make_posting(make_unit("430400-016", city), Role.REPORTER)
    with pytest.raises(NotAllowed):
        withdraw_task(task=own, reason="换人", by=stranger, now=at("2022-05-12"))
    for task, by in ((own, reporter), (above, office)):
        gone = withdraw_task(task=task, reason="换人", by=by, now=at("2022-05-12"))
        assert (gone.withdrawn_on, gone.deadline.is_open) == (date(2022, 5, 12), False)
        with pytest.raises(NotAllowed, match="已撤回"):
            withdraw_task(task=task, reason="换人", by=by, now=at("2022-05-12"))
    walk(campaign, bureau, matter, person)
    assert not WalkTask.objects.filter(done_on__isnull=False).exists()


# — 交叉 —


@pytest.fixture
def taking_part(campaign, bureau, county, office):
    home = office.person.organization
    Participation.objects.bulk_create(
        Participation(campaign=campaign, organization=u) for u in (bureau, home)
    )


def cross(campaign, by, *pairs):
    given = {"due_on": DUE, "by": by, "now": at("2022-05-09"), "calendar": CALENDAR}
    return assign_cross_plan(campaign=campaign, pairs=[Pair(*pair) for pair in pairs], **given)


def test_the_plan_becomes_tasks_and_a_walk_in_the_county_answers(
    campaign, bureau, county, matter, office, taking_part
):
    plan = read_desk(campaign).proposal()
    assert plan == [Pair("430400-003", "430481"), Pair("430400-031", "430481")]
    tasks = assign_cross_plan(
        campaign=campaign, pairs=plan, due_on=DUE, by=office, now=at("2022-05-09"), calendar=CALENDAR
    )
    assert [task.deadline.title for task in tasks] == [
        "市行政审批局到耒阳市交叉走流程",
        "市医保局到耒阳市交叉走流程",
    ]
    assert read_desk(campaign).proposal() == []
    branch = make_unit("430481-003", county, kind="COUNTY_DEPARTMENT")
    walk(campaign, bureau, make_matter(bureau), make_person(bureau), walked_unit=branch, is_simulated=True)
    assert list(WalkTask.objects.order_by("pk").values_list("done_on", flat=True)) == [
        None,
        date(2022, 5, 10),
    ]


def test_a_plan_that_is_not_whole_is_refused_with_the_planners_words(
    campaign, bureau, county, matter, office, taking_part
):
    with pytest.raises(NotAllowed, match="市行政审批局还没有安排县市区。"):
        cross(campaign, office, ("430400-031", "430481"))
    both = (("430400-031", "430481"), ("430400-003", "430481"))
    cross(campaign, office, *both)
    with pytest.raises(NotAllowed, match="同一对不能安排两次。"):
        cross(campaign, office, both[0])
    task = WalkTask.objects.get(organization=bureau)
    withdraw_task(task=task, reason="换一个", by=office, now=at("2022-05-12"))
    assert len(cross(campaign, office, both[0])) == 1
    with pytest.raises(NotAllowed, match="市审改办"):
        cross(campaign, make_posting(county, Role.REFORM_OFFICE, reach=Reach.SUBTREE))
