"""Import as plan, then commit (house rule 11): what the preview showed is what is written, or nothing is.

`Importer` pairs a shape with its writer; upper apps add their own kinds. The file is stored once and read again by
its token: the confirmation never trusts what the browser sends back.
"""

import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import IntegrityError, transaction

from campaigns.actions.imports_complaints import write_complaints
from campaigns.actions.imports_plan import ImportMode, Plan, known_labels, plan_import
from campaigns.actions.imports_rejects import rejects_book
from campaigns.actions.imports_sessions import write_sessions
from campaigns.actions.imports_write import WRITERS, write_plain
from campaigns.enums import Role
from campaigns.ground import audit
from campaigns.ground.files import FileKind, StoredFile, store_bytes
from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.ground.sheets.read import Sheet, gate, read_workbook
from campaigns.models import Campaign, ImportRun, Posting, User
from campaigns.models.imports import ImportState
from campaigns.resources import RESOURCES
from campaigns.resources.shape import Scene, SheetResource

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FACTS_PER_EVENT = 500


@dataclass(frozen=True)
class Importer:
    """One kind: the class of its shape, and what writes a plan without faults: write(plan, by=…, now=…)."""

    resource: type[SheetResource]
    write: Callable[..., None]

    def shape(self, campaign: Campaign | None, now: datetime | None) -> SheetResource:
        """The shape in its scene: new records belong to `campaign`, else to the open one (contract §2)."""
        shape = self.resource()
        if shape.needs_campaign and campaign is None:
            campaign = Campaign.objects.current()
        shape.scene = Scene(campaign, now)
        return shape


_WRITERS = {**WRITERS, "complaints": write_complaints, "cases": write_plain, "sessions": write_sessions}
IMPORTERS: dict[str, Importer] = {
    resource.kind: Importer(resource, _WRITERS[resource.kind]) for resource in RESOURCES
}


def check_can_import(by: Posting | User | None) -> None:
    """Imports are 系统管理员's (contract §5); a bare account acts only from the shell."""
    if isinstance(by, Posting) and by.role != Role.ADMIN:
        raise NotAllowed("导入由系统管理员办理。")


def load_file(path: Path) -> bytes:
    """The bytes of a file on this machine, refused before they fill the memory. Raises BadFile."""
    gate(path)
    return path.read_bytes()


def read_content(importer: Importer, content: bytes) -> list[Sheet]:
    """The sheets of an uploaded file. Raises BadFile with the sentence for the user."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "upload")
        path.write_bytes(content)
        return read_workbook(path, known_labels(importer.resource()))


def dry_run(
    *,
    importer: Importer,
    content: bytes,
    mode: str,
    now: datetime | None = None,
    campaign: Campaign | None = None,
) -> Plan:
    """What an import would do; writes nothing at all. Raises BadFile."""
    return plan_import(importer.shape(campaign, now), read_content(importer, content), mode)


def preview_import(
    *, importer: Importer, content: bytes, name: str, mode: str, by: Posting | User, now: datetime
) -> ImportRun:
    """Store the file and what importing it would do; nothing else is written.

    With faults the run is REFUSED and carries the user's bad rows as a workbook. Raises BadFile, NotAllowed.
    """
    check_can_import(by)
    sheets = read_content(importer, content)
    with transaction.atomic():
        return _preview(importer.shape(None, now), sheets, content, name, mode, by, now)


def confirm_import(*, importer: Importer, run: ImportRun, by: Posting | User, now: datetime) -> ImportRun:
    """Write exactly what was previewed, from the same stored bytes. Confirmed twice, it is written once.

    Raises Changed when the stored data moved since the preview, NotAllowed when the run has faults.
    """
    check_can_import(by)
    sheets = read_content(importer, stored_content(run.file))
    with _one_writer():
        return _commit(importer, importer.shape(None, now), sheets, run, by, now)


def import_now(
    *,
    importer: Importer,
    content: bytes,
    name: str,
    mode: str,
    by: Posting | User,
    now: datetime,
    campaign: Campaign | None = None,
) -> ImportRun:
    """Preview and confirm in one transaction, for the command. A run with faults comes back REFUSED."""
    check_can_import(by)
    sheets = read_content(importer, content)
    with _one_writer():
        run = _preview(importer.shape(campaign, now), sheets, content, name, mode, by, now)
        return run if run.errors else _commit(importer, importer.shape(campaign, now), sheets, run, by, now)


def stored_content(stored: StoredFile) -> bytes:
    with stored.file.open("rb") as file:
        return file.read()


def plan_of(*, importer: Importer, run: ImportRun, now: datetime | None = None) -> Plan:
    """The plan of a stored run as the data stand now (for the preview page)."""
    return dry_run(importer=importer, content=stored_content(run.file), mode=run.mode, now=now)


@contextmanager
def _one_writer() -> Iterator[None]:
    """One transaction; what somebody else wrote between plan and write is a sentence, not a crash."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Changed("导入时系统里的数据有变动，没有导入；请重新上传并预览。") from error


