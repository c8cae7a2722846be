"""Pages under /plan/: what each role sees and does, empty and refused, and that queries don't grow with rows."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.actions.campaigns import open_campaign
from campaigns.actions.planned_tasks import Wish, assign_tasks
from campaigns.enums import Reach, Role
from campaigns.models import Milestone, Obligation, WalkTask
from campaigns.tests.factories import (
    at,
    make_campaign,
    make_matter,
    make_person,
    make_posting,
    make_session,
    make_steps,
    make_unit,
)
from campaigns.tests.town import CALENDAR

pytestmark = pytest.mark.django_db
TODAY = "2022-05-16"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    for module in ("plan", "plan_tasks", "plan_cross"):
        monkeypatch.setattr(f"campaigns.views.{module}.timezone.localdate", lambda: date.fromisoformat(TODAY))
        monkeypatch.setattr(f"campaigns.views.{module}.timezone.now", lambda: at(TODAY, "10:00"))


@pytest.fixture
def county(city):
    return make_unit("430481", city, kind="COUNTY", short_name="耒阳市")


@pytest.fixture
def office(city):
    home = make_unit("430400-003", city, short_name="市行政审批局")
    return make_posting(
        city, Role.REFORM_OFFICE, "shengaiban", reach=Reach.SUBTREE, person=_clerk(home, "办")
    )


def _clerk(unit, name):
    return make_person(unit, name, rank="STAFF", is_obligated=False)


@pytest.fixture
def matter(bureau):
    return make_matter(bureau, "异地就医备案", "SX-1", focuses=["FREQUENT"])


@pytest.fixture
def round_(bureau, county, office, matter):
    make_person(bureau, "周某", "P1")
    make_person(bureau, "吴某", "P2", rank="HEAD")
    return open_campaign(
        code="2022",
        name="走解优",
        document_number="",
        opens_on=date(2022, 4, 19),
        closes_on=date(2022, 6, 30),
        now=at("2022-04-19"),
    )


@pytest.fixture
def clerk(bureau):
    return make_posting(bureau, Role.REPORTER, "tianbao", person=_clerk(bureau, "填"))


def walk(campaign, unit, matter, person, *steps):
    session = make_session(campaign, unit, walkers=[person], matter=matter)
    return make_steps(session, *({"kind": kind} for kind in steps))


def task(campaign, by, unit, matter, person=None, due=date(2022, 5, 20)):
    wish = Wish(unit, matter, "SELF", unit, person)
    given = {"due_on": due, "by": by, "now": at(TODAY), "calendar": CALENDAR}
    return assign_tasks(campaign=campaign, wishes=[wish], **given)[0]


def test_an_empty_server_says_what_to_do(as_, clerk):
    client = as_(clerk)
    for path in ("/plan/", "/plan/people/", "/plan/tasks/", "/plan/matters/"):
        assert "没有进行中的行动" in client.get(path).text
    assert client.get("/plan/tasks/new/").status_code == 403


def test_the_overview_tells_the_figure_and_the_nodes(as_, round_, bureau, matter, clerk):
    walk(round_, bureau, matter, Obligation.objects.get(person__code="P1").person)
    text = as_(clerk).get("/plan/").text
    assert "50.0%" in text
    assert "1/2" in text
    assert "2022年5月中旬前完成重点事项全程办理体验" in text
    assert "吴某" in text
    assert "周某" not in text


def test_who_has_not_walked_stands_first_and_filters_narrow(as_, round_, bureau, matter, clerk):
    walk(round_, bureau, matter, Obligation.objects.get(person__code="P1").person)
    client = as_(clerk)
    text = client.get("/plan/people/").text
    assert "共 2 条" in text
    assert text.index("吴某") < text.index("周某")
    for query, count in (
        ("state=未走", 1),
        ("state=已走", 1),
        ("state=免走", 0),
        ("rank=主要负责人", 1),
        ("level=市级", 2),
        ("level=县级", 0),
        ("q=周", 1),
        ("organization=430400-031", 2),
        ("state=什么", 0),
        ("campaign=nix", 0),
    ):
        assert f"共 {count} 条" in client.get(f"/plan/people/?{query}").text, query


def test_a_stranger_finds_nobody_and_a_walker_only_themselves(as_, round_, city, bureau):
    row = Obligation.objects.get(person__code="P1")
    stranger = make_posting(make_unit("430400-016", city), Role.REPORTER)
    assert as_(stranger).get(f"/plan/people/{row.pk}/").status_code == 404
    walker = make_posting(bureau, Role.WALKER, person=row.person)
    text = as_(walker).get("/plan/people/").text
    assert "共 1 条" in text
    assert as_(walker).get(f"/plan/people/{row.pk}/").status_code == 200


def test_an_exemption_by_the_page(as_, round_, office, clerk):
    row = Obligation.objects.get(person__code="P1")
    url = f"/plan/people/{row.pk}/"
    assert "批准免走" not in as_(clerk).get(url).text
    assert as_(clerk).post(url, {"reason": "产假"}).status_code == 409
    client = as_(office)
    assert "必填" in client.post(url, {"reason": ""}).text or "必须" in client.post(url, {"reason": ""}).text
    client.post(url, {"reason": "产假"})
    assert "产假" in client.get(url).text
    assert "共 1 条" in client.get("/plan/people/?state=免走").text
    client.post(url)
    row.refresh_from_db()
    assert row.exempted_at is None


def test_coverage_shows_signs_numbers_and_links(as_, round_, bureau, matter, office, clerk):
    client = as_(office)
    assert "✗" in client.get("/plan/matters/").text
    walk(round_, bureau, matter, make_person(bureau, "甲"), "CONSULT")
    assert "◐ 1" in client.get("/plan/matters/").text
    walk(round_, bureau, matter, make_person(bureau, "乙"), "CONSULT", "ACCEPT", "DELIVER")
    text = client.get("/plan/matters/").text
    assert "✓ 2" in text
    assert "应走 1 处，全程走完 1 处" in text
    link = "/walks/?matter=SX-1&place=%E5%B8%82%E6%9C%AC%E7%BA%A7&state=%E4%B8%8D%E5%90%AB%E8%8D%89%E7%A8%BF"
    assert link.replace("&", "&amp;") in text
    assert "共 2 条" in client.get(link).text
    assert "没有符合条件的重点事项" in client.get("/plan/matters/?state=有缺口").text
    assert "✓ 2" in client.get("/plan/matters/?state=已全覆盖&focus=高频&q=医保").text
    assert "✓ 2" in as_(clerk).get("/plan/matters/").text


def test_a_node_shows_what_is_missing_and_is_moved_by_the_citys_office(as_, round_, office, clerk):
    node = Milestone.objects.get(key="key_matters")
    url = f"/plan/milestones/{node.pk}/"
    text = as_(clerk).get(url).text
    assert "异地就医备案" in text
    assert "调整期限" not in text
    assert as_(clerk).post(url, {"due_on": "2022-06-10", "reason": "疫情"}).status_code == 403
    client = as_(office)
    wrong = client.post(url, {"due_on": "2022-04-01", "reason": "疫情"})
    assert wrong.status_code == 409
    assert "不能早于行动开始" in wrong.text
    assert 'value="2022-04-01"' in wrong.text
    client.post(url, {"due_on": "2022-06-10", "reason": "根据疫情形势"})
    assert "由 2022-05-20 调整为 <strong>2022-06-10</strong>，根据疫情形势" in client.get(url).text


def test_a_task_by_hand(as_, round_, bureau, matter, clerk):
    client = as_(clerk)
    page = {"organization": "430400-031", "person": "周某", "matter": "SX-1", "mode": "SELF"}
    page |= {"due_on": "2022-05-20", "walked_unit": "", "reason": "先走这一项"}
    wrong = client.post("/plan/tasks/new/", page | {"person": "没有"})
    assert "没有找到人员“没有”" in wrong.text
    late = client.post("/plan/tasks/new/", page | {"due_on": "2022-05-01"})
    assert late.status_code == 409
    assert "完成期限不能早于今天" in late.text
    answer = client.post("/plan/tasks/new/", page)
    made = WalkTask.objects.get()
    assert answer.url == f"/plan/tasks/{made.pk}/"
    assert (made.person.name, made.walked_unit, made.deadline.due_on) == ("周某", bureau, date(2022, 5, 20))
    text = client.get(answer.url).text
    assert "先走这一项" in text
    assert "登记这次走流程" in text


def test_the_list_of_tasks_and_its_filters(as_, round_, bureau, matter, office, clerk):
    person = Obligation.objects.get(person__code="P1").person
    task(round_, clerk, bureau, matter, person)
    gone = task(round_, clerk, bureau, matter, due=date(2022, 5, 18))
    client = as_(clerk)
    assert client.post(f"/plan/tasks/{gone.pk}/", {"reason": "重复"}).status_code == 302
    assert "共 2 条" in client.get("/plan/tasks/").text
    for query, count in (
        ("state=未完成", 1),
        ("state=逾期未完成", 0),
        ("state=已撤回", 1),
        ("origin=计划安排", 2),
        ("origin=交叉走流程", 0),
        ("mode=亲身办", 2),
        ("matter=SX-1", 2),
        ("q=周某", 1),
    ):
        assert f"共 {count} 条" in client.get(f"/plan/tasks/?{query}").text, query
    walker = make_posting(bureau, Role.WALKER, person=person)
    assert "共 1 条" in as_(walker).get("/plan/tasks/").text
    assert as_(walker).get(f"/plan/tasks/{gone.pk}/").status_code == 404


def test_a_proposal_is_looked_at_then_assigned_as_ticked(as_, round_, bureau, matter, clerk):
    client = as_(clerk)
    asked = {"organization": "430400-031", "due_on": "2022-05-27"}
    page = client.get("/plan/tasks/propose/", asked)
    rows = page.context["rows"]
    assert [(row.person.name, row.mode_label) for row in rows] == [("周某", "亲身办"), ("吴某", "陪同办")]
    assert not WalkTask.objects.exists()
    assert "没有勾选任务" in client.post("/plan/tasks/propose/", asked).text
    client.post("/plan/tasks/propose/", asked | {"pick": [rows[1].key]})
    assert list(WalkTask.objects.values_list("person__name", "mode")) == [("吴某", "ACCOMPANY")]
    again = client.post("/plan/tasks/propose/", asked | {"pick": [rows[1].key]})
    assert again.status_code == 409
    assert "情况已有变化" in again.text


def test_the_cross_plan_by_the_page(as_, round_, county, bureau, office, clerk):
    client = as_(office)
    text = client.get("/plan/cross/").text
    assert "拟安排 2 个单位" in text
    page = {"county-430400-031": "430481", "county-430400-003": "", "due_on": "2022-05-31"}
    wrong = client.post("/plan/cross/", page | {"confirm": ""})
    assert wrong.status_code == 409
    assert "市行政审批局还没有安排县市区。" in wrong.text
    assert not WalkTask.objects.exists()
    page["county-430400-003"] = "430481"
    assert "检查通过" in client.post("/plan/cross/", page | {"check": ""}).text
    assert client.post("/plan/cross/", page | {"confirm": ""}).status_code == 302
    assert WalkTask.objects.filter(origin="CROSS").count() == 2
    assert "市直单位都已安排" in client.get("/plan/cross/").text
    assert as_(clerk).get("/plan/cross/").status_code == 403


def test_a_past_round_is_read_by_its_code(as_, round_, office):
    make_campaign("2021", opens_on=date(2021, 4, 1), closes_on=date(2021, 6, 30), state="CLOSED")
    client = as_(office)
    assert "其他各轮行动" in client.get("/plan/").text
    assert "共 2 条" in client.get("/plan/people/").text
    assert "共 0 条" in client.get("/plan/people/?campaign=2021").text


PATHS = (
    "/plan/",
    "/plan/people/",
    "/plan/people/overlooked/",
    "/plan/tasks/",
    "/plan/matters/",
    "/plan/cross/",
)


def queries(client, path):
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(path).status_code == 200
    return len(found)


@pytest.mark.parametrize("path", [*PATHS, "node", "obligation"])
def test_queries_do_not_grow_with_rows(as_, round_, bureau, matter, office, clerk, path):
    client = as_(office)
    row = Obligation.objects.get(person__code="P1")
    paths = {
        "node": f"/plan/milestones/{Milestone.objects.get(key='key_matters').pk}/",
        "obligation": f"/plan/people/{row.pk}/",
    }
    path = paths.get(path, path)
    task(round_, clerk, bureau, matter, row.person)
    walk(round_, bureau, matter, row.person, "DELIVER")
    client.get(path)
    one = queries(client, path)
    for number in range(5):
        unit = make_unit(f"430400-1{number}", bureau.parent)
        person = make_person(unit)
        own = make_matter(unit, focuses=["HARD"])
        round_.campaign_matters.create(matter=own)
        round_.participations.create(organization=unit)
        Obligation.objects.create(
            campaign=round_, person=person, organization=unit, rank="MEMBER", starts_on=date(2022, 4, 19)
        )
        task(round_, office, unit, own, person)
        walk(round_, unit, own, person, "DELIVER")
        walk(round_, bureau, matter, row.person, "DELIVER")
    assert queries(client, path) == one


def test_the_heat_map_is_narrowed_by_the_kind_of_owner(round_, office, as_):
    client = as_(office)
    assert "异地就医备案" in client.get("/plan/matters/?owner_kind=市直部门").text
    assert "没有符合条件的重点事项" in client.get("/plan/matters/?owner_kind=公共服务单位").text


def test_who_the_document_names_and_the_workbook_passes_over_is_shown(
    round_, bureau, county, office, clerk, as_
):
    """市医保局 marked one of its people, so its workbook decides; its deputy is named by 二(三) all the same."""
    make_person(bureau, "郑某", "P3", rank="DEPUTY", is_obligated=False)
    make_person(bureau, "王某", "P4", rank="DEPUTY", is_obligated=False, exemption_reason="长期病假")
    make_person(bureau, "冯某", "P5", rank="DEPUTY", is_obligated=False, left_on=date(2022, 5, 1))
    make_person(bureau, "陈某", "P6", rank="STAFF", is_obligated=False)
    client = as_(clerk)
    assert "另有 1 人按文件第二部分应走" in client.get("/plan/people/").text
    page = client.get("/plan/people/overlooked/").text
    assert "郑某" in page
    assert "二(三)" in page
    assert [name for name in ("王某", "冯某", "陈某", "吴某") if name in page] == []
    assert "共 1 条" in as_(office).get("/plan/people/overlooked/").text
    stranger = make_posting(county, Role.REPORTER, "leiyang", person=_clerk(county, "县"))
    assert "没有需要核对的人员" in as_(stranger).get("/plan/people/overlooked/").text
    walker = make_posting(bureau, Role.WALKER, "walker", person=_clerk(bureau, "走"))
    assert as_(walker).get("/plan/people/overlooked/").status_code == 403
    assert Obligation.objects.filter(person__code="P3").count() == 0
