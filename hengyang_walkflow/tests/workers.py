"""A real worker process for the kill tests: on the test's database, killed with −9 when the test says so."""

import os
import signal
import subprocess
import sys
import time as clock
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import connection


class Worker:
    """A worker on the test database and on a broker of its own in `folder`; `loaded` is a module it imports besides.

    What that module has to wait for or to say goes through files in the folder KILL_FOLDER.
    """

    def __init__(self, folder: Path, loaded: str):
        self.folder, self.loaded = folder, loaded
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        environment = os.environ | {
            "DATABASE_URL": url_of_test_database(),
            "DATA_DIR": str(self.folder),
            "MEDIA_ROOT": str(settings.MEDIA_ROOT),
            "FIELD_KEYS": ",".join(settings.FIELD_KEYS),
            "JOB_HEARTBEAT_SECONDS": "0.2",
            "JOB_STALE_SECONDS": "0.6",
            "KILL_FOLDER": str(self.folder),
        }
        command = "-m celery -q -A hengyang_walkflow worker -P threads -c 2 -l WARNING --without-mingle"
        command += f" --without-gossip --without-heartbeat -I {self.loaded}"
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", *command.split()],
            cwd=settings.BASE_DIR,
            env=environment,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
        )

    def kill(self) -> None:
        """kill −9, the worker and all it has started."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def url_of_test_database() -> str:
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    login = database["USER"] + (f":{database['PASSWORD']}" if database["PASSWORD"] else "")
    return f"postgres://{login}@{database['HOST']}:{database['PORT'] or 5432}/{database['NAME']}"


def wait(condition: Callable[[], bool], seconds: float = 90) -> None:
    deadline = clock.monotonic() + seconds
    while not condition():
        assert clock.monotonic() < deadline, "waited too long"
        clock.sleep(0.05)
