"""The list pages and the forms of the three lists: filters from the address, scope, counts, prefilled forms, typed text kept."""

import re
from datetime import date
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from campaigns.ground.lights import Light
from campaigns.models import Category
from campaigns.tests.factories import at, make_session
from issues.actions import ledger
from issues.models import Demand, LedgerItem, Measure, Problem
from issues.tests.factories import (
    CALENDAR,
    DUE,
    NOW,
    S,
    client_of,
    fresh,
    make_city,
    make_demand,
    make_item,
    make_measure,
    make_problem,
)

pytestmark = pytest.mark.django_db
LISTS = ("/issues/problems/", "/issues/demands/", "/issues/measures/", "/issues/ledger/")


@pytest.fixture
def city():
    return make_city()


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: at("2022-05-11", "09:30"))


def text_of(answer) -> str:
    return answer.content.decode()


def count_of(client, url: str, **query) -> int:
    """N of 共 N 条 for that query."""
    page = client.get(f"{url}?{urlencode(query)}" if query else url)
    assert page.status_code == 200
    return int(re.search(r"共 (\d+) 条", text_of(page)).group(1))


# ---- filters and scope -----------------------------------------------------------------------------------------------


def test_the_ledger_shows_first_what_burns(city):
    """Open items by the nearest clock, then what is paused, what is done last; page, export and API in one order."""
    done = make_item(city, S.CLOSED)
    paused = make_item(city, S.ESCALATED)
    later = make_item(city, S.RECTIFYING, due_on=date(2022, 6, 20))
    late = make_item(city, S.RECTIFYING, due_on=date(2022, 5, 12))
    numbers = [each.number for each in (late, later, paused, done)]
    page = text_of(client_of(city.shengaiban).get("/issues/ledger/"))
    assert sorted(numbers, key=page.index) == numbers
    told = client_of(city.shengaiban).get("/api/v1/ledger/").json()["results"]
    assert [row["台账编号"] for row in told] == numbers


def test_what_was_sent_back_is_found(city):
    """退回修改, 退回重办: until the unit takes it on again."""
    back = make_item(city, S.UNSIGNED)
    make_item(city, S.RECTIFYING)
    ledger.send_back(item=back, by=city.yibao_head, now=NOW, note="步骤不清。", calendar=CALENDAR)
    client = client_of(city.yibao_reporter)
    assert count_of(client, "/issues/ledger/", returned="on") == 1
    assert back.number in text_of(client.get("/issues/ledger/?returned=on&mine=1"))
    ledger.submit_plan(item=fresh(back), by=city.yibao_reporter, now=NOW, calendar=CALENDAR)
    assert count_of(client, "/issues/ledger/", returned="on") == 0


def test_ledger_filters(city):
    make_item(city, S.RECTIFYING)
    make_item(city, S.RECTIFYING, due_on=date(2022, 5, 12))
    make_item(city, S.UNSIGNED, unit=city.renshe)
    make_item(city, S.CLOSED, kind="QUICK")
    client = client_of(city.shengaiban)
    url = "/issues/ledger/"
    expected = [
        ({}, 4),
        ({"state": "整改中"}, 2),
        ({"light": "绿"}, 1),
        ({"light": "黄"}, 1),
        ({"light": "已办结"}, 1),
        ({"light": "—"}, 1),
        ({"organization": "430400-010"}, 1),
        ({"organization": "430400-031", "state": "整改中"}, 2),
        ({"kind": "立行立改"}, 1),
        ({"due_to": "2022-05-31"}, 2),
        ({"due_from": "2022-06-01", "due_to": "2022-06-30"}, 1),
        ({"q": "叫号系统"}, 4),
        ({"q": "没有这样的话"}, 0),
        ({"organization": "999999"}, 0),
    ]
    for query, wanted in expected:
        assert count_of(client, url, **query) == wanted, query


