"""行动: the rounds and their years on a page, the next round with what it inherits, and the plan's exports and home block."""

import json
from datetime import date

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.actions.planned_tasks import Wish, assign_tasks
from campaigns.models import Campaign, Obligation
from campaigns.tests.town import CALENDAR
from issues.models import LedgerItem
from reports.figures import figures
from reports.models import Submission
from reports.scope import Scope
from reports.tests.city import NOON, ON
from reports.tests.test_exports import written
from reports.years import years


@pytest.fixture
def enter(client):
    def come_in(posting):
        client.force_login(posting.person.user)
        return client

    return come_in


NEXT = {
    "code": "2023",
    "name": "第二轮行动",
    "document_number": "",
    "opens_on": "2023-03-01",
    "closes_on": "2023-12-29",
}


def test_the_rounds_and_the_years(stocked, enter):
    text = enter(stocked.clerk).get("/campaigns/").text
    assert "ZJY-2022" in text
    assert "2022 年" in text
    assert "开启新一轮" not in text
    admins = enter(stocked.admin).get("/campaigns/").text
    assert "开启新一轮" in admins
    assert "年度情况" not in admins


def test_what_a_round_counts_is_not_multiplied_out(stocked, enter):
    """202 units × 44 matters × 596 people in one join took the list seconds; each is counted by itself."""
    with CaptureQueriesContext(connection) as asked:
        enter(stocked.office).get("/campaigns/")
    counted = ("campaigns_participation", "campaigns_obligation", "campaigns_campaignmatter")
    together = [
        query["sql"] for query in asked if sum(f'JOIN "{table}"' in query["sql"] for table in counted) > 1
    ]
    assert together == []


def test_a_year_counts_who_owed_a_walk_in_it(stocked):
    line = years(stocked.office, until=ON)[0]
    assert (line.year, line.obliged, line.walked, line.coverage) == (2022, 2, 2, "100.0%")
    assert line.sessions == figures(Scope(stocked.office, stocked.campaign, ON))["sessions"].numerator
    assert (line.problems, line.closed) == (
        figures(Scope(stocked.office, stocked.campaign, ON))["problems"].numerator,
        LedgerItem.objects.filter(state="CLOSED").count(),
    )
    assert [line.year for line in years(stocked.office, until=date(2024, 1, 1))] == [2024, 2023, 2022]


def test_the_figure_is_the_roster(stocked, enter):
    figure = figures(Scope(stocked.clerk, stocked.campaign, ON))["coverage"]
    rows, count = written(stocked.clerk, "plan_people")
    assert figure.denominator == count == Obligation.objects.count()
    assert figure.numerator == sum(row["是否已走"] == "已走" for row in rows)
    assert written(stocked.clerk, "plan_people", "state=未走")[1] == 0
    assert written(stocked.clerk, "plan_people", "campaign=nix")[1] == 0


def test_tasks_are_exported_as_shown_and_stand_on_the_home(stocked, enter):
    walker = Obligation.objects.order_by("pk").first().person
    assign_tasks(
        campaign=stocked.campaign,
        wishes=[Wish(stocked.unit, stocked.matter, "ACCOMPANY", stocked.unit, walker)],
        due_on=date(2022, 6, 24),
        by=stocked.clerk,
        now=NOON,
        calendar=CALENDAR,
    )
    rows, count = written(stocked.clerk, "plan_tasks", "state=未完成")
    assert count == 1
    assert (rows[0]["走流程人员"], rows[0]["体验形式"], rows[0]["状态"]) == (walker.name, "陪同办", "未完成")
    assert written(stocked.other_clerk, "plan_tasks")[1] == 0
    text = enter(stocked.clerk).get("/").text
    assert "走流程任务待登记" in text
    assert "异地就医备案" in text
    assert "走流程任务待登记" not in enter(stocked.office).get("/").text


def test_only_the_administrator_opens_a_round(stocked, enter):
    for posting in (stocked.clerk, stocked.office):
        assert enter(posting).get("/campaigns/new/").status_code == 403
        page = f"/campaigns/{stocked.campaign.pk}/"
        assert enter(posting).post(page, {"close": "1"}).status_code == 409
        assert "转入回访" not in enter(posting).get(page).text
    assert Campaign.objects.current() == stocked.campaign


def test_the_next_round_by_the_page_and_what_stays_open(stocked, enter):
    client = enter(stocked.admin)
    wrong = client.post("/campaigns/new/", NEXT | {"code": "第二轮"})
    assert "只能用数字和字母" in wrong.text
    early = client.post("/campaigns/new/", NEXT | {"closes_on": "2023-01-01"})
    assert early.status_code == 409
    assert "结束日期不能早于开始日期" in early.text
    answer = client.post("/campaigns/new/", NEXT | {"previous": stocked.campaign.pk})
    second = Campaign.objects.get(code="2023")
    assert answer.url == f"/campaigns/{second.pk}/"
    left = LedgerItem.objects.open().count()
    assert left
    assert f"{left} 条（编号不变，照常催办，不计入本轮的比率）" in client.get(answer.url).text
    assert figures(Scope(stocked.office, second, date(2023, 3, 2)))["ledger"].numerator == 0
    listed = enter(stocked.office).get("/issues/ledger/?campaign=ZJY-2022").text
    assert f"共 {LedgerItem.objects.count()} 条" in listed
    assert "共 0 条" in enter(stocked.office).get("/issues/ledger/?campaign=2023").text
    assert "第二轮行动" in listed
    assert "共 0 条" in enter(stocked.office).get("/walks/?campaign=2023").text


def test_phases_and_the_end_by_the_page(stocked, enter):
    client, page = enter(stocked.admin), f"/campaigns/{stocked.campaign.pk}/"
    assert client.post(page, {"phase": "STANDING"}).status_code == 409
    client.post(page, {"phase": "FOLLOW_UP"})
    assert "转入常态化" in client.get(page).text
    assert "名单已更新" in client.post(page, {"refresh": "1"}, follow=True).text
    assert "没有选择" in client.post(page, {}).text
    client.post(page, {"close": "1"})
    stocked.campaign.refresh_from_db()
    assert (stocked.campaign.state, stocked.campaign.phase) == ("CLOSED", "FOLLOW_UP")
    assert "转入" not in client.get(page).text


def test_a_round_that_is_over_can_still_be_counted(stocked):
    Campaign.objects.update(state="CLOSED")
    assert written(stocked.clerk, "plan_people", "state=已走")[1] == 2


def test_the_command_opens_a_round_with_its_reports(stocked, capsys):
    """A round begun in the server room is as whole as one begun on the page: nobody waits for the daily job."""
    dates = ("--opens", "2023-03-01", "--closes", "2023-12-29")
    call_command("open_campaign", "2023", "第二轮行动", *dates, "--previous", "ZJY-2022", "--json")
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    campaign = Campaign.objects.get(code="2023")
    due = {row.organization_id: row.deadline for row in Submission.objects.filter(campaign=campaign)}
    units = campaign.participations.exclude(organization__kind="CITY").values_list("organization", flat=True)
    assert set(due) == set(units)
    assert all(clock.is_open for clock in due.values())
    assert told["organizations"] == campaign.participations.count()
    with pytest.raises(SystemExit):
        call_command("open_campaign", "2023", "第二轮行动", *dates)
