"""Every number of a 通报 read back from its words and counted anew (issue 6: “every number in it equals its rows”).

The paper is taken as a reader has it: sentences and tables. Each number must be claimed by one of the readings below and
equal the rows it stands for; a number nobody claims is a mismatch too, so that a new sentence can't slip by unread.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from campaigns.enums import SessionMode
from campaigns.ground.calendar import Calendar
from campaigns.ground.lights import Light
from issues.enums import DrawOutcome, FollowUpState
from issues.lists import ledger_rows, lit
from reports.bulletins import CHECKED, OVERDUE, STATISTICS
from reports.figure_rows import BY_KEY, DENOMINATOR, NUMERATOR, rows_of
from reports.figures import percent
from reports.indicators import SATISFIED
from reports.inspections import BAD, TOTAL, checked_items
from reports.papers.document import Document, Heading, Table
from reports.scope import Scope

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_WRITTEN = (
    "体验情况。",
    "查摆情况。",
    "整改情况。",
    "抽查回访情况。",
    "逾期未整改。",
)  # 二级标题 the system writes itself


class Rows:
    """The records of a scope as plain values, read once: what the numbers are counted from."""

    def __init__(self, scope: Scope, calendar: Calendar):
        self.scope = scope
        items = lit(list(ledger_rows(scope.items())), on=scope.on, calendar=calendar)
        self.lights = Counter((item.responsible_unit.label, str(item.light)) for item in items)
        late = scope.items().countable().overdue(scope.on).distinct().select_related("responsible_unit")
        self.late = {item.number: item.responsible_unit.label for item in late}
        self.modes = Counter(scope.sessions().order_by("pk").values_list("mode", flat=True))
        self.checks = list(checked_items(scope).select_related("item__responsible_unit"))
        self.asked = list(scope.follow_ups().select_related("item__responsible_unit"))

    def counted(self, key: str, part: str = NUMERATOR) -> int:
        """The rows behind a figure, one by one."""
        return len(set(rows_of(BY_KEY[key], part, self.scope).values_list("pk", flat=True)))

    def rate(self, key: str) -> tuple[str, int, int]:
        """数值, 分子, 分母."""
        upper, lower = self.counted(key), self.counted(key, DENOMINATOR)
        return percent(upper, lower), upper, lower

    def inspected(self, unit: str = "") -> list[int]:
        """The eight numbers of 抽查回访结果, of one unit or of all."""
        checks = [one for one in self.checks if unit in ("", one.item.responsible_unit.label)]
        asked = [one for one in self.asked if unit in ("", one.item.responsible_unit.label)]
        outcomes = Counter(one.outcome for one in checks)
        return [
            len(checks),
            *(outcomes[outcome] for outcome in DrawOutcome.values),
            sum(one.satisfaction != "" for one in asked),
            sum(one.satisfaction in SATISFIED for one in asked),
            sum(one.verdict in BAD for one in asked),
            sum(one.state == FollowUpState.REOPENED for one in asked),
        ]


@dataclass(frozen=True)
class Reading:
    """A piece of a sentence, and what its groups must say."""

    pattern: str
    expected: Callable[[Rows], Iterable]


def _rate_reading(key: str) -> Reading:
    return Reading(
        r"(?<![\u4e00-\u9fa5）])" + re.escape(BY_KEY[key].label) + r"([\d.]+%|—)（(\d+)/(\d+)）",
        lambda rows: rows.rate(key),
    )


READINGS = (
    Reading(
        r"应走人员(\d+)人，已走(\d+)人",
        lambda rows: (rows.counted("coverage", DENOMINATOR), rows.counted("coverage")),
    ),
    Reading(r"共登记走流程(\d+)场次", lambda rows: (rows.counted("sessions"),)),
    *(
        Reading(rf"{mode.label}(\d+)场次", lambda rows, mode=mode: (rows.modes[mode.value],))
        for mode in SessionMode
    ),
    Reading(
        r"登记问题(\d+)个、需求(\d+)条，制定解决措施(\d+)条",
        lambda rows: (rows.counted("problems"), rows.counted("demands"), rows.counted("measures")),
    ),
    Reading(
        r"应整改(\d+)条，已销号(\d+)条",
        lambda rows: (rows.counted("closure", DENOMINATOR), rows.counted("closure")),
    ),
    *(_rate_reading(key) for key in ("coverage", "closure", "quick", "on_time", "returned", "satisfied")),
    Reading(
        r"抽查结论(\d+)条，其中整改到位(\d+)条、整改不到位(\d+)条、不属实(\d+)条",
        lambda rows: rows.inspected()[:4],
    ),
    Reading(r"有效回访(\d+)人次", lambda rows: rows.inspected()[4:5]),
    Reading(
        r"未解决或不属实(\d+)人次，据此恢复整改(\d+)条",
        lambda rows: rows.inspected()[6:],
    ),
    Reading(
        r"逾期未销号台账(\d+)条，涉及(\d+)个单位", lambda rows: (len(rows.late), len(set(rows.late.values())))
    ),
)


def misprints(paper: Document, scope: Scope, calendar: Calendar) -> list[str]:
    """What in the parts of `paper` that the system wrote doesn't equal the rows of `scope`, as sentences; [] is right."""
    rows = Rows(scope, calendar)
    wrong = []
    for block in paper.blocks:
        if isinstance(block, Heading) and block.level == 2 and block.text in _WRITTEN:
            wrong += _sentence(block, rows, [one.name for one in paper.attachments])
    for attachment in paper.attachments:
        for table in attachment.blocks:
            if isinstance(table, Table):
                wrong += _TABLES[attachment.name, table.columns[0]](table, rows)
    return wrong


