"""The pages of 回访: blind to the unit, the number never in list or export, refusals keep what was typed."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from issues.actions import followups
from issues.models import FollowUp
from issues.tests.factories import CALENDAR, NOW, S, client_of, make_city, make_item
from issues.tests.followup_cases import SOLVED, asked, complaint_item, opened

pytestmark = pytest.mark.django_db
PAGE = "/issues/followups/"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def city():
    return make_city()


WHO = (
    "duchashi",
    "leiyang_ducha",
    "shengaiban",
    "yibao_reporter",
    "yibao_head",
    "renshe_reporter",
    "yibao_walker",
    "auditor",
)


def statuses(city, path) -> dict[str, int]:
    return {who: client_of(getattr(city, who)).get(path).status_code for who in WHO}


def test_an_open_one_is_not_there_for_the_unit(city):
    row = opened(city)
    assert list(statuses(city, row.get_absolute_url()).values()) == [200, 404, 404, 404, 404, 404, 403, 403]
    assert "共 0 条" in client_of(city.yibao_reporter).get(PAGE).content.decode()
    assert "共 1 条" in client_of(city.duchashi).get(PAGE).content.decode()


def test_a_concluded_one_is_read_by_its_unit_without_answers_and_calls(city):
    row = asked(city)
    FollowUp.objects.update(answers={"present": "否"})
    assert list(statuses(city, row.get_absolute_url()).values()) == [200, 404, 200, 200, 200, 404, 403, 403]
    for who, seen in (("duchashi", True), ("yibao_reporter", False)):
        html = client_of(getattr(city, who)).get(row.get_absolute_url()).content.decode()
        assert ("该领导是否当天亲自到场" in html) is seen
        assert ("联系记录" in html) is seen
        assert "窗口仍要复印件" in html


def test_the_number_is_on_one_answer_only(city):
    row, client = opened(city), client_of(city.duchashi)
    for path in (PAGE, row.get_absolute_url()):
        assert "13800000001" not in client.get(path).content.decode()
    refused = client.post(f"{row.get_absolute_url()}phone/", {"reason": ""})
    assert refused.status_code == 422
    answer = client.post(f"{row.get_absolute_url()}phone/", {"reason": "电话回访"})
    assert "13800000001" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert "13800000001" not in client.get(row.get_absolute_url()).content.decode()


def test_a_call_is_recorded_with_its_sheet(city):
    row, client = opened(city), client_of(city.duchashi)
    said = {**SOLVED, "method": "CALL", "present": "是", "solved": "是"}
    bare = client.post(f"{row.get_absolute_url()}ask/", {**said, "verdict": "", "note": "说得清楚"})
    assert bare.status_code == 422
    assert "接通的要填写结论" in bare.content.decode()
    assert "说得清楚" in bare.content.decode()
    assert client.post(f"{row.get_absolute_url()}ask/", said).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.satisfaction, row.answers) == ("ENDED", "GOOD", {"present": "是", "solved": "是"})


def test_the_on_site_sheet_asks_what_a_window_knows(city):
    make_item(city, S.CLOSED, source="RATING")
    followups.open_due(now=NOW, calendar=CALENDAR)
    html = client_of(city.duchashi).get(FollowUp.objects.get().get_absolute_url()).content.decode()
    assert "材料、跑动是否真的减少？" in html
    assert "同行几人？" not in html  # no walk stands behind it
    assert "查看号码" not in html


def test_chosen_by_number(city):
    item, client = make_item(city, S.CLOSED), client_of(city.duchashi)
    wrong = client.post(f"{PAGE}open/", {"numbers": f"{item.number}、TZ-无"})
    assert wrong.status_code == 422
    assert "没有编号为“TZ-无”的台账" in wrong.content.decode()
    assert item.number in wrong.content.decode()
    assert client.post(f"{PAGE}open/", {"numbers": item.number}).status_code == 302
    assert client_of(city.yibao_reporter).post(f"{PAGE}open/", {"numbers": item.number}).status_code == 403


def test_the_unit_explains_on_its_page(city):
    row, client = asked(city), client_of(city.yibao_reporter)
    said = {"agrees": "no", "explanation": "已更换清单，有照片。"}
    assert client.post(f"{row.get_absolute_url()}explain/", said).status_code == 302
    assert client.post(f"{row.get_absolute_url()}explain/", said).status_code == 403
    assert client.post(f"{row.get_absolute_url()}accept/", {"note": "好"}).status_code == 403
    assert (
        client_of(city.duchashi).post(f"{row.get_absolute_url()}accept/", {"note": "好"}).status_code == 302
    )
    assert client.post(f"{row.get_absolute_url()}shrug/", {}).status_code == 404


def test_filters_and_the_same_queries_for_one_and_six(city):
    client = client_of(city.duchashi)
    asked(city)

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(PAGE)
        return len(queries)

    count()
    one = count()
    for place in range(5):
        complaint_item(city, phone=f"1380000100{place}")
    followups.open_due(now=NOW, calendar=CALENDAR)
    assert count() == one
    for query, found in (
        ("state=待回访", 5),
        ("verdict=未解决", 1),
        ("satisfaction=不满意", 1),
        ("q=没有的", 0),
    ):
        assert f"共 {found} 条" in client.get(f"{PAGE}?{query}").content.decode(), query
