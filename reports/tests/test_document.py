"""The document model and its print: numbers, faces of every run, GB/T 9704-2012 pages, same bytes twice."""

import io
import zipfile
from datetime import date
from xml.etree import ElementTree

import pytest

from reports.papers.document import (
    Attachment,
    Counter,
    Document,
    Heading,
    Paragraph,
    Table,
    chinese_date,
    chinese_number,
    signature_indents,
    width_in_characters,
)
from reports.papers.gbt9704 import to_docx

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

PAPER = Document(
    title="衡阳市医疗保障局\n“走流程、解难题、优服务”行动工作总结",
    addressee="市审改办",
    blocks=(
        Heading(1, "工作开展情况"),
        Paragraph("全局12人应走，“一件事一次办”——异地就医备案……已走10人。"),
        Heading(2, "亲身办。", run_in="共5次。"),
        Heading(2, "帮代办。", run_in="共3次。"),
        Heading(1, "主要做法"),
        Heading(2, "一边走。"),
        Heading(3, "第一。"),
        Heading(4, "其一。"),
        Table(
            ("形式", "次数"),
            (("亲身办", "5"), ("=1+1", "3")),
            widths=(3, 1),
            caption="五种形式",
            numbers=(1,),
        ),
    ),
    listed=("三张清单",),
    attachments=(Attachment("情况统计表", (Paragraph("附件正文。"),)),),
    signature="衡阳市市场监督管理局",
    on=date(2022, 6, 30),
    remark="此件主动公开",
)


@pytest.fixture(scope="module")
def parts() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(to_docx(PAPER))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def tree(parts, name):
    return ElementTree.fromstring(parts[name])


def footers(parts) -> dict[str, ElementTree.Element]:
    """Footer kind (default, even) → its part."""
    links = {link.get("Id"): link.get("Target") for link in tree(parts, "word/_rels/document.xml.rels")}
    key = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    references = tree(parts, "word/document.xml").iter(f"{W}footerReference")
    return {each.get(f"{W}type"): tree(parts, "word/" + links[each.get(key)]) for each in references}


def paragraphs(parts) -> dict[str, ElementTree.Element]:
    found = {}
    for paragraph in tree(parts, "word/document.xml").iter(f"{W}p"):
        found["".join(text.text or "" for text in paragraph.iter(f"{W}t"))] = paragraph
    return found


def fonts_of(run) -> ElementTree.Element:
    fonts = run.find(f"{W}rPr/{W}rFonts")
    assert fonts is not None, ElementTree.tostring(run, encoding="unicode")
    return fonts


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "一"), (9, "九"), (10, "十"), (11, "十一"), (20, "二十"), (21, "二十一"), (99, "九十九")],
)
def test_chinese_numbers(number, words):
    assert chinese_number(number) == words


@pytest.mark.parametrize("number", [0, 100])
def test_chinese_numbers_end_at_ninety_nine(number):
    with pytest.raises(ValueError, match="编号超出"):
        chinese_number(number)


def test_levels_count_and_restart():
    counter = Counter()
    marks = [counter.mark(level) for level in (1, 2, 2, 3, 4, 4, 3, 1, 2)]
    assert marks == ["一、", "（一）", "（二）", "1.", "（1）", "（2）", "2.", "二、", "（一）"]


def test_date_and_signature():
    on = date(2022, 6, 30)
    assert chinese_date(on) == "2022年6月30日"
    assert width_in_characters("2022年6月30日") == 6.5
    assert signature_indents("衡阳市市场监督管理局", on) == (2, 3.5)
    # A date longer than the name: the date ends two characters from the margin, the name moves left with it.
    assert signature_indents("市政府", on) == (7.5, 2)


def test_every_run_names_its_face_in_every_slot(parts):
    trees = [tree(parts, "word/document.xml"), *footers(parts).values()]
    runs = [run for root in trees for run in root.iter(f"{W}r")]
    assert len(runs) > 30
    for run in runs:
        fonts = fonts_of(run)
        faces = {fonts.get(f"{W}{slot}") for slot in ("ascii", "hAnsi", "eastAsia", "cs")}
        assert len(faces) == 1
        assert None not in faces
        assert fonts.get(f"{W}hint") == "eastAsia"


def test_no_theme_font_is_left(parts):
    assert b"asciiTheme" not in parts["word/document.xml"]
    assert b"eastAsiaTheme" not in parts["word/styles.xml"]


