"""The worker's doors into this app: the clock is read here, the work is done below. Three lines a task."""

from datetime import datetime, time

from celery import shared_task
from django.utils import timezone

from campaigns.actions import campaigns, complaint_tasks, delivery, purge
from campaigns.ground import audit, jobs
from campaigns.models import Campaign


@shared_task(name=jobs.TASK)
def run_job(job_id: int) -> None:
    """Do the work of one Job row (a message that comes twice finds nothing to claim)."""
    jobs.run(job_id=job_id, now=timezone.now())


@shared_task(name="campaigns.reap_jobs")
def reap_jobs() -> dict[str, int]:
    """Send again what was lost or never sent."""
    return jobs.reap(now=timezone.now())


@shared_task(name="campaigns.start_day_work")
def start_day_work(kind: str, after: str) -> None:
    """Start today's work of `kind` once its hour ("08:30") has come, also late."""
    jobs.start_day_work(kind=kind, after=time.fromisoformat(after), now=timezone.now())


@shared_task(name="campaigns.deliver_notices")
def deliver_notices() -> dict[str, int]:
    """Empty the outbox."""
    return delivery.deliver_pending(now=timezone.now())


@shared_task(name="campaigns.seal_audit")
def seal_audit() -> int:
    """Chain the audit events of acts that have committed since the last time."""
    return audit.seal_pending(now=timezone.now())


@jobs.job("open_tasks")
def open_tasks(task: jobs.Job, *, now: datetime) -> dict | None:
    """Today's heaps of complaints and the 倒推办 they call for (hengyang_walkflow.schedule)."""
    if Campaign.objects.current() is None:
        return None
    return complaint_tasks.open_tasks(on=timezone.localtime(now).date(), now=now)


@jobs.job("plan")
def keep_plan(task: jobs.Job, *, now: datetime) -> dict:
    """Roster, nodes and their clocks of the open campaigns, once a day (hengyang_walkflow.schedule)."""
    return {"campaigns": campaigns.refresh_plans(now=now)}


@jobs.job("purge_phones")
def purge_phones(task: jobs.Job, *, now: datetime) -> dict:
    """Telephone numbers whose time is up are forgotten (hengyang_walkflow.schedule)."""
    return {"purged": purge.purge_phones(on=timezone.localtime(now).date(), now=now)}
