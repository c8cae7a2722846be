"""The worker's doors into the ledger: the clock is read here, the work is done below."""

from datetime import datetime

from django.utils import timezone

from campaigns.actions import imports_work
from campaigns.actions.imports_undo import UNDO
from campaigns.actions.imports_undo import undo_import as undo
from campaigns.ground.jobs import Job, job, progress
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Campaign, Posting
from issues.actions import collecting, daily, followups, followups_hearing, recurrences
from issues.actions.clues import raise_clues
from issues.actions.imports import IMPORTERS
from issues.actions.imports_undo import UNDOINGS
from issues.models import Collection


@job("chase")
def chase(task: Job, *, now: datetime) -> dict:
    """Today's lapses and chase (hengyang_walkflow.schedule)."""
    return daily.run_day(on=timezone.localtime(now).date(), now=now)


@job("collect")
def collect(task: Job, *, now: datetime) -> dict:
    """Look at every file of a heap that was handed over (一键收表)."""
    heap = Collection.objects.get(pk=task.arguments["collection"])
    counts = collecting.look_through(
        collection=heap,
        now=now,
        progress=lambda done, total, name: progress(task, done=done, total=total, message=f"正在核对 {name}"),
    )
    return {"collection": heap.pk, **counts}


@job("collect_commit")
def collect_commit(task: Job, *, now: datetime) -> dict:
    """Enter the files of a heap that have neither questions nor faults, each as a whole."""
    on = timezone.localtime(now).date()
    posting = (
        Posting.objects.active(on)
        .select_related("person__user", "organization")
        .filter(pk=task.arguments["posting"], person__user=task.asked_by_id)
        .first()
    )
    if posting is None:
        raise NotAllowed("提交时使用的身份已经停用，请切换身份后重新提交。")
    heap = Collection.objects.visible_to(posting).get(pk=task.arguments["collection"])
    counts = collecting.commit_ready(
        collection=heap,
        by=posting,
        now=now,
        progress=lambda done, total, name: progress(task, done=done, total=total, message=f"正在入账 {name}"),
    )
    return {"collection": heap.pk, **counts}


def _reporter(task: Job) -> imports_work.Report:
    """How far a job is, in hundredths."""
    return lambda done, message: progress(task, done=done, total=100, message=message)


@job(imports_work.PREVIEW)
def preview_import(task: Job, *, now: datetime) -> None:
    """Read and plan a large file somebody has sent to the wizard."""
    run = imports_work.job_run(task)
    imports_work.preview_stored(importer=IMPORTERS[run.kind], run=run, now=now, report=_reporter(task))


@job(imports_work.WRITE)
def write_import(task: Job, *, now: datetime) -> dict:
    """Write a large file whose preview was confirmed."""
    run = imports_work.job_run(task)
    posting = imports_work.job_posting(task, timezone.localtime(now).date())
    return imports_work.write_stored(
        importer=IMPORTERS[run.kind], run=run, by=posting, now=now, report=_reporter(task)
    )


@job(UNDO)
def undo_import(task: Job, *, now: datetime) -> None:
    """Take back a large import."""
    run = imports_work.job_run(task)
    posting = imports_work.job_posting(task, timezone.localtime(now).date())
    _reporter(task)(10, "正在撤销")
    undo(importer=IMPORTERS[run.kind], undoing=UNDOINGS[run.kind], run=run, by=posting, now=now)


@job("list_recurrences")
def list_recurrences(task: Job, *, now: datetime) -> dict:
    """Problems that look like earlier ones and that nobody was asked about, listed for 审改办."""
    return recurrences.list_recurrences(now=now)


@job("raise_clues")
def find_clues(task: Job, *, now: datetime) -> dict | None:
    """The day's 疑点 (hengyang_walkflow.schedule); only the counts stay with the job."""
    if Campaign.objects.current() is None:
        return None
    told = raise_clues(on=timezone.localtime(now).date(), now=now)
    return {"sessions": told["sessions"], "clues": len(told["clues"]), "by_rule": told["by_rule"]}


@job("follow_up")
def follow_up(task: Job, *, now: datetime) -> dict:
    """The day's 回访: closed as 未接通, reopened unheard, opened (hengyang_walkflow.schedule)."""
    counts = {"silent": followups.close_silent(now=now)}
    counts["reopened"] = followups_hearing.take_back_unexplained(now=now)
    return counts | followups.open_due(now=now)
