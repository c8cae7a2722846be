"""What one collected file would do: its records through the shapes of the import, every fault and question at once."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from campaigns.actions.imports_plan import ImportMode, Plan, PlannedRow, RowAction, plan_import
from campaigns.ground.sheets.read import Column, Row, Sheet, column_letter, header_key
from campaigns.resources.shape import Index, Scene, SheetResource
from issues.actions.imports import IMPORTERS
from issues.collecting.drafting import Desk, Made, Question
from issues.collecting.known import Known
from issues.collecting.records import draft_records
from issues.collecting.rows import Book, Entry, read_book
from issues.resources.registers import INDEXES

ORDER = ("problems", "demands", "measures")
WAITING, FAULTY = "待核对", "错误"
UNIT_QUESTION = "file-unit"


@dataclass
class Outcome:
    """What becomes of one record: `action` in words, `changes` before → after, `differences` the ledger keeps."""

    kind: str
    sheet: str
    row: int
    number: str
    text: str
    action: str
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    differences: list[tuple[str, str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    faults: list[tuple[str | None, str]] = field(default_factory=list)  # (cell, sentence)


@dataclass
class FilePlan:
    """`unit`: code of the unit whose file it is, "" for none; `book`: the file as read, for its marked copy."""

    name: str
    book: Book
    unit: str = ""
    outcomes: list[Outcome] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    plans: dict[str, Plan] = field(default_factory=dict)
    units: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return len(self.book.entries)

    @property
    def kinds(self) -> list[str]:
        found = {outcome.kind for outcome in self.outcomes}
        return [kind for kind in ORDER if kind in found]

    @property
    def rejected(self) -> int:
        """Rows of the file (not records) with a fault."""
        return len({(one.sheet, one.row) for one in self.outcomes if one.faults})

    def counts(self) -> dict[str, int]:
        found = Counter(outcome.action for outcome in self.outcomes)
        told = {action: found[RowAction(action).label] for action in ("created", "updated", "unchanged")}
        return {**told, "differences": sum(bool(one.differences) for one in self.outcomes)}

    def digest(self) -> str:
        """Equal for equal plans. Numbers of new records aren't part: they are given when the file is entered."""
        told = [
            [one.kind, one.sheet, one.row, one.action, one.changes, one.differences, one.faults]
            for one in self.outcomes
        ]
        text = json.dumps([self.unit, told], ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


def plan_file(*, known: Known, name: str, content: bytes, answers: dict[str, str], now: datetime) -> FilePlan:
    """What the file would do as things stand. Reads, writes nothing."""
    plan = FilePlan(name, read_book(name, content))
    desk = Desk(known, answers, _Placeholders())
    if plan.book.fault:
        return plan
    plan.unit = _unit_of(desk, plan.book)
    if plan.unit:
        made = draft_records(desk, plan.book, plan.unit)
        plan.plans = plans_of(made, known, now)
        places = {(entry.sheet, entry.number): at for at, entry in enumerate(plan.book.entries)}
        found = _outcomes(desk, made, plan.plans)
        plan.outcomes = sorted(found, key=lambda one: places[one.sheet, one.row])
        plan.units = sorted({each.row["reporting_unit"] for each in made if each.row.get("reporting_unit")})
        plan.units = sorted({plan.unit, *plan.units, *_stored_units(made)})
    plan.questions = list(desk.questions.values())
    return plan


def plans_of(made: Iterable[Made], known: Known, now: datetime) -> dict[str, Plan]:
    """The import's own plan for each kind; references may point to records the same file brings."""
    by_kind = {kind: [each for each in made if each.kind == kind] for kind in ORDER}
    found = {}
    for kind in ORDER:
        if not by_kind[kind]:
            continue
        shape = IMPORTERS[kind].resource()
        shape.scene = Scene(known.campaign, now)
        fresh = {each: [one.number for one in by_kind[f"{each}s"]] for each in ("problem", "demand")}
        shape.indexes = {**INDEXES, **{name: _with_new(name, numbers) for name, numbers in fresh.items()}}
        found[kind] = plan_import(shape, _sheets(shape, by_kind[kind]), ImportMode.UPDATE)
    return found


def _with_new(name: str, numbers: list[str]):
    def load() -> Index:
        index = INDEXES[name]()
        for number in numbers:
            if number not in index:
                index.add(number, number)
        return index

    return load


def _stored_units(made: Iterable[Made]) -> set[str]:
    return {each.stored["reporting_unit"] for each in made if each.stored}


class _Placeholders:
    """Numbers for a look, not for keeping: nothing is counted up."""

    def __init__(self) -> None:
        self.last = 0

    def __call__(self, kind: str, unit: str) -> str:
        self.last += 1
        return f"新增-{kind}-{self.last:05d}"


def _unit_of(desk: Desk, book: Book) -> str:
    """Whose file it is: the first name that is certain; else a person is asked, the likeliest units offered first."""
    known = desk.known
    given = desk.answers.get(UNIT_QUESTION, "")
    if given in known.reach:
        return given
    certain = [known.units.find(text).code for text in book.said]
    certain.append(known.units.opening(book.said[-1]).code)
    for code in filter(None, certain):
        if code in known.reach:
            return code
    near = [code for text in book.said for code in known.units.find(text).near if code in known.reach]
    offered = [*dict.fromkeys(near), *sorted(known.participants() - set(near))]
    options = tuple((code, f"{known.units.label(code)}（{code}）") for code in offered)
    said = "、".join(book.said)
    desk.questions[UNIT_QUESTION] = Question(UNIT_QUESTION, "这份表格是哪个单位的", said, book.name, options)
    return ""


def _sheets(shape: SheetResource, made: list[Made]) -> list[Sheet]:
    """The records as sheets in the columns of the import; row n is the n-th record."""
    rows = [{"number": each.number, **each.row} for each in made]
    sheets = [_sheet(shape, rows)]
    for part in (part() for part in shape.parts):
        steps = [{"record": each.number, **step} for each in made for step in each.steps]
        if steps:
            sheets.append(_sheet(part, steps))
    return sheets


def _sheet(shape: SheetResource, rows: list[dict[str, Any]]) -> Sheet:
    names = list(shape.columns())
    labels = [shape.columns()[name].column_name for name in names]
    columns = [
        Column(place, column_letter(place), label, header_key(label)) for place, label in enumerate(labels, 1)
    ]
    told = [Row(number, tuple(row.get(name) or None for name in names)) for number, row in enumerate(rows, 1)]
    return Sheet(shape.sheet, header_row=1, columns=columns, rows=told)


def _outcomes(desk: Desk, made: list[Made], plans: dict[str, Plan]) -> Iterable[Outcome]:
    """One a record; a row whose question is open waits, whatever else is wrong with it because of that."""
    by_entry: dict[tuple[str, int], list] = {}
    for fault in desk.faults:
        place = (fault.entry.sheet, fault.entry.number)
        by_entry.setdefault(place, []).append((fault.entry.cell(fault.field), fault.message))
    seen: Counter[str] = Counter()
    told = set()
    for each in made:
        seen[each.kind] += 1
        planned = next(row for row in plans[each.kind].rows if row.draft.number == seen[each.kind])
        place = (each.entry.sheet, each.entry.number)
        told.add(place)
        own = by_entry.get(place, [])
        yield _outcome(desk, each, planned, own)
    for (sheet, number), faults in by_entry.items():
        if (sheet, number) not in told:
            yield Outcome("", sheet, number, "", "", FAULTY, faults=faults)


def _outcome(desk: Desk, made: Made, planned: PlannedRow, own: list) -> Outcome:
    entry: Entry = made.entry
    told = Outcome(
        made.kind,
        entry.sheet,
        entry.number,
        made.number if made.stored else "",
        str(made.row.get("text") or (made.stored or {}).get("text", "")),
        RowAction(planned.action).label,
        differences=made.differences,
        notes=made.notes,
    )
    if (entry.sheet, entry.number) in desk.waiting:
        told.action = WAITING
        return told
    parts = [fault for rows in planned.draft.parts.values() for part in rows for fault in part.faults]
    faults = [
        *((entry.cell(made.sources.get(name, "")), message) for name, message in planned.draft.faults),
        *((entry.cell("steps"), message) for _, message in parts),
    ]
    # A cell that couldn't be understood is blank to the import: “必须填写” would be the wrong reason.
    told_of = {cell for cell, _ in own}
    told.faults = list(dict.fromkeys([*own, *(fault for fault in faults if fault[0] not in told_of)]))
    if told.faults:
        told.action = FAULTY
    elif made.stored:
        told.changes = planned.changes
    return told