def test_faces_and_sizes_of_the_standard(parts):
    expected = {
        "衡阳市医疗保障局": None,
        "“走流程、解难题、优服务”行动工作总结": ("方正小标宋简体", "44"),
        "市审改办：": ("仿宋_GB2312", "32"),
        "一、工作开展情况": ("黑体", "32"),
        "（一）一边走。": ("楷体_GB2312", "32"),
        "1.第一。": ("仿宋_GB2312", "32"),
        "（1）其一。": ("仿宋_GB2312", "32"),
        "全局12人应走，“一件事一次办”——异地就医备案……已走10人。": ("仿宋_GB2312", "32"),
        "附件2": ("黑体", "32"),
    }
    found = paragraphs(parts)
    for text, face in expected.items():
        run = found[text].find(f"{W}r")
        if face:
            size = run.find(f"{W}rPr/{W}sz").get(f"{W}val")
            assert (fonts_of(run).get(f"{W}eastAsia"), size) == face, text


def test_a_run_in_heading_keeps_two_faces(parts):
    runs = paragraphs(parts)["（一）亲身办。共5次。"].findall(f"{W}r")
    assert [fonts_of(run).get(f"{W}eastAsia") for run in runs] == ["楷体_GB2312", "仿宋_GB2312"]


def test_body_is_indented_by_two_characters_on_a_fixed_line(parts):
    body = paragraphs(parts)["全局12人应走，“一件事一次办”——异地就医备案……已走10人。"]
    assert body.find(f"{W}pPr/{W}ind").get(f"{W}firstLineChars") == "200"
    normal = next(
        style
        for style in tree(parts, "word/styles.xml").iter(f"{W}style")
        if style.get(f"{W}styleId") == "Normal"
    )
    spacing = normal.find(f"{W}pPr/{W}spacing")
    assert (spacing.get(f"{W}line"), spacing.get(f"{W}lineRule")) == ("560", "exact")


def test_page_margins_grid_and_odd_even_numbers(parts):
    section = tree(parts, "word/document.xml").find(f"{W}body/{W}sectPr")
    margins = section.find(f"{W}pgMar")
    millimetres = {
        side: round(int(margins.get(f"{W}{side}")) / 56.693) for side in ("top", "bottom", "left", "right")
    }
    assert millimetres == {"top": 37, "bottom": 35, "left": 28, "right": 26}
    size = section.find(f"{W}pgSz")
    assert [round(int(size.get(f"{W}{side}")) / 56.693) for side in ("w", "h")] == [210, 297]
    # No character grid: LibreOffice would give every character two cells of it (looked at, page by page).
    assert section.find(f"{W}docGrid").get(f"{W}type") == "lines"
    assert tree(parts, "word/settings.xml").find(f"{W}evenAndOddHeaders") is not None
    for kind, side in (("default", "right"), ("even", "left")):
        footer = footers(parts)[kind]
        assert "".join(footer.itertext()) == "— PAGE1 —"
        assert footer.find(f".//{W}jc").get(f"{W}val") == side
        assert footer.find(f".//{W}ind").get(f"{W}{side}Chars") == "100"
        assert {fonts_of(run).get(f"{W}eastAsia") for run in footer.iter(f"{W}r")} == {"宋体"}


def test_table_header_repeats_and_rows_hold_together(parts):
    rows = list(tree(parts, "word/document.xml").iter(f"{W}tr"))
    assert len(rows) == 3
    assert rows[0].find(f"{W}trPr/{W}tblHeader") is not None
    assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows)


def test_attachment_note_and_signature(parts):
    found = paragraphs(parts)
    assert "附件：1.三张清单" in found
    assert "2.情况统计表" in found
    assert found["附件2"].find(f"{W}pPr/{W}pageBreakBefore") is not None
    assert found["2022年6月30日"].find(f"{W}pPr/{W}ind").get(f"{W}rightChars") == "350"
    assert "（此件主动公开）" in found


def test_the_same_document_gives_the_same_bytes(parts):
    assert to_docx(PAPER) == to_docx(PAPER)
    assert b"python-docx" not in parts["docProps/core.xml"]
    assert not any("thumbnail" in name for name in parts)


def test_a_stranger_block_is_refused():
    with pytest.raises(TypeError, match="不认识的文档块"):
        to_docx(Document(title="题", blocks=("不是块",)))
