"""Reading the tables back: the same town, the same clues, in a number of queries that doesn't grow with the walks."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from issues.clue_facts import town_of
from issues.clues import judge
from issues.tests.clue_fakes import make_town
from issues.tests.clue_rows import write_town

pytestmark = pytest.mark.django_db
ON = date(2022, 12, 30)


def test_the_tables_give_the_town_back():
    made = replace(make_town(7, 220).town, findings={}, staff={})
    read = town_of(write_town(made), ON)
    assert len(read.walks) == len(made.walks)
    mine = {(one.walk, one.rule, one.weight) for one in judge(made)}
    theirs = {(one.walk, one.rule, one.weight) for one in judge(read)}
    assert theirs == mine
    assert len({rule for _, rule, _ in mine}) > 8


@pytest.mark.parametrize("walks", [20, 300])
def test_more_walks_ask_no_more_queries(walks):
    campaign = write_town(make_town(3, walks).town)
    with CaptureQueriesContext(connection) as asked:
        town_of(campaign, ON)
    assert len(asked) == 25


def test_only_what_was_held_by_the_day_is_read():
    town = make_town(5, 60).town
    campaign = write_town(town)
    by_may = [walk for walk in town.walks if walk.start.date() <= date(2022, 5, 10)]
    assert len(town_of(campaign, date(2022, 5, 10)).walks) == len(by_may)
