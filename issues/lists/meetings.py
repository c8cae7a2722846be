"""会商 and 批量顺延 as lists."""

from django.db.models import Count, Q, QuerySet

from campaigns.ground.table import Column
from issues.lists.cells import day, labels
from issues.models import Meeting, Shift

MEETINGS = (
    Column("纪要文号", lambda row: row.document_number, link=True, width=20),
    Column("会商议题", lambda row: row.title, "long", width=36),
    Column("会商日期", lambda row: row.held_on, "date", width=11),
    Column("召集单位", lambda row: row.organization.label, width=12),
    Column("参加单位", lambda row: labels(row.units), "long", on_page=False, width=30),
    Column("会商台账", lambda row: row.item_count, "number", width=8),
    Column("议定事项", lambda row: row.decision_count, "number", width=8),
    Column("尚未办结", lambda row: row.open_count, "number", width=8),
    Column("会商情况", lambda row: row.summary, "long", on_page=False, width=40),
)

SHIFTS = (
    Column("顺延原因", lambda row: row.reason, "long", link=True, width=36),
    Column("范围", lambda row: row.organization.label, width=12),
    Column("时限自", lambda row: row.since, "date", width=11),
    Column("时限至", lambda row: row.until, "date", width=11),
    Column("顺延工作日", lambda row: row.workdays, "number", width=8),
    Column("台账条数", lambda row: row.date_count, "number", width=8),
    Column("办理日期", lambda row: day(row.shifted_at), "date", width=11),
    Column("办理人", lambda row: row.shifted_by.person.name, width=10),
)


def meeting_rows(rows: QuerySet[Meeting]) -> QuerySet[Meeting]:
    """`rows` with everything MEETINGS shows, the last one first; two queries."""
    decisions = Count("decisions", distinct=True)
    waiting = Count("decisions", filter=Q(decisions__done_on__isnull=True), distinct=True)
    return (
        rows.select_related("organization")
        .prefetch_related("units")
        .annotate(item_count=Count("items", distinct=True), decision_count=decisions, open_count=waiting)
        .order_by("-held_on", "-pk")
    )


def shift_rows(rows: QuerySet[Shift]) -> QuerySet[Shift]:
    """`rows` with everything SHIFTS shows, the last one first; one query."""
    return (
        rows.select_related("organization", "shifted_by__person")
        .annotate(date_count=Count("dates"))
        .order_by("-pk")
    )
