"""举一反三自查 as a list: one row a unit asked."""

from django.db.models import QuerySet

from campaigns.ground.table import Column
from issues.lists.cells import day
from issues.models import SelfCheck

SELFCHECKS = (
    Column("自查单位", lambda row: row.organization.label, link=True, width=14),
    Column("事项", lambda row: row.round.matter.name, width=18),
    Column("对照的问题", lambda row: row.round.item.problem.text, "long", width=36),
    Column("完成时限", lambda row: row.deadline.due_on, "date", width=11),
    Column("自查结果", lambda row: row.get_answer_display() or "待答复", "state", width=8),
    Column("答复日期", lambda row: day(row.answered_at), "date", width=11),
    Column("自查情况", lambda row: row.text, "long", width=34),
    Column("登记的问题", lambda row: row.problem.number if row.problem_id else "", width=22),
    Column("源头台账", lambda row: row.round.item.number, on_page=False, width=22),
)
# On the page of one round the matter and the problem stand above the table.
ROUND = tuple(column for column in SELFCHECKS if column.label not in ("事项", "对照的问题"))


def selfcheck_rows(rows: QuerySet[SelfCheck]) -> QuerySet[SelfCheck]:
    """`rows` with everything SELFCHECKS shows, in one query: what waits first, the nearest date before."""
    return rows.select_related(
        "organization", "deadline", "problem", "round__matter", "round__item__problem"
    ).order_by("answer", "deadline__due_on", "organization__path", "pk")
