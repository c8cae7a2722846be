"""一键收表: the units' own workbooks matched, asked about, entered as a whole, and handed back marked (contract §2)."""

import io
import json
import zipfile
from datetime import date

import pytest
from django.core.management import call_command
from openpyxl import load_workbook

from campaigns.ground.audit import AuditEvent
from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.models import Organization, User
from campaigns.tests.factories import make_person, make_session, make_unit
from issues.actions import collecting
from issues.collecting.heap import open_heap
from issues.enums import LedgerState, SheetState
from issues.models import CollectedFile, Demand, LedgerItem, Measure, MeasureStep, Problem
from issues.tests.collect_books import (
    ONE_SHEET,
    book,
    measure_row,
    one_row,
    one_sheet,
    problem_row,
    sheet,
    three_lists,
)
from issues.tests.factories import NOW, make_city, make_item

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    city = make_city()
    Organization.objects.update(is_participant=False)
    Organization.objects.filter(code__in=["430400-031", "430400-010", "430481"]).update(is_participant=True)
    return city


def take(city, *files, by=None):
    """Hand a heap over and look at it; the one file of it, or all of them."""
    by = by or city.shengaiban
    heap = collecting.take_in(
        files=list(files), campaign=city.campaign, organization=by.organization, by=by, now=NOW
    )
    collecting.look_through(collection=heap, now=NOW)
    found = list(heap.files.order_by("pk"))
    return found[0] if len(found) == 1 else found


def plan_of(file):
    known = collecting.known_for(file.collection)
    return collecting.plan_of_file(file=file, known=known, now=NOW)


def enter(file, by):
    collecting.commit_ready(collection=file.collection, by=by, now=NOW)
    file.refresh_from_db()
    return file


def faults(file):
    return [fault for outcome in plan_of(file).outcomes for fault in outcome.faults]


# — the one-sheet variant —


def test_the_one_sheet_variant_becomes_a_problem_and_its_measure(city):
    file = take(city, ("医保局汇总表.xlsx", one_sheet()))
    assert (file.organization, file.kinds, file.rows, file.rejected, file.questions, file.state) == (
        city.yibao,
        ["problems", "measures"],
        1,
        0,
        0,
        SheetState.READY,
    )
    assert Problem.objects.count() == 0
    enter(file, city.shengaiban)
    problem, measure = Problem.objects.get(), Measure.objects.get()
    assert file.state == SheetState.DONE
    assert problem.number == f"WT-{city.campaign.code}-430400-031-0001"
    assert (problem.reporting_unit, problem.matter, problem.category.code) == (city.yibao, city.matter, "B05")
    assert (problem.found_on, problem.proposed_due_on) == (date(2022, 5, 9), date(2022, 6, 10))
    assert problem.item.state == LedgerState.PLANNING
    assert list(measure.problems.all()) == [problem]
    assert (measure.rectify_kind, measure.due_on, measure.person_text) == ("DATED", date(2022, 6, 10), "周某")


def test_taken_in_twice_nothing_is_written_twice(city):
    enter(take(city, ("a.xlsx", one_sheet())), city.shengaiban)
    again = take(city, ("b.xlsx", one_sheet(foot=False)))
    assert again.counts == {"created": 0, "updated": 0, "unchanged": 2, "differences": 0}
    enter(again, city.shengaiban)
    assert (Problem.objects.count(), Measure.objects.count()) == (1, 1)


def test_the_same_heap_is_the_same_collection(city):
    sent = one_sheet()  # the very same file: a workbook made a second later differs by its clock
    first = take(city, ("a.xlsx", sent))
    second = take(city, ("a.xlsx", sent))
    assert first.pk == second.pk
    assert CollectedFile.objects.count() == 1


def test_columns_in_any_order_and_codes_for_names(city):
    row = one_row(单位="430400-031", 责任单位="衡阳市医保局", 事项名称="YB-0001")
    file = take(city, ("a.xlsx", one_sheet(row, reverse=True)))
    assert (file.state, file.counts["created"]) == (SheetState.READY, 2)


def test_merged_cells_belong_to_every_row_they_cover(city):
    rows = (
        one_row(),
        one_row(
            序号=2, 单位=None, 事项名称=None, 走流程时间=None, 发现的问题="咨询台无人引导。", 解决措施=None
        ),
    )
    merge = ("B4:B5", "E4:E5", "G4:G5")
    file = take(city, ("a.xlsx", one_sheet(*rows, merge=merge)))
    enter(file, city.shengaiban)
    second = Problem.objects.get(category__code="B03")
    assert (second.reporting_unit, second.found_on, second.matter) == (
        city.yibao,
        date(2022, 5, 9),
        city.matter,
    )


