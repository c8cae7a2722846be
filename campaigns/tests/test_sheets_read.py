"""Reading what people really send (contract §6)."""

import datetime as dt

import pytest
from openpyxl import load_workbook

from campaigns.ground.sheets.read import column_letter, header_key, read_workbook
from campaigns.ground.sheets.values import Broken
from campaigns.ground.sheets.vet import BadFile
from campaigns.tests.book_builders import book, raw_book

KNOWN = ["单位编码", "单位名称", "承诺时限(工作日)", "费用(元)"]
HEADER = ["单位编码", "单位名称"]


def only(path, known=KNOWN):
    sheets = read_workbook(path, known)
    assert len(sheets) == 1
    return sheets[0]


def csv_sheet(tmp_path, text: str, encoding: str = "utf-8", known=KNOWN):
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode(encoding))
    return only(path, known)


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("* 单位 编码 ", "单位编码"),
        ("单位编码＊", "单位编码"),
        ("单位类型（市政府·县市区政府）", "单位类型"),
        ("法定时限（工作日）", "法定时限(工作日)"),
        ("费用（元）*（可空）", "费用(元)"),
        ("单位\n名称【必填】", "单位名称"),
        ("法定时限(天)", "法定时限"),
        ("电子邮箱［Ｅｍａｉｌ］", "电子邮箱"),
    ],
)
def test_headers_match_as_people_write_them(label, key):
    assert header_key(label) == key


def test_title_rows_merged_cells_blank_rows_and_columns(tmp_path):
    rows = [
        ["衡阳市参加单位名册"],
        [],
        [None, "填报单位:", None, "填报人:"],
        [],
        [None, "单位编码*", None, " 单位 名称", "备注(可空)"],
        [],
        [None, "430400-029", None, "市审批局", "x"],
        [],
        [None, "430400-030", None, "市司法局"],
    ]
    sheet = only(book(tmp_path / "a.xlsx", ("名册", rows), merge="A1:E1"))
    assert (sheet.name, sheet.header_row) == ("名册", 5)
    assert [(c.letter, c.key) for c in sheet.columns] == [("B", "单位编码"), ("D", "单位名称"), ("E", "备注")]
    assert [row.number for row in sheet.rows] == [7, 9]
    assert sheet.rows[0].values == ("430400-029", "市审批局", "x")
    assert sheet.rows[1].values == ("430400-030", "市司法局", None)


def test_data_without_heading_is_noted(tmp_path):
    sheet = only(book(tmp_path / "a.xlsx", ("表", [HEADER, ["1", "2", "stray"]])))
    assert sheet.unnamed == ["C"]
    assert sheet.rows[0].values == ("1", "2")


def test_example_rows_are_ignored(tmp_path):
    rows = [HEADER, ["示例:430400-001", "某局"], ["430400-002", "示例局"]]
    assert [row.number for row in only(book(tmp_path / "a.xlsx", ("表", rows))).rows] == [3]


def test_no_header_means_no_rows(tmp_path):
    sheet = only(book(tmp_path / "a.xlsx", ("表", [["甲", "乙"], ["1", "2"]])))
    assert (sheet.header_row, sheet.rows) == (0, [])


def test_types_come_through(tmp_path):
    moment = dt.datetime(2022, 5, 20, 14, 30)
    rows = [["单位编码", "单位名称", "a", "b", "c"], [430400, 42725.5, dt.date(2022, 5, 20), moment, True]]
    assert only(book(tmp_path / "a.xlsx", ("表", rows))).rows[0].values == (
        430400.0,
        42725.5,
        dt.date(2022, 5, 20),
        moment,
        True,
    )


def test_error_cells_and_uncalculated_formulas_are_named(tmp_path):
    path = raw_book(
        tmp_path / "a.xlsx",
        '<row r="1"><c r="A1" t="inlineStr"><is><t>单位编码</t></is></c>'
        '<c r="B1" t="inlineStr"><is><t>单位名称</t></is></c></row>'
        '<row r="2"><c r="A2" t="e"><f>VLOOKUP(1,1,1)</f><v>#N/A</v></c><c r="B2"><f>1+1</f></c></row>'
        '<row r="3"><c r="A3"><v>1</v></c></row>',
    )
    rows = only(path).rows
    assert rows[0].values == ("#N/A", "没有计算结果的公式")
    assert all(isinstance(value, Broken) for value in rows[0].values)
    assert rows[1].values == (1.0, None)


def test_hidden_sheets_come_last(tmp_path):
    path = book(tmp_path / "a.xlsx", ("选项", [HEADER]), ("表", [HEADER]))
    workbook = load_workbook(path)
    workbook["选项"].sheet_state = "hidden"
    workbook.active = 1
    workbook.save(path)
    assert [(sheet.name, sheet.hidden) for sheet in read_workbook(path)] == [("表", False), ("选项", True)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_in_every_encoding_and_delimiter(tmp_path, encoding, delimiter):
    text = f"名册\r\n单位编码*{delimiter}单位名称\r\n430400-029{delimiter}市审批局、一、二\r\n"
    sheet = csv_sheet(tmp_path, text, encoding)
    assert sheet.header_row == 2
    assert sheet.rows == [(3, ("430400-029", "市审批局、一、二"))]


def test_csv_counts_rows_as_excel_does(tmp_path):
    text = '单位编码,单位名称\n\n1,"甲\n乙"\n2,丙;丁;戊;己\n'
    sheet = csv_sheet(tmp_path, text)
    assert [row.number for row in sheet.rows] == [3, 4]
    assert sheet.rows[0].values == ("1", "甲\n乙")


def test_csv_in_another_encoding_is_refused(tmp_path):
    with pytest.raises(BadFile, match="编码"):
        csv_sheet(tmp_path, "单位编码,单位名称", "utf-16")
    (tmp_path / "b.csv").write_bytes(b"a,b\n\xff\xfe\x81")
    with pytest.raises(BadFile, match="编码"):
        read_workbook(tmp_path / "b.csv")


def test_csv_limits(tmp_path):
    with pytest.raises(BadFile, match="上限"):
        csv_sheet(tmp_path, "单位编码,单位名称\n" + "x," * 300)


def test_column_letters():
    assert [column_letter(n) for n in (1, 26, 27, 702, 703)] == ["A", "Z", "AA", "ZZ", "AAA"]
