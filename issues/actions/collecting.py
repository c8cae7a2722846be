"""一键收表: keep a heap of the units' workbooks, look at each, ask what is doubtful, enter what is clear.

衡政办函〔2022〕16号 四 “填写《…问题清单、需求清单和解决措施清单》”, sent by whatever way the units like. A file is entered
as a whole or not at all; what was shown is what is written, or nothing (house rule 11).
"""

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.http import QueryDict

from campaigns.actions.imports import XLSX, fact_of, stored_content
from campaigns.ground import audit
from campaigns.ground.files import FileKind, store_bytes
from campaigns.ground.jobs import Job, enqueue
from campaigns.ground.numbering import take_number
from campaigns.ground.refusal import Changed, Gone, NotAllowed
from campaigns.models import Campaign, Organization, Posting, User
from issues.actions.collecting_plan import ORDER, FilePlan, plan_file, plans_of
from issues.actions.collecting_return import returned_book
from issues.actions.imports import IMPORTERS
from issues.collecting.drafting import Desk
from issues.collecting.heap import Heap
from issues.collecting.known import Known, load_known
from issues.collecting.records import draft_records
from issues.collecting.rows import Book
from issues.enums import SheetState
from issues.models import CollectedFile, Collection
from issues.permissions import check_can_collect

Telling = Callable[[int, int, str], None]
_PREFIXES = {"problems": "WT", "demands": "XQ", "measures": "CS"}


def _quiet(done: int, total: int, name: str) -> None:
    """Nobody watches."""


@transaction.atomic
def take_in(
    *, files: Heap, campaign: Campaign, organization: Organization, by: Posting | User, now: datetime
) -> Collection:
    """Keep the files of a heap as they came. The same heap handed over again is the same Collection."""
    if isinstance(by, Posting):
        check_can_collect(by)
    if not files:
        raise NotAllowed("没有收到文件，请选择要汇总的表格、文件夹或压缩包。")
    digests = sorted((name, hashlib.sha256(content).hexdigest()) for name, content in files)
    fingerprint = hashlib.sha256(repr(digests).encode()).hexdigest()
    user = by.person.user if isinstance(by, Posting) else by
    made, created = Collection.objects.get_or_create(
        campaign=campaign,
        organization=organization,
        fingerprint=fingerprint,
        defaults={"made_at": now, "made_by": user},
    )
    if created:
        for name, content in files:
            kind = XLSX if content.startswith(b"PK") else "application/octet-stream"
            kept = store_bytes(
                content=content, name=name, kind=FileKind.IMPORT, content_type=kind, by=user, now=now
            )
            CollectedFile.objects.create(collection=made, name=name, file=kept)
        audit.record(by=by, verb="收表", subject=made, detail={"文件数": len(files)}, now=now)
    return made


@transaction.atomic
def ask_to_look(*, collection: Collection, by: Posting, now: datetime) -> Job:
    """Have the worker look at the heap."""
    check_can_collect(by)
    return enqueue(kind="collect", by=by.person.user, now=now, collection=collection.pk)


@transaction.atomic
def ask_to_commit(*, collection: Collection, by: Posting, now: datetime) -> Job:
    """Have the worker enter every file that is clear."""
    check_can_collect(by)
    if not collection.files.filter(state=SheetState.READY).exists():
        raise NotAllowed("没有可以入账的表格：请先核对疑问、退回有错误的表格。")
    return enqueue(kind="collect_commit", by=by.person.user, now=now, collection=collection.pk, posting=by.pk)


def known_for(collection: Collection) -> Known:
    """What the system knows, seen from the office that collects."""
    reach = Organization.objects.under(collection.organization)
    return load_known(campaign=collection.campaign, reach=reach)


def missing_units(organization: Organization, units: Iterable[list[str]]) -> list[str]:
    """Codes of the units taking part, in reach of the collecting office, of which no file has come."""
    came = {code for found in units for code in found}
    taking_part = Organization.objects.under(organization).participating().order_by("code")
    return [code for code in taking_part.values_list("code", flat=True) if code not in came]


def look_through(*, collection: Collection, now: datetime, progress: Telling = _quiet) -> dict[str, int]:
    """Plan every file of the heap that isn't entered yet, and note how it stands."""
    known = known_for(collection)
    files = list(collection.files.select_related("file").exclude(state=SheetState.DONE).order_by("pk"))
    for done, file in enumerate(files):
        progress(done, len(files), file.name)
        look_at(file=file, known=known, now=now)
    progress(len(files), len(files), "")
    return {"files": len(files)}


def look_at(*, file: CollectedFile, known: Known, now: datetime) -> FilePlan:
    """Plan one file and note how it stands."""
    plan = plan_of_file(file=file, known=known, now=now)
    note_plan(file=file, plan=plan)
    return plan


