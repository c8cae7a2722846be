"""The wizard's steps: small files at once, large ones in the background, where only a worker opens them.

A run that is READING or WRITING belongs to its job. The job may be killed at any moment and start again: a preview
is rewritten, a confirmation is one transaction, and what is written is written once.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from campaigns.actions.imports import (
    XLSX,
    Importer,
    actor_of,
    check_can_import,
    confirm_import,
    fill_run,
    keep_file,
    read_content,
    refuse_run,
    stored_content,
)
from campaigns.actions.imports_sheets import known_labels
from campaigns.ground import audit
from campaigns.ground.files import FileKind, store_bytes
from campaigns.ground.jobs import Job, enqueue
from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.ground.sheets.mark import CannotMark, Marks, marked
from campaigns.ground.sheets.vet import BadFile
from campaigns.models import ImportRun, Posting
from campaigns.models.imports import ImportState
from campaigns.resources.widgets import Citizen, Phone

SMALL_BYTES = 256 << 10
SMALL_ROWS = 500
PREVIEW, WRITE = "import_preview", "import_write"
Report = Callable[[int, str], None]
Cell = tuple[str, str, str]


def receive_file(
    *, importer: Importer, content: bytes, name: str, mode: str, by: Posting, now: datetime
) -> ImportRun:
    """Take in an uploaded file. Up to 500 rows are previewed at once; of a larger one a worker makes the preview.

    Raises BadFile (small files only; a large one is refused on its page) and NotAllowed.
    """
    check_can_import(by)
    sheets = read_content(importer, content) if len(content) <= SMALL_BYTES else None
    with transaction.atomic():
        run = keep_file(importer=importer, content=content, name=name, mode=mode, by=by, now=now)
        if sheets is not None and sum(len(sheet.rows) for sheet in sheets) <= SMALL_ROWS:
            return fill_run(importer=importer, run=run, sheets=sheets, content=content, now=now)
        return _queue(run, PREVIEW, by=by, now=now)


@transaction.atomic
def preview_again(*, importer: Importer, run: ImportRun, by: Posting, now: datetime) -> ImportRun:
    """Plan the stored file once more: the data it refers to have changed, or its cells have been mended."""
    check_can_import(by)
    run = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if run.state not in (ImportState.PREVIEWED, ImportState.REFUSED):
        raise NotAllowed("已导入、已撤销或正在处理的文件不能重新预览；请重新上传。")
    run.state, run.made_at = ImportState.READING, now
    run.save(update_fields=["state", "made_at"])
    if run.file.size > SMALL_BYTES or run.counts.get("rows", 0) > SMALL_ROWS:
        return _queue(run, PREVIEW, by=by, now=now)
    return preview_stored(importer=importer, run=run, now=now)


def preview_stored(
    *, importer: Importer, run: ImportRun, now: datetime, report: Report = lambda *_: None
) -> ImportRun:
    """Read and plan the file of a run that is READING. An unreadable file is REFUSED, with its sentence."""
    report(5, "正在检查并读取文件")
    content = stored_content(run.file)
    try:
        sheets = read_content(importer, content)
    except BadFile as error:
        return refuse_run(run=run, sentence=str(error))
    report(35, f"正在逐行核对 {sum(len(sheet.rows) for sheet in sheets)} 行")
    return fill_run(importer=importer, run=run, sheets=sheets, content=content, now=now)


def confirm_or_queue(*, importer: Importer, run: ImportRun, by: Posting, now: datetime) -> ImportRun:
    """Write what was previewed: now, or above 500 rows by a worker. Raises Changed, NotAllowed."""
    check_can_import(by)
    if run.counts.get("rows", 0) <= SMALL_ROWS:
        return confirm_import(importer=importer, run=run, by=by, now=now)
    with transaction.atomic():
        waiting = ImportRun.objects.filter(pk=run.pk, state=ImportState.PREVIEWED)
        if waiting.update(state=ImportState.WRITING):
            _queue(run, WRITE, by=by, now=now)
    run.refresh_from_db()
    return run


def write_stored(
    *, importer: Importer, run: ImportRun, by: Posting, now: datetime, report: Report = lambda *_: None
) -> dict[str, bool]:
    """Write a run that is WRITING, whole or not at all; when the data moved, plan it anew for another look."""
    report(10, f"正在写入 {run.counts['rows']} 行，全部写完才生效")
    try:
        confirm_import(importer=importer, run=run, by=by, now=now)
    except Changed:
        ImportRun.objects.filter(pk=run.pk).update(state=ImportState.READING)
        run.refresh_from_db()
        preview_stored(importer=importer, run=run, now=now, report=report)
        return {"moved": True}
    return {"moved": False}


@transaction.atomic
def mend_cells(
    *, importer: Importer, run: ImportRun, cells: Sequence[Cell], by: Posting, now: datetime
) -> ImportRun:
    """Put other words into faulty cells (sheet, cell, text) of the stored file and plan it again.

    The file as it was sent is kept beside the mended one; only cells with a fault can be mended. Raises NotAllowed.
    """
    check_can_import(by)
    run = ImportRun.objects.select_for_update(of=("self",)).select_related("file").get(pk=run.pk)
    if run.state != ImportState.REFUSED:
        raise NotAllowed("只有“有错误，未导入”的文件可以在预览中修改。")
    faulty = {(error["sheet"] or "", error["cell"]): error for error in run.errors if error["column"]}
    if not cells or any((sheet, place) not in faulty for sheet, place, _ in cells):
        raise NotAllowed("没有可以修改的单元格；页面可能已经过期，请刷新后再改。")
    content = _mended(importer, stored_content(run.file), cells)
    _tell_mends(importer, run, cells, faulty, by=by, now=now)
    run.original = run.original or run.file
    run.file = store_bytes(
        content=content,
        name=f"{Path(run.original.name).stem}.xlsx",
        kind=FileKind.IMPORT,
        content_type=XLSX,
        by=actor_of(by),
        now=now,
    )
    run.save(update_fields=["file", "original"])
    return preview_again(importer=importer, run=run, by=by, now=now)


def _mended(importer: Importer, content: bytes, cells: Sequence[Cell]) -> bytes:
    orders: dict[str, Marks] = {}
    for sheet, place, text in cells:
        orders.setdefault(sheet, Marks(sheet)).values[place] = text
    try:
        return marked(content, list(orders.values()), known_labels(importer.resource()))
    except CannotMark as error:
        raise NotAllowed("这份文件不能在页面上修改；请下载退回文件，在 Excel 中改好后重新上传。") from error


def _tell_mends(
    importer: Importer, run: ImportRun, cells: Sequence[Cell], faulty: Mapping, *, by: Posting, now: datetime
) -> None:
    """Who changed which cell from what to what; phones and citizens' names masked as everywhere."""
    shapes = (importer.resource(), *(part() for part in importer.resource.parts))
    widgets = {column.column_name: column.widget for one in shapes for column in one.columns().values()}
    told = []
    for sheet, place, text in cells:
        error = faulty[sheet, place]
        before, after = error["value"] or "", text
        if isinstance(widgets.get(error["column"]), Phone | Citizen):
            before, after = (widgets[error["column"]].cell(words) for words in (before, after))
        told.append({"cell": place, "column": error["column"], "before": before, "after": after})
    audit.record(
        by=by, verb="预览中改格", subject=run, detail={"file": run.file.name, "cells": told}, now=now
    )


def _queue(run: ImportRun, kind: str, *, by: Posting, now: datetime) -> ImportRun:
    run.job = enqueue(kind=kind, by=actor_of(by), now=now, run=run.pk, posting=by.pk)
    run.save(update_fields=["job"])
    return run


def job_run(task: Job) -> ImportRun:
    """The run a job works on."""
    return ImportRun.objects.select_related("file", "made_by").get(pk=task.arguments["run"])


def job_posting(task: Job, on: date) -> Posting:
    """For whom a job writes. Raises NotAllowed when they have left the post since."""
    postings = Posting.objects.active(on).select_related("person__user", "organization")
    posting = postings.filter(pk=task.arguments["posting"], person__user=task.asked_by_id).first()
    if posting is None:
        raise NotAllowed("提交时使用的身份已经停用，请切换身份后重新提交。")
    return posting
