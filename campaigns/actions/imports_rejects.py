"""What goes back to the sender: their own file with red cells and comments, to be mended and sent again.

A workbook that is too large or too odd to be marked comes back as its bad rows alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from campaigns.actions.imports_plan import OWN_COLUMNS, Plan, RowAction
from campaigns.actions.imports_sheets import Reading, known_labels
from campaigns.ground.sheets.mark import CannotMark, Marks, marked, reason_column
from campaigns.ground.sheets.read import Sheet
from campaigns.ground.sheets.write import Marked, WriteColumn, WriteSheet, write_workbook


def rejects_book(plan: Plan, sheets: Sequence[Sheet], content: bytes) -> bytes:
    """`content` with every fault of `plan` marked at its cell, and told once more in a column 退回原因."""
    orders = {sheet.name: _order(sheet) for sheet in sheets}
    for error in plan.errors:
        name = error["sheet"] or ""
        if name not in orders:
            name = sheets[0].name
        order = orders[name]
        row = error["row"] or order.header
        place = error["cell"] or f"{_first_letter(sheets, name)}{row}"
        order.marks[place] = "\n".join(filter(None, (order.marks.get(place), error["message"])))
        said = order.rows.get(row)
        order.rows[row] = f"{said}\n{error['message']}" if said else error["message"]
    for order in orders.values():
        order.rows.pop(order.header, None)
        order.column = order.column if order.rows else ""
    try:
        return marked(content, [one for one in orders.values() if one.marks], known_labels(plan.resource))
    except CannotMark:
        return _rows_alone(plan)


def _order(sheet: Sheet) -> Marks:
    return Marks(sheet.name, column=reason_column(sheet), header=sheet.header_row or 1)


def _first_letter(sheets: Sequence[Sheet], name: str) -> str:
    columns = next(sheet.columns for sheet in sheets if sheet.name == name)
    return columns[0].letter if columns else "A"


def _rows_alone(plan: Plan) -> bytes:
    """The user's own bad rows under the user's own headings: red cells with comments, reason and row number.

    A record goes back whole: with its rows of every sheet, so that the mended file can be sent again as it is.
    """
    if not any(row.action == RowAction.REJECTED for row in plan.rows):
        rows = [[error["message"]] for error in plan.errors]
        return write_workbook([WriteSheet("退回", [WriteColumn("原因", 80)], rows)])
    bad = {row.draft.key[0] for row in plan.of(RowAction.REJECTED) if row.draft.key}
    return write_workbook([_rejected_sheet(plan, one, bad) for one in plan.readings])


def _rejected_sheet(plan: Plan, one: Reading, bad: set) -> WriteSheet:
    reasons: dict[int, list[str]] = defaultdict(list)
    marks: dict[tuple[int, str], list[str]] = defaultdict(list)
    for error in one.errors():
        reasons[error["row"]].append(error["message"])
        marks[error["row"], (error["cell"] or "").rstrip("0123456789")].append(error["message"])
    numbers = set(reasons)
    if plan.parts:
        numbers |= {draft.number for draft in one.drafts if draft.key and draft.key[0] in bad}
    columns = [
        WriteColumn(column.label, width=18) for column in one.sheet.columns if column.label not in OWN_COLUMNS
    ]
    columns += [WriteColumn(OWN_COLUMNS[0], width=60), WriteColumn(OWN_COLUMNS[1], width=8, kind="integer")]
    title = one.resource.sheet if plan.parts else "退回"
    return WriteSheet(title, columns, list(_rejected(one, numbers, reasons, marks)))


def _rejected(
    one: Reading,
    numbers: set[int],
    reasons: dict[int, list[str]],
    marks: dict[tuple[int, str], list[str]],
) -> Iterable[list]:
    for row in one.sheet.rows:
        if row.number not in numbers:
            continue
        cells = []
        for column, value in zip(one.sheet.columns, row.values, strict=True):
            if column.label in OWN_COLUMNS:
                continue
            said = marks.get((row.number, column.letter))
            cells.append(Marked(value, "\n".join(said)) if said else value)
        yield [*cells, "；".join(text.rstrip("。") for text in reasons.get(row.number, ())), row.number]