def test_a_second_measure_under_a_problem_is_that_problems(city):
    rows = one_row(), {"解决措施": "制度上墙，长期坚持。", "整改时限": "长期坚持", "责任单位": "市医保局"}
    enter(take(city, ("a.xlsx", one_sheet(*rows))), city.shengaiban)
    assert sorted(Problem.objects.get().measures.values_list("rectify_kind", flat=True)) == [
        "DATED",
        "LASTING",
    ]


def test_nothing_said_is_no_demand_and_a_demand_of_its_own_is_one(city):
    rows = (
        one_row(需求="无"),
        one_row(序号=2, 发现的问题="/", 需求="希望延长午间服务时间。", 解决措施="延长到 13:00。"),
    )
    enter(take(city, ("a.xlsx", one_sheet(*rows))), city.shengaiban)
    demand = Demand.objects.get()
    assert (demand.is_accepted, demand.responsible_unit, demand.item.state) == (
        True,
        city.yibao,
        LedgerState.PLANNING,
    )
    assert list(demand.measures.values_list("text", flat=True)) == ["延长到 13:00。"]


def test_days_as_people_write_them(city):
    rows = [
        one_row(
            序号=at,
            发现的问题=f"窗口排队秩序混乱，第{at}处。",
            解决措施=f"整理秩序{at}。",
            走流程时间=day,
            整改时限=due,
        )
        for at, (day, due) in enumerate(
            [
                ("5月9日", "6月10日前"),
                ("2022.5.9", "6月底前"),
                (44690, "2022年6月10日之前"),
                ("2022-05-09 9:00-11:00", "已整改"),
            ],
            1,
        )
    ]
    enter(take(city, ("a.xlsx", one_sheet(*rows))), city.shengaiban)
    assert set(Problem.objects.values_list("found_on", flat=True)) == {date(2022, 5, 9)}
    told = Measure.objects.order_by("text").values_list("rectify_kind", "due_on")
    assert list(told) == [
        ("DATED", date(2022, 6, 10)),
        ("DATED", date(2022, 6, 30)),
        ("DATED", date(2022, 6, 10)),
        ("QUICK", None),
    ]


@pytest.mark.parametrize(
    ("changes", "cell", "sentence"),
    [
        ({"责任单位": "环球银河管理处"}, "L4", "找不到单位“环球银河管理处”。"),
        ({"整改时限": None}, "K4", "写了解决措施，就要写整改时限：填日期，或“立行立改”“长期坚持”。"),
        ({"走流程时间": "2022-05-41"}, "E4", "“2022-05-41”不是有效日期：没有这一天或这一刻。"),
        ({"走流程时间": "2022-05-30"}, "E4", "发现日期不能晚于今天。"),
        ({"走流程时间": None}, "E4", "发现日期必须填写。"),
        ({"整改时限": "2022-04-01"}, None, ""),
    ],
)
def test_a_faulty_row_stops_its_whole_file(city, changes, cell, sentence):
    file = take(
        city, ("a.xlsx", one_sheet(one_row(), one_row(序号=2) | {"发现的问题": "咨询台无人引导。"} | changes))
    )
    if cell is None:
        assert file.state in (SheetState.READY, SheetState.FAULTY)
        return
    place = cell.replace("4", "5")
    assert (place, sentence) in faults(file)
    assert (file.state, file.rows, file.rejected) == (SheetState.FAULTY, 2, 1)
    with pytest.raises(NotAllowed, match="不能入账"):
        collecting.commit_file(
            file=file, known=collecting.known_for(file.collection), by=city.shengaiban, now=NOW
        )
    assert Problem.objects.count() == 0


def test_a_cell_that_shows_an_error_is_a_fault_of_that_cell(city):
    """#N/A where a unit, a day or the problem itself should stand: told, not a crash (found by hypothesis)."""
    rows = (
        one_row(责任单位="#N/A"),
        one_row(序号=2, 发现的问题="#REF!", 解决措施=None, 走流程时间="#VALUE!"),
    )
    file = take(city, ("a.xlsx", one_sheet(*rows)))
    assert file.state == SheetState.FAULTY
    assert {(cell, said) for cell, said in faults(file)} >= {
        ("L4", "单元格是错误值：#N/A。"),
        ("H5", "单元格是错误值：#REF!。"),
        ("E5", "单元格是错误值：#VALUE!。"),
    }
    assert Problem.objects.count() == 0


