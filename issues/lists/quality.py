"""质量评价 as a list: what was found, never who found it (contract §5). A number would carry the unit's code."""

from django.db.models import F, QuerySet

from campaigns.ground.table import Column
from issues.lists.cells import day
from issues.models import Problem

_SHUFFLE = 7919  # a prime: neighbours in the list are no neighbours in the register

JUDGED = (
    Column("发现的问题", lambda row: row.text, "long", width=44),
    Column("原因分析", lambda row: row.cause, "long", width=30),
    Column("问题类别", lambda row: f"{row.category.code} {row.category.name}", width=20),
    Column("事项", lambda row: row.matter.name if row.matter else "", width=18),
    Column("问题环节", lambda row: row.get_step_display(), width=10),
    Column("质量评价", lambda row: row.get_quality_display() or "待评价", "state", width=9),
    Column("评价日期", lambda row: day(row.quality_at), "date", width=11),
)


def judged_rows(rows: QuerySet[Problem]) -> QuerySet[Problem]:
    """`rows` with everything JUDGED shows, in an order that follows neither unit nor day; one query."""
    return rows.select_related("category", "matter").order_by(F("pk") * _SHUFFLE % 10007, "pk")
