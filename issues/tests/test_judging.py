"""长效机制 with its paper (contract §7.9) and 质量评价 by who does not see whose it is (contract §5)."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.tests.factories import at
from issues.actions.judging import judge_problem, record_institution
from issues.models import Measure
from issues.tests.factories import NOW, S, client_of, fresh, make_city, make_item, make_problem, vetted

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return make_city()


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: at("2022-05-11", "09:30"))


def measure_of(city) -> Measure:
    return make_item(city, S.RECTIFYING).problem.measures.get()


def register(measure, by, **given):
    facts = {"name": "午间值守制度", "number": "衡医保发〔2022〕12号", "issued_on": date(2022, 5, 9)}
    return record_institution(measure=measure, by=by, now=NOW, file=vetted(), **facts | given)


# ---- 长效机制 --------------------------------------------------------------------------------------------------------


def test_a_sentence_does_not_count_the_paper_does(city):
    measure = measure_of(city)
    Measure.objects.filter(pk=measure.pk).update(institution="午间值守制度", institution_number="12号")
    assert list(Measure.objects.with_institution()) == []
    register(measure, city.yibao_reporter)
    assert list(Measure.objects.with_institution()) == [measure]


def test_who_registers_and_what_is_missing(city):
    measure = measure_of(city)
    with pytest.raises(NotAllowed, match="由责任单位"):
        register(measure, city.renshe_reporter)
    with pytest.raises(NotAllowed, match="制度名称和文号"):
        register(measure, city.yibao_reporter, number=" ")
    with pytest.raises(NotAllowed, match="不能晚于今天"):
        register(measure, city.yibao_reporter, issued_on=date(2022, 5, 11))


def test_over_http_with_the_file(city):
    measure = measure_of(city)
    url = f"{measure.get_absolute_url()}institution/"
    client = client_of(city.yibao_reporter)
    said = {"name": "午间值守制度", "number": "衡医保发〔2022〕12号", "issued_on": "2022-05-09"}
    empty = client.post(url, said)
    assert empty.status_code == 422
    text = empty.content.decode()
    assert "请选择制度文件" in text
    assert 'value="午间值守制度"' in text, "what was typed stays"
    file = SimpleUploadedFile("制度.txt", "一、午间值守。".encode(), "text/plain")
    assert client.post(url, said | {"file": file}).status_code == 302
    page = client.get(measure.get_absolute_url()).content.decode()
    assert "2022-05-09 印发" in page
    assert b"".join(client.get(f"{url}file/").streaming_content) == "一、午间值守。".encode()
    assert client_of(city.renshe_reporter).get(f"{url}file/").status_code == 404
    assert client_of(city.yibao_head).get(url).status_code == 403


# ---- 质量评价 --------------------------------------------------------------------------------------------------------


def test_judged_once_with_who_and_when(city):
    problem = make_problem(city)
    judge_problem(problem=problem, by=city.shengaiban, now=NOW, quality="VALID")
    problem = fresh(problem.item).problem
    assert (problem.quality, problem.quality_at, problem.quality_by) == (
        "VALID",
        NOW,
        city.shengaiban.person.user,
    )
    with pytest.raises(Changed, match="已经评为“有效”"):
        judge_problem(problem=problem, by=city.shengaiban, now=NOW, quality="INVALID")


@pytest.mark.parametrize("who", ["yibao_head", "duchashi", "leiyang_shengaiban", "admin_posting"])
def test_others_do_not_judge(city, who):
    with pytest.raises(NotAllowed):
        judge_problem(problem=make_problem(city), by=getattr(city, who), now=NOW, quality="VALID")


def test_nobody_judges_his_own_house(city):
    with pytest.raises(NotAllowed, match="本单位发现的问题"):
        judge_problem(
            problem=make_problem(city, by=city.hall_reporter), by=city.shengaiban, now=NOW, quality="VALID"
        )
