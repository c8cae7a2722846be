"""What each row of a unit's sheet says about problems, demands and measures, in the fields of the import shapes."""

import re
from datetime import date
from typing import Any

from campaigns.ground.sheets.values import BadValue, as_list, as_text, same_name
from issues.collecting.drafting import NEITHER, Desk, Made, Question, loose_day
from issues.collecting.headings import Form
from issues.collecting.names import Found
from issues.collecting.rows import Book, Entry
from issues.collecting.settled import compare
from issues.collecting.wording import category_by_words

_QUICK = ("立行立改", "立即整改", "已整改", "即时整改", "当场整改")
_LASTING = ("长期坚持", "长期")
_STEP = re.compile(r"^\s*(?:[(（]?\d+[)）.、．]|[一二三四五六七八九十]+、)?\s*(?P<text>.+?)\s*$")
_STEP_DAY = re.compile(
    r"[(（]?\s*(?P<day>(?:\d{4}\s*[-./年]\s*)?\d{1,2}\s*[-./月]\s*\d{1,2}\s*[日号]?)\s*(?:之?前)?(?:完成)?(?:[，,]已完成)?\s*[)）]?[。；;]?$"
)


def draft_records(desk: Desk, book: Book, unit: str) -> list[Made]:
    """All records of a file, problems first: demands point to them, measures to both."""
    return _Records(desk, unit).of(book.entries)


