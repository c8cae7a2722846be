"""导出: asked for on a list page, written by the worker under the asker's own scope, kept for a week, logged.

Nothing or everything: the file is written beside the store and kept, with its audit line, in one transaction at the end.
"""

import tempfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.http import QueryDict

from campaigns.ground import audit
from campaigns.ground.files import FileKind, StoredFile, forget_file, store_file
from campaigns.ground.jobs import Job, JobState, enqueue, retry
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.sheets.csv_table import stream_csv
from campaigns.ground.sheets.stream import stream_workbook
from campaigns.ground.workdays import load_calendar
from campaigns.models import Posting
from reports.enums import SHORTEST_REASON
from reports.filter_words import words
from reports.listings import LISTINGS, Asked, Listing
from reports.workbooks import plain_sheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = {"xlsx": XLSX, "csv": "text/csv"}
DAYS_KEPT = 7
Telling = Callable[[int, int], None]


def check_can_export(*, kind: str, by: Posting, reason: str = "") -> Listing:
    """The list, if `by` has its page; with a `reason` also the personal data in it."""
    listing = LISTINGS.get(kind)
    if listing is None:
        raise NotAllowed("没有这个清单，不能导出。")
    if by.role not in listing.readers:
        raise NotAllowed(f"{listing.label}不在您当前身份（{by.get_role_display()}）的查看范围内。")
    if reason and not listing.may_open(by.role):
        raise NotAllowed("您当前的身份只能导出打码后的个人信息。")
    if reason and len(reason.strip()) < SHORTEST_REASON:
        raise NotAllowed(f"请写明为什么需要完整的个人信息（不少于 {SHORTEST_REASON} 个字）。")
    return listing


@transaction.atomic
def ask_for_export(
    *,
    kind: str,
    query: QueryDict,
    on: date,
    by: Posting,
    now: datetime,
    form: str = "xlsx",
    reason: str = "",
) -> Job:
    """Queue the export of a list as a job of kind "export". `query`: the page's filters; `reason`: why in full."""
    check_can_export(kind=kind, by=by, reason=reason)
    return enqueue(
        kind="export",
        by=by.person.user,
        now=now,
        listing=kind,
        query=query.urlencode(),
        on=on.isoformat(),
        posting=by.pk,
        form=form if form in FORMATS else "xlsx",
        reason=reason.strip(),
    )


def _quiet(done: int, total: int) -> None:
    """Nobody watches."""


def write_export(
    *,
    kind: str,
    query: QueryDict,
    on: date,
    by: Posting,
    now: datetime,
    form: str = "xlsx",
    reason: str = "",
    progress: Telling = _quiet,
) -> tuple[StoredFile, int]:
    """Write the file and keep it; returns it and its number of rows. Rights are looked at again."""
    listing = check_can_export(kind=kind, by=by, reason=reason)
    asked = Asked(posting=by, query=query, on=on, calendar=load_calendar())
    keys = listing.keys(asked)
    sheet = plain_sheet(
        name=listing.label,
        columns=listing.shown(in_full=bool(reason)),
        rows=_told(listing.batches(asked, keys), len(keys), progress),
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"export.{form}")
        with path.open("w+b") as target:
            rows = stream_csv(target, sheet) if form == "csv" else stream_workbook(target, [sheet])
        name = f"{listing.label}-{by.organization.label}-{on.isoformat()}.{form}"
        detail = {"清单": listing.label, "条件": words(query), "条数": rows}
        if form == "csv":
            detail["格式"] = "CSV"
        if reason:
            detail["完整个人信息事由"] = reason
        return keep_export(path=path, name=name, detail=detail, by=by, now=now), rows


def _told(batches: Iterator[list[Any]], total: int, progress: Telling) -> Iterator[Any]:
    done = 0
    for batch in batches:
        yield from batch
        done += len(batch)
        progress(done, total)


@transaction.atomic
def keep_export(*, path: Path, name: str, detail: dict, by: Posting, now: datetime) -> StoredFile:
    """Store the file and log who took out what, by which filter and how many rows."""
    stored = store_file(
        path=path,
        name=name,
        kind=FileKind.EXPORT,
        content_type=FORMATS.get(path.suffix[1:], "application/zip"),
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


def retry_export(*, job: Job, now: datetime) -> None:
    """One click starts a failed export again."""
    if job.state != JobState.FAILED or not retry(job_id=job.pk, now=now):
        raise NotAllowed("这个导出不需要重新生成。")


def purge_exports(*, now: datetime) -> int:
    """Forget exported files older than DAYS_KEPT; their lines in the list and in the audit log stay."""
    old = StoredFile.objects.filter(kind=FileKind.EXPORT, uploaded_at__lt=now - timedelta(days=DAYS_KEPT))
    count = 0
    for stored in old.order_by("pk").iterator():
        with transaction.atomic():
            forget_file(stored)
        count += 1
    return count