def test_mine_is_what_waits_for_me(city):
    make_item(city, S.UNASSIGNED)
    make_item(city, S.UNSIGNED)
    make_item(city, S.APPLIED)
    make_item(city, S.REVIEWED)
    make_item(city, S.REVIEWED, unit=city.hall)
    for who, wanted in (
        ("shengaiban", 2),  # to assign, and to close; the office's own is not its own to close
        ("duchashi", 1),
        ("yibao_reporter", 0),
        ("yibao_deputy", 1),
        ("yibao_head", 1),
    ):
        assert count_of(client_of(getattr(city, who)), "/issues/ledger/", mine="on") == wanted, who


def test_an_unknown_word_is_said_and_finds_nothing(city):
    make_item(city, S.RECTIFYING)
    page = client_of(city.shengaiban).get("/issues/ledger/?" + urlencode({"state": "胡说"}))
    assert page.status_code == 200
    assert "有 1 处需要修改" in text_of(page)
    assert "共 0 条" in text_of(page)


def test_the_filters_stay_in_the_address(city):
    for _ in range(21):
        make_problem(city)
    page = text_of(client_of(city.shengaiban).get("/issues/ledger/?" + urlencode({"state": "待定措施"})))
    assert "共 21 条" in page
    assert f"{urlencode({'state': '待定措施'})}&amp;page=2" in page


@pytest.mark.parametrize(
    ("who", "wanted"),
    [
        ("yibao_reporter", 2),
        ("renshe_reporter", 2),
        ("hall_reporter", 0),
        ("leiyang_reporter", 1),
        ("leiyang_renshe_head", 1),
        ("leiyang_shengaiban", 1),
        ("shengaiban", 4),
        ("duchashi", 4),
        ("yibao_walker", 0),
    ],
)
def test_scope_is_the_same_in_list_and_ledger(city, who, wanted):
    """Own, found, helped with, below me: the same rows in 问题清单 and 整改台账; a stranger's never (contract §5)."""
    make_problem(city)
    make_problem(city, by=city.renshe_reporter, responsible=city.yibao)
    make_problem(city, by=city.leiyang_renshe_reporter)
    make_problem(city, by=city.renshe_reporter)
    client = client_of(getattr(city, who))
    assert count_of(client, "/issues/problems/") == wanted
    assert count_of(client, "/issues/ledger/") == wanted


def test_problem_and_demand_filters(city):
    make_item(city, S.RECTIFYING)
    make_problem(city, category="A03")
    make_demand(city)
    make_demand(city, is_accepted=False, refusal_reason="无法律依据。")
    make_demand(city, is_accepted=None, responsible_unit=None)
    client = client_of(city.yibao_reporter)
    assert count_of(client, "/issues/problems/", state="整改中") == 1
    assert count_of(client, "/issues/problems/", light="绿") == 1
    assert count_of(client, "/issues/problems/", group="办事流程") == 1
    assert count_of(client, "/issues/demands/", accepted="采纳") == 1
    assert count_of(client, "/issues/demands/", accepted="待定") == 1
    assert count_of(client, "/issues/demands/", state="待定措施") == 1
    assert count_of(client, "/issues/measures/", kind="限期整改") == 1
    measure = Measure.objects.get()
    state = measure.problems.get().item.get_state_display()
    assert count_of(client, "/issues/measures/", state=state) == 1
    assert count_of(client, "/issues/measures/", state="不予认定") == 0
    lights = [count_of(client, "/issues/measures/", light=word) for word in map(str, Light)]
    assert sum(lights) == 1


@pytest.mark.parametrize("url", LISTS)
@pytest.mark.parametrize("who", ["shengaiban", "yibao_reporter"])
def test_the_same_queries_for_one_and_for_six(city, url, who, django_assert_max_num_queries):
    client = client_of(getattr(city, who))

    def count() -> int:
        with django_assert_max_num_queries(40) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    make_item(city, S.RECTIFYING)
    make_demand(city)
    client.get(url)
    one = count()
    for _ in range(5):
        make_item(city, S.RECTIFYING)
        make_demand(city, helper_units=[city.renshe])
    assert count() == one


@pytest.mark.parametrize("url", [*LISTS, "/issues/slips/", "/issues/problems/new/", "/issues/measures/new/"])
def test_roles_without_a_say(city, url):
    for who in ("admin_posting", "auditor"):
        page = client_of(getattr(city, who)).get(url)
        assert page.status_code == 403
        assert "您当前的身份是" in text_of(page)


