"""Every figure × role × scope, read back from what people are given: the page, the list, the workbook, the document, the API.

peers.md §2.8: a card whose number differs from the list behind it. Nothing here knows how a figure is counted; it reads
what is printed and compares.
"""

import io
import re
from datetime import date
from html import unescape

import pytest
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from python_calamine import load_workbook

from campaigns.enums import Reach, Role
from campaigns.ground.workdays import load_calendar
from campaigns.models import Posting
from issues.enums import LedgerState, RectifyKind
from reports.actions.exports import write_export
from reports.figures import figures
from reports.indicators import INDICATORS
from reports.package import papers
from reports.reconcile import disagreements, reconcile
from reports.scope import Scope
from reports.tests.city import NOON, ON

pytestmark = pytest.mark.django_db
LEADERS = (Role.REPORTER, Role.DEPUTY, Role.HEAD)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOON)


def plain(page) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page.content.decode())))


def cards(page) -> dict[str, tuple[str, str, str]]:
    """Label → (number, note, address) of every card of 总览, from its HTML."""
    folded = page.content.decode().split('id="all-figures"')[1]
    found = re.findall(
        r'<a class="stat[^"]*" href="([^"]+)"><span class="stat-label">([^<]+)</span>'
        r'<strong class="stat-number">([^<]+)</strong>(?:<span class="stat-note">([^<]*)</span>)?',
        folded,
    )
    return {unescape(label): (number, note, unescape(url)) for url, label, number, note in found}


def count_of(page) -> int:
    found = re.search(r"共 (\d+) 条", plain(page))
    return int(found[1]) if found else 0


def check_everywhere(client, posting: Posting, campaign, *, books: bool = True) -> int:
    """All figures of one posting, in every place (`books`: the exported workbooks, too); returns how many were read."""
    client.force_login(posting.person.user)
    user = posting.person.user
    user.current_posting = posting
    user.save(update_fields=["current_posting"])
    shown, compared = cards(client.get("/reports/")), 0
    told = {row["key"]: row for row in client.get("/api/v1/figures/").json()["results"]}
    for figure in figures(Scope(posting, campaign, ON)).values():
        number, note, url = shown[figure.label]
        assert (number, told[figure.key]["text"]) == (figure.text, figure.text), figure.key
        if figure.denominator is not None:
            assert note == f"{figure.numerator}/{figure.denominator}", figure.key
        assert count_of(client.get(url)) == figure.numerator, (figure.key, url)
        compared += 3 + _check_rows(client, posting, figure, books)
    return compared


def _check_rows(client, posting: Posting, figure, books: bool) -> int:
    """The figure's own page, and the workbook exported from it, for both parts of a rate."""
    parts = [("分子", figure.numerator)]
    if figure.denominator is not None:
        parts.append(("分母", figure.denominator))
    for part, rows in parts:
        page = client.get(f"/reports/figures/{figure.key}/?part={part}")
        assert count_of(page) == rows, (figure.key, part)
        if not books:
            continue
        export = QueryDict(f"part={part}")
        stored, written = write_export(kind=f"figure_{figure.key}", query=export, on=ON, by=posting, now=NOON)
        with stored.file.open("rb") as file:
            sheet = load_workbook(io.BytesIO(file.read())).get_sheet_by_index(0).to_python()
        assert (written, len(sheet) - 1) == (rows, rows), (figure.key, part)
    return (2 if books else 1) * len(parts)


def check_papers(posting: Posting, campaign) -> None:
    """The three lists, the ledger and the summary that a package of this scope would hold."""
    calendar, scope = load_calendar(), Scope(posting, campaign, ON)
    assert disagreements(reconcile(scope, calendar, papers(scope, calendar))) == []


def postings(city) -> dict[Posting, bool]:
    """A posting of each role that reads figures, and of each kind of scope; whose workbooks are read as well."""
    found = {city.office: True, city.other_clerk: False}
    found |= {city.posting(f"yibaoju.{role.lower()}", city.unit, role): role == Role.HEAD for role in LEADERS}
    found[city.posting("duchashi", city.root, Role.INSPECTOR, Reach.SUBTREE)] = False
    found[city.posting("leiyang.shengaiban", city.county, Role.REFORM_OFFICE, Reach.SUBTREE)] = False
    return found


def test_every_figure_in_every_role_and_scope(client, stocked):
    stocked.item(stocked.problem(unit=stocked.hall, finder=stocked.hall), LedgerState.CLOSED)
    stocked.item(stocked.problem(), LedgerState.RECTIFYING, rectify_kind=RectifyKind.LASTING)
    stocked.walk(day=date(2022, 5, 20), unit=stocked.county, walked_unit=stocked.hall)
    for posting, books in postings(stocked).items():
        assert check_everywhere(client, posting, stocked.campaign, books=books) > 3 * len(INDICATORS)
        check_papers(posting, stocked.campaign)


def test_a_second_round_is_not_counted_with_the_first(client, stocked):
    """The list behind a card is the running round's, as the card is."""
    old = type(stocked.campaign).objects.create(
        code="ZJY-2021",
        name="上一轮",
        opens_on=date(2021, 4, 1),
        closes_on=date(2021, 12, 31),
        state="CLOSED",
    )
    stocked.problem(campaign=old)
    stocked.item(stocked.problem(campaign=old), LedgerState.CLOSED, campaign=old)
    check_everywhere(client, stocked.office, stocked.campaign, books=False)


CITIES = st.lists(
    st.tuples(
        st.sampled_from([state for state in LedgerState.values if state != LedgerState.MERGED]),
        st.sampled_from(RectifyKind.values),
        st.dates(date(2022, 5, 25), date(2022, 7, 20)),
        st.booleans(),  # of the other unit
        st.booleans(),  # walked, too
    ),
    min_size=1,
    max_size=6,
)


@settings(
    max_examples=2,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.generate],
)
@given(rows=CITIES)
def test_a_random_city_says_one_number_everywhere(client, stocked, rows):
    try:
        with transaction.atomic():
            for place, (state, kind, due_on, foreign, walked) in enumerate(rows):
                unit = stocked.other if foreign else stocked.unit
                problem = stocked.problem(unit=unit, finder=unit)
                stocked.item(problem, state, rectify_kind=_possible(state, kind), due_on=due_on)
                if walked:
                    stocked.walk(day=date(2022, 5, 12 + place), unit=unit)
            for posting in (stocked.office, stocked.clerk):
                check_everywhere(client, posting, stocked.campaign, books=False)
                check_papers(posting, stocked.campaign)
            raise _RollBack
    except _RollBack:
        pass


def _possible(state: str, kind: str) -> str:
    """长期坚持 ends as 阶段性完成, never as 已销号; nothing else does (contract §7)."""
    if state == LedgerState.STAGED:
        return RectifyKind.LASTING
    return RectifyKind.DATED if state == LedgerState.CLOSED and kind == RectifyKind.LASTING else kind


class _RollBack(Exception):
    """The next city starts from the same rows."""


def test_the_table_knows_what_its_rows_are(stocked):
    """`model` of a figure is what its columns are chosen by."""
    scope = Scope(stocked.office, stocked.campaign, ON)
    for indicator in INDICATORS:
        for rows in (indicator.numerator, indicator.denominator):
            if rows is not None and rows(scope).model.__name__ != "CampaignMatter":
                assert rows(scope).model is indicator.model, indicator.key
