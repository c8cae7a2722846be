"""The light of a row and the light as a filter agree for every row, on every day (contract §7.5, §7.8)."""

from datetime import date, timedelta

import pytest

from campaigns.ground.lights import Light
from campaigns.tests.factories import at
from issues.forms.filters import lit_items
from issues.lights import light_of
from issues.models import LedgerItem
from issues.tests.factories import CALENDAR, ON, S, make_city, make_item

pytestmark = pytest.mark.django_db


@pytest.fixture
def ledger():
    """Items in every state, short and long terms, early and late applications."""
    city = make_city()
    for state in (S.UNASSIGNED, S.ASSIGNED, S.PLANNING, S.UNSIGNED, S.REFUSED, S.MERGED, S.ESCALATED):
        make_item(city, state)
    for days in (1, 3, 4, 7, 14, 30, 45, 120, 400):
        make_item(city, S.RECTIFYING, due_on=ON + timedelta(days=days))
    for state in (S.APPLIED, S.REVIEWED, S.CLOSED):
        make_item(city, state)
    for state in (S.PLANNING, S.REVIEWED, S.CLOSED):
        make_item(city, state, kind="QUICK")
    for state in (S.RECTIFYING, S.APPLIED, S.STAGED):
        make_item(city, state, kind="LASTING")
    late = make_item(city, S.REVIEWED)
    LedgerItem.objects.filter(pk=late.pk).update(applied_at=at("2022-06-13"), reviewed_at=at("2022-06-14"))
    again = make_item(city, S.REVIEWED)
    LedgerItem.objects.filter(pk=again.pk).update(was_late=True)
    closed = make_item(city, S.CLOSED)
    LedgerItem.objects.filter(pk=closed.pk).update(was_late=True)
    return city


DAYS = [
    ON + timedelta(days=offset) for offset in (0, 1, 4, 9, 20, 27, 30, 31, 32, 33, 60, 130, 300, 385, 430)
]


def test_filter_finds_what_light_of_says(ledger):
    """Every row, every light, every day; and the days are worth something: between them they meet every light."""
    rows = list(LedgerItem.objects.select_related("deadline"))
    seen = set()
    for on in DAYS:
        said = {row.pk: light_of(row, on=on, calendar=CALENDAR) for row in rows}
        seen |= set(said.values())
        found = {}
        for word in Light:
            items = lit_items(LedgerItem.objects.all(), word, on=on, calendar=CALENDAR)
            for pk in items.values_list("pk", flat=True):
                assert pk not in found, f"{pk} shows two lights on {on}"
                found[pk] = word
        assert found == said, on
    assert seen == set(Light)


def test_a_due_date_that_became_a_rest_day():
    """工作日历 is editable: a date that fell on a worked Saturday counts as Monday when the Saturday is freed."""
    item = make_item(make_city(), S.RECTIFYING)
    item.deadline.__class__.objects.filter(pk=item.deadline_id).update(due_on=date(2022, 6, 11))  # a Saturday
    for on, word in ((date(2022, 6, 12), "黄"), (date(2022, 6, 13), "黄"), (date(2022, 6, 14), "红")):
        found = lit_items(LedgerItem.objects.filter(pk=item.pk), word, on=on, calendar=CALENDAR)
        assert found.exists(), on


def test_late_now_and_late_once():
    """红 while waiting only when this round came late; 逾期办结 once any round did (contract §7.5, §7.8)."""
    city = make_city()
    item = make_item(city, S.REVIEWED)
    item.was_late = True
    assert light_of(item, on=ON, calendar=CALENDAR) == "审核中"
    item.applied_at = at("2022-06-13")
    assert light_of(item, on=ON, calendar=CALENDAR) == "红"
    item.state = S.CLOSED
    assert light_of(item, on=ON, calendar=CALENDAR) == "逾期办结"
