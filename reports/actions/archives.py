"""移交归档: the whole campaign as one zip for hand-over — every kind as its workbook, a manifest, files on request.

All records as they stand, whoever's: for 市审改办 and 系统管理员. Written by the worker; nothing or everything.
"""

import hashlib
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from campaigns.enums import OrganizationKind, Role
from campaigns.ground.files import FileKind, StoredFile
from campaigns.ground.jobs import Job, enqueue
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Posting
from reports.actions.exports import keep_export
from reports.exports import KINDS, write_kind

MANIFEST = "目录.json"
_MOMENT = (1980, 1, 1, 0, 0, 0)
_KEPT = (FileKind.EVIDENCE, FileKind.PACKAGE, FileKind.BULLETIN)
Telling = Callable[[int, int, str], None]


def may_archive(by: Posting) -> bool:
    """市审改办 hands the campaign over; 系统管理员 moves it to another server."""
    if by.role == Role.REFORM_OFFICE:
        return by.organization.kind == OrganizationKind.CITY
    return by.role == Role.ADMIN


def check_can_archive(by: Posting) -> None:
    if not may_archive(by):
        raise NotAllowed("全部数据的移交归档由市审改办或系统管理员办理。")


@transaction.atomic
def ask_for_archive(*, with_files: bool, on: date, by: Posting, now: datetime) -> Job:
    """Queue the archive as a job of kind "archive"."""
    check_can_archive(by)
    return enqueue(
        kind="archive",
        by=by.person.user,
        now=now,
        on=on.isoformat(),
        posting=by.pk,
        with_files=with_files,
    )


def _quiet(done: int, total: int, name: str) -> None:
    """Nobody watches."""


def write_archive(
    *, with_files: bool, on: date, by: Posting, now: datetime, progress: Telling = _quiet
) -> tuple[StoredFile, int]:
    """Write the zip and keep it; returns it and the number of records in it. Phones are masked as in every export."""
    check_can_archive(by)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "archive.zip")
        with zipfile.ZipFile(path, "w", allowZip64=True) as archive:
            entries = _workbooks(archive, Path(folder), on, progress)
            files = _files(archive) if with_files else []
            told = {"截至日期": on.isoformat(), "files": entries, "attachments": files}
            archive.writestr(_member(MANIFEST), json.dumps(told, ensure_ascii=False, indent=1))
        rows = sum(entry["rows"] for entry in entries)
        detail = {"清单": "全部数据移交归档", "条件": "含附件" if with_files else "不含附件", "条数": rows}
        name = f"移交归档-{by.organization.label}-{on.isoformat()}.zip"
        return keep_export(path=path, name=name, detail=detail, by=by, now=now), rows


def _workbooks(archive: zipfile.ZipFile, folder: Path, on: date, progress: Telling) -> list[dict]:
    entries = []
    for done, (kind, title) in enumerate(KINDS.items()):
        progress(done, len(KINDS), title)
        path = folder / "kind.xlsx"
        with path.open("w+b") as target:
            rows = write_kind(target, kind=kind, on=on)
        name = f"数据/{kind}-{title}.xlsx"
        entries.append({"kind": kind, "name": name, "rows": rows, "sha256": _copy(archive, name, path)})
    progress(len(KINDS), len(KINDS), "")
    return entries


def _copy(archive: zipfile.ZipFile, name: str, path: Path) -> str:
    """A workbook is a zip already: stored as it is. Returns its digest."""
    with path.open("rb") as source, archive.open(_member(name), "w", force_zip64=True) as target:
        shutil.copyfileobj(source, target)
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _files(archive: zipfile.ZipFile) -> list[dict]:
    """佐证材料 and 总结材料包, each content once; a file that is gone from the store is told as missing."""
    entries: list[dict] = []
    seen: set[str] = set()
    for stored in StoredFile.objects.filter(kind__in=_KEPT).order_by("sha256", "pk").iterator():
        name = f"附件/{stored.sha256[:2]}/{stored.sha256}{Path(stored.file.name).suffix}"
        entry = {"name": name, "file": stored.name, "sha256": stored.sha256}
        if stored.sha256 not in seen:
            try:
                with (
                    stored.file.open("rb") as source,
                    archive.open(_member(name), "w", force_zip64=True) as target,
                ):
                    shutil.copyfileobj(source, target)
            except FileNotFoundError:
                entry["missing"] = True
        seen.add(stored.sha256)
        entries.append(entry)
    return entries


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _MOMENT)
    info.create_system, info.external_attr = 3, 0o644 << 16  # or unzip reads Chinese names as gibberish
    return info
