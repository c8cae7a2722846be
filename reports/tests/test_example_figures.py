"""On the example city: a number is one number on the card, its list, its rows, its workbook and in the papers."""

import pytest
from django.utils import timezone

from campaigns.models import Campaign, Posting
from reports.tests.city import NOON
from reports.tests.test_example_plan import ACCOUNTS
from reports.tests.test_figures_everywhere import check_everywhere, check_papers
from reports.tests.test_home import check_cards, home


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOON)


def posting_of(username: str) -> Posting:
    rows = Posting.objects.filter(person__user__username=username)
    return rows.select_related("person__user", "organization").order_by("pk").first()


@pytest.mark.parametrize("username", ["shengaiban", "yibaoju.fuzeren", "leiyang.shengaiban"])
def test_every_figure_is_one_number(client, example, username):
    posting, campaign = posting_of(username), Campaign.objects.current()
    assert check_everywhere(client, posting, campaign, books=username == "yibaoju.fuzeren") > 100
    check_papers(posting, campaign)


def test_every_account_s_desk_counts_what_its_lists_hold(client, example):
    compared = sum(check_cards(client, home(client, posting_of(name))) for name in ACCOUNTS)
    assert compared > 80
