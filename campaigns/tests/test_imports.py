"""Import of the lower app's kinds: every rule of contract §6, one test each; a fault writes nothing at all."""

import io
from datetime import date

import pytest
from openpyxl import load_workbook

from campaigns.actions.deadlines import open_deadline
from campaigns.actions.imports import IMPORTERS, confirm_import, dry_run, import_now, preview_import
from campaigns.enums import Reach, Role
from campaigns.ground.audit import AuditEvent
from campaigns.ground.files import StoredFile
from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.ground.secret import blind_index
from campaigns.ground.sheets.vet import BadFile
from campaigns.ground.workdays import load_calendar
from campaigns.models import ImportRun, Matter, MatterUnit, Organization, Person, Posting, User, Workday
from campaigns.tests.book_builders import book_bytes
from campaigns.tests.factories import (
    NOW,
    at,
    make_campaign,
    make_matter,
    make_person,
    make_posting,
    make_unit,
)

pytestmark = pytest.mark.django_db

UNITS = [
    "单位编码*",
    "单位名称*",
    "单位简称",
    "单位类型*",
    "上级单位编码",
    "对口上级单位编码",
    "行政区划代码",
    "是否参加",
]
PEOPLE = ["人员编号", "姓名", "单位编码", "职务", "身份", "手机号码", "登录账号", "系统角色"]
POSTINGS = ["人员编号", "单位编码", "系统角色", "范围", "起始日期", "截止日期"]


def table(header, *rows) -> bytes:
    return book_bytes(("表", [header, *rows]))


def load(kind: str, content: bytes, mode: str = "stop"):
    return import_now(
        importer=IMPORTERS[kind],
        content=content,
        name="名册.xlsx",
        mode=mode,
        by=User.objects.get(username="system"),
        now=NOW,
    )


def faults(run) -> list[tuple]:
    return [(error["cell"], error["message"]) for error in run.errors]


def counts(run) -> tuple:
    return tuple(
        run.counts[key] for key in ("rows", "created", "updated", "unchanged", "skipped", "rejected")
    )


@pytest.fixture
def city():
    return make_unit("430400", name="衡阳市人民政府", short_name="市政府")


@pytest.fixture
def bureau(city):
    return make_unit("430400-031", city, name="衡阳市医疗保障局", short_name="市医保局")


def person_row(code="P1", name="张三", unit="430400", title="局长", rank="主要负责人", *more):
    return [code, name, unit, title, rank, *more, *[None] * (3 - len(more))]


# --- organizations


def test_parents_stand_in_the_same_file_in_any_order():
    run = load(
        "organizations",
        table(
            UNITS,
            ["2-1", "县医保局", None, "县市区部门", "乙县人民政府", "1-1", None, "√"],
            ["2", "乙县人民政府", "乙县", "县市区政府", "1", None, "430421", "是"],
            ["1-1", "市医保局", None, "市直部门", "1", None, None, "N"],
            [1, "市人民政府", None, "市政府", None, None, None, None],
        ),
    )
    assert (run.state, counts(run)) == ("DONE", (4, 4, 0, 0, 0, 0))
    section = Organization.objects.get(code="2-1")
    assert section.path == "/1/2/2-1/"
    assert section.counterpart.code == "1-1"
    assert (section.is_participant, Organization.objects.get(code="1").is_participant) == (True, False)


def test_moving_a_unit_rewrites_its_subtree(city, bureau):
    section = make_unit("430400-031-1", bureau, kind="SECTION")
    county = make_unit("430421", city, kind="COUNTY")
    run = load("organizations", table(["单位编码", "单位名称", "单位类型", "上级单位编码"],
                                      ["430400-031", None, None, "430421"]), "update")  # fmt: skip
    assert counts(run) == (1, 0, 1, 0, 0, 0)
    section.refresh_from_db()
    assert section.path == f"{county.path}430400-031/430400-031-1/"


def test_circles_and_orphans_are_refused(city, bureau):
    section = make_unit("430400-031-1", bureau, kind="SECTION")
    run = load(
        "organizations",
        table(
            UNITS,
            [bureau.code, None, None, None, section.code],
            ["7", "丙局", None, "市直部门", "8"],
            ["8", "丁局", None, "市直部门", "7"],
            ["9", "戊局", None, "市直部门", None],
            ["10", "己局", None, "市直部门", "10", "10"],
            ["11", "庚局", None, "市直部门", "没有的单位"],
        ),
        "update",
    )
    said = dict(faults(run))
    assert "循环" in said["E2"]
    assert "循环" in said["E3"]
    assert "循环" in said["E4"]
    assert "都要填写上级单位" in said["E5"]
    assert "自己" in said["E6"]
    assert "自己" in said["F6"]
    assert said["E7"] == "找不到单位“没有的单位”。"
    assert run.counts["rejected"] == 6
    assert Organization.objects.count() == 3


