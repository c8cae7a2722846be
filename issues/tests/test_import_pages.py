"""The wizard in a browser's words: template, upload, preview, confirm, result; only 系统管理员 comes in."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import include, path
from openpyxl import load_workbook

from campaigns.actions.imports import IMPORTERS, dry_run
from campaigns.enums import Role
from campaigns.models import ImportRun, Person
from campaigns.tests.book_builders import book_bytes
from campaigns.tests.factories import make_person, make_posting, make_unit

HEADER = ["人员编号", "姓名", "单位编码", "职务", "身份"]
# The wizard stands on its own here, whether or not the roof has joined it yet.
urlpatterns = [path("imports/", include("issues.urls_imports")), path("", include("hengyang_walkflow.urls"))]

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture
def city():
    return make_unit("430400", name="衡阳市人民政府", short_name="市政府")


@pytest.fixture
def admin(client, city):
    posting = make_posting(city, Role.ADMIN, username="sys.admin")
    client.force_login(posting.person.user)
    return posting


def upload(client, *rows, mode="stop", kind="people", content=None, name="名册.xlsx"):
    content = content if content is not None else book_bytes(("表", [HEADER, *rows]))
    file = SimpleUploadedFile(name, content)
    return client.post("/imports/", {"kind": kind, "mode": mode, "file": file})


def row(code="N1", name="张三", unit="430400", title="科长", rank="工作人员"):
    return [code, name, unit, title, rank]


def test_from_upload_to_result(client, admin):
    answer = upload(client, row(), row("N2"))
    run = ImportRun.objects.get()
    assert answer.url == f"/imports/{run.token}/"
    preview = client.get(answer.url)
    assert "确认导入" in preview.text
    assert "共 2 条" in preview.text
    assert not Person.objects.filter(code="N1").exists()
    for _ in range(2):
        assert client.post(f"/imports/{run.token}/confirm/").url == answer.url
    assert Person.objects.filter(code__in=["N1", "N2"]).count() == 2
    result = client.get(answer.url)
    assert "已导入：新增 2 条" in result.text
    assert "名册.xlsx" in client.get("/imports/").text
    run.refresh_from_db()
    assert run.made_by == admin.person.user


def test_preview_shows_before_and_after_and_filters(client, admin, city):
    make_person(city, code="N1", name="张三", title="科员")
    answer = upload(client, row(), row("N2"), mode="update")
    text = client.get(answer.url).text
    assert "职务：科员 → 科长" in text
    only_new = client.get(f"{answer.url}?show=新增").text
    assert "科员 → 科长" not in only_new
    assert "N2" in only_new
    assert client.get(f"{answer.url}?show=别的&page=99").status_code == 200


def test_faults_are_listed_and_come_back_as_a_workbook(client, admin):
    answer = upload(client, row(unit="没有"), row("N2", rank="科员"))
    text = client.get(answer.url).text
    assert "找不到单位“没有”" in text
    assert "E3" in text
    assert "确认导入" not in text
    run = ImportRun.objects.get()
    rejects = client.get(f"/imports/{run.token}/rejects/")
    page = load_workbook(io.BytesIO(b"".join(rejects.streaming_content))).active
    assert page.max_row == 3
    client.post(f"/imports/{run.token}/confirm/")
    assert "有错误" in client.get(answer.url).text
    assert not Person.objects.filter(code__startswith="N").exists()


def test_a_bad_file_is_a_sentence_on_the_upload_page(client, admin, settings):
    answer = upload(client, content=b"%PDF-1.7", name="名册.pdf")
    assert answer.status_code == 422
    assert "不是 Excel 工作簿" in answer.text
    assert "没有找到表头" in client.get(upload(client, content=book_bytes(("表", [["甲", "乙"]]))).url).text
    settings.UPLOAD_MAX_MB = 0
    assert "上限" in upload(client, row()).text
    assert client.post("/imports/", {"kind": "people", "mode": "stop"}).status_code == 422
    assert ImportRun.objects.count() == 1


def test_data_that_moved_stop_the_confirmation_and_are_previewed_anew(client, admin, city):
    answer = upload(client, row(), mode="update")
    make_person(city, code="N1", name="别人")
    token = ImportRun.objects.get().token
    page = client.post(f"/imports/{token}/confirm/", follow=True)
    assert "有变动，没有导入" in page.text
    assert "姓名：别人 → 张三" in page.text
    assert Person.objects.get(code="N1").name == "别人"
    client.post(f"/imports/{token}/confirm/")
    assert Person.objects.get(code="N1").name == "张三"
    assert "已导入：新增 0 条，更新 1 条" in client.get(answer.url).text


@pytest.mark.parametrize("kind", IMPORTERS)
def test_templates_are_ready_to_fill_and_their_example_is_ignored(client, admin, kind):
    answer = client.get(f"/imports/template/{kind}.xlsx")
    content = b"".join(answer.streaming_content)
    workbook = load_workbook(io.BytesIO(content))
    page = workbook.worksheets[0]
    resource = IMPORTERS[kind].resource()
    expected = [c.column_name + ("*" if c.required else "") for c in resource.columns().values()]
    assert [cell.value for cell in page[1]] == expected
    assert page["A2"].value.startswith("示例")
    assert workbook.worksheets[1].title == "填写说明"
    plan = dry_run(importer=IMPORTERS[kind], content=content, mode="stop")
    assert (plan.errors, plan.counts()["rows"], plan.warnings) == ([], 0, ["文件里没有数据行。"])
    assert client.get("/imports/template/nothing.xlsx").status_code == 404


def test_only_the_administrator_comes_in(client, city, admin):
    token = ImportRun.objects.get(pk=_made(client)).token
    client.logout()
    assert client.get("/imports/").url.startswith("/login/")
    client.force_login(make_posting(city, Role.REPORTER).person.user)
    for address in (
        "/imports/",
        f"/imports/{token}/",
        "/imports/template/people.xlsx",
        f"/imports/{token}/rejects/",
    ):
        assert client.get(address).status_code == 403
    assert client.post(f"/imports/{token}/confirm/").status_code == 403


def _made(client) -> int:
    upload(client, row())
    return ImportRun.objects.latest("pk").pk


def test_list_queries_are_the_same_for_one_and_six(client, admin):
    upload(client, row())
    client.get("/imports/")
    with CaptureQueriesContext(connection) as one:
        client.get("/imports/")
    for _ in range(5):
        upload(client, row())
    with CaptureQueriesContext(connection) as six:
        client.get("/imports/")
    assert len(one) == len(six)
