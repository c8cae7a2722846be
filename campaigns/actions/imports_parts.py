"""Rows of a kind's further sheets: joined to their records, compared with what is stored, merged into them."""

from typing import Any

from campaigns.actions.imports_cells import CLEAR, drafts_of, find_doubles, merge
from campaigns.actions.imports_sheets import Reading
from campaigns.ground.sheets.values import BadValue, is_blank
from campaigns.resources.shape import Directory, Draft, PartResource


def join_parts(main: Reading, readings: list[Reading], directory: Directory) -> list[Draft]:
    """Parse the rows of the parts and hang them on their records; returns those whose record isn't in the file.

    A part whose own key cell says 清空 empties that part of the record.
    """
    owners = {draft.key[0]: draft for draft in main.drafts if draft.key}
    orphans = []
    for one in readings:
        part = one.resource
        cleared = _cleared(one, directory)
        one.drafts = drafts_of(part, one.raw, directory)
        find_doubles(part, one.drafts)
        for draft in one.drafts:
            key = draft.given.get(part.keys[0])
            if key in owners:
                owners[key].parts.setdefault(part.name, []).append(draft)
                continue
            if key is not None:
                column = part.columns()[part.keys[0]].column_name
                place = main.sheet.name or main.resource.sheet
                draft.fault(part.keys[0], f"工作表“{place}”里没有{column}“{key}”。")
            orphans.append(draft)
        for key in cleared:
            if key in owners:
                owners[key].parts.setdefault(part.name, [])
    return orphans


def _cleared(one: Reading, directory: Directory) -> list[str]:
    """Records whose part is to be emptied; their rows are taken out of the reading."""
    part = one.resource
    record, own = part.keys[:2]
    rows = [
        number
        for number, cells in one.raw.items()
        if isinstance(cells.get(own), str) and cells[own].strip() == CLEAR and not is_blank(cells.get(record))
    ]
    cleared = []
    for number in rows:
        try:
            cleared.append(part.columns()[record].widget.clean(one.raw[number][record], directory=directory))
        except BadValue:
            continue  # it stays a row like any other, and is refused with its cell
        del one.raw[number]
    return cleared


def merge_parts(shapes: list[PartResource], draft: Draft) -> None:
    """Put the rows of each part into the record's values: those of the file, or what is stored where it has none.

    A row given replaces the part as a whole, as a list in one cell does; blank cells of a row that is stored under
    the same key keep what is stored.
    """
    for part in shapes:
        stored = (draft.stored or {}).get(part.name) or []
        given = draft.parts.get(part.name)
        if given is None:
            draft.values[part.name] = stored
            continue
        by_key = {part.order_of(row): row for row in stored}
        for row in given:
            row.stored = by_key.get(row.given.get(part.keys[1]))
            merge(part, row, names=list(part.inner()))
            if not row.faults:
                part.check(row)
        whole = [row.values for row in given if part.keys[1] in row.given]
        draft.values[part.name] = sorted(whole, key=part.order_of)


def part_changes(shapes: list[PartResource], draft: Draft) -> list[tuple[str, str, str]]:
    """(sheet, before, after) in words for every part that changes."""
    changes = []
    for part in shapes:
        if draft.changes(part.name):
            before: list[dict[str, Any]] = (draft.stored or {}).get(part.name) or []
            changes.append((part.sheet, *part.words(before, draft.values[part.name])))
    return changes