class _Records:
    def __init__(self, desk: Desk, unit: str) -> None:
        self.desk, self.unit = desk, unit
        self.made: dict[tuple, Made] = {}
        self.serials: dict[str, dict[str, str]] = {"problems": {}, "demands": {}}
        self.of_row: dict[tuple[str, int], dict[str, str]] = {}

    def of(self, entries: list[Entry]) -> list[Made]:
        self._tell_broken(entries)
        for entry in entries:
            if "problem" in entry.cells:
                self._problem(entry)
        for entry in entries:
            if "demand" in entry.cells:
                self._demand(entry)
        above: dict[str, str] = {}
        for entry in entries:
            own = self.of_row.get((entry.sheet, entry.number))
            if own:
                above = own
            if "measure" in entry.cells:
                self._measure(entry, own or (above if entry.form == Form.ONE_SHEET else {}))
        return list(self.made.values())

    def _tell_broken(self, entries: list[Entry]) -> None:
        for entry in entries:
            for name, mark in entry.broken.items():
                self.desk.fault(entry, name, f"单元格是错误值：{mark}。")

    def _reporter(self, entry: Entry) -> str:
        unit = self.desk.unit(entry, "unit", self.unit)
        if unit and unit not in self.desk.known.reach:
            self.desk.fault(
                entry, "unit", f"{self.desk.known.units.label(unit)}不在您的管辖范围内，不能代收。"
            )
        return unit

    def _keep(self, kind: str, entry: Entry, key: tuple, made: Made) -> None:
        self.made[key] = made
        self._note(kind, entry, made.number)

    def _note(self, kind: str, entry: Entry, number: str) -> None:
        """A record's place in the file: its 序号 in its list, and the row it stands in."""
        self.of_row.setdefault((entry.sheet, entry.number), {})[kind] = number
        if "serial" in entry.cells and entry.form in (Form.PROBLEMS, Form.DEMANDS, Form.ONE_SHEET):
            self.serials[kind].setdefault(_serial(entry.cells["serial"]), number)

    def _problem(self, entry: Entry) -> None:
        desk, notes = self.desk, []
        unit, matter = self._reporter(entry), self.desk.matter(entry, notes)
        text, day = as_text(entry.cells["problem"]), self.desk.day(entry, "day")
        key = ("problems", unit, same_name(text), matter)
        if key in self.made:
            self._note("problems", entry, self.made[key].number)
            return
        said = as_text(entry.cells.get("problem_number"))
        known = desk.recognise(entry, "problems", said, unit, text, matter)
        walk = desk.walk(entry, unit, day, matter)
        row = {
            "reporting_unit": unit,
            "session": walk,
            "matter": matter,
            "step": entry.cells.get("step"),
            "category": self._category(entry, text, matter, known, notes),
            "text": text,
            "cause": entry.cells.get("cause"),
            "source": entry.cells.get("problem_source", None if known else "走流程"),
            "responsible_unit": desk.unit(entry, "responsible", "" if known else unit),
            "helper_units": desk.units(entry, "helpers"),
            "found_on": day,
            "note": entry.cells.get("note"),
        }
        if not known:
            row |= self._proposal(entry, day)
        made = Made("problems", entry, known or said or desk.number("problems", unit), row, _PROBLEM_SOURCES)
        made.notes = notes
        self._keep("problems", entry, key, compare(desk, made))

    def _proposal(self, entry: Entry, day: date | None) -> dict[str, Any]:
        """整改类型 and 建议时限 of a new problem; a dated one needs its cause, which the one-sheet variant hasn't."""
        kind, due = _kind_and_due(self.desk, entry)
        if kind == "限期整改" and entry.form == Form.ONE_SHEET and "cause" not in entry.cells:
            kind = ""
        return {"proposed_kind": kind, "proposed_due_on": due if due and (not day or due >= day) else None}

    def _category(self, entry: Entry, text: str, matter: str, known: str, notes: list[str]) -> str:
        desk, names = self.desk, self.desk.known.categories
        said = as_text(entry.cells.get("category"))
        found = names.find(said) if said else Found()
        if not found.code and "/" in said:
            found = names.find(said.rpartition("/")[2])
        if found.code or (known and not said):
            return found.code
        proposed = "" if said else category_by_words(text, has_matter=bool(matter))
        if proposed:
            notes.append(f"问题类别按文字归入“{names.label(proposed)}”。")
            return proposed
        offered = found.near or tuple(code for code in names.labels if matter or code[:1] in "BD")
        options = tuple((code, f"{code} {names.label(code)}") for code in offered)
        where = f"{entry.sheet} 第 {entry.number} 行"
        key = f"category:{entry.sheet}:{entry.number}"
        given = desk.ask(Question(key, "问题类别", said or text, where, options), entry)
        return "" if given == NEITHER else given

    def _demand(self, entry: Entry) -> None:
        desk, notes = self.desk, []
        unit, matter = self._reporter(entry), self.desk.matter(entry, notes)
        text, day = as_text(entry.cells["demand"]), self.desk.day(entry, "day")
        key = ("demands", unit, same_name(text), matter)
        if key in self.made:
            self._note("demands", entry, self.made[key].number)
            return
        said = as_text(entry.cells.get("demand_number"))
        known = desk.recognise(entry, "demands", said, unit, text, matter)
        own = self.of_row.get((entry.sheet, entry.number), {}).get("problems", "")
        alone = entry.form == Form.ONE_SHEET and not own and "measure" in entry.cells
        accepted = "是" if alone and not known else entry.cells.get("accepted")
        row = {
            "reporting_unit": unit,
            "session": desk.walk(entry, unit, day, matter),
            "party": entry.cells.get("party", None if known else "体验人"),
            "source": entry.cells.get("demand_source", None if known else "走流程"),
            "matter": matter,
            "text": text,
            "wish": entry.cells.get("wish"),
            "problem": own or self._references(entry, "problems"),
            "is_accepted": accepted,
            "refusal_reason": entry.cells.get("refusal"),
            "responsible_unit": desk.unit(entry, "responsible", unit if accepted == "是" else ""),
            "due_on": None if own or known else _kind_and_due(desk, entry)[1],
            "note": entry.cells.get("note") if entry.form == Form.DEMANDS else None,
        }
        made = Made("demands", entry, known or said or desk.number("demands", unit), row, _DEMAND_SOURCES)
        made.notes = notes
        self._keep("demands", entry, key, compare(desk, made))

    def _measure(self, entry: Entry, own: dict[str, str]) -> None:
        desk = self.desk
        unit, text = self._reporter(entry), as_text(entry.cells["measure"])
        problems = own.get("problems", "") if entry.form == Form.ONE_SHEET else ""
        problems = problems or self._references(entry, "problems")
        demands = "" if problems and entry.form == Form.ONE_SHEET else own.get("demands", "")
        demands = demands or self._references(entry, "demands")
        key = ("measures", unit, same_name(text), problems, demands)
        if key in self.made:
            return
        said = as_text(entry.cells.get("measure_number"))
        known = desk.recognise(entry, "measures", said, unit, text, "")
        kind, due = _kind_and_due(desk, entry)
        if not known and not kind:
            desk.fault(entry, "due", "写了解决措施，就要写整改时限：填日期，或“立行立改”“长期坚持”。")
        row = {
            "reporting_unit": unit,
            "problems": problems,
            "demands": demands,
            "text": text,
            "rectify_kind": kind,
            "lead_unit": desk.unit(entry, "responsible", "" if known else unit),
            "helper_units": desk.units(entry, "helpers"),
            "leader": entry.cells.get("leader"),
            "responsible": entry.cells.get("person"),
            "due_on": due,
            **_institution(entry),
            "note": entry.cells.get("note") if entry.form == Form.MEASURES else None,
        }
        number = known or said or desk.number("measures", unit)
        # A form without 整改类型 says it by its 整改时限: there it is missing.
        sources = _MEASURE_SOURCES if "kind" in entry.columns else {**_MEASURE_SOURCES, "rectify_kind": "due"}
        made = Made("measures", entry, number, row, sources)
        if not known:
            made.steps = _steps(entry, due, desk.known.campaign.opens_on.year)
        self.made[key] = compare(desk, made)

    def _references(self, entry: Entry, name: str) -> str:
        """序号 in the same file, or numbers of the system, as numbers."""
        found = []
        for text in as_list(entry.cells.get(name)):
            number = self.serials[name].get(_serial(text), "")
            if not number and text in self.desk.known.records[name]:
                number = text
            if number:
                found.append(number)
            else:
                label = "问题" if name == "problems" else "需求"
                self.desk.fault(entry, name, f"文件里没有序号为“{text}”的{label}。")
        return "、".join(dict.fromkeys(found))


