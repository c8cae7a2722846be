"""The walk register as a workbook: four sheets, one record a walk; every rule of contract §6 sessions."""

import io
import time
from datetime import datetime, timedelta

import pytest
from openpyxl import load_workbook

from campaigns.actions.complaint_tasks import open_tasks
from campaigns.actions.imports import IMPORTERS, confirm_import, dry_run, preview_import
from campaigns.actions.walks import record_session
from campaigns.enums import OrganizationKind, Role
from campaigns.ground.files import FileKind, store_bytes
from campaigns.ground.numbering import take_number
from campaigns.ground.refusal import Changed
from campaigns.models import (
    CheckPoint,
    Companion,
    Evidence,
    PhotoMark,
    SessionCase,
    SessionStep,
    User,
    WalkSession,
    WalkTask,
)
from campaigns.places import Places, walked_unit_for
from campaigns.tests.book_builders import book_bytes
from campaigns.tests.factories import (
    NOW,
    ZONE,
    assert_ways_are_told,
    at,
    make_campaign,
    make_complaint,
    make_matter,
    make_matter_unit,
    make_person,
    make_posting,
    make_session,
    make_unit,
    make_user,
)
from campaigns.tests.importing import counts, exported, faults, load, sheet, table

pytestmark = pytest.mark.django_db

MAIN = (
    "登记编号 填报单位编码 走流程人员编号 同行人员 体验形式 办理渠道 是否模拟 事项编码 被体验单位编码 地点 窗口号 开始时间 结束时间 "
    "填报时间 填报人账号 办件编号 授权委托书编号 陪同对象 工单编号 是否事先告知 实际环节数 实际材料数 实际天数 实际跑动次数 实际费用 "
    "问明白 跑明白 办明白 体验情况 照片指纹"
).split()
STEPS = ["登记编号", "序号", "环节", "开始时间", "结束时间", "等待分钟", "结果", "说明"]
SHA = "sha256=" + "ab" * 32
PHASH = "phash=" + "0f" * 8


@pytest.fixture(autouse=True)
def open_campaign(campaign):
    """Whatever a test brings in or changes, its walks tell their steps in the end."""
    yield campaign
    assert_ways_are_told()


@pytest.fixture
def walker(bureau):
    return make_person(bureau, "周某", "P1")


def walk(**changes):
    row = {
        "登记编号": "DJ-2022-430400-031-0007",
        "填报单位编码": "430400-031",
        "走流程人员编号": "P1",
        "体验形式": "亲身办",
        "办理渠道": "线下窗口",
        "事项编码": "SX-1",
        "开始时间": "2022-05-20 09:00",
        "结束时间": "2022-05-20 10:30",
        "填报时间": "2022-05-20 15:00",
        "体验情况": "从咨询到出件走完全部环节。",
    }
    return {**row, **changes}


def step(number=1, record="DJ-2022-430400-031-0007", **changes):
    row = {
        "登记编号": record,
        "序号": number,
        "环节": "咨询",
        "开始时间": "2022-05-20 09:00",
        "结束时间": "2022-05-20 09:10",
    }
    return {**row, **changes}


def book(walks, steps=(), points=(), cases=()):
    sheets = [sheet("登记表", *walks)]
    for name, rows in (("环节", steps), ("要点", points), ("办件", cases)):
        if rows:
            sheets.append(sheet(name, *rows))
    return book_bytes(*sheets)


def full():
    """One walk with everything the four sheets can hold."""
    return book(
        [
            walk(
                走流程人员编号="P1、周 某",
                同行人员="王某（办公室主任）、李某",
                体验形式="坐窗办",
                窗口号="3号窗口",
                地点="市政务服务中心",
                填报人账号="Yibaoju.Tianbao",
                办件编号="BJ0",
                是否事先告知="√",
                实际环节数=5,
                实际费用="12.5",
                问明白="能",
                跑明白="部分",
                照片指纹=f"{SHA}、{PHASH}",
            )
        ],
        [
            step(2, 环节="受理", 开始时间="2022-05-20 09:10", 结束时间="2022-05-20 10:30", 结果="退回"),
            step(1, 等待分钟=500, 说明="问了三次"),
            step(3, 环节="出件", 结束时间="2022-05-20 09:00"),
        ],  # fmt: skip
        [
            {"登记编号": "DJ-2022-430400-031-0007", "要点编码": "A03", "结论": "符合", "说明": None},
            {"登记编号": "DJ-2022-430400-031-0007", "要点编码": "A01", "结论": "不符合", "说明": "多要一份"},
        ],
        [
            {
                "登记编号": "DJ-2022-430400-031-0007",
                "办件编号": "BJ1",
                "事项编码": "SX-1",
                "用时分钟": 15,
                "结果": "办结",
            },
            {"登记编号": "DJ-2022-430400-031-0007", "办件编号": "BJ2"},
        ],
    )


