"""The columns of the three lists, the one-sheet variant and the ledger: declared once (house rule 10).

Page, workbook, package and test read the same declarations. Nothing here writes, or lays out paper.
"""

from issues.lights import light_of, lit
from issues.lists.findings import DEMANDS, ONE_SHEET, PROBLEMS, demand_rows, one_sheet_rows, problem_rows
from issues.lists.ledger import LEDGER, LEDGER_PAGE, ledger_rows, ledger_sheet_rows
from issues.lists.measures import MEASURES, measure_rows

__all__ = [
    "DEMANDS",
    "LEDGER",
    "LEDGER_PAGE",
    "MEASURES",
    "ONE_SHEET",
    "PROBLEMS",
    "demand_rows",
    "ledger_rows",
    "ledger_sheet_rows",
    "light_of",
    "lit",
    "measure_rows",
    "one_sheet_rows",
    "problem_rows",
]
