"""下载中心: a workbook holds what its page shows, under the asker's scope; it is logged; only its asker fetches it."""

import io

import openpyxl
import pytest
from django.http import QueryDict
from django.urls import reverse

from campaigns.enums import Role
from campaigns.ground.jobs import Job, JobState, run
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.workdays import load_calendar
from campaigns.models import AuditEvent, Posting, StoredFile
from issues.lists import LEDGER, lit
from issues.models import LedgerItem
from reports.actions.exports import ask_for_export, write_export
from reports.listings import LISTINGS, words
from reports.tests.city import NOON, ON
from reports.workbooks import in_sheet, ledger_workbook

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
    assert ledger_workbook(items=items) == ledger_workbook(items=items)


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
    assert not StoredFile.objects.exists()


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