def test_a_walk_with_its_steps_points_and_cases_is_one_record(bureau, matter, walker):
    user = make_user("yibaoju.tianbao")
    assert counts(load("sessions", full())) == (1, 1, 0, 0, 0, 0)
    made = WalkSession.objects.get()
    assert (made.number, made.state, made.entry) == ("DJ-2022-430400-031-0007", "HELD", "IMPORT")
    assert (made.reporting_unit, made.walked_unit, made.matter) == (bureau, bureau, matter)
    assert list(made.walkers.all()) == [walker]
    assert list(Companion.objects.values_list("name", "title")) == [("王某", "办公室主任"), ("李某", "")]
    assert (made.started_at, str(made.held_on)) == (at("2022-05-20", "09:00"), "2022-05-20")
    assert (made.recorded_at, made.recorded_by) == (at("2022-05-20", "15:00"), user)
    assert (made.was_announced, made.is_simulated, made.actual_steps) == (True, False, 5)
    assert (str(made.actual_fee), made.asks_clear, made.runs_clear, made.done_clear) == (
        "12.50",
        "YES",
        "PARTLY",
        "",
    )
    assert list(
        SessionStep.objects.order_by("sequence").values_list("kind", "waiting_minutes", "result")
    ) == [
        ("CONSULT", 500, ""),
        ("ACCEPT", None, "RETURNED"),
        ("DELIVER", None, ""),
    ]
    assert set(CheckPoint.objects.values_list("category__code", "verdict")) == {
        ("A01", "FAILS"),
        ("A03", "CONFORMS"),
    }
    assert set(SessionCase.objects.values_list("case_number", "minutes")) == {("BJ1", 15), ("BJ2", None)}
    assert {str(mark) for mark in PhotoMark.objects.all()} == {SHA, PHASH}
    assert take_number("DJ-2022-430400-031") == "DJ-2022-430400-031-0008"


def test_the_export_has_the_contracts_sheets_and_comes_back_unchanged(bureau, matter, walker):
    make_user("yibaoju.tianbao")
    load("sessions", full())
    content, number = exported("sessions")
    workbook = load_workbook(io.BytesIO(content))
    assert workbook.sheetnames == ["登记表", "环节", "要点", "办件"]
    assert [cell.value for cell in workbook["登记表"][1]] == MAIN
    assert [cell.value for cell in workbook["环节"][1]] == STEPS
    assert number == 1
    assert counts(load("sessions", content, "update")) == (1, 0, 0, 1, 0, 0)


def test_what_the_pages_wrote_comes_back_unchanged(bureau, matter, walker, open_campaign):
    """Seconds, empty titles, odd brackets, a photo of the system's own: an export says nothing new."""
    session = record_session(
        by=None,
        now=NOW,
        campaign=open_campaign,
        reporting_unit=bureau,
        walkers=[walker],
        mode="ACCOMPANY",
        channel="CITIZEN_APP",
        matter=matter,
        started_at=at("2022-05-20", "09:00") + timedelta(seconds=31, microseconds=714321),
        ended_at=at("2022-05-20", "10:00") + timedelta(seconds=59, microseconds=999999),
        narrative="=1+1\n第二行  有空格 ",
        steps=[
            {"kind": "QUEUE", "started_at": at("2022-05-20"), "ended_at": at("2022-05-20"), "note": "-等 候"}
        ],
        checkpoints=[("A01", "NOT_APPLICABLE", "")],
        companions=[("王某", "局长、党组书记（主持工作）"), ("赵（外单位）", ""), ("Li Si", "")],
        facts={"accompanied": "群众 李某", "case_number": "耒办〔2022〕 3/4 号"},
        recorded_at=NOW,
    )
    user = User.objects.get(username="system")
    kept = store_bytes(
        content=b"photo", name="a.jpg", kind=FileKind.EVIDENCE, content_type="image/jpeg", by=user, now=NOW
    )
    Evidence.objects.create(session=session, file=kept, phash="0f" * 8)
    make_session(open_campaign, bureau, matter=matter, state="DRAFT")
    WalkSession.objects.filter(pk=session.pk).update(
        state="CONFIRMED", confirmed_by=user, confirmed_at=NOW + timedelta(hours=1)
    )
    content, number = exported("sessions")
    run = load("sessions", content, "update")
    assert (faults(run), number, counts(run)) == ([], 1, (1, 0, 0, 1, 0, 0))


