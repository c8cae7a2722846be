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
from campaigns.actions.imports_lines import keep_lines
from campaigns.actions.imports_people import write_people, write_postings
from campaigns.actions.imports_plan import ImportMode, Plan, PlannedRow, RowAction, known_labels, plan_import
from campaigns.actions.imports_rejects import rejects_book
from campaigns.actions.imports_sessions import write_sessions
from campaigns.actions.imports_sheets import file_error
from campaigns.actions.imports_write import write_organizations, write_plain, write_workdays
from campaigns.enums import Role
from campaigns.ground import audit
from campaigns.ground.bulk import uncollected
from campaigns.ground.files import FileKind, StoredFile, open_stored, store_bytes
from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.ground.sheets.read import Sheet, gate, read_workbook
from campaigns.models import Campaign, ImportRun, Posting, User
from campaigns.models.imports import ImportState
from campaigns.resources import RESOURCES
from campaigns.resources.shape import Scene, SheetResource

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NOT_READY = {
    ImportState.REFUSED: "文件有错误，没有导入；请改正后重新上传。",
    ImportState.UNDONE: "这次导入已经撤销；请重新上传文件。",
}


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


_WRITERS = {
    "organizations": write_organizations,
    "people": write_people,
    "postings": write_postings,
    "matters": write_plain,
    "matter_units": write_plain,
    "workdays": write_workdays,
    "complaints": write_complaints,
    "cases": write_plain,
    "sessions": write_sessions,
}
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


@uncollected()
def read_content(importer: Importer, content: bytes) -> list[Sheet]:
    """The sheets of an uploaded file. Raises BadFile with the sentence for the user."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "upload")
        path.write_bytes(content)
        return read_workbook(path, known_labels(importer.resource()))


@uncollected()
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


@uncollected()
def preview_import(
    *, importer: Importer, content: bytes, name: str, mode: str, by: Posting | User, now: datetime
) -> ImportRun:
    """Store the file and what importing it would do; nothing else is written.

    With faults the run is REFUSED and carries the sender's file with marks. Raises BadFile, NotAllowed.
    """
    check_can_import(by)
    sheets = read_content(importer, content)
    with transaction.atomic():
        run = keep_file(importer=importer, content=content, name=name, mode=mode, by=by, now=now)
        return fill_run(importer=importer, run=run, sheets=sheets, content=content, now=now)


@uncollected()
def confirm_import(*, importer: Importer, run: ImportRun, by: Posting | User, now: datetime) -> ImportRun:
    """Write exactly what was previewed, from the same stored bytes. Confirmed twice, it is written once.

    Raises Changed when the stored data moved since the preview, NotAllowed when the run has faults.
    """
    check_can_import(by)
    sheets = read_content(importer, stored_content(run.file))
    with _one_writer():
        return _commit(importer, importer.shape(None, now), sheets, run, by, now)


@uncollected()
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
        run = keep_file(importer=importer, content=content, name=name, mode=mode, by=by, now=now)
        plan = plan_import(importer.shape(campaign, now), sheets, mode)
        _fill(run, plan, sheets, content, now)
        if not plan.errors:
            _write(importer, plan, run, by, now)
        return run


def stored_content(stored: StoredFile) -> bytes:
    """The bytes of a kept file. Raises Gone."""
    with open_stored(stored) as file:
        return file.read()


def keep_file(
    *, importer: Importer, content: bytes, name: str, mode: str, by: Posting | User, now: datetime
) -> ImportRun:
    """The run of a file that has just come in; nothing has looked at it yet."""
    kept = store_bytes(
        content=content,
        name=name,
        kind=FileKind.IMPORT,
        content_type=XLSX if content.startswith(b"PK") else "text/csv",
        by=actor_of(by),
        now=now,
    )
    return ImportRun.objects.create(
        token=uuid.uuid4(),
        kind=importer.resource.kind,
        mode=ImportMode(mode),
        state=ImportState.READING,
        file=kept,
        made_by=actor_of(by),
        made_at=now,
    )


@uncollected()
@transaction.atomic
def fill_run(
    *, importer: Importer, run: ImportRun, sheets: list[Sheet], content: bytes, now: datetime
) -> ImportRun:
    """What importing the run's file would do as the data stand now: lines, counts, faults, the marked file."""
    run = ImportRun.objects.select_for_update(of=("self",)).select_related("file").get(pk=run.pk)
    if run.state != ImportState.READING:
        return run  # a second worker was quicker
    plan = plan_import(importer.shape(None, now), sheets, run.mode)
    return _fill(run, plan, sheets, content, now, digest=plan.digest())


