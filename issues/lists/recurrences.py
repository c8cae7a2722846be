"""同类问题 as a list: two items side by side, what they have in common, and what was decided."""

from django.db.models import F, QuerySet

from campaigns.ground.table import Column
from issues.lists.cells import day
from issues.models import Recurrence

RECURRENCES = (
    Column("后登记的台账", lambda row: row.later.number, link=True, width=22),
    Column("发现的问题", lambda row: row.later.problem.text, "long", width=34),
    Column("责任单位", lambda row: row.later.responsible_unit.label, width=12),
    Column("发现日期", lambda row: row.later.found_on, "date", width=11),
    Column("先登记的台账", lambda row: row.earlier.number, width=22),
    Column("先前的问题", lambda row: row.earlier.problem.text, "long", on_page=False, width=34),
    Column("先前销号日期", lambda row: row.closed_on, "date", width=11),
    Column("销号后天数", lambda row: row.days, "number", width=8),
    Column("相同之处", lambda row: row.likeness, width=18),
    Column("判定", lambda row: row.get_verdict_display(), "state", width=12),
    Column("判定日期", lambda row: day(row.decided_at), "date", on_page=False, width=11),
    Column("判定理由", lambda row: row.reason, "long", on_page=False, width=20),
)


def recurrence_rows(rows: QuerySet[Recurrence]) -> QuerySet[Recurrence]:
    """`rows` with everything RECURRENCES shows, in one query: 待判定 first, then the likeliest."""
    return rows.select_related("later__responsible_unit", "later__problem", "earlier__problem").order_by(
        F("decided_at").asc(nulls_first=True), "-same_signature", "-similarity", "-pk"
    )
