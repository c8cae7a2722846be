"""`make bench ARGS=export_ledger`: the ledger's export against openpyxl write-only with the same styles.

Rows are read from the example city in batches, again and again, until there are enough: reading costs what it costs,
writing is compared. Bounds (issue 5): at least twice as fast as openpyxl, under 300 MB.
"""

import resource
import sys
import time
from collections.abc import Iterator
from datetime import date
from itertools import cycle, islice
from pathlib import Path

ROWS = 300_000
ON = date(2022, 6, 20)


def measure(scale: str | None, times: int, folder: Path) -> list[dict]:
    """Reading alone, our export, openpyxl's; seconds, MB of memory at the highest, MB of the file."""
    from django.core.management import call_command

    from campaigns.ground.sheets.stream import stream_workbook
    from reports.workbooks import ledger_sheet

    if scale:
        call_command("migrate", verbosity=0)
        call_command("load_example", scale=scale, stdout=sys.stderr)
    read = _timed("reading the rows", lambda: sum(1 for _ in _items()))
    path = folder / "stream.xlsx"

    def stream() -> None:
        with path.open("w+b") as target:
            stream_workbook(target, [ledger_sheet(items=_items())])

    ours = _timed("export_ledger", stream, path)
    path = folder / "openpyxl.xlsx"
    theirs = _timed("openpyxl write-only, same styles", lambda: _openpyxl(path), path)
    ratio = round(theirs["s"] / ours["s"], 1)
    writing = round((theirs["s"] - read["s"]) / max(ours["s"] - read["s"], 0.1), 1)
    return [read, ours, theirs, {"what": "times as fast", "whole": ratio, "writing_alone": writing}]


def _items() -> Iterator:
    """ROWS ledger items with their lights."""
    from campaigns.ground.workdays import load_calendar
    from issues.models import LedgerItem
    from reports.exports import lit_items

    keys = list(LedgerItem.objects.order_by("number").values_list("pk", flat=True))
    calendar = load_calendar()
    rounds = (lit_items(keys, on=ON, calendar=calendar) for _ in cycle([None]))
    return islice((item for each in rounds for item in each), ROWS)


def _openpyxl(path: Path) -> None:
    from openpyxl import Workbook

    from campaigns.ground.sheets.write import _Choices, _Writer
    from reports.workbooks import ledger_sheet

    book = Workbook(write_only=True)
    _Writer(book, ledger_sheet(items=_items()), _Choices()).write()
    book.save(path)


def _timed(what: str, work, path: Path | None = None) -> dict:
    begun = time.perf_counter()
    work()
    taken = round(time.perf_counter() - begun, 1)
    highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    size = round(path.stat().st_size / 1e6, 1) if path else 0
    return {"what": what, "rows": ROWS, "s": taken, "highest_mb": highest, "file_mb": size}
