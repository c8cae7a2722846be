"""周报 and 月报: written by the schedule when a week or a month has ended, kept, told to those who lead."""

from datetime import date, datetime, timedelta

from django.db import transaction

from campaigns.actions.notices import notify
from campaigns.enums import OrganizationKind, Role
from campaigns.ground import audit
from campaigns.ground.calendar import Calendar
from campaigns.models import Campaign, Organization, Posting, User
from reports.brief_facts import brief_facts, ends_a_period
from reports.briefs import brief_paper
from reports.enums import KEPT_BRIEFS, BriefKind
from reports.models import Brief
from reports.papers.paper_json import to_json
from reports.scope import unit_scope

READERS = (Role.HEAD, Role.DEPUTY, Role.REFORM_OFFICE, Role.INSPECTOR)
LOOKED_BACK = 7  # days: a machine that was off on Monday writes the week's report when it is on again


def write_due_briefs(*, campaign: Campaign, on: date, now: datetime, calendar: Calendar) -> int:
    """Write the reports of periods that ended in the week before `on` and have none; returns how many.

    Safe to run again. The numbers are those of the moment of writing, so a report written late says the day it tells of.
    """
    days = [on - timedelta(days=back) for back in range(1, LOOKED_BACK + 1)]
    due = [(kind, day) for kind in KEPT_BRIEFS for day in days if _is_due(kind, day, campaign)]
    offices = Organization.objects.filter(kind__in=[OrganizationKind.CITY, OrganizationKind.COUNTY])
    written = 0
    for kind, day in due:
        have = Brief.objects.filter(campaign=campaign, kind=kind, on=day).values("organization")
        for office in offices.exclude(pk__in=have).select_related("parent").order_by("path"):
            write_brief(kind=kind, organization=office, campaign=campaign, on=day, now=now, calendar=calendar)
            written += 1
    return written


def _is_due(kind: str, day: date, campaign: Campaign) -> bool:
    return campaign.opens_on <= day and ends_a_period(kind, day)


@transaction.atomic
def write_brief(
    *, kind: str, organization: Organization, campaign: Campaign, on: date, now: datetime, calendar: Calendar
) -> Brief:
    """One report, kept; a second one of the period is the first."""
    paper = brief_paper(
        kind, brief_facts(kind, unit_scope(organization=organization, campaign=campaign, on=on), calendar)
    )
    brief, is_new = Brief.objects.get_or_create(
        campaign=campaign,
        organization=organization,
        kind=kind,
        on=on,
        defaults={"body": to_json(paper), "written_at": now},
    )
    if is_new:
        audit.record(
            by=None,
            verb=f"生成{BriefKind(kind).label}",
            subject=brief,
            detail={"截至": on.isoformat()},
            now=now,
        )
        seats = Posting.objects.active(on).filter(role__in=READERS, organization=organization)
        notify(
            to=User.objects.filter(pk__in=seats.values("person__user")),
            kind="BRIEF",
            text=f"{organization.label}走解优{BriefKind(kind).label}（截至{on.month}月{on.day}日）已生成。",
            link=brief.get_absolute_url(),
            now=now,
        )
    return brief
