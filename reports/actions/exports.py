"""导出: asked for on a list page, written by the worker under the asker's own scope, kept for download, logged."""

from datetime import date, datetime

from django.db import transaction
from django.http import QueryDict

from campaigns.ground import audit
from campaigns.ground.files import FileKind, StoredFile, store_bytes
from campaigns.ground.jobs import Job, enqueue
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.workdays import load_calendar
from campaigns.models import Posting
from reports.listings import LISTINGS, Asked, words
from reports.workbooks import in_sheet, plain_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@transaction.atomic
def ask_for_export(*, kind: str, query: QueryDict, on: date, by: Posting, now: datetime) -> Job:
    """Queue the export of a list as a job of kind "export". `query`: the page's filters."""
    if kind not in LISTINGS:
        raise NotAllowed("没有这个清单，不能导出。")
    return enqueue(
        kind="export",
        by=by.person.user,
        now=now,
        listing=kind,
        query=query.urlencode(),
        on=on.isoformat(),
        posting=by.pk,
    )


def write_export(
    *, kind: str, query: QueryDict, on: date, by: Posting, now: datetime
) -> tuple[StoredFile, int]:
    """Write the workbook and keep it; returns the file and its number of rows.

    The long reading comes first; what is written (file, audit line) is one transaction.
    """
    listing = LISTINGS[kind]
    asked = Asked(posting=by, query=query, on=on, calendar=load_calendar())
    rows = listing.ready(listing.narrowed(asked), asked)
    content = plain_workbook(name=listing.label, columns=in_sheet(listing.columns), rows=rows)
    name = f"{listing.label}-{by.organization.label}-{on.isoformat()}.xlsx"
    detail = {"清单": listing.label, "条件": words(query), "条数": len(rows)}
    return keep_export(content=content, name=name, detail=detail, by=by, now=now), len(rows)


@transaction.atomic
def keep_export(*, content: bytes, name: str, detail: dict, by: Posting, now: datetime) -> StoredFile:
    """Store the workbook and log who took out what, by which filter and how many rows."""
    stored = store_bytes(
        content=content,
        name=name,
        kind=FileKind.EXPORT,
        content_type=XLSX,
        by=by.person.user,
        now=now,
    )
    audit.record(by=by, verb="导出清单", subject=stored, detail=detail, now=now)
    return stored


@transaction.atomic
def record_export_download(*, stored: StoredFile, by: Posting, now: datetime) -> None:
    """The file leaves the system."""
    detail = {"文件": stored.name, "sha256": stored.sha256}
    audit.record(by=by, verb="下载导出文件", subject=stored, detail=detail, now=now)
