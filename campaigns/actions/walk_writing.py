"""How a walk gets into its tables: its facts, the row itself, what hangs on it, its files, and what it settles.

Called by the actions that record, change and correct a walk, inside their transaction.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from campaigns.actions.answering import settle_tasks
from campaigns.actions.evidence import add_evidence, attach_authorization
from campaigns.actions.walk_truths import check_held, check_times
from campaigns.enums import SessionMode, SessionState
from campaigns.ground.clock import day_of
from campaigns.ground.uploads import Vetted
from campaigns.models import (
    Category,
    CheckPoint,
    Companion,
    Complaint,
    Person,
    SessionCase,
    SessionStep,
    WalkSession,
)
from campaigns.modes import FACTS
from campaigns.places import walked_unit_for
from campaigns.process_ways import way_of

# How long the telephone of somebody accompanied is kept for 回访 (domain.md §4.6: minimum, purged by itself).
PHONE_KEPT = timedelta(days=365)

# What a walk is made of besides its own row; given to the actions by these names.
Steps = Iterable[Mapping[str, Any]]  # kind, started_at, ended_at; may have waiting_minutes, result, note
Points = Iterable[tuple[str, str, str]]  # category code, CheckVerdict, note
Companions = Iterable[tuple[str, str]]  # name, title
Cases = Iterable[Mapping[str, Any]]  # case_number; may have matter, minutes, result


def locked(session: WalkSession) -> WalkSession:
    """The walk as it stands now; its row is locked until the transaction ends."""
    query = WalkSession.objects.select_for_update(of=("self",))
    return query.select_related("campaign", "matter__owner", "reporting_unit", "walked_unit").get(
        pk=session.pk
    )


def fill(session: WalkSession, values: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
    """Take over what was said, and what follows from it: 被体验单位, the work order, the day a telephone is forgotten."""
    unknown = set(facts) - set(FACTS)
    if unknown:
        raise TypeError(f"Unknown facts of a walk: {sorted(unknown)}")
    for field, value in (*values.items(), *facts.items()):
        setattr(session, field, value)
    if session.walked_unit_id is None:
        session.walked_unit = walked_unit_for(session.matter, session.reporting_unit)
    if session.accompanied_phone and session.accompanied_purge_on is None:
        session.accompanied_purge_on = day_of(session.started_at) + PHONE_KEPT
    elif not session.accompanied_phone:
        session.accompanied_purge_on = None
    if "complaint" not in facts:
        is_backward = session.mode == SessionMode.BACKWARD
        numbered = Complaint.objects.filter(number=session.work_order)
        session.complaint = numbered.first() if is_backward else None


def facts_of(session: WalkSession) -> dict[str, str]:
    """Scalar facts as text for the audit log; the citizen's telephone number never goes there."""
    skipped = {"id", "form_token", "accompanied_phone", "way", "way_minutes"}
    fields = [field for field in session._meta.concrete_fields if field.name not in skipped]
    return {str(field.verbose_name): str(getattr(session, field.attname)) for field in fields}


def write(
    session: WalkSession,
    walkers: Sequence[Person],
    parts: dict[str, Iterable],
    *,
    held: bool,
    now: datetime,
    at: datetime,
    imported: bool,
) -> None:
    """Check, then save the row and put its parts anew, each kind in one insert."""
    parts = {name: list(rows) for name, rows in parts.items()}
    check_times(session, parts["steps"])
    steps = [
        SessionStep(session=session, sequence=n, **step) for n, step in enumerate(parts["steps"], start=1)
    ]
    session.way, session.way_minutes = way_of(steps)
    if held:
        check_held(session, walkers, parts["cases"], now=now, imported=imported)
        stamp(session, at)
    session.save()
    session.walkers.set(walkers)
    _put_parts(session, **{**parts, "steps": steps})
    if held:
        settle_tasks(sessions=[session], now=now)


def keep_files(
    session: WalkSession, uploads: Iterable[Vetted], authorization: Vetted | None, **who: Any
) -> None:
    """The files of the page; `who` is by, user and now of the act."""
    for vetted in uploads:
        add_evidence(session=session, vetted=vetted, **who)
    if authorization is not None:
        attach_authorization(session=session, vetted=authorization, **who)


def stamp(session: WalkSession, at: datetime) -> None:
    """已登记 from now on; `at` is its 填报时间."""
    session.held_on = day_of(session.started_at)
    session.recorded_at = at
    if session.state == SessionState.DRAFT:
        session.state = SessionState.HELD


def _put_parts(
    session: WalkSession, *, steps: list[SessionStep], checkpoints: list, companions: list, cases: list
) -> None:
    for relation in (session.steps, session.checkpoints, session.companions, session.cases):
        relation.all().delete()
    for step in steps:
        step.session_id = session.pk
    SessionStep.objects.bulk_create(steps)
    codes = Category.objects.in_bulk([code for code, _, _ in checkpoints], field_name="code")
    CheckPoint.objects.bulk_create(
        [
            CheckPoint(session=session, category=codes[code], verdict=verdict, note=note)
            for code, verdict, note in checkpoints
        ]
    )
    Companion.objects.bulk_create(
        [Companion(session=session, name=name, title=title) for name, title in companions]
    )
    SessionCase.objects.bulk_create([SessionCase(session=session, **case) for case in cases])