def test_rows_lead_to_their_pages_and_strangers_get_404(city):
    item = make_item(city, S.RECTIFYING)
    demand = make_demand(city)
    rows = [item.problem, demand, item.problem.measures.get(), item]
    client, stranger = client_of(city.yibao_reporter), client_of(city.hall_reporter)
    for url, row in zip(LISTS, rows, strict=True):
        assert row.get_absolute_url() in text_of(client.get(url))
        assert client.get(row.get_absolute_url()).status_code == 200
        assert stranger.get(row.get_absolute_url()).status_code == 404


# ---- 登记问题 --------------------------------------------------------------------------------------------------------


def problem_data(city, **changes) -> dict:
    return {
        "reporting_unit": city.yibao.pk,
        "category": Category.objects.get(code="B05").pk,
        "text": "窗口叫号系统午间停摆。",
        "source": "WALK",
        "responsible_unit": city.yibao.pk,
        "found_on": "2022-05-10",
    } | changes


def test_prefilled_from_the_walk(city):
    walk = make_session(
        city.campaign, city.yibao, matter=city.matter, walked_unit=city.renshe, blocking_step="QUEUE"
    )
    page = text_of(
        client_of(city.yibao_reporter).get(f"/issues/problems/new/?session={walk.pk}&category=C05")
    )
    for words in (
        walk.number,
        f'<option value="{city.matter.pk}" selected>',
        f'<option value="{city.renshe.pk}" selected>',
        '<option value="QUEUE" selected>',
        f'<option value="{Category.objects.get(code="C05").pk}" selected>',
        'value="2022-05-10"',
    ):
        assert words in page, words


def test_a_strangers_walk_fills_in_nothing(city):
    walk = make_session(city.campaign, city.renshe)
    page = text_of(client_of(city.yibao_reporter).get(f"/issues/problems/new/?session={walk.pk}"))
    assert walk.number not in page


@pytest.mark.parametrize(("unit", "state"), [("yibao", "待定措施"), ("renshe", "待转办")])
def test_own_and_others(city, unit, state):
    client = client_of(city.yibao_reporter)
    said = problem_data(city, responsible_unit=getattr(city, unit).pk)
    page = client.post("/issues/problems/new/", said, follow=True)
    problem = Problem.objects.get()
    assert problem.number == "WT-2022-430400-031-0001"
    assert state in text_of(page)
    assert problem.item.get_state_display() == state


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"category": "A03"}, "要写明是哪个事项"),
        ({"proposed_kind": "DATED"}, "限期整改的问题要填写原因分析"),
        ({"found_on": "2022-05-12"}, "发现日期不能晚于今天"),
        ({"proposed_due_on": "2022-05-01"}, "建议时限不能早于发现日期"),
        ({"helper_units": "市医保局、没有这个局"}, "没有“没有这个局”这个单位"),
        ({"text": ""}, "请填写发现的问题"),
        ({"found_on": "昨天"}, "日期请写成"),
        ({"responsible_unit": "province"}, "选择一个有效的选项"),
    ],
)
def test_refused_in_words_with_everything_kept(city, changes, sentence):
    said = problem_data(city, note="备注要留住")
    if changes.get("category"):
        changes = {"category": Category.objects.get(code=changes["category"]).pk}
    if changes.get("responsible_unit"):
        changes = {"responsible_unit": city.province.pk}
    page = client_of(city.yibao_reporter).post("/issues/problems/new/", said | changes)
    assert page.status_code == 422
    assert sentence in text_of(page)
    assert "备注要留住" in text_of(page)
    assert not Problem.objects.exists()


def test_a_second_click_registers_once(city):
    client = client_of(city.yibao_reporter)
    client.post("/issues/problems/new/", problem_data(city))
    page = client.post("/issues/problems/new/", problem_data(city), follow=True)
    assert "没有重复登记" in text_of(page)
    assert Problem.objects.count() == 1


