"""A row of a record the system has: what a table may still mend goes in, what the ledger has taken over is only told."""

from typing import Any

from campaigns.ground.sheets.values import BadValue, as_text, is_blank, same_name
from campaigns.resources.shape import SheetField
from issues.collecting.drafting import Desk, Made
from issues.enums import LedgerState
from issues.resources import RESOURCES
from issues.resources.registers import OPEN_STATES

_SHAPES = {resource.kind: resource() for resource in RESOURCES}
# Cells of the units' sheets that say something else than the stored field of that name: 体验时间 isn't 发现日期,
# 整改时限 isn't 建议时限. They fill a new record and never change a stored one.
_ONLY_NEW = {"problems": ("found_on", "session"), "demands": ("session", "due_on"), "measures": ()}
_STRUCK_OFF = ("是", "已销号", "√")


def compare(desk: Desk, made: Made) -> Made:
    """Give a draft its stored record, and take out of its row what a table can't change; new ones stay as they are."""
    made.stored = desk.known.records[made.kind].get(made.number)
    if made.stored is None:
        return made
    fixed = _fixed(desk, made)
    for name in _ONLY_NEW[made.kind]:
        made.row.pop(name, None)
    columns = _SHAPES[made.kind].columns()
    for name in [name for name in made.row if name in fixed]:
        stored = made.stored[name]
        if name == "responsible":  # stored as a code, written as a name
            stored = desk.known.people_names.get(stored, stored)
        difference = _difference(desk, columns[name], made.row.pop(name), stored)
        if difference:
            made.differences.append(difference)
    _tell_state(desk, made)
    return made


def _fixed(desk: Desk, made: Made) -> set[str]:
    """The fields the ledger has taken over: all once a plan is signed, before that those it decides itself."""
    shape = _SHAPES[made.kind]
    states = [desk.known.items[number].state for number in _findings(made) if number in desk.known.items]
    if any(state not in OPEN_STATES for state in states):
        return set(shape.columns()) - {"number"}
    return set(shape.fixed) if states else set()


def _findings(made: Made) -> list[str]:
    """The numbers under which a record stands on the ledger."""
    if made.kind == "measures":
        return [*made.stored["problems"], *made.stored["demands"]]
    return [made.number]


def _difference(desk: Desk, column: SheetField, cell: Any, stored: Any) -> tuple[str, str, str] | None:
    widget = column.widget
    if is_blank(cell):
        return None
    try:
        given = widget.clean(cell, directory=desk.known.directory)
    except BadValue:
        return (column.column_name, widget.render(stored), as_text(cell))
    if widget.same(given, stored) or same_name(widget.render(given)) == same_name(widget.render(stored)):
        return None
    return (column.column_name, widget.render(stored), widget.render(given))


def _tell_state(desk: Desk, made: Made) -> None:
    """A sheet that calls an item done which isn't: 销号 is a move of the ledger, never a cell."""
    item = desk.known.items.get(made.number)
    said = as_text(made.entry.cells.get("state"))
    if item and said in _STRUCK_OFF and item.state != LedgerState.CLOSED:
        made.differences.append(("销号情况", LedgerState(item.state).label, "已销号"))
