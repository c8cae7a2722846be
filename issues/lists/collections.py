"""What 一键收表 lists: heaps, the files of a heap, the records of a file."""

from typing import Any

from django.db.models import Count, Q, QuerySet

from campaigns.ground.table import Column
from issues.enums import ListKind, SheetState
from issues.lists.cells import LINE, joined

COLLECTIONS = (
    Column("收表时间", lambda row: row.made_at, "datetime", link=True),
    Column("收表单位", lambda row: row.organization.label),
    Column("收表人", lambda row: row.made_by.first_name or row.made_by.username),
    Column("文件", lambda row: row.file_count, "number"),
    Column("已入账", lambda row: row.done_count, "number"),
    Column("待核对", lambda row: row.asking_count, "number"),
    Column("有错误", lambda row: row.faulty_count, "number"),
)

FILES = (
    Column("文件", lambda row: row.name, "long", link=True, width=30),
    Column("单位", lambda row: row.organization.label if row.organization_id else None, width=16),
    Column("清单", lambda row: joined(str(ListKind(kind).label) for kind in row.kinds), width=20),
    Column("行数", lambda row: row.rows, "number"),
    Column("新增", lambda row: row.counts.get("created", 0), "number"),
    Column("更新", lambda row: row.counts.get("updated", 0), "number"),
    Column("无变化", lambda row: row.counts.get("unchanged", 0), "number"),
    Column("疑问", lambda row: row.questions, "number"),
    Column("错误行", lambda row: row.rejected, "number"),
    Column("状态", lambda row: row.get_state_display(), "state"),
)


def _kind(outcome: Any) -> str:
    return str(ListKind(outcome.kind).label) if outcome.kind else ""


def _changes(outcome: Any) -> str:
    """`原来 → 改为`, a line each; what stays with the ledger is marked."""
    lines = [
        f"{label}：{before or '（空）'} → {after or '（空）'}" for label, before, after in outcome.changes
    ]
    lines += [
        f"{label}：系统为“{before or '空'}”，表中为“{after}”，不改，请在整改台账办理"
        for label, before, after in outcome.differences
    ]
    lines += [f"{cell or ''}　{message}".strip() for cell, message in outcome.faults]
    return LINE.join([*lines, *outcome.notes])


OUTCOMES = (
    Column("位置", lambda row: f"{row.sheet} 第 {row.row} 行"),
    Column("清单", _kind),
    Column("编号", lambda row: row.number),
    Column("内容", lambda row: row.text, "long"),
    Column("结果", lambda row: row.action, "state"),
    Column("变化和原因", _changes, "long"),
)


def collection_rows(collections: QuerySet) -> QuerySet:
    """Heaps with their counts, the newest first. One query."""
    asking = [SheetState.ASKING, SheetState.UNMATCHED]
    faulty = [SheetState.FAULTY, SheetState.UNREADABLE]
    return (
        collections.select_related("organization", "made_by")
        .annotate(
            file_count=Count("files"),
            done_count=Count("files", filter=Q(files__state=SheetState.DONE)),
            asking_count=Count("files", filter=Q(files__state__in=asking)),
            faulty_count=Count("files", filter=Q(files__state__in=faulty)),
        )
        .order_by("-made_at", "-pk")
    )