def test_one_more_keeps_the_walk(city):
    walk = make_session(city.campaign, city.yibao, matter=city.matter)
    said = problem_data(city, session=walk.pk, more="1")
    answer = client_of(city.yibao_reporter).post("/issues/problems/new/", said)
    assert answer.headers["Location"] == f"/issues/problems/new/?session={walk.pk}"


def test_not_for_another_unit(city):
    said = problem_data(city, reporting_unit=city.renshe.pk)
    assert client_of(city.yibao_reporter).post("/issues/problems/new/", said).status_code == 422
    county = client_of(city.leiyang_reporter)
    said = problem_data(city, reporting_unit=city.leiyang_renshe.pk, responsible_unit=city.leiyang_renshe.pk)
    assert county.post("/issues/problems/new/", said).status_code == 302
    assert Problem.objects.get().reporting_unit == city.leiyang_renshe


def test_the_inspector_registers_what_a_covert_visit_found(city):
    client = client_of(city.duchashi)
    assert '<option value="COVERT_VISIT" selected>' in text_of(client.get("/issues/problems/new/"))
    said = problem_data(city, reporting_unit=city.root.pk, source="COVERT_VISIT")
    assert client.post("/issues/problems/new/", said).status_code == 302
    assert Problem.objects.get().item.state == S.UNASSIGNED


# ---- 登记需求 --------------------------------------------------------------------------------------------------------


def demand_data(city, **changes) -> dict:
    return {
        "reporting_unit": city.yibao.pk,
        "party": "CITIZEN",
        "source": "陪同办听取",
        "text": "希望备案结果短信告知。",
        "found_on": "2022-05-10",
    } | changes


def test_a_demand_accepted_refused_or_left_open(city):
    client = client_of(city.yibao_reporter)
    client.post("/issues/demands/new/", demand_data(city, is_accepted="yes", responsible_unit=city.yibao.pk))
    client.post(
        "/issues/demands/new/", demand_data(city, text="二。", is_accepted="no", refusal_reason="已有。")
    )
    client.post("/issues/demands/new/", demand_data(city, text="三。"))
    assert list(Demand.objects.order_by("pk").values_list("is_accepted", flat=True)) == [True, False, None]
    assert LedgerItem.objects.count() == 1
    third = Demand.objects.latest("pk")
    page = client.post(f"{third.get_absolute_url()}decide/", {"accepted": "yes"})
    assert page.status_code == 422
    assert "明确责任单位" in text_of(page)
    client.post(f"{third.get_absolute_url()}decide/", {"accepted": "yes", "responsible_unit": city.renshe.pk})
    third.refresh_from_db()
    assert (third.is_accepted, third.item.state) == (True, S.UNASSIGNED)
    twice = client.post(f"{third.get_absolute_url()}decide/", {"accepted": "no", "reason": "不了。"})
    assert twice.status_code == 422
    assert "已经采纳" in text_of(twice)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"is_accepted": "no"}, "不采纳的需求要写明理由"),
        ({"is_accepted": "yes"}, "采纳的需求要明确责任单位"),
        ({"problem": "WT-0000"}, "没有找到编号"),
    ],
)
def test_demand_refused_in_words(city, changes, sentence):
    page = client_of(city.yibao_reporter).post("/issues/demands/new/", demand_data(city, **changes))
    assert page.status_code == 422
    assert sentence in text_of(page)


def test_a_demand_of_a_problem(city):
    problem = make_problem(city)
    client = client_of(city.yibao_reporter)
    client.post("/issues/demands/new/", demand_data(city, problem=problem.number))
    assert Demand.objects.get().problem == problem
    assert Demand.objects.get().number in text_of(client.get(problem.get_absolute_url()))


# ---- 解决措施 --------------------------------------------------------------------------------------------------------


def measure_data(city, items, **changes) -> dict:
    steps = [("排查系统", "2022-05-20", "信息科"), ("增设值守", "2022-06-10", "")]
    rows = {
        f"steps-{row}-{name}": value
        for row, step in enumerate(steps)
        for name, value in zip(("text", "due_on", "person_text"), step, strict=True)
    }
    return {
        "items": [item.pk for item in items],
        "text": "安排午间值守。",
        "rectify_kind": "DATED",
        "due_on": "2022-06-10",
        "lead_unit": city.yibao.pk,
        "steps-TOTAL_FORMS": "3",
        "steps-INITIAL_FORMS": "0",
        **rows,
    } | changes


