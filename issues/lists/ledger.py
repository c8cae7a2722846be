"""整改台账: the columns of contract §6 ledger, and the same in words (填报单位, 责任单位, 整改事项).

The light and the days left are computed for the day asked for and hung on the row by issues.lights.lit, never stored.
"""

from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from campaigns.ground.table import Column
from issues.lights import light_of
from issues.lists.cells import day, due_of, label

__all__ = ["LEDGER", "LEDGER_PAGE", "ledger_paper_rows", "ledger_rows", "ledger_sheet_rows", "light_of"]


def _code(item: Any) -> str:
    """问题类别编码; a demand has none."""
    return item.problem.category.code if item.problem_id else ""


def _account(user: Any) -> str:
    return user.username if user else ""


def _verified(item: Any) -> str:
    verification = item.verification
    return verification.session.number if verification else ""


def _original_due(item: Any) -> date | None:
    return item.deadline.original_due_on if item.deadline else None


# The columns with in_sheet are contract §6 ledger, word for word and in its order; the others are for the
# page and for the paper ledger of the package.
LEDGER = (
    Column("台账编号", lambda row: row.number, link=True, width=12),
    Column("整改事项", lambda row: row.finding.text, "long", in_sheet=False, width=24),
    Column("问题编号", lambda row: row.problem.number if row.problem_id else "", on_page=False, width=12),
    Column("需求编号", lambda row: row.demand.number if row.demand_id else "", on_page=False, width=12),
    Column("填报单位编码", lambda row: row.reporting_unit.code, on_page=False, width=8),
    Column("填报单位", lambda row: label(row.reporting_unit), in_sheet=False, on_page=False, width=8),
    Column("责任单位编码", lambda row: row.responsible_unit.code, on_page=False, width=8),
    Column("责任单位", lambda row: label(row.responsible_unit), in_sheet=False, width=8),
    Column("状态", lambda row: row.get_state_display(), "state", width=7),
    Column("整改类型", lambda row: row.get_rectify_kind_display(), width=7),
    Column("问题类别编码", _code, on_page=False, width=6),
    Column("发现日期", lambda row: row.found_on, "date", on_page=False, width=11),
    Column("起算日期", lambda row: row.starts_on, "date", on_page=False, width=11),
    Column("原定时限", _original_due, "date", on_page=False, width=11),
    Column("现行时限", due_of, "date", width=11),
    Column("剩余工作日", lambda row: row.days_left, "number", width=6),
    Column("灯", lambda row: row.light, "light", width=7),
    Column("申请销号日期", lambda row: day(row.applied_at), "date", on_page=False, width=11),
    Column("销号日期", lambda row: day(row.closed_at), "date", on_page=False, width=11),
    Column("申请人账号", lambda row: _account(row.applied_by), on_page=False, width=9),
    Column("审核人账号", lambda row: _account(row.reviewed_by), on_page=False, width=9),
    Column("销号人账号", lambda row: _account(row.closed_by), on_page=False, width=9),
    Column("核验登记编号", _verified, on_page=False, width=12),
    Column("免核验原因", lambda row: row.waiver_reason, "long", on_page=False, width=9),
    Column("延期次数", lambda row: row.extension_count, "number", on_page=False, width=5),
    Column("退回重办次数", lambda row: row.return_count, "number", on_page=False, width=5),
)


def _extension(item: Any) -> str:
    """What the list says of 延期, as a chip: one waits for its answer, or how many were granted."""
    if item.asked_count:
        return "延期待批"
    return f"延期{item.extension_count}次" if item.extension_count else ""


# What the page shows besides: 延期, and when something last happened.
LEDGER_PAGE = (
    *LEDGER,
    Column("延期", _extension, "state", in_sheet=False, width=9),
    Column("更新", lambda row: day(row.updated_at), "date", in_sheet=False, width=11),
)


def ledger_rows(items: QuerySet) -> QuerySet:
    """`items` with all that LEDGER shows but the light (issues.lights.lit adds it); fixed queries, what burns first."""
    return items.with_list_columns().burning_first()


# What the contract's columns and the light read, and nothing else: a workbook's row costs a fifth of a page's.
_SHEET_FIELDS = (
    "number",
    "state",
    "rectify_kind",
    "found_on",
    "starts_on",
    "applied_at",
    "closed_at",
    "was_late",
    "waiver_reason",
    "return_count",
    "problem__number",
    "problem__category",
    "demand__number",
    "deadline__due_on",
    "deadline__original_due_on",
    "reporting_unit",
    "responsible_unit",
    "applied_by",
    "reviewed_by",
    "closed_by",
    "verification__session__number",
)
_FEW = ("reporting_unit", "responsible_unit", "applied_by", "reviewed_by", "closed_by", "problem__category")


def ledger_sheet_rows(items: QuerySet) -> QuerySet:
    """`items` with what LEDGER's in_sheet columns show but the light, by number; for tables of any length.

    Units, accounts and categories are few: fetched once a batch, not joined to every row.
    """
    return _sheet_rows(items, _SHEET_FIELDS)


def ledger_paper_rows(items: QuerySet) -> QuerySet:
    """The same with 整改事项 in words, for the paper ledger of the package."""
    return _sheet_rows(items, (*_SHEET_FIELDS, "problem__text", "demand__text"))


def _sheet_rows(items: QuerySet, fields: tuple[str, ...]) -> QuerySet:
    granted = Count("extensions", filter=Q(extensions__is_granted=True), distinct=True)
    return (
        items.select_related("problem", "demand", "deadline", "verification__session")
        .only(*fields)
        .prefetch_related(*_FEW)
        .annotate(extension_count=granted)
        .order_by("number")
    )
