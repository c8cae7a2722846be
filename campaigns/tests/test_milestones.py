"""The nodes: what settles a unit's clock, and what moving a node does to all of them."""

from datetime import date

import pytest

from campaigns.actions.campaigns import open_campaign
from campaigns.actions.deadlines import open_deadline
from campaigns.actions.milestones import move_milestone, settle_by_walks, settle_duties
from campaigns.actions.walks import record_session
from campaigns.enums import Reach, Role
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Chase, Deadline, Milestone, MilestoneDuty, Notice
from campaigns.nodes import NODES, due_on
from campaigns.tests.factories import (
    at,
    make_matter,
    make_matter_unit,
    make_person,
    make_posting,
    make_session,
    make_steps,
    make_unit,
)
from campaigns.tests.town import CALENDAR

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("opens", "closes", "expected"),
    [
        ("2022-04-19", "2022-06-30", ["2022-05-20", "2022-05-31", "2022-06-30"]),
        ("2022-04-19", "2022-05-25", ["2022-05-20", "2022-05-25", "2022-05-25"]),
    ],
)
def test_phrases_are_read_as_days(opens, closes, expected):
    opens, closes = date.fromisoformat(opens), date.fromisoformat(closes)
    assert [due_on(node, opens, closes).isoformat() for node in NODES] == expected


@pytest.fixture
def county(city):
    return make_unit("430481", city, kind="COUNTY", short_name="耒阳市")


@pytest.fixture
def branch(county):
    return make_unit("430481-003", county, kind="COUNTY_DEPARTMENT", short_name="耒阳市医保局")


@pytest.fixture
def office(city):
    home = make_unit("430400-003", city)
    return make_posting(city, Role.REFORM_OFFICE, "shengaiban", reach=Reach.SUBTREE, person=make_person(home))


@pytest.fixture
def matters(bureau, branch):
    first, second = make_matter(bureau, focuses=["FREQUENT"]), make_matter(bureau, focuses=["HARD"])
    make_matter_unit(first, branch)
    return first, second


@pytest.fixture
def campaign(bureau, matters):
    return open_campaign(
        code="2022",
        name="走解优",
        document_number="",
        opens_on=date(2022, 4, 19),
        closes_on=date(2022, 6, 30),
        now=at("2022-04-19"),
    )


def walk(campaign, unit, matter, walked, day="2022-05-10", *steps):
    session = make_session(campaign, unit, matter=matter, walked_unit=walked, started_at=at(day))
    make_steps(session, *({"kind": kind} for kind in steps or ("CONSULT", "ACCEPT", "DELIVER")))
    settle_by_walks(sessions=[session])
    return session


def settled(key):
    rows = MilestoneDuty.objects.filter(milestone__key=key, deadline__is_open=False)
    return dict(rows.values_list("organization__code", "deadline__settled_on"))


def test_every_unit_a_node_concerns_has_a_clock(campaign):
    rows = MilestoneDuty.objects.order_by("milestone__due_on", "organization__path")
    assert list(rows.values_list("milestone__key", "organization__code")) == [
        ("key_matters", "430400-031"),
        ("key_matters", "430481"),
        ("key_matters", "430481-003"),
        ("cross_walk", "430400-031"),
    ]


def test_key_matters_are_done_when_each_was_walked_to_its_end_at_the_unit(campaign, bureau, branch, matters):
    first, second = matters
    walk(campaign, bureau, first, bureau, "2022-05-10")
    walk(campaign, bureau, second, bureau, "2022-05-11", "CONSULT", "ACCEPT")
    assert settled("key_matters") == {}
    walk(campaign, bureau, second, bureau, "2022-05-13")
    assert settled("key_matters") == {"430400-031": date(2022, 5, 13)}
    walk(campaign, branch, first, branch, "2022-05-12")
    assert settled("key_matters") == {
        "430400-031": date(2022, 5, 13),
        "430481": date(2022, 5, 12),
        "430481-003": date(2022, 5, 12),
    }