def test_ambiguous_names_list_the_candidates(city):
    for code in ("A", "B"):
        make_unit(code, city, name="医疗保障局")
    run = load("organizations", table(UNITS, ["C", "科室", None, "科股室", "医疗 保障局"]))
    assert faults(run) == [
        ("E2", "“医疗保障局”对应 2 个单位：A 医疗保障局、B 医疗保障局；请改填编号或编码。")
    ]


# --- the three modes, blanks and 清空


def test_stop_skip_update(city):
    content = table(
        ["单位编码", "单位名称", "单位简称", "单位类型"], ["430400", "衡阳市政府", None, "市政府"]
    )
    stop = load("organizations", content)
    assert faults(stop) == [("A2", "单位编码已存在。")]
    assert counts(load("organizations", content, "skip")) == (1, 0, 0, 0, 1, 0)
    assert counts(load("organizations", content, "update")) == (1, 0, 1, 0, 0, 0)
    assert counts(load("organizations", content, "update")) == (1, 0, 0, 1, 0, 0)
    city.refresh_from_db()
    assert (city.name, city.short_name) == ("衡阳市政府", "市政府")


def test_blank_keeps_and_clear_empties(city, bureau):
    bureau.division_code = "430400"
    bureau.save()
    content = table(UNITS, [bureau.code, None, "清空", "", None, None, " 清空 ", " "])
    assert counts(load("organizations", content, "update")) == (1, 0, 1, 0, 0, 0)
    bureau.refresh_from_db()
    assert (bureau.short_name, bureau.division_code, bureau.is_participant) == ("", "", True)
    assert (bureau.parent, bureau.name) == (city, "衡阳市医疗保障局")
    run = load("organizations", table(UNITS, [bureau.code, "清空"]), "update")
    assert faults(run) == [("B2", "单位名称是必填项，不能清空。")]


def test_a_column_that_points_to_something_may_be_called_by_its_bare_name(city, bureau):
    """People write 单位 over a column of names; beside 单位编码 it is a column we don't know."""
    header = ["人员编号", "姓名", "单位", "职务", "身份"]
    assert faults(load("people", table(header, ["P1", "张三", "市医保局", "局长", "主要负责人"]))) == []
    assert Person.objects.get().organization == bureau
    both = table([*header, "单位编码"], ["P2", "李四", "随便什么", "科长", "工作人员", "430400"])
    run = load("people", both)
    assert (faults(run), run.warnings) == ([], ["未识别的列“单位”（C 列），已忽略。"])
    missing = load("people", table(["人员编号", "姓名", "职务", "身份"], ["P3", "王五", "科长", "工作人员"]))
    assert [error["message"] for error in missing.errors] == ["缺少必填列“单位编码”。"]


def test_an_update_needs_only_the_key_and_what_changes(city, bureau):
    """Contract §2: in `update` an absent cell leaves what is stored; only a new row must be whole."""
    run = load("organizations", table(["单位编码", "单位简称"], [bureau.code, "医保"]), "update")
    assert (faults(run), counts(run)) == ([], (1, 0, 1, 0, 0, 0))
    bureau.refresh_from_db()
    assert (bureau.short_name, bureau.parent) == ("医保", city)
    fresh = load(
        "organizations", table(["单位编码", "单位简称"], [bureau.code, "医"], ["N1", "新"]), "update"
    )
    assert faults(fresh) == [(None, "单位名称必须填写。"), (None, "单位类型必须填写。")]
    assert {error["row"] for error in fresh.errors} == {3}
    keyless = load("organizations", table(["单位名称", "单位简称"], ["甲", "乙"]), "update")
    assert [error["message"] for error in keyless.errors] == ["缺少必填列“单位编码”。"]


