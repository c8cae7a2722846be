"""待审签: 主要负责人's one page, 300 seconds a day: what changed since last time, one click, dated 代签 (contract §5)."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.actions.stand_ins import name_stand_in
from campaigns.tests.factories import at
from issues.actions import ledger, plans
from issues.tests.factories import (
    CALENDAR,
    NOW,
    S,
    client_of,
    fresh,
    make_city,
    make_item,
)

pytestmark = pytest.mark.django_db
SIGN = "/issues/sign/"


@pytest.fixture
def city():
    return make_city()


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: at("2022-05-11", "09:30"))


def shown(client) -> dict[str, object]:
    """What the browser sends with 全部审签: the page's own hidden fields."""
    items = client.get(SIGN).context
    rows = [*items["plans"], *items["quick"]]
    return {"shown": [row.pk for row in rows], **{f"seen-{row.pk}": row.seen for row in rows}}


def test_one_click_signs_what_the_page_showed(city):
    first, second = make_item(city, S.UNSIGNED), make_item(city, S.UNSIGNED)
    quick = make_item(city, S.REVIEWED, kind="QUICK")
    client = client_of(city.yibao_head)
    form = shown(client)
    later = make_item(city, S.UNSIGNED)
    assert client.post(SIGN, {"all": "1", **form}).status_code == 302
    assert [fresh(item).state for item in (first, second, quick, later)] == [
        S.RECTIFYING,
        S.RECTIFYING,
        S.REVIEWED,
        S.UNSIGNED,
    ], "what came in after the page was opened waits for the next batch"
    assert fresh(quick).signed_by == city.yibao_head.person.user


def test_a_plan_that_changed_meanwhile_is_not_signed_unread(city):
    item = make_item(city, S.UNSIGNED)
    client = client_of(city.yibao_head)
    form = shown(client)
    ledger.send_back(item=item, by=city.yibao_deputy, now=NOW, note="缺责任人。", calendar=CALENDAR)
    ledger.submit_plan(item=fresh(item), by=city.yibao_reporter, now=NOW, note="已补。", calendar=CALENDAR)
    answer = client.post(SIGN, {"all": "1", **form})
    assert answer.status_code == 422
    assert "已经有了新的办理记录" in answer.content.decode()
    assert fresh(item).state == S.UNSIGNED
    page = client.get(SIGN).content.decode()
    assert "退回后重报" in page
    assert "上次退回：缺责任人。" in page
    assert "重报说明：已补。" in page


def test_what_is_gone_is_said_and_foreign_rows_are_not(city):
    """Signed by the stand-in a minute ago: the head reads it, one by one; another unit's row is passed over."""
    item = make_item(city, S.UNSIGNED)
    foreign = make_item(city, S.UNSIGNED, unit=city.renshe)
    client = client_of(city.yibao_head)
    ledger.sign(item=item, by=city.yibao_head, now=NOW, calendar=CALENDAR)
    answer = client.post(SIGN, {"item": [item.pk, foreign.pk]})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "现在是“整改中”，不用再签" in text
    assert foreign.number not in text
    assert fresh(foreign).state == S.UNSIGNED


def test_what_changed_since_last_time(city):
    ledger.sign(item=make_item(city, S.UNSIGNED), by=city.yibao_head, now=NOW, calendar=CALENDAR)
    later = at("2022-05-10", "15:00")
    closed = make_item(city, S.REVIEWED)
    ledger.close(item=closed, by=city.shengaiban, now=later, calendar=CALENDAR)
    item = make_item(city, S.PLANNING, now=NOW)
    ledger.submit_plan(item=item, by=city.yibao_reporter, now=later, calendar=CALENDAR)
    plans.review_plan(item=fresh(item), by=city.yibao_deputy, now=later, note="可行。", calendar=CALENDAR)
    page = client_of(city.yibao_head).get(SIGN).content.decode()
    assert "上次审签（2022-05-10 10:00）以来" in page
    assert "销号 1 条" in page
    assert "新报" in page
    assert "已审核：yibao_deputy（市医保局·分管负责人）：可行。" in page


def test_the_named_one_signs_on_the_named_days_and_history_says_so(city, monkeypatch):
    item = make_item(city, S.UNSIGNED)
    stand_in = name_stand_in(
        by=city.yibao_head,
        person=city.yibao_deputy.person,
        started_on=date(2022, 5, 11),
        ended_on=date(2022, 5, 12),
        now=NOW,
    )
    client = client_of(city.yibao_deputy)
    assert client.get(SIGN).status_code == 403, "as 分管负责人"
    client.post("/posting/", {"posting": stand_in.pk})
    assert client.post(SIGN, {"item": [item.pk]}).status_code == 302
    entry = item.entries.get(move="SIGN")
    assert (entry.by_text, entry.posting) == ("yibao_deputy（市医保局·主要负责人·代签）", stand_in)
    monkeypatch.setattr(timezone, "now", lambda: at("2022-05-13", "09:30"))
    assert client_of(city.yibao_deputy).get(SIGN).status_code == 403, "the days are over"


def test_queries_do_not_grow_with_the_plans(city):

    client = client_of(city.yibao_head)
    counts = []
    for more in (1, 5):
        for _ in range(more):
            make_item(city, S.UNSIGNED)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(SIGN).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]