# — the three lists as issued —


def test_the_three_lists_hang_together_by_their_serials(city):
    file = take(city, ("三张清单.xlsx", three_lists()))
    assert (file.organization, file.kinds, file.rows, file.rejected, file.questions) == (
        city.yibao,
        ["problems", "demands", "measures"],
        3,
        0,
        0,
    )
    enter(file, city.shengaiban)
    problem = Problem.objects.get()
    assert (problem.category.code, problem.step, problem.proposed_kind) == ("A01", "ACCEPT", "DATED")
    assert Demand.objects.get().problem == problem
    assert list(Measure.objects.get().problems.all()) == [problem]
    assert list(MeasureStep.objects.order_by("sequence").values_list("text", "due_on")) == [
        ("修改办事指南", date(2022, 5, 30)),
        ("培训窗口人员", date(2022, 6, 8)),
    ]


def test_a_list_may_come_alone(city):
    problems = book(
        sheet(
            ("填报单位", "发现的问题", "问题类别", "责任单位", "发现日期"),
            {
                "填报单位": "市医保局",
                "发现的问题": "咨询台无人。",
                "问题类别": "咨询引导",
                "责任单位": "市医保局",
                "发现日期": "2022-05-09",
            },
        )
    )
    file = take(city, ("问题.xlsx", problems))
    assert (file.kinds, file.state) == (["problems"], SheetState.READY)


def test_a_serial_nobody_has_is_a_fault(city):
    file = take(city, ("a.xlsx", three_lists(measures=(measure_row(对应问题序号="7"),))))
    assert ("C4", "文件里没有序号为“7”的问题。") in faults(file)


def test_what_the_ledger_has_taken_over_is_told_and_not_changed(city):
    item = make_item(city, LedgerState.RECTIFYING)
    problem = item.problem
    row = problem_row(
        **{
            "发现的问题(具体表现)": problem.text,
            "体验事项(名称/编码)": city.matter.code,
            "问题类别(四大类/小类)": problem.category.code,
            "责任单位": "市人社局",
            "状态": "已销号",
        }
    )
    file = take(city, ("a.xlsx", three_lists(problems=(row,), demands=(), measures=())))
    (outcome,) = plan_of(file).outcomes
    assert outcome.action == "无变化"
    assert ("责任单位编码", "430400-031", "430400-010") in outcome.differences
    assert ("销号情况", "整改中", "已销号") in outcome.differences
    enter(file, city.shengaiban)
    problem.refresh_from_db()
    assert problem.responsible_unit == city.yibao


def test_what_is_still_open_shows_before_and_after(city):
    enter(take(city, ("a.xlsx", three_lists())), city.shengaiban)
    changed = three_lists(problems=(problem_row(**{"原因分析(“堵”的原因)": "系统没有接口。"}),))
    file = take(city, ("b.xlsx", changed))
    told = [outcome for outcome in plan_of(file).outcomes if outcome.action == "更新"]
    assert [outcome.changes for outcome in told] == [[("原因分析", "指南没有更新。", "系统没有接口。")]]
    enter(file, city.shengaiban)
    assert Problem.objects.get().cause == "系统没有接口。"


# — whose, and doubts —


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("表.xlsx", one_sheet(one_row(单位=None), title="", unit="衡阳市医疗保障局")),
        ("表.xlsx", one_sheet(one_row(单位=None), title="", unit="430400-031")),
        ("表.xlsx", one_sheet(one_row(), title="", unit="")),
        ("表.xlsx", one_sheet(one_row(单位=None), unit="")),
        ("3.市医保局走流程清单.xlsx", one_sheet(one_row(单位=None), title="", unit="")),
        ("（31）衡阳市医疗保障局.xlsx", one_sheet(one_row(单位=None), title="", unit="")),
    ],
)
def test_the_unit_is_found_wherever_it_is_named(city, name, content):
    assert take(city, (name, content)).organization == city.yibao


def test_a_unit_that_is_only_near_is_asked_never_guessed(city):
    content = one_sheet(one_row(单位=None), title="", unit="医疗保障局")
    file = take(city, ("表.xlsx", content))
    assert (file.state, file.organization) == (SheetState.UNMATCHED, None)
    (question,) = plan_of(file).questions
    assert question.options[0] == ("430400-031", "衡阳市医疗保障局（430400-031）")
    collecting.answer_questions(file=file, answers={"file-unit": "430400-031"}, by=city.shengaiban, now=NOW)
    file.refresh_from_db()
    assert (file.state, file.organization) == (SheetState.READY, city.yibao)


