"""Jobs: kept in the business transaction, done once, never lost. The kill test uses real processes."""

import threading
import time as clock
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from kombu.exceptions import OperationalError

from campaigns import tasks
from campaigns.ground import jobs
from campaigns.ground.jobs import Job, JobState
from campaigns.ground.refusal import NotAllowed
from hengyang_walkflow.schedule import SCHEDULE
from hengyang_walkflow.tests.workers import Worker, wait

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # 10:00 in Hengyang


@pytest.fixture
def sent(monkeypatch):
    """Ids of the jobs whose message went out."""
    ids: list[int] = []
    monkeypatch.setattr(jobs.current_app, "send_task", lambda name, args, **_options: ids.append(args[0]))
    return ids


@pytest.fixture
def work(monkeypatch):
    """A registry of this test's own: work["kind"] = function."""
    registry: dict = {}
    monkeypatch.setattr(jobs, "_WORK", registry)
    return registry


@pytest.fixture
def queued(db):
    return Job.objects.create(kind="demo", created_at=NOW, sent_at=NOW)


# — the row —


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("job_state_known", {"state": "HALF", "finished_at": None}),
        ("job_finished_iff", {"state": JobState.DONE, "finished_at": None}),
        ("job_finished_iff", {"state": JobState.QUEUED, "finished_at": NOW}),
        ("job_running_beats", {"state": JobState.RUNNING, "heartbeat_at": None}),
        ("job_done_within_total", {"done": 3, "total": 2}),
    ],
)
def test_the_database_refuses(constraint, wrong):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Job.objects.create(kind="demo", created_at=NOW, **wrong)


