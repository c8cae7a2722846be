"""The June 30 report: opened with the campaign, drafted by the unit, reported by its head, received or returned.

衡政办函〔2022〕16号 五(四)末段. One engine chases it (contract §8): 上报 settles the clock, 退回 starts it again.
"""

from datetime import date, datetime

from django.db import transaction

from campaigns.actions.audience import Audience
from campaigns.actions.deadlines import given_back, open_deadline, reopen_deadline, settle
from campaigns.actions.notices import notify
from campaigns.enums import CampaignState, OrganizationKind, Role
from campaigns.ground import audit
from campaigns.ground.calendar import Calendar
from campaigns.ground.clock import day_of
from campaigns.ground.deadlines import DeadlineKind
from campaigns.ground.files import StoredFile
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.uploads import Vetted
from campaigns.ground.workdays import load_calendar
from campaigns.models import Campaign, Milestone, Organization, Posting, User
from reports.actions.package_mail import ask_for_mail
from reports.actions.packages import build_package
from reports.actions.scans import keep_scans
from reports.enums import SubmissionState
from reports.models import Package, Submission, SubmissionEntry
from reports.submission_rights import check_can_decide, check_can_report, check_can_write

NODE = "report"  # campaigns.nodes: 总结上报


@transaction.atomic
def open_submissions(*, campaign: Campaign, calendar: Calendar) -> int:
    """A draft with its clock for every participating unit that has none; returns how many. Safe to run again.

    市政府 itself and 上级单位 report to nobody (五(四): 县市区、市直单位).
    """
    units = Organization.objects.filter(participations__campaign=campaign, closed_on__isnull=True)
    units = units.exclude(kind__in=[OrganizationKind.CITY, OrganizationKind.SUPERIOR])
    missing = units.exclude(submissions__campaign=campaign).order_by("path")
    due_on = _due_on(campaign)
    for unit in missing:
        submission = Submission.objects.create(campaign=campaign, organization=unit)
        submission.deadline = open_deadline(
            kind=DeadlineKind.SUBMISSION,
            title=f"{unit.label}总结材料上报",
            link=submission.get_absolute_url(),
            campaign=campaign,
            organization=unit,
            starts_on=campaign.opens_on,
            due_on=due_on,
            calendar=calendar,
        )
        submission.save(update_fields=["deadline"])
    return len(missing)


def open_missing_submissions() -> int:
    """The day's work: units that joined after the start get their report, too; returns how many."""
    calendar = load_calendar()
    campaigns = list(Campaign.objects.filter(state=CampaignState.OPEN).order_by("pk"))
    return sum(open_submissions(campaign=campaign, calendar=calendar) for campaign in campaigns)


def _due_on(campaign: Campaign) -> date:
    """The node's day, wherever it has been moved to."""
    node = Milestone.objects.filter(campaign=campaign, key=NODE).first()
    return node.due_on if node else campaign.closes_on


@transaction.atomic
def save_words(
    *, submission: Submission, plan: str, words: str, files: list[Vetted], by: Posting, now: datetime
) -> Submission:
    """The unit's own words, and scans on top of those there are. A scan sent twice is kept once."""
    row = _locked(submission)
    check_can_write(by, row)
    keep_scans(row.files, files, by=by, now=now)
    row.plan, row.words = plan, words
    row.save(update_fields=["plan", "words"])
    told = {"单位": row.organization.code, "新增扫描件": [vetted.name for vetted in files]}
    audit.record(by=by, verb="保存上报材料", subject=row, detail=told, now=now)
    return row


@transaction.atomic
def remove_file(*, submission: Submission, file: StoredFile, by: Posting, now: datetime) -> None:
    """Take a scan out of the draft; what was reported with it before is still named in the history."""
    row = _locked(submission)
    check_can_write(by, row)
    row.files.remove(file)
    detail = {"单位": row.organization.code, "文件": file.name, "SHA-256": file.sha256}
    audit.record(by=by, verb="移除扫描件", subject=row, detail=detail, now=now)


def report(*, submission: Submission, by: Posting, now: datetime) -> Submission:
    """上报: the unit's package is built and frozen, its clock stops; late once is late for ever.

    Not atomic as a whole: the long reading comes first, the writing is one transaction (reports.actions.packages).
    """
    check_can_report(by, submission)
    package = build_package(
        organization=submission.organization, campaign=submission.campaign, on=day_of(now), by=by, now=now
    )
    return _report(submission=submission, package=package, by=by, now=now)


