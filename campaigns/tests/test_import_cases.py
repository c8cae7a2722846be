"""cases (办件数据) in and out: what the service platform really handled."""

import io

import pytest
from openpyxl import load_workbook

from campaigns.models import Case
from campaigns.tests.factories import at
from campaigns.tests.importing import counts, exported, faults, load, table

pytestmark = pytest.mark.django_db

COLUMNS = [
    "办件编号",
    "事项编码",
    "实施单位编码",
    "渠道",
    "申请时间",
    "受理时间",
    "办结时间",
    "补正次数",
    "到场次数",
]


def case(**changes):
    row = {
        "办件编号": "4304002022052000001",
        "事项编码": "SX-1",
        "实施单位编码": "430400-031",
        "渠道": "线下窗口",
        "申请时间": "2022-05-20 09:30",
        "受理时间": "2022-05-20 10:00",
        "办结时间": "2022-05-23 16:00",
        "补正次数": 1,
        "到场次数": "２",
    }
    return {**row, **changes}


def test_in_and_out_again(bureau, matter):
    rows = [
        case(),
        case(办件编号="BJ2", 渠道=None, 受理时间=None, 办结时间=None, 补正次数=None, 到场次数=None),
    ]
    assert counts(load("cases", table(*rows))) == (2, 2, 0, 0, 0, 0)
    first = Case.objects.get(number="4304002022052000001")
    assert (first.applied_at, first.finished_at) == (at("2022-05-20", "09:30"), at("2022-05-23", "16:00"))
    assert (first.correction_count, first.visit_count) == (1, 2)
    content, number = exported("cases")
    assert [cell.value for cell in load_workbook(io.BytesIO(content)).active[1]] == COLUMNS
    assert number == 2
    assert counts(load("cases", content, "update")) == (2, 0, 0, 2, 0, 0)
    assert counts(load("cases", table(case(补正次数=2)), "update")) == (1, 0, 1, 0, 0, 0)
    assert counts(load("cases", table(case(补正次数=3)), "skip")) == (1, 0, 0, 0, 1, 0)


def test_refusals(bureau, matter):
    run = load(
        "cases",
        table(
            case(受理时间="2022-05-20 09:00"),
            case(办件编号="BJ2", 办结时间="2022-05-19"),
            case(办件编号="BJ3", 办结时间="2022-05-20 09:45"),
            case(办件编号="BJ4", 补正次数=-1, 到场次数="两次"),
            case(办件编号="BJ5", 申请时间=None),
            case(办件编号="BJ5"),
        ),
    )
    assert faults(run) == [
        ("F2", "受理时间不能早于申请时间。"),
        ("G3", "办结时间不能早于申请时间。"),
        ("G4", "办结时间不能早于受理时间。"),
        ("H5", "“-1”不能小于 0。"),
        ("I5", "“两次”不是数字。"),
        ("E6", "申请时间必须填写。"),
        ("A7", "办件编号与第 6 行重复。"),
    ]
    assert Case.objects.count() == 0


def test_a_bare_day_on_the_day_it_began_is_not_before_it(bureau, matter):
    """A case of 09:30 accepted and finished “2022-05-20” is in order; told again it is unchanged."""
    content = table(case(受理时间="2022-05-20", 办结时间="2022年5月20日"))
    assert faults(load("cases", content)) == []
    kept = Case.objects.get()
    assert kept.applied_at == kept.accepted_at == kept.finished_at
    assert counts(load("cases", content, "update")) == (1, 0, 0, 1, 0, 0)


def test_a_long_number_that_excel_has_shortened_is_refused(bureau, matter):
    assert "超过 15 位" in faults(load("cases", table(case(办件编号=4304002022052000001))))[0][1]
