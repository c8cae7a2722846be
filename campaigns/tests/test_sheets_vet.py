"""The gate: what is refused, in words, and that reading survives what isn't."""

import struct
import zipfile

import pytest

from campaigns.ground.sheets.read import gate, read_workbook
from campaigns.ground.sheets.vet import BadFile, Vetted, vet
from campaigns.tests.book_builders import WORKBOOK, book, raw_book, sheet_xml

TWO_CELLS = '<row r="1"><c r="A1"><v>1</v></c></row><row r="{row}"><c r="{ref}"><v>1</v></c></row>'


def refusal(path, **kwargs) -> str:
    with pytest.raises(BadFile) as caught:
        vet(path, **kwargs)
    return str(caught.value)


def test_a_good_book_passes(tmp_path):
    assert vet(book(tmp_path / "a.xlsx", ("表", [["单位编码", "单位名称"], ["1", "2"]]))).kind == "xlsx"


def test_tiny_file_with_the_farthest_corner_is_refused(tmp_path):
    path = raw_book(tmp_path / "a.xlsx", TWO_CELLS.format(row=1048576, ref="XFD1048576"))
    assert path.stat().st_size < 2_000
    assert "200000 行" in refusal(path)


@pytest.mark.parametrize("ref", ["CV200000", "GR50000", "GS1", "A200001"])
def test_wide_and_long_corners_are_refused(tmp_path, ref):
    row = "".join(filter(str.isdigit, ref))
    assert "上限" in refusal(raw_book(tmp_path / "a.xlsx", TWO_CELLS.format(row=row, ref=ref)))


def test_single_quoted_refs_and_prefixes_are_seen(tmp_path):
    xml = (
        "<x:worksheet xmlns:x='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><x:sheetData>"
        "<x:row r='1048576'><x:c r='XFD1048576'><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>"
    )
    assert "上限" in refusal(raw_book(tmp_path / "a.xlsx", parts={"xl/worksheets/sheet1.xml": xml}))


def test_cells_without_refs_are_counted(tmp_path, monkeypatch):
    monkeypatch.setattr("campaigns.ground.sheets.vet.MAX_RATIO", 10**6)
    row = "<row>" + "<c><v>1</v></c>" * 201 + "</row>"
    assert "201 列" in refusal(raw_book(tmp_path / "a.xlsx", row))
    assert "上限" in refusal(raw_book(tmp_path / "b.xlsx", "<row><c><v>1</v></c></row>" * 200_001))


def test_formatted_empty_cells_far_away_do_no_harm(tmp_path):
    cells = (
        '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="0"/></row><row r="1048576"><c r="A1048576"/></row>'
    )
    path = raw_book(tmp_path / "a.xlsx", cells)
    assert vet(path).kind == "xlsx"
    assert len(read_workbook(path)) == 1


def test_a_lying_dimension_does_no_harm(tmp_path):
    path = raw_book(
        tmp_path / "a.xlsx",
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>',
        before='<dimension ref="A1:XFD1048576"/>',
    )
    assert read_workbook(path)[0].header_row == 1


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/media/image1.png"])
def test_billion_laughs_are_refused_in_any_part(tmp_path, part):
    laughs = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>'
    assert "DTD" in refusal(raw_book(tmp_path / "a.xlsx", parts={part: laughs}))


def test_doctype_across_two_blocks_is_seen(tmp_path):
    pad = "<!--" + "x" * ((1 << 20) - 12) + "-->"
    xml = f"{pad}<!DOCTYPE worksheet><worksheet/>"
    path = tmp_path / "a.xlsx"
    raw_book(path, parts={"xl/styles.xml": xml})
    assert "过大" in refusal(path) or "DTD" in refusal(path)


def test_wide_encodings_hide_nothing(tmp_path):
    xml = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x><worksheet/>'.encode("utf-16")
    assert "编码" in refusal(raw_book(tmp_path / "a.xlsx", parts={"xl/worksheets/sheet1.xml": xml}))
    other = sheet_xml("", head='<?xml version="1.0" encoding="utf-7"?>')
    assert "编码" in refusal(raw_book(tmp_path / "b.xlsx", parts={"xl/worksheets/sheet1.xml": other}))


@pytest.mark.parametrize(
    ("part", "word"),
    [
        ("xl/vbaProject.bin", "宏"),
        ("xl/externalLinks/externalLink1.xml", "外部链接"),
        ("xl/activeX/activeX1.xml", "ActiveX"),
        ("xl/embeddings/oleObject1.bin", "嵌"),
    ],
)
def test_active_parts_are_refused(tmp_path, part, word):
    assert word in refusal(raw_book(tmp_path / "a.xlsx", parts={part: "<x/>"}))


def test_ratio_and_total_bombs_are_refused(tmp_path):
    path = raw_book(tmp_path / "a.xlsx", parts={"xl/styles.xml": "<a>" + " " * (3 << 20) + "</a>"})
    assert "炸弹" in refusal(path)


