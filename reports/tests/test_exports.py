"""下载中心: a workbook holds what its page shows, under the asker's scope; it is logged; only its asker fetches it."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.enums import Role
from campaigns.ground.jobs import Job, JobState, run
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.sheets.stream import stream_workbook
from campaigns.ground.workdays import load_calendar
from campaigns.models import AuditEvent, Posting, StoredFile
from issues.lists import LEDGER, ledger_rows, ledger_sheet_rows, lit
from issues.models import LedgerItem
from reports.actions.exports import ask_for_export, purge_exports, write_export
from reports.filter_words import words
from reports.listings import LISTINGS, Asked
from reports.tests.city import NOON, ON
from reports.workbooks import in_sheet, ledger_sheet

CONTRACT = (
    "台账编号 问题编号 需求编号 填报单位编码 责任单位编码 状态 整改类型 问题类别编码 发现日期 起算日期 原定时限 "
    "现行时限 剩余工作日 灯 申请销号日期 销号日期 申请人账号 审核人账号 销号人账号 核验登记编号 免核验原因 延期次数 退回重办次数"
).split()


def rows_of(stored: StoredFile) -> list[dict]:
    with stored.file.open("rb") as file:
        sheet = openpyxl.load_workbook(io.BytesIO(file.read())).active
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def written(posting, kind="ledger", query="") -> tuple[list[dict], int]:
    stored, count = write_export(kind=kind, query=QueryDict(query), on=ON, by=posting, now=NOON)
    return rows_of(stored), count


def test_the_ledger_has_the_columns_of_the_contract():
    assert [column.label for column in in_sheet(LEDGER)] == CONTRACT


def test_the_same_rows_give_the_same_bytes(stocked):
    items = lit(LedgerItem.objects.with_list_columns().order_by("number"), on=ON, calendar=load_calendar())
    first, second = io.BytesIO(), io.BytesIO()
    for target in (first, second):
        assert stream_workbook(target, [ledger_sheet(items=items)]) == 4
    assert first.getvalue() == second.getvalue()


def test_a_row_of_the_ledger(stocked):
    rows, count = written(stocked.clerk)
    late = next(row for row in rows if row["灯"] == "红")
    assert count == 3
    assert (late["剩余工作日"], late["状态"], late["问题类别编码"]) == (-6, "整改中", "B01")
    assert late["现行时限"].date().isoformat() == "2022-06-10"
    assert isinstance(late["台账编号"], str)
    closed = next(row for row in rows if row["状态"] == "已销号")
    assert (closed["申请人账号"], closed["审核人账号"], closed["销号人账号"]) == (
        "yibaoju.tianbao",
        "yibaoju.fenguan",
        "shengaiban",
    )


@pytest.mark.parametrize(
    ("kind", "rows"),
    [("ledger", 3), ("problems", 2), ("demands", 1), ("measures", 1), ("walks", 2), ("one_sheet", 3)],
)
def test_every_list_can_be_exported(stocked, kind, rows):
    found, count = written(stocked.clerk, kind)
    assert len(found) == count == rows
    assert list(found[0]) == [column.label for column in in_sheet(LISTINGS[kind].columns)]


def test_filters_narrow_as_on_the_page(stocked):
    assert [row["灯"] for row in written(stocked.clerk, query="light=红")[0]] == ["红"]
    assert written(stocked.clerk, query="state=已销号")[1] == 1
    assert written(stocked.clerk, "problems", "q=HYPERLINK")[1] == 1


def test_scope_is_the_askers(stocked):
    assert written(stocked.other_clerk)[1] == 1
    assert written(stocked.office)[1] == 4


def test_an_export_is_logged_with_filter_and_count(stocked):
    written(stocked.clerk, query="state=已销号")
    event = AuditEvent.objects.get(verb="导出清单")
    assert event.detail == {"清单": "整改台账", "条件": "状态：已销号", "条数": 1}
    assert event.actor == "yibaoju.tianbao"


def test_filters_in_words():
    assert words(QueryDict("state=已销号&q=&organization=430400-031")) == "单位：430400-031；状态：已销号"
    assert words(QueryDict("")) == "全部"


def test_an_unknown_list_is_refused(stocked):
    with pytest.raises(NotAllowed, match="没有这个清单"):
        ask_for_export(kind="secrets", query=QueryDict(""), on=ON, by=stocked.clerk, now=NOON)


def ask(stocked, query="") -> Job:
    return ask_for_export(kind="ledger", query=QueryDict(query), on=ON, by=stocked.clerk, now=NOON)


def test_the_worker_writes_it(stocked):
    job = ask(stocked)
    run(job_id=job.pk, now=NOON)
    job.refresh_from_db()
    assert (job.state, job.result["rows"]) == (JobState.DONE, 3)


def test_a_posting_that_ended_exports_nothing(stocked):
    job = ask(stocked)
    Posting.objects.filter(pk=stocked.clerk.pk).update(ended_on="2022-06-01")
    run(job_id=job.pk, now=NOON)
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "已经停用" in job.error
    assert not StoredFile.objects.filter(kind="EXPORT").exists()


def log_in(client, posting):
    client.force_login(posting.person.user)
    return client


def test_the_page_asks_shows_and_hands_out(stocked, client):
    log_in(client, stocked.clerk)
    page = client.get(reverse("export_list"), {"kind": "ledger", "state": "已销号"})
    assert "共 1 条" in page.content.decode()
    answer = client.post(f"{reverse('export_list')}?kind=ledger&state=已销号")
    assert answer.status_code == 302
    job = Job.objects.get(kind="export")
    assert job.arguments["query"] == QueryDict("state=已销号").urlencode()
    run(job_id=job.pk, now=NOON)
    address = reverse("export_download", args=[job.pk])
    assert address in client.get(reverse("export_list")).content.decode()
    download = client.get(address)
    assert download["Content-Disposition"].startswith("attachment")
    assert b"".join(download.streaming_content)[:2] == b"PK"
    assert AuditEvent.objects.filter(verb="下载导出文件").count() == 1


def test_the_ledgers_own_kind_filter_travels_beside_the_lists_name(stocked, client):
    log_in(client, stocked.clerk)
    client.post(f"{reverse('export_list')}?kind=ledger&kind=立行立改&page=2")
    assert Job.objects.get(kind="export").arguments["query"] == QueryDict("kind=立行立改").urlencode()


def test_the_fragment_polls_only_while_busy(stocked, client):
    log_in(client, stocked.clerk)
    job = ask(stocked)
    assert "every 2s" in client.get(reverse("export_jobs")).content.decode()
    run(job_id=job.pk, now=NOON)
    assert "every 2s" not in client.get(reverse("export_jobs")).content.decode()


def test_somebody_elses_export_is_not_found(stocked, client):
    job = ask(stocked)
    run(job_id=job.pk, now=NOON)
    assert (
        log_in(client, stocked.other_clerk).get(reverse("export_download", args=[job.pk])).status_code == 404
    )


def test_an_auditor_has_no_download_centre(stocked, client):
    auditor = stocked.posting("shenji", stocked.root, Role.AUDITOR)
    assert log_in(client, auditor).get(reverse("export_list")).status_code == 403


# — every list, its readers, personal data —


@pytest.mark.parametrize("kind", LISTINGS)
def test_the_workbook_has_the_order_of_the_page(stocked, kind):
    asked = Asked(posting=stocked.office, query=QueryDict(""), on=ON, calendar=load_calendar())
    listing = LISTINGS[kind]
    if stocked.office.role not in listing.readers:
        return
    shown = [row.pk for row in listing.loaded(listing.narrowed(asked), asked)]
    assert listing.keys(asked) == shown
    assert [row.pk for batch in listing.batches(asked, shown) for row in batch] == shown


def test_serials_run_on_over_the_batches(stocked, monkeypatch):
    monkeypatch.setattr("reports.listing.BATCH", 1)
    assert [row["序号"] for row in written(stocked.office, "problems")[0]] == [1, 2, 3]


@pytest.mark.parametrize(
    ("role", "kind", "allowed"),
    [
        (Role.ADMIN, "people", True),
        (Role.ADMIN, "organizations", True),
        (Role.ADMIN, "matters", True),
        (Role.ADMIN, "ledger", False),
        (Role.ADMIN, "complaints", False),
        (Role.SECURITY, "people", True),
        (Role.SECURITY, "matters", False),
        (Role.WALKER, "problems", True),
        (Role.WALKER, "measures", False),
        (Role.WALKER, "people", False),
        (Role.INSPECTOR, "slips", True),
        (Role.HEAD, "complaints", True),
    ],
)
def test_who_exports_what(stocked, client, role, kind, allowed):
    posting = stocked.posting(f"x.{role.lower()}", stocked.root, role)
    answer = log_in(client, posting).get(reverse("export_list"), {"kind": kind})
    assert answer.status_code == (200 if allowed else 403)
    if not allowed:
        with pytest.raises(NotAllowed, match="不在您当前身份"):
            ask_for_export(kind=kind, query=QueryDict(""), on=ON, by=posting, now=NOON)


def test_phones_are_masked_unless_asked_for_with_a_reason(stocked):
    masked, _ = written(stocked.admin, "people")
    assert {row["手机号码"] for row in masked} == {"138****1234"}
    stored, _ = write_export(
        kind="people", query=QueryDict(""), on=ON, by=stocked.admin, now=NOON, reason="节前值班联络"
    )
    assert {row["手机号码"] for row in rows_of(stored)} == {"13800001234"}
    assert (
        AuditEvent.objects.filter(verb="导出清单").latest("pk").detail["完整个人信息事由"] == "节前值班联络"
    )


@pytest.mark.parametrize(
    ("who", "kind", "reason", "sentence"),
    [
        ("clerk", "people", "要打电话联系", "只能导出打码后"),
        ("office", "people", "要打电话联系", "只能导出打码后"),
        ("admin", "people", "要", "请写明为什么"),
        ("clerk", "complaints", "要打电话联系", "只能导出打码后"),
    ],
)
def test_whole_numbers_are_refused(stocked, who, kind, reason, sentence):
    with pytest.raises(NotAllowed, match=sentence):
        write_export(kind=kind, query=QueryDict(""), on=ON, by=getattr(stocked, who), now=NOON, reason=reason)


def test_the_form_asks_for_the_reason(stocked, client):
    log_in(client, stocked.admin)
    address = f"{reverse('export_list')}?kind=people"
    assert "导出完整的个人信息" in client.get(address).text
    answer = client.post(address, {"form": "xlsx", "in_full": "on", "reason": ""})
    assert answer.status_code == 422
    assert "请写明为什么需要完整的个人信息" in answer.text
    assert not Job.objects.exists()
    assert client.post(address, {"form": "csv", "in_full": "on", "reason": "节前值班联络"}).status_code == 302
    arguments = Job.objects.get().arguments
    assert (arguments["form"], arguments["reason"]) == ("csv", "节前值班联络")
    assert "导出完整的个人信息" not in log_in(client, stocked.office).get(address).text


def test_csv_is_a_choice(stocked):
    stored, count = write_export(
        kind="ledger", query=QueryDict(""), on=ON, by=stocked.clerk, now=NOON, form="csv"
    )
    with stored.file.open("rb") as file:
        lines = file.read().decode("utf-8-sig").splitlines()
    assert (count, len(lines), lines[0].split(",")) == (3, 4, CONTRACT)
    assert stored.name.endswith(".csv")


# — kept for a week, nothing or everything —


def test_files_go_after_a_week_and_the_list_says_so(stocked, client):
    job = ask(stocked)
    run(job_id=job.pk, now=NOON)
    stored = StoredFile.objects.get(kind="EXPORT")
    assert purge_exports(now=NOON + timedelta(days=7)) == 0
    assert purge_exports(now=NOON + timedelta(days=7, seconds=1)) == 1
    assert not stored.file.storage.exists(stored.file.name)
    log_in(client, stocked.clerk)
    assert "已过期删除" in client.get(reverse("export_list")).text
    gone = client.get(reverse("export_download", args=[job.pk]))
    assert gone.status_code == 403
    assert "已过期删除" in gone.text


def test_a_broken_export_leaves_nothing_and_starts_again_with_one_click(stocked, client, monkeypatch):
    job = ask(stocked)
    monkeypatch.setattr("reports.actions.exports.audit.record", lambda **facts: 1 / 0)
    run(job_id=job.pk, now=NOON)
    monkeypatch.undo()
    assert not StoredFile.objects.filter(kind="EXPORT").exists()
    log_in(client, stocked.clerk)
    assert "重新生成" in client.get(reverse("export_list")).text
    assert client.post(reverse("export_retry", args=[job.pk])).status_code == 302
    run(job_id=job.pk, now=NOON)
    job.refresh_from_db()
    assert (job.state, job.result["rows"]) == (JobState.DONE, 3)
    assert client.post(reverse("export_retry", args=[job.pk])).status_code == 403


def test_somebody_elses_export_isnt_started_again(stocked, client):
    job = ask(stocked)
    answer = log_in(client, stocked.other_clerk).post(reverse("export_retry", args=[job.pk]))
    assert answer.status_code == 404


def test_every_list_page_leads_to_its_export(stocked, client):
    log_in(client, stocked.office)
    for kind, path in PAGES.items():
        assert f"{reverse('export_list')}?kind={kind}" in client.get(path).text, path


PAGES = {
    "ledger": "/issues/ledger/",
    "problems": "/issues/problems/",
    "demands": "/issues/demands/",
    "measures": "/issues/measures/",
    "walks": "/walks/",
    "complaints": "/complaints/",
    "matters": "/matters/",
    "slips": "/issues/slips/",
    "organizations": "/organizations/",
    "people": "/people/",
    "cases": "/cases/",
    "plan_people": "/plan/people/",
    "plan_tasks": "/plan/tasks/",
    "plan_matters": "/plan/matters/",
    "plan_overlooked": "/plan/people/overlooked/",
}


def test_a_batch_of_the_ledger_costs_the_same_for_one_and_for_four(stocked):
    """The lean query of the workbook asks nothing afterwards, and tells what the page's query tells."""
    rows = ledger_rows(LedgerItem.objects.all())
    columns = in_sheet(LEDGER)

    calendar = load_calendar()

    def told(query, keys) -> tuple[list, int]:
        with CaptureQueriesContext(connection) as caught:
            items = lit(query(LedgerItem.objects.filter(pk__in=keys)), on=ON, calendar=calendar)
            cells = [[column.value(item) for column in columns] for item in items]
        return cells, len(caught)

    keys = [row.pk for row in rows]
    lean, asked = told(ledger_sheet_rows, keys)
    assert sorted(lean) == sorted(told(ledger_rows, keys)[0]), "the page shows first what burns"
    assert told(ledger_sheet_rows, keys[:1])[1] <= asked <= 7
