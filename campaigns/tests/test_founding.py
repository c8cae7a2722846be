"""An empty server becomes a working one: the first 安全管理员 and the first campaign, by the server room."""

import contextlib
import json
from io import StringIO

import pytest
from django.core.management import call_command

from campaigns.enums import Role
from campaigns.models import Campaign
from campaigns.tests.factories import make_matter, make_posting, make_unit

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> dict:
    """The command's last line; a refusal ends it with SystemExit, and says why in that line."""
    out = StringIO()
    with contextlib.suppress(SystemExit):
        call_command(*arguments, "--json", stdout=out)
    return json.loads(out.getvalue().splitlines()[-1])


def test_the_first_security_officer_is_granted_once(client):
    waiting = make_posting(make_unit(), Role.SECURITY, "anquan", granted=False)
    told = run("first_security", "anquan")
    waiting.refresh_from_db()
    assert waiting.is_granted
    client.post("/login/", {"username": "anquan", "password": told["password"]})
    assert client.get("/").url == "/password/"
    assert "已经有安全管理员" in run("first_security", "anquan")["error"]


def test_nobody_becomes_one_without_having_been_asked_for():
    make_posting(make_unit(), Role.REPORTER, "tianbao")
    assert "没有账号" in run("first_security", "tianbao")["error"]


def test_a_campaign_opens_with_its_units_and_key_matters():
    city = make_unit()
    make_unit("B", city, is_participant=False)
    make_matter(make_unit("A", city), focuses=["FREQUENT"])
    make_matter(city)
    dates = ("--opens", "2022-04-19", "--closes", "2022-06-30")
    assert run("open_campaign", "2022", "走解优", *dates) == {
        "code": "2022",
        "organizations": 2,
        "matters": 1,
    }
    assert Campaign.objects.current().policy.ladder
    assert "已经用过" in run("open_campaign", "2022", "走解优", *dates)["error"]


def test_a_campaign_does_not_end_before_it_begins():
    told = run("open_campaign", "X", "走解优", "--opens", "2022-06-30", "--closes", "2022-04-19")
    assert "结束日期" in told["error"]
