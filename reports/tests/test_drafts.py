"""A computed paper's words are edited: versions, whose numbers, shut once reported, printed as written."""

import io
from datetime import date, timedelta

import pytest
from django.utils import timezone
from docx import Document as open_docx

from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.ground.workdays import load_calendar
from reports.actions.drafts import save_draft
from reports.drafting import computed_paper, newest_draft
from reports.enums import PaperKind
from reports.models import PaperDraft
from reports.package import SUMMARY
from reports.papers.plain_paper import to_text
from reports.scope import unit_scope
from reports.tests.city import NOON, ON
from reports.tests.test_package import built, members, words_of
from reports.tests.test_submissions import handed_in, returned, town

pytestmark = pytest.mark.django_db
__all__ = ["town"]
URL = "/reports/papers/430400-031/summary/"


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOON)


def computed(city, on=ON, kind=PaperKind.SUMMARY):
    scope = unit_scope(organization=city.unit, campaign=city.campaign, on=on)
    return computed_paper(kind, scope, load_calendar())


def save(city, text, version=0, by=None, **changed):
    given = {"kind": PaperKind.SUMMARY, "organization": city.unit, "campaign": city.campaign}
    return save_draft(
        **given,
        text=text,
        version=version,
        computed=computed(city),
        numbers_on=changed.get("numbers_on", ON),
        by=by or city.clerk,
        now=NOON,
    )


def test_what_was_written_is_printed_and_the_tables_stay_the_days(stocked):
    text = to_text(computed(stocked).blocks).replace("坚持一边走", "创新做法，坚持一边走")
    assert save(stocked, text).version == 1
    package = built(stocked)
    words = words_of(members(package)[SUMMARY])
    assert "创新做法，坚持一边走" in words
    tables = open_docx(io.BytesIO(members(package)[SUMMARY])).tables
    assert any(table.cell(0, 0).text == "指标" for table in tables)
    assert built(stocked).sha256 == package.sha256


def test_each_saving_is_a_version_and_the_last_one_counts(stocked):
    save(stocked, "第一稿。")
    save(stocked, "第二稿。", version=1)
    assert [row.text for row in PaperDraft.objects.order_by("version")] == ["第一稿。", "第二稿。"]
    assert save(stocked, "第二稿。", version=2) is None
    with pytest.raises(Changed, match="刚刚有人保存过"):
        save(stocked, "别人的稿。", version=1)


def test_the_computed_text_takes_it_back(stocked):
    save(stocked, "第一稿。")
    back = save(stocked, to_text(computed(stocked).blocks), version=1)
    assert (back.text, back.version) == ("", 2)
    assert newest_draft(PaperKind.SUMMARY, stocked.campaign, stocked.unit) == back
    assert "坚持一边走" in words_of(members(built(stocked))[SUMMARY])


def test_only_the_units_own_people_write(stocked):
    for stranger in (stocked.other_clerk, stocked.office, stocked.admin):
        with pytest.raises(NotAllowed, match="由本单位人员修改"):
            save(stocked, "第一稿。", by=stranger)


def test_what_was_reported_is_shut_until_it_is_returned(town):
    handed_in(town)
    with pytest.raises(Changed, match="已上报，不能再修改"):
        save(town, "第一稿。")
    returned(town)
    assert save(town, "第一稿。").version == 1


def test_the_page_shows_saves_and_keeps_what_was_typed(stocked, client):
    client.force_login(stocked.clerk.person.user)
    page = client.get(URL)
    assert "正文由系统按 2022-06-20 的数据写成" in page.content.decode()
    assert client.post(URL, {"text": "第一稿。\n【图9】", "version": "0", "deed": "save"}).status_code == 409
    refused = client.post(URL, {"text": "第一稿。\n【图9】", "version": "0", "deed": "save"}).content.decode()
    assert "没有名为“图9”的图表" in refused
    assert "第一稿。" in refused
    assert client.post(URL, {"text": "第一稿。", "version": "0", "deed": "save"}).status_code == 302
    shown = client.get(URL).content.decode()
    assert "人工修改过的第 1 稿，文字中的数字截至 2022-06-20" in shown
    assert "系统按今天的数据写的文字" in shown


def test_numbers_stay_those_of_the_day_until_somebody_has_checked_them(stocked, client, monkeypatch):
    save(stocked, "第一稿。")
    monkeypatch.setattr(timezone, "now", lambda: NOON + timedelta(days=3))
    client.force_login(stocked.clerk.person.user)
    client.post(URL, {"text": "第二稿。", "version": "1", "deed": "save"})
    client.post(URL, {"text": "第三稿。", "version": "2", "deed": "checked"})
    days = list(PaperDraft.objects.order_by("version").values_list("numbers_on", flat=True))
    assert days == [ON, ON, date(2022, 6, 23)]
    client.post(URL, {"text": "不要了", "version": "3", "deed": "restore"})
    assert PaperDraft.objects.get(version=4).text == ""


@pytest.mark.parametrize("slug", ["summary", "rectification", "plan"])
def test_each_paper_can_be_taken_out(stocked, client, slug):
    client.force_login(stocked.clerk.person.user)
    answer = client.get(f"/reports/papers/430400-031/{slug}/file/")
    text = "\n".join(each.text for each in open_docx(io.BytesIO(answer.content)).paragraphs)
    assert "衡阳市医疗保障局" in text
    assert "单位主要负责人（签字）：" in text


def test_strangers_and_unknown_papers_are_not_found(stocked, client):
    client.force_login(stocked.other_clerk.person.user)
    assert client.get(URL).status_code == 404
    client.force_login(stocked.clerk.person.user)
    assert client.get("/reports/papers/430400-031/nothing/").status_code == 404
    client.force_login(stocked.office.person.user)
    assert client.get(URL).status_code == 200
    assert client.post(URL, {"text": "改", "version": "0"}).status_code == 403
