"""典型经验: proposed by a unit, judged once by 审改办 with a reason, read by all when adopted, printed as 简报."""

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import strip_tags
from docx import Document as read_docx

from campaigns.ground.refusal import NotAllowed
from campaigns.models import Notice
from campaigns.tests.factories import at
from issues.enums import LedgerState
from issues.tests.factories import client_of, make_city, make_item
from reports.actions.experiences import judge_experience, propose_experience
from reports.models import Experience

pytestmark = pytest.mark.django_db
NOW = at("2022-05-20", "10:00")
URL = "/reports/cases/"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def city():
    return make_city()


def proposed(city, by=None, **changes) -> Experience:
    values = {"title": "一次告知", "practice": "编制清单。\n窗口发放。", "result": "材料由六份减为四份。"}
    by = by or city.yibao_reporter
    return propose_experience(campaign=city.campaign, by=by, now=NOW, **values | changes)


def adopted(city, **changes) -> Experience:
    row = proposed(city, **changes)
    return judge_experience(experience=row, adopted=True, reason="可复制。", by=city.shengaiban, now=NOW)


def words(answer) -> str:
    return strip_tags(answer.content.decode())


@pytest.mark.parametrize(
    ("who", "waiting", "out"),
    [
        ("yibao_reporter", 200, 200),
        ("yibao_head", 200, 200),
        ("renshe_reporter", 404, 200),
        ("shengaiban", 200, 200),
        ("duchashi", 200, 200),
        ("leiyang_shengaiban", 404, 200),
        ("yibao_walker", 403, 403),
        ("admin_posting", 403, 403),
    ],
)
def test_who_reads_which(city, who, waiting, out):
    client = client_of(getattr(city, who))
    assert client.get(proposed(city).get_absolute_url()).status_code == waiting
    row = adopted(city)
    assert client.get(row.get_absolute_url()).status_code == out
    assert client.get(f"{row.get_absolute_url()}download/").status_code == out


def test_who_may_judge_and_only_once(city):
    row = proposed(city)
    for by, sentence in (
        (city.duchashi, "由审改办审核"),
        (city.yibao_reporter, "由审改办审核"),
        (city.leiyang_shengaiban, "不在您的管辖范围内"),
    ):
        with pytest.raises(NotAllowed, match=sentence):
            judge_experience(experience=row, adopted=True, reason="好。", by=by, now=NOW)
    with pytest.raises(NotAllowed, match="请写明"):
        judge_experience(experience=row, adopted=True, reason=" ", by=city.shengaiban, now=NOW)
    judge_experience(experience=row, adopted=False, reason="缺数据。", by=city.shengaiban, now=NOW)
    with pytest.raises(NotAllowed, match="不采用，不用再审核"):
        judge_experience(experience=row, adopted=True, reason="好。", by=city.shengaiban, now=NOW)
    assert Notice.objects.filter(recipient=city.yibao_reporter.person.user, kind="EXPERIENCE").exists()
    with pytest.raises(NotAllowed, match="由填报员报送"):
        proposed(city, by=city.shengaiban)


def test_the_form_keeps_what_was_typed_and_finds_the_source(city):
    measure = make_item(city, LedgerState.RECTIFYING).problem.measures.get()
    client = client_of(city.yibao_reporter)
    typed = {"title": "一次告知", "practice": "编制清单。", "result": "少跑一趟。", "measure": "CS-无此编号"}
    bad = client.post(f"{URL}new/", typed)
    assert bad.status_code == 422
    assert "没有找到编号为“CS-无此编号”的解决措施" in words(bad)
    assert "编制清单。" in words(bad)
    assert client.post(f"{URL}new/", typed | {"measure": measure.number}).status_code == 302
    row = Experience.objects.get()
    assert (row.measure, row.organization) == (measure, city.yibao)
    office = client_of(city.shengaiban)
    refused = office.post(f"{row.get_absolute_url()}judge/", {"verdict": "adopt", "reason": ""})
    assert refused.status_code == 422
    assert (
        client.post(f"{row.get_absolute_url()}judge/", {"verdict": "adopt", "reason": "好"}).status_code
        == 403
    )
    assert client.get(f"{row.get_absolute_url()}download/").status_code == 403
    done = office.post(f"{row.get_absolute_url()}judge/", {"verdict": "adopt", "reason": "可复制。"})
    assert done.status_code == 302
    assert "可复制。" in words(client.get(row.get_absolute_url()))


def test_the_briefing(city):
    answer = client_of(city.renshe_reporter).get(f"{adopted(city).get_absolute_url()}download/")
    text = [each.text for each in read_docx(io.BytesIO(answer.content)).paragraphs]
    for line in (
        "一次告知",
        "一、主要做法",
        "编制清单。",
        "窗口发放。",
        "二、取得成效",
        "　衡阳市医疗保障局\t2022年5月20日　",
    ):
        assert line in text


def test_the_list_filters_and_costs_the_same_for_more(city):
    client = client_of(city.shengaiban)

    def cost() -> int:
        client.get(URL)
        with CaptureQueriesContext(connection) as seen:
            client.get(URL)
        return len(seen)

    adopted(city)
    one = cost()
    for _ in range(5):
        proposed(city)
    assert cost() == one
    assert "共 6 条" in words(client.get(URL))
    assert "共 1 条" in words(client.get(f"{URL}?state=已采用"))
    assert "共 6 条" in words(client.get(f"{URL}?q=清单"))
    assert "共 1 条" in words(client_of(city.renshe_reporter).get(URL))
