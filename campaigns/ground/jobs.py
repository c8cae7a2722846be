"""A background task is a row before it is a message.

No broker keeps a running task through kill −9 by itself; the row, its heartbeat and the reaper do, on any.
So a job may run twice: its function must be safe to run again (house rule 8). What a job does stands in the
`tasks.py` of the app that knows it, registered with `@job("kind")`; here is only how it is kept, claimed,
watched and sent again.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, time, timedelta

from celery import current_app
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError, connection, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.timezone import localtime

from campaigns.ground.constraints import known_value, set_exactly_in
from campaigns.ground.refusal import NotAllowed

logger = logging.getLogger(__name__)

TASK = "campaigns.run_job"
MAX_ATTEMPTS = 5
LOST = f"作业连续 {MAX_ATTEMPTS} 次中途中断，已停止自动重试，请联系系统管理员查看日志后点“重试”。"
CRASHED = "作业执行时程序出错，详情已记入日志，请联系系统管理员。"
UNKNOWN = "系统中没有登记这一类作业，请联系系统管理员。"


class JobState(models.TextChoices):
    QUEUED = "QUEUED", "排队中"
    RUNNING = "RUNNING", "执行中"
    DONE = "DONE", "已完成"
    FAILED = "FAILED", "失败"
    CANCELLED = "CANCELLED", "已取消"


WAITING = (JobState.QUEUED, JobState.RUNNING)
FINISHED = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


class Stopped(Exception):
    """The job was cancelled, or given to another worker: leave off at once, write nothing more."""


class Job(models.Model):
    """One piece of background work: who asked, how far it is, how it ended."""

    kind = models.CharField("作业类型", max_length=40)
    key = models.CharField(
        "唯一键",
        max_length=120,
        null=True,
        blank=True,
        unique=True,
        help_text="同一键只排一次",
    )
    arguments = models.JSONField("参数", default=dict, blank=True, encoder=DjangoJSONEncoder)
    state = models.CharField("状态", max_length=10, choices=JobState, default=JobState.QUEUED)
    done = models.PositiveIntegerField("已处理", default=0)
    total = models.PositiveIntegerField("总数", default=0)
    message = models.CharField("进展说明", max_length=200, blank=True)
    result = models.JSONField("结果", null=True, blank=True, encoder=DjangoJSONEncoder)
    error = models.CharField("失败原因", max_length=500, blank=True)
    attempts = models.PositiveSmallIntegerField("执行次数", default=0)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="发起人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField("创建时间", db_index=True)
    sent_at = models.DateTimeField("发送时间", null=True, blank=True)
    started_at = models.DateTimeField("开始时间", null=True, blank=True)
    heartbeat_at = models.DateTimeField("心跳时间", null=True, blank=True)
    finished_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        app_label = "campaigns"
        verbose_name = verbose_name_plural = "后台作业"
        indexes = [
            models.Index(fields=["state"], condition=Q(state__in=list(WAITING)), name="job_waiting"),
        ]
        constraints = [
            known_value("state", JobState.values, name="job_state_known", message="作业状态不正确。"),
            set_exactly_in(
                "finished_at",
                FINISHED,
                name="job_finished_iff",
                message="已完成、失败或已取消的作业必须有结束时间，其余的不能有。",
            ),
            models.CheckConstraint(
                name="job_running_beats",
                condition=~Q(state=JobState.RUNNING)
                | Q(started_at__isnull=False, heartbeat_at__isnull=False),
                violation_error_message="执行中的作业必须有开始时间和心跳时间。",
            ),
            models.CheckConstraint(
                name="job_done_within_total",
                condition=Q(done__lte=F("total")),
                violation_error_message="已处理数不能大于总数。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}#{self.pk} {self.get_state_display()}"

    @property
    def is_finished(self) -> bool:
        return self.state in FINISHED

    @property
    def percent(self) -> int | None:
        """0…100; None while the total isn't known."""
        return self.done * 100 // self.total if self.total else None


