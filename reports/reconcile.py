"""Do card, list, workbook and document say the same number? Read back from what people are given (peers.md §3.6).

Each comparison counts anew and from the outside: rows by their keys, a list through its own filter, a workbook by the
words in its cells (reports.reconcile_sheets), a document by its printed table. `check_figures` runs it, and a package that disagrees isn't built.
"""

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.http import urlencode
from docx import Document as open_docx
from python_calamine import load_workbook

from campaigns.ground.calendar import Calendar
from reports.figure_rows import DENOMINATOR, NUMERATOR, rows_of
from reports.figures import Figure, count
from reports.indicators import INDICATORS, Indicator
from reports.listings import LISTINGS, Asked
from reports.reconcile_sheets import IN_SHEETS, Cells
from reports.scope import Scope

LIST_OF = {listing.page: listing for listing in LISTINGS.values() if listing.page}
DOCUMENTS = ("工作总结", "整改情况报告")


@dataclass(frozen=True)
class Reading:
    """One figure and what the places said that disagree with it. `rows`: those listed behind its numerator."""

    figure: Figure
    rows: int
    mismatches: tuple[str, ...]


@dataclass(frozen=True)
class Papers:
    """What a package holds that states figures, as bytes. The first document prints all of them, the others some."""

    books: tuple[bytes, ...]
    documents: tuple[bytes, ...]


def reconcile(scope: Scope, calendar: Calendar, papers: Papers) -> list[Reading]:
    """Every figure of `scope` compared with its rows, its list, the workbooks and the document."""
    sheets = {name: rows for content in papers.books for name, rows in _sheets(content).items()}
    printed = [_printed(content) for content in papers.documents]
    return [_reading(indicator, scope, calendar, sheets, printed) for indicator in INDICATORS]


def disagreements(readings: Iterable[Reading]) -> list[str]:
    """The mismatches of all figures as sentences."""
    return [f"{each.figure.label}：{said}" for each in readings for said in each.mismatches]


def _reading(
    indicator: Indicator,
    scope: Scope,
    calendar: Calendar,
    sheets: Mapping[str, list[Cells]],
    printed: list[Mapping[str, tuple[str, str]]],
) -> Reading:
    figure = count(indicator, scope)
    upper = _keys(indicator, NUMERATOR, scope)
    wrong = [*_against_rows(indicator, figure, upper, scope)]
    wrong += _against_list(indicator, figure, scope, calendar)
    wrong += _against_sheets(indicator, figure, sheets)
    wrong += _against_document(figure, printed)
    return Reading(figure, len(upper), tuple(wrong))


def _keys(indicator: Indicator, part: str, scope: Scope) -> set[int]:
    return set(rows_of(indicator, part, scope).values_list("pk", flat=True))


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
    rows = LIST_OF[indicator.link].narrowed(asked).filter(campaign=scope.campaign)
    found = rows.order_by().values("pk").distinct().count()
    if found != figure.numerator:
        yield f"卡片为{figure.numerator}，清单为{found}"


def _against_sheets(indicator: Indicator, figure: Figure, sheets: Mapping[str, list[Cells]]) -> Iterable[str]:
    for part, sheet, counted in IN_SHEETS.get(indicator.key, ()):
        found = counted(sheets[sheet])
        said = figure.numerator if part == NUMERATOR else figure.denominator
        if found != said:
            yield f"{part}为{said}，《{sheet}》工作表为{found}"


def _against_document(figure: Figure, printed: list[Mapping[str, tuple[str, str]]]) -> Iterable[str]:
    if figure.label not in printed[0]:
        yield "工作总结的指标表中没有这一项"
    for name, table in zip(DOCUMENTS, printed, strict=False):
        found = table.get(figure.label)
        if found is not None and found != (figure.text, figure.note or "—"):
            yield f"卡片为{figure.text}（{figure.note or '—'}），{name}为{found[0]}（{found[1]}）"


def _sheets(content: bytes) -> dict[str, list[Cells]]:
    """The sheets of a paper workbook: title lines above the header and the signature line below are no rows."""
    book = load_workbook(io.BytesIO(content))
    return {name: _rows(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names}


def _rows(lines: list[list[Any]]) -> list[Cells]:
    tabular = [line for line in lines if sum(1 for cell in line if cell != "") > 3]
    return [dict(zip(tabular[0], line, strict=True)) for line in tabular[1:]]


def _printed(content: bytes) -> dict[str, tuple[str, str]]:
    """指标 → (数值, 分子/分母) as printed in the document's table of figures."""
    for table in open_docx(io.BytesIO(content)).tables:
        if [cell.text for cell in table.row_cells(0)[:3]] == ["指标", "数值", "分子/分母"]:
            rows = [[cell.text for cell in row.cells] for row in table.rows]
            return {row[0]: (row[1], row[2]) for row in rows[1:]}
    return {}
