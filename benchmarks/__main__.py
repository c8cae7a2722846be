"""`make bench`: how long the pages, the chase and the package take on the example city. Compare rows, not seconds.

    python -m benchmarks [city|package|process_map|export_ledger|import_people|likeness|clues|clue_quality] [--scale demo|city|province] [--times 20] [--json]

city (default): pages of the example city. process_map: a matter's map with 200, 2,000 and 20,000 walks (benchmarks/process_map.py).
import_people: a roster of 100,000 people, on PostgreSQL only (benchmarks/import_people.py).
likeness: copied texts among 10,000 (benchmarks/likeness.py).
package: the city's 总结材料包, and that of a city twenty times as large (benchmarks/package.py).
export_ledger: 300,000 rows of the ledger against openpyxl (benchmarks/export_ledger.py).

With DATABASE_URL: that database, as it is (it must hold the example city). Without: a new SQLite city, thrown away.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import django

from benchmarks import clue_quality, clues, export_ledger, import_people, likeness, package, process_map

PAGES = (
    "/",
    "/walks/",
    "/issues/problems/",
    "/issues/ledger/",
    "/issues/ledger/?page=5",
    "/reports/",
    "/notices/",
)
MEASURED = (
    "city",
    "package",
    "process_map",
    "likeness",
    "export_ledger",
    "import_people",
    "clues",
    "clue_quality",
)
VISITORS = ("yibaoju.tianbao", "leiyang.fuzeren", "shengaiban", "duchashi")


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("what", nargs="?", default="city", choices=MEASURED)
    parser.add_argument("--scale", default="demo", choices=("demo", "city", "province"))
    parser.add_argument("--times", type=int, default=20, help="requests a page")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="walkflow-bench-") as folder:
        own = not os.environ.get("DATABASE_URL")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hengyang_walkflow.settings")
        os.environ["DATA_DIR"] = folder
        Path(folder, "static").mkdir()
        if own:
            os.environ["DATABASE_URL"] = f"sqlite:///{folder}/bench.sqlite3"
        django.setup()
        measured = {
            "city": measure,
            "package": package.measure,
            "process_map": process_map.measure,
            "likeness": likeness.measure,
            "export_ledger": export_ledger.measure,
            "import_people": import_people.measure,
            "clues": clues.measure,
            "clue_quality": clue_quality.measure,
        }[chosen.what]
        rows = measured(chosen.scale if own else None, chosen.times, Path(folder))
    if chosen.json:
        sys.stdout.write(json.dumps(rows, ensure_ascii=False) + "\n")
        return
    for row in rows:
        name = row.pop("what")
        sys.stdout.write(f"{name:<44}" + "  ".join(f"{key} {value:>8}" for key, value in row.items()) + "\n")


def measure(scale: str | None, times: int, folder: Path) -> list[dict]:
    """One row a measurement; milliseconds and numbers of queries. `scale` None: the city is there already."""
    from django.conf import settings
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    setup_test_environment()
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    rows = []
    if scale:
        with _timed(rows, "migrate"):
            call_command("migrate", verbosity=0)
        with _timed(rows, f"load_example --scale {scale}"):
            call_command("load_example", scale=scale, stdout=sys.stderr)
    for username in VISITORS:
        rows += [_page(username, address, times) for address in PAGES]
    with _timed(rows, "run_chase --dry-run"):
        call_command("run_chase", on=date(2022, 6, 21), dry_run=True, stdout=sys.stderr)
    with _timed(rows, "build_package"):
        call_command("build_package", out=folder / "package", stdout=sys.stderr)
    return rows


@contextmanager
def _timed(rows: list[dict], what: str):
    begun = time.perf_counter()
    yield
    rows.append({"what": what, "ms": round((time.perf_counter() - begun) * 1000)})


def _page(username: str, address: str, times: int) -> dict:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from campaigns.models import User

    client = Client()
    client.force_login(
        User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend"
    )
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        status = client.get(address).status_code
    asked = len(queries)  # the requests below empty the log
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        client.get(address)
        took.append((time.perf_counter() - begun) * 1000)
    took.sort()
    return {
        "what": f"{username} {address}",
        "status": status,
        "median_ms": round(statistics.median(took), 1),
        "worst_ms": round(took[-1], 1),
        "queries": asked,
    }


if __name__ == "__main__":
    main()