def test_a_matter_written_another_way_is_asked(city):
    file = take(city, ("a.xlsx", one_sheet(one_row(事项名称="异地就医的备案"))))
    assert file.state == SheetState.ASKING
    (question,) = plan_of(file).questions
    assert (question.label, question.said, question.options[0][0]) == ("事项", "异地就医的备案", "YB-0001")
    collecting.answer_questions(file=file, answers={question.key: "YB-0001"}, by=city.shengaiban, now=NOW)
    file.refresh_from_db()
    enter(file, city.shengaiban)
    assert Problem.objects.get().matter == city.matter
    assert AuditEvent.objects.filter(verb="收表核对").count() == 1


def test_a_category_the_words_dont_tell_is_asked(city):
    file = take(city, ("a.xlsx", one_sheet(one_row(发现的问题="工作人员态度生硬。"))))
    (question,) = plan_of(file).questions
    assert (file.state, question.label, len(question.options)) == (SheetState.ASKING, "问题类别", 32)
    collecting.answer_questions(file=file, answers={question.key: "B06"}, by=city.shengaiban, now=NOW)
    file.refresh_from_db()
    enter(file, city.shengaiban)
    assert Problem.objects.get().category.code == "B06"


def test_nearly_the_same_text_is_asked(city):
    enter(take(city, ("a.xlsx", one_sheet())), city.shengaiban)
    row = one_row(发现的问题="窗口的叫号系统午间停摆，群众排队超过一小时。")
    file = take(city, ("b.xlsx", one_sheet(row)))
    number = Problem.objects.get().number
    (question,) = plan_of(file).questions
    assert [value for value, _ in question.options] == [number, "-"]
    collecting.answer_questions(file=file, answers={question.key: "-"}, by=city.shengaiban, now=NOW)
    file.refresh_from_db()
    enter(file, city.shengaiban)
    assert Problem.objects.count() == 2


def test_the_walk_a_row_tells_of_is_found(city):
    walker = make_person(city.yibao, "周某某")
    walk = make_session(city.campaign, city.yibao, number="DJ1", matter=city.matter, walkers=[walker])
    day = walk.held_on.isoformat()
    enter(
        take(city, ("a.xlsx", one_sheet(one_row(走流程领导姓名="周某某（局长）", 走流程时间=day)))),
        city.shengaiban,
    )
    assert Problem.objects.get().session == walk


def test_a_name_with_one_sign_another_way_is_asked(city):
    make_person(city.yibao, "周某某", code="P-77")
    file = take(city, ("a.xlsx", one_sheet(one_row(走流程领导姓名="周某谋"))))
    (question,) = plan_of(file).questions
    assert (question.label, question.options[0]) == ("走流程人员", ("P-77", "周某某（P-77）"))


def test_a_county_office_takes_in_its_own_units_only(city):
    content = one_sheet(one_row())
    file = take(city, ("a.xlsx", content), by=city.leiyang_shengaiban)
    assert file.state == SheetState.UNMATCHED
    row = one_row(单位="耒阳人社局", 责任单位="耒阳人社局")
    file = take(city, ("b.xlsx", one_sheet(row, title="", unit="")), by=city.leiyang_shengaiban)
    assert (file.organization, file.state) == (city.leiyang_renshe, SheetState.READY)


@pytest.mark.parametrize(
    "name", ["yibao_reporter", "duchashi", "admin_posting", "auditor", "yibao_head", "yibao_walker"]
)
def test_nobody_else_collects(city, name):
    with pytest.raises(NotAllowed, match="收表由审改办办理"):
        take(city, ("a.xlsx", one_sheet()), by=getattr(city, name))


# — plan, then commit —


def test_what_changed_since_the_look_is_not_entered(city):
    file = take(city, ("a.xlsx", one_sheet()))
    enter(take(city, ("b.xlsx", one_sheet(foot=False))), city.shengaiban)
    with pytest.raises(Changed, match="请重新核对"):
        collecting.commit_file(
            file=file, known=collecting.known_for(file.collection), by=city.shengaiban, now=NOW
        )
    assert Problem.objects.count() == 1


def test_one_bad_file_doesnt_hold_up_the_others(city):
    good, bad, strange = take(
        city,
        ("a.xlsx", one_sheet()),
        ("b.xlsx", one_sheet(one_row(责任单位="环球银河管理处"))),
        ("c.xlsx", b"no workbook at all"),
    )
    counts = collecting.commit_ready(collection=good.collection, by=city.shengaiban, now=NOW)
    assert counts == {"entered": 1, "written": 2}
    states = list(good.collection.files.order_by("pk").values_list("state", flat=True))
    assert states == [SheetState.DONE, SheetState.FAULTY, SheetState.UNREADABLE]


