"""A whole product for a browser test: granian, a worker when asked for, the commands, a clock. On a copy of the city."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings

ZONE = ZoneInfo("Asia/Shanghai")
WITHIN = 60
MODULE = "hengyang_walkflow.tests.e2e"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Site:
    """One running copy. `environment` is what every process of it gets; `folder` holds its state."""

    folder: Path
    environment: dict[str, str]
    port: int = field(default_factory=free_port)
    running: list[subprocess.Popen] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = self.folder / "clock.txt"
        self.environment = {**self.environment, "TEST_CLOCK": str(self.clock)}
        self.turn_clock(date(2022, 6, 20))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def turn_clock(self, on: date, at: str = "09:30") -> None:
        """It is this day, this time of day, for every process of the site; time runs on from there."""
        moment = datetime.fromisoformat(f"{on}T{at}").replace(tzinfo=ZONE)
        draft = self.clock.with_suffix(".new")
        draft.write_text(moment.isoformat(), encoding="utf-8")
        draft.rename(self.clock)

    def manage(self, *command: str) -> dict:
        """Run one command of the product; its last line as JSON when `--json` was asked for."""
        done = subprocess.run(
            [sys.executable, "-m", f"{MODULE}.clock", *command],
            cwd=settings.BASE_DIR,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise AssertionError(f"{' '.join(command)} → {done.returncode}\n{done.stdout}{done.stderr}")
        return json.loads(done.stdout.splitlines()[-1]) if "--json" in command else {}

    def start_web(self) -> None:
        self._start(
            *("granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port)),
            *("--workers", "1", "--blocking-threads", "4", "--log-level", "warning"),
            f"{MODULE}.app:application",
        )
        until = time.monotonic() + WITHIN
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=2):
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError(f"no answer within {WITHIN} s; see {self.folder}/granian.log")

    def start_worker(self) -> None:
        self._start(
            "celery", "-q", "-A", f"{MODULE}.app", "worker", "-P", "threads", "-c", "2", "-l", "WARNING"
        )

    def _start(self, program: str, *arguments: str) -> None:
        with (self.folder / f"{program}.log").open("ab") as log:
            self.running.append(
                subprocess.Popen(
                    [sys.executable, "-m", program, *arguments],
                    cwd=settings.BASE_DIR,
                    env=self.environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )

    def stop(self) -> None:
        """Stop every process of this site, and what they started."""
        for process in self.running:
            for number in (signal.SIGTERM, signal.SIGKILL):
                try:
                    os.killpg(process.pid, number)
                    process.wait(timeout=8)
                except ProcessLookupError:
                    break
                except subprocess.TimeoutExpired:
                    continue
        self.running.clear()

    def errors(self) -> str:
        """What the processes complained of; empty when all went well."""
        return "".join(log.read_text(errors="replace") for log in sorted(self.folder.glob("*.log")))
