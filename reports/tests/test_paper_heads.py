"""The heads of papers: a 信函 in its frame, a 通报 with its red head; titles parted where they read well; never a seal."""

import io
import zipfile
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from reports.papers.document import Form, title_lines
from reports.papers.gbt9704 import to_docx
from reports.tests.test_document import PAPER, W, fonts_of

LETTER = replace(PAPER, form=Form.LETTER, head="衡阳市人民政府督查室", number="衡督〔2022〕3号")
BULLETIN = replace(PAPER, form=Form.BULLETIN, head="督查通报", number="〔2022〕第1期")


def parts_of(document) -> dict[str, ElementTree.Element]:
    with zipfile.ZipFile(io.BytesIO(to_docx(document))) as archive:
        return {
            name: ElementTree.fromstring(archive.read(name))
            for name in archive.namelist()
            if name.startswith("word/") and name.endswith(".xml")
        }


def words(element) -> str:
    return "".join(text.text or "" for text in element.iter(f"{W}t"))


def red(element) -> list[str]:
    """The words set in red."""
    colours = f"{W}rPr/{W}color"
    return [
        words(run)
        for run in element.iter(f"{W}r")
        if (at := run.find(colours)) is not None and at.get(f"{W}val") == "FF0000"
    ]


def rules(element) -> list[tuple[str, str]]:
    """(side, kind) of every red rule."""
    return [
        (rule.tag.removeprefix(W), rule.get(f"{W}val"))
        for borders in element.iter(f"{W}pBdr")
        for rule in borders
        if rule.get(f"{W}color") == "FF0000"
    ]


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("关于开展抽查的通知", ["关于开展抽查的通知"]),
        (
            "衡阳市人民政府督查室\n关于“走流程、解难题、优服务”行动开展情况的通报",
            ["衡阳市人民政府督查室", "关于“走流程、解难题、优服务”行动", "开展情况的通报"],
        ),
        ("一" * 41, ["一" * 20, "一" * 10, "一" * 11]),
    ],
)
def test_a_title_is_parted_where_it_reads_well(title, lines):
    assert title_lines(title) == lines


def test_no_line_begins_or_ends_where_it_must_not():
    for line in title_lines("关于进一步规范县市区政务服务大厅窗口设置、人员配备、办事指南公开工作的通知"):
        assert line[0] not in "、，。的”"
        assert line[-1] not in "“《和及"


def test_a_letter_stands_in_its_frame_on_the_first_page_only():
    parts = parts_of(LETTER)
    section = parts["word/document.xml"].find(f"{W}body/{W}sectPr")
    assert section.find(f"{W}titlePg") is not None
    margins = section.find(f"{W}pgMar")
    assert round(int(margins.get(f"{W}footer")) / 56.693) == 20
    heads = [part for name, part in parts.items() if "header" in name and red(part)]
    assert [red(head) for head in heads] == [["衡阳市人民政府督查室"]]
    assert rules(heads[0]) == [("bottom", "thickThinSmallGap")]
    feet = [part for name, part in parts.items() if "footer" in name and rules(part)]
    assert [rules(foot) for foot in feet] == [[("bottom", "thinThickSmallGap")]]
    assert words(feet[0]) == "", "信函首页不显示页码"
    indents = {heads[0].find(f".//{W}ind").get(f"{W}{side}") for side in ("left", "right")}
    assert {round(int(indent) / 56.693) for indent in indents} == {-7}, "双线长 170 mm，版心 156 mm"
    number = next(p for p in parts["word/document.xml"].iter(f"{W}p") if words(p) == "衡督〔2022〕3号")
    assert number.find(f"{W}pPr/{W}jc").get(f"{W}val") == "right"


def test_a_bulletin_has_a_red_head_its_number_and_who_issued_it_when():
    body = parts_of(BULLETIN)["word/document.xml"]
    lines = [words(paragraph) for paragraph in body.iter(f"{W}p")]
    assert red(body) == ["督查通报"]
    assert lines[0] == "督查通报"
    assert "〔2022〕第1期" in lines
    assert "　衡阳市市场监督管理局2022年6月30日　" in lines
    assert rules(body) == [("bottom", "single")]
    assert lines.count("衡阳市市场监督管理局") == 0, "版头已有发文单位和日期，文末不再署名"
    assert "（印发时编期号）" in [
        words(p) for p in parts_of(replace(BULLETIN, number="", on=None))["word/document.xml"].iter(f"{W}p")
    ]


def test_a_long_head_fits_into_one_line():
    body = parts_of(replace(BULLETIN, head="“走流程、解难题、优服务”行动简报"))["word/document.xml"]
    run = next(run for run in body.iter(f"{W}r") if words(run).endswith("行动简报"))
    points = int(run.find(f"{W}rPr/{W}sz").get(f"{W}val")) / 2
    assert points * 17 <= 156 / 25.4 * 72


@pytest.mark.parametrize("paper", [LETTER, BULLETIN])
def test_heads_name_their_faces_and_draw_no_seal(paper):
    for part in parts_of(paper).values():
        assert not list(part.iter(f"{W}drawing"))
        assert not list(part.iter(f"{W}pict"))
        for run in part.iter(f"{W}r"):
            assert fonts_of(run).get(f"{W}eastAsia")