Work = Callable[..., dict | None]
_WORK: dict[str, Work] = {}


def job(kind: str) -> Callable[[Work], Work]:
    """Register `function(job, *, now) -> dict | None` as the work of `kind`; the dict becomes Job.result."""

    def register(function: Work) -> Work:
        if kind in _WORK:
            raise ValueError(f"Two functions want to do the job {kind!r}.")
        _WORK[kind] = function
        return function

    return register


def enqueue(*, kind: str, by, now: datetime, key: str | None = None, **arguments) -> Job:
    """Write the row of a job in the caller's transaction; the message goes out when that commits.

    by: a User, or None for the schedule. key: a second job of the same key isn't made, the first is returned.
    arguments: anything JSON can hold (dates become text), read by the work from `job.arguments`.
    A broker that is down doesn't break the request: the reaper sends the row later.
    """
    row = {"kind": kind, "arguments": arguments, "asked_by": by, "created_at": now}
    if key is None:
        made, created = Job.objects.create(**row), True
    else:
        made, created = Job.objects.get_or_create(key=key, defaults=row)
    if created:
        transaction.on_commit(lambda: _send(made.pk, now))
    return made


def start_day_work(*, kind: str, after: time, now: datetime) -> Job | None:
    """Start the day's work of `kind` if its hour has come: once a day, however often and whoever asks.

    The key is `kind:date` (local date), argument `on` the date. A try that failed is made again, up to
    MAX_ATTEMPTS. Returns the day's job, or None before `after` (local time of day).
    """
    here = localtime(now)
    if here.time() < after:
        return None
    on = here.date().isoformat()
    today = enqueue(kind=kind, by=None, now=now, key=f"{kind}:{on}", on=on)
    if today.state == JobState.FAILED and today.attempts < MAX_ATTEMPTS:
        retry(job_id=today.pk, now=now)
    return today


def retry(*, job_id: int, now: datetime) -> bool:
    """Queue a failed or cancelled job again. False when it is neither (somebody was quicker)."""
    again = Job.objects.filter(pk=job_id, state__in=[JobState.FAILED, JobState.CANCELLED]).update(
        state=JobState.QUEUED, finished_at=None, sent_at=None, error="", done=0, total=0, message=""
    )
    if again:
        transaction.on_commit(lambda: _send(job_id, now))
    return bool(again)


def cancel(*, job_id: int, now: datetime) -> bool:
    """Stop a job that hasn't ended; one that runs stops at its next progress(). False if it had ended."""
    waiting = Job.objects.filter(pk=job_id, state__in=WAITING)
    return bool(waiting.update(state=JobState.CANCELLED, finished_at=now, message="已取消"))


def claim(*, job_id: int, now: datetime) -> Job | None:
    """Take a queued job for this worker by one conditional UPDATE; None when it isn't there to be taken."""
    taken = Job.objects.filter(pk=job_id, state=JobState.QUEUED).update(
        state=JobState.RUNNING, started_at=now, heartbeat_at=Now(), attempts=F("attempts") + 1
    )
    return Job.objects.get(pk=job_id) if taken else None


def progress(job: Job, *, done: int, total: int, message: str = "") -> None:
    """Show how far `job` is (also a heartbeat). Outside a transaction, or nobody sees it before that commits.

    Raises Stopped when the job was cancelled or has passed to another worker.
    """
    shown = _mine(job).update(done=min(done, total), total=total, message=message[:200], heartbeat_at=Now())
    if not shown:
        raise Stopped


