"""Columns of 抽查: the draws, and the items of one draw as the inspectors' sheet prints them."""

from django.db.models import Count, Q, QuerySet

from campaigns.ground.table import Column
from issues.models import DrawItem
from issues.sampling import WHOLE


def state_of_draw(draw) -> str:
    """已公布 → 已抽取 → 已完成."""
    if not draw.is_drawn:
        return "已公布方案"
    return "已完成" if draw.drawn_rows == draw.signed_rows else "检查中"


DRAWS = (
    Column("抽查编号", lambda row: row.number, link=True, width=22),
    Column("方案名称", lambda row: row.title, width=24),
    Column("抽查范围", lambda row: row.organization.label, width=16),
    Column("抽取条数", lambda row: row.count, "number", width=8),
    Column("总体数", lambda row: row.population, "number", width=8),
    Column("已签字", lambda row: row.signed_rows, "number", width=8),
    Column("种子公布时间", lambda row: row.seed_published_at, "datetime", width=17),
    Column("抽取时间", lambda row: row.drawn_at, "datetime", width=17),
    Column("状态", state_of_draw, "state", width=10),
)


def draw_rows(draws: QuerySet) -> QuerySet:
    """`draws` with what DRAWS shows, the newest first, without their snapshots."""
    return (
        draws.select_related("organization")
        .defer("snapshot")
        .annotate(
            drawn_rows=Count("items", distinct=True),
            signed_rows=Count("items", filter=Q(items__confirmed_at__isnull=False), distinct=True),
        )
        .order_by("-seed_published_at", "-pk")
    )


def chance_words(chance: int) -> str:
    """A chance in billionths as a percentage."""
    return f"{chance * 100 / WHOLE:.1f}%"


def reason_words(reasons: list) -> str:
    """投诉来源先抽、基础10、逾期办结10."""
    return "、".join(f"{word}{points or ''}" for word, points in reasons)


def drawn_rows(draw) -> QuerySet[DrawItem]:
    """The items of one draw with what its page shows, by number."""
    return (
        draw.items.select_related(
            "item__responsible_unit", "item__problem", "item__demand", "first", "second", "checked_by__person"
        )
        .select_related("confirmed_by__person")
        .prefetch_related("item__follow_ups", "item__helper_units")
        .order_by("item__number")
    )
