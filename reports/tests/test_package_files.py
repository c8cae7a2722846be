"""What lies in the package besides the lists: statistics, checks, evidence, README; a zip that everybody can unpack."""

import io
import zipfile

import openpyxl
import pytest

from campaigns.ground.files import FileKind, store_bytes
from campaigns.models import Evidence
from issues.enums import LedgerState
from issues.models import Draw, DrawItem, ItemEvidence, LedgerItem
from reports.models import Submission
from reports.package import CHECKS, EVIDENCE, MEMBERS, PLAN, STATISTICS, SUMMARY, WALK_PLAN
from reports.tests.city import NOON, ON
from reports.tests.test_package import built, members, sheet_rows, words_of

pytestmark = pytest.mark.django_db


def stored(city, name, content=b"x"):
    by = city.clerk.person.user
    return store_bytes(
        content=content, name=name, kind=FileKind.EVIDENCE, content_type="image/jpeg", by=by, now=NOON
    )


def test_statistics_by_unit_form_matter_and_node(stocked):
    stocked.campaign.milestones.create(key="report", name="总结上报", phrase="于6月30日前", due_on=ON)
    book = members(built(stocked, stocked.root))[STATISTICS]
    by_unit = {row["单位"]: row for row in sheet_rows(book, "按单位")}
    assert by_unit["市医保局"]["应走人数"] == 2
    assert by_unit["市医保局"]["体验覆盖率"] == "100.0%"
    assert (by_unit["市医保局"]["亲身办"], by_unit["市医保局"]["陪同办"]) == (1, 1)
    assert (by_unit["合计"]["走流程场次"], by_unit["合计"]["负责台账"]) == (2, 4)
    by_form = {row["体验形式"]: row for row in sheet_rows(book, "按形式")}
    assert (by_form["陪同办"]["走流程场次"], by_form["陪同办"]["占比"]) == (1, "50.0%")
    assert by_form["倒推办"]["走流程场次"] == 0
    by_matter = {row["事项名称"]: row for row in sheet_rows(book, "按事项")}
    assert (by_matter["异地就医备案"]["是否重点事项"], by_matter["异地就医备案"]["发现问题"]) == ("是", 3)
    nodes = sheet_rows(book, "按节点")
    assert [(row["节点"], row["应完成单位"]) for row in nodes] == [("总结上报", 0)]


def test_checks_hold_only_what_is_concluded(stocked):
    closed = LedgerItem.objects.get(state="CLOSED")
    LedgerItem.objects.filter(pk=closed.pk).update(waiver_reason="窗口已撤并")
    book = members(built(stocked))[CHECKS]
    waived = sheet_rows(book, "免核验")
    assert [(row["台账编号"], row["免核验原因"]) for row in waived] == [(closed.number, "窗口已撤并")]
    assert sheet_rows(book, "抽查") == sheet_rows(book, "回访") == []


def test_a_spot_check_is_told_when_it_is_signed_and_to_the_unit_that_answers(stocked):
    by, another = stocked.office.person.user, stocked.admin.person.user
    draw = Draw.objects.create(
        campaign=stocked.campaign,
        organization=stocked.root,
        number="CC-ZJY-2022-430400-0001",
        title="第一批",
        count=2,
        seed="1",
        seed_published_at=NOON,
        planned_by=by,
        drawn_at=NOON,
        drawn_by=by,
        population=4,
        population_sha256="x",
    )
    foreign = stocked.item(stocked.problem("外单位的问题", unit=stocked.other), LedgerState.CLOSED)
    said = {"outcome": "SOUND", "note": "到位。", "checked_at": NOON, "checked_by": by}
    signed = {**said, "confirmed_at": NOON, "confirmed_by": another}
    own = LedgerItem.objects.filter(responsible_unit=stocked.unit).order_by("number")
    DrawItem.objects.create(draw=draw, item=own[0], **signed)
    DrawItem.objects.create(draw=draw, item=own[1], **said)
    DrawItem.objects.create(draw=draw, item=foreign, **signed)
    told = sheet_rows(members(built(stocked))[CHECKS], "抽查")
    assert [(row["台账编号"], row["督查结论"]) for row in told] == [(own[0].number, "整改到位")]
    assert len(sheet_rows(members(built(stocked, stocked.root))[CHECKS], "抽查")) == 2


