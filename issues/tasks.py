"""The worker's doors into the ledger: the clock is read here, the work is done below."""

from datetime import datetime

from django.utils import timezone

from campaigns.ground.jobs import Job, job
from issues.actions import daily


@job("chase")
def chase(task: Job, *, now: datetime) -> dict:
    """Today's lapses and chase (hengyang_walkflow.schedule)."""
    return daily.run_day(on=timezone.localtime(now).date(), now=now)
