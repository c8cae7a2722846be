"""Do card, list, workbook and document say the same number? Read back from what people are given (peers.md §3.6).

Each comparison counts anew and from the outside: rows by their keys, a list through its own filter, a workbook by the
words in its cells, a document by its printed table. `check_figures` runs it, and a package that disagrees isn't built.
"""

import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.http import urlencode
from docx import Document as open_docx
from python_calamine import load_workbook

from campaigns.ground.calendar import Calendar
from reports.figure_rows import DENOMINATOR, NUMERATOR, listed
from reports.figures import Figure, count
from reports.indicators import INDICATORS, Indicator
from reports.listings import LISTINGS, Asked
from reports.scope import Scope

LIST_PAGES = {
    "walk_list": "walks",
    "problem_list": "problems",
    "demand_list": "demands",
    "measure_list": "measures",
    "ledger_list": "ledger",
}
Cells = Mapping[str, Any]  # one row of a workbook: header text → value


@dataclass(frozen=True)
class Reading:
    """One figure and what the places said that disagree with it. `rows`: those listed behind its numerator."""

    figure: Figure
    rows: int
    mismatches: tuple[str, ...]


@dataclass(frozen=True)
class Papers:
    """What a package holds, as bytes: 三张清单.xlsx, 整改台账.xlsx, 工作总结.docx."""

    lists: bytes
    ledger: bytes
    summary: bytes


def reconcile(scope: Scope, calendar: Calendar, papers: Papers) -> list[Reading]:
    """Every figure of `scope` compared with its rows, its list, the workbooks and the document."""
    sheets = {**_sheets(papers.lists), **_sheets(papers.ledger)}
    printed = _printed(papers.summary)
    return [_reading(indicator, scope, calendar, sheets, printed) for indicator in INDICATORS]


def disagreements(readings: Iterable[Reading]) -> list[str]:
    """The mismatches of all figures as sentences."""
    return [f"{each.figure.label}：{said}" for each in readings for said in each.mismatches]


def _reading(
    indicator: Indicator,
    scope: Scope,
    calendar: Calendar,
    sheets: Mapping[str, list[Cells]],
    printed: Mapping[str, tuple[str, str]],
) -> Reading:
    figure = count(indicator, scope)
    upper = _keys(indicator, NUMERATOR, scope)
    wrong = [*_against_rows(indicator, figure, upper, scope)]
    wrong += _against_list(indicator, figure, scope, calendar)
    wrong += _against_sheets(indicator, figure, sheets)
    wrong += _against_document(figure, printed)
    return Reading(figure, len(upper), tuple(wrong))


def _keys(indicator: Indicator, part: str, scope: Scope) -> set[int]:
    return set(listed(indicator, part, scope)[1].values_list("pk", flat=True))


def _against_rows(indicator: Indicator, figure: Figure, upper: set[int], scope: Scope) -> Iterable[str]:
    if len(upper) != figure.numerator:
        yield f"卡片为{figure.numerator}，明细为{len(upper)}"
    if figure.denominator is None:
        return
    lower = _keys(indicator, DENOMINATOR, scope)
    if len(lower) != figure.denominator:
        yield f"分母为{figure.denominator}，明细为{len(lower)}"
    if upper - lower:
        yield f"分子中有{len(upper - lower)}条不在分母内"


def _against_list(indicator: Indicator, figure: Figure, scope: Scope, calendar: Calendar) -> Iterable[str]:
    if not indicator.link:
        return
    asked = Asked(scope.posting, QueryDict(urlencode(dict(indicator.query))), scope.on, calendar)
    rows = LISTINGS[LIST_PAGES[indicator.link]].narrowed(asked).filter(campaign=scope.campaign)
    found = rows.order_by().values("pk").distinct().count()
    if found != figure.numerator:
        yield f"卡片为{figure.numerator}，清单为{found}"


def _against_sheets(indicator: Indicator, figure: Figure, sheets: Mapping[str, list[Cells]]) -> Iterable[str]:
    for part, (sheet, wanted) in IN_SHEETS.get(indicator.key, {}).items():
        found = sum(1 for cells in sheets[sheet] if wanted(cells))
        said = figure.numerator if part == NUMERATOR else figure.denominator
        if found != said:
            yield f"{part}为{said}，《{sheet}》工作表为{found}"


