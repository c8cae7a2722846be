"""The writer of long tables: what it writes is what readers read; nothing runs; the same rows give the same bytes."""

import datetime as dt
import io
import shutil
import subprocess
import tracemalloc
import zipfile
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from campaigns.ground.sheets import stream
from campaigns.ground.sheets.csv_table import stream_csv
from campaigns.ground.sheets.read import read_workbook
from campaigns.ground.sheets.stream import stream_workbook
from campaigns.ground.sheets.write import WriteColumn, WriteSheet

COLUMNS = (
    WriteColumn("台账编号", 20, "code"),
    WriteColumn("内容", 30),
    WriteColumn("时限", 12, "date"),
    WriteColumn("次数", 8, "integer", align="center"),
)
DAY = dt.date(2022, 6, 10)


def written(*rows, columns=COLUMNS, **options) -> bytes:
    target = io.BytesIO()
    sheet = WriteSheet("整改台账", columns, list(rows), **options)
    assert stream_workbook(target, [sheet]) == len(rows)
    return target.getvalue()


def page(content: bytes):
    return load_workbook(io.BytesIO(content)).active


def test_rows_come_back_as_they_were():
    cells = list(
        page(written(["0012", "窗口\n排队", DAY, 3], ["A", "", None, None])).iter_rows(values_only=True)
    )
    assert cells == [
        ("台账编号", "内容", "时限", "次数"),
        ("0012", "窗口\n排队", dt.datetime(2022, 6, 10), 3),
        ("A", None, None, None),
    ]


@pytest.mark.parametrize(
    ("value", "kind", "read"),
    [
        (dt.datetime(2022, 6, 10, 8, 30), "datetime", dt.datetime(2022, 6, 10, 8, 30)),
        (dt.datetime(2022, 6, 10, 23, 59, 59), "datetime", dt.datetime(2022, 6, 10, 23, 59, 59)),
        (dt.date(1950, 1, 1), "date", dt.datetime(1950, 1, 1)),
        (Decimal("80.50"), "decimal", 80.5),
        (True, "text", "是"),
        (False, "text", "否"),
        (0, "integer", 0),
        (float("nan"), "decimal", None),
        ("123456789012345678", "code", "123456789012345678"),
        ('a & <b> "c"', "text", 'a & <b> "c"'),
        ("坏\x00\x0b字\ud800", "text", "坏字"),
        ("a\r\nb\rc", "text", "a\nb\nc"),
        ("  边上有空格  ", "text", "  边上有空格  "),
    ],
)
def test_values(value, kind, read):
    assert page(written([value], columns=(WriteColumn("值", kind=kind),)))["A2"].value == read


def test_what_looks_like_an_escape_stays_what_it_is():
    content = written(["_x0041_"], columns=(WriteColumn("值"),))
    assert CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()[1] == [
        "_x0041_"
    ]


@pytest.mark.parametrize("text", ["=1+1", "+86", "-3", "@SUM(A1)", "\t=1"])
def test_no_text_becomes_a_formula(text):
    cell = page(written([text], columns=(WriteColumn("值"),)))["A2"]
    assert (cell.data_type, cell.value, cell.quotePrefix) == ("s", text, True)


def test_the_page_is_set_up():
    sheet = page(
        written(["1", "a", DAY, 1], heading=("市医保局问题清单", "填报单位：市医保局"), footing=("签字：",))
    )
    assert (sheet.freeze_panes, sheet.print_title_rows, sheet.auto_filter.ref) == ("A4", "$3:$3", "A3:D4")
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet["A1"].value, sheet["A1"].font.b, sheet["A1"].font.size) == ("市医保局问题清单", True, 16)
    assert (sheet["A3"].font.b, sheet["A3"].fill.fgColor.rgb, sheet["A5"].value) == (
        True,
        "FFE8EEF5",
        "签字：",
    )
    assert {str(merged) for merged in sheet.merged_cells.ranges} == {"A1:D1", "A2:D2", "A5:D5"}
    assert (sheet["A4"].number_format, sheet["C4"].number_format) == ("@", "yyyy\\-mm\\-dd")
    assert sheet["D4"].alignment.horizontal == "center"


def test_the_import_reads_it(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(written(["0012", "排队", DAY, 3]))
    (sheet,) = read_workbook(path, ["台账编号", "内容", "时限", "次数"])
    assert sheet.rows[0].values == ("0012", "排队", DAY, 3)


def test_the_same_rows_give_the_same_bytes():
    assert written(["1", "a", DAY, 1]) == written(["1", "a", DAY, 1])
    with zipfile.ZipFile(io.BytesIO(written())) as book:
        assert {member.date_time for member in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_table_longer_than_a_sheet_goes_on_in_the_next(monkeypatch):
    monkeypatch.setattr(stream, "LAST_ROW", 4)
    book = load_workbook(io.BytesIO(written(*([str(at), "", None, at] for at in range(7)))))
    assert book.sheetnames == ["整改台账", "整改台账（续1）", "整改台账（续2）"]
    assert [row[0] for sheet in book for row in sheet.iter_rows(min_row=2, values_only=True)] == list(
        "0123456"
    )


def test_a_full_sheet_needs_no_next_one(monkeypatch):
    monkeypatch.setattr(stream, "LAST_ROW", 4)
    content = written(*([str(at), "", None, at] for at in range(3)))
    rows = [
        row[0]
        for sheet in load_workbook(io.BytesIO(content))
        for row in sheet.iter_rows(min_row=2, values_only=True)
    ]
    assert rows == list("012")


def test_several_sheets_in_one_book():
    target = io.BytesIO()
    rows = [["1", "a", DAY, 1]]
    assert (
        stream_workbook(target, [WriteSheet("措施", COLUMNS, rows), WriteSheet("步骤", COLUMNS, rows * 2)])
        == 3
    )
    assert load_workbook(target).sheetnames == ["措施", "步骤"]


def test_memory_doesnt_grow_with_the_rows(tmp_path):
    def peak(count: int) -> int:
        rows = ([f"ZL-{at}", f"第{at}条", DAY, at] for at in range(count))
        tracemalloc.start()
        with (tmp_path / "a.xlsx").open("w+b") as target:
            stream_workbook(target, [WriteSheet("表", COLUMNS, rows)])
        reached = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return reached

    assert peak(30_000) < peak(8_000) * 1.5


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice isn't installed here")
def test_libreoffice_opens_it(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(written(["0012", "=1+1", DAY, 3]))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "csv:Text - txt - csv (StarCalc):44,34,76",
        path.name,
    ]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    assert (tmp_path / "a.csv").read_text("utf-8").splitlines() == [
        "台账编号,内容,时限,次数",
        "0012,=1+1,2022-06-10,3",
    ]


def test_csv_has_its_mark_and_nothing_runs():
    target = io.BytesIO()
    rows = [["0012", "=1+1", DAY, -3], ["A", "一,二", None, True]]
    assert stream_csv(target, WriteSheet("表", COLUMNS, rows)) == 2
    assert target.getvalue().decode("utf-8-sig").splitlines() == [
        "台账编号,内容,时限,次数",
        "0012,'=1+1,2022-06-10,-3",
        'A,"一,二",,是',
    ]
    assert target.getvalue().startswith(b"\xef\xbb\xbf")
