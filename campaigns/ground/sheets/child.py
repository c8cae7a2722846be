"""The child process that opens a workbook: a crash in here fails one file and no worker.

Run as `python -I child.py PATH`; imports nothing of the project. Writes JSON lines: {"sheet", "hidden",
"column", "merged"} per sheet, lists of [row number, [cells]] for rows that hold something, {"end": true} last. Days, moments,
times and spans are one-key objects (d, t, h, s).
"""

import datetime as dt
import json
import resource
import sys

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

MEMORY = 1 << 30
SECONDS = 120
BATCH = 5_000
MOST_MERGED = 20_000


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _plain(value):
    """What JSON has no word for; anything else the reader may give is nothing a person wrote."""
    if isinstance(value, dt.datetime):
        return {"t": value.isoformat()}
    if isinstance(value, dt.date):
        return {"d": value.isoformat()}
    if isinstance(value, dt.time):
        return {"h": value.isoformat()}
    if isinstance(value, dt.timedelta):
        return {"s": value.total_seconds()}
    return None


def _merged(sheet) -> list[list[int]]:
    """[first row, first column, last row, last column] from 1; a sheet of thousands says none."""
    ranges = sheet.merged_cell_ranges or []
    if len(ranges) > MOST_MERGED:
        return []
    return [[top + 1, left + 1, bottom + 1, right + 1] for (top, left), (bottom, right) in ranges]


def _batches(sheet):
    """The sheet's rows that hold something, some hundred at a time: a line a row costs more than its parsing."""
    batch, cells = [], 0
    for number, row in enumerate(sheet.iter_rows() if sheet.start else (), 1):
        if any(value != "" for value in row):
            batch.append([number, row])
            cells += len(row)
        if cells > BATCH:
            yield batch
            batch, cells = [], 0
    yield batch


def main(path: str) -> int:
    _limit()
    write = sys.stdout.write
    book = CalamineWorkbook.from_path(path)
    for place, meta in enumerate(book.sheets_metadata):
        if meta.typ != SheetTypeEnum.WorkSheet:
            continue
        sheet = book.get_sheet_by_index(place)
        column = sheet.start[1] + 1 if sheet.start else 1
        hidden = meta.visible != SheetVisibleEnum.Visible
        head = {"sheet": meta.name, "hidden": hidden, "column": column, "merged": _merged(sheet)}
        write(json.dumps(head) + "\n")
        for batch in _batches(sheet):
            write(json.dumps(batch, default=_plain) + "\n")
    write('{"end": true}\n')
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
