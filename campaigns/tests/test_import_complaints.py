"""complaints in and out: the contract's columns, citizens encrypted and masked, numbers once, heaps opened at once."""

import io

import pytest
from django.db import connection
from openpyxl import load_workbook

from campaigns.enums import Role
from campaigns.ground.audit import AuditEvent
from campaigns.ground.secret import blind_index
from campaigns.models import Complaint, WalkTask
from campaigns.tests.factories import at, make_complaint, make_posting, make_session, make_unit
from campaigns.tests.importing import counts, exported, faults, load, table

pytestmark = pytest.mark.django_db

COLUMNS = [
    "工单编号",
    "来源",
    "受理时间",
    "诉求类型",
    "标题",
    "内容",
    "事项编码",
    "承办单位编码",
    "满意度",
    "办结时间",
    "诉求人",
    "联系电话",
]


def order(**changes):
    row = {
        "工单编号": "GD1",
        "来源": "12345",
        "受理时间": "2022-06-16 09:30",
        "诉求类型": "投诉",
        "标题": "办理时间太长",
        "内容": "窗口排队两个小时仍未受理。",
        "事项编码": "SX-1",
        "承办单位编码": "430400-031",
        "满意度": "不满意",
        "办结时间": "2022.6.17",
        "诉求人": "欧阳某某",
        "联系电话": "138 0000 0001",
    }
    return {**row, **changes}


def test_a_work_order_comes_in_and_its_citizen_is_unreadable_in_the_database(bureau, matter):
    assert counts(load("complaints", table(order()))) == (1, 1, 0, 0, 0, 0)
    complaint = Complaint.objects.get()
    assert (complaint.source, complaint.kind, complaint.satisfaction) == ("HOTLINE", "COMPLAINT", "BAD")
    assert (complaint.received_at, complaint.finished_at) == (
        at("2022-06-16", "09:30"),
        at("2022-06-17", "00:00"),
    )
    assert (complaint.matter, complaint.organization) == (matter, bureau)
    assert (complaint.citizen, complaint.phone) == ("欧阳某某", "13800000001")
    assert complaint.phone_index == blind_index("13800000001")
    with connection.cursor() as cursor:
        cursor.execute("SELECT citizen, phone FROM campaigns_complaint")
        kept = str(cursor.fetchone())
    assert "欧阳" not in kept
    assert "1380000" not in kept
    told = str(list(AuditEvent.objects.values_list("detail", flat=True)))
    assert "13800000001" not in told
    assert "欧阳某某" not in told


def test_what_people_really_send(bureau, matter):
    run = load(
        "complaints",
        table(
            order(
                工单编号=20220616001,
                来源="好差评",
                承办单位编码="市 医保局",
                事项编码="异地就医备案",
                诉求类型=None,
            ),
            order(
                工单编号="ＧＤ２", 受理时间="2022年6月16日 14:30", 满意度=None, 办结时间=None, 联系电话=None
            ),
        ),
    )
    assert counts(run) == (2, 2, 0, 0, 0, 0)
    assert set(Complaint.objects.values_list("number", flat=True)) == {"20220616001", "GD2"}


def test_every_refusal_is_a_cell_and_a_sentence(bureau, matter):
    run = load(
        "complaints",
        table(
            order(工单编号=None),
            order(工单编号="GD2", 来源="微博"),
            order(工单编号="GD3", 办结时间="2022-06-15"),
            order(工单编号="GD4", 事项编码="没有", 承办单位编码="没有"),
            order(工单编号="GD5", 满意度="还行", 内容=" "),
            order(工单编号="GD6", 受理时间="1890-01-01", 办结时间=None),
            order(工单编号="GD7", 联系电话="123"),
            order(工单编号="GD7"),
            order(工单编号="GD8", 受理时间="2022-07-01", 办结时间=None),
        ),
    )
    assert [cell for cell, _ in faults(run)] == [
        "A2",
        "B3",
        "J4",
        "G5",
        "H5",
        "F6",
        "I6",
        "C7",
        "L8",
        "A9",
        "C10",
    ]
    said = dict(faults(run))
    assert said["J4"] == "办结时间不能早于受理时间。"
    assert said["A9"] == "工单编号与第 8 行重复。"
    assert said["C10"] == "受理时间不能晚于现在。"
    assert Complaint.objects.count() == 0


