"""The pages of 回访: blind to the unit, the number never in list or export, refusals keep what was typed."""

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from issues.actions import followups
from issues.models import FollowUp
from issues.tests.draw_cases import signed
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


def signed_draw(city):
    """A drawn item that two people have signed."""
    return signed(SimpleNamespace(city=city))


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


def test_the_form_holds_both_ways_and_keeps_the_answers_of_the_one_chosen(city):
    row, client = opened(city), client_of(city.duchashi)
    html = client.get(row.get_absolute_url()).content.decode()
    assert "同行几人？（现场回访时问）" in html
    assert html.count('data-only="ON_SITE"') > 3
    said = {**SOLVED, "method": "ON_SITE", "present": "是", "company": "3", "warned": "否"}
    assert client.post(f"{row.get_absolute_url()}ask/", said).status_code == 302
    row.refresh_from_db()
    assert (row.method, row.answers) == ("ON_SITE", {"present": "是", "company": 3, "warned": "否"})


def test_answers_of_the_other_way_are_dropped(city):
    row, client = opened(city), client_of(city.duchashi)
    said = {**SOLVED, "method": "CALL", "present": "是", "company": "3", "warned": "否"}
    assert client.post(f"{row.get_absolute_url()}ask/", said).status_code == 302
    row.refresh_from_db()
    assert row.answers == {"present": "是"}


@pytest.mark.parametrize(
    ("method", "there", "missing"),
    [
        ("CALL", "第 3 次", "同行几人？"),
        ("ON_SITE", "同行几人？", "第 3 次"),
        ("PIGEON", "第 3 次", "同行几人？"),
    ],
)
def test_the_sheet_on_paper_never_shows_the_number(city, method, there, missing):
    row = opened(city)
    html = client_of(city.duchashi).get(f"{row.get_absolute_url()}sheet/?method={method}").content.decode()
    assert there in html
    assert missing not in html
    assert row.item.number in html
    assert "您反映的问题是否解决？" in html
    assert "13800000001" not in html


def test_the_sheet_is_for_who_may_ask_and_only_while_it_is_open(city):
    row = opened(city)
    assert list(statuses(city, f"{row.get_absolute_url()}sheet/").values()) == [
        200,
        404,
        403,
        403,
        403,
        403,
        403,
        403,
    ]
    followups.record_attempt(follow_up=row, by=city.duchashi, now=NOW, calendar=CALENDAR, **SOLVED)
    answer = client_of(city.duchashi).get(f"{row.get_absolute_url()}sheet/")
    assert answer.status_code == 403
    assert "不能再登记" in answer.content.decode()


def test_a_closed_item_has_a_button_until_it_is_asked_about(city):
    item = make_item(city, S.CLOSED)
    client = client_of(city.duchashi)
    assert "发起回访" in client.get(item.get_absolute_url()).content.decode()
    assert "发起回访" not in client_of(city.shengaiban).get(item.get_absolute_url()).content.decode()
    made = client.post(f"{PAGE}open/", {"numbers": item.number})
    assert made["Location"] == FollowUp.objects.get(item=item).get_absolute_url()
    assert "发起回访" not in client.get(item.get_absolute_url()).content.decode()


def test_a_drawn_item_has_the_button_too(city):
    drawn = signed_draw(city)
    html = client_of(city.duchashi).get(drawn.draw.get_absolute_url()).content.decode()
    assert f'name="numbers" value="{drawn.item.number}"' in html


def test_the_draw_costs_the_same_with_more_items(city):
    drawn, client = signed_draw(city), client_of(city.duchashi)
    url = drawn.draw.get_absolute_url()

    def cost() -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as seen:
            client.get(url)
        return len(seen)

    one = cost()
    for _ in range(5):
        drawn.draw.items.create(item=make_item(city, S.CLOSED))
    assert cost() == one
