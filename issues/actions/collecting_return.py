"""The copy a unit gets back: its own file with a column 结果, wrong cells red with the reason."""

from campaigns.actions.imports_plan import words_of
from campaigns.ground.sheets.mark import CannotMark, Marks, marked
from campaigns.ground.sheets.read import Sheet, column_letter
from campaigns.ground.sheets.write import Marked, WriteColumn, WriteSheet, write_workbook
from issues.actions.collecting_plan import FilePlan, Outcome
from issues.collecting.headings import KNOWN

RESULT = "结果"


def returned_book(plan: FilePlan, content: bytes) -> bytes:
    """The unit's own file (`content`), layout and all, with what became of each row."""
    if not plan.book.sheets:
        return write_workbook([WriteSheet("说明", [WriteColumn("原因", 80)], [[plan.book.fault]])])
    try:
        return marked(content, [_marks(sheet, plan.outcomes) for sheet, _, _ in plan.book.sheets], KNOWN)
    except CannotMark:
        return _rewritten(plan)


def _marks(sheet: Sheet, outcomes: list[Outcome]) -> Marks:
    last = max((sheet.width, *(column.place for column in sheet.columns)))
    own = next((column.letter for column in sheet.columns if column.label == RESULT), column_letter(last + 1))
    told = Marks(sheet.name, column=own, title=RESULT, header=sheet.header_row)
    for one in outcomes:
        if one.sheet == sheet.name:
            told.rows[one.row] = "；".join(filter(None, (told.rows.get(one.row), said_of(one))))
            told.marks.update({cell: reason for cell, reason in one.faults if cell})
    return told


def _rewritten(plan: FilePlan) -> bytes:
    """A workbook too odd to be marked: the sheets that were read, row by row as they came."""
    by_row: dict[tuple[str, int], list[Outcome]] = {}
    for outcome in plan.outcomes:
        by_row.setdefault((outcome.sheet, outcome.row), []).append(outcome)
    asked = [f"{one.where}：{one.label}“{one.said[:60]}”待核对" for one in plan.questions]
    return write_workbook([_sheet(sheet, by_row, asked) for sheet, _, _ in plan.book.sheets])


def _sheet(sheet: Sheet, by_row: dict[tuple[str, int], list[Outcome]], asked: list[str]) -> WriteSheet:
    kept = [column for column in sheet.columns if column.label != RESULT]
    places = {column.place: at for at, column in enumerate(sheet.columns)}
    columns = [WriteColumn(column.label, width=18) for column in kept] + [WriteColumn(RESULT, width=60)]
    rows = []
    for row in sheet.rows:
        outcomes = by_row.get((sheet.name, row.number), [])
        marks = {cell.rstrip("0123456789"): said for one in outcomes for cell, said in one.faults if cell}
        cells = []
        for column in kept:
            value = row.values[places[column.place]]
            cells.append(Marked(value, marks[column.letter]) if column.letter in marks else value)
        rows.append([*cells, "；".join(said_of(one) for one in outcomes)])
    heading = tuple("  ".join(str(cell) for cell in line) for line in sheet.above)
    return WriteSheet(sheet.name or "表", columns, rows, heading=heading, footing=tuple(asked))


def said_of(outcome: Outcome) -> str:
    """What became of a record, on one line."""
    said = [f"{outcome.action}{outcome.number and ' ' + outcome.number}"]
    said += words_of(outcome.changes)
    said += [
        f"{label}系统为“{before or '空'}”，表中为“{after}”，请在整改台账办理"
        for label, before, after in outcome.differences
    ]
    said += [message.rstrip("。") for _, message in outcome.faults]
    said += [note.rstrip("。") for note in outcome.notes]
    return "，".join(said)