def test_each_file_comes_back_marked(city):
    file = enter(take(city, ("a.xlsx", one_sheet())), city.shengaiban)
    with file.returned.file.open("rb") as opened:
        page = load_workbook(io.BytesIO(opened.read())).active
    header = [cell.value for cell in page[3]]
    assert header[:3] == ["序号", "单位", "走流程领导姓名"]
    assert header[-1] == "结果"
    assert page.cell(4, len(header)).value.startswith("新增")


def test_a_faulty_cell_comes_back_red_with_its_reason(city):
    content = one_sheet(one_row(责任单位="环球银河管理处"))
    page = load_workbook(
        io.BytesIO(collecting.returned_book(plan_of(take(city, ("a.xlsx", content))), content))
    ).active
    assert page["A1"].value.startswith("市医保局“走流程、解难题、优服务”行动")
    assert page["L4"].comment.text == "找不到单位“环球银河管理处”。"


# — heaps —


class WindowsName(zipfile.ZipInfo):
    """A member as Windows' own zip writes it: the name in GBK, nothing saying so."""

    def _encodeFilenameFlags(self):
        return "市医保局.xlsx".encode("gb18030"), self.flag_bits


def test_a_zip_with_windows_names_is_a_heap():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(WindowsName(), b"1")
        archive.writestr("~$lock.xlsx", b"2")
        archive.writestr("__MACOSX/._a.xlsx", b"3")
    content = target.getvalue()
    assert ("市医保局.xlsx", b"1") in open_heap([("包.zip", content)])
    assert len(open_heap([("包.zip", content)])) == 1


def test_a_broken_zip_is_a_sentence():
    with pytest.raises(NotAllowed, match="已损坏"):
        open_heap([("包.zip", b"PK\x03\x04broken")])


# — the command —


def run(folder, capsys, *options):
    call_command("collect_sheets", str(folder), "--json", *options)
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def test_the_command_tells_files_missing_and_unmatched(city, tmp_path, capsys):
    User.objects.get_or_create(username="system")
    (tmp_path / "医保.xlsx").write_bytes(one_sheet())
    (tmp_path / "下级").mkdir()
    row = one_row(单位="市人社局", 责任单位="市人社局", 发现的问题="导办台无人引导。")
    (tmp_path / "下级" / "人社.xlsx").write_bytes(one_sheet(row, title="", unit=""))
    (tmp_path / "不知是谁.xlsx").write_bytes(one_sheet(one_row(单位=None), title="", unit="银河系管理处"))
    told = run(tmp_path, capsys)
    by_name = {file["name"]: file for file in told["files"]}
    assert told["missing"] == ["430481"]
    assert told["unmatched"] == ["不知是谁.xlsx"]
    assert {
        key: by_name["医保.xlsx"][key] for key in ("organization", "kinds", "rows", "rejected", "state")
    } == {
        "organization": "430400-031",
        "kinds": ["problems", "measures"],
        "rows": 1,
        "rejected": 0,
        "state": "已入账",
    }
    assert by_name["不知是谁.xlsx"]["organization"] is None
    assert LedgerItem.objects.count() == 2
    again = run(tmp_path, capsys)
    assert LedgerItem.objects.count() == 2
    assert again["missing"] == ["430481"]


def test_a_dry_run_enters_nothing(city, tmp_path, capsys):
    (tmp_path / "a.xlsx").write_bytes(one_sheet())
    assert run(tmp_path, capsys, "--dry-run")["files"][0]["state"] == "可入账"
    assert Problem.objects.count() == 0


def test_headings_alone_are_an_empty_list(city):
    empty = book(sheet(ONE_SHEET, unit="市医保局"))
    file = take(city, ("a.xlsx", empty))
    assert (file.organization, file.rows, file.kinds, file.state) == (city.yibao, 0, [], SheetState.READY)


def test_two_units_in_one_file_both_came(city):
    make_unit("430400-099", city.root, name="衡阳市某局", short_name="市某局")
    rows = one_row(), one_row(序号=2, 单位="市人社局", 责任单位="市人社局", 发现的问题="导办台无人引导。")
    file = take(city, ("a.xlsx", one_sheet(*rows)))
    assert file.units == ["430400-010", "430400-031"]