def plan_of_file(*, file: CollectedFile, known: Known, now: datetime) -> FilePlan:
    """The plan of a kept file with the answers given so far; writes nothing. One gone from the store is a sentence."""
    try:
        content = stored_content(file.file)
    except Gone:
        return FilePlan(file.name, Book(file.name, fault="原件已不在文件库里，请重新收这份表。"))
    return plan_file(known=known, name=file.name, content=content, answers=file.answers, now=now)


@transaction.atomic
def note_plan(*, file: CollectedFile, plan: FilePlan) -> None:
    """How a file stands, for the list of the heap."""
    file.organization = Organization.objects.filter(code=plan.unit).first() if plan.unit else None
    file.units, file.kinds = plan.units, plan.kinds
    file.rows, file.rejected, file.questions = plan.rows, plan.rejected, len(plan.questions)
    file.counts, file.digest, file.message = plan.counts(), plan.digest(), plan.book.fault[:500]
    file.state = _state(plan)
    file.save()


def _state(plan: FilePlan) -> SheetState:
    if plan.book.fault:
        return SheetState.UNREADABLE
    if not plan.unit:
        return SheetState.UNMATCHED
    if plan.rejected:
        return SheetState.FAULTY
    return SheetState.ASKING if plan.questions else SheetState.READY


@transaction.atomic
def answer_questions(
    *, file: CollectedFile, answers: QueryDict | dict, by: Posting, now: datetime
) -> FilePlan:
    """Settle doubts of a file: which unit, person, matter, problem or category is meant."""
    check_can_collect(by)
    known = known_for(file.collection)
    asked = {question.key: question for question in plan_of_file(file=file, known=known, now=now).questions}
    given = {key: answers[key] for key in asked if answers.get(key)}
    file.answers = {**file.answers, **given}
    detail = {asked[key].label + "“" + asked[key].said[:60] + "”": value for key, value in given.items()}
    if detail:
        audit.record(by=by, verb="收表核对", subject=file, detail=detail, now=now)
    return look_at(file=file, known=known, now=now)


def commit_ready(
    *, collection: Collection, by: Posting | User, now: datetime, progress: Telling = _quiet
) -> dict[str, int]:
    """Enter every clear file, each in a transaction of its own; returns how many were entered and written."""
    known = known_for(collection)
    files = list(collection.files.filter(state=SheetState.READY).order_by("pk"))
    entered, written = 0, 0
    for done, file in enumerate(files):
        progress(done, len(files), file.name)
        try:
            written += commit_file(file=file, known=known, by=by, now=now)
            entered += 1
        except Changed:
            look_at(file=file, known=known, now=now)
        known.refresh()
    progress(len(files), len(files), "")
    return {"entered": entered, "written": written}


@transaction.atomic
def commit_file(*, file: CollectedFile, known: Known, by: Posting | User, now: datetime) -> int:
    """Write exactly what was shown of one file; returns the number of records written. Done twice, it is done once."""
    if isinstance(by, Posting):
        check_can_collect(by)
    file = CollectedFile.objects.select_for_update(of=("self",)).select_related("file").get(pk=file.pk)
    if file.state == SheetState.DONE:
        return 0
    plan = plan_of_file(file=file, known=known, now=now)
    if _state(plan) != SheetState.READY:
        raise NotAllowed("这份表格还有疑问或错误，不能入账。")
    if plan.digest() != file.digest:
        raise Changed("核对之后系统里的数据有变动，请重新核对。")
    facts = _write(file, plan, known, by, now)
    user = by.person.user if isinstance(by, Posting) else by
    file.returned = store_bytes(
        content=returned_book(plan, stored_content(file.file)),
        name=f"回执-{Path(file.name).stem}.xlsx",
        kind=FileKind.REJECTS,
        content_type=XLSX,
        by=user,
        now=now,
    )
    file.state, file.done_at, file.done_by = SheetState.DONE, now, user
    file.save()
    told = {"文件": file.name, "sha256": file.file.sha256, **plan.counts()}
    audit.record(by=by, verb="收表入账", subject=file, detail=told, now=now)
    audit.record_facts(facts, verb="收表入账明细", subject=file, by=by, now=now)
    return len(facts)


def _write(
    file: CollectedFile, plan: FilePlan, known: Known, by: Posting | User, now: datetime
) -> list[dict]:
    """Problems, then what points to them, through the import's own writers; facts of each row for the audit log."""
    if not plan.counts()["created"] + plan.counts()["updated"]:
        return []
    code = known.campaign.code
    desk = Desk(known, file.answers, lambda kind, unit: take_number(f"{_PREFIXES[kind]}-{code}-{unit}"))
    made = draft_records(desk, plan.book, plan.unit)
    facts = []
    for kind in ORDER:
        planned = plans_of(made, known, now).get(kind)
        if planned is None:
            continue
        if planned.errors:
            raise Changed("核对之后系统里的数据有变动，请重新核对。")
        IMPORTERS[kind].write(planned, by=by, now=now)
        facts += [fact_of(row) for row in planned.rows if row.is_written]
    return facts
