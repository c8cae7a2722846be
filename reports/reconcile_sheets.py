"""What a reader of the workbooks would count by hand, in the workbooks' own words.

Written apart from reports.indicators on purpose: a definition compared with itself could not be wrong.
"""

from collections.abc import Callable, Mapping
from typing import Any

from reports.figure_rows import DENOMINATOR, NUMERATOR

Cells = Mapping[str, Any]  # one row of a workbook: header text → value
Counting = Callable[[list[Cells]], int]


def _rows(wanted: Callable[[Cells], bool]) -> Counting:
    """How many rows are `wanted`."""
    return lambda rows: sum(1 for cells in rows if wanted(cells))


def _total(column: str) -> Counting:
    """What the line 合计 says in `column`."""
    return lambda rows: sum(int(cells[column] or 0) for cells in rows if "合计" in list(cells.values())[:2])


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


_PROBLEMS, _DEMANDS, _MEASURES, _LEDGER = "问题清单", "需求清单", "解决措施清单", "整改台账"
_BY_UNIT, _BY_FORM, _BY_MATTER, _ASKED = "按单位", "按形式", "按事项", "回访"
_SATISFIED = ("非常满意", "满意", "基本满意")

# Figure → (its part, the sheet, how a reader counts it there).
IN_SHEETS: dict[str, tuple[tuple[str, str, Counting], ...]] = {
    "coverage": (
        (NUMERATOR, _BY_UNIT, _total("已走人数")),
        (DENOMINATOR, _BY_UNIT, _total("应走人数")),
    ),
    "key_matters": ((DENOMINATOR, _BY_MATTER, _rows(lambda cells: cells["是否重点事项"] == "是")),),
    "sessions": tuple((NUMERATOR, sheet, _total("走流程场次")) for sheet in (_BY_UNIT, _BY_FORM, _BY_MATTER)),
    "problems": (
        (NUMERATOR, _PROBLEMS, _rows(_all)),
        (NUMERATOR, _BY_UNIT, _total("发现问题")),
        (NUMERATOR, _BY_MATTER, _total("发现问题")),
    ),
    "demands": ((NUMERATOR, _DEMANDS, _rows(_all)), (NUMERATOR, _BY_UNIT, _total("收集需求"))),
    "measures": ((NUMERATOR, _MEASURES, _rows(_all)),),
    "ledger": ((NUMERATOR, _LEDGER, _rows(_all)), (NUMERATOR, _BY_UNIT, _total("负责台账"))),
    "recognized": ((NUMERATOR, _LEDGER, _rows(_recognized)),),
    "closed": ((NUMERATOR, _LEDGER, _rows(_closed)), (NUMERATOR, _BY_UNIT, _total("已销号"))),
    "accepted": (
        (NUMERATOR, _DEMANDS, _rows(lambda cells: cells["是否采纳"] == "是")),
        (DENOMINATOR, _DEMANDS, _rows(lambda cells: cells["是否采纳"] in ("是", "否"))),
    ),
    "closure": (
        (NUMERATOR, _LEDGER, _rows(_both(_countable, _closed))),
        (DENOMINATOR, _LEDGER, _rows(_countable)),
    ),
    "closure_without": (
        (NUMERATOR, _LEDGER, _rows(_both(_countable, _closed))),
        (DENOMINATOR, _LEDGER, _rows(_both(_countable, lambda cells: cells["状态"] != "提请上级协调"))),
    ),
    "closure_with": (
        (NUMERATOR, _LEDGER, _rows(_closed)),
        (DENOMINATOR, _LEDGER, _rows(_recognized)),
    ),
    "on_time": (
        (
            NUMERATOR,
            _LEDGER,
            _rows(_both(_closed, lambda cells: cells["灯"] == "已办结" and cells["现行时限"] != "")),
        ),
        (DENOMINATOR, _LEDGER, _rows(_both(_closed, lambda cells: cells["现行时限"] != ""))),
    ),
    "overdue": (
        (NUMERATOR, _BY_UNIT, _total("逾期未销号")),
        (DENOMINATOR, _LEDGER, _rows(_countable)),
    ),
    "quick": (
        (NUMERATOR, _LEDGER, _rows(_both(_quick, _closed))),
        (DENOMINATOR, _LEDGER, _rows(_quick)),
    ),
    "escapes": (
        (NUMERATOR, _LEDGER, _rows(_escaped)),
        (DENOMINATOR, _LEDGER, _rows(_recognized)),
    ),
    "waived": (
        (NUMERATOR, _LEDGER, _rows(lambda cells: cells["免核验原因"] != "")),
        (NUMERATOR, "免核验", _rows(_all)),
    ),
    "satisfied": (
        (NUMERATOR, _ASKED, _rows(lambda cells: cells["满意度"] in _SATISFIED)),
        (DENOMINATOR, _ASKED, _rows(lambda cells: cells["满意度"] != "")),
    ),
}