@transaction.atomic
def refuse_run(*, run: ImportRun, sentence: str) -> ImportRun:
    """A file that can't be read at all: one fault without a cell."""
    run.lines.all().delete()
    run.state, run.errors, run.warnings = ImportState.REFUSED, [file_error(sentence)], []
    run.counts = dict.fromkeys(("rows", *RowAction.values), 0)
    run.save(update_fields=["state", "errors", "warnings", "counts"])
    return run


@transaction.atomic
def record_download(*, run: ImportRun, stored: StoredFile, by: Posting, now: datetime) -> None:
    """Who took the sent file out again."""
    detail = {"file": stored.name, "sha256": stored.sha256}
    audit.record(by=by, verb="下载导入文件", subject=run, detail=detail, now=now)


def actor_of(by: Posting | User) -> User:
    """The account behind whoever imports."""
    return by.person.user if isinstance(by, Posting) else by


@contextmanager
def _one_writer() -> Iterator[None]:
    """One transaction; what somebody else wrote between plan and write is a sentence, not a crash."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Changed("导入时系统里的数据有变动，没有导入；请重新上传并预览。") from error


def _fill(
    run: ImportRun, plan: Plan, sheets: list[Sheet], content: bytes, now: datetime, *, digest: str = ""
) -> ImportRun:
    run.rejects = None
    if plan.errors:
        run.rejects = store_bytes(
            content=rejects_book(plan, sheets, content),
            name=f"退回-{Path(run.file.name).stem}.xlsx",
            kind=FileKind.REJECTS,
            content_type=XLSX,
            by=run.made_by,
            now=now,
        )
    run.state = ImportState.REFUSED if plan.errors else ImportState.PREVIEWED
    run.plan_digest, run.counts = digest, plan.counts()
    run.errors, run.warnings = plan.errors, plan.warnings
    run.save()
    keep_lines(run, plan)
    return run


def _commit(
    importer: Importer, shape: SheetResource, sheets: list[Sheet], run: ImportRun, by, now: datetime
) -> ImportRun:
    run = ImportRun.objects.select_for_update(of=("self",)).select_related("file").get(pk=run.pk)
    if run.state == ImportState.DONE:
        return run
    if run.state not in (ImportState.PREVIEWED, ImportState.WRITING):
        raise NotAllowed(_NOT_READY.get(run.state, "这份文件还在核对，请稍候。"))
    plan = plan_import(shape, sheets, run.mode)
    if plan.digest() != run.plan_digest:
        raise Changed("预览之后系统里的数据有变动，没有导入；请核对新的预览后再确认。")
    return _write(importer, plan, run, by, now)


def _write(importer: Importer, plan: Plan, run: ImportRun, by, now: datetime) -> ImportRun:
    importer.write(plan, by=by, now=now)
    run.state, run.done_at = ImportState.DONE, now
    run.save(update_fields=["state", "done_at"])
    _tell(plan, run, by=by, now=now)
    return run


def _tell(plan: Plan, run: ImportRun, *, by, now: datetime) -> None:
    """One event for the run, and the facts of its rows in pages (phones masked as everywhere)."""
    told = {"kind": run.kind, "mode": run.mode, "file": run.file.name, "sha256": run.file.sha256}
    audit.record(by=by, verb="导入", subject=run, detail={**told, "counts": run.counts}, now=now)
    facts = [{"row": row.draft.number, **fact_of(row)} for row in plan.rows if row.is_written]
    audit.record_facts(facts, verb="导入明细", subject=run, by=by, now=now)


def fact_of(row: PlannedRow) -> dict[str, str]:
    """What the audit log says of a written row."""
    return {"key": row.key_text, "action": str(row.action), "text": row.words}
