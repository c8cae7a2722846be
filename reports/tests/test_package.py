"""The package: its members, rows equal to the lists, the same bytes twice, another scope another package."""

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from docx import Document as open_docx

from campaigns.enums import Reach
from campaigns.ground.workdays import load_calendar
from issues.models import Demand, LedgerItem, Measure, Problem
from reports.breakdowns import gather
from reports.package import LEDGER, LISTS, MEMBERS, SUMMARY, build
from reports.scope import unit_scope
from reports.summary import summary
from reports.tests.city import ON


@dataclass(frozen=True)
class Kept:
    """A package whose file has been read before it went."""

    content: bytes
    sha256: str
    files: list
    manifest: dict


def built(city, organization=None, **arguments) -> Kept:
    values = {"organization": organization or city.unit, "campaign": city.campaign, "on": ON}
    with build(**{**values, **arguments}, calendar=load_calendar()) as package:
        return Kept(package.path.read_bytes(), package.sha256, package.files, package.manifest)


def members(package) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rows_of(package, sheet: str) -> int:
    """What the manifest says of a sheet."""
    return next(each["sheets"][sheet] for each in package.files if sheet in each.get("sheets", {}))


def sheet_rows(content: bytes, name: str) -> list[dict]:
    """The rows of a printed sheet as dicts by header, without furniture."""
    sheet = openpyxl.load_workbook(io.BytesIO(content))[name]
    rows = list(sheet.iter_rows(values_only=True))
    header = rows[2]
    return [dict(zip(header, row, strict=True)) for row in rows[3:-1]]


def words_of(content: bytes) -> str:
    """The body's text, runs joined."""
    return "\n".join(paragraph.text for paragraph in open_docx(io.BytesIO(content)).paragraphs)


