"""From cells to what a record would be: parsing, doubles, and what blanks and 清空 mean (contract §2, §6)."""

from typing import Any

from campaigns.ground.sheets.values import BadValue, is_blank
from campaigns.resources.shape import Directory, Draft, SheetField, SheetResource

CLEAR = "清空"
_REMEMBERED = 2000


def drafts_of(resource: SheetResource, raw: dict[int, dict[str, Any]], directory: Directory) -> list[Draft]:
    """A draft for each row, its cells parsed and its key set (but where a key cell is missing or wrong)."""
    columns = resource.columns()
    drafts = [
        Draft(number, {name: cell for name, cell in cells.items() if not is_blank(cell)})
        for number, cells in raw.items()
    ]
    resource.prepare(drafts, directory)
    known: dict[str, dict] = {name: {} for name in columns}
    for draft in drafts:
        given = draft.given
        draft.given = {}
        for name, cell in given.items():
            _parse(draft, name, columns[name], cell, directory, known[name])
        for name in resource.keys:
            if columns[name].required and name not in draft.given and not _has_fault(draft, name):
                draft.fault(name, f"{columns[name].column_name}必须填写。")
        if not draft.faults or not any(_has_fault(draft, name) for name in resource.keys):
            draft.key = resource.key_of(draft.given)
    return drafts


def _parse(
    draft: Draft, name: str, column: SheetField, cell, directory: Directory, known: dict[tuple, Any]
) -> None:
    """Put what the cell means into the draft. `known`: what the column's texts meant so far (units, ranks, days …)."""
    place = (type(cell), cell)
    if place in known:
        draft.given[name] = known[place]
        return
    try:
        if isinstance(cell, str) and cell.strip() == CLEAR:
            if column.required:
                raise BadValue(f"{column.column_name}是必填项，不能清空。")
            draft.given[name] = column.empty
        else:
            draft.given[name] = column.widget.clean(cell, directory=directory)
    except BadValue as error:
        draft.fault(name, str(error))
        return
    if len(known) < _REMEMBERED and not isinstance(draft.given[name], (list, dict)):
        known[place] = draft.given[name]


def _has_fault(draft: Draft, name: str) -> bool:
    return any(faulty == name for faulty, _ in draft.faults)


def find_doubles(resource: SheetResource, drafts: list[Draft]) -> None:
    """The same key twice in one sheet; told at the last column of the key that belongs to the row itself."""
    first: dict[tuple, int] = {}
    name = resource.double_at
    for draft in drafts:
        if not draft.key:
            continue
        if draft.key in first:
            draft.fault(name, f"{resource.key_label}与第 {first[draft.key]} 行重复。")
        first.setdefault(draft.key, draft.number)


def merge(resource: SheetResource, draft: Draft, names: list[str] | None = None) -> None:
    """What the record would be: stored values under what the row says; blanks of a new row mean their default."""
    stored = draft.stored
    for name, column in resource.columns().items():
        if names is not None and name not in names:
            continue
        before = stored[name] if stored else None
        if name in draft.given:
            draft.values[name] = _settled(draft, name, column, before)
        elif stored:
            draft.values[name] = before
        else:
            draft.values[name] = column.empty
            if column.required and not _has_fault(draft, name) and name not in resource.keys:
                draft.fault(name, f"{column.column_name}必须填写。")


def _settled(draft: Draft, name: str, column: SheetField, before):
    try:
        value = column.widget.settle(draft.given[name], before)
    except BadValue as error:
        draft.fault(name, str(error))
        return before
    return before if draft.stored and column.widget.same(value, before) else value
