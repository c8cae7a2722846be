"""更正: after 本人确认 a walk is frozen; what was wrong is put right in a new version that says why (contract §5).

The registration keeps its 登记编号 and its row, so that problems, tasks, verifications, files and links go on pointing at
what holds now. What was confirmed before stands beside it as a row of its own, unchanged and readable, numbered
<登记编号>-V1, -V2 …; `corrects` of the newer version names it, and no count takes it in.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any

from django.db import transaction

from campaigns.actions.notices import notify
from campaigns.actions.walk_writing import facts_of, fill, keep_files, locked, write
from campaigns.enums import SessionState
from campaigns.ground import audit
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Person, Posting, WalkSession
from campaigns.permissions import check_can_correct, check_can_record

_PARTS = ("steps", "checkpoints", "companions", "cases")
_NAMED = ("corrects", "correction_reason", "amended_by", "amended_at")


@transaction.atomic
def correct_session(
    *,
    by: Posting,
    now: datetime,
    session: WalkSession,
    reason: str,
    walkers: Sequence[Person],
    parts: Mapping[str, Any],
    facts: Mapping[str, Any] | None = None,
    files: Mapping[str, Any] | None = None,
    **values: Any,
) -> WalkSession:
    """Write a new version of a confirmed walk, to be confirmed by the walker again; the old one is kept as it was.

    parts: steps, checkpoints, companions, cases. files: uploads and authorization. values and facts: as edit_session
    takes them. 填报人 and 填报时间 stay those of the first version; who corrected it and when stand beside them.
    Raises NotAllowed for the wrong person, without a reason, and where record_session would.
    """
    session = locked(session)
    check_can_correct(by, session)
    check_can_record(by, values.get("reporting_unit", session.reporting_unit), walkers)
    if not reason.strip():
        raise NotAllowed("更正要写明原因。")
    before = facts_of(session)
    earlier = _set_aside(session)
    session.corrects, session.correction_reason = earlier, reason.strip()
    session.amended_by, session.amended_at = by.person.user, now
    session.save(update_fields=_NAMED)
    session.state = SessionState.HELD
    session.confirmed_by = session.confirmed_at = None
    fill(session, values, facts or {})
    rows = {name: parts.get(name, ()) for name in _PARTS}
    write(session, walkers, rows, held=True, now=now, at=session.recorded_at, imported=False)
    keep_files(session, **{"uploads": (), "authorization": None, **(files or {})}, by=by, user=None, now=now)
    after = facts_of(session)
    changed = {key: [before[key], after[key]] for key in after if before[key] != after[key]}
    detail = {"原因": session.correction_reason, "原版本": earlier.number, "改动": changed}
    audit.record(by=by, verb="更正走流程", subject=session, detail=detail, now=now)
    text = f"走流程 {session.number} 已更正，请重新本人确认。更正原因：{session.correction_reason}"
    to = [person.user for person in walkers if person.user_id]
    notify(to=to, kind="CORRECTED", text=text, link=session.get_absolute_url(), now=now)
    return session


def _set_aside(session: WalkSession) -> WalkSession:
    """The version that held until now, as a row of its own: its facts, people, steps, points and cases.

    Files and photo fingerprints stay with the registration: a picture isn't corrected, another is added.
    """
    values = {field.attname: getattr(session, field.attname) for field in session._meta.concrete_fields}
    earlier = WalkSession(**values | {"id": None, "form_token": None, "number": _version_number(session)})
    # The version before that is named by one row only, and from now on that is the one set aside.
    WalkSession.objects.filter(pk=session.pk).update(corrects=None, amended_by=None, amended_at=None)
    earlier.save(force_insert=True)
    earlier.walkers.set(session.walkers.all())
    for name in _PARTS:
        getattr(session, name).update(session=earlier)
    return earlier


def _version_number(session: WalkSession) -> str:
    """<登记编号>-V1 for what was confirmed first; a number somebody has brought along already is left alone."""
    numbers = (f"{session.number}-V{n}" for n in count(1))
    return next(number for number in numbers if not WalkSession.objects.filter(number=number).exists())
