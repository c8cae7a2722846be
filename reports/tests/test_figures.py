"""Figures: each counts what its 统计口径 says, 0/0 is —, scope changes them, and their queries don't grow with rows."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.ground.lights import Light
from campaigns.ground.workdays import load_calendar
from issues.enums import LedgerState, RectifyKind
from issues.lists import ledger_rows, lit
from issues.models import LedgerItem, Recurrence
from reports.breakdowns import gather
from reports.figures import Figure, definitions, figures, percent, tally, units
from reports.indicators import INDICATORS
from reports.scope import Scope, unit_scope
from reports.tests.city import NOON, ON


def scope(city, posting=None, on=ON) -> Scope:
    return Scope(posting=posting or city.clerk, campaign=city.campaign, on=on)


def texts(city, *keys, posting=None) -> list[str]:
    found = figures(scope(city, posting))
    return [f"{found[key].text} {found[key].note}".strip() for key in keys]


@pytest.mark.parametrize(
    ("numerator", "denominator", "text"),
    [(0, 0, "—"), (0, 3, "0.0%"), (1, 3, "33.3%"), (2, 3, "66.7%"), (1, 16, "6.3%"), (3, 3, "100.0%")],
)
def test_percent_rounds_half_up_and_knows_nothing(numerator, denominator, text):
    assert percent(numerator, denominator) == text


def test_a_count_has_no_denominator():
    figure = Figure("x", "走流程场次", "", 12, None)
    assert (figure.text, figure.note) == ("12", "")


def test_every_figure_says_what_it_counts():
    assert len({indicator.key for indicator in INDICATORS}) == len(INDICATORS)
    assert all(text.endswith("。") for text in definitions().values())


def test_an_empty_city_shows_dashes_not_hundreds(city):
    found = figures(scope(city, city.other_clerk))
    assert {found[key].text for key in ("coverage", "closure", "on_time", "returned", "quick")} == {"—"}
    assert found["sessions"].text == "0"


def test_coverage_counts_each_person_once(stocked):
    stocked.walk(stocked.head, day=date(2022, 5, 11))
    stocked.person("yibaoju.xin", stocked.unit, "MEMBER", is_obligated=True)
    stocked.person("yibaoju.mian", stocked.unit, "MEMBER", is_obligated=True, exemption_reason="长期病假")
    stocked.person("yibaoju.li", stocked.unit, "MEMBER", is_obligated=True, left_on=date(2022, 5, 1))
    assert texts(stocked, "coverage") == ["66.7% 2/3"]


def test_a_draft_covers_nobody(city):
    city.walk(state="DRAFT", held_on=None, recorded_by=None, recorded_at=None)
    assert texts(city, "coverage", "sessions") == ["0.0% 0/2", "0"]


def test_closure_with_and_without_escape_hatches(city):
    city.item(city.problem(), LedgerState.CLOSED)
    city.item(city.problem(), LedgerState.ESCALATED)
    city.item(city.problem(), rectify_kind=RectifyKind.LASTING)
    city.item(city.problem(), LedgerState.REFUSED)
    assert texts(city, "closure", "closure_without", "closure_with", "escapes") == [
        "50.0% 1/2",
        "100.0% 1/1",
        "33.3% 1/3",
        "66.7% 2/3",
    ]


def test_recurrences_count_against_the_first_closing(city):
    """One came back after 10 days, one after 60, one at another unit, one was refused, one was only suspected."""
    closed = [city.item(city.problem(), LedgerState.CLOSED) for _ in range(5)]
    later = [city.item(city.problem()) for _ in range(5)]
    LedgerItem.objects.filter(pk=later[2].pk).update(responsible_unit=city.other)
    LedgerItem.objects.filter(pk=later[3].pk).update(state=LedgerState.REFUSED)
    for place, days in enumerate((10, 60, 10, 10, 10)):
        Recurrence.objects.create(
            earlier=closed[place],
            later=later[place],
            found_at=NOON,
            closed_on=date(2022, 5, 10),
            days=days,
            **({"verdict": "OPEN"} if place == 4 else _confirmed(city)),
        )
    assert texts(city, "recurred_30", "recurred_90") == ["20.0% 1/5", "40.0% 2/5"]


def _confirmed(city) -> dict:
    user = city.office.person.user
    return {"verdict": "AGAIN", "decided_at": NOON, "decided_by": user, "reason": "同一窗口。"}


def test_on_time_by_both_dates(city):
    closed = city.item(city.problem(), LedgerState.CLOSED)
    extended = city.item(city.problem(), LedgerState.CLOSED)
    extended.deadline.original_due_on = date(2022, 5, 31)
    extended.deadline.save()
    late = city.item(city.problem(), LedgerState.CLOSED, due_on=date(2022, 5, 25), was_late=True)
    assert closed.pk != late.pk
    assert texts(city, "on_time", "on_original_time") == ["66.7% 2/3", "33.3% 1/3"]


def test_returned_counts_items_that_ever_applied(city):
    city.item(city.problem(), LedgerState.CLOSED)
    again = city.item(city.problem(), LedgerState.RECTIFYING, return_count=2)
    city.history(again, "APPLY", LedgerState.APPLIED)
    city.history(again, "APPLY", LedgerState.APPLIED)
    city.item(city.problem(), LedgerState.RECTIFYING)
    assert texts(city, "returned") == ["50.0% 1/2"]


def test_overdue_needs_a_running_clock(city):
    city.item(city.problem(), due_on=date(2022, 6, 17))
    city.item(city.problem(), due_on=ON)
    city.item(city.problem(), LedgerState.APPLIED, due_on=date(2022, 5, 25))
    assert texts(city, "overdue") == ["33.3% 1/3"]


def test_scope_changes_the_figures(stocked):
    by_unit = {
        posting.person.user.username: figures(scope(stocked, posting))["problems"].numerator
        for posting in (stocked.clerk, stocked.other_clerk, stocked.office, stocked.admin)
    }
    assert by_unit == {"yibaoju.tianbao": 2, "renshe.tianbao": 1, "shengaiban": 3, "admin": 0}


def test_a_unit_counts_like_its_people(stocked):
    unit = unit_scope(organization=stocked.unit, campaign=stocked.campaign, on=ON)
    assert figures(unit) == figures(scope(stocked))


def test_unit_lines_equal_the_lights_of_the_list(stocked):
    calendar = load_calendar()
    city_wide = scope(stocked, stocked.office)
    stocked.item(stocked.problem(), LedgerState.REVIEWED, due_on=date(2022, 5, 25), was_late=True)
    stocked.item(stocked.problem(), LedgerState.ESCALATED)
    stocked.item(stocked.problem(), rectify_kind=RectifyKind.LASTING, deadline=None)
    listed = lit(ledger_rows(LedgerItem.objects.visible_to(stocked.office)), on=ON, calendar=calendar)
    for line in units(city_wide, calendar):
        rows = [item.light for item in listed if item.responsible_unit.code == line.code]
        assert {word: count for word, count in line.lights.items() if count} == {
            word: rows.count(word) for word in set(rows)
        }
        assert line.total == len(rows)
    flagged = {line.label: (line.escapes, line.is_flagged) for line in units(city_wide, calendar)}
    assert flagged == {"市人社局": (0, False), "市医保局": (2, True)}
    assert {str(light) for light in Light} == set(units(city_wide, calendar)[0].lights)


def test_tally_puts_the_most_frequent_first(stocked):
    stocked.walk(mode="WINDOW", window="8号", day=date(2022, 5, 12))
    stocked.walk(mode="WINDOW", window="8号", day=date(2022, 5, 13))
    assert list(tally(scope(stocked).sessions(), "mode").items()) == [
        ("WINDOW", 2),
        ("ACCOMPANY", 1),
        ("SELF", 1),
    ]


def test_facts_name_what_must_be_named(stocked):
    waived = stocked.item(stocked.problem(), LedgerState.CLOSED, waiver_reason="窗口已撤并")
    facts = gather(scope(stocked), load_calendar())
    assert [(each.number, each.detail) for each in facts.waived] == [(waived.number, "窗口已撤并")]
    assert [each.detail for each in facts.overdue] == ["2022-06-10"]
    assert facts.groups[0].name == "办事流程"
    assert {rank: pair for rank, pair in facts.walked.items()} == {"主要负责人": (1, 1), "分管负责人": (1, 1)}
    documents = next(each for each in facts.reductions if each.name == "材料")
    assert (documents.measures, documents.before, documents.after) == (1, 6, 4)


def test_queries_do_not_grow_with_rows(stocked):
    calendar = load_calendar()
    with CaptureQueriesContext(connection) as few:
        gather(scope(stocked), calendar)
    for place in range(6):
        stocked.walk(day=date(2022, 5, 20 + place))
        stocked.measure(stocked.problem())
        stocked.item(stocked.problem())
    with CaptureQueriesContext(connection) as many:
        gather(scope(stocked), calendar)
    assert len(few) == len(many)
