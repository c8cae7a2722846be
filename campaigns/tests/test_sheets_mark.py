"""Marks in somebody's own workbook: what they made stays, our own marks go when their reason went."""

import io

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

from campaigns.ground.sheets import mark
from campaigns.ground.sheets.mark import CannotMark, Marks, marked
from campaigns.ground.sheets.read import read_workbook


def original() -> bytes:
    book = Workbook()
    page = book.active
    page.title = "名册"
    page["A1"] = "衡阳市人员名册"
    page["A1"].font = Font(name="黑体", size=18)
    page.merge_cells("A1:C1")
    for line in (["编号", "姓名", "备注"], ["007", "张三", "=1+1"], ["8", "李四", None]):
        page.append(line)
    page["C3"].data_type = "s"
    page["B4"].comment = Comment("请核对", "同事")
    page["B4"].fill = PatternFill("solid", fgColor="00FF00")
    page.column_dimensions["B"].width = 33
    page.merge_cells("A6:B7")
    book.create_sheet("说明")["B2"] = "别动"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def opened(content: bytes):
    return load_workbook(io.BytesIO(content))


def test_the_rest_of_the_workbook_stays():
    told = Marks("名册", marks={"B4": "姓名不对。"}, column="D", header=2, rows={4: "姓名不对。"})
    book = opened(marked(original(), [told]))
    assert book.sheetnames == ["名册", "说明"]
    assert book["说明"]["B2"].value == "别动"
    page = book["名册"]
    assert (page["A1"].value, page["A1"].font.size) == ("衡阳市人员名册", 18)
    assert {str(area) for area in page.merged_cells.ranges} == {"A1:C1", "A6:B7"}
    assert page.column_dimensions["B"].width == 33
    assert (page["A3"].value, page["C3"].value, page["C3"].data_type) == ("007", "=1+1", "s")
    assert page["B4"].fill.fgColor.rgb == "00F8C9C4"
    assert page["B4"].comment.text == "姓名不对。\n——原批注——\n请核对"
    assert [page[f"D{row}"].value for row in (1, 2, 3, 4)] == [None, "退回原因", None, "姓名不对。"]


def test_marks_of_an_earlier_round_go():
    first = marked(
        original(), [Marks("名册", marks={"B4": "不对。"}, column="D", header=2, rows={4: "不对。"})]
    )
    again = marked(first, [Marks("名册", marks={"A3": "重复。"}, column="D", header=2, rows={3: "重复。"})])
    page = opened(again)["名册"]
    assert page["B4"].fill.fill_type is None
    assert page["B4"].comment.text == "请核对"
    assert page["A3"].comment.text == "重复。"
    assert [page[f"D{row}"].value for row in (2, 3, 4)] == ["退回原因", "重复。", None]


def test_a_merged_cell_is_marked_where_it_shows():
    page = opened(marked(original(), [Marks("名册", marks={"B7": "空。"})]))["名册"]
    assert page["A6"].comment.text == "空。"


def test_values_are_texts_and_formulas_become_what_they_showed(tmp_path):
    book = opened(original())
    book["名册"]["C4"] = "=1+2"
    target = io.BytesIO()
    book.save(target)
    page = opened(marked(target.getvalue(), [Marks("名册", values={"A3": "0012", "B3": "=cmd()"})]))["名册"]
    assert (page["A3"].value, page["A3"].data_type) == ("0012", "s")
    assert (page["B3"].value, page["B3"].data_type) == ("=cmd()", "s")
    assert page["C4"].value is None


def test_a_csv_becomes_a_workbook_with_its_rows_where_they_were(tmp_path):
    content = "名册\n\n编号;姓名\n007;张三\n".encode("gb18030")
    path = tmp_path / "a.xlsx"
    path.write_bytes(marked(content, [Marks("", marks={"B4": "不对。"})], ["编号", "姓名"]))
    sheet = read_workbook(path, ["编号", "姓名"])[0]
    assert (sheet.header_row, [(row.number, row.values) for row in sheet.rows]) == (3, [(4, ("007", "张三"))])
    assert opened(path.read_bytes())["表"]["B4"].comment.text == "不对。"


def test_same_marks_same_bytes_and_a_dead_child_is_told(monkeypatch):
    orders = [Marks("名册", marks={"B4": "不对。"})]
    assert marked(original(), orders) == marked(original(), orders)
    with pytest.raises(CannotMark):
        marked(b"PK nothing", orders)
    monkeypatch.setattr(mark, "SECONDS", 0.01)
    with pytest.raises(CannotMark):
        marked(original(), orders)