def test_a_key_of_several_columns_is_told_whole(city, bureau):
    heading = ["人员编号", "单位编码", "系统角色"]
    load("people", table(PEOPLE[:5], person_row("P1")))
    content = table(heading, ["P1", bureau.code, "填报员"])
    assert faults(load("postings", content)) == []
    said = "同一人员编号、单位编码、系统角色的记录已存在。"
    assert faults(load("postings", content)) == [("A2", said)]


# --- headers and files


def test_missing_doubled_and_unknown_headings(city):
    run = load("organizations", table(["单位编码", "单位名称", "单位名称", "备注"], ["1", "甲", "乙", "丙"]))
    assert [error["message"] for error in run.errors] == [
        "列“单位名称”出现了两次。",
        "缺少必填列“单位类型”。",
    ]
    assert run.errors[1]["column"] == "单位类型"
    assert run.warnings == ["未识别的列“备注”（D 列），已忽略。"]
    run = load("organizations", table(["甲", "乙"], ["1", "2"]))
    assert "没有找到表头" in run.errors[0]["message"]
    with pytest.raises(BadFile):
        load("organizations", b"%PDF-1.7")


def test_every_bad_row_is_listed_and_nothing_is_written(city):
    rows = [person_row(f"P{n}", unit="430400") for n in range(2, 400)]
    rows[298] = person_row("P300", unit="没有")
    rows[350] = person_row("P2", rank="科员")
    before = (Person.objects.count(), AuditEvent.objects.count())
    run = load("people", table(PEOPLE, *rows))
    assert (run.state, run.counts["rejected"], run.counts["created"]) == ("REFUSED", 2, 0)
    assert [(error["row"], error["cell"], error["value"]) for error in run.errors] == [
        (300, "C300", "没有"),
        (352, "A352", "P2"),
        (352, "E352", "科员"),
    ]
    assert "与第 2 行重复" in run.errors[1]["message"]
    assert (Person.objects.count(), AuditEvent.objects.count()) == before


def test_rejects_come_back_as_the_users_own_file(city):
    """Every row, also the good ones; the bad cell red with its reason, which is told again beside the row."""
    header = ["备注", *PEOPLE]
    run = load(
        "people", table(header, ["甲", *person_row()], ["乙", *person_row("P2", rank="科员", unit=None)])
    )
    page = load_workbook(io.BytesIO(_bytes(run.rejects))).active
    assert [cell.value for cell in page[1]] == [*header, "退回原因"]
    assert [page["A2"].value, page["A3"].value, page["F3"].value] == ["甲", "乙", "科员"]
    assert page["F3"].fill.fgColor.rgb.endswith("F8C9C4")
    assert "不在可选值内" in page["F3"].comment.text
    assert page["D3"].comment.text == "单位编码必须填写。"
    assert page["C3"].comment is None
    assert page["J2"].value is None
    assert page["J3"].value.splitlines()[0] == "单位编码必须填写。"
    again = load("people", _bytes(run.rejects))
    assert faults(again) == faults(run)
    assert not [text for text in again.warnings if "原因" in text]


def test_the_mended_file_is_taken_with_its_marks(city):
    run = load("people", table(PEOPLE, person_row(), person_row("P2", rank="科员")))
    book = load_workbook(io.BytesIO(_bytes(run.rejects)))
    book.active["E3"] = "工作人员"
    target = io.BytesIO()
    book.save(target)
    again = load("people", target.getvalue())
    assert (faults(again), counts(again)) == ([], (2, 2, 0, 0, 0, 0))


def test_a_file_that_cannot_be_marked_comes_back_as_its_bad_rows(city, monkeypatch):
    monkeypatch.setattr("campaigns.ground.sheets.mark.SECONDS", 0.0)
    run = load("people", table(PEOPLE, person_row(), person_row("P2", rank="科员")))
    page = load_workbook(io.BytesIO(_bytes(run.rejects))).active
    assert [cell.value for cell in page[1]] == [*PEOPLE, "退回原因", "原行号"]
    assert (page.max_row, page["A2"].value) == (2, "P2")
    assert "不在可选值内" in page["E2"].comment.text


def _bytes(stored: StoredFile) -> bytes:
    with stored.file.open("rb") as file:
        return file.read()


# --- people


