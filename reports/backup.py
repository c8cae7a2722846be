"""One archive with everything: every row as a line of JSON, every stored file, a manifest (contract §2 `backup`).

Independent of the database: taken on SQLite it is restored on PostgreSQL, and the other way round. Encrypted fields
stay encrypted in it. Unchanged data give identical bytes. Reading only; what writes is reports.actions.backups.
"""

import hashlib
import json
import os
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection, models
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import ExpressionWrapper, F, TextField

from campaigns.ground.files import StoredFile
from campaigns.ground.moment import one_moment
from campaigns.ground.secret import SecretField, blind_index

APPS = ("campaigns", "issues", "reports")
MANIFEST = "manifest.json"
FORMAT = 1
CHUNK = 2000
_MOMENT = (1980, 1, 1, 0, 0, 0)
_KEY_WORD = "walkflow backup"


def kept_models() -> list[type[models.Model]]:
    """Every table of the product, join tables too, by name. Sessions and login attempts aren't kept."""
    found = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in APPS and model._meta.managed and not _joins_the_frame(model)
    ]
    return sorted(found, key=lambda model: model._meta.label_lower)


def _joins_the_frame(model: type[models.Model]) -> bool:
    """Django's own groups and permissions are unused, and differ from database to database."""
    return any(
        field.remote_field and field.remote_field.model._meta.app_label not in APPS
        for field in model._meta.concrete_fields
    )


def migrations() -> list[str]:
    """The migrations this database has: an archive goes back into the same shape of tables only."""
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied if app in APPS)


def key_check() -> str:
    """A digest that only the same FIELD_KEYS give; it tells nothing about them."""
    return blind_index(_KEY_WORD)


def _plain(value):
    """What JSON can hold, the same from both databases."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    return value


def lines_of(model: type[models.Model]) -> Iterator[bytes]:
    """The rows of a table in order of their keys, one line of JSON each, encrypted texts as they are stored."""
    fields = model._meta.concrete_fields
    raw = {
        f"raw_{field.attname}": ExpressionWrapper(F(field.attname), output_field=TextField())
        for field in fields
        if isinstance(field, SecretField)
    }
    names = [f"raw_{field.attname}" if isinstance(field, SecretField) else field.attname for field in fields]
    rows = model._base_manager.annotate(**raw).order_by("pk").values_list(*names)
    for row in rows.iterator(chunk_size=CHUNK):
        told = {field.attname: _plain(value) for field, value in zip(fields, row, strict=True)}
        yield json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def table_of(model: type[models.Model], lines: Iterator[bytes], write=None) -> dict:
    """Name, number and digest of `lines`, each handed to `write` on the way."""
    digest, rows = hashlib.sha256(), 0
    for line in lines:
        digest.update(line)
        rows += 1
        if write is not None:
            write(line)
    return {"model": model._meta.label_lower, "rows": rows, "sha256": digest.hexdigest()}


def member_of(label: str) -> str:
    return f"rows/{label}.jsonl"


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _MOMENT)
    info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 0, 0
    return info


def write_archive(path: Path) -> dict:
    """Write the archive to `path`, readable by its owner alone; there is no half-written one.

    Returns `files`, `rows`, `sha256` (of the archive), `missing` (how many stored files aren't on the disk).
    """
    half = path.with_name(f"{path.name}.part")
    with open(os.open(half, os.O_CREAT | os.O_TRUNC | os.O_RDWR, 0o600), "w+b") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            manifest = _fill(archive)
            archive.writestr(_info(MANIFEST), json.dumps(manifest, ensure_ascii=False, indent=1))
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    half.replace(path)
    return {
        "files": len(manifest["files"]),
        "rows": sum(table["rows"] for table in manifest["tables"]),
        "sha256": digest,
        "missing": len(manifest["missing"]),
    }


def _fill(archive: zipfile.ZipFile) -> dict:
    tables = []
    with one_moment():
        manifest = {"format": FORMAT, "migrations": migrations(), "key_check": key_check()}
        for model in kept_models():
            with archive.open(_info(member_of(model._meta.label_lower)), "w", force_zip64=True) as member:
                tables.append(table_of(model, lines_of(model), member.write))
        names = sorted(set(StoredFile.objects.values_list("file", flat=True)))
    files, missing = [], []
    for name in names:
        if default_storage.exists(name):
            files.append(_copy_in(archive, name))
        else:
            missing.append(name)
    return manifest | {"tables": tables, "files": files, "missing": missing}


def _copy_in(archive: zipfile.ZipFile, name: str) -> dict:
    digest, size = hashlib.sha256(), 0
    with (
        default_storage.open(name, "rb") as source,
        archive.open(_info(f"files/{name}"), "w", force_zip64=True) as member,
    ):
        while block := source.read(1 << 20):
            digest.update(block)
            size += len(block)
            member.write(block)
    return {"name": name, "size": size, "sha256": digest.hexdigest()}
