"""The command of contract §2: what it answers, and with which exit code."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from campaigns.ground.deadlines import Chase, ChaseRun
from campaigns.tests.town import CALENDAR, Town
from issues.tests.factories import S, fresh, make_city, make_item

pytestmark = pytest.mark.django_db
KEYS = {"on", "workday", "looked_at", "chased", "by_level", "notices", "failed"}


@pytest.fixture
def town() -> Town:
    town = Town()
    town.clock()  # due 2022-05-18
    return town


def answer(*arguments) -> dict:
    out = StringIO()
    call_command("run_chase", *arguments, "--json", stdout=out)
    *words, last = out.getvalue().splitlines()
    assert not any(line.startswith("{") for line in words)
    return json.loads(last)


def test_a_day_by_hand_and_again(town):
    first = answer("--on", "2022-05-18")
    assert set(first) >= KEYS
    assert (first["on"], first["by_level"], first["notices"]) == ("2022-05-18", {"2": 1}, 2)
    again = answer("--on", "2022-05-18")
    assert (again["chased"], again["notices"], again["looked_at"]) == (0, 0, 1)


def test_dry_run_and_rest_day(town):
    assert answer("--on", "2022-05-18", "--dry-run")["chased"] == 1
    assert answer("--on", "2022-05-21")["workday"] is False
    assert not Chase.objects.exists()
    assert ChaseRun.objects.count() == 1


def test_one_campaign(town):
    assert answer("--on", "2022-05-18", "--campaign", town.campaign.code)["chased"] == 1


def test_unknown_campaign_is_refused_in_words(town):
    out = StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("run_chase", "--campaign", "NOPE", "--json", stdout=out)
    assert stopped.value.code == 1
    assert "没有编码为 NOPE 的行动" in json.loads(out.getvalue().splitlines()[-1])["error"]


def test_a_date_that_is_none_is_wrong_usage():
    with pytest.raises(CommandError, match="--on") as refused:
        call_command("run_chase", "--on", "2022-13-01")
    assert refused.value.returncode == 2


def test_words_for_a_reader(town):
    out = StringIO()
    call_command("run_chase", "--on", "2022-05-18", stdout=out)
    assert out.getvalue() == "2022-05-18 检查时限 1 项，亮灯 1 项，告知 2 人，失败 0 项。\n"


def test_a_dry_run_knows_what_will_lapse():
    """An overdue 立行立改 becomes 限期整改 and isn't pressed; a dry run says the same and changes nothing."""
    city = make_city()
    item = make_item(city, S.PLANNING, kind="QUICK")
    on = (CALENDAR.add_workdays(item.deadline.due_on, 1)).isoformat()
    dry = answer("--on", on, "--dry-run")
    assert fresh(item).rectify_kind == "QUICK"
    assert not ChaseRun.objects.exists()
    assert answer("--on", on) == dry
    assert fresh(item).rectify_kind == "DATED"
    assert dry["by_level"] == {}
