"""The writer: nothing becomes a formula, everything reads back as it went in, same rows give the same bytes."""

import datetime as dt
import io
import string
import zipfile
from decimal import Decimal

import pytest
from docx import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from campaigns.ground.archive import pack, repack
from campaigns.ground.sheets.read import read_workbook
from campaigns.ground.sheets.write import Marked, WriteColumn, WriteSheet, write_workbook

COLUMNS = (
    WriteColumn("编码", kind="code"),
    WriteColumn("名称", width=30),
    WriteColumn("日期", kind="date"),
    WriteColumn("时刻", kind="datetime"),
    WriteColumn("数", kind="decimal"),
)
RISKY = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "#N/A", "_x0041_", "=HYPERLINK(1)", "0012", "1e5"]
TEXTS = st.text(string.printable + "办事指南（一）、，“”—=+-@").map(str.strip).filter(bool)


def written(rows, **kwargs) -> bytes:
    return write_workbook([WriteSheet("表", COLUMNS, rows, **kwargs)])


def read_back(tmp_path, content: bytes) -> list[tuple]:
    (tmp_path / "a.xlsx").write_bytes(content)
    return [row.values for row in read_workbook(tmp_path / "a.xlsx", [c.label for c in COLUMNS])[0].rows]


def test_the_page_is_ready_to_print():
    content = written([["1", "甲", dt.date(2022, 5, 20), None, None]], heading=("登记表", "填报单位:某局"))
    page = load_workbook(io.BytesIO(content)).active
    assert page["A1"].value == "登记表"
    assert [cell.value for cell in page[3]] == ["编码", "名称", "日期", "时刻", "数"]
    assert page["A3"].font.bold
    assert page.freeze_panes == "A4"
    assert page.auto_filter.ref == "A3:E4"
    assert page.page_setup.orientation == "landscape"
    assert (page.page_setup.paperSize, page.page_setup.fitToHeight) == (9, 0)
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert page.print_title_rows == "$3:$3"
    assert page["A4"].number_format == "@"
    assert page["C4"].is_date
    assert sorted(str(merged) for merged in page.merged_cells.ranges) == ["A1:E1", "A2:E2"]


@pytest.mark.parametrize("text", RISKY)
def test_nothing_becomes_a_formula(tmp_path, text):
    content = written([[text, text, None, None, None]])
    cell = load_workbook(io.BytesIO(content)).active["B2"]
    assert cell.data_type == "s"
    assert cell.quotePrefix == text.startswith(("=", "+", "-", "@", "\t"))
    assert read_back(tmp_path, content)[0][1] == text


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            TEXTS,
            TEXTS,
            st.dates(dt.date(1950, 1, 1), dt.date(2100, 12, 31)),
            st.datetimes(dt.datetime(1950, 1, 1), dt.datetime(2100, 12, 31)).map(
                lambda moment: moment.replace(microsecond=0, second=1)
            ),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_everything_reads_back(tmp_path, rows):
    found = read_back(tmp_path, written([(*row, Decimal("1.25")) for row in rows]))
    expected = [
        (
            code.replace("\x0b", "").replace("\x0c", ""),
            name.replace("\x0b", "").replace("\x0c", ""),
            day,
            moment,
        )
        for code, name, day, moment in rows
    ]
    assert [(row[0], row[1], row[2], _second(row[3])) for row in found] == expected


def _second(moment: dt.datetime) -> dt.datetime:
    return (moment + dt.timedelta(milliseconds=500)).replace(microsecond=0)


def test_drop_downs_notes_marks_and_booleans():
    many = tuple(f"选项甲乙丙丁戊己庚辛{n}" for n in range(40))
    columns = (WriteColumn("类型", choices=("是", "否"), note="二选一"), WriteColumn("多", choices=many))
    page_rows = [[True, Marked("错", "没有这个选项")]]
    workbook = load_workbook(io.BytesIO(write_workbook([WriteSheet("表", columns, page_rows)])))
    page = workbook["表"]
    assert page["A1"].comment.text == "二选一"
    assert (page["A2"].value, page["B2"].value, page["B2"].comment.text) == ("是", "错", "没有这个选项")
    assert page["B2"].fill.fgColor.rgb.endswith("F8C9C4")
    formulas = {str(rule.sqref)[0]: rule.formula1 for rule in page.data_validations.dataValidation}
    assert formulas == {"A": '"是,否"', "B": "选项!$A$1:$A$40"}
    assert workbook["选项"].sheet_state == "hidden"
    assert workbook["选项"]["A40"].value == many[-1]


def test_same_rows_same_bytes():
    rows = [["1", "甲", dt.date(2022, 5, 20), dt.datetime(2022, 5, 20, 14, 30), Decimal("1.5")]]
    first, second = written(rows), written(rows)
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as members:
        assert {info.date_time for info in members.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert members.namelist() == sorted(members.namelist())
        assert b"1980-01-01T00:00:00Z" in members.read("docProps/core.xml")


def test_any_zip_is_repacked_the_same(tmp_path):
    for name in ("a", "b"):
        document = Document()
        document.add_paragraph("工作总结")
        document.core_properties.modified = dt.datetime(2022, 1, 1 if name == "a" else 2)
        document.core_properties.last_modified_by = name
        document.save(tmp_path / f"{name}.docx")
    first, second = repack(tmp_path / "a.docx"), repack((tmp_path / "b.docx").read_bytes())
    assert first == second
    assert Document(io.BytesIO(first)).paragraphs[0].text == "工作总结"
    assert pack({"b": b"2", "a": b"1"}) == pack({"a": b"1", "b": b"2"})