def _sentence(block: Heading, rows: Rows, attachments: list[str]) -> Iterator[str]:
    left = block.run_in
    for place, _name in enumerate(attachments, 1):
        left = left.replace(f"附件{place}", "")
    if block.text == "逾期未整改。":
        for unit, late in Counter(rows.late.values()).items():
            left = re.sub(rf"(?<=[：、]){re.escape(unit)}{late}条(?=[、。])", "", left)
    for reading in READINGS:
        if found := re.search(reading.pattern, left):
            wanted = tuple(str(one) for one in reading.expected(rows))
            if found.groups() != wanted:
                yield f"{block.text}“{found[0]}”，记录为{'、'.join(wanted)}"
            left = left.replace(found[0], "", 1)
    if stray := _NUMBER.search(left):
        yield f"{block.text}数字“{stray[0]}”没有对应的记录"


def _figures(table: Table, rows: Rows) -> Iterator[str]:
    by_label = {indicator.label: indicator for indicator in BY_KEY.values()}
    for label, text, note, _definition in table.rows:
        key = by_label[label].key
        if by_label[label].denominator:
            value, upper, lower = rows.rate(key)
            wanted = (value, f"{upper}/{lower}")
        else:
            wanted = (str(rows.counted(key)), "—")
        if (text, note) != wanted:
            yield f"情况统计表“{label}”为{text}（{note}），记录为{wanted[0]}（{wanted[1]}）"


def _units(table: Table, rows: Rows) -> Iterator[str]:
    """Lights per unit; the last column is a share of another whole and stands in the figures."""
    words = [str(light) for light in Light]
    heads = ["—" if head == "未计时" else head for head in table.columns]
    for cells in table.rows:
        unit = dict(zip(heads, cells, strict=True))
        wanted = {word: rows.lights[cells[0], word] for word in words}
        said = {word: int(unit[word]) for word in words if word in unit}
        if said != {word: wanted[word] for word in said} or int(unit["合计"]) != sum(wanted.values()):
            yield f"情况统计表“{cells[0]}”为{said}，记录为{wanted}"


def _overdue(table: Table, rows: Rows) -> Iterator[str]:
    said: Mapping[str, str] = {number: unit for number, unit, *_ in table.rows}
    if said != rows.late or len(table.rows) != len(rows.late):
        yield f"逾期清单为{len(table.rows)}条，记录为{len(rows.late)}条"


def _checked(table: Table, rows: Rows) -> Iterator[str]:
    for label, *cells in table.rows:
        wanted = rows.inspected("" if label == TOTAL else label)
        if [int(cell) for cell in cells] != wanted:
            yield f"抽查回访结果“{label}”为{'、'.join(cells)}，记录为{'、'.join(map(str, wanted))}"


def _wanting(table: Table, rows: Rows) -> Iterator[str]:
    total = rows.inspected()
    if len(table.rows) != total[2] + total[3] + total[6]:
        yield f"抽查回访发现的问题列{len(table.rows)}条，记录为{total[2] + total[3] + total[6]}条"


_TABLES: dict[tuple[str, str], Callable[[Table, Rows], Iterator[str]]] = {
    (STATISTICS, "指标"): _figures,
    (STATISTICS, "责任单位"): _units,
    (OVERDUE, "台账编号"): _overdue,
    (CHECKED, "责任单位"): _checked,
    (CHECKED, "台账编号"): _wanting,
}