def _preview(
    shape: SheetResource, sheets: list[Sheet], content: bytes, name: str, mode: str, by, now
) -> ImportRun:
    plan = plan_import(shape, sheets, mode)
    user = _user(by)
    kept = store_bytes(
        content=content, name=name, kind=FileKind.IMPORT, content_type=_type(content), by=user, now=now
    )
    rejects = None
    if plan.errors:
        rejects = store_bytes(
            content=rejects_book(plan, sheets, content),
            name=f"退回-{Path(name).stem}.xlsx",
            kind=FileKind.REJECTS,
            content_type=XLSX,
            by=user,
            now=now,
        )
    return ImportRun.objects.create(
        token=uuid.uuid4(),
        kind=plan.kind,
        mode=ImportMode(mode),
        state=ImportState.REFUSED if plan.errors else ImportState.PREVIEWED,
        file=kept,
        rejects=rejects,
        plan_digest=plan.digest(),
        counts=plan.counts(),
        errors=plan.errors,
        warnings=plan.warnings,
        made_by=user,
        made_at=now,
    )


def _commit(
    importer: Importer, shape: SheetResource, sheets: list[Sheet], run: ImportRun, by, now: datetime
) -> ImportRun:
    run = ImportRun.objects.select_for_update(of=("self",)).select_related("file").get(pk=run.pk)
    if run.state == ImportState.DONE:
        return run
    if run.state == ImportState.REFUSED:
        raise NotAllowed("文件有错误，没有导入；请改正后重新上传。")
    plan = plan_import(shape, sheets, run.mode)
    if plan.digest() != run.plan_digest:
        raise Changed("预览之后系统里的数据有变动，没有导入；请重新上传并预览。")
    importer.write(plan, by=by, now=now)
    run.state, run.done_at = ImportState.DONE, now
    run.save(update_fields=["state", "done_at"])
    _tell(plan, run, by=by, now=now)
    return run


def _tell(plan: Plan, run: ImportRun, *, by, now: datetime) -> None:
    """One event for the run, and the facts of its rows in pages of 500 (phones masked as everywhere)."""
    told = {"kind": run.kind, "mode": run.mode, "file": run.file.name, "sha256": run.file.sha256}
    audit.record(by=by, verb="导入", subject=run, detail={**told, "counts": run.counts}, now=now)
    facts = [
        {"row": row.draft.number, "key": row.key_text, "action": str(row.action), "changes": row.changes}
        for row in plan.rows
        if row.action in ("created", "updated")
    ]
    for start in range(0, len(facts), FACTS_PER_EVENT):
        detail = {"rows": facts[start : start + FACTS_PER_EVENT]}
        audit.record(by=by, verb="导入明细", subject=run, detail=detail, now=now)


def _user(by: Posting | User) -> User:
    return by.person.user if isinstance(by, Posting) else by


def _type(content: bytes) -> str:
    return XLSX if content.startswith(b"PK") else "text/csv"
