"""A round as a whole: what the lower apps open, and each unit's June 30 report beside it (五、保障措施末段)."""

from datetime import datetime
from typing import Any

from django.db import transaction

from campaigns.actions import campaigns
from campaigns.ground.workdays import load_calendar
from campaigns.models import Campaign, Posting
from reports.actions.submissions import open_submissions


@transaction.atomic
def begin_round(*, by: Posting | None, now: datetime, **facts: Any) -> Campaign:
    """campaigns.actions.campaigns.open_campaign with its `facts`, and the reports that are due. Raises NotAllowed as it does."""
    campaign = campaigns.open_campaign(by=by, now=now, **facts)
    open_submissions(campaign=campaign, calendar=load_calendar())
    return campaign


@transaction.atomic
def refresh_round(*, campaign: Campaign, by: Posting, now: datetime) -> dict[str, int]:
    """Roster, nodes and reports as units and people stand now; returns what became of the roster."""
    calendar = load_calendar()
    told = campaigns.refresh_plan(campaign=campaign, by=by, now=now, calendar=calendar)
    open_submissions(campaign=campaign, calendar=calendar)
    return told