def _serial(cell: Any) -> str:
    """1, 1.0 and “1” are the same 序号."""
    text = as_text(cell)
    return text.removesuffix(".0")


def _kind_and_due(desk: Desk, entry: Entry) -> tuple[str, date | None]:
    """整改类型 (its label) and 整改时限: people write 立行立改 where a date belongs."""
    kind, cell = as_text(entry.cells.get("kind")), entry.cells.get("due")
    text = as_text(cell) if isinstance(cell, str) else ""
    if any(word in text for word in _QUICK):
        return kind or "立行立改", None
    if any(word in text for word in _LASTING):
        return kind or "长期坚持", None
    due = desk.day(entry, "due")
    return kind or ("限期整改" if due else ""), due


def _institution(entry: Entry) -> dict[str, Any]:
    said = as_text(entry.cells.get("institution"))
    found = re.match(r"(?P<name>.+?)\s*[(（/](?P<number>[^()（）]*〔\d{4}〕\d+号)[)）]?$", said)
    if found:
        return {"institution": found["name"], "institution_number": found["number"]}
    return {"institution": said, "institution_number": entry.cells.get("institution_number")}


def _steps(entry: Entry, due: date | None, year: int) -> list[dict[str, Any]]:
    """整改步骤, a line or a sentence each, with its day behind it; a step without one is due with its measure."""
    found = []
    for part in re.split(r"[\n;；]", as_text(entry.cells.get("steps"))):
        line = _STEP.match(part)
        if line is None:
            continue
        text, day = line["text"], due
        if told := _STEP_DAY.search(text):
            try:
                day, text = loose_day(told["day"], year) or due, text[: told.start()].rstrip("，,（( ")
            except BadValue:
                day = due
        if day and text:
            found.append({"sequence": len(found) + 1, "text": text, "due_on": day})
    return found


_PROBLEM_SOURCES = {
    "number": "problem_number",
    "reporting_unit": "unit",
    "matter": "matter",
    "step": "step",
    "category": "category",
    "text": "problem",
    "cause": "cause",
    "source": "problem_source",
    "responsible_unit": "responsible",
    "helper_units": "helpers",
    "proposed_kind": "kind",
    "proposed_due_on": "due",
    "found_on": "day",
    "note": "note",
    "session": "walk",
}
_DEMAND_SOURCES = {
    "number": "demand_number",
    "reporting_unit": "unit",
    "party": "party",
    "source": "demand_source",
    "matter": "matter",
    "text": "demand",
    "wish": "wish",
    "problem": "problems",
    "is_accepted": "accepted",
    "refusal_reason": "refusal",
    "responsible_unit": "responsible",
    "due_on": "due",
    "note": "note",
    "session": "walk",
}
_MEASURE_SOURCES = {
    "number": "measure_number",
    "reporting_unit": "unit",
    "problems": "problems",
    "demands": "demands",
    "text": "measure",
    "rectify_kind": "kind",
    "lead_unit": "responsible",
    "helper_units": "helpers",
    "leader": "leader",
    "responsible": "person",
    "due_on": "due",
    "institution": "institution",
    "institution_number": "institution_number",
    "note": "note",
}
