"""Stored files: named by their SHA-256, never by what the user called them."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile
from django.db import models

from campaigns.ground.constraints import known_value
from campaigns.ground.refusal import Gone


class FileKind(models.TextChoices):
    EVIDENCE = "EVIDENCE", "佐证材料"
    IMPORT = "IMPORT", "导入文件"
    REJECTS = "REJECTS", "退回文件"
    EXPORT = "EXPORT", "导出文件"
    PACKAGE = "PACKAGE", "总结材料包"
    BULLETIN = "BULLETIN", "印发的通报"


def _path(stored: "StoredFile", filename: str) -> str:
    return f"{stored.kind.lower()}/{stored.sha256[:2]}/{stored.sha256}-{filename}"


class StoredFile(models.Model):
    """One file kept by the system; who may read it is decided by the row that points to it."""

    kind = models.CharField("用途", max_length=12, choices=FileKind)
    name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64, db_index=True)
    size = models.PositiveBigIntegerField("大小(字节)")
    content_type = models.CharField("类型", max_length=100)
    file = models.FileField("文件", upload_to=_path, max_length=255)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="上传人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField("上传时间")

    class Meta:
        app_label = "campaigns"
        verbose_name = verbose_name_plural = "文件"
        constraints = [
            known_value("kind", FileKind.values, name="storedfile_kind_known", message="文件用途不正确。"),
        ]

    def __str__(self) -> str:
        return f"{self.name}({self.sha256[:8]})"


def store_bytes(*, content: bytes, name: str, kind: str, content_type: str, by, now) -> StoredFile:
    """Keep `content` under its digest. `by` is a User or None (the system); `name` is only shown, never a path."""
    digest = hashlib.sha256(content).hexdigest()
    suffix = name.rpartition(".")[2].lower() if "." in name else "bin"
    stored = StoredFile(
        kind=kind,
        name=name[-200:],
        sha256=digest,
        size=len(content),
        content_type=content_type,
        uploaded_by=by,
        uploaded_at=now,
    )
    stored.file.save(f"file.{suffix}"[:40], ContentFile(content), save=False)
    stored.save(force_insert=True)
    return stored


def store_file(*, path: Path, name: str, kind: str, content_type: str, by, now) -> StoredFile:
    """Keep the file at `path`, however large, under its digest; the original may be deleted afterwards."""
    with path.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
        stored = StoredFile(
            kind=kind,
            name=name[-200:],
            sha256=digest,
            size=path.stat().st_size,
            content_type=content_type,
            uploaded_by=by,
            uploaded_at=now,
        )
        opened.seek(0)
        stored.file.save(f"file{path.suffix}", File(opened), save=False)
    stored.save(force_insert=True)
    return stored


def open_stored(stored: StoredFile) -> File:
    """The bytes of a kept file, opened for reading. Raises Gone where somebody has taken them from the store."""
    try:
        return stored.file.open("rb")
    except FileNotFoundError as missing:
        raise Gone("文件已不在存放处，请联系系统管理员。") from missing


def forget_file(stored: StoredFile) -> None:
    """Delete a file nobody points to any more, row and bytes."""
    stored.file.delete(save=False)
    stored.delete()