def test_a_measure_for_several_items(city):
    items = [make_problem(city, text=f"问题{n}。").item for n in (1, 2)]
    client = client_of(city.yibao_reporter)
    page = text_of(client.get(f"/issues/measures/new/?item={items[1].pk}"))
    assert re.search(rf'value="{items[1].pk}"[^>]*checked', page)
    assert not re.search(rf'value="{items[0].pk}"[^>]*checked', page)
    answer = client.post(
        "/issues/measures/new/",
        measure_data(city, items, result_kinds=["FEWER_TRIPS"], trips_before=3, trips_after=1),
    )
    assert answer.headers["Location"] == items[0].get_absolute_url()
    measure = Measure.objects.get()
    assert (measure.problems.count(), measure.steps.count(), measure.result_kinds) == (2, 2, ["FEWER_TRIPS"])
    assert "减跑动" in text_of(client.get(measure.get_absolute_url()))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"due_on": ""}, "限期整改要明确整改时限"),
        ({"steps_before": "3", "steps_after": "5"}, "整改后比整改前大"),
        ({"steps-1-due_on": "2022-06-30"}, "步骤的完成时限不能晚于整改时限"),
        ({"steps-0-due_on": "2022-06-20"}, "步骤要按完成时限先后填写"),
        ({"steps-0-due_on": ""}, "请填写这一步的完成时限"),
        ({"items": []}, "请勾选这条措施解决哪些问题或需求"),
        ({"due_on": "2022-05-01", "steps-TOTAL_FORMS": "0"}, "整改时限不能早于发现日期"),
    ],
)
def test_measure_refused_in_words_with_everything_kept(city, changes, sentence):
    item = make_problem(city).item
    said = measure_data(city, [item], leader="局长甲") | changes
    page = client_of(city.yibao_reporter).post("/issues/measures/new/", said)
    assert page.status_code == 422
    assert sentence in text_of(page)
    assert "局长甲" in text_of(page)
    assert not Measure.objects.exists()


def test_a_person_of_another_unit(city):
    item = make_problem(city).item
    said = measure_data(city, [item], lead_unit=city.renshe.pk, person=city.yibao_reporter.person_id)
    page = client_of(city.yibao_reporter).post("/issues/measures/new/", said)
    assert "不是市人社局的人" in text_of(page)


def test_three_more_rows_without_a_script(city):
    item = make_problem(city).item
    page = client_of(city.yibao_reporter).post(
        "/issues/measures/new/", measure_data(city, [item], more_steps="1", text="写到一半")
    )
    assert page.status_code == 200
    assert "写到一半" in text_of(page)
    assert "排查系统" in text_of(page)
    assert 'name="steps-5-text"' in text_of(page)
    assert not Measure.objects.exists()


def test_correcting_a_measure_after_it_was_sent_back(city):
    item = make_item(city, S.UNSIGNED)
    measure = item.problem.measures.get()
    client = client_of(city.yibao_reporter)
    assert client.get(f"{measure.get_absolute_url()}edit/").status_code == 403
    ledger.send_back(item=item, by=city.yibao_head, now=NOW, note="措施太软。", calendar=CALENDAR)
    page = text_of(client.get(f"{measure.get_absolute_url()}edit/"))
    assert "排查叫号系统" in page
    client.post(
        f"{measure.get_absolute_url()}edit/", measure_data(city, [fresh(item)], text="换一套叫号系统。")
    )
    measure.refresh_from_db()
    assert (measure.text, measure.due_on, measure.steps.count()) == ("换一套叫号系统。", DUE, 2)


def test_measures_are_written_by_the_responsible_unit(city):
    item = make_problem(city).item
    page = client_of(city.renshe_reporter).post("/issues/measures/new/", measure_data(city, [item]))
    assert page.status_code == 422
    assert client_of(city.yibao_head).get("/issues/measures/new/").status_code == 403
    make_measure(item, city.yibao_reporter)
