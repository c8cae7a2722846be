"""Writing a register of walks: whole tables at once, with what hangs on each walk, and what a 倒推办 settles."""

from collections.abc import Iterable
from datetime import datetime

from campaigns.actions.answering import settle_tasks
from campaigns.actions.imports_plan import Plan, PlannedRow, RowAction
from campaigns.actions.imports_write import (
    BATCH,
    codes_of,
    fill,
    new_row,
    raise_counters,
    save_rows,
    update_rows,
    write_parts,
)
from campaigns.enums import EntryKind, SessionMode, SessionState
from campaigns.ground.clock import day_of
from campaigns.models import Companion, Complaint, PhotoMark, Posting, SessionStep, User, WalkSession
from campaigns.process_ways import way_of
from campaigns.resources.session_people import evidence_marks

Codes = dict[str, dict[str, int]]


def write_sessions(plan: Plan, *, by: Posting | User, now: datetime) -> None:
    """Registered walks with their numbers kept; the system's own numbers go on above them (contract §6)."""
    codes = codes_of(plan)
    actor = by.person.user if isinstance(by, Posting) else by
    new, changed = plan.of(RowAction.NEW), plan.of(RowAction.CHANGED)
    made = [_new(plan, row, codes, actor) for row in new]
    for walk, row in zip(made, new, strict=True):
        _tell_way(plan, walk, row, codes)
    _link_complaints(made)
    WalkSession.objects.bulk_create(made, batch_size=BATCH)
    stored = update_rows(plan, codes)
    for row in changed:
        _restamp(stored[row.draft.stored["pk"]], row, codes)
        _tell_way(plan, stored[row.draft.stored["pk"]], row, codes)
    _link_complaints(stored.values())
    save_rows(WalkSession, stored.values(), ["held_on", "recorded_by", "complaint", "way", "way_minutes"])
    owners = {walk.pk: row for walk, row in zip(made, new, strict=True)}
    owners |= {row.draft.stored["pk"]: row for row in changed}
    write_parts(plan, owners, codes)
    _write_walkers(owners, codes)
    _write_companions(owners)
    _write_marks(owners)
    raise_counters(plan, "DJ")
    settle_tasks(sessions=[*made, *stored.values()], now=now)


def _new(plan: Plan, row: PlannedRow, codes: Codes, actor: User) -> WalkSession:
    values = row.draft.values
    return new_row(
        plan,
        row,
        codes,
        campaign=plan.resource.scene.campaign,
        state=SessionState.HELD,
        entry=EntryKind.IMPORT,
        held_on=day_of(values["started_at"]),
        recorded_by_id=codes["account"].get(values["recorder"], actor.pk),
    )


def _restamp(walk: WalkSession, row: PlannedRow, codes: Codes) -> None:
    walk.held_on = day_of(walk.started_at)
    walk.recorded_by_id = codes["account"].get(row.draft.values["recorder"], walk.recorded_by_id)


def _link_complaints(walks: Iterable[WalkSession]) -> None:
    """A 倒推办 walk shows the work order it started from, as far as it is known."""
    walks = list(walks)
    numbers = {walk.work_order for walk in walks if walk.mode == SessionMode.BACKWARD}
    known = dict(Complaint.objects.filter(number__in=numbers).values_list("number", "pk").order_by())
    for walk in walks:
        walk.complaint_id = known.get(walk.work_order) if walk.mode == SessionMode.BACKWARD else None


def _changed(owners: dict[int, PlannedRow], name: str) -> dict[int, list]:
    """Walk → its list, where that differs from what is stored."""
    return {pk: row.draft.values[name] for pk, row in owners.items() if row.draft.changes(name)}


def _tell_way(plan: Plan, walk: WalkSession, row: PlannedRow, codes: Codes) -> None:
    """What the walk says of its steps on its own row (campaigns.process_ways)."""
    part = next(part for part in plan.parts if part.name == "steps")
    steps = []
    for values in row.draft.values[part.name]:
        steps.append(SessionStep())
        fill(steps[-1], part.inner().items(), values, codes)
    walk.way, walk.way_minutes = way_of(steps)


def _write_walkers(owners: dict[int, PlannedRow], codes: Codes) -> None:
    through, lists = WalkSession.walkers.through, _changed(owners, "walkers")
    through.objects.filter(walksession__in=lists).delete()
    through.objects.bulk_create(
        [
            through(walksession_id=pk, person_id=codes["person"][code])
            for pk, people in lists.items()
            for code in people
        ],
        batch_size=BATCH,
    )


def _write_companions(owners: dict[int, PlannedRow]) -> None:
    lists = _changed(owners, "companions")
    Companion.objects.filter(session__in=lists).delete()
    Companion.objects.bulk_create(
        [
            Companion(session_id=pk, name=name, title=title)
            for pk, people in lists.items()
            for name, title in people
        ],
        batch_size=BATCH,
    )


def _write_marks(owners: dict[int, PlannedRow]) -> None:
    """Fingerprints of photos the system doesn't keep itself."""
    lists = _changed(owners, "photo_marks")
    kept = set(evidence_marks(lists))
    PhotoMark.objects.filter(session__in=lists).delete()
    made = []
    for pk, marks in lists.items():
        for mark in marks:
            if (pk, mark) not in kept:
                kind, _, value = mark.partition("=")
                made.append(PhotoMark(session_id=pk, kind=kind, value=value))
    PhotoMark.objects.bulk_create(made, batch_size=BATCH)
