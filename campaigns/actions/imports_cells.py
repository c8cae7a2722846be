"""From cells to what a record would be: parsing, doubles, and what blanks and 清空 mean (contract §2, §6)."""

from collections.abc import Iterable
from typing import Any

from campaigns.ground.sheets.values import BadValue, is_blank
from campaigns.resources.shape import Directory, Draft, SheetField, SheetResource

CLEAR = "清空"
_REMEMBERED = 2000


def drafts_of(resource: SheetResource, raw: dict[int, dict[str, Any]], directory: Directory) -> list[Draft]:
    """A draft for each row, its cells parsed and its key set (but where a key cell is missing or wrong)."""
    columns = resource.columns()
    drafts = [
        Draft(number, {name: cell for name, cell in cells.items() if cell is not None and not is_blank(cell)})
        for number, cells in raw.items()
    ]
    resource.prepare(drafts, directory)
    typed = [draft.given for draft in drafts]
    for draft in drafts:
        draft.given = {}
    for name, column in columns.items():
        _parse_column(name, column, zip(drafts, typed, strict=True), directory)
    for draft in drafts:
        for name in resource.keys:
            if columns[name].required and name not in draft.given and not _has_fault(draft, name):
                draft.fault(name, f"{columns[name].column_name}必须填写。")
        if not draft.faults or not any(_has_fault(draft, name) for name in resource.keys):
            draft.key = resource.key_of(draft.given)
    return drafts


def _parse_column(
    name: str, column: SheetField, rows: Iterable[tuple[Draft, dict[str, Any]]], directory: Directory
) -> None:
    """Put what the cells of one column mean into the drafts. What comes again (units, ranks, days …) is parsed once."""
    known: dict[Any, Any] = {}
    for draft, typed in rows:
        if name not in typed:
            continue
        cell = typed[name]
        place = cell if type(cell) is str else (type(cell), cell)
        if place in known:
            draft.given[name] = known[place]
            continue
        try:
            value = _meant(column, cell, directory)
        except BadValue as error:
            draft.fault(name, str(error))
            continue
        draft.given[name] = value
        if len(known) < _REMEMBERED and not isinstance(value, (list, dict)):
            known[place] = value


def _meant(column: SheetField, cell: Any, directory: Directory) -> Any:
    if isinstance(cell, str) and cell.strip() == CLEAR:
        if column.required:
            raise BadValue(f"{column.column_name}是必填项，不能清空。")
        return column.empty
    return column.widget.clean(cell, directory=directory)


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
    stored, given, values = draft.stored, draft.given, draft.values
    if stored is None and names is None:
        _merge_new(resource, draft)
        return
    for name, column in resource.columns().items():
        if names is not None and name not in names:
            continue
        if name in given:
            values[name] = _settled(draft, name, column)
        elif stored:
            values[name] = stored[name]
        else:
            values[name] = column.empty
            _check_filled(resource, draft, name, column)


def _merge_new(resource: SheetResource, draft: Draft) -> None:
    """The same for a whole new row, of which a file may have a hundred thousand: most columns have nothing to settle."""
    draft.values.update(resource.blanks)
    draft.values.update(draft.given)
    for name, column in resource.minded:
        if name not in draft.given:
            _check_filled(resource, draft, name, column)
        elif column.settles:
            draft.values[name] = _settled(draft, name, column)


def _check_filled(resource: SheetResource, draft: Draft, name: str, column: SheetField) -> None:
    if column.required and not _has_fault(draft, name) and name not in resource.keys:
        draft.fault(name, f"{column.column_name}必须填写。")


def _settled(draft: Draft, name: str, column: SheetField) -> Any:
    """What is really meant beside the stored value; that itself where nothing would change."""
    before = draft.stored[name] if draft.stored else None
    try:
        value = column.widget.settle(draft.given[name], before)
    except BadValue as error:
        draft.fault(name, str(error))
        return before
    return before if draft.stored and column.widget.same(value, before) else value