@pytest.mark.django_db
def test_a_key_is_taken_once():
    Job.objects.create(kind="demo", key="demo:1", created_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.create(kind="demo", key="demo:1", created_at=NOW)


# — asking —


def test_the_message_goes_out_when_the_business_commits(db, sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        asked = jobs.enqueue(kind="demo", by=None, now=NOW, organization="430400-031")
        assert sent == []
    asked.refresh_from_db()
    assert sent == [asked.pk]
    assert asked.sent_at == NOW
    assert asked.arguments == {"organization": "430400-031"}
    assert asked.percent is None


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_business_leaves_no_job(sent):
    class Refused(Exception):
        pass

    @transaction.atomic
    def business():
        jobs.enqueue(kind="demo", by=None, now=NOW)
        raise Refused

    with pytest.raises(Refused):
        business()
    assert sent == []
    assert not Job.objects.exists()


def test_a_broker_that_is_down_costs_nothing_but_time(db, monkeypatch, django_capture_on_commit_callbacks):
    def refuse(*_args, **_options):
        raise OperationalError("no broker")

    monkeypatch.setattr(jobs.current_app, "send_task", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        asked = jobs.enqueue(kind="demo", by=None, now=NOW)
    asked.refresh_from_db()
    assert asked.state == JobState.QUEUED
    assert asked.sent_at is None

    again: list[int] = []
    monkeypatch.setattr(jobs.current_app, "send_task", lambda name, args, **_options: again.append(args[0]))
    assert jobs.reap(now=NOW + timedelta(seconds=11)) == {"lost": 0, "failed": 0, "sent": 1}
    assert again == [asked.pk]


# — doing —


def test_a_job_is_done_once_however_often_its_message_comes(queued, work):
    calls = []

    def count(job, *, now):
        calls.append(job.pk)
        jobs.progress(job, done=1, total=2, message="一半")
        return {"rows": 7}

    work["demo"] = count
    for _ in range(3):
        jobs.run(job_id=queued.pk, now=NOW)
    queued.refresh_from_db()
    assert calls == [queued.pk]
    assert (queued.state, queued.result, queued.attempts) == (JobState.DONE, {"rows": 7}, 1)
    assert (queued.percent, queued.message) == (50, "一半")
    assert queued.finished_at is not None


@pytest.mark.parametrize(
    ("error", "sentence"),
    [(NotAllowed("材料包尚无可写内容。"), "材料包尚无可写内容。"), (ZeroDivisionError(), jobs.CRASHED)],
)
def test_a_job_that_fails_says_why_and_can_be_tried_again(queued, work, sent, error, sentence):
    def fail(job, *, now):
        raise error

    work["demo"] = fail
    jobs.run(job_id=queued.pk, now=NOW)
    queued.refresh_from_db()
    assert (queued.state, queued.error) == (JobState.FAILED, sentence)

    work["demo"] = lambda job, *, now: {}
    assert jobs.retry(job_id=queued.pk, now=NOW)
    assert not jobs.retry(job_id=queued.pk, now=NOW)
    jobs.run(job_id=queued.pk, now=NOW)
    queued.refresh_from_db()
    assert (queued.state, queued.error, queued.attempts) == (JobState.DONE, "", 2)


def test_an_unknown_kind_fails_in_words(queued, work):
    jobs.run(job_id=queued.pk, now=NOW)
    queued.refresh_from_db()
    assert (queued.state, queued.error) == (JobState.FAILED, jobs.UNKNOWN)


def test_two_functions_cannot_do_one_kind(work):
    jobs.job("demo")(print)
    with pytest.raises(ValueError, match="demo"):
        jobs.job("demo")(print)


def test_a_cancelled_job_stops_at_its_next_step(queued, work):
    steps = []

    def walk(job, *, now):
        for step in range(1, 4):
            steps.append(step)
            if step == 2:
                assert jobs.cancel(job_id=job.pk, now=now)
            jobs.progress(job, done=step, total=3)

    work["demo"] = walk
    jobs.run(job_id=queued.pk, now=NOW)
    queued.refresh_from_db()
    assert steps == [1, 2]
    assert queued.state == JobState.CANCELLED
    assert not jobs.cancel(job_id=queued.pk, now=NOW)


def test_a_worker_that_was_given_up_cannot_finish_the_job(queued):
    """It slept longer than its heartbeat allows; another worker has the job now."""
    sleeper = jobs.claim(job_id=queued.pk, now=NOW)
    Job.objects.filter(pk=queued.pk).update(state=JobState.QUEUED)
    other = jobs.claim(job_id=queued.pk, now=NOW)
    jobs._finish(sleeper, JobState.FAILED, error="太晚了")
    with pytest.raises(jobs.Stopped):
        jobs.progress(sleeper, done=1, total=1)
    queued.refresh_from_db()
    assert (queued.state, queued.attempts) == (JobState.RUNNING, other.attempts)


@pytest.mark.django_db(transaction=True)
def test_two_workers_and_one_claim():
    asked = Job.objects.create(kind="demo", created_at=NOW)
    barrier, claimed = threading.Barrier(4), []

    def grab():
        barrier.wait()
        claimed.append(jobs.claim(job_id=asked.pk, now=NOW))
        connection.close()

    threads = [threading.Thread(target=grab) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(job is not None for job in claimed) == 1


# — the reaper —


def _running(**fields) -> Job:
    return Job.objects.create(
        kind="demo", state=JobState.RUNNING, created_at=NOW, started_at=NOW, sent_at=NOW, **fields
    )


@pytest.mark.django_db
def test_what_lost_its_heartbeat_is_sent_again_and_at_last_given_up(sent):
    alive = _running(heartbeat_at=NOW, attempts=1)
    dead = _running(heartbeat_at=NOW - timedelta(seconds=61), attempts=1)
    hopeless = _running(heartbeat_at=NOW - timedelta(seconds=61), attempts=jobs.MAX_ATTEMPTS)
    assert jobs.reap(now=NOW) == {"lost": 1, "failed": 1, "sent": 1}
    assert sent == [dead.pk]
    states = dict(Job.objects.values_list("pk", "state"))
    assert states == {alive.pk: "RUNNING", dead.pk: "QUEUED", hopeless.pk: "FAILED"}
    assert Job.objects.get(pk=hopeless.pk).error == jobs.LOST
    assert jobs.reap(now=NOW) == {"lost": 0, "failed": 0, "sent": 0}


@pytest.mark.django_db
def test_what_was_sent_but_not_begun_is_sent_again(sent):
    waiting = Job.objects.create(kind="demo", created_at=NOW, sent_at=NOW)
    jobs.reap(now=NOW + timedelta(seconds=59))
    assert sent == []
    jobs.reap(now=NOW + timedelta(seconds=61))
    assert sent == [waiting.pk]


@pytest.mark.django_db
def test_a_job_made_this_second_is_left_to_its_own_request(sent):
    Job.objects.create(kind="demo", created_at=NOW)
    jobs.reap(now=NOW + timedelta(seconds=1))
    assert sent == []


# — the schedule —


def test_the_days_work_is_begun_once_whoever_ticks(db, sent, django_capture_on_commit_callbacks):
    """A second beat, the catch-up tick, a late machine: one row, one message."""
    before = NOW - timedelta(hours=2)
    assert jobs.start_day_work(kind="chase", after=time(8, 30), now=before) is None
    with django_capture_on_commit_callbacks(execute=True):
        ticks = [jobs.start_day_work(kind="chase", after=time(8, 30), now=NOW) for _ in range(3)]
    assert {tick.pk for tick in ticks} == set(sent)
    assert len(sent) == 1
    assert (ticks[0].key, ticks[0].arguments) == ("chase:2026-11-23", {"on": "2026-11-23"})
    tomorrow = jobs.start_day_work(kind="chase", after=time(8, 30), now=NOW + timedelta(days=1))
    assert tomorrow.pk != ticks[0].pk


@pytest.mark.django_db
def test_a_failed_day_is_tried_again_but_not_for_ever(work, sent):
    def fail(job, *, now):
        raise OSError

    work["chase"] = fail
    for _ in range(jobs.MAX_ATTEMPTS + 3):
        today = jobs.start_day_work(kind="chase", after=time(8, 30), now=NOW)
        jobs.run(job_id=today.pk, now=NOW)
    today.refresh_from_db()
    assert (today.state, today.attempts) == (JobState.FAILED, jobs.MAX_ATTEMPTS)


def test_every_line_of_the_schedule_names_a_task_and_dies_with_its_turn():
    known = {task.name for task in vars(tasks).values() if hasattr(task, "apply_async")}
    assert {line["task"] for line in SCHEDULE.values()} <= known
    assert all(line["options"]["expires"] for line in SCHEDULE.values())


# — kill −9 —


@pytest.fixture
def worker(tmp_path):
    worker = Worker(tmp_path, "hengyang_walkflow.tests.slow_job")
    yield worker
    worker.kill()


@pytest.mark.django_db(transaction=True)
def test_a_job_whose_worker_is_killed_is_done_after_the_next_start(worker, tmp_path):
    """kill −9 in the middle of a job: the broker has forgotten it, the row has not."""
    asked = Job.objects.create(kind="slow", created_at=datetime.now(UTC) - timedelta(minutes=1))
    begun, may_end = tmp_path / "begun", tmp_path / "may-end"
    worker.start()
    wait(begun.exists)
    worker.kill()
    asked.refresh_from_db()
    assert asked.state == JobState.RUNNING

    may_end.touch()
    clock.sleep(0.7)  # the heartbeat goes stale
    worker.start()
    wait(lambda: Job.objects.get(pk=asked.pk).is_finished)
    asked.refresh_from_db()
    assert (asked.state, asked.attempts, asked.result) == (JobState.DONE, 2, {"begun": 2})