# --- what each form needs, and every other refusal


@pytest.mark.parametrize(
    ("mode", "column", "sentence"),
    [
        ("帮代办", "授权委托书编号", "帮代办要填写授权委托书编号。"),
        ("陪同办", "陪同对象", "陪同办要填写陪同对象。"),
        ("坐窗办", "窗口号", "坐窗办要填写窗口号。"),
        ("倒推办", "工单编号", "倒推办要填写工单编号。"),
    ],
)
def test_each_form_lacks_its_fact_in_one_cell(bureau, matter, walker, mode, column, sentence):
    run = load("sessions", book([walk(体验形式=mode, **{column: None})]))
    place = [*walk(), column].index(column)
    assert faults(run) == [(f"{chr(65 + place)}2", sentence)]
    assert run.errors[0]["column"] == column
    assert counts(load("sessions", book([walk(体验形式=mode, **{column: "甲1"})]))) == (1, 1, 0, 0, 0, 0)
    no_column = load("sessions", book([walk(登记编号="DJ9", 体验形式=mode)]))
    assert faults(no_column) == [(None, sentence)]


def test_nobody_is_asked_for_cases_or_photos(bureau, matter, walker):
    run = load("sessions", book([walk(体验形式="坐窗办", 窗口号="3")]))
    assert (faults(run), counts(run)) == ([], (1, 1, 0, 0, 0, 0))


def test_every_refusal_is_a_cell_and_a_sentence(city, bureau, matter, walker):
    make_person(city, "吴某", "P2")
    extra = {"填报人账号": None, "照片指纹": None}
    run = load(
        "sessions",
        book(
            [
                walk(**extra),
                walk(登记编号="D2", 结束时间="2022-05-20 08:59"),
                walk(登记编号="D3", 走流程人员编号="P9", 事项编码="没有"),
                walk(登记编号="D4", 体验形式="代办", 办理渠道="微博"),
                walk(登记编号="D5", 走流程人员编号="P2"),
                walk(登记编号="D6", 填报人账号="nobody", 照片指纹="sha256=12"),
                walk(登记编号="D7", 体验情况=None, 填报时间=None),
                walk(登记编号="D2"),
                walk(登记编号="D8", 开始时间="2022-07-01", 结束时间="2022-07-01 10:00"),
            ]
        ),
    )
    assert faults(run) == [
        ("H3", "结束时间不能早于开始时间。"),
        ("C4", "找不到人员“P9”。"),
        ("F4", "找不到事项“没有”。"),
        ("D5", "“代办”不在可选值内：亲身办、帮代办、陪同办、坐窗办、倒推办。"),
        (
            "E5",
            "“微博”不在可选值内：政务服务旗舰店、“一件事一次办”小程序、“衡阳群众”APP、线下窗口、电话、自助终端。",
        ),
        ("C6", "吴某（P2）不是市医保局的人员，不能由该单位填报。"),
        ("K7", "找不到账号“nobody”。"),
        ("L7", "“sha256=12”不是照片指纹，应写成 sha256=64位十六进制数 或 phash=16位十六进制数。"),
        ("I8", "填报时间必须填写。"),
        ("J8", "体验情况必须填写。"),
        ("A9", "登记编号与第 3 行重复。"),
        ("H10", "结束时间不能晚于现在。"),
    ]
    assert run.counts["rejected"] == 8
    assert WalkSession.objects.count() == 0


