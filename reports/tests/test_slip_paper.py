"""督办单 as a paper: what it says, who may fetch it, and that a draft isn't one."""

import io
from datetime import date

import pytest
from django.test import Client
from docx import Document as read_docx

from campaigns.actions import chase
from campaigns.actions.slips import sign_slip
from campaigns.models import Posting, Slip
from campaigns.tests.town import CALENDAR, NOW, Town, day

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    town = Town()
    town.clock()  # due 2022-05-18
    chase.run(on=day("05-23"), now=NOW)
    return town


def signed() -> Slip:
    office = Posting.objects.select_related("person__user", "organization").get(
        person__code="city.REFORM_OFFICE"
    )
    return sign_slip(slip=Slip.objects.get(), by=office, now=NOW.replace(day=23), calendar=CALENDAR)


def browser(town, name: str) -> Client:
    user = town.user(name)
    user.must_change_password = False
    user.save()
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_what_the_paper_says(town):
    slip = signed()
    answer = browser(town, "yibao.HEAD").get(f"/issues/slips/{slip.pk}/docx/")
    assert answer.status_code == 200
    paper = read_docx(io.BytesIO(answer.content))
    said = [paragraph.text for paragraph in paper.paragraphs if paragraph.text]
    assert said == [
        "督〔2022〕1号",
        "督办单",
        "yibao单位：",
        "你单位负责办理的“台账 ZL-1 窗口一次性告知不全”，时限为2022年5月18日，截至签发之日已逾期3个工作日，尚未办结。"
        "请于2022年5月30日前办结，并将办理情况填报系统。",
        "shenpi单位",
        "2022年5月23日",
    ]
    rows = [[cell.text for cell in row.cells] for row in paper.tables[0].rows]
    assert rows == [
        ["项目", "内容"],
        ["承办单位", "yibao单位"],
        ["督办事项", "台账 ZL-1 窗口一次性告知不全"],
        ["原定时限", "2022年5月18日"],
        ["督办时限", "2022年5月30日"],
        ["签发人", "city.REFORM_OFFICE"],
    ]
    assert not paper.inline_shapes  # no seal is ever drawn
    assert date(2022, 5, 30) == slip.deadline.due_on


def test_a_draft_is_no_paper(town):
    client = browser(town, "city.REFORM_OFFICE")
    answer = client.get(f"/issues/slips/{Slip.objects.get().pk}/docx/")
    assert answer.status_code == 403
    assert "签发编号后才能下载" in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("yibao.REPORTER", 200),
        ("city.REFORM_OFFICE", 200),
        ("city.INSPECTOR", 200),
        ("renshe.HEAD", 404),
        ("county.REFORM_OFFICE", 404),
    ],
)
def test_who_may_fetch_it(town, name, status):
    slip = signed()
    assert browser(town, name).get(f"/issues/slips/{slip.pk}/docx/").status_code == status


def test_the_page_leads_to_it_once_it_is_signed(town):
    slip, client = Slip.objects.get(), browser(town, "city.REFORM_OFFICE")
    assert "docx" not in client.get(slip.get_absolute_url()).content.decode()
    signed()
    assert f"/issues/slips/{slip.pk}/docx/" in client.get(slip.get_absolute_url()).content.decode()