def text_of(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read("word/document.xml").decode()


def test_rows_equal_the_lists(stocked):
    found = members(built(stocked))
    posting = stocked.clerk
    lists = found[LISTS]
    assert len(sheet_rows(lists, "问题清单")) == Problem.objects.visible_to(posting).count() == 2
    assert len(sheet_rows(lists, "需求清单")) == Demand.objects.visible_to(posting).count() == 1
    assert len(sheet_rows(lists, "解决措施清单")) == Measure.objects.visible_to(posting).count() == 1
    ledger = sheet_rows(found[LEDGER], "整改台账")
    assert len(ledger) == LedgerItem.objects.visible_to(posting).count() == 3
    assert {row["灯"] for row in ledger} == {"已办结", "红", "绿"}


def test_manifest_tells_rows_digests_and_definitions(stocked):
    package = built(stocked)
    manifest = json.loads(members(package)["manifest.json"])
    assert [(each["name"], each["rows"]) for each in manifest["files"]] == [
        ("01 工作总结.docx", 0),
        ("02 问题清单、需求清单和解决措施清单.xlsx", 4),
        ("03 整改台账.xlsx", 3),
        ("04 走流程情况统计.xlsx", 10),
        ("05 整改情况报告.docx", 3),
        ("06 抽查回访情况.xlsx", 0),
        ("07 典型经验.docx", 0),
        ("08 佐证材料目录.xlsx", 1),
        ("README.txt", 0),
    ]
    assert manifest["files"][1]["sheets"] == {"问题清单": 2, "需求清单": 1, "解决措施清单": 1}
    for each in manifest["files"]:
        assert each["sha256"] == hashlib.sha256(members(package)[each["name"]]).hexdigest()
    assert manifest["organization"]["code"] == "430400-031"
    assert manifest["on"] == "2022-06-20"
    assert "应走人员" in manifest["definitions"]["体验覆盖率"]


def test_built_twice_it_is_the_same_bytes(stocked):
    first, second = built(stocked), built(stocked)
    assert first.content == second.content
    assert first.sha256 == second.sha256


def test_another_day_moves_the_lights(stocked):
    later = members(built(stocked, on=ON + timedelta(days=30)))
    lights = [row["灯"] for row in sheet_rows(later[LEDGER], "整改台账")]
    assert lights.count("红") == 2


def test_scope_differs_per_unit(stocked):
    counts = {
        organization.code: rows_of(built(stocked, organization), "问题清单")
        for organization in (stocked.root, stocked.unit, stocked.other, stocked.county)
    }
    assert counts == {"430400": 3, "430400-031": 2, "430400-016": 1, "430481": 0}


def test_reach_own_leaves_out_what_is_below(stocked):
    package = built(stocked, stocked.root, reach=Reach.OWN)
    assert rows_of(package, "问题清单") == 0
    assert package.manifest["reach"] == "本单位"


def test_an_empty_unit_still_gets_a_whole_package(stocked):
    found = members(built(stocked, stocked.hall))
    assert set(found) == {*MEMBERS, "README.txt", "manifest.json"}
    assert "体验覆盖率—" in text_of(found[SUMMARY])


def test_phones_stay_out_and_formulas_stay_text(stocked):
    found = members(built(stocked))
    book = openpyxl.load_workbook(io.BytesIO(found[LISTS]))
    risky = [
        cell
        for row in book["问题清单"].iter_rows()
        for cell in row
        if str(cell.value).startswith("=HYPERLINK")
    ]
    assert [(cell.data_type, cell.quotePrefix) for cell in risky] == [("s", True)]
    for name in MEMBERS:
        with zipfile.ZipFile(io.BytesIO(found[name])) as archive:
            assert not any(b"13800001234" in archive.read(member) for member in archive.namelist())


def test_sheets_carry_their_furniture(stocked):
    book = openpyxl.load_workbook(io.BytesIO(members(built(stocked))[LISTS]))
    sheet = book["问题清单"]
    assert sheet["A1"].value == "衡阳市医疗保障局“走流程、解难题、优服务”行动问题清单"
    assert sheet["A2"].value.startswith("填报单位（盖章）：衡阳市医疗保障局")
    assert "填报日期：2022年6月20日" in sheet["A2"].value
    assert sheet.cell(sheet.max_row, 1).value == "单位主要负责人（签字）："
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.print_title_rows == "$3:$3"
    assert sheet.row_dimensions[4].height >= 18
    first = sheet_rows(members(built(stocked))[LISTS], "问题清单")[0]
    assert first["体验时间"].date() == date(2022, 5, 10)


def test_lists_refer_to_each_other_by_serial(stocked):
    lists = members(built(stocked))[LISTS]
    measure = sheet_rows(lists, "解决措施清单")[0]
    assert (measure["对应问题序号"], measure["对应需求序号"]) == ("1", "1")
    assert measure["整改成效(五减:前→后)"] == "环节3→2个、材料6→4份"
    assert sheet_rows(lists, "需求清单")[0]["对应问题序号"] == "1"


def test_the_summary_says_what_the_figures_say(stocked):
    text = words_of(members(built(stocked))[SUMMARY])
    for sentence in (
        "应走人员2人，已走2人，体验覆盖率100.0%。",
        "共登记走流程2场次",
        "到其他单位交叉体验1场次",
        "共查摆问题2个，来源为走流程2个。",
        "应整改3条，已销号1条，销号率33.3%",
        "1条措施将材料由6份减至4份，减少2份（33.3%）",
        "《异地就医备案办理规程》（衡医保发〔2022〕9号）",
        "已逾期1条",
    ):
        assert sentence in text, sentence


@pytest.mark.parametrize("part", ["工作开展情况", "主要做法", "发现的主要问题", "整改成效", "下步打算"])
def test_the_summary_has_five_parts_in_order(stocked, part):
    parts = ["一、工作开展情况", "二、主要做法", "三、发现的主要问题", "四、整改成效", "五、下步打算"]
    text = text_of(members(built(stocked))[SUMMARY])
    assert [text.index(each) for each in parts] == sorted(text.index(each) for each in parts)
    assert part in text


def test_queries_do_not_grow_with_rows(stocked):
    with CaptureQueriesContext(connection) as few:
        built(stocked)
    for _ in range(5):
        problem = stocked.problem()
        stocked.item(problem)
        stocked.measure(problem)
    with CaptureQueriesContext(connection) as many:
        built(stocked)
    assert len(many) == len(few)


def command(*arguments, capsys) -> dict:
    call_command("build_package", *arguments, "--json")
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def test_the_command_writes_the_same_file_twice(stocked, tmp_path, capsys):
    arguments = ("--organization", "430400-031", "--on", "2022-06-20", "--out", str(tmp_path / "new"))
    first = command(*arguments, capsys=capsys)
    second = command(*arguments, capsys=capsys)
    assert first == second
    content = Path(first["path"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == first["sha256"]
    with zipfile.ZipFile(first["path"]) as archive:
        assert sorted(archive.namelist()) == sorted(each["name"] for each in first["files"])
        for each in first["files"]:
            assert hashlib.sha256(archive.read(each["name"])).hexdigest() == each["sha256"]
        assert {info.date_time[0] for info in archive.infolist()} == {1980}


def test_without_a_unit_it_is_the_city(stocked, tmp_path, capsys):
    found = command("--on", "2022-06-20", "--out", str(tmp_path), capsys=capsys)
    sheets = {name: rows for each in found["files"] for name, rows in each.get("sheets", {}).items()}
    assert sheets["问题清单"] == 3


@pytest.mark.parametrize("wrong", [("--organization", "NOWHERE"), ("--campaign", "NOWHERE")])
def test_the_command_refuses_in_a_sentence(stocked, tmp_path, capsys, wrong):
    with pytest.raises(SystemExit) as refused:
        call_command("build_package", *wrong, "--out", str(tmp_path), "--json")
    assert refused.value.code == 1
    assert "NOWHERE" in json.loads(capsys.readouterr().out.splitlines()[-1])["error"]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("unit", "title", "addressee", "signature"),
    [
        ("root", "衡阳市", "衡阳市人民政府", "市审改办"),
        ("county", "耒阳市人民政府", "市审改办", "耒阳市人民政府"),
        ("unit", "衡阳市医疗保障局", "市审改办", "衡阳市医疗保障局"),
        ("hall", "耒阳市政务服务中心", "耒阳市审改办", "耒阳市政务服务中心"),
    ],
)
def test_who_reports_to_whom(city, unit, title, addressee, signature):
    organization = getattr(city, unit)
    scope = unit_scope(organization=organization, campaign=city.campaign, on=ON)
    paper = summary(
        organization=organization, campaign=city.campaign, on=ON, facts=gather(scope, load_calendar())
    )
    assert (paper.title.split("\n")[0], paper.addressee, paper.signature) == (title, addressee, signature)


def test_every_text_fits_its_row(stocked):
    stocked.problem("办事指南与窗口要求不一致，" * 150)
    sheet = openpyxl.load_workbook(io.BytesIO(members(built(stocked))[LISTS]))["问题清单"]
    letter = next(cell.column_letter for cell in sheet[3] if cell.value.startswith("发现的问题"))
    width = sheet.column_dimensions[letter].width
    for row in range(4, sheet.max_row):
        lines = -(-2 * len(sheet[f"{letter}{row}"].value) // (width - 2))
        assert sheet.row_dimensions[row].height >= min(lines * 16, 409)
    assert width * 28 > 2 * len("办事指南与窗口要求不一致，" * 150)
