"""The wizard's further ways: large files in the background, cells mended on the page, the log, the way back."""

import io
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from campaigns.enums import Role
from campaigns.ground import jobs
from campaigns.ground.audit import AuditEvent
from campaigns.models import ImportRun, Job, Organization, Person
from campaigns.models.imports import ImportState
from campaigns.tests.book_builders import book_bytes
from campaigns.tests.factories import NOW, make_person, make_posting, make_unit
from issues import tasks

IMPORTERS = tasks.IMPORTERS
HEADER = ["人员编号", "姓名", "单位编码", "职务", "身份", "手机号码"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return make_unit("430400", name="衡阳市人民政府", short_name="市政府")


@pytest.fixture
def admin(client, city):
    posting = make_posting(city, Role.ADMIN, username="sys.admin")
    client.force_login(posting.person.user)
    return posting


def row(code="N1", name="张三", unit="430400", title="科长", rank="工作人员", phone=None):
    return [code, name, unit, title, rank, phone]


def many(number=501, **cells):
    return [row(f"N{place:04}", **cells) for place in range(1, number + 1)]


def upload(client, *rows, mode="stop", content=None, name="名册.xlsx"):
    content = content if content is not None else book_bytes(("表", [HEADER, *rows]))
    file = SimpleUploadedFile(name, content)
    client.post("/imports/", {"kind": "people", "mode": mode, "file": file})
    return ImportRun.objects.latest("pk")


def work(run: ImportRun) -> ImportRun:
    """What the worker does with the run's job."""
    jobs.run(job_id=run.job_id, now=NOW)
    return ImportRun.objects.get(pk=run.pk)


def page(client, run, **query):
    return client.get(f"/imports/{run.token}/", query).text


def post(client, run, act, data=None):
    return client.post(f"/imports/{run.token}/{act}/", data or {}, follow=True).text


# — in the background —


def test_above_five_hundred_rows_a_worker_previews_and_writes(client, admin):
    run = upload(client, *many())
    assert (run.state, run.job.state) == (ImportState.READING, "QUEUED")
    assert "正在核对：导入人员" in page(client, run)
    assert "正在排队" in client.get(f"/imports/{run.token}/progress/").text
    run = work(run)
    assert (run.state, run.counts["created"], run.lines.count()) == (ImportState.PREVIEWED, 501, 501)
    assert "共 501 条" in page(client, run)
    assert "N0021" in page(client, run, page=2)
    assert "正在写入：导入人员" in post(client, run, "confirm")
    run.refresh_from_db()
    assert not Person.objects.filter(code="N0001").exists()
    first = run.job_id
    post(client, run, "confirm")
    run.refresh_from_db()
    assert run.job_id == first
    run = work(run)
    assert run.state == ImportState.DONE
    assert Person.objects.filter(code__startswith="N0").count() == 501
    assert "已导入：新增 501 条" in page(client, run)
    assert client.get(f"/imports/{run.token}/progress/", headers={"hx-request": "true"})["HX-Refresh"]


def test_five_hundred_rows_are_previewed_at_once(client, admin):
    assert upload(client, *many(500)).state == ImportState.PREVIEWED


def test_a_large_file_nobody_can_read_is_told_on_its_page(client, admin):
    run = upload(client, content=b"%PDF-1.7" + b"x" * (300 << 10), name="名册.pdf")
    assert run.state == ImportState.READING
    run = work(run)
    assert (run.state, run.rejects, run.counts["rows"]) == (ImportState.REFUSED, None, 0)
    assert "不是 Excel 工作簿" in page(client, run)


def test_a_worker_killed_while_writing_leaves_nothing_and_one_click_begins_anew(client, admin, monkeypatch):
    run = work(upload(client, *many()))
    post(client, run, "confirm")
    run.refresh_from_db()

    def killed(plan, *, by, now):
        Person.objects.create(
            code="HALF", name="半", organization=admin.organization, title="科长", rank="STAFF"
        )
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setitem(IMPORTERS, "people", replace(IMPORTERS["people"], write=killed))
        with pytest.raises(SystemExit):
            jobs.run(job_id=run.job_id, now=NOW)
    assert not Person.objects.filter(code__in=["HALF", "N0001"]).exists()
    Job.objects.filter(pk=run.job_id).update(state="FAILED", finished_at=NOW, error="作业中断。")
    text = page(client, run)
    assert "没有写入任何内容" in text
    assert "重新开始" in text
    post(client, run, "restart")
    assert work(run).state == ImportState.DONE
    assert Person.objects.filter(code__startswith="N0").count() == 501
    assert "不需要重新开始" in post(client, run, "restart")


def test_data_that_moved_are_previewed_anew_by_the_worker(client, admin, city):
    run = work(upload(client, *many(), mode="update"))
    post(client, run, "confirm")
    run.refresh_from_db()
    make_person(city, code="N0001", name="别人")
    run = work(run)
    assert (run.state, run.job.result) == (ImportState.PREVIEWED, {"moved": True})
    assert "没有导入；下面是按最新数据重新做的预览" in page(client, run)
    assert "姓名：别人 → 张三" in page(client, run, show="更新")


# — filters and search —


def test_lines_are_searched_and_filtered(client, admin, city):
    make_person(city, code="N2", name="李四", title="科长", rank="STAFF")
    run = upload(client, row(), row("N2", name="李四"), row("N3", name="王五"), mode="update")
    assert "N2" in page(client, run, show="无变化")
    assert "N1" not in page(client, run, show="无变化")
    found = page(client, run, q="王五")
    assert ("N3" in found, "N1" in found) == (True, False)


# — cells mended on the page —


def test_a_cell_is_mended_on_the_page_and_the_file_planned_again(client, admin):
    run = upload(client, row(rank="科员", phone="1380000"), row("N2"))
    text = page(client, run)
    assert 'name="value" value="科员"' in text
    fields = {
        "sheet": ["表", "表"],
        "cell": ["E2", "F2"],
        "was": ["科员", "1380000"],
        "value": ["工作人员", "13800000001"],
    }
    text = post(client, run, "mend", fields)
    run.refresh_from_db()
    assert (run.state, run.errors) == (ImportState.PREVIEWED, [])
    assert "确认导入" in text
    with run.file.file.open("rb") as file:
        assert load_workbook(io.BytesIO(file.read())).active["E2"].value == "工作人员"
    event = AuditEvent.objects.get(verb="预览中改格")
    assert event.detail["cells"] == [
        {"cell": "E2", "column": "身份", "before": "科员", "after": "工作人员"},
        {"cell": "F2", "column": "手机号码", "before": "*******", "after": "138****0001"},
    ]
    sent = b"".join(client.get(f"/imports/{run.token}/original/").streaming_content)
    assert load_workbook(io.BytesIO(sent)).active["E2"].value == "科员"
    assert AuditEvent.objects.filter(verb="下载导入文件").count() == 1
    post(client, run, "confirm")
    assert Person.objects.get(code="N1").phone == "13800000001"


def test_only_faulty_cells_of_a_refused_file_can_be_mended(client, admin):
    run = upload(client, row(rank="科员"))
    fields = {"sheet": "表", "cell": "B2", "was": "张三", "value": "李四"}
    assert "没有可以修改的单元格" in post(client, run, "mend", fields)
    assert "没有改动" in post(client, run, "mend", {**fields, "value": "张三"})
    good = upload(client, row())
    assert "可以在预览中修改" in post(client, good, "mend", fields)


def test_a_csv_is_mended_too(client, admin):
    text = ",".join(HEADER) + "\nN1,张三,430400,科长,科员,\n"
    run = upload(client, content=text.encode("gb18030"), name="名册.csv")
    post(client, run, "mend", {"sheet": "", "cell": "E2", "was": "科员", "value": "工作人员"})
    run.refresh_from_db()
    assert (run.state, run.file.name, run.original.name) == ("PREVIEWED", "名册.xlsx", "名册.csv")


def test_a_unit_that_was_missing_is_there_and_the_file_is_checked_again(client, admin, city):
    run = upload(client, row(unit="430400-031"))
    make_unit("430400-031", parent=city, name="衡阳市医疗保障局")
    assert "确认导入" in post(client, run, "again")


# — the log —


def test_the_log_finds_an_old_import(client, admin):
    run = upload(client, row(), name="三月名册.xlsx")
    upload(client, row("N2"), name="四月名册.xlsx")
    post(client, run, "confirm")
    text = client.get("/imports/log/", {"q": "三月", "state": "已导入", "kind": "people"}).text
    assert ("三月名册" in text, "四月名册" in text, "共 1 条" in text) == (True, False, True)
    text = page(client, run)
    assert run.file.sha256 in text
    assert "姓名：张三" in text
    assert client.get("/imports/log/?date_from=x&page=9").status_code == 200


# — the way back —


def test_an_import_is_taken_back(client, admin, city):
    make_person(city, code="N1", name="张三", title="科员", rank="STAFF", phone="13800000009")
    run = upload(client, row(phone="13800000001"), row("N2"), mode="update")
    post(client, run, "confirm")
    text = post(client, run, "undo")
    assert "已于" in text
    assert "撤销" in text
    person = Person.objects.get(code="N1")
    assert (person.title, person.phone) == ("科员", "13800000009")
    assert not Person.objects.filter(code="N2").exists()
    event = AuditEvent.objects.get(verb="撤销导入")
    assert (event.detail["deleted"], event.detail["restored"]) == (1, 1)
    post(client, run, "undo")
    assert AuditEvent.objects.filter(verb="撤销导入").count() == 1
    assert "13800000009" not in str(list(run.lines.values_list("text", flat=True)))


def test_what_was_changed_since_or_built_on_is_not_taken_back(client, admin, city):
    run = upload(client, row(), row("N2"))
    post(client, run, "confirm")
    Person.objects.filter(code="N2").update(title="局长")
    assert "第 3 行“N2”导入之后又有变动" in post(client, run, "undo")
    Person.objects.filter(code="N2").update(title="科长")
    make_posting(city, Role.REPORTER, person=Person.objects.get(code="N1"))
    assert "已经授权，不能撤销" in post(client, run, "undo")
    assert Person.objects.filter(code__in=["N1", "N2"]).count() == 2
    assert "只有已导入的文件可以撤销" in post(client, upload(client, row("N9")), "undo")


def test_a_large_import_is_taken_back_by_a_worker(client, admin):
    run = work(upload(client, *many()))
    post(client, run, "confirm")
    run.refresh_from_db()
    run = work(run)
    assert "正在排队" in post(client, run, "undo")
    run.refresh_from_db()
    assert work(run).state == ImportState.UNDONE
    assert not Person.objects.filter(code__startswith="N0").exists()


def test_units_go_from_the_leaves_up(client, admin):
    lines = [
        ["单位编码", "单位名称", "单位类型", "上级单位编码", "对口上级单位编码"],
        ["A", "甲局", "市直部门", "430400", None],
        ["A-1", "甲局一科", "科股室", "A", None],
        ["B", "乙局", "市直部门", "430400", "A"],
    ]
    file = SimpleUploadedFile("单位.xlsx", book_bytes(("表", lines)))
    client.post("/imports/", {"kind": "organizations", "mode": "stop", "file": file})
    run = ImportRun.objects.latest("pk")
    post(client, run, "confirm")
    make_unit("A-2", parent=Organization.objects.get(code="A"), name="后来的科")
    assert "用到，不能撤销" in post(client, run, "undo")
    Organization.objects.get(code="A-2").delete()
    post(client, run, "undo")
    assert [unit.code for unit in Organization.objects.all()] == ["430400"]


@pytest.mark.parametrize("act", ["again", "mend", "restart", "undo"])
def test_only_the_administrator_acts(client, admin, city, act):
    run = upload(client, row())
    client.force_login(make_posting(city, Role.REPORTER).person.user)
    assert client.post(f"/imports/{run.token}/{act}/").status_code == 403
    for address in ("original", "progress"):
        assert client.get(f"/imports/{run.token}/{address}/").status_code == 403
    assert client.get("/imports/log/").status_code == 403
