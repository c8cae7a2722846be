"""Whatever units send in (一键收表): no traceback, faults name their cell, a file with a fault writes nothing at all."""

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.ground.sheets.read import Column, Row, Sheet, column_letter, header_key
from campaigns.models import Organization
from issues.actions import collecting, collecting_plan
from issues.collecting.rows import book_of
from issues.enums import SheetState
from issues.models import CollectedFile, Demand, LedgerItem, Measure, Problem
from issues.tests.collect_books import DEMANDS, MEASURES, ONE_SHEET, PROBLEMS, one_row
from issues.tests.factories import NOW, make_city
from issues.tests.test_import_properties import nasty

pytestmark = pytest.mark.django_db
QUIET = {"deadline": None, "suppress_health_check": list(HealthCheck)}
FORMS = {"汇总表": ONE_SHEET, "问题清单": PROBLEMS, "需求清单": DEMANDS, "解决措施清单": MEASURES}
# What units write, besides anything at all: right, nearly right, and wrong.
WRITTEN = st.sampled_from(
    "1 2 1.2 市医保局 430400-031 衡阳市人民政府 环球银河管理处 异地就医备案 YB-0001 周某 立行立改 长期坚持 限期整改 已整改 "
    "2022-05-09 5月9日 6月底前 2022-05-41 2022-09-30 是 否 无 / 群众 走流程 受理 已销号 13号".split()
)
CELL = st.one_of(st.none(), WRITTEN, nasty)


@pytest.fixture(autouse=True)
def city():
    city = make_city()
    Organization.objects.update(is_participant=False)
    Organization.objects.filter(code__in=["430400-031", "430481"]).update(is_participant=True)
    return city


class Tables(dict):
    """Tables as the reader hands them over, by the bytes that stand for their file."""

    def __repr__(self) -> str:  # hypothesis prints a test's arguments
        return f"{len(self)} files"


@pytest.fixture
def sent(monkeypatch):
    """The reader, replaced: no child process for every example."""
    tables = Tables()
    monkeypatch.setattr(
        collecting_plan, "read_book", lambda name, content: book_of(name, tables[bytes(content)])
    )
    # The marked copy is made from the bytes, and these are none a workbook has (marking: test_collecting).
    monkeypatch.setattr(collecting, "returned_book", lambda plan, content: content)
    return tables


def a_table(name: str, labels: list[str], rows: list[list]) -> Sheet:
    """A header in row 3 under the unit's line, then these rows."""
    columns = [
        Column(place, column_letter(place), label, header_key(label)) for place, label in enumerate(labels, 1)
    ]
    told = [Row(number, tuple(values)) for number, values in enumerate(rows, 4)]
    return Sheet(name, header_row=3, columns=columns, rows=told, above=[["填报单位：市医保局"]])


def written() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Problem, Demand, Measure, LedgerItem))


def hand_over(city, sent, sheets: list[Sheet]) -> CollectedFile:
    """Take the file in, let the worker look, enter what is clear."""
    content = repr(sheets).encode()
    sent[content] = sheets
    heap = collecting.take_in(
        files=[("市医保局.xlsx", content)],
        campaign=city.campaign,
        organization=city.shengaiban.organization,
        by=city.shengaiban,
        now=NOW,
    )
    collecting.look_through(collection=heap, now=NOW)
    collecting.commit_ready(collection=heap, by=city.shengaiban, now=NOW)
    return heap.files.get()


def faults_of(file: CollectedFile) -> list[tuple[str | None, int, str | None, str]]:
    """(sheet, row, cell, sentence) of every fault of the file as things stand."""
    plan = collecting.plan_of_file(file=file, known=collecting.known_for(file.collection), now=NOW)
    return [(one.sheet, one.row, cell, said) for one in plan.outcomes for cell, said in one.faults]


def some_tables() -> st.SearchStrategy[list[Sheet]]:
    """One to three of the forms, columns in any order, some left out, up to three rows of anything."""

    @st.composite
    def table(draw, name: str) -> Sheet:
        labels = draw(st.permutations(FORMS[name]))
        labels = labels[: draw(st.integers(len(labels) // 2, len(labels)))]
        row = st.lists(CELL, min_size=len(labels), max_size=len(labels))
        return a_table(name, labels, draw(st.lists(row, max_size=3)))

    names = st.lists(st.sampled_from(sorted(FORMS)), min_size=1, max_size=3, unique=True)
    return names.flatmap(lambda chosen: st.tuples(*(table(name) for name in chosen)).map(list))


@given(data=st.data())
@settings(max_examples=40, **QUIET)
def test_anything_is_looked_at_and_all_or_nothing_of_it_is_entered(city, sent, data):
    with transaction.atomic():
        sheets = data.draw(some_tables())
        before = written()
        file = hand_over(city, sent, sheets)
        if file.state != SheetState.DONE:
            assert written() == before
        for sheet, row, cell, said in faults_of(file) if file.state == SheetState.FAULTY else ():
            told = next(one for one in sheets if one.name == sheet)
            assert said.strip()
            assert row in {each.number for each in told.rows}
            assert cell is None or cell in {f"{column.letter}{row}" for column in told.columns}
        transaction.set_rollback(True)


# In each of these the words of exactly one of the 32 points stand: nobody has to be asked.
FOUND = ("窗口叫号系统午间停摆，群众排队超过一小时。", "咨询台无人引导。")
DONE = ("午间安排专人值守叫号系统。", "增设导办岗。")
WRONG = {"责任单位": "环球银河管理处", "走流程时间": "2022-05-41", "整改时限": None}
day = st.dates(dt.date(2022, 4, 20), dt.date(2022, 5, 9))


@given(
    days=st.lists(day, min_size=1, max_size=2),
    order=st.permutations(ONE_SHEET),
    spots=st.sets(st.tuples(st.integers(0, 1), st.sampled_from(sorted(WRONG))), max_size=4),
)
@settings(max_examples=15, **QUIET)
def test_the_wrong_cells_are_named_exactly_and_without_any_all_is_entered(city, sent, days, order, spots):
    rows = [
        one_row(序号=at + 1, 走流程时间=str(one), 发现的问题=FOUND[at], 解决措施=DONE[at])
        for at, one in enumerate(days)
    ]
    spots = {(at % len(rows), label) for at, label in spots}
    for at, label in spots:
        rows[at][label] = WRONG[label]
    with transaction.atomic():
        table = a_table("汇总表", list(order), [[row.get(label) for label in order] for row in rows])
        file = hand_over(city, sent, [table])
        named = {cell for *_, cell, _ in faults_of(file)} if spots else set()
        assert named == {f"{column_letter(order.index(label) + 1)}{at + 4}" for at, label in spots}
        assert file.state == (SheetState.FAULTY if spots else SheetState.DONE)
        assert Problem.objects.count() == Measure.objects.count() == (0 if spots else len(rows))
        transaction.set_rollback(True)
