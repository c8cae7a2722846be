"""What `export_data` can write: kind → a function of the day that gives the workbook's bytes and its number of rows.

A new kind is one line in EXPORTERS. The columns are declared elsewhere: in the Resource of an importable kind, in
issues.lists for the ledger.
"""

from collections.abc import Callable
from datetime import date
from functools import partial

from campaigns.actions.imports_books import export_book
from campaigns.ground.workdays import load_calendar
from issues.actions.imports import IMPORTERS
from issues.lists import ledger_rows, lit
from issues.models import LedgerItem
from reports.workbooks import ledger_workbook


def export_importable(kind: str, on: date) -> tuple[bytes, int]:
    """All records of an importable kind in the columns of its import; they don't depend on the day."""
    return export_book(IMPORTERS[kind].resource())


def export_ledger(on: date) -> tuple[bytes, int]:
    """整改台账 with lights and working days left as of `on` (contract §2: no time travel of the rows)."""
    items = lit(ledger_rows(LedgerItem.objects.all()), on=on, calendar=load_calendar())
    return ledger_workbook(items=items), len(items)


EXPORTERS: dict[str, Callable[[date], tuple[bytes, int]]] = {
    **{kind: partial(export_importable, kind) for kind in IMPORTERS},
    "ledger": export_ledger,
}