def test_faults_of_the_other_sheets_are_told_there_and_reject_the_whole_walk(bureau, matter, walker):
    number = "DJ-2022-430400-031-0007"
    run = load(
        "sessions",
        book(
            [walk(), walk(登记编号="D2")],
            [
                step(1, 结束时间="2022-05-20 08:00"),
                step(1),
                step(2, 环节="午休", 结果="还行"),
                step(3, "没有的"),
                step(4, None),
                step(None),
            ],
            [
                {"登记编号": number, "要点编码": "Z99", "结论": "符合"},
                {"登记编号": number, "要点编码": "A01", "结论": None},
                {"登记编号": number, "要点编码": "A01", "结论": "符合"},
            ],
            [{"登记编号": "D2", "办件编号": "BJ1", "用时分钟": -5}],
        ),
    )
    told = [(error["sheet"], error["cell"], error["message"]) for error in run.errors]
    assert told == [
        ("环节", "E2", "环节的结束时间不能早于开始时间。"),
        ("环节", "B3", "序号与第 2 行重复。"),
        ("环节", "C4", told[2][2]),
        ("环节", "F4", "“还行”不在可选值内：通过、退回、补正、失败。"),
        ("环节", "A5", "工作表“登记表”里没有登记编号“没有的”。"),
        ("环节", "A6", "登记编号必须填写。"),
        ("环节", "B7", "序号必须填写。"),
        ("要点", "B2", "找不到要点或问题类别“Z99”。"),
        ("要点", "C3", "结论必须填写。"),
        ("要点", "B4", "要点编码与第 3 行重复。"),
        ("办件", "C2", "“-5”不能小于 0。"),
    ]
    assert "“午休”不在可选值内" in told[2][2]
    assert (run.counts["rows"], run.counts["rejected"]) == (4, 4)
    assert SessionStep.objects.count() == 0


def test_rejects_can_be_mended_in_every_sheet_and_sent_again(bureau, matter, walker):
    run = load(
        "sessions",
        book(
            [walk(), walk(登记编号="D2", 办理渠道="微博")],
            [step(1), step(1, "D2"), step(2, "D2", 结果="还行")],
        ),
    )
    with run.rejects.file.open("rb") as file:
        workbook = load_workbook(io.BytesIO(file.read()))
    assert workbook.sheetnames == ["登记表", "环节"]
    walks, steps = workbook["登记表"], workbook["环节"]
    assert ("不在可选值内" in walks["E3"].comment.text, walks["A2"].comment) == (True, None)
    assert "不在可选值内" in steps["F4"].comment.text
    walks["E3"], steps["F4"] = "电话", "通过"
    target = io.BytesIO()
    workbook.save(target)
    again = load("sessions", target.getvalue())
    assert (faults(again), again.warnings, counts(again)) == ([], [], (2, 2, 0, 0, 0, 0))


def test_sheets_are_known_by_their_columns_when_their_names_are_not(bureau, matter, walker):
    _, walks = sheet("x", walk())
    _, steps = sheet("x", step())
    run = load(
        "sessions",
        book_bytes(("Sheet2", [["走流程环节"], *steps]), ("Sheet1", walks), ("备注", [["甲", "乙"]])),
    )
    assert (counts(run), SessionStep.objects.count()) == ((1, 1, 0, 0, 0, 0), 1)


# --- 被体验单位 left blank


def test_blank_walked_unit_is_the_owner_at_that_place(city, bureau, matter):
    county = make_unit(
        "430481", city, kind=OrganizationKind.COUNTY, name="耒阳市人民政府", short_name="耒阳市"
    )
    local = make_unit(
        "430481-003", county, kind=OrganizationKind.COUNTY_DEPARTMENT, name="耒阳市医保局", counterpart=bureau
    )
    other = make_unit("430481-009", county, kind=OrganizationKind.COUNTY_DEPARTMENT, name="耒阳市城管局")
    running = make_matter(bureau, "参保登记", "SX-2")
    make_matter_unit(running, other)
    make_person(county, "耒某", "L1")
    rows = [
        walk(登记编号="D1", 填报单位编码="430481", 走流程人员编号="L1"),
        walk(登记编号="D2", 填报单位编码="430481", 走流程人员编号="L1", 事项编码="SX-2"),
        walk(登记编号="D3", 填报单位编码="430481", 走流程人员编号="L1", 被体验单位编码="市医保局"),
    ]
    load("sessions", book(rows))
    found = dict(WalkSession.objects.values_list("number", "walked_unit__code"))
    assert found == {"D1": local.code, "D2": other.code, "D3": bureau.code}
    places = Places()
    for each in (matter, running):
        for unit in (city, bureau, county, local, other):
            assert places.walked_unit(each.code, unit.code) == walked_unit_for(each, unit).code