def _against_document(figure: Figure, printed: Mapping[str, tuple[str, str]]) -> Iterable[str]:
    found = printed.get(figure.label)
    if found is None:
        yield "工作总结的指标表中没有这一项"
    elif found != (figure.text, figure.note or "—"):
        yield f"卡片为{figure.text}（{figure.note or '—'}），工作总结为{found[0]}（{found[1]}）"


def _sheets(content: bytes) -> dict[str, list[Cells]]:
    """The sheets of a paper workbook: title lines above the header and the signature line below are no rows."""
    book = load_workbook(io.BytesIO(content))
    return {name: _rows(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names}


def _rows(lines: list[list[Any]]) -> list[Cells]:
    tabular = [line for line in lines if sum(1 for cell in line if cell != "") > 3]
    return [dict(zip(tabular[0], line, strict=True)) for line in tabular[1:]]


def _printed(content: bytes) -> dict[str, tuple[str, str]]:
    """指标 → (数值, 分子/分母) as printed in the summary's table of figures."""
    for table in open_docx(io.BytesIO(content)).tables:
        rows = [[cell.text for cell in row.cells] for row in table.rows]
        if rows and rows[0][:3] == ["指标", "数值", "分子/分母"]:
            return {row[0]: (row[1], row[2]) for row in rows[1:]}
    return {}


def _all(cells: Cells) -> bool:
    return True


def _recognized(cells: Cells) -> bool:
    return cells["状态"] not in ("不予认定", "并案办理")


def _countable(cells: Cells) -> bool:
    return _recognized(cells) and cells["整改类型"] != "长期坚持"


def _closed(cells: Cells) -> bool:
    return cells["状态"] == "已销号"


def _both(*tests: Callable[[Cells], bool]) -> Callable[[Cells], bool]:
    return lambda cells: all(test(cells) for test in tests)


def _quick(cells: Cells) -> bool:
    return _recognized(cells) and cells["整改类型"] == "立行立改"


def _escaped(cells: Cells) -> bool:
    return _recognized(cells) and (cells["状态"] == "提请上级协调" or cells["整改类型"] == "长期坚持")


_LEDGER, _DEMANDS = "整改台账", "需求清单"

# What a reader of the workbooks would count by hand, in the workbooks' own words. Written apart from
# reports.indicators on purpose: a definition compared with itself could not be wrong.
IN_SHEETS: dict[str, dict[str, tuple[str, Callable[[Cells], bool]]]] = {
    "problems": {NUMERATOR: ("问题清单", _all)},
    "demands": {NUMERATOR: (_DEMANDS, _all)},
    "measures": {NUMERATOR: ("解决措施清单", _all)},
    "ledger": {NUMERATOR: (_LEDGER, _all)},
    "accepted": {
        NUMERATOR: (_DEMANDS, lambda cells: cells["是否采纳"] == "是"),
        DENOMINATOR: (_DEMANDS, lambda cells: cells["是否采纳"] in ("是", "否")),
    },
    "closure": {
        NUMERATOR: (_LEDGER, _both(_countable, _closed)),
        DENOMINATOR: (_LEDGER, _countable),
    },
    "closure_without": {
        NUMERATOR: (_LEDGER, _both(_countable, _closed)),
        DENOMINATOR: (_LEDGER, _both(_countable, lambda cells: cells["状态"] != "提请上级协调")),
    },
    "closure_with": {
        NUMERATOR: (_LEDGER, _closed),
        DENOMINATOR: (_LEDGER, _recognized),
    },
    "on_time": {
        NUMERATOR: (
            _LEDGER,
            _both(_closed, lambda cells: cells["灯"] == "已办结" and cells["现行时限"] != ""),
        ),
        DENOMINATOR: (_LEDGER, _both(_closed, lambda cells: cells["现行时限"] != "")),
    },
    "quick": {
        NUMERATOR: (_LEDGER, _both(_quick, _closed)),
        DENOMINATOR: (_LEDGER, _quick),
    },
    "escapes": {
        NUMERATOR: (_LEDGER, _escaped),
        DENOMINATOR: (_LEDGER, _recognized),
    },
    "waived": {NUMERATOR: (_LEDGER, lambda cells: cells["免核验原因"] != "")},
}
