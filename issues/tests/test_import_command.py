"""`import_data` and `export_data` from the outside: JSON, exit codes, round trips (contract §2)."""

import json
from datetime import date

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from openpyxl import load_workbook

from campaigns.enums import Reach, Role
from campaigns.models import ImportRun, Organization, Person
from campaigns.tests.book_builders import book
from campaigns.tests.factories import make_matter, make_matter_unit, make_person, make_posting, make_unit

pytestmark = pytest.mark.django_db
HEADER = ["单位编码", "单位名称", "单位类型"]
KEYS = {
    "kind",
    "rows",
    "created",
    "updated",
    "unchanged",
    "skipped",
    "rejected",
    "errors",
    "rejects_file",
    "warnings",
}


@pytest.fixture
def run(capsys):
    """Call a command with --json: its exit code and the object on the last line."""

    def call(*words: str) -> tuple[int, dict]:
        code = 0
        try:
            call_command(*words, "--json")
        except SystemExit as error:
            code = error.code
        except CommandError as error:
            code = error.returncode
        return code, json.loads(capsys.readouterr().out.strip().splitlines()[-1])

    return call


def test_good_file(run, tmp_path):
    path = book(tmp_path / "a.xlsx", ("单位", [HEADER, ["1", "市人民政府", "市政府"]]))
    code, told = run("import_data", "organizations", str(path), "--dry-run")
    assert (code, told["created"], Organization.objects.count()) == (0, 1, 0)
    code, told = run("import_data", "organizations", str(path))
    assert (code, told["created"], told["rejects_file"]) == (0, 1, None)
    assert KEYS <= told.keys()
    assert ImportRun.objects.get().made_by.username == "system"


def test_bad_rows(run, tmp_path):
    path = book(
        tmp_path / "a.xlsx", ("单位", [["名册"], HEADER, ["1", None, "市政府"], ["2", "乙", "区政府"]])
    )
    code, told = run("import_data", "organizations", str(path))
    assert (code, told["rejected"], told["created"], Organization.objects.count()) == (1, 2, 0, 0)
    assert told["errors"][0] == {
        "sheet": "单位",
        "row": 3,
        "column": "单位名称",
        "cell": "B3",
        "value": "",
        "message": "单位名称必须填写。",
    }
    assert told["errors"][1]["cell"] == "C4"
    returned = load_workbook(told["rejects_file"]).active  # the user's own sheet, title and all
    assert (returned["A1"].value, returned.max_row) == ("名册", 4)


def test_unreadable_files(run, tmp_path):
    for name, content in (
        ("a.xlsx", b"PK\x03\x04broken"),
        ("b.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("none", None),
    ):
        if content:
            (tmp_path / name).write_bytes(content)
        code, told = run("import_data", "organizations", str(tmp_path / name))
        assert (code, len(told["errors"]), told["errors"][0]["cell"]) == (1, 1, None)


@pytest.mark.parametrize(
    "words",
    [
        ("import_data", "nothing", "a.xlsx"),
        ("import_data", "ledger", "a.xlsx"),
        ("import_data", "people", "a.xlsx", "--as", "nobody"),
        ("import_data", "people", "a.xlsx", "--campaign", "1999"),
        ("export_data", "nothing", "--out", "a.xlsx"),
    ],
)
def test_wrong_usage_is_a_sentence_and_exit_2(run, words):
    code, told = run(*words)
    assert code == 2
    assert told["error"].endswith("。")


def test_wrong_arguments_are_a_sentence_and_exit_2(capsys):
    for words in (
        ["import_data"],
        ["import_data", "people", "a", "--mode", "replace"],
        ["export_data", "people"],
    ):
        with pytest.raises(CommandError, match="用法") as caught:
            call_command(*words)
        assert caught.value.returncode == 2


def test_round_trips_change_nothing(run, tmp_path):
    city = make_unit("430400", name="衡阳市人民政府", short_name="市政府", division_code="430400")
    bureau = make_unit("430400-031", city, name="衡阳市医疗保障局（本级）", counterpart=city)
    head = make_posting(bureau, Role.HEAD, username="yibao.fuzeren", reach=Reach.SUBTREE)
    make_posting(bureau, Role.WALKER, person=head.person, ended_on=date(2022, 5, 1))
    make_posting(bureau, Role.WALKER, person=head.person, started_on=date(2022, 5, 2))
    make_posting(city, Role.REPORTER, person=head.person, granted=False)
    make_person(
        bureau, name="=1+1", phone="13800000001", exemption_reason="+病假\n第二行", email="a@example.com"
    )
    make_person(bureau, phone="0734-8860001", left_on=date(2022, 6, 1))
    matter = make_matter(
        bureau, focuses=["HARD", "FREQUENT"], channels=["MINI_APP", "HALL_WINDOW"], fee="0.10"
    )
    make_matter_unit(matter, bureau, guide_url="https://example.com/a?b=1")
    for kind in ("organizations", "people", "postings", "matters", "matter_units", "workdays"):
        out = tmp_path / f"{kind}.xlsx"
        code, told = run("export_data", kind, "--out", str(out))
        assert (code, told["path"]) == (0, str(out))
        rows = told["rows"]
        code, told = run("import_data", kind, str(out), "--mode", "update")
        assert (kind, code, told["errors"], told["warnings"]) == (kind, 0, [], [])
        assert told["unchanged"] == told["rows"] == rows > 0
    assert head.person.postings.filter(granted_at__isnull=True).count() == 1


def test_exports_mask_phones_and_are_the_same_twice(run, tmp_path):
    make_person(make_unit("1"), phone="13800000001")
    first = run("export_data", "people", "--out", str(tmp_path / "a.xlsx"))[1]
    second = run("export_data", "people", "--out", str(tmp_path / "b.xlsx"))[1]
    assert first["sha256"] == second["sha256"]
    page = load_workbook(tmp_path / "a.xlsx").active
    assert page["F2"].value == "138****0001"
    assert [cell.value for cell in page[1]][:5] == ["人员编号", "姓名", "单位编码", "职务", "身份"]


def test_ledger_can_be_exported(run, tmp_path):
    code, told = run("export_data", "ledger", "--out", str(tmp_path / "a.xlsx"), "--on", "2022-06-20")
    assert (code, told["rows"]) == (0, 0)
    header = [cell.value for cell in load_workbook(tmp_path / "a.xlsx").active[1]]
    assert header[:4] == ["台账编号", "问题编号", "需求编号", "填报单位编码"]
    assert header[-1] == "退回重办次数"


def test_csv_in_gb18030(run, tmp_path):
    make_unit("430400", name="市人民政府")
    text = "人员编号,姓名,单位编码,职务,身份\r\nP1,张 三,市人民政府,局长,主要负责人\r\n"
    (tmp_path / "a.csv").write_bytes(text.encode("gb18030"))
    assert run("import_data", "people", str(tmp_path / "a.csv"))[0] == 0
    assert Person.objects.get().name == "张三"