def test_an_order_finished_on_the_day_it_came_may_say_only_the_day(bureau, matter):
    content = table(order(受理时间="2022-05-20 10:00", 办结时间="2022-05-20"))
    assert faults(load("complaints", content)) == []
    kept = Complaint.objects.get()
    assert kept.finished_at == kept.received_at
    assert counts(load("complaints", content, "update")) == (1, 0, 0, 1, 0, 0)


def test_masked_citizens_and_phones(bureau, matter):
    load("complaints", table(order()))
    masked = order(诉求人="欧**", 联系电话="138****0001")
    assert counts(load("complaints", table(masked), "update")) == (1, 0, 0, 1, 0, 0)
    wrong = load("complaints", table(order(诉求人="王**", 联系电话="138****0002")), "update")
    assert [cell for cell, _ in faults(wrong)] == ["K2", "L2"]
    new = load("complaints", table(order(工单编号="GD2", 诉求人="李**", 联系电话="138****0001")))
    assert [cell for cell, _ in faults(new)] == ["L2"]
    assert counts(load("complaints", table(order(联系电话="13800000002")), "update"))[2] == 1
    assert Complaint.objects.get().phone_index == blind_index("13800000002")


def test_export_is_masked_and_comes_back_unchanged(bureau, matter):
    rows = [order(工单编号=f"GD{n}", 联系电话=f"1380000000{n}") for n in range(1, 4)]
    load("complaints", table(*rows, order(工单编号="GD9", 事项编码=None, 诉求人="+86某", 联系电话=None)))
    make_complaint(
        bureau, "GD10", received_at=at("2022-05-06", "09:20").replace(second=31, microsecond=714321)
    )
    content, number = exported("complaints")
    page = load_workbook(io.BytesIO(content)).active
    assert [cell.value for cell in page[1]] == COLUMNS
    shown = {row[0].value: row for row in page.iter_rows(min_row=2)}
    assert (shown["GD1"][10].value, shown["GD1"][11].value) == ("欧**", "138****0001")
    assert number == 5
    assert counts(load("complaints", content, "update")) == (5, 0, 0, 5, 0, 0)


def test_a_number_that_is_known_is_not_taken_twice(bureau, matter):
    load("complaints", table(order()))
    assert faults(load("complaints", table(order()))) == [("A2", "工单编号已存在。")]
    assert counts(load("complaints", table(order()), "skip")) == (1, 0, 0, 0, 1, 0)
    assert counts(load("complaints", table({"工单编号": "GD1", "来源": None, "受理时间": None, "内容": None,
                                            "承办单位编码": None, "满意度": "清空"}), "update"))[2] == 1  # fmt: skip
    assert Complaint.objects.get().satisfaction == ""


def test_five_on_one_matter_open_a_task_with_the_import(bureau, matter, campaign):
    make_posting(bureau, Role.REPORTER)
    load("complaints", table(*[order(工单编号=f"GD{n}", 满意度=None) for n in range(4)]))
    assert not WalkTask.objects.exists()
    load("complaints", table(order(工单编号="GD4", 满意度=None)))
    task = WalkTask.objects.get()
    assert (task.matter, task.organization, task.mode, task.origin) == (
        matter,
        bureau,
        "BACKWARD",
        "COMPLAINT",
    )


def test_a_walk_that_named_the_order_before_it_came_is_linked(city, bureau, matter, campaign):
    walk = make_session(campaign, bureau, matter=matter, mode="BACKWARD", work_order="GD1")
    other = make_session(campaign, bureau, matter=matter, mode="SELF", work_order="GD1")
    load("complaints", table(order()))
    walk.refresh_from_db()
    other.refresh_from_db()
    assert walk.complaint == Complaint.objects.get()
    assert other.complaint is None


def test_queries_do_not_grow_with_the_rows(bureau, matter, django_assert_max_num_queries):
    make_unit("430400-099", bureau, kind="SECTION")
    with django_assert_max_num_queries(40):
        load("complaints", table(*[order(工单编号=f"GD{n}", 事项编码=None) for n in range(300)]))
