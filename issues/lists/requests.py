"""提请上级协调事项: the items that wait for the level above, with what was asked for (contract §7.7)."""

from django.db.models import OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce

from campaigns.ground.table import Column
from issues.enums import ConsentKind
from issues.lists.cells import day, label
from issues.models import Consent

REQUESTS = (
    Column("台账编号", lambda row: row.number, link=True, width=24),
    Column("提请单位", lambda row: label(row.responsible_unit), width=16),
    Column("需要协调的事项", lambda row: row.finding.text, "long", width=44),
    Column("提请理由", lambda row: row.request_reason, "long", width=36),
    Column("请示文号", lambda row: row.request_number, width=20),
    Column("提请日期", lambda row: day(row.requested_at), "date", width=12),
    Column("状态", lambda row: row.get_state_display(), "state", width=12),
)


def request_rows(items: QuerySet) -> QuerySet:
    """`items` with what REQUESTS shows of the consent that let them wait, by number."""
    granted = Consent.objects.filter(item=OuterRef("pk"), kind=ConsentKind.ESCALATE, is_granted=True)
    last = granted.order_by("-decided_at", "-pk")
    return (
        items.select_related("responsible_unit", "problem", "demand")
        .annotate(
            request_reason=Coalesce(Subquery(last.values("reason")[:1]), Value(""), output_field=TextField()),
            request_number=Coalesce(Subquery(last.values("document_number")[:1]), Value("")),
            requested_at=Subquery(last.values("asked_at")[:1]),
        )
        .order_by("number")
    )
