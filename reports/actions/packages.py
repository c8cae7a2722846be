"""总结材料包: asked for, built, kept. Building only reads; what is written is the file, its row and the audit line."""

from collections.abc import Callable
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localtime

from campaigns.enums import Reach, Role
from campaigns.ground import audit
from campaigns.ground.files import FileKind, store_file
from campaigns.ground.jobs import WAITING, Job, cancel, enqueue, retry
from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.ground.uploads import Vetted
from campaigns.ground.workdays import load_calendar
from campaigns.models import Campaign, Organization, Posting
from reports.actions.scans import keep_scans
from reports.models import Package
from reports.package import Built, build

BUILDERS = (Role.REPORTER, Role.DEPUTY, Role.HEAD, Role.REFORM_OFFICE, Role.INSPECTOR)


def check_can_build(posting: Posting, organization: Organization) -> None:
    """A unit builds its own package, 审改办 and 督查室 those of their reach (contract §5)."""
    if posting.role not in BUILDERS:
        raise NotAllowed("总结材料包由本单位人员或审改办、督查室生成。")
    if not posting.covers(organization):
        raise NotAllowed(f"{organization.label}不在您的管辖范围内，不能生成它的总结材料包。")


def reach_for(posting: Posting, organization: Organization) -> str:
    """The unit's own package reaches as far as its people see, so that its rows equal their lists."""
    return posting.reach if organization.pk == posting.organization_id else Reach.SUBTREE


@transaction.atomic
def ask_for_package(
    *,
    organization: Organization,
    campaign: Campaign,
    on: date,
    by: Posting,
    now: datetime,
    with_files: bool = False,
) -> Job:
    """Queue the building of a package as a job of kind "package": one at a time for a unit.

    Raises NotAllowed while one is under way, whoever asked for it.
    """
    check_can_build(by, organization)
    Organization.objects.select_for_update(of=("self",)).get(pk=organization.pk)
    under_way = Job.objects.filter(
        kind="package", state__in=WAITING, arguments__organization=organization.pk
    ).first()
    if under_way is not None:
        raise NotAllowed(
            f"{organization.label}的材料包正在生成（{localtime(under_way.created_at):%H:%M} 提交），请等它完成或取消后再生成。"
        )
    return enqueue(
        kind="package",
        by=by.person.user,
        now=now,
        organization=organization.pk,
        label=organization.label,
        campaign=campaign.pk,
        on=on.isoformat(),
        posting=by.pk,
        with_files=with_files,
    )


def cancel_package(*, job: Job, now: datetime) -> None:
    """Stop one's own package under way; the worker leaves off at its next step and keeps nothing."""
    if not cancel(job_id=job.pk, now=now):
        raise Changed("这个任务已经结束，不用取消。")


@transaction.atomic
def again_package(*, job: Job, by: Posting, now: datetime) -> None:
    """One click starts a failed or cancelled package once more, with what was asked then."""
    organization = Organization.objects.select_for_update(of=("self",)).get(pk=job.arguments["organization"])
    check_can_build(by, organization)
    if Job.objects.filter(
        kind="package", state__in=WAITING, arguments__organization=organization.pk
    ).exists():
        raise NotAllowed(f"{organization.label}的材料包正在生成，请等它完成。")
    if not retry(job_id=job.pk, now=now):
        raise Changed("这个任务不需要重新生成。")


def build_package(
    *,
    organization: Organization,
    campaign: Campaign,
    on: date,
    by: Posting,
    now: datetime,
    with_files: bool = False,
    progress: Callable[[int, str], None] = lambda stage, name: None,
) -> Package:
    """Build the package and keep it. From unchanged rows the package kept before is returned, not a second one.

    Not atomic as a whole: the long reading comes first and shows its progress; the writing is one transaction.
    """
    check_can_build(by, organization)
    with build(
        organization=organization,
        campaign=campaign,
        on=on,
        calendar=load_calendar(),
        reach=reach_for(by, organization),
        with_files=with_files,
        progress=progress,
    ) as built:
        return keep_package(built=built, organization=organization, campaign=campaign, on=on, by=by, now=now)


@transaction.atomic
def keep_package(
    *, built: Built, organization: Organization, campaign: Campaign, on: date, by: Posting, now: datetime
) -> Package:
    """Store what was built; a job that ran twice finds its own row."""
    same = Package.objects.filter(
        campaign=campaign, organization=organization, on=on, file__sha256=built.sha256
    )
    kept = same.order_by("pk").first()
    if kept is None:
        user = by.person.user
        stored = store_file(
            path=built.path,
            name=built.name,
            kind=FileKind.PACKAGE,
            content_type="application/zip",
            by=user,
            now=now,
        )
        kept = Package.objects.create(
            campaign=campaign,
            organization=organization,
            on=on,
            file=stored,
            manifest=built.manifest,
            built_at=now,
            built_by=user,
        )
    audit.record(
        by=by,
        verb="生成总结材料包",
        subject=kept,
        detail={"on": on.isoformat(), "sha256": built.sha256},
        now=now,
    )
    return kept


@transaction.atomic
def add_scans(*, package: Package, files: list[Vetted], by: Posting, now: datetime) -> Package:
    """Signed and stamped scans beside a package; its own bytes stay. A scan sent twice is kept once."""
    check_can_build(by, package.organization)
    row = Package.objects.select_for_update(of=("self",)).select_related("organization").get(pk=package.pk)
    if not files:
        raise NotAllowed("请选择要上传的扫描件。")
    keep_scans(row.scans, files, by=by, now=now)
    detail = {"单位": row.organization.code, "扫描件": [vetted.name for vetted in files]}
    audit.record(by=by, verb="上传材料包扫描件", subject=row, detail=detail, now=now)
    return row


@transaction.atomic
def record_download(*, package: Package, by: Posting, now: datetime) -> None:
    """A package leaves the system: the log says which and to whom."""
    detail = {"organization": package.organization.code, "sha256": package.file.sha256}
    audit.record(by=by, verb="下载总结材料包", subject=package, detail=detail, now=now)
