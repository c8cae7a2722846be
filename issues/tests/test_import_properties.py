"""Whatever a workbook holds: no traceback, the right cell, nothing written on any fault, and out and in again unchanged."""

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.actions.imports_plan import ImportMode, RowAction, plan_import
from campaigns.enums import Rank
from campaigns.ground.sheets.read import Column, Row, Sheet, column_letter
from campaigns.ground.sheets.values import Broken
from campaigns.models import ImportRun, Person
from campaigns.resources.shape import Scene
from campaigns.tests.factories import NOW, make_campaign, make_matter, make_person, make_unit
from campaigns.tests.importing import counts, exported, load, table
from issues.actions.imports import IMPORTERS

pytestmark = pytest.mark.django_db
QUIET = {"deadline": None, "suppress_health_check": list(HealthCheck)}

nasty = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.sampled_from(
        ["清空", "示例", "0", "是", "√", "430400", "市政府", "P1", "SX-1", "2022-5-20", "138****0001"]
    ),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=True, allow_infinity=True),
    st.booleans(),
    st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2200, 1, 1)),
    st.dates(),
    st.times(),
    st.timedeltas(),
    st.builds(Broken, st.sampled_from(["#N/A", "#REF!"])),
)


@pytest.fixture(autouse=True)
def world():
    city = make_unit("430400", name="衡阳市人民政府", short_name="市政府")
    make_unit("430400-031", city, name="衡阳市医疗保障局", short_name="市医保局")
    make_campaign()
    make_matter(city, "异地就医备案", "SX-1")
    make_person(city, "周某", code="P1")


def a_sheet(shape, rows: list[list]) -> Sheet:
    """A table as the reader hands it over: every column of the shape, these rows from row 2 on."""
    labels = [column.column_name for column in shape.columns().values()]
    columns = [
        Column(place, column_letter(place), label, column.key)
        for place, (label, column) in enumerate(zip(labels, shape.columns().values(), strict=True), 1)
    ]
    told = [Row(number, tuple(values)) for number, values in enumerate(rows, 2)]
    return Sheet(shape.sheet, header_row=1, columns=columns, rows=told)


@pytest.mark.parametrize("kind", IMPORTERS)
@given(data=st.data())
@settings(max_examples=25, **QUIET)
def test_no_cells_ever_crash_a_plan_and_every_fault_names_its_cell(kind, data):
    shape = IMPORTERS[kind].resource()
    shape.scene = Scene(None, NOW)
    shapes = [shape, *(part() for part in shape.parts)]
    sheets = [
        a_sheet(
            one,
            data.draw(
                st.lists(
                    st.lists(nasty, min_size=len(one.columns()), max_size=len(one.columns())), max_size=3
                )
            ),
        )
        for one in shapes
    ]
    for mode in ImportMode.values:
        plan = plan_import(shape, sheets, mode)
        plan.digest()
        assert bool(plan.errors) >= any(row.action == RowAction.REJECTED for row in plan.rows)
        by_name = {sheet.name: sheet for sheet in sheets}
        for error in plan.errors:
            assert error["message"].strip()
            if error["cell"] and error["row"] > 1:
                sheet = by_name[error["sheet"]]
                column = next(one for one in sheet.columns if one.label == error["column"])
                assert error["cell"] == f"{column.letter}{error['row']}"
                assert error["row"] in {row.number for row in sheet.rows}


HEADER = ["人员编号", "姓名", "单位编码", "职务", "身份", "手机号码", "是否应走", "任职日期"]
han = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=8)
day = st.dates(dt.date(1950, 1, 1), dt.date(2100, 12, 31))
people = st.tuples(
    han,
    st.sampled_from(["430400", "市医保局", "衡阳市医疗保障局", "４３０４００－０３１"]),
    han,
    st.sampled_from(Rank.labels),
    st.one_of(st.none(), st.integers(13000000000, 19999999999), st.just("0734-8888888")),
    st.sampled_from(["是", "否", "Y", "√", None, True]),
    st.one_of(st.none(), day, day.map(lambda one: f"{one.year}年{one.month}月{one.day}日"), day.map(str)),
)
WRONG = {2: "没有的局", 4: "皇帝", 5: "12", 6: "也许", 7: "1949-13-01"}


def roster(told) -> list[list]:
    return [[f"N{number}", *row] for number, row in enumerate(told)]


@given(told=st.lists(people, min_size=1, max_size=6))
@settings(max_examples=8, **QUIET)
def test_any_good_roster_comes_out_and_in_again_unchanged(told):
    with transaction.atomic():
        run = load("people", table_of(roster(told)))
        assert counts(run) == (len(told), len(told), 0, 0, 0, 0)
        content, rows = exported("people")
        again = load("people", content, "update")
        assert counts(again) == (rows, 0, 0, rows, 0, 0)
        transaction.set_rollback(True)


@given(
    told=st.lists(people, min_size=1, max_size=6),
    spots=st.sets(st.tuples(st.integers(0, 5), st.sampled_from(sorted(WRONG))), min_size=1, max_size=5),
)
@settings(max_examples=8, **QUIET)
def test_wrong_cells_are_named_exactly_and_nothing_is_written(told, spots):
    rows = roster(told)
    spots = {(place % len(rows), column) for place, column in spots}
    for place, column in spots:
        rows[place][column] = WRONG[column]
    with transaction.atomic():
        before = Person.objects.count()
        run = load("people", table_of(rows))
        assert {error["cell"] for error in run.errors} == {
            f"{column_letter(column + 1)}{place + 2}" for place, column in spots
        }
        assert (Person.objects.count(), ImportRun.objects.filter(state="DONE").count()) == (before, 0)
        transaction.set_rollback(True)


def table_of(rows: list[list]) -> bytes:
    return table(*(dict(zip(HEADER, row, strict=True)) for row in rows))
