"""What a unit is scored by comes from the figures' own rows, costs the same for any number, and asks 上级单位 nothing."""

import json
from datetime import date

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.ground.files import FileKind, store_bytes
from issues.enums import LedgerState
from reports.indicators import INDICATORS
from reports.models import Bulletin, Experience, ScoreSheet
from reports.scope import unit_scope
from reports.score_facts import gather
from reports.tests.city import NOON, ON


def facts(city, organization=None) -> dict:
    rows = gather(organization=organization or city.root, campaign=city.campaign, on=ON)
    return {row.code: row for row in rows}


def test_who_is_scored(stocked):
    """Not the city itself, which is nobody's unit; not 垂管单位 and 上级单位."""
    stocked._unit("430400-090", "衡阳市税务局", "市税务局", "VERTICAL", stocked.root)
    assert list(facts(stocked)) == ["430400-016", "430400-031", "430481", "430481-001"]
    assert list(facts(stocked, stocked.county)) == ["430481-001"]


def test_the_facts_of_a_unit(stocked):
    """One closed in time, one overdue, one problem waits for its plan (its turn has no date), one demand runs."""
    row = facts(stocked)["430400-031"]
    assert (row.owed, row.walked, row.key_matters, row.walked_matters) == (2, 2, 1, 1)
    assert (row.found, row.reviewed, row.valid, row.foreign) == (2, 0, 0, 0)
    assert (row.closed, row.overdue, row.running, row.in_review, row.escalated) == (1, 1, 1, 0, 0)
    assert (row.closed_dated, row.institutions, row.improvements) == (1, 1, 1)


def test_they_agree_with_the_figures(stocked):
    scope = unit_scope(organization=stocked.unit, campaign=stocked.campaign, on=ON)
    rows = {each.key: each.numerator(scope).count() for each in INDICATORS}
    row = facts(stocked)["430400-031"]
    assert (row.walked, row.overdue, row.closed) == (rows["coverage"], rows["overdue"], rows["closed"])


def test_a_county_answers_for_its_departments_and_not_for_what_they_find_in_each_other(city):
    city.item(city.problem(unit=city.hall, finder=city.county), LedgerState.CLOSED)
    city.item(city.problem(unit=city.hall, finder=city.unit))
    found = facts(city)
    assert (found["430481"].closed, found["430481"].running, found["430481"].foreign) == (1, 1, 1)
    assert (found["430481-001"].closed, found["430481-001"].foreign) == (1, 2)
    assert found["430481"].found == 1


def test_refused_problems_are_nobodys_fault(city):
    city.item(city.problem(unit=city.other, finder=city.unit), LedgerState.REFUSED)
    assert facts(city)["430400-016"].foreign == 0


def test_review_and_escalation_are_set_aside(city):
    for state in (LedgerState.APPLIED, LedgerState.REVIEWED, LedgerState.ESCALATED):
        city.item(city.problem(), state, due_on=date(2022, 6, 1))
    row = facts(city)["430400-031"]
    assert (row.in_review, row.escalated, row.overdue, row.running) == (2, 1, 0, 0)


def test_who_never_makes_a_plan_is_overdue_by_their_turn(city):
    turn = city.deadline(city.unit, due_on=date(2022, 6, 10), kind="TURN")
    city.item(city.problem(), LedgerState.PLANNING, turn=turn)
    assert facts(city)["430400-031"].overdue == 1


def bulletin(city, number, chosen, **fields) -> Bulletin:
    """An issued 通报 that names the cases `chosen`."""
    clerk, office = city.clerk.person.user, city.office.person.user
    kept = store_bytes(
        content=b"x", name="t.docx", kind=FileKind.BULLETIN, content_type="x", by=clerk, now=NOON
    )
    values = {
        "campaign": city.campaign,
        "organization": city.root,
        "title": "通报",
        "on": ON,
        "texts": {"chosen": chosen},
        "state": "ISSUED",
        "number": number,
        "drafted_at": NOON,
        "drafted_by": clerk,
        "approved_at": NOON,
        "approved_by": office,
        "issued_at": NOON,
        "issued_by": office,
        "file": kept,
    }
    return Bulletin.objects.create(**values | fields)


def test_a_bulletin_in_force_counts_once_for_each_unit_it_names(city):
    mine, also = city.item(city.problem()), city.item(city.problem())
    other = city.item(city.problem(unit=city.other))
    first = bulletin(city, "〔2022〕第1期", [f"overdue-{mine.pk}", f"returned-{also.pk}"])
    bulletin(city, "〔2022〕第2期", [f"overdue-{mine.pk}", f"overdue-{other.pk}", "overdue-99999"])
    assert (facts(city)["430400-031"].named, facts(city)["430400-016"].named) == (2, 1)
    bulletin(city, "〔2022〕第3期", [], supersedes=first)
    assert facts(city)["430400-031"].named == 1


def test_adopted_experience_counts(city):
    said = {"practice": "做法", "result": "成效", "proposed_at": NOON, "proposed_by": city.clerk.person.user}
    for title, more in (
        (
            "甲",
            {"state": "ADOPTED", "decided_at": NOON, "decided_by": city.office.person.user, "reason": "好"},
        ),
        ("乙", {}),
    ):
        Experience.objects.create(campaign=city.campaign, organization=city.unit, title=title, **said | more)
    assert facts(city)["430400-031"].experiences == 1


@pytest.mark.parametrize("rows", [1, 6])
def test_the_queries_are_fixed(city, rows):
    for _ in range(rows):
        city.walk()
        city.item(city.problem(), LedgerState.CLOSED)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        facts(city)
    assert len(caught) == 17


def test_the_command_tells_and_keeps_nothing(stocked, capsys):
    call_command("score", "--on", "2022-06-20", "--json")
    told = json.loads(capsys.readouterr().out.splitlines()[-1])["organizations"]
    row = next(row for row in told if row["code"] == "430400-031")
    assert set(row) >= {"code", "name", "total", "lines"}
    assert row["lines"][0] == {
        "rule": "全覆盖",
        "points": 20.0,
        "max": 20.0,
        "because": "应走 2 人，已走 2 人；重点事项 1 项，已体验 1 项；两项各占一半，20 分得 20 分。",
    }
    assert ScoreSheet.objects.count() == 0
