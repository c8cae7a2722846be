"""The Celery application. What runs when stands in schedule.py; what a task does, in each app's tasks.py."""

import fcntl
import os
from pathlib import Path

from celery import Celery
from celery.signals import beat_init, worker_ready
from django.conf import settings

from hengyang_walkflow.schedule import SCHEDULE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hengyang_walkflow.settings")

app = Celery("hengyang_walkflow")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = SCHEDULE
app.autodiscover_tasks()

_held = []


@worker_ready.connect
def send_what_was_left(**_kwargs) -> None:
    """A worker that starts asks at once for what its predecessor dropped."""
    app.send_task("campaigns.reap_jobs", retry=False)


@beat_init.connect
def wait_for_the_baton(**_kwargs) -> None:
    """One beat per data folder: a second one waits here until the first is gone, then takes over.

    On several machines two beats may still tick; every task of the schedule is safe against that.
    """
    lock = Path(settings.DATA_DIR, "beat.lock").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    _held.append(lock)
