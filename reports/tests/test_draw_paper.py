"""抽查报告: what it says of a draw, who may fetch it, nothing before the draw."""

import io

import pytest
from docx import Document as read_docx

from issues.lists.draws import drawn_rows
from issues.models import DrawItem
from issues.tests.draw_cases import plan, signed
from issues.tests.factories import client_of, make_city
from reports.draw_paper import draw_paper
from reports.papers.paper_json import said, to_json

pytestmark = pytest.mark.django_db


class World:
    def __init__(self):
        self.city = make_city()


@pytest.fixture
def world():
    return World()


def words(draw) -> str:
    return said(to_json(draw_paper(draw, draw.members.order_by("code"), list(drawn_rows(draw)))))


def test_it_tells_how_it_was_drawn_and_what_was_found(world):
    one = signed(world)
    text = words(one.draw)
    for expected in (
        "关于6月抽查情况的报告",
        "从1条已销号台账中抽取1条，占100.0%（1/1）",
        "已有两人签字的结论1条，其中整改到位1条、整改不到位0条、不属实0条，整改到位率100.0%（1/1）。",
        "没有发现整改不到位或不属实的情形",
        one.draw.population_sha256,
        "整改到位：已看现场。",
    ):
        assert expected in text
    assert "正在检查" not in text


def test_who_was_found_wanting_is_named_with_what_was_seen(world):
    one = signed(world)
    DrawItem.objects.update(outcome="UNTRUE", note="窗口没有更换清单。")
    text = words(one.draw)
    assert f"整改台账{one.item.number}" in text
    assert "不属实：窗口没有更换清单。" in text
    assert "以上1条中已销号的一律撤销销号" in text


def test_what_nobody_signed_is_under_way(world):
    one = signed(world)
    DrawItem.objects.update(confirmed_at=None, confirmed_by=None)
    text = words(one.draw)
    assert "尚有1条正在检查。" in text
    assert "已看现场" not in text


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("duchashi", 200),
        ("shengaiban", 200),
        ("leiyang_ducha", 404),
        ("leiyang_shengaiban", 404),
        ("yibao_reporter", 403),
        ("yibao_head", 403),
        ("auditor", 403),
    ],
)
def test_who_may_fetch_it(world, who, status):
    draw = signed(world).draw
    answer = client_of(getattr(world.city, who)).get(f"/issues/draws/{draw.pk}/report/")
    assert answer.status_code == status
    if status == 200:
        texts = [paragraph.text for paragraph in read_docx(io.BytesIO(answer.content)).paragraphs]
        assert "关于6月抽查情况的报告" in texts
        assert (
            f"/issues/draws/{draw.pk}/report/"
            in client_of(world.city.duchashi).get(draw.get_absolute_url()).content.decode()
        )


def test_before_the_draw_the_refusal_is_a_sentence(world):
    draw = plan(world)
    answer = client_of(world.city.duchashi).get(f"/issues/draws/{draw.pk}/report/")
    assert answer.status_code == 403
    assert "抽取以后才能下载抽查报告。" in answer.content.decode()
