"""总结材料包: asked for, built, kept. Building only reads; what is written is the file, its row and the audit line."""

from collections.abc import Callable
from datetime import date, datetime

from django.db import transaction

from campaigns.enums import Reach, Role
from campaigns.ground import audit
from campaigns.ground.files import FileKind, store_bytes
from campaigns.ground.jobs import Job, enqueue
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.workdays import load_calendar
from campaigns.models import Campaign, Organization, Posting
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
    *, organization: Organization, campaign: Campaign, on: date, by: Posting, now: datetime
) -> Job:
    """Queue the building of a package as a job of kind "package"."""
    check_can_build(by, organization)
    return enqueue(
        kind="package",
        by=by.person.user,
        now=now,
        organization=organization.pk,
        label=organization.label,
        campaign=campaign.pk,
        on=on.isoformat(),
        posting=by.pk,
    )


def build_package(
    *,
    organization: Organization,
    campaign: Campaign,
    on: date,
    by: Posting,
    now: datetime,
    progress: Callable[[int, str], None] = lambda stage, name: None,
) -> Package:
    """Build the package and keep it. From unchanged rows the package kept before is returned, not a second one.

    Not atomic as a whole: the long reading comes first and shows its progress; the writing is one transaction.
    """
    check_can_build(by, organization)
    built = build(
        organization=organization,
        campaign=campaign,
        on=on,
        calendar=load_calendar(),
        reach=reach_for(by, organization),
        progress=progress,
    )
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
        stored = store_bytes(
            content=built.content,
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
def record_download(*, package: Package, by: Posting, now: datetime) -> None:
    """A package leaves the system: the log says which and to whom."""
    detail = {"organization": package.organization.code, "sha256": package.file.sha256}
    audit.record(by=by, verb="下载总结材料包", subject=package, detail=detail, now=now)
