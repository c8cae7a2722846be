"""The lines of an import, kept once: what the preview shows page by page, and what taking it back needs."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from campaigns.actions.imports_plan import Plan, PlannedRow, RowAction
from campaigns.ground.bulk import insert_rows
from campaigns.models import ImportLine, ImportRun

_LONGEST = 300


def keep_lines(run: ImportRun, plan: Plan) -> None:
    """The plan's rows instead of those the run had."""
    run.lines.all().delete()
    insert_rows(
        ImportLine,
        ("run_id", "place", "number", "action", "key", "text", "before"),
        (
            (
                run.pk,
                place,
                row.draft.number,
                str(row.action),
                row.key_text[:_LONGEST],
                row.words,
                _before(row),
            )
            for place, row in enumerate(plan.rows, 1)
        ),
    )


def stored_before(line: ImportLine) -> dict[str, Any]:
    """Field name → value the record had before this import changed it."""
    return json.loads(line.before, object_hook=_untagged) if line.before else {}


def _before(row: PlannedRow) -> str:
    if row.action != RowAction.CHANGED:
        return ""
    draft = row.draft
    told = {name: draft.stored.get(name) for name in draft.values if draft.changes(name)}
    return json.dumps(told, ensure_ascii=False, default=_tagged)


def _tagged(value: Any) -> dict[str, str]:
    """What JSON can't say, in one-key objects."""
    if isinstance(value, datetime):
        return {"$moment": value.isoformat()}
    if isinstance(value, date):
        return {"$day": value.isoformat()}
    if isinstance(value, Decimal):
        return {"$number": str(value)}
    raise TypeError(f"{type(value).__name__} can't be kept.")


def _untagged(told: dict[str, Any]) -> Any:
    if "$moment" in told:
        return datetime.fromisoformat(told["$moment"])
    if "$day" in told:
        return date.fromisoformat(told["$day"])
    if "$number" in told:
        return Decimal(told["$number"])
    return told