def test_a_part_that_holds_more_than_it_declares_is_refused(tmp_path):
    path = raw_book(tmp_path / "a.xlsx", parts={"xl/styles.xml": "<a>" + "b" * 5000 + "</a>"})
    content = path.read_bytes()
    real, lie = struct.pack("<I", 5007), struct.pack("<I", 100)
    assert content.count(real) == 2
    path.write_bytes(content.replace(real, lie))
    assert "损坏" in refusal(path)


def test_too_many_entries_and_doubled_names_are_refused(tmp_path):
    path = raw_book(tmp_path / "a.xlsx", parts={f"x/{n}.txt": "" for n in range(600)})
    assert "部件" in refusal(path)
    path = raw_book(tmp_path / "b.xlsx", parts={"XL/WORKBOOK.XML": WORKBOOK})
    assert "损坏" in refusal(path)


def test_too_many_sheets_are_refused(tmp_path):
    many = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="r1"/>' for n in range(1, 80))
    workbook = WORKBOOK.replace('<sheet name="表" sheetId="1" r:id="r1"/>', many)
    assert "工作表" in refusal(raw_book(tmp_path / "a.xlsx", parts={"xl/workbook.xml": workbook}))


def test_encrypted_and_old_files_are_told_apart(tmp_path):
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    (tmp_path / "old.xls").write_bytes(ole)
    (tmp_path / "locked.xlsx").write_bytes(ole + "EncryptedPackage".encode("utf-16-le"))
    assert ".xls" in refusal(tmp_path / "old.xls")
    assert "密码" in refusal(tmp_path / "locked.xlsx")
    path = raw_book(tmp_path / "a.xlsx")
    content = bytearray(path.read_bytes())
    for at in (content.find(b"PK\x03\x04") + 6, content.find(b"PK\x01\x02") + 8):
        content[at] |= 1
    path.write_bytes(content)
    assert "加密" in refusal(path)


def test_type_is_judged_by_content(tmp_path):
    for content in (b"%PDF-1.7", b"\x89PNG\r\n\x1a\n" + b"\0" * 20, b"a\0b\0c"):
        (tmp_path / "a.xlsx").write_bytes(content)
        assert "不是 Excel" in refusal(tmp_path / "a.xlsx")
    (tmp_path / "a.xls").write_bytes(b"<html><table></table></html>")
    assert "网页" in refusal(tmp_path / "a.xls")
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as document:
        document.writestr("word/document.xml", "<x/>")
    assert "不是 Excel" in refusal(tmp_path / "a.docx")
    (tmp_path / "b.xlsx").write_bytes(b"PK\x03\x04 and nothing more")
    assert "损坏" in refusal(tmp_path / "b.xlsx")


def test_empty_missing_and_large_files(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"")
    assert "空" in refusal(tmp_path / "a.csv")
    assert "找不到" in refusal(tmp_path / "none.xlsx")
    (tmp_path / "b.csv").write_bytes(b"a,b\n" * 300_000)
    assert "1 MB" in refusal(tmp_path / "b.csv", max_mb=1)


def test_an_endless_token_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("campaigns.ground.sheets.vet.MAX_RATIO", 10**6)
    xml = sheet_xml('<row r="1"><c r="A1" s="' + "1" * (12 << 20) + '"><v>1</v></c></row>')
    assert "损坏" in refusal(raw_book(tmp_path / "a.xlsx", parts={"xl/worksheets/sheet1.xml": xml}))


def test_a_child_that_dies_is_a_sentence(tmp_path, monkeypatch):
    """The second line: what the gate might let through aborts the child and nothing else."""
    monkeypatch.setattr("campaigns.ground.sheets.read.gate", lambda *_, **__: Vetted("xlsx"))
    path = raw_book(tmp_path / "a.xlsx", TWO_CELLS.format(row=1048576, ref="XFD1048576"))
    with pytest.raises(BadFile, match="无法读取"):
        read_workbook(path)


def test_reading_that_takes_too_long_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr("campaigns.ground.sheets.read.SECONDS", 0.0)
    with pytest.raises(BadFile, match="无法读取"):
        read_workbook(book(tmp_path / "a.xlsx", ("表", [["a", "b"]])))


def test_the_gate_stands_in_a_process_of_its_own(tmp_path, settings):
    """What the gate says comes through its child: sentences, sizes, and the cells without a usable value."""
    path = raw_book(tmp_path / "a.xlsx", '<row r="1"><c r="B1" t="e"><v>#REF!</v></c></row>')
    assert gate(path) == Vetted("xlsx", {"表": {(1, 2): "#REF!"}})
    with pytest.raises(BadFile, match="损坏|不是"):
        gate(raw_book(tmp_path / "b.xlsx", parts={"xl/workbook.xml": None}))
    settings.UPLOAD_MAX_MB = 0
    with pytest.raises(BadFile, match="0 MB"):
        gate(path)


def test_a_gate_that_is_killed_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr("campaigns.ground.sheets.read.SECONDS", 0.0)
    with pytest.raises(BadFile, match="无法读取"):
        gate(book(tmp_path / "a.xlsx", ("表", [["a", "b"]])))
