"""The papers as pages, through LibreOffice where it is: pages of A4, the meeting's sheet on one, no chart without its words."""

import re
import subprocess
from pathlib import Path

import pytest

from campaigns.ground.workdays import load_calendar
from campaigns.models import Campaign, Organization
from reports.brief_facts import brief_facts
from reports.briefs import brief_paper
from reports.enums import BriefKind
from reports.package import build
from reports.papers import pdf
from reports.papers.gbt9704 import to_docx
from reports.scope import unit_scope
from reports.tests.city import ON
from reports.tests.test_pdf import boxes

pytestmark = pytest.mark.skipif(pdf.converter() is None, reason="这台机器没有 LibreOffice，版面未测")
A4, LANDSCAPE = (210, 297), (297, 210)


def pages(content: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", content))


def test_the_meetings_sheet_is_one_page(example):
    city = Organization.objects.get(code="430400")
    scope = unit_scope(organization=city, campaign=Campaign.objects.get(), on=ON)
    paper = brief_paper(BriefKind.MEETING, brief_facts(BriefKind.MEETING, scope, load_calendar()))
    assert pages(pdf.to_pdf(to_docx(paper))) == 1


def test_every_paper_of_a_package_opens_and_is_a4(example, tmp_path):
    unit = Organization.objects.get(code="430400-031")
    given = {"organization": unit, "campaign": Campaign.objects.get(), "on": ON}
    with build(**given, calendar=load_calendar()) as package:
        subprocess.run(["python3", "-m", "zipfile", "-e", package.path, tmp_path], check=True)
    for source in sorted(tmp_path.glob("*.docx")) + sorted(tmp_path.glob("*.xlsx")):
        made = converted(source)
        assert set(boxes(made)) == {A4 if source.suffix == ".docx" else LANDSCAPE}, source.name
        assert pages(made) >= 1


def converted(source: Path) -> bytes:
    """The PDF LibreOffice makes of a file, in its own folder."""
    folder = source.parent / source.stem
    folder.mkdir()
    copy = folder / f"paper{source.suffix}"
    copy.write_bytes(source.read_bytes())
    pdf._convert(pdf.converter(), copy)
    return copy.with_suffix(".pdf").read_bytes()
