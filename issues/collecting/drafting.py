"""From a unit's rows to rows of the import shapes: names to codes, doubts to questions, known records recognised.

Nothing is guessed: what isn't certain becomes a question with its candidates, what can't be becomes a fault.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from campaigns.ground.sheets.values import BadValue, as_date, as_list, as_name, as_text, same_name
from issues.collecting.known import Known
from issues.collecting.names import Found, Names, very_like
from issues.collecting.rows import Entry

NEITHER = "-"  # the answer “none of these”
_LOOSE_DAY = re.compile(
    r"(?:(?P<y>\d{4})\s*年)?\s*(?P<m>\d{1,2})\s*月\s*(?:(?P<d>\d{1,2})\s*[日号]?|(?P<end>底|末))?\s*(?:之?前|以前)?$"
)
_LEADING_DAY = re.compile(r"\d{4}\s*[-./年]\s*\d{1,2}\s*[-./月]\s*\d{1,2}\s*日?")


@dataclass(frozen=True)
class Question:
    """A doubt a person settles. `options`: (answer, what it means); `said`: what stands in the sheet."""

    key: str
    label: str
    said: str
    where: str
    options: tuple[tuple[str, str], ...]


@dataclass
class Made:
    """One record to be: a row of the shape of `kind`, with the row of the sheet it was made from.

    `sources`: field of the shape → field of the sheet. `differences`: (label, system, sheet) of what the ledger has
    taken over and a table can't change any more.
    """

    kind: str
    entry: Entry
    number: str
    row: dict[str, Any]
    sources: dict[str, str] = field(default_factory=dict)
    stored: dict[str, Any] | None = None
    steps: list[dict[str, Any]] = field(default_factory=list)
    differences: list[tuple[str, str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass
class Fault:
    entry: Entry
    field: str
    message: str


class Desk:
    """Where one file is worked on: the answers given so far, the questions and faults found."""

    def __init__(self, known: Known, answers: dict[str, str], number: Callable[[str, str], str]) -> None:
        """`number(kind, unit code)` gives a new record its number."""
        self.known, self.answers, self.number = known, answers, number
        self.questions: dict[str, Question] = {}
        self.faults: list[Fault] = []
        self.waiting: set[tuple[str, int]] = set()  # rows (sheet, number) that wait for an answer

    def fault(self, entry: Entry, name: str, message: str) -> None:
        self.faults.append(Fault(entry, name, message))

    def ask(self, question: Question, entry: Entry | None = None) -> str:
        """The answer given to a question, NEITHER included; "" while it is open (then the row of `entry` waits)."""
        given = self.answers.get(question.key, "")
        if given not in {value for value, _ in question.options}:
            given = ""
        if not given:
            self.questions.setdefault(question.key, question)
            if entry is not None:
                self.waiting.add((entry.sheet, entry.number))
        return given

    def choose(self, entry: Entry, name: str, noun: str, text: str, found: Found, names: Names) -> str:
        """The code meant by `text`: certain, else as answered; "" when unknown, open or none of those offered."""
        if found.code or not found.near:
            return found.code
        options = tuple((code, f"{names.label(code)}（{code}）") for code in found.near)
        question = Question(
            f"{name}:{same_name(text)}", noun, text, _where(entry), (*options, (NEITHER, "都不是"))
        )
        given = self.ask(question, entry)
        return "" if given == NEITHER else given

    def is_open(self, name: str, text: str) -> bool:
        """Whether the question about `text` still waits for its answer."""
        return f"{name}:{same_name(text)}" in self.questions

    def unit(self, entry: Entry, name: str, default: str = "") -> str:
        """The code of the unit named in a cell; `default` for a blank one."""
        if name not in entry.cells:
            return default
        text = as_name(entry.cells[name])
        code = self.choose(entry, "unit", "单位", text, self.known.units.find(text), self.known.units)
        if not code and not self.is_open("unit", text):
            self.fault(entry, name, f"找不到单位“{text}”。")
        return code

    def units(self, entry: Entry, name: str) -> str:
        """Several units of one cell, as codes."""
        found = []
        for text in as_list(entry.cells.get(name)):
            code = self.choose(entry, "unit", "单位", text, self.known.units.find(text), self.known.units)
            if code:
                found.append(code)
            elif not self.is_open("unit", text):
                self.fault(entry, name, f"找不到单位“{text}”。")
        return "、".join(found)

    def matter(self, entry: Entry, notes: list[str]) -> str:
        """The matter: its code, its name, or both with a stroke between (domain.md §1.2); unknown ones are noted."""
        text = as_name(entry.cells.get("matter"))
        if not text:
            return ""
        for part in (text, *(piece.strip() for piece in reversed(re.split("[/／]", text)))):
            if code := self.known.matters.find(part).code:
                return code
        code = self.choose(entry, "matter", "事项", text, self.known.matters.find(text), self.known.matters)
        if not code and not self.is_open("matter", text):
            notes.append(f"事项“{text}”不在事项库中，没有关联。")
        return code

    def day(self, entry: Entry, name: str) -> date | None:
        """A day as people write it, also without the year (5月18日, 6月底前): the campaign's year then."""
        cell = entry.cells.get(name)
        if cell is None:
            return None
        try:
            return loose_day(cell, self.known.campaign.opens_on.year)
        except BadValue as refusal:
            self.fault(entry, name, str(refusal))
            return None

    def walk(self, entry: Entry, unit: str, day: date | None, matter: str) -> str:
        """The registered walk a row tells of, where exactly one fits walker, day and (if told) matter."""
        if "walk" in entry.cells:
            return as_text(entry.cells["walk"])
        if day is None or "walker" not in entry.cells:
            return ""
        fitting: set[str] = set()
        for name in _people_named(entry.cells["walker"]):
            person = self._person(entry, unit, name)
            for number, of in self.known.walks.get((unit, person, day), ()):
                if not matter or of == matter:
                    fitting.add(number)
        return fitting.pop() if len(fitting) == 1 else ""

    def _person(self, entry: Entry, unit: str, name: str) -> str:
        """The code of the unit's own person of that name; a name with one sign another way is asked about."""
        below = self.known.paths.get(unit, "?")
        wanted = same_name(name)
        own = [code for code, path in self.known.people.get(wanted, ()) if path.startswith(below)]
        if own:
            return own[0] if len(own) == 1 else ""
        near = tuple(
            (code, f"{other}（{code}）")
            for other, people in self.known.people.items()
            if len(other) == len(wanted) and sum(a != b for a, b in zip(other, wanted, strict=True)) == 1
            for code, path in people
            if path.startswith(below)
        )[:5]
        if not near:
            return ""
        question = Question(
            f"person:{unit}:{wanted}", "走流程人员", name, _where(entry), (*near, (NEITHER, "都不是，不关联"))
        )
        given = self.ask(question, entry)
        return "" if given == NEITHER else given

    def recognise(self, entry: Entry, kind: str, number: str, unit: str, text: str, matter: str) -> str:
        """The number of the stored record a row tells of; "" for a new one or while a person is asked."""
        records = self.known.records[kind]
        if number:
            return number if number in records else ""
        same = self.known.by_text[kind].get((unit, same_name(text)), [])
        told = [each for each in same if not matter or records[each].get("matter") in (matter, None)]
        if told or same:
            return (told or same)[0]
        if kind == "measures":
            return ""
        near = [
            each
            for (owner, _), numbers in self.known.by_text[kind].items()
            if owner == unit
            for each in numbers
            if very_like(records[each]["text"], text)
        ][:5]
        if not near:
            return ""
        options = tuple((each, f"是 {each}：{records[each]['text'][:60]}") for each in near)
        question = Question(
            f"same:{kind}:{same_name(text)[:80]}",
            "是不是已登记的同一条",
            text,
            _where(entry),
            (*options, (NEITHER, "不是，作为新的登记")),
        )
        given = self.ask(question, entry)
        return "" if given == NEITHER else given


def loose_day(cell: Any, year: int) -> date | None:
    """A day; beyond contract §6 also without its year, with 前 behind it, or the first day of a span."""
    try:
        return as_date(cell)
    except BadValue:
        text = as_text(cell)
        if lead := _LEADING_DAY.match(text):
            return as_date("".join(lead.group().split()))
        found = _LOOSE_DAY.match(text)
        if found is None or not (found["d"] or found["end"]):
            raise
        of, month = int(found["y"] or year), int(found["m"])
        if found["end"]:
            following = as_date(f"{of + month // 12}-{month % 12 + 1}-1")
            return date.fromordinal(following.toordinal() - 1)
        return as_date(f"{of}-{month}-{found['d']}")


def _people_named(cell: Any) -> list[str]:
    """Names in a cell, without the titles in brackets behind them."""
    bare = re.sub(r"[(（][^()（）]*[)）]", "", as_text(cell))
    return [as_name(name) for name in as_list(bare)]


def _where(entry: Entry) -> str:
    return f"{entry.sheet} 第 {entry.number} 行"
