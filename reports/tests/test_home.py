"""工作台: every role has one; its numbers are the counts of the lists they lead to; what burns stands first."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns.actions.notices import notify
from campaigns.enums import Reach, Role
from campaigns.models import Job, Posting, WalkTask
from campaigns.tests.factories import make_posting, make_unit
from issues.enums import LedgerState
from reports.tests.city import NOON, ON, moment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOON)


def home(client, posting):
    client.force_login(posting.person.user)
    return client.get(reverse("home"))


def words(page) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def check_cards(client, page) -> int:
    """Each card against the list behind it (DefectDojo#11000); returns how many were compared."""
    cards = [*page.context["desk"].cards, *page.context.get("standing", ())]
    compared = 0
    for card in cards:
        if not card.url:
            continue
        listed = client.get(card.url)
        assert listed.status_code == 200, card
        found = re.search(r"共 (\d+) 条", words(listed))
        if "/" in card.note:  # a rate: its own page prints it, a list holds its numerator
            assert card.number in words(listed) or card.note.startswith(f"{found[1]}/"), card
        elif card.label == "考核得分":
            assert card.number in words(listed), card
        else:
            assert int(found[1] if found else 0) == int(card.number), card
        compared += 1
    return compared


def roles_of(city) -> list[Posting]:
    """A posting of each role of the unit and of the offices."""
    found = [city.clerk, city.other_clerk, city.office]
    for role in (Role.DEPUTY, Role.HEAD, Role.WALKER):
        found.append(city.posting(f"yibaoju.{role.lower()}", city.unit, role))
    found.append(city.posting("duchashi", city.root, Role.INSPECTOR, Reach.SUBTREE))
    found.append(city.posting("leiyang.tianbao", city.county, Role.REPORTER, Reach.SUBTREE))
    return found


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_a_home_that_says_what_comes_next(client, role):
    page = home(client, make_posting(make_unit(), role, reach=Reach.SUBTREE))
    assert page.status_code == 200
    assert "工作台" in page.content.decode()
    assert page.context["desk"].sentence.endswith("。")
    assert page.context["desk"].hint or role == Role.ADMIN


def test_each_number_is_the_count_of_the_list_behind_it(client, stocked):
    stocked.walk(state="DRAFT", held_on=None, recorded_by=None, recorded_at=None)
    stocked.item(stocked.problem(), LedgerState.APPLIED)
    stocked.item(stocked.problem(), LedgerState.UNSIGNED)
    stocked.item(stocked.problem(unit=stocked.other), LedgerState.UNASSIGNED)
    for posting in roles_of(stocked):
        assert check_cards(client, home(client, posting)) or posting.role == Role.WALKER


def test_the_administrators_numbers_are_the_lists(client, stocked):
    Job.objects.create(kind="chase", state="FAILED", created_at=NOON, finished_at=NOON, error="中断")
    Job.objects.create(kind="chase", created_at=NOON)
    for role in (Role.ADMIN, Role.SECURITY, Role.AUDITOR):
        posting = stocked.posting(f"one.{role.lower()}", stocked.root, role)
        assert check_cards(client, home(client, posting))
    failed = home(client, stocked.admin).context["desk"]
    assert [(card.label, card.number) for card in failed.cards][0] == ("失败的任务", 1)
    assert failed.sentence == "有失败的任务或消息，请处理。"


def test_what_is_overdue_stands_first_then_what_is_due(client, stocked):
    stocked.item(stocked.problem("今天到期的"), due_on=ON)
    task = stocked.deadline(stocked.unit, due_on=date(2022, 6, 14), kind="TASK")
    WalkTask.objects.create(
        campaign=stocked.campaign,
        organization=stocked.unit,
        walked_unit=stocked.unit,
        matter=stocked.matter,
        mode="SELF",
        origin="PLAN",
        deadline=task,
        assigned_at=moment(date(2022, 5, 20)),
    )
    stocked.walk(state="DRAFT", held_on=None, recorded_by=None, recorded_at=None)
    desk = home(client, stocked.clerk).context["desk"]
    assert [group.label for group in desk.groups] == ["已逾期", "今天到期", "随后到期", "不限时"]
    late = [(line.deed, line.due_on) for line in desk.groups[0].lines]
    assert late == [
        ("抓紧整改，完成后申请销号", date(2022, 6, 10)),
        ("走流程（亲身办）", date(2022, 6, 14)),
    ]
    assert desk.sentence == "有5件事等您办理：2件已逾期，1件今天到期。"
    first = desk.groups[0].lines[0]
    assert client.get(first.url).status_code == 200
    assert first.left == -6


def test_an_empty_desk_says_where_work_comes_from(client, city):
    desk = home(client, city.other_clerk).context["desk"]
    assert desk.sentence == "现在没有等您办理的事。"
    assert desk.hint.startswith("走完一次流程请当天登记")
    assert (desk.cards, desk.groups, desk.more) == ((), (), 0)


def test_a_county_clerk_finds_only_what_the_own_unit_has_to_do(client, stocked):
    clerk = stocked.posting("leiyang.tianbao", stocked.county, Role.REPORTER, Reach.SUBTREE)
    for unit in (stocked.county, stocked.hall):
        stocked.item(stocked.problem(unit=unit, finder=unit), LedgerState.RECTIFYING)
    desk = home(client, clerk).context["desk"]
    assert [(card.label, card.number) for card in desk.cards] == [("待办台账", 1)]


def test_the_number_of_queries_is_fixed(client, stocked):
    postings = roles_of(stocked)
    counts = []
    for days in ([5], range(6, 12)):
        for n in days:
            stocked.item(stocked.problem(), due_on=ON + timedelta(days=n))
            stocked.item(stocked.problem(), LedgerState.APPLIED)
            stocked.item(stocked.problem(), LedgerState.REVIEWED)
            stocked.item(stocked.problem(), LedgerState.UNSIGNED)
            stocked.item(stocked.problem(unit=stocked.county, finder=stocked.county))
            stocked.walk(day=date(2022, 5, n), state="HELD")
            notify(to=[p.person.user for p in postings], kind="X", text=f"消息{n}", link="/walks/", now=NOON)
        counts.append([_queries(client, posting) for posting in postings])
    assert counts[0] == counts[1]
    assert max(counts[0]) < 55


def _queries(client, posting) -> int:
    client.force_login(posting.person.user)
    with CaptureQueriesContext(connection) as taken:
        assert client.get(reverse("home")).status_code == 200
    return len(taken)


def test_the_bell_s_number_is_that_of_the_unread_tab(client, stocked):
    user = stocked.clerk.person.user
    for n, days in enumerate((0, 3, 20)):
        notify(to=[user], kind="X", text=f"消息{n}", link="/walks/", now=NOON - timedelta(days=days))
    client.force_login(user)
    page = client.get("/notices/?state=未读")
    assert page.context["unread"] == 2
    assert len(page.context["page"].object_list) == 2
    assert len(client.get("/notices/").context["page"].object_list) == 3
    assert [notice.title for notice in home(client, stocked.clerk).context["news"]] == ["消息0", "消息1"]