def test_people_get_accounts_and_roles_that_wait(city, bureau):
    run = load(
        "people",
        table(
            PEOPLE,
            person_row(
                "P1",
                " 张 三 ",
                "市医保局",
                "局长",
                "主要负责人",
                13800000001,
                "Zhang.San",
                "主要负责人、体验人",
            ),
            person_row("P2", "张三", "430400－031", "副局长", "分管负责人", "138 0000 0001"),
        ),
    )
    assert counts(run) == (2, 2, 0, 0, 0, 0)
    first = Person.objects.get(code="P1")
    assert (first.name, first.phone, first.organization) == ("张三", "13800000001", bureau)
    assert first.phone_index == blind_index("13800000001")
    assert (first.user.username, first.user.has_usable_password()) == ("zhang.san", False)
    assert first.user.must_change_password
    postings = Posting.objects.filter(person=first)
    assert {p.role for p in postings} == {Role.HEAD, Role.WALKER}
    assert all(p.granted_at is None and p.reach == Reach.OWN and p.organization == bureau for p in postings)
    assert Posting.objects.active(date(2022, 6, 20)).count() == 0
    assert Person.objects.get(code="P2").user is None


def test_logins_are_checked(city):
    make_posting(city, username="taken")
    run = load(
        "people",
        table(
            PEOPLE,
            person_row("P1", "张三", "430400", "甲", "工作人员", None, "张三"),
            person_row("P2", "李四", "430400", "甲", "工作人员", None, "Taken"),
            person_row("P3", "王五", "430400", "甲", "工作人员", None, "w5"),
            person_row("P4", "赵六", "430400", "甲", "工作人员", None, "W5"),
            person_row("P5", "孙七", "430400", "甲", "工作人员", None, None, "填报员"),
            person_row("P6", "周八", "430400", "甲", "工作人员", None, "system"),
            person_row("P7", "吴九", "430400", "甲", "工作人员", None, "w9", "填报员、总管"),
        ),
    )
    said = dict(faults(run))
    assert "小写字母" in said["G2"]
    assert said["G3"] == "登录账号“taken”已被占用。"
    assert said["G5"] == "登录账号“w5”与第 4 行重复。"
    assert said["H6"] == "填写系统角色时要有登录账号。"
    assert "已被占用" in said["G7"]
    assert "“总管”不在可选值内" in said["H8"]
    assert User.objects.filter(username="w5").count() == 0


def test_an_import_only_asks_for_roles(city):
    posting = make_posting(city, Role.REPORTER, username="li.si")
    posting.person.code = "P9"
    posting.person.save()
    only_code = ["人员编号", "系统角色", "姓名", "单位编码", "职务", "身份"]
    run = load("people", table(only_code, ["P9", "体验人"]), "update")
    assert counts(run) == (1, 0, 1, 0, 0, 0)
    posting.refresh_from_db()
    assert posting.is_granted
    assert posting.ended_on is None
    assert Posting.objects.waiting(NOW.date()).get().role == Role.WALKER
    assert counts(load("people", table(only_code, ["P9", "体验人、填报员"]), "update"))[3] == 1
    assert counts(load("people", table(only_code, ["P9", "体验人"]), "update"))[3] == 1
    assert "收回" in load("people", table(only_code, ["P9", "清空"]), "update").errors[0]["message"]


def test_who_moves_asks_for_the_role_in_the_new_unit(city, bureau):
    posting = make_posting(city, Role.REPORTER, username="li.si")
    header = ["人员编号", "单位编码", "系统角色", "姓名", "职务", "身份"]
    run = load("people", table(header, [posting.person.code, bureau.code, "填报员"]), "update")
    assert counts(run) == (1, 0, 1, 0, 0, 0)
    assert Posting.objects.waiting(NOW.date()).get().organization == bureau


def test_masked_phones(city):
    person = make_person(city, phone="13800000001")
    header = ["人员编号", "手机号码", "姓名", "单位编码", "职务", "身份"]
    assert counts(load("people", table(header, [person.code, "138****0001"]), "update")) == (1, 0, 0, 1, 0, 0)
    wrong = load("people", table(header, [person.code, "138****0002"]), "update")
    assert "星号" in wrong.errors[0]["message"]
    new = load("people", table(PEOPLE, person_row("N1", "新", "430400", "甲", "工作人员", "138****0001")))
    assert "星号" in new.errors[0]["message"]
    assert counts(load("people", table(header, [person.code, "13800000002"]), "update"))[2] == 1
    person.refresh_from_db()
    assert (person.phone, person.phone_index) == ("13800000002", blind_index("13800000002"))