def test_evidence_is_listed_and_goes_along_when_asked(stocked):
    item = LedgerItem.objects.get(state="CLOSED")
    photo = stored(stocked, "整改后:窗口.jpg", b"photo")
    ItemEvidence.objects.create(
        item=item, file=photo, caption="整改后", added_at=NOON, added_by=stocked.clerk.person.user
    )
    session = stocked.unit.reported_sessions.order_by("pk").first()
    Evidence.objects.create(session=session, file=stored(stocked, "现场.jpg", b"scene"))
    plain = members(built(stocked))
    rows = {row["文件名"]: row for row in sheet_rows(plain[EVIDENCE], "佐证材料目录")}
    assert rows["整改后:窗口.jpg"]["关联编号"] == item.number
    assert rows["整改后:窗口.jpg"]["包内位置"] == "未随包附送"
    assert not [name for name in plain if name.startswith("佐证材料/")]
    whole = members(built(stocked, with_files=True))
    assert whole[f"佐证材料/{session.number}/01-现场.jpg"] == b"scene"
    assert whole[f"佐证材料/{item.number}/01-整改后_窗口.jpg"] == b"photo"
    assert built(stocked, with_files=True).sha256 == built(stocked, with_files=True).sha256


def test_a_file_that_is_gone_is_told_and_left_out(stocked):
    item = LedgerItem.objects.get(state="CLOSED")
    gone = stored(stocked, "丢失.jpg", b"gone")
    ItemEvidence.objects.create(item=item, file=gone, added_at=NOON, added_by=stocked.clerk.person.user)
    gone.file.storage.delete(gone.file.name)
    found = members(built(stocked, with_files=True))
    rows = {row["文件名"]: row["包内位置"] for row in sheet_rows(found[EVIDENCE], "佐证材料目录")}
    assert rows["丢失.jpg"] == "文件缺失"


def test_a_unit_that_reports_hands_in_its_plans(stocked):
    assert PLAN not in members(built(stocked))
    Submission.objects.create(
        campaign=stocked.campaign,
        organization=stocked.unit,
        plan="一、工作目标\n走完全部重点事项。",
        words="窗口和科室一起复盘。",
    )
    found = members(built(stocked))
    assert "窗口和科室一起复盘。" in words_of(found[SUMMARY])
    assert "走完全部重点事项。" in words_of(found[PLAN])
    assert "应走人员2人" in words_of(found[WALK_PLAN])


def test_the_readme_tells_what_is_counted(stocked):
    package = built(stocked)
    text = members(package)["README.txt"].decode("utf-8-sig")
    assert "截至 2022年6月20日" in text
    assert "体验覆盖率：已走流程的应走人数÷应走人数" in text
    assert all(name in text for name in MEMBERS)
    assert text.count("\n") == text.count("\r\n")


def test_charts_are_pictures_with_words(stocked):
    with zipfile.ZipFile(io.BytesIO(members(built(stocked))[SUMMARY])) as paper:
        pictures = [name for name in paper.namelist() if name.startswith("word/media/")]
        body = paper.read("word/document.xml").decode()
    assert len(pictures) == 2, "one picture serves all bars, one is the lines"
    assert 'descr="亲身办：1场次"' in body
    assert 'descr="图3　整改台账走势：列入台账3；已销号1"' in body


def test_members_are_marked_so_that_unzip_reads_chinese_names(stocked):
    with zipfile.ZipFile(io.BytesIO(built(stocked).content)) as archive:
        assert {info.create_system for info in archive.infolist()} == {3}
        assert all(info.flag_bits & 0x800 for info in archive.infolist() if not info.filename.isascii())


def test_every_sheet_prints_on_landscape_a4_with_its_header(stocked):
    for name, content in members(built(stocked)).items():
        if not name.endswith(".xlsx"):
            continue
        for sheet in openpyxl.load_workbook(io.BytesIO(content)):
            assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9), sheet.title
            assert sheet.print_title_rows == "$3:$3", sheet.title
            assert sheet["A2"].value.startswith("填报单位（盖章）："), sheet.title
