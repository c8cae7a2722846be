"""`make run` from outside: it starts, it heals, it says so in one sentence, and it leaves nothing behind."""

import fcntl
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings

from campaigns.ground.jobs import Job
from hengyang_walkflow import celery, serve
from hengyang_walkflow.tests.workers import url_of_test_database, wait


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _start(port: int, folder: Path) -> subprocess.Popen:
    environment = os.environ | {
        "PORT": str(port),
        "DATA_DIR": str(folder),
        "DATABASE_URL": url_of_test_database(),
        "EXAMPLE": "0",
        "JOB_HEARTBEAT_SECONDS": "0.2",
        "JOB_STALE_SECONDS": "0.6",
    }
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "hengyang_walkflow.serve"],
        cwd=settings.BASE_DIR,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _children(pid: int) -> dict[str, int]:
    """{word in the command line: pid} of the three programs."""
    found = {}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        try:
            line = Path(f"/proc/{child}/cmdline").read_bytes().decode()
        except OSError:
            continue  # gone since it was listed
        for word in ("granian", "worker", "beat"):
            if f"\0{word}\0" in line:
                found[word] = int(child)
    return found


def _group_is_gone(pid: int) -> bool:
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return True
    return False


def _answers(port: int, path: str = "/readyz") -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds the children through /proc (Linux)")
@pytest.mark.django_db(transaction=True)
def test_everything_starts_heals_and_stops(tmp_path):
    port = _free_port()
    run = _start(port, tmp_path)
    try:
        wait(lambda: _answers(port), 120)
        first = _children(run.pid)
        assert set(first) == {"granian", "worker", "beat"}

        other = _start(port, tmp_path)
        told, _ = other.communicate(timeout=60)
        assert other.returncode == 1
        assert len(told.strip().splitlines()) == 1
        assert "占用" in told

        for word in ("worker", "granian"):
            os.kill(first[word], signal.SIGKILL)
        asked = Job.objects.create(kind="nobody knows", created_at=datetime.now(UTC))
        wait(lambda: set(_children(run.pid)) == set(first) and _answers(port), 90)
        second = _children(run.pid)
        assert second["worker"] != first["worker"]
        assert second["granian"] != first["granian"]
        assert second["beat"] == first["beat"]
        wait(lambda: Job.objects.get(pk=asked.pk).is_finished, 90)
    finally:
        run.terminate()
        told, _ = run.communicate(timeout=60)
    assert run.returncode == 0, told
    assert f"http://127.0.0.1:{port}/" in told
    assert re.search("网页服务 意外退出.*重新启动", told)
    assert "Traceback" not in told
    assert told.rstrip().endswith("已停止。")
    wait(lambda: all(_group_is_gone(pid) for pid in (*first.values(), *second.values())), 10)
    assert not _answers(port)


def test_a_child_that_keeps_dying_is_started_ever_later(monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr(serve.time, "monotonic", lambda: clock[0])
    child = serve.Child("测试", [sys.executable, "-c", ""])
    starts = []
    for _ in range(400):
        before = child.process
        child.keep_alive()
        if child.process is not None and child.process is not before:
            child.process.wait()
            starts.append(clock[0])
        clock[0] += 0.25
    gaps = [later - earlier for earlier, later in zip(starts, starts[1:], strict=False)]
    assert gaps == sorted(gaps)
    assert gaps[0] < 1
    assert 16 <= gaps[-1] <= 31


def test_a_second_beat_waits_until_the_first_is_gone(tmp_path, settings):
    settings.DATA_DIR = tmp_path
    with (tmp_path / "beat.lock").open("w") as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        second = threading.Thread(target=celery.wait_for_the_baton, daemon=True)
        second.start()
        time.sleep(0.2)
        assert second.is_alive()
    second.join(timeout=5)
    assert not second.is_alive()
    celery._held.pop().close()


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::1", "http://[::1]:8000"),
        ("::", "http://[::1]:8000"),
    ],
)
def test_the_address_is_one_a_person_can_open(host, shown):
    assert serve.address(host, 8000) == shown