# --- update, frozen walks, what is left alone


def test_update_changes_what_is_said_and_leaves_the_rest(bureau, matter, walker):
    make_user("yibaoju.tianbao")
    load("sessions", full())
    only = {"登记编号": "DJ-2022-430400-031-0007", "地点": "新大厅", "窗口号": None}
    required = dict.fromkeys(set(walk()) - {"登记编号"})
    assert counts(load("sessions", table({**only, **required}), "update")) == (1, 0, 1, 0, 0, 0)
    made = WalkSession.objects.get()
    assert (made.place, made.window, made.recorded_by.username) == ("新大厅", "3号窗口", "yibaoju.tianbao")
    assert (SessionStep.objects.count(), PhotoMark.objects.count(), made.walkers.count()) == (3, 2, 1)


def test_rows_of_a_sheet_replace_that_part_of_the_walk(bureau, matter, walker):
    make_user("yibaoju.tianbao")
    load("sessions", full())
    blank = {"登记编号": "DJ-2022-430400-031-0007", **dict.fromkeys(set(walk()) - {"登记编号"})}
    run = load("sessions", book([blank], [step(1, 等待分钟=7, 说明="清空"), step(2, 环节="审批")]), "update")
    assert (faults(run), counts(run)) == ([], (1, 0, 1, 0, 0, 0))
    assert list(
        SessionStep.objects.order_by("sequence").values_list("kind", "waiting_minutes", "note", "result")
    ) == [
        ("CONSULT", 7, "", ""),
        ("APPROVE", None, "", "RETURNED"),
    ]
    assert CheckPoint.objects.count() == 2
    emptied = load("sessions", book([blank], points=[{"登记编号": "DJ-2022-430400-031-0007", "要点编码": "清空",
                                                      "结论": None}]), "update")  # fmt: skip
    assert (counts(emptied), CheckPoint.objects.count()) == ((1, 0, 1, 0, 0, 0), 0)


def test_emptying_a_part_of_a_record_whose_number_is_lost_is_a_cell_and_a_sentence(bureau, matter, walker):
    lost = step(1, record=10.0**15, 序号="清空")
    run = load("sessions", book([walk()], [lost]), "update")
    assert any(cell == "A2" and "超过 15 位" in sentence for cell, sentence in faults(run))


def test_a_confirmed_walk_is_frozen(bureau, matter, walker, open_campaign):
    load("sessions", book([walk()], [step()]))
    user = User.objects.get(username="system")
    WalkSession.objects.update(state="CONFIRMED", confirmed_by=user, confirmed_at=NOW)
    assert counts(load("sessions", book([walk()], [step()]), "update")) == (1, 0, 0, 1, 0, 0)
    moved = load("sessions", book([walk(结束时间="2022-05-20 11:00")], [step()]), "update")
    assert faults(moved) == [
        (
            "H2",
            "DJ-2022-430400-031-0007已经本人确认，不能由表格修改（结束时间与系统里的不同）；有误的请办理更正。",
        )
    ]
    stepped = load("sessions", book([walk()], [step(结果="退回")]), "update")
    assert faults(stepped)[0][0] == "A2"
    assert "（环节与系统里的不同）" in faults(stepped)[0][1]
    assert counts(load("sessions", book([walk(结束时间="2022-05-20 11:00")]), "skip")) == (1, 0, 0, 0, 1, 0)


def test_a_draft_is_somebodys_unfinished_page(bureau, matter, walker, open_campaign):
    make_session(open_campaign, bureau, number="D1", matter=matter, state="DRAFT")
    assert "草稿" in faults(load("sessions", book([walk(登记编号="D1")]), "update"))[0][1]
    assert faults(load("sessions", book([walk(登记编号="D1")])))[0] == ("A2", "登记编号已存在。")


