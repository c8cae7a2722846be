"""The pages of 疑点: who opens what, evidence side by side, acts and their refusals, rules, the restricted register."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import strip_tags

from campaigns.models import PhotoMark
from campaigns.tests.factories import at, make_person, make_session
from issues.actions import clue_flow
from issues.actions.clues import raise_clues
from issues.models import Clue, ClueOutcome, ClueSetting, HallHours
from issues.tests.factories import NOW, ON, client_of, make_city

pytestmark = pytest.mark.django_db
STORY = (
    "早上八点四十到大厅，导办台只有一个人，问材料要等她打完电话，告知的清单比网上多出两份复印件。"
    "受理窗口说系统升级，下午再来，旁边的老师傅告诉我昨天也是这样，最后加了值班电话才约到第二天上午。"
)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def city():
    return make_city()


def night_walk(city, **changes):
    start = changes.pop("started_at", at("2022-05-09", "21:30"))
    values = {"started_at": start, "ended_at": start + timedelta(hours=1), "place": "市政务服务中心"}
    unit = changes.pop("unit", city.yibao)
    return make_session(city.campaign, unit, matter=city.matter, **{**values, **changes})


def raised(city, rule="R14", **changes) -> Clue:
    night_walk(city, **changes)
    raise_clues(on=ON, now=NOW)
    return Clue.objects.filter(rule=rule).order_by("pk").first()


def words(answer) -> str:
    return strip_tags(answer.content.decode())


@pytest.mark.parametrize(
    ("who", "list_", "rules", "outcomes"),
    [
        ("duchashi", 200, 200, 200),
        ("leiyang_ducha", 200, 200, 200),
        ("shengaiban", 403, 403, 403),
        ("yibao_reporter", 200, 403, 403),
        ("yibao_deputy", 200, 403, 403),
        ("yibao_head", 200, 403, 403),
        ("yibao_walker", 403, 403, 403),
        ("admin_posting", 403, 403, 403),
        ("auditor", 403, 403, 403),
    ],
)
def test_who_opens_what(city, who, list_, rules, outcomes):
    client = client_of(getattr(city, who))
    assert [client.get(f"/issues/clues/{path}").status_code for path in ("", "rules/", "outcomes/")] == [
        list_,
        rules,
        outcomes,
    ]


def test_a_strangers_clue_is_not_there(city):
    clue = raised(city)
    seen = {
        who: client_of(getattr(city, who)).get(clue.get_absolute_url()).status_code
        for who in ("duchashi", "leiyang_ducha", "yibao_reporter", "renshe_reporter", "shengaiban")
    }
    assert seen == {
        "duchashi": 200,
        "leiyang_ducha": 404,
        "yibao_reporter": 404,
        "renshe_reporter": 404,
        "shengaiban": 403,
    }
    clue_flow.ask(clue=clue, question="请说明。", by=city.duchashi, now=NOW)
    assert client_of(city.yibao_reporter).get(clue.get_absolute_url()).status_code == 200


def test_the_list_goes_by_the_weight_of_the_walk(city):
    night_walk(city, recorded_at=at("2022-05-07", "08:00"))  # keyed first, and by night: 200
    night_walk(city, started_at=at("2022-05-10", "21:00"))  # by night: 100
    raise_clues(on=ON, now=NOW)
    page = words(client_of(city.duchashi).get("/issues/clues/"))
    assert "共 3 条" in page
    assert page.index("先填后走") < page.rindex("非工作时间")
    heavy = client_of(city.duchashi).get("/issues/clues/?heavy=on&rule=R20")
    assert "共 1 条" in words(heavy)
    assert "共 0 条" in words(client_of(city.duchashi).get("/issues/clues/?state=属实"))


@pytest.mark.parametrize("path", ["/issues/clues/", "/issues/clues/rules/"])
def test_six_rows_ask_no_more_than_one(city, path):
    client = client_of(city.duchashi)
    counts = []
    for walks in (1, 5):
        for n in range(walks):
            night_walk(city, started_at=at(f"2022-05-0{4 + n}", "21:10"))
        raise_clues(on=ON, now=NOW)
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_two_texts_stand_side_by_side_with_what_they_share(city):
    night_walk(city, narrative=STORY, started_at=at("2022-05-06", "09:30"))
    clue = raised(city, "R7", narrative="我于当天前往。" + STORY, started_at=at("2022-05-09", "09:30"))
    answer = client_of(city.duchashi).get(clue.get_absolute_url())
    page = answer.content.decode()
    assert page.count("<mark>") >= 2
    assert "两次走流程对照" in page
    assert "可能的正常原因" in page


def test_shared_photos_are_named(city):
    first = night_walk(city, started_at=at("2022-05-06", "09:30"))
    second = night_walk(city, started_at=at("2022-05-09", "09:30"), unit=city.renshe, walked_unit=city.renshe)
    for walk in (first, second):
        PhotoMark.objects.create(session=walk, kind="sha256", value="ab" * 32)
    raise_clues(on=ON, now=NOW)
    clue = Clue.objects.get(rule="R8", session=first)
    page = words(client_of(city.duchashi).get(clue.get_absolute_url()))
    assert "照片文件指纹 abababababababab" in page
    # The unit that is asked doesn't read another unit's walk.
    clue_flow.ask(clue=clue, question="请说明。", by=city.duchashi, now=NOW)
    page = words(client_of(city.yibao_reporter).get(clue.get_absolute_url()))
    assert "另有 1 次相关走流程属于其他单位" in page
    assert second.number not in page.replace(clue.facts["because"], "")


def test_the_whole_way_by_the_buttons(city):
    clue = raised(city)
    inspector, clerk = client_of(city.duchashi), client_of(city.yibao_reporter)
    url = clue.get_absolute_url()
    assert (
        inspector.post(f"{url}ask/", {"question": "请说明为何夜间办理。", "together": "on"}).status_code
        == 302
    )
    assert "填写情况说明" in words(clerk.get(url))
    assert clerk.post(f"{url}answer/", {"explanation": "当晚大厅延时服务。"}).status_code == 302
    assert "当晚大厅延时服务。" in words(inspector.get(url))
    assert inspector.post(f"{url}uphold/", {"note": "大厅无延时服务。"}).status_code == 302
    refused = inspector.post(f"{url}outcome/", {"kind": "BULLETIN", "on": "2022-05-10", "note": "通报。"})
    assert refused.status_code == 422
    assert "通报和移送要填写文号" in words(refused)
    told = {"kind": "BULLETIN", "on": "2022-05-10", "note": "通报。", "document_number": "衡督通〔2022〕3号"}
    assert inspector.post(f"{url}outcome/", told).status_code == 302
    assert "衡督通〔2022〕3号" in words(inspector.get("/issues/clues/outcomes/"))
    assert "衡督通〔2022〕3号" not in words(clerk.get(url))
    assert ClueOutcome.objects.count() == 1
    page = words(inspector.get(url))
    for step in ("提出疑点", "要求情况说明", "情况说明", "认定属实"):
        assert step in page


def test_a_refused_act_keeps_what_was_typed(city):
    clue = raised(city)
    answer = client_of(city.duchashi).post(
        f"{clue.get_absolute_url()}uphold/", {"note": "监控显示无人到场。"}
    )
    assert answer.status_code == 403
    assert "监控显示无人到场。" in answer.content.decode()
    assert "认定属实前要先要求填报单位说明情况。" in words(answer)
    empty = client_of(city.duchashi).post(f"{clue.get_absolute_url()}dismiss/", {"note": ""})
    assert (empty.status_code, "请填写排除理由。" in words(empty)) == (422, True)


def test_an_act_that_was_never_there(city):
    clue = raised(city)
    assert client_of(city.duchashi).post(f"{clue.get_absolute_url()}praise/").status_code == 404
    assert client_of(city.duchashi).get(f"{clue.get_absolute_url()}ask/").status_code == 405


def test_rules_are_weighed_by_the_city_alone_and_say_why(city):
    form = {"rule": "R3", "weight": "60", "is_on": "on", "reason": "即办件误报多。"}
    assert client_of(city.leiyang_ducha).post("/issues/clues/rules/weigh/", form).status_code == 403
    client = client_of(city.duchashi)
    assert client.post("/issues/clues/rules/weigh/", form).status_code == 302
    page = words(client.get("/issues/clues/rules/"))
    assert "即办件误报多。" in page
    assert "（已调整）" in page
    bare = client.post("/issues/clues/rules/weigh/", {"rule": "R3", "weight": "60", "reason": ""})
    assert (bare.status_code, "请写明调整理由。" in words(bare)) == (422, True)
    assert ClueSetting.objects.count() == 1
    assert "调整权重或停用" not in words(client_of(city.leiyang_ducha).get("/issues/clues/rules/"))


def test_precision_is_true_by_decided(city):
    for n in range(3):
        night_walk(city, started_at=at(f"2022-05-0{4 + n}", "21:10"))
    raise_clues(on=ON, now=NOW)
    first, second, _ = Clue.objects.filter(rule="R14").order_by("pk")
    clue_flow.decide(clue=first, is_true=False, note="延时服务。", by=city.duchashi, now=NOW)
    clue_flow.ask(clue=second, question="请说明。", by=city.duchashi, now=NOW)
    clue_flow.decide(clue=second, is_true=True, note="属实。", by=city.duchashi, now=at("2022-05-18"))
    page = " ".join(words(client_of(city.duchashi).get("/issues/clues/rules/")).split())
    assert "3 1 2 50%" in page


def test_hall_hours_are_set_by_unit(city):
    client = client_of(city.duchashi)
    said = {"organization": city.yibao.pk, "opens_at": "08:00", "closes_at": "22:00"}
    assert client.post("/issues/clues/rules/hours/", said).status_code == 302
    assert HallHours.objects.get().closes_at.hour == 22
    night_walk(city)
    assert raise_clues(on=ON, now=NOW)["clues"] == []
    wrong = client.post("/issues/clues/rules/hours/", {**said, "closes_at": "07:00"})
    assert (wrong.status_code, "关门时间要晚于开门时间。" in words(wrong)) == (422, True)


def test_the_list_says_what_to_do_when_it_is_empty(city):
    assert "没有符合条件的疑点" in words(client_of(city.duchashi).get("/issues/clues/"))
    assert "没有需要说明的疑点" in words(client_of(city.yibao_reporter).get("/issues/clues/"))
    assert "还没有登记过处理" in words(client_of(city.duchashi).get("/issues/clues/outcomes/"))


def test_a_walker_without_account_is_named(city):
    clue = raised(city, walkers=[make_person(city.yibao, name="周某")])
    assert "周某" in words(client_of(city.duchashi).get(clue.get_absolute_url()))
    assert clue.raised_on == date(2022, 5, 10)
