"""疑点 on the desk: the inspector's numbers are the lists' numbers; a clerk sees what the unit is asked; others nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from campaigns.tests.factories import at, make_session
from issues.actions import clue_flow
from issues.actions.clues import raise_clues
from issues.models import Clue
from issues.tests.factories import NOW, ON, client_of, make_city

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    city = make_city()
    for n in range(3):
        start = at(f"2022-05-0{5 + n}", "21:30")
        make_session(
            city.campaign,
            city.yibao,
            matter=city.matter,
            started_at=start,
            ended_at=start + timedelta(hours=1),
        )
    raise_clues(on=ON, now=NOW)
    return city


def words(client, path="/"):
    return " ".join(strip_tags(client.get(path).content.decode()).split())


def test_the_inspector_sees_what_is_suspicious_what_waits_and_what_is_due(city):
    first, second, third = Clue.objects.filter(rule="R14").order_by("pk")
    clue_flow.ask(clue=first, question="请说明。", by=city.duchashi, now=NOW)
    clue_flow.ask(clue=second, question="请说明。", by=city.duchashi, now=NOW)
    second.refresh_from_db()
    clue_flow.answer(clue=second, explanation="延时服务。", by=city.yibao_reporter, now=NOW)
    page = words(client_of(city.duchashi))
    assert "达到阈值待核实1" in page
    assert "今日新提疑点3" in page
    assert "待情况说明1" in page
    assert "情况说明已到期0" in page
    assert "已说明待核实1" in page
    for clue in (first, second, third):
        assert clue.session.number in page
    assert "剩 5 个工作日" in page


def test_each_number_is_the_lists(city):
    client = client_of(city.duchashi)
    assert "共 3 条" in words(client, "/issues/clues/?heavy=on&state=待核实")


def test_the_clerk_sees_what_the_unit_is_asked_and_others_nothing(city):
    assert "说明疑点情况" not in words(client_of(city.yibao_reporter))
    clue = Clue.objects.filter(rule="R14").first()
    clue_flow.ask(clue=clue, question="请说明。", by=city.duchashi, now=NOW)
    page = words(client_of(city.yibao_reporter))
    assert "剩 5 个工作日 说明疑点情况" in page
    assert f"{clue.session.number} 非工作时间" in page
    for who in ("renshe_reporter", "shengaiban", "admin_posting", "yibao_walker"):
        assert "说明疑点情况" not in words(client_of(getattr(city, who)))
