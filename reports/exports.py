"""What `export_data` and the archive can write: kind → sheets whose rows stream, and how many records they hold.

A new kind is one line in KINDS. The columns are declared elsewhere: in the Resource of an importable kind, in
issues.lists for the ledger.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, BinaryIO

from campaigns.actions.imports_books import export_sheets
from campaigns.ground.calendar import Calendar
from campaigns.ground.sheets.stream import stream_workbook
from campaigns.ground.workdays import load_calendar
from issues.actions.imports import IMPORTERS
from issues.lists import ledger_sheet_rows, lit
from issues.lists.imports import title_of
from issues.models import LedgerItem
from reports.listing import BATCH
from reports.workbooks import ledger_sheet

KINDS: dict[str, str] = {**{kind: title_of(kind) for kind in IMPORTERS}, "ledger": "整改台账"}


def write_kind(target: BinaryIO, *, kind: str, on: date) -> int:
    """Write all records of a kind to `target`; returns their number (a walk with its steps is one, contract §2).

    The ledger's lights and working days left are those of `on`; nothing else depends on the day.
    """
    if kind == "ledger":
        keys = list(LedgerItem.objects.order_by("number").values_list("pk", flat=True))
        return stream_workbook(target, [ledger_sheet(items=lit_items(keys, on=on, calendar=load_calendar()))])
    sheets, records = export_sheets(IMPORTERS[kind].resource())
    stream_workbook(target, sheets)
    return len(records)


def lit_items(keys: Sequence[int], *, on: date, calendar: Calendar) -> Iterator[Any]:
    """The ledger's items of `keys` in their order, lit, a batch in memory at a time."""
    for start in range(0, len(keys), BATCH):
        wanted = keys[start : start + BATCH]
        found = {item.pk: item for item in ledger_sheet_rows(LedgerItem.objects.filter(pk__in=wanted))}
        yield from lit([found[key] for key in wanted if key in found], on=on, calendar=calendar)
