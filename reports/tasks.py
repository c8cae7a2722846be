"""The worker's doors into this app: the clock is read here, the work is done below."""

from datetime import date, datetime

from django.http import QueryDict
from django.utils import timezone

from campaigns.ground.jobs import Job, job, progress, progress_aside
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.workdays import load_calendar
from campaigns.models import Campaign, Organization, Posting
from reports import truths
from reports.actions.archives import write_archive
from reports.actions.briefs import write_due_briefs
from reports.actions.exports import purge_exports, write_export
from reports.actions.package_mail import mail_package
from reports.actions.packages import build_package
from reports.actions.snapshots import take_snapshots
from reports.actions.submissions import open_missing_submissions
from reports.models import Package
from reports.package import STAGES


def posting_of(task: Job, now: datetime) -> Posting:
    """The posting the job was asked for by, as long as it still counts: rights are checked when work is done."""
    on = timezone.localtime(now).date()
    posting = (
        Posting.objects.active(on)
        .select_related("person__user", "organization")
        .filter(pk=task.arguments["posting"], person__user=task.asked_by_id)
        .first()
    )
    if posting is None:
        raise NotAllowed("提交时使用的身份已经停用，请切换身份后重新提交。")
    return posting


@job("package")
def package(task: Job, *, now: datetime) -> dict:
    """Build a 总结材料包 and keep it; the result names its row. Begun again it is built anew, from one moment."""

    def tell(stage: int, name: str) -> None:
        progress_aside(task, done=stage, total=STAGES, message=f"正在生成{name}")

    built = build_package(
        organization=Organization.objects.select_related("parent").get(pk=task.arguments["organization"]),
        campaign=Campaign.objects.get(pk=task.arguments["campaign"]),
        on=date.fromisoformat(task.arguments["on"]),
        with_files=task.arguments.get("with_files", False),
        by=posting_of(task, now),
        now=now,
        progress=tell,
    )
    progress(task, done=STAGES, total=STAGES, message="已完成")
    return {"package": built.pk, "name": built.file.name, "sha256": built.file.sha256}


@job("package_mail")
def package_mail(task: Job, *, now: datetime) -> dict:
    """Send a reported package to the address of 市审改办; a mail server that is down fails the job, 后台任务 retries it."""
    found = Package.objects.select_related("organization", "file").get(pk=task.arguments["package"])
    return {"to": mail_package(package=found, now=now)}


@job("export")
def export(task: Job, *, now: datetime) -> dict:
    """Write one list as a file; the result names the stored file."""
    stored, rows = write_export(
        kind=task.arguments["listing"],
        query=QueryDict(task.arguments["query"]),
        on=date.fromisoformat(task.arguments["on"]),
        form=task.arguments.get("form", "xlsx"),
        reason=task.arguments.get("reason", ""),
        by=posting_of(task, now),
        now=now,
        progress=lambda done, total: progress(task, done=done, total=total, message="正在生成"),
    )
    return {"file": stored.pk, "name": stored.name, "rows": rows}


@job("archive")
def archive(task: Job, *, now: datetime) -> dict:
    """Write the whole campaign as one zip; the result names the stored file."""
    stored, rows = write_archive(
        with_files=task.arguments["with_files"],
        on=date.fromisoformat(task.arguments["on"]),
        by=posting_of(task, now),
        now=now,
        progress=lambda done, total, name: progress(task, done=done, total=total, message=f"正在写{name}"),
    )
    return {"file": stored.pk, "name": stored.name, "rows": rows}


@job("purge_exports")
def purge_old_exports(task: Job, *, now: datetime) -> dict:
    """Exported files are kept for a week (hengyang_walkflow.schedule)."""
    return {"purged": purge_exports(now=now)}


@job("check_truths")
def check_truths(task: Job, *, now: datetime) -> dict:
    """The nightly look for what no constraint can keep (hengyang_walkflow.schedule)."""
    found = truths.check(list(Campaign.objects.order_by("pk")))
    return {"checked": found["checked"], "counts": found["counts"], "broken": found["broken"][:50]}


@job("snapshot")
def snapshot(task: Job, *, now: datetime) -> dict:
    """The day's figures, kept for comparison (hengyang_walkflow.schedule)."""
    on = timezone.localtime(now).date()
    return {
        campaign.code: take_snapshots(campaign=campaign, on=on)
        for campaign in Campaign.objects.filter(state="OPEN").order_by("pk")
    }


@job("submissions")
def keep_submissions(task: Job, *, now: datetime) -> dict:
    """A report with its clock for units that joined since (hengyang_walkflow.schedule)."""
    return {"opened": open_missing_submissions()}


@job("briefs")
def briefs(task: Job, *, now: datetime) -> dict:
    """周报 and 月报 of the periods that have ended (hengyang_walkflow.schedule)."""
    on, calendar = timezone.localtime(now).date(), load_calendar()
    return {
        campaign.code: write_due_briefs(campaign=campaign, on=on, now=now, calendar=calendar)
        for campaign in Campaign.objects.filter(state="OPEN").order_by("pk")
    }