def test_a_municipal_unit_has_crossed_once_it_walked_in_a_county(campaign, bureau, branch, matters):
    walk(campaign, bureau, matters[0], bureau)
    assert settled("cross_walk") == {}
    walk(campaign, bureau, matters[0], branch, "2022-05-17", "CONSULT")
    assert settled("cross_walk") == {"430400-031": date(2022, 5, 17)}


def test_the_page_settles_at_once(campaign, bureau, branch, matters):
    person = make_person(bureau)
    record_session(
        by=make_posting(bureau, Role.REPORTER),
        now=at("2022-05-17", "18:00"),
        campaign=campaign,
        reporting_unit=bureau,
        walkers=[person],
        mode="SELF",
        channel="HALL_WINDOW",
        matter=matters[0],
        walked_unit=branch,
        started_at=at("2022-05-17"),
        ended_at=at("2022-05-17", "10:00"),
        narrative="走完了。",
    )
    assert settled("cross_walk") == {"430400-031": date(2022, 5, 17)}
    assert settle_duties(campaign=campaign) == 0


def test_a_node_is_moved_with_a_reason_a_new_round_and_one_notice_a_person(
    campaign, bureau, branch, office, matters
):
    clerk = make_posting(bureau, Role.REPORTER, "tianbao")
    walk(campaign, branch, matters[0], branch, "2022-05-12")
    node = Milestone.objects.get(key="key_matters")
    clock = MilestoneDuty.objects.get(milestone=node, organization=bureau).deadline
    Chase.objects.create(
        deadline=clock, round=1, level=1, label="提醒", on=date(2022, 5, 17), due_on=clock.due_on, light="黄"
    )
    given = {"by": office, "now": at("2022-05-18"), "calendar": CALENDAR}
    change = move_milestone(milestone=node, due_on=date(2022, 6, 5), reason="疫情 形势。", **given)
    assert (change.old_due_on, change.new_due_on) == (date(2022, 5, 20), date(2022, 6, 6))
    clock.refresh_from_db()
    assert (clock.due_on, clock.original_due_on, clock.round) == (date(2022, 6, 6), date(2022, 5, 20), 2)
    assert Deadline.objects.get(milestone_duty__organization=branch).due_on == date(2022, 5, 20)
    notice = Notice.objects.get(recipient=clerk.person.user)
    assert notice.title == "“重点事项全程体验”期限由 2022-05-20 调整为 2022-06-06：疫情 形势。"
    with pytest.raises(NotAllowed, match="没有变动"):
        move_milestone(milestone=node, due_on=date(2022, 6, 6), reason="再说", **given)
    with pytest.raises(NotAllowed, match="原因"):
        move_milestone(milestone=node, due_on=date(2022, 6, 10), reason=" ", **given)
    with pytest.raises(NotAllowed, match="不能早于行动开始"):
        move_milestone(milestone=node, due_on=date(2022, 4, 1), reason="早", **given)


def test_only_the_citys_office_moves_a_node(campaign, county, office):
    node = Milestone.objects.get(key="key_matters")
    for posting in (
        make_posting(county, Role.REFORM_OFFICE, reach=Reach.SUBTREE),
        make_posting(county.parent, Role.INSPECTOR, reach=Reach.SUBTREE),
        make_posting(county.parent, Role.ADMIN),
    ):
        with pytest.raises(NotAllowed, match="市审改办"):
            move_milestone(
                milestone=node,
                due_on=date(2022, 6, 6),
                reason="疫情",
                by=posting,
                now=at(),
                calendar=CALENDAR,
            )


def test_the_last_node_moves_the_submissions(campaign, bureau, office):
    clock = open_deadline(
        kind="SUBMISSION",
        title="上报",
        link="/",
        campaign=campaign,
        organization=bureau,
        starts_on=date(2022, 4, 19),
        due_on=date(2022, 6, 30),
        calendar=CALENDAR,
    )
    node = Milestone.objects.get(key="report")
    move_milestone(
        milestone=node, due_on=date(2022, 7, 8), reason="延期", by=office, now=at(), calendar=CALENDAR
    )
    clock.refresh_from_db()
    assert clock.due_on == date(2022, 7, 8)
