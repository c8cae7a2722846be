"""督办单 as a list."""

from django.db.models import QuerySet

from campaigns.enums import SLIP_LEVELS
from campaigns.ground.table import Column
from campaigns.models import Slip


def _limit(slip: Slip):
    return slip.deadline.due_on if slip.deadline_id else None


SLIPS = (
    Column("督办单编号", lambda slip: slip.number or "待签发", link=True, width=18),
    Column("督办事项", lambda slip: slip.about.title, "long", width=40),
    Column("被督办单位", lambda slip: slip.about.organization.label, width=14),
    Column("级别", lambda slip: dict(SLIP_LEVELS).get(slip.level, f"{slip.level} 级"), width=9),
    Column("原时限", lambda slip: slip.about.due_on, "date", width=11),
    Column("拟稿日期", lambda slip: slip.drafted_on, "date", width=11),
    Column("状态", lambda slip: slip.get_state_display(), "state", width=9),
    Column("督办时限", _limit, "date", width=11),
    Column("挂牌领导", lambda slip: slip.leader, width=12),
)


def slip_rows(slips: QuerySet) -> QuerySet:
    """`slips` with everything SLIPS shows, in a fixed number of queries: drafts first, then the newest."""
    return slips.select_related("about__organization", "deadline").order_by("state", "-drafted_on", "-pk")
