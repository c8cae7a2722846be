"""一键收表 in a browser's words: hand over, wait for the worker, settle a doubt, enter, hand back."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from campaigns.ground.jobs import run
from campaigns.models import Job, Organization
from issues import tasks
from issues.actions import collecting
from issues.enums import SheetState
from issues.models import CollectedFile, Collection, Problem
from issues.tests.collect_books import one_row, one_sheet
from issues.tests.factories import NOW, client_of, make_city

pytestmark = pytest.mark.django_db
WORK = (tasks.collect, tasks.collect_commit)  # named, so that the worker's jobs are registered


@pytest.fixture
def city():
    city = make_city()
    Organization.objects.update(is_participant=False)
    Organization.objects.filter(code__in=["430400-031", "430400-010"]).update(is_participant=True)
    return city


@pytest.fixture
def office(city):
    return client_of(city.shengaiban)


def send(client, *files):
    sent = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post("/collect/", {"files": sent})


def work():
    """What the worker does."""
    for job in Job.objects.filter(state="QUEUED").order_by("pk"):
        run(job_id=job.pk, now=NOW)


def heap_with(client, *files) -> Collection:
    answer = send(client, *files)
    assert answer.status_code == 302, answer.text
    work()
    return Collection.objects.order_by("-pk").first()


def test_from_the_heap_to_the_ledger(office, city):
    heap = heap_with(
        office, ("a.xlsx", one_sheet()), ("b.xlsx", one_sheet(one_row(责任单位="环球银河管理处")))
    )
    page = office.get(f"/collect/{heap.pk}/").text
    assert "1 份可入账" in page
    assert "还没有报来的单位（1）" in page
    assert "市人社局" in page
    assert office.post(f"/collect/{heap.pk}/commit/").status_code == 302
    assert "正在后台入账" in office.get(f"/collect/{heap.pk}/").text
    work()
    page = office.get(f"/collect/{heap.pk}/").text
    assert "可入账" not in page.split("</nav>")[-1]
    assert Problem.objects.count() == 1
    assert Job.objects.filter(kind="collect_commit").get().result["entered"] == 1


def test_a_doubt_is_settled_on_the_page_of_its_file(office, city):
    heap = heap_with(office, ("a.xlsx", one_sheet(one_row(事项名称="异地就医的备案"))))
    file = heap.files.get()
    page = office.get(f"/collect/{heap.pk}/files/{file.pk}/").text
    assert "请核对（1 处）" in page
    assert "异地就医的备案" in page
    answer = office.post(f"/collect/{heap.pk}/files/{file.pk}/", {"question_0": "YB-0001"})
    assert answer.status_code == 302
    file.refresh_from_db()
    assert file.state == SheetState.READY
    assert "请核对" not in office.get(f"/collect/{heap.pk}/files/{file.pk}/").text


def test_an_answer_nobody_offered_is_refused(office, city):
    heap = heap_with(office, ("a.xlsx", one_sheet(one_row(事项名称="异地就医的备案"))))
    file = heap.files.get()
    answer = office.post(f"/collect/{heap.pk}/files/{file.pk}/", {"question_0": "YB-9999"})
    assert answer.status_code == 422
    file.refresh_from_db()
    assert file.answers == {}


def test_the_marked_copy_is_handed_back(office, city):
    heap = heap_with(office, ("a.xlsx", one_sheet(one_row(责任单位="环球银河管理处"))))
    answer = office.get(f"/collect/{heap.pk}/files/{heap.files.get().pk}/return/")
    page = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert page["L4"].comment.text == "找不到单位“环球银河管理处”。"


def test_nothing_chosen_is_a_sentence(office):
    answer = office.post("/collect/", {})
    assert answer.status_code == 422
    assert "请选择要汇总的表格" in answer.text


def test_a_broken_zip_is_a_sentence(office):
    answer = send(office, ("包.zip", b"PK\x03\x04"))
    assert answer.status_code == 422
    assert "已损坏" in answer.text
    assert not Collection.objects.exists()


@pytest.mark.parametrize(
    "name",
    ["yibao_reporter", "yibao_deputy", "yibao_head", "yibao_walker", "duchashi", "admin_posting", "auditor"],
)
def test_other_roles_are_refused(city, name):
    client = client_of(getattr(city, name))
    assert client.get("/collect/").status_code == 403
    assert send(client, ("a.xlsx", one_sheet())).status_code == 403


def test_another_offices_heap_is_not_there(office, city):
    heap = heap_with(office, ("a.xlsx", one_sheet()))
    county = client_of(city.leiyang_shengaiban)
    file = heap.files.get()
    for path in ("", "progress/", f"files/{file.pk}/", f"files/{file.pk}/return/"):
        assert county.get(f"/collect/{heap.pk}/{path}").status_code == 404
    for path in ("look/", "commit/", f"files/{file.pk}/"):
        assert county.post(f"/collect/{heap.pk}/{path}").status_code == 404


def test_nothing_ready_nothing_to_enter(office, city):
    heap = heap_with(office, ("a.xlsx", one_sheet(one_row(责任单位="环球银河管理处"))))
    answer = office.post(f"/collect/{heap.pk}/commit/")
    assert answer.status_code == 403
    assert "没有可以入账的表格" in answer.text


def test_a_killed_worker_leaves_whole_files_only(office, city, monkeypatch):
    heap = heap_with(office, ("a.xlsx", one_sheet()))
    office.post(f"/collect/{heap.pk}/commit/")
    monkeypatch.setattr(collecting, "returned_book", lambda plan, content: 1 / 0)
    work()
    assert Problem.objects.count() == 0
    assert heap.files.get().state == SheetState.READY
    assert "点“重新核对”可以接着办" in office.get(f"/collect/{heap.pk}/").text
    monkeypatch.undo()
    office.post(f"/collect/{heap.pk}/commit/")
    work()
    assert Problem.objects.count() == 1


def test_the_list_asks_the_same_for_one_and_for_six(office, city):
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert office.get("/collect/").status_code == 200
        return len(caught)

    heap_with(office, ("a0.xlsx", one_sheet()))
    one = queries()
    for at in range(5):
        heap_with(office, (f"a{at + 1}.xlsx", one_sheet()))
    assert Collection.objects.count() == 6
    assert queries() == one


def test_a_heap_asks_the_same_for_one_and_for_six_files(office, city):
    def queries(heap) -> int:
        office.get(f"/collect/{heap.pk}/")  # takes the flash message off the session
        with CaptureQueriesContext(connection) as caught:
            assert office.get(f"/collect/{heap.pk}/").status_code == 200
        return len(caught)

    one = heap_with(office, ("a.xlsx", one_sheet()))
    six = heap_with(office, *((f"b{at}.xlsx", one_sheet()) for at in range(6)))
    assert CollectedFile.objects.count() == 7
    assert queries(six) == queries(one)
