"""One day's work on the ledger: what lapses by itself, what is asked for again, then the chase over every clock (contract §7.2, §8)."""

import logging
from datetime import date, datetime

from django.db import DatabaseError, transaction

from campaigns.actions import chase
from campaigns.enums import CampaignState
from campaigns.ground.calendar import Calendar
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.workdays import load_calendar
from campaigns.models import Campaign
from issues.actions.ledger import lapse, start_clock
from issues.actions.verifying import stop_waiting
from issues.enums import LedgerState, RectifyKind
from issues.models import LedgerItem
from issues.moves import LASTING_DAYS

log = logging.getLogger(__name__)


def run_day(*, on: date, now: datetime, dry_run: bool = False, campaign: Campaign | None = None) -> dict:
    """Lapse overdue 立行立改 items, then chase. Safe to run twice; a dry run takes back what it wrote.

    `campaign` None: all that have begun. Returns the chase's counts (contract §2 run_chase). Rest days do nothing.
    """
    if dry_run:
        with transaction.atomic():
            result = run_day(on=on, now=now, campaign=campaign)
            transaction.set_rollback(True)
        return result
    calendar = load_calendar()
    if calendar.is_workday(on):
        _lapse_overdue(on, now, calendar, campaign)
        _ask_lasting(on, calendar, campaign)
        stop_waiting(on=on, now=now, calendar=calendar, campaign=campaign)
    return chase.run(on=on, now=now, campaign=campaign)


def _lapse_overdue(on: date, now: datetime, calendar: Calendar, campaign: Campaign | None) -> None:
    overdue = LedgerItem.objects.filter(
        state=LedgerState.PLANNING,
        rectify_kind=RectifyKind.QUICK,
        deadline__is_open=True,
        deadline__due_on__lt=on,
    ).exclude(campaign__state=CampaignState.DRAFT)
    if campaign is not None:
        overdue = overdue.filter(campaign=campaign)
    for item in overdue.order_by("pk"):
        try:
            lapse(item=item, on=on, now=now, calendar=calendar)
        except NotAllowed:
            log.info("立行立改 %s was quicker: done, or lapsed by another worker", item.number)
        except DatabaseError:
            log.exception("立行立改 %s could not lapse; left for the next day", item.number)


def _ask_lasting(on: date, calendar: Calendar, campaign: Campaign | None) -> None:
    """长期坚持 without a progress clock gets one: rows that are older than the rule, and imported ones."""
    silent = LedgerItem.objects.filter(
        state__in=list(LASTING_DAYS),
        rectify_kind=RectifyKind.LASTING,
        turn__isnull=True,
        campaign__state=CampaignState.OPEN,
    ).select_related("campaign", "responsible_unit", "turn")
    if campaign is not None:
        silent = silent.filter(campaign=campaign)
    for item in silent.order_by("pk"):
        start_clock(item=item, on=on, calendar=calendar)
