"""A paper as PDF: converted by LibreOffice where it is, a sentence where it isn't; nothing is left running."""

import re
import subprocess
import time
from dataclasses import replace

import pytest
from django.template import Context, Template

from campaigns.ground.refusal import NotAllowed
from reports.papers import pdf
from reports.papers.gbt9704 import to_docx
from reports.tests.test_document import PAPER

needs_libreoffice = pytest.mark.skipif(
    pdf.converter() is None, reason="这台机器没有 LibreOffice，PDF 转换未测"
)


@pytest.fixture
def stand_in(settings, tmp_path):
    """A program in LibreOffice's place: `stand_in("exit 1")`."""

    def make(script: str) -> None:
        program = tmp_path / "soffice"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        settings.SOFFICE = str(program)

    return make


def boxes(content: bytes) -> list[tuple[int, int]]:
    """The sheet of every page, in millimetres."""
    found = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", content)
    return [tuple(round(float(points) * 25.4 / 72) for points in box) for box in found]


@needs_libreoffice
def test_the_paper_becomes_a_pdf_of_a4_pages_the_same_twice():
    docx = to_docx(replace(PAPER, blocks=PAPER.blocks[:2]))
    first, again = pdf.to_pdf(docx), pdf.to_pdf(docx)
    assert first.startswith(b"%PDF-")
    assert set(boxes(first)) == {(210, 297)}
    assert len(re.findall(rb"/Type\s*/Page\b", first)) == 2, "正文一页，附件另起一页"
    assert first == again


def test_without_libreoffice_the_refusal_says_what_to_do(settings):
    settings.SOFFICE = "/nowhere/soffice"
    assert pdf.converter() is None
    with pytest.raises(NotAllowed, match="没有安装 LibreOffice.*下载 .docx"):
        pdf.to_pdf(b"")


@pytest.mark.parametrize("script", ["exit 1", "exit 0"])
def test_a_converter_that_makes_no_file_is_a_refusal(stand_in, script):
    stand_in(script)
    with pytest.raises(NotAllowed, match="没有转换成功"):
        pdf.to_pdf(b"")


def test_a_converter_that_hangs_is_ended_with_its_children(stand_in, monkeypatch, tmp_path):
    monkeypatch.setattr(pdf, "SECONDS", 0.3)
    stand_in(f"sleep 60 & echo $! > {tmp_path}/child; wait")
    with pytest.raises(NotAllowed, match="没有转换成功"):
        pdf.to_pdf(b"")
    child = (tmp_path / "child").read_text().strip()
    for _ in range(20):
        state = subprocess.run(["ps", "-o", "stat=", "-p", child], capture_output=True, text=True).stdout
        if not state.strip() or state.startswith("Z"):
            return
        time.sleep(0.1)
    raise AssertionError("转换程序的子进程还在运行")


def test_the_moment_of_making_is_taken_out_without_moving_anything():
    made = b"/CreationDate(D:20220620103000+08'00')>> /ID [ <5C79> <5C79> ] /DocChecksum /EFD0CF"
    plain = pdf._timeless(made)
    assert len(plain) == len(made)
    assert plain == b"/CreationDate(D:19800101000000+08'00')>> /ID [ <0000> <0000> ] /DocChecksum /000000"


@pytest.fixture
def faces(monkeypatch):
    """What `fc-list` finds on the machine."""

    def have(text: str | None) -> None:
        pdf.substituted_fonts.cache_clear()
        monkeypatch.setattr(pdf.shutil, "which", lambda name: None if text is None else f"/bin/{name}")
        done = subprocess.CompletedProcess([], 0, stdout=text)
        monkeypatch.setattr(pdf.subprocess, "run", lambda *args, **kwargs: done)

    yield have
    pdf.substituted_fonts.cache_clear()


def test_the_warning_names_the_faces_that_are_substituted(faces):
    faces("FangSong_GB2312,仿宋_GB2312\n黑体,SimHei\nNoto Serif CJK SC\n")
    assert pdf.substituted_fonts() == ("方正小标宋简体", "楷体_GB2312", "宋体")
    assert "没有安装方正小标宋简体、楷体_GB2312、宋体，" in pdf.font_warning()
    faces(None)
    assert pdf.substituted_fonts() == pdf.NAMED_FONTS
    faces("\n".join(pdf.NAMED_FONTS))
    assert pdf.font_warning() == ""


def test_the_buttons_offer_pdf_only_where_it_can_be_made(settings, stand_in):
    template = Template('{% load papers %}{% paper "/reports/x/" "公文" %}')
    stand_in("exit 1")
    assert 'href="/reports/x/?as=pdf"' in template.render(Context())
    settings.SOFFICE = "/nowhere/soffice"
    page = template.render(Context())
    assert "?as=pdf" not in page
    assert "没有安装 LibreOffice" in page
