"""`?campaign=行动编码`, `?q=` and `?organization=` on every list, and on its export (contract §3).

A round named in an address that a bookmark kept may be any text; it never breaks a page.
"""

import re
from datetime import date

import pytest
from django.http import QueryDict
from django.utils import timezone

from campaigns.ground.workdays import load_calendar
from campaigns.models import Campaign, CampaignMatter, Posting
from hengyang_walkflow.tests.test_regressions import THE_DAY, posting_of
from reports.listing import Asked
from reports.listings import LISTINGS

INSPECTOR, OFFICE = "duchashi", "shengaiban"
# Lists of one round at a time show the newest where none is named; the others show all.
LISTS = {
    "/walks/": INSPECTOR,
    "/matters/": INSPECTOR,
    "/complaints/": INSPECTOR,
    "/plan/people/": INSPECTOR,
    "/plan/tasks/": INSPECTOR,
    "/issues/problems/": INSPECTOR,
    "/issues/demands/": INSPECTOR,
    "/issues/measures/": INSPECTOR,
    "/issues/ledger/": INSPECTOR,
    "/issues/clues/": INSPECTOR,
    "/issues/draws/": INSPECTOR,
    "/issues/followups/": INSPECTOR,
    "/issues/slips/": INSPECTOR,
    "/issues/verifications/": OFFICE,
    "/issues/recurrences/": INSPECTOR,
    "/issues/selfchecks/": INSPECTOR,
    "/collect/": OFFICE,
    "/reports/bulletins/": INSPECTOR,
    "/reports/cases/": INSPECTOR,
    "/reports/packages/": OFFICE,
    "/reports/scores/": OFFICE,
    "/reports/submissions/": OFFICE,
}
# Lists of a few rows of one office, that ask for nothing but the round.
UNASKED = ("/collect/", "/reports/packages/", "/reports/scores/")
# A round has some of all matters, and complaints came in before it began.
NOT_ALL = ("/matters/", "/complaints/")


@pytest.fixture
def rounds(example, monkeypatch) -> tuple[str, str]:
    """The example's round and one after it that nothing belongs to."""
    monkeypatch.setattr(timezone, "now", lambda: THE_DAY)
    first = Campaign.objects.get()
    Campaign.objects.create(
        code="ZJY-2031", name="下一轮", opens_on=date(2031, 1, 1), closes_on=date(2031, 12, 31), state="OPEN"
    )
    return first.code, "ZJY-2031"


def counted(client, path: str, query: str) -> int:
    answer = client.get(f"{path}?{query}")
    assert answer.status_code == 200, (path, query)
    return int(re.search(r"共 (\d+) 条", answer.content.decode()).group(1))


@pytest.mark.parametrize("path", LISTS)
def test_a_list_is_narrowed_to_a_round(rounds, client, path):
    first, empty = rounds
    client.force_login(posting_of(LISTS[path]).person.user)
    whole = counted(client, path, f"campaign={first}")
    assert whole or path == "/collect/"
    if path not in NOT_ALL:
        Campaign.objects.filter(code=empty).update(state="DRAFT")
        assert whole == counted(client, path, "")
    assert counted(client, path, f"campaign={empty}") == 0
    for broken in ("%00", "%27", "9" * 300):
        counted(client, path, f"campaign={broken}")


@pytest.mark.parametrize("path", [path for path in LISTS if path not in UNASKED])
def test_a_list_hears_the_word_and_the_unit(rounds, client, path):
    client.force_login(posting_of(LISTS[path]).person.user)
    round_asked = f"campaign={rounds[0]}"
    whole = counted(client, path, round_asked)
    assert counted(client, path, f"{round_asked}&q=查无此词") == 0
    assert counted(client, path, f"{round_asked}&organization=没有") == 0
    assert whole > 0


@pytest.mark.parametrize("key", LISTINGS)
def test_an_export_is_narrowed_as_its_page(rounds, key):
    first, empty = rounds
    posting = next(
        posting for posting in Posting.objects.order_by("pk") if posting.role in LISTINGS[key].readers
    )
    for code in (first, empty, "没有"):
        query = QueryDict(mutable=True)
        query["campaign"] = code
        asked = Asked(posting=posting, query=query, on=THE_DAY.date(), calendar=load_calendar())
        assert isinstance(LISTINGS[key].keys(asked), list)


@pytest.mark.parametrize("key", ["problems", "coverage"])
def test_a_figure_is_of_the_round_that_is_named(rounds, client, key):
    first, empty = rounds
    client.force_login(posting_of(INSPECTOR).person.user)
    path = f"/reports/figures/{key}/"
    assert counted(client, path, f"campaign={first}") > 0
    assert counted(client, path, f"campaign={empty}") == counted(client, path, "campaign=%00") == 0
    assert f"campaign={first}" in client.get(path, {"campaign": first}).content.decode() or key == "problems"


def test_matters_of_a_round_are_its_key_matters(rounds, client):
    first, _ = rounds
    client.force_login(posting_of(INSPECTOR).person.user)
    keys = CampaignMatter.objects.filter(campaign__code=first).count()
    assert counted(client, "/matters/", f"campaign={first}") == keys