def progress_aside(job: Job, *, done: int, total: int, message: str = "") -> None:
    """`progress` over a connection of its own: for work that reads within one transaction, where nobody would see it.

    Raises Stopped as `progress` does.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"progress-{job.pk}") as aside:
        aside.submit(_tell, job, done, total, message).result()


def _tell(job: Job, done: int, total: int, message: str) -> None:
    try:
        if Job.objects.filter(pk=job.pk).exists():  # not before the transaction that made it has committed
            progress(job, done=done, total=total, message=message)
    finally:
        connection.close()


def run(*, job_id: int, now: datetime) -> Job | None:
    """Claim a job, do its work, write down how it ended. Returns the job as claimed, None if it wasn't."""
    claimed = claim(job_id=job_id, now=now)
    if claimed is None:
        return None
    work = _WORK.get(claimed.kind)
    if work is None:
        _finish(claimed, JobState.FAILED, error=UNKNOWN)
        return claimed
    with _beating(claimed):
        try:
            result = work(claimed, now=now)
        except Stopped:
            logger.info("Job %s was stopped.", claimed.pk)
        except NotAllowed as refusal:
            _finish(claimed, JobState.FAILED, error=str(refusal)[:500])
        except Exception:
            logger.exception("Job %s (%s) broke.", claimed.pk, claimed.kind)
            _finish(claimed, JobState.FAILED, error=CRASHED)
        else:
            _finish(claimed, JobState.DONE, result=result)
    return claimed


def reap(*, now: datetime) -> dict[str, int]:
    """Send again what no worker has: lost its heartbeat, was never sent, or was sent and not begun.

    Returns counts: lost (put back in the queue), failed (lost MAX_ATTEMPTS times), sent.
    """
    stale = now - timedelta(seconds=settings.JOB_STALE_SECONDS)
    lost = Job.objects.filter(state=JobState.RUNNING, heartbeat_at__lt=stale)
    failed = lost.filter(attempts__gte=MAX_ATTEMPTS).update(
        state=JobState.FAILED, finished_at=now, error=LOST
    )
    requeued = lost.filter(attempts__lt=MAX_ATTEMPTS).update(
        state=JobState.QUEUED, sent_at=None, done=0, total=0, message="执行中断，重新排队"
    )
    # A job made a moment ago is about to be sent by the request that made it.
    moment_ago = now - timedelta(seconds=min(10, settings.JOB_STALE_SECONDS))
    unsent = Q(sent_at__isnull=True) & (Q(created_at__lt=moment_ago) | Q(attempts__gt=0))
    waiting = Job.objects.filter(unsent | Q(sent_at__lt=stale), state=JobState.QUEUED)
    sent = sum(_send(job_id, now) for job_id in waiting.order_by("pk").values_list("pk", flat=True)[:500])
    return {"lost": requeued, "failed": failed, "sent": sent}


def _send(job_id: int, now: datetime) -> bool:
    try:
        current_app.send_task(TASK, [job_id], retry=False)
    except Exception:  # whatever the broker's client raises: the row is safe, and the request must go on
        logger.warning("Job %s could not be sent; the reaper will try again.", job_id, exc_info=True)
        return False
    Job.objects.filter(pk=job_id).update(sent_at=now)
    return True


def _mine(job: Job):
    """The row of `job` while this worker still holds it: a job claimed again since has one attempt more."""
    return Job.objects.filter(pk=job.pk, state=JobState.RUNNING, attempts=job.attempts)


def _finish(job: Job, state: JobState, *, result: dict | None = None, error: str = "") -> None:
    _mine(job).update(state=state, finished_at=Now(), result=result, error=error)


@contextmanager
def _beating(job: Job) -> Iterator[None]:
    """Renew the heartbeat from a thread, so that a long step without progress() isn't taken for death."""
    stop = threading.Event()
    thread = threading.Thread(target=_beat, args=(job, stop), name=f"heartbeat-{job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=5)


def _beat(job: Job, stop: threading.Event) -> None:
    while not stop.wait(settings.JOB_HEARTBEAT_SECONDS):
        try:
            if not _mine(job).update(heartbeat_at=Now()):
                return
        except DatabaseError:
            logger.warning("Heartbeat of job %s failed.", job.pk, exc_info=True)
        finally:
            connection.close()
