"""佐证材料目录: every file that stands behind the package's rows, and the files themselves where they are asked for."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from django.core.files.storage import default_storage
from django.db.models import QuerySet

from campaigns.ground.table import Column
from campaigns.models import Evidence
from campaigns.querysets import in_reach
from issues.models import ItemEvidence
from reports.models import Submission
from reports.package_books import Member, book
from reports.scope import Scope
from reports.workbooks import paper_sheet

FOLDER = "佐证材料"
_NO_NAME = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
_LONGEST = 60


@dataclass(frozen=True)
class Filed:
    """A file and the row it belongs to. `stored`: its place in the store; `member`: in the zip, if it goes along."""

    kind: str
    number: str
    unit: str
    name: str
    caption: str
    at: datetime
    size: int
    sha256: str
    stored: str
    member: str = ""


_COLUMNS = (
    Column("序号", lambda row: row[0], "number", width=6),
    Column("类别", lambda row: row[1].kind, width=14),
    Column("关联编号", lambda row: row[1].number, width=26),
    Column("单位", lambda row: row[1].unit, width=16),
    Column("文件名", lambda row: row[1].name, "long", width=30),
    Column("说明", lambda row: row[1].caption, "long", width=24),
    Column("上传时间", lambda row: row[1].at, "datetime", width=17),
    Column("大小（KB）", lambda row: -(-row[1].size // 1024), "number", width=10),
    Column("SHA-256", lambda row: row[1].sha256, width=36),
    Column("包内位置", lambda row: row[1].member or "未随包附送", "long", width=30),
)


def evidence_book(
    name: str, scope: Scope, *, with_files: bool
) -> tuple[Member, dict[str, Callable[[], BinaryIO]]]:
    """The catalogue, and with `with_files` the files as members of the zip (name → how to open it).

    A file that is gone from the store is listed as missing and left out.
    """
    filed = list(_placed(sorted(_all(scope), key=_order), with_files))
    sheet = paper_sheet(
        name="佐证材料目录",
        columns=_COLUMNS,
        rows=enumerate(filed, start=1),
        unit=scope.organization.name,
        on=scope.on,
    )
    files = {each.member: _opener(each.stored) for each in filed if each.member.startswith(f"{FOLDER}/")}
    return book(name, [sheet]), files


def _opener(stored: str) -> Callable[[], BinaryIO]:
    return lambda: default_storage.open(stored, "rb")


def _order(row: Filed) -> tuple:
    return row.kind, row.number, row.at, row.sha256


def _placed(rows: Iterable[Filed], with_files: bool) -> Iterator[Filed]:
    """Each row with its place in the zip: a folder a number, the files in it counted."""
    counts: dict[str, int] = {}
    for row in rows:
        if with_files:
            counts[row.number] = counts.get(row.number, 0) + 1
            name = _NO_NAME.sub("_", row.name)[-_LONGEST:]
            member = f"{FOLDER}/{_NO_NAME.sub('_', row.number)}/{counts[row.number]:02d}-{name}"
            row = Filed(**{**row.__dict__, "member": member if _is_there(row.stored) else "文件缺失"})
        yield row


def _is_there(stored: str) -> bool:
    return default_storage.exists(stored)


def _all(scope: Scope) -> Iterator[Filed]:
    """整改佐证, 走流程材料, 制度文件, 上报扫描件 of the scope; four queries."""
    items = ItemEvidence.objects.filter(item__in=scope.items().values("pk"))
    yield from _read(items, "整改佐证", "item__number", "item__responsible_unit", "caption", "added_at")
    walks = Evidence.objects.filter(session__in=scope.sessions().values("pk"))
    yield from _read(walks, "走流程材料", "session__number", "session__reporting_unit", "caption")
    measures = scope.measures().with_institution()
    yield from _read(measures, "制度文件", "number", "lead_unit", "institution", file="institution_file")
    reports = Submission.files.through.objects.filter(
        in_reach(scope.posting, "submission__organization"), submission__campaign=scope.campaign
    )
    unit = "submission__organization"
    yield from _read(reports, "上报扫描件", f"{unit}__code", unit, "submission__state", file="storedfile")


def _read(
    rows: QuerySet, kind: str, number: str, unit: str, caption: str, at: str = "", file: str = "file"
) -> Iterator[Filed]:
    fields = (number, f"{unit}__short_name", f"{unit}__name", f"{file}__name", caption)
    stored = (at or f"{file}__uploaded_at", f"{file}__size", f"{file}__sha256", f"{file}__file")
    for row in rows.order_by().values_list(*fields, *stored).distinct():
        of, short, full, name, said, when, size, digest, place = row
        said = "" if kind == "上报扫描件" else said
        yield Filed(kind, of, short or full, name, said, when, size, digest, place)
