"""Columns of 通报 and 典型经验, on the page and in the workbook, and the rows they need."""

from django.db.models import QuerySet

from campaigns.ground.table import Column
from reports.enums import BulletinState
from reports.printed import Bulletin


def standing(bulletin: Bulletin) -> str:
    """Its state; an issued one that a later issue replaced says so."""
    later = getattr(bulletin, "correction", None)
    if later is not None and later.state == BulletinState.ISSUED:
        return "已被更正"
    return bulletin.get_state_display()


BULLETINS = (
    Column("期号", lambda row: row.number or "未编号", link=True, width=16),
    Column("标题", lambda row: row.title, "long", width=50),
    Column("发文单位", lambda row: row.organization.label, width=14),
    Column("数据截至", lambda row: row.on, "date", width=12),
    Column("状态", standing, "state", width=10),
    Column("印发时间", lambda row: row.issued_at, "datetime", width=17),
    Column("更正", lambda row: row.supersedes.number if row.supersedes_id else "", width=16),
)
EXPERIENCES = (
    Column("标题", lambda row: row.title, link=True, width=40),
    Column("报送单位", lambda row: row.organization.label, width=14),
    Column("做法", lambda row: row.practice, "long", on_page=False, width=60),
    Column("成效", lambda row: row.result, "long", width=50),
    Column("解决措施", lambda row: row.measure.number if row.measure_id else "", on_page=False, width=24),
    Column("走流程登记", lambda row: row.session.number if row.session_id else "", on_page=False, width=24),
    Column("报送时间", lambda row: row.proposed_at, "datetime", width=17),
    Column("状态", lambda row: row.get_state_display(), "state", width=10),
    Column("审核意见", lambda row: row.reason, "long", on_page=False, width=40),
)


def bulletin_rows(rows: QuerySet) -> QuerySet:
    """The newest first."""
    return rows.select_related("organization", "supersedes", "correction").order_by("-drafted_at", "-pk")


def experience_rows(rows: QuerySet) -> QuerySet:
    """The newest first."""
    return rows.select_related("organization", "measure", "session").order_by("-proposed_at", "-pk")
