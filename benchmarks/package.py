"""The city's 总结材料包 by rows: the example, then the same city with twenty times the histories.

    python -m benchmarks package [--json]

Issue 7: the example under 20 s; twenty times the rows under 5 minutes and 500 MB; the ratio of times at most 1.3 times the
ratio of rows. Each build is a process of its own, so that its memory is its own. `growth` is the ratio of times over that
of rows. With DATABASE_URL only that database is measured, as it is.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

GREATER = 20


def measure(scale: str | None, times: int, folder: Path) -> list[dict]:
    """Two rows, or one for a database that is there already. `times` counts requests elsewhere and is not used here."""
    del times
    if scale is None:
        return [_built("build_package", folder)]
    _load(scale)
    small = _built("build_package, the example", folder)
    _grow()
    great = _built(f"build_package, {GREATER} times", folder)
    great["growth"] = round((great["s"] / small["s"]) / (great["rows"] / small["rows"]), 2)
    return [small, great]


def _load(scale: str) -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("load_example", scale=scale, stdout=sys.stderr)


def _grow() -> None:
    from django.db import transaction

    from campaigns.models import Campaign
    from reports.example.grow import grow

    with transaction.atomic():
        grow(campaign=Campaign.objects.get(), times=GREATER)


def _built(what: str, folder: Path) -> dict:
    """Seconds, peak memory and rows of one build in a fresh process."""
    command = [
        sys.executable,
        "manage.py",
        "build_package",
        "--on",
        "2022-06-20",
        "--out",
        str(folder / "package"),
    ]
    begun = time.perf_counter()
    with tempfile.TemporaryFile("w+") as told_to:
        done = subprocess.Popen([*command, "--json"], stdout=told_to)
        _pid, status, usage = os.wait4(done.pid, 0)  # wait() would tell no memory
        told_to.seek(0)
        said = told_to.read()
    took = time.perf_counter() - begun
    if status:
        raise SystemExit(f"build_package failed: {said}")
    told = json.loads(said.splitlines()[-1])
    return {
        "what": what,
        "s": round(took, 1),
        "cpu_s": round(usage.ru_utime + usage.ru_stime, 1),
        "peak_mb": usage.ru_maxrss // 1024,
        "rows": sum(each["rows"] for each in told["files"]),
    }
