"""回访 as a list: never a number, never a name of whom was asked."""

from django.db.models import Count, QuerySet

from campaigns.ground.table import Column

FOLLOW_UPS = (
    Column("台账编号", lambda row: row.item.number, link=True, width=24),
    Column("责任单位", lambda row: row.item.responsible_unit.label, width=14),
    Column("问题或需求", lambda row: (row.item.problem or row.item.demand).text, "long", width=40),
    Column("销号日期", lambda row: row.closed_at, "date", on_page=False, width=12),
    Column("来由", lambda row: row.get_origin_display(), width=14),
    Column("方式", lambda row: row.get_method_display(), on_page=False, width=10),
    Column("状态", lambda row: row.get_state_display(), "state", width=12),
    Column("已联系次数", lambda row: row.tries, "number", width=10),
    Column("回访截止", lambda row: row.ask_by, "date", width=12),
    Column("结论", lambda row: row.get_verdict_display(), width=10),
    Column("满意度", lambda row: row.get_satisfaction_display(), width=10),
    Column("回访日期", lambda row: row.checked_at, "date", on_page=False, width=12),
    Column("情况", lambda row: row.note, "long", on_page=False, width=40),
    Column("说明时限", lambda row: row.deadline.due_on if row.deadline_id else None, "date", width=12),
    Column("单位说明", lambda row: row.explanation, "long", on_page=False, width=40),
    Column("处理意见", lambda row: row.decision_note, "long", on_page=False, width=40),
)


def follow_up_rows(rows: QuerySet) -> QuerySet:
    """`rows` with everything FOLLOW_UPS shows, what must be asked first on top."""
    return (
        rows.select_related("item__responsible_unit", "item__problem", "item__demand", "deadline")
        .annotate(tries=Count("attempts"))
        .order_by("-opened_at", "-pk")
    )