@transaction.atomic
def _report(*, submission: Submission, package: Package, by: Posting, now: datetime) -> Submission:
    row, on = _locked(submission), day_of(now)
    check_can_report(by, row)
    late = row.deadline is not None and on > row.deadline.due_on
    row.state, row.package = SubmissionState.SUBMITTED, package
    row.submitted_at, row.submitted_by = now, by.person.user
    row.decided_at, row.decided_by, row.reason = None, None, ""
    row.is_late = row.is_late or late
    row.save()
    if row.deadline is not None:
        settle(deadline=row.deadline, on=max(on, row.deadline.starts_on))
    scans = row.files.order_by("pk").values("name", "sha256")
    content = {"plan": row.plan, "words": row.words, "files": list(scans)}
    _note(row, by, now, package=package, content=content, is_late=late)
    told = {"单位": row.organization.code, "SHA-256": package.file.sha256, "逾期": late}
    audit.record(by=by, verb="上报总结材料", subject=row, detail=told, now=now)
    ask_for_mail(package=package, now=now)
    _tell(row, _offices(row, on), f"{row.organization.label}已上报总结材料，请接收或退回。", now)
    return row


@transaction.atomic
def accept(*, submission: Submission, by: Posting, now: datetime) -> Submission:
    """接收. Raises NotAllowed for people of the unit and for an office that isn't over it."""
    row = _decided(submission, SubmissionState.ACCEPTED, by, now)
    audit.record(by=by, verb="接收总结材料", subject=row, detail={"单位": row.organization.code}, now=now)
    _tell(row, _unit(row, day_of(now)), "本单位上报的总结材料已接收。", now)
    return row


@transaction.atomic
def send_back(
    *, submission: Submission, reason: str, by: Posting, now: datetime, calendar: Calendar
) -> Submission:
    """退回 with a reason: the working days that were left, at least 3, run again (as contract §7.5)."""
    reason = " ".join(reason.split())
    if not reason:
        raise NotAllowed("请写明退回原因。")
    row, on = _decided(submission, SubmissionState.RETURNED, by, now, reason), day_of(now)
    clock = row.deadline
    if clock is not None and not clock.is_open:
        due_on = given_back(due_on=clock.due_on, stopped_on=clock.settled_on, on=on, calendar=calendar)
        due_on = max(due_on, _due_on(row.campaign))
        reopen_deadline(
            deadline=clock, due_on=due_on, calendar=calendar, on=on, reason=f"上报材料退回：{reason}"
        )
    told = {"单位": row.organization.code, "原因": reason}
    audit.record(by=by, verb="退回总结材料", subject=row, detail=told, now=now)
    _tell(row, _unit(row, on), f"本单位上报的总结材料被退回：{reason}", now)
    return row


def _decided(
    submission: Submission, target: SubmissionState, by: Posting, now: datetime, reason: str = ""
) -> Submission:
    row = _locked(submission)
    check_can_decide(by, row)
    row.state, row.reason = target, reason
    row.decided_at, row.decided_by = now, by.person.user
    row.save(update_fields=["state", "reason", "decided_at", "decided_by"])
    _note(row, by, now, note=reason)
    return row


def _locked(submission: Submission) -> Submission:
    """The row as it is now, locked: two people at once follow each other."""
    rows = Submission.objects.select_for_update(of=("self",))
    return rows.select_related("organization__parent", "campaign", "deadline").get(pk=submission.pk)


def _note(row: Submission, by: Posting, now: datetime, **facts) -> None:
    who = f"{by.person.name}（{by.organization.label} {by.role_label}）"
    SubmissionEntry.objects.create(
        submission=row, target=row.state, at=now, by=by.person.user, who=who[:200], **facts
    )


def _offices(row: Submission, on: date) -> list[int]:
    """Who receives it: the nearest 审改办; of a county the city's; where 审改办 itself sits, 督查室."""
    unit, audience = row.organization, Audience(on)
    if unit.kind == OrganizationKind.COUNTY and unit.parent_id:
        return audience.nearest(Role.REFORM_OFFICE, unit.parent, own_too=True)
    return audience.nearest(Role.REFORM_OFFICE, unit) or audience.nearest(Role.INSPECTOR, unit)


def _unit(row: Submission, on: date) -> list[int]:
    audience = Audience(on)
    return [user for role in (Role.REPORTER, Role.HEAD) for user in audience.in_unit(role, row.organization)]


def _tell(row: Submission, users: list[int], text: str, now: datetime) -> None:
    notify(
        to=User.objects.filter(pk__in=users),
        kind="SUBMISSION",
        text=text,
        link=row.get_absolute_url(),
        now=now,
    )