def test_dates_of_office_in_order(city):
    header = [*PEOPLE[:5], "任职日期", "离任日期"]
    run = load(
        "people", table(header, ["P1", "张三", "430400", "局长", "主要负责人", "2022年5月1日", "2021.5.1"])
    )
    assert faults(run) == [("G2", "离任日期不能早于任职日期。")]
    run = load("people", table(header, ["P1", "张三", "430400", "局长", "主要负责人", 42725, "21019-1-1"]))
    assert [error["cell"] for error in run.errors] == ["G2"]


def test_accounts_are_renamed_but_not_emptied(city):
    person = make_posting(city, username="old.name").person
    header = ["人员编号", "登录账号", "电子邮箱", "姓名", "单位编码", "职务", "身份"]
    load("people", table(header, [person.code, "new.name", "A@example.com"]), "update")
    person.user.refresh_from_db()
    assert (person.user.username, person.user.email) == ("new.name", "a@example.com")
    assert "不能清空" in load("people", table(header, [person.code, "清空"]), "update").errors[0]["message"]


# --- postings


def test_postings_wait_for_security(city, bureau):
    person = make_person(bureau, code="P1", name="张三")
    run = load("postings", table(POSTINGS, ["张三", "市医保局", "填报员", None, "2022-4-19", None]))
    assert counts(run) == (1, 1, 0, 0, 0, 0)
    posting = Posting.objects.get(person=person)
    assert (posting.reach, posting.started_on, posting.granted_at) == (Reach.OWN, date(2022, 4, 19), None)


def test_a_changed_posting_waits_again_and_administrators_are_guarded(city):
    posting = make_posting(city, Role.REFORM_OFFICE)
    admin = make_posting(city, Role.ADMIN)
    row = [posting.person.code, city.code, "审改办", "本级及下级"]
    assert counts(load("postings", table(POSTINGS, row), "update")) == (1, 0, 1, 0, 0, 0)
    posting.refresh_from_db()
    assert (posting.reach, posting.is_granted) == (Reach.SUBTREE, False)
    run = load(
        "postings", table(POSTINGS, [admin.person.code, city.code, "系统管理员", "本级及下级"]), "update"
    )
    assert "安全管理员" in run.errors[0]["message"]


def test_posting_doubles_and_dates(city):
    make_person(city, code="P1")
    run = load(
        "postings",
        table(
            POSTINGS,
            ["P1", city.code, "填报员", None, "2022-4-19"],
            ["P1", city.code, "填报员", None, "2022-5-19"],
            ["P1", city.code, "体验人", None, "2022-5-19", "2022-5-1"],
            ["P1", city.code, "局长"],
            [None, city.code, "填报员"],
        ),
    )
    assert [error["cell"] for error in run.errors] == ["C3", "F4", "C5", "A6"]


# --- matters, units that run them, days


def test_matters(city):
    header = [
        "事项编码",
        "事项名称",
        "主管单位编码",
        "重点类别",
        "法定时限（工作日）",
        "费用（元）",
        "办理渠道",
        "材料数",
    ]
    row = ["M1", "企业开办", "市政府", "急难愁盼，高频", "15", 12.5, "线下窗口、湘易办", "６"]
    assert counts(load("matters", table(header, row))) == (1, 1, 0, 0, 0, 0)
    matter = Matter.objects.get()
    assert matter.focuses == ["FREQUENT", "PRESSING"]
    assert (matter.legal_days, matter.document_count, str(matter.fee)) == (15, 6, "12.50")
    assert matter.channels == ["HALL_WINDOW", "湘易办"]
    assert counts(load("matters", table(header, row), "update")) == (1, 0, 0, 1, 0, 0)
    bad = load("matters", table(header, ["M2", "乙", "市政府", "低频", -1, "免费", None, 1.5]))
    assert [error["cell"] for error in bad.errors] == ["D2", "E2", "F2", "H2"]


def test_matter_units_and_workdays(city):
    make_matter(city, code="M1")
    header = ["事项编码", "实施单位编码", "环节数"]
    assert counts(load("matter_units", table(header, ["M1", "430400", 3]))) == (1, 1, 0, 0, 0, 0)
    assert counts(load("matter_units", table(header, ["M1", "市政府", 4]), "update")) == (1, 0, 1, 0, 0, 0)
    assert MatterUnit.objects.get().step_count == 4
    run = load(
        "workdays", table(["日期", "类型", "名称"], ["2027.1.1", "休息", "元旦"], [46388 + 1, "上班", None])
    )
    assert counts(run) == (2, 2, 0, 0, 0, 0)
    assert Workday.objects.get(date="2027-01-02").kind == "WORK"


