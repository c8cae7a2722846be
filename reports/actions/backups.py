"""恢复: an archive of reports.backup back into an empty database, all or nothing (contract §2 `restore`).

Everything is looked at before anything is written: the shape, every digest, the keys of encrypted fields.
"""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from cryptography.fernet import InvalidToken
from django.core.exceptions import SuspiciousOperation
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.models import TextField, Value

from campaigns.ground.audit import AuditEvent
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.secret import SecretField, check_readable
from campaigns.models import Campaign, Organization, Person, User
from reports.backup import FORMAT, MANIFEST, kept_models, key_check, lines_of, member_of, migrations, table_of

BATCH = 500
DAMAGED = "备份文件已损坏或不完整，没有恢复任何数据；请换一份备份。"


def restore(*, path: Path) -> dict:
    """Put everything back. Returns `files`, `rows`, `sha256`, and `already` when the database holds just this archive.

    Raises NotAllowed with a sentence, and has written nothing, when the archive is damaged, from another version or
    under other FIELD_KEYS, or when the database isn't empty.
    """
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            with zipfile.ZipFile(file) as archive:
                manifest = _manifest(archive)
                _check(archive, manifest)
                already = not _is_empty()
                if already:
                    _check_same(manifest)
                _write_files(archive, manifest)
                if not already:
                    _write_rows(archive)
    except FileNotFoundError as missing:
        raise NotAllowed(f"找不到备份文件 {path}。") from missing
    except (zipfile.BadZipFile, zlib.error, EOFError, json.JSONDecodeError, SuspiciousOperation) as damage:
        raise NotAllowed(DAMAGED) from damage
    rows = sum(table["rows"] for table in manifest["tables"])
    return {"files": len(manifest["files"]), "rows": rows, "sha256": digest, "already": already}


def _manifest(archive: zipfile.ZipFile) -> dict:
    try:
        manifest = json.loads(archive.read(MANIFEST))
        known = manifest["format"] == FORMAT
        listed = {member_of(table["model"]) for table in manifest["tables"]}
        listed |= {f"files/{file['name']}" for file in manifest["files"]} | {MANIFEST}
    except (KeyError, TypeError, ValueError) as strange:
        raise NotAllowed("这不是本系统的备份文件，没有恢复任何数据。") from strange
    if not known or manifest["migrations"] != migrations():
        raise NotAllowed("备份出自另一个版本的系统，请用备份时的版本恢复，再升级。")
    if listed != set(archive.namelist()):
        raise NotAllowed(DAMAGED)
    return manifest


def _check(archive: zipfile.ZipFile, manifest: dict) -> None:
    """Every digest and count, and that the encrypted fields can be read with the keys of this machine."""
    if manifest["key_check"] != key_check():
        raise NotAllowed("本机的 FIELD_KEYS 与备份时不同，加密的内容无法读取；请先设置备份时的 FIELD_KEYS。")
    wanted = {table["model"]: table for table in manifest["tables"]}
    if set(wanted) != {model._meta.label_lower for model in kept_models()}:
        raise NotAllowed("备份出自另一个版本的系统，请用备份时的版本恢复，再升级。")
    for model in kept_models():
        label = model._meta.label_lower
        with archive.open(member_of(label)) as member:
            if table_of(model, _readable_lines(model, member)) != wanted[label]:
                raise NotAllowed(DAMAGED)
    for file in manifest["files"]:
        with archive.open(f"files/{file['name']}") as member:
            if hashlib.file_digest(member, "sha256").hexdigest() != file["sha256"]:
                raise NotAllowed(DAMAGED)


def _readable_lines(model: type[models.Model], member) -> Iterator[bytes]:
    secrets = [field.attname for field in model._meta.concrete_fields if isinstance(field, SecretField)]
    for line in member:
        if secrets:
            row = json.loads(line)
            try:
                for name in secrets:
                    check_readable(row[name])
            except InvalidToken as unread:
                raise NotAllowed(
                    "有加密的内容用本机的 FIELD_KEYS 读不出来；请补上备份时的全部 FIELD_KEYS（包括旧密钥）。"
                ) from unread
        yield line


def _is_empty() -> bool:
    """Nothing but what the migrations put there."""
    people = User.objects.exclude(username="system")
    return not any(
        rows.exists()
        for rows in (Organization.objects, Person.objects, Campaign.objects, AuditEvent.objects, people)
    )


def _check_same(manifest: dict) -> None:
    """A second run of the same restore finds its own work and leaves it; anything else is never overwritten."""
    wanted = {table["model"]: table for table in manifest["tables"]}
    for model in kept_models():
        if table_of(model, lines_of(model)) != wanted[model._meta.label_lower]:
            raise NotAllowed("数据库里已有数据，没有恢复；请建一个空库，运行 migrate 后再恢复。")


def _write_files(archive: zipfile.ZipFile, manifest: dict) -> None:
    """Names carry their own digest, so a file that is there already is the same one."""
    for file in manifest["files"]:
        if default_storage.exists(file["name"]):
            continue
        with archive.open(f"files/{file['name']}") as member:
            kept = default_storage.save(file["name"], File(member))
        if kept != file["name"]:
            raise NotAllowed(f"文件 {file['name']} 不能写回原处，没有恢复数据。")


@transaction.atomic
def _write_rows(archive: zipfile.ZipFile) -> None:
    """The foreign keys of both databases are checked at the end of the transaction, so the order doesn't matter."""
    tables = kept_models()
    for model in tables:
        if model._base_manager.exists():
            model._base_manager.all()._raw_delete(connection.alias)
    for model in tables:
        with archive.open(member_of(model._meta.label_lower)) as member:
            while lines := list(islice(member, BATCH)):
                model._base_manager.bulk_create([_row(model, json.loads(line)) for line in lines])
    with connection.cursor() as cursor:
        for sentence in connection.ops.sequence_reset_sql(no_style(), tables):
            cursor.execute(sentence)


def _row(model: type[models.Model], told: dict) -> models.Model:
    """A row as it was; an encrypted text goes back as it stands, never through the clear."""
    values = {}
    for field in model._meta.concrete_fields:
        value = told[field.attname]
        if isinstance(field, SecretField):
            values[field.attname] = Value(value, output_field=TextField()) if value else value
        else:
            values[field.attname] = field.to_python(value)
    return model(**values)
