"""Short words for tests of imports: a table, its import, its faults and counts, and the way back out."""

from typing import Any

from campaigns.actions.imports import IMPORTERS, import_now
from campaigns.actions.imports_books import export_book
from campaigns.models import ImportRun, User
from campaigns.tests.book_builders import book_bytes
from campaigns.tests.factories import NOW


def load(
    kind: str, content: bytes, mode: str = "stop", *, now=NOW, by=None, importers=IMPORTERS
) -> ImportRun:
    """Import `content` as the command does, by the built-in account."""
    return import_now(
        importer=importers[kind],
        content=content,
        name="表.xlsx",
        mode=mode,
        by=by or User.objects.get(username="system"),
        now=now,
    )


def table(*rows: dict[str, Any]) -> bytes:
    """One sheet; the headings are those of the first row, in its order."""
    return book_bytes(sheet("表", *rows))


def sheet(name: str, *rows: dict[str, Any]) -> tuple[str, list]:
    """A sheet of dicts by heading; a heading missing in a row is a blank cell."""
    header = list(dict.fromkeys(label for row in rows for label in row))
    return name, [header, *[[row.get(label) for label in header] for row in rows]]


def exported(kind: str, importers=IMPORTERS) -> tuple[bytes, int]:
    return export_book(importers[kind].resource())


def faults(run: ImportRun) -> list[tuple]:
    """(cell, sentence) of every fault, of other sheets than the first with the sheet's name before the cell."""
    return [(error["cell"], error["message"]) for error in run.errors]


def counts(run: ImportRun) -> tuple:
    """rows, created, updated, unchanged, skipped, rejected."""
    return tuple(
        run.counts[key] for key in ("rows", "created", "updated", "unchanged", "skipped", "rejected")
    )
