"""整改情况报告 as .docx: of one item and of a unit, from facts, under the lists' own scope (衡政办函〔2022〕16号 五(二))."""

import io
from datetime import date

import pytest
from django.utils import timezone
from docx import Document as read_docx

from campaigns.tests.factories import at
from issues.actions import ledger
from issues.tests.factories import (
    CALENDAR,
    S,
    client_of,
    fresh,
    make_city,
    make_item,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return make_city()


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: at("2022-06-20", "09:30"))


def read(answer) -> tuple[str, list[list[str]]]:
    """The paragraphs as one text, and the rows of all tables."""
    book = read_docx(io.BytesIO(answer.content))
    rows = [[cell.text for cell in row.cells] for table in book.tables for row in table.rows]
    return "\n".join(paragraph.text for paragraph in book.paragraphs), rows


def test_of_one_item(city):
    item = make_item(city, S.RECTIFYING)
    answer = client_of(city.yibao_reporter).get(f"/reports/rectification/items/{item.pk}/")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    text, rows = read(answer)
    assert f"关于{item.number}\n整改情况的报告" in text
    assert "一、基本情况" in text
    assert "安排午间值守，修复叫号系统。（市医保局牵头，整改时限2022年6月10日）" in text
    assert (
        "截至2022年6月20日，该项为“整改中”，整改类型为限期整改，整改时限2022年6月10日，已超过时限。" in text
    )
    assert "2022年6月20日" in text
    assert [row[1] for row in rows if row[0] == "2022-05-10"] == ["登记", "提交审签", "审签"]
    page = client_of(city.yibao_reporter).get(item.get_absolute_url()).content.decode()
    assert f"/reports/rectification/items/{item.pk}/" in page


def test_of_a_unit(city):
    closed, late = make_item(city, S.CLOSED), make_item(city, S.RECTIFYING)
    lasting = make_item(city, S.RECTIFYING, kind="LASTING")
    make_item(city, S.REFUSED)
    client = client_of(city.yibao_head)
    text, rows = read(client.get("/reports/rectification/430400-031/"))
    assert "整改台账共4条，剔除不予认定和并案办理后列入台账3条。应整改2条，已销号1条，销号率50.0%" in text
    assert "已逾期未申请销号1条" in text
    listed = [row[0] for row in rows if row[0].startswith("ZL-")]
    assert {closed.number, late.number, lasting.number} <= set(listed)
    assert "负责整改的台账逐项情况" in text
    assert ["销号率", "50.0%", "1/2"] in rows


def test_the_same_bytes_and_the_scope(city):
    item = make_item(city, S.RECTIFYING)
    client = client_of(city.yibao_head)
    url = f"/reports/rectification/items/{item.pk}/"
    assert client.get(url).content == client.get(url).content
    stranger = client_of(city.renshe_head)
    assert stranger.get(url).status_code == 404
    assert stranger.get("/reports/rectification/430400-031/").status_code == 404
    assert client_of(city.yibao_walker).get(url).status_code == 403
    text, _ = read(client_of(city.leiyang_shengaiban).get("/reports/rectification/430481-010/"))
    assert "整改台账共0条" in text
    assert "列入台账的事项均已办结" in text


def test_closed_late_is_said(city):
    item = make_item(city, S.RECTIFYING)
    ledger.apply_for_closure(
        item=item, by=city.yibao_reporter, now=at("2022-06-15"), note="完成。", calendar=CALENDAR
    )
    ledger.pass_review(item=fresh(item), by=city.yibao_deputy, now=at("2022-06-15"), calendar=CALENDAR)
    ledger.close(item=fresh(item), by=city.shengaiban, now=at("2022-06-16"), calendar=CALENDAR)
    text, _ = read(client_of(city.shengaiban).get(f"/reports/rectification/items/{item.pk}/"))
    assert "办结时已超过时限" in text
    assert date(2022, 6, 10) == fresh(item).deadline.due_on