def test_without_an_open_campaign_nothing_new_comes_in(bureau, matter, walker, open_campaign):
    load("sessions", book([walk()]))
    open_campaign.state = "CLOSED"
    open_campaign.save()
    assert faults(load("sessions", book([walk(登记编号="D9")]))) == [
        (None, "没有进行中的行动，不能新增记录；请先在“行动”页开启新一轮。")
    ]
    assert counts(load("sessions", book([walk()]), "update")) == (1, 0, 0, 1, 0, 0)


def test_a_walk_back_in_the_workbook_settles_its_task(bureau, matter, walker, open_campaign):
    make_posting(bureau, Role.REPORTER)
    for number in range(5):
        make_complaint(bureau, f"GD{number}", matter=matter, received_at=at("2022-06-16"))
    open_tasks(on=NOW.date(), now=NOW)
    load(
        "sessions",
        book(
            [
                walk(
                    体验形式="倒推办",
                    工单编号="GD3",
                    开始时间="2022-06-20 09:00",
                    结束时间="2022-06-20 09:30",
                )
            ]
        ),
    )
    task = WalkTask.objects.get()
    assert (task.session.complaint.number, str(task.done_on)) == ("GD3", "2022-06-20")
    assert task.deadline.is_open is False


def test_the_preview_tells_what_changes_and_the_confirmation_sees_what_moved(bureau, matter, walker):
    load("sessions", book([walk()], [step()]))
    system = User.objects.get(username="system")
    content = book([walk()], [step(结果="退回"), step(2)])
    plan = dry_run(importer=IMPORTERS["sessions"], content=content, mode="update", now=NOW)
    assert plan.rows[0].changes == [
        (
            "环节",
            "1 咨询 2022-05-20 09:00 2022-05-20 09:10",
            "1 咨询 2022-05-20 09:00 2022-05-20 09:10 退回；2 咨询 2022-05-20 09:00 2022-05-20 09:10",
        )
    ]
    run = preview_import(
        importer=IMPORTERS["sessions"], content=content, name="a.xlsx", mode="update", by=system, now=NOW
    )
    SessionStep.objects.update(note="别人改了")
    with pytest.raises(Changed):
        confirm_import(importer=IMPORTERS["sessions"], run=run, by=system, now=NOW)


# --- 600 rows


def many(count: int) -> bytes:
    begin = datetime(2022, 4, 20, 9, tzinfo=ZONE)
    walks, steps, points = [], [], []
    for n in range(count):
        number, start = f"DJ-2022-430400-031-{n + 1:04d}", begin + timedelta(hours=n)
        walks.append(
            walk(
                登记编号=number,
                走流程人员编号=f"P{n % 20 + 1}",
                开始时间=start.replace(tzinfo=None),
                结束时间=f"{start + timedelta(minutes=70):%Y/%m/%d %H:%M}",
                填报时间=f"{start + timedelta(hours=3):%Y年%m月%d日 %H:%M}",
                同行人员="王某（主任）" if n % 3 else None,
                照片指纹=f"sha256={n:064x}",
            )
        )
        for place in range(6):
            steps.append(
                step(
                    place + 1,
                    number,
                    环节=("咨询", "备料", "填表", "排队", "受理", "出件")[place],
                    开始时间=f"{start + timedelta(minutes=10 * place):%Y-%m-%d %H:%M}",
                    结束时间=f"{start + timedelta(minutes=10 * place + 10):%Y-%m-%d %H:%M}",
                )
            )
        points += [{"登记编号": number, "要点编码": f"A{p:02d}", "结论": "符合"} for p in range(1, 6)]
    return book(walks, steps, points)


def test_six_hundred_walks_go_in_come_out_and_go_in_again(bureau, matter, django_assert_max_num_queries):
    for n in range(20):
        make_person(bureau, f"甲{n}", f"P{n + 1}")
    content = many(600)
    begun = time.monotonic()
    with django_assert_max_num_queries(150):
        run = load("sessions", content)
    assert (faults(run), counts(run)) == ([], (600, 600, 0, 0, 0, 0))
    assert (SessionStep.objects.count(), CheckPoint.objects.count()) == (3600, 3000)
    out, number = exported("sessions")
    assert number == 600
    assert counts(load("sessions", out, "update")) == (600, 0, 0, 600, 0, 0)
    assert time.monotonic() - begun < 60
    assert make_campaign("2023", state="CLOSED").sessions.count() == 0