def test_the_holiday_table_makes_provisional_dates_certain(city):
    clock = open_deadline(
        kind="RECTIFY",
        title="台账",
        link="/",
        campaign=make_campaign(),
        organization=city,
        starts_on=date(2027, 9, 28),
        workdays=5,
        calendar=load_calendar(),
    )
    assert (clock.due_on, clock.is_provisional) == (date(2027, 10, 5), True)
    days = [[f"2027-10-{n}", "休息", "国庆节"] for n in range(1, 8)]
    load("workdays", table(["日期", "类型", "名称"], *days))
    clock.refresh_from_db()
    assert (clock.due_on, clock.is_provisional) == (date(2027, 10, 12), False)


# --- preview, confirmation, tokens


def preview(content: bytes, by=None, mode: str = "stop") -> ImportRun:
    by = by or User.objects.get(username="system")
    return preview_import(
        importer=IMPORTERS["people"], content=content, name="名册.xlsx", mode=mode, by=by, now=NOW
    )


def confirm(run: ImportRun, by=None) -> ImportRun:
    by = by or User.objects.get(username="system")
    return confirm_import(importer=IMPORTERS["people"], run=run, by=by, now=at("2022-06-20", "11:00"))


def test_preview_writes_nothing_and_confirming_twice_imports_once(city):
    admin = make_posting(city, Role.ADMIN)
    before = Person.objects.count()
    run = preview(table(PEOPLE, person_row("N1"), person_row("N2")), by=admin)
    assert (run.state, Person.objects.count()) == ("PREVIEWED", before)
    first = confirm(run, by=admin)
    second = confirm(run, by=admin)
    assert (first.state, second.done_at) == ("DONE", first.done_at)
    assert Person.objects.count() == before + 2
    events = AuditEvent.objects.filter(verb="导入")
    assert [event.detail["counts"]["created"] for event in events] == [2]
    facts = AuditEvent.objects.get(verb="导入明细").detail["rows"]
    assert [(fact["row"], fact["key"], fact["action"]) for fact in facts] == [
        (2, "N1", "created"),
        (3, "N2", "created"),
    ]
    lines = run.lines.order_by("number").values_list("text", flat=True)
    assert [fact["text"] for fact in facts] == list(lines), "the log says what the preview said"


def test_confirmation_refuses_when_the_data_moved(city):
    run = preview(table(PEOPLE, person_row("N1")), mode="update")
    make_person(city, code="N1", name="别人先登记的")
    with pytest.raises(Changed, match="变动"):
        confirm(run)
    run.refresh_from_db()
    assert run.state == "PREVIEWED"
    assert Person.objects.get(code="N1").name == "别人先登记的"


def test_a_run_with_faults_cannot_be_confirmed(city):
    run = preview(table(PEOPLE, person_row(unit="无")))
    with pytest.raises(NotAllowed, match="有错误"):
        confirm(run)


def test_only_the_administrator_imports(city):
    reporter = make_posting(city, Role.REPORTER)
    with pytest.raises(NotAllowed, match="系统管理员"):
        preview(table(PEOPLE, person_row()), by=reporter)


def test_dry_run_writes_nothing_at_all(city):
    plan = dry_run(importer=IMPORTERS["people"], content=table(PEOPLE, person_row()), mode="stop")
    assert plan.counts()["created"] == 1
    assert (Person.objects.count(), ImportRun.objects.count(), StoredFile.objects.count()) == (0, 0, 0)


def test_phones_stay_out_of_the_audit_log(city):
    load("people", table(PEOPLE, person_row("P1", "张三", "430400", "甲", "工作人员", "13800000001")))
    load(
        "people", table(PEOPLE, person_row("P1", "张三", "430400", "甲", "工作人员", "13800000002")), "update"
    )
    told = str(list(AuditEvent.objects.values_list("detail", flat=True)))
    assert "138****0002" in told
    assert "13800000002" not in told


def test_queries_do_not_grow_with_the_rows(city, django_assert_max_num_queries):
    with django_assert_max_num_queries(40):
        load("people", table(PEOPLE, *[person_row(f"P{n}", "张三", "430400", "甲", "工作人员", None, f"u{n}", "填报员")
                                       for n in range(300)]))  # fmt: skip
