"""Recording a walk (走流程登记), changing it while it is open, and 本人确认.

衡政办函〔2022〕16号 三 (the five forms), 四 (what to look at); contract §5, §6 sessions; domain.md §1.6.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from campaigns.actions.answering import settle_tasks
from campaigns.actions.evidence import add_evidence
from campaigns.actions.walk_truths import check_held
from campaigns.actions.walk_writing import (
    Cases,
    Companions,
    Points,
    Steps,
    facts_of,
    fill,
    keep_files,
    locked,
    stamp,
    write,
)
from campaigns.enums import CampaignState, SessionState
from campaigns.ground import audit
from campaigns.ground.numbering import raise_to, take_number
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.uploads import Vetted
from campaigns.models import Campaign, Matter, Organization, Person, Posting, User, WalkSession
from campaigns.permissions import check_can_confirm, check_can_edit, check_can_record

__all__ = ["add_evidence", "complete_session", "confirm_session", "edit_session", "record_session"]


def record_session(
    *,
    by: Posting | None,
    now: datetime,
    campaign: Campaign,
    reporting_unit: Organization,
    walkers: Sequence[Person],
    mode: str,
    channel: str,
    matter: Matter,
    started_at: datetime,
    ended_at: datetime,
    narrative: str,
    user: User | None = None,
    walked_unit: Organization | None = None,
    steps: Steps = (),
    checkpoints: Points = (),
    companions: Companions = (),
    cases: Cases = (),
    uploads: Iterable[Vetted] = (),
    authorization: Vetted | None = None,
    facts: Mapping[str, Any] | None = None,
    draft: bool = False,
    number: str | None = None,
    recorded_at: datetime | None = None,
    form_token: UUID | None = None,
    imported: bool = False,
) -> WalkSession:
    """Register one walk (or keep it as a draft) with its people, steps, points and cases.

    by: the posting at work; None for the system and imports, then `user` is the 填报人. walked_unit: None means the
    matter's owner at that place (walked_unit_for). facts: fields of campaigns.modes.FACTS. uploads: files that passed
    vet_upload; authorization: the one that is the 授权委托书. All datetimes are aware. number: kept if given (import), else DJ-<campaign>-<unit>-nnnn. form_token: of one filled-in page; when it is sent
    again the walk already made comes back. imported: history is taken as it is: only what the workbook demands is
    required, and somebody in two places at once is left to the clues (R2).

    Raises NotAllowed with a sentence for the wrong person, missing facts, impossible times or a double booking.
    """
    session = WalkSession(
        campaign=campaign,
        reporting_unit=reporting_unit,
        walked_unit=walked_unit,
        mode=mode,
        channel=channel,
        matter=matter,
        started_at=started_at,
        ended_at=ended_at,
        narrative=narrative,
        number=number or "",
        form_token=form_token,
        recorded_by=_recorder(by, user),
    )
    parts = {"steps": steps, "checkpoints": checkpoints, "companions": companions, "cases": cases}
    try:
        with transaction.atomic():
            if form_token and (made := WalkSession.objects.filter(form_token=form_token).first()):
                return made
            _check_may_open(session, walkers, by)
            _number(session)
            fill(session, {}, facts or {})
            write(session, walkers, parts, held=not draft, now=now, at=recorded_at or now, imported=imported)
            keep_files(session, uploads, authorization, by=by, user=user, now=now)
            verb = "保存走流程草稿" if draft else "登记走流程"
            told = {"登记编号": session.number}
            audit.record(by=by or user, verb=verb, subject=session, now=now, detail=told)
    except (IntegrityError, NotAllowed):
        # The same page sent twice at once: the other one was quicker, and its walk may be what stands in the way.
        made = WalkSession.objects.filter(form_token=form_token).first() if form_token else None
        if made is None:
            raise
        return made
    return session


@transaction.atomic
def edit_session(
    *,
    by: Posting | None,
    now: datetime,
    session: WalkSession,
    walkers: Sequence[Person],
    user: User | None = None,
    steps: Steps = (),
    checkpoints: Points = (),
    companions: Companions = (),
    cases: Cases = (),
    uploads: Iterable[Vetted] = (),
    authorization: Vetted | None = None,
    facts: Mapping[str, Any] | None = None,
    draft: bool = False,
    recorded_at: datetime | None = None,
    imported: bool = False,
    **values: Any,
) -> WalkSession:
    """Write a draft or a registered walk anew; after 本人确认 it is frozen.

    values: reporting_unit, walked_unit, mode, channel, matter, started_at, ended_at, narrative, those that change.
    draft: keep a draft a draft; a registered walk never goes back to one. Raises NotAllowed as record_session does.
    """
    session = locked(session)
    if by is not None:
        check_can_edit(by, session)
        check_can_record(by, values.get("reporting_unit", session.reporting_unit), walkers)
    elif session.state == SessionState.CONFIRMED:
        raise NotAllowed(f"走流程 {session.number} 已经本人确认，不能再修改。")
    before = facts_of(session)
    was_draft = session.state == SessionState.DRAFT
    fill(session, values, facts or {})
    parts = {"steps": steps, "checkpoints": checkpoints, "companions": companions, "cases": cases}
    at = recorded_at or session.recorded_at or now
    write(session, walkers, parts, held=not (was_draft and draft), now=now, at=at, imported=imported)
    keep_files(session, uploads, authorization, by=by, user=user, now=now)
    after = facts_of(session)
    changed = {key: [before[key], after[key]] for key in after if before[key] != after[key]}
    verb = "修改走流程" if not was_draft else "保存走流程草稿" if draft else "登记走流程"
    audit.record(by=by or user, verb=verb, subject=session, now=now, detail={"改动": changed})
    return session


@transaction.atomic
def complete_session(*, session: WalkSession, by: Posting | None, now: datetime) -> WalkSession:
    """草稿 → 已登记, as it stands. Raises NotAllowed when something is still missing."""
    session = locked(session)
    if session.state != SessionState.DRAFT:
        raise NotAllowed("这次走流程已经登记。")
    if by is not None:
        check_can_edit(by, session)
    check_held(session, list(session.walkers.all()), list(session.cases.all()), now=now, imported=False)
    stamp(session, now)
    session.save()
    settle_tasks(sessions=[session], now=now)
    audit.record(by=by, verb="登记走流程", subject=session, now=now, detail={"登记编号": session.number})
    return session


@transaction.atomic
def confirm_session(*, session: WalkSession, by: Posting, now: datetime) -> WalkSession:
    """本人确认 by one of the walkers; after it the walk is frozen. Raises NotAllowed for anybody else."""
    session = locked(session)
    check_can_confirm(by, session)
    session.state = SessionState.CONFIRMED
    session.confirmed_at, session.confirmed_by = now, by.person.user
    session.save(update_fields=["state", "confirmed_at", "confirmed_by"])
    audit.record(by=by, verb="本人确认走流程", subject=session, now=now)
    return session


def window_warning(campaign: Campaign, on: date) -> str:
    """What is said, not refused, when a walk lies outside the campaign's days; "" when it lies within."""
    if campaign.opens_on <= on <= campaign.closes_on:
        return ""
    return f"走流程日期 {on} 不在行动期间（{campaign.opens_on} 至 {campaign.closes_on}）内，请核对。"


def _recorder(by: Posting | None, user: User | None) -> User:
    """填报人: who acts, else who is named, else the built-in account."""
    return by.person.user if by is not None else user or User.objects.get(username="system")


def _check_may_open(session: WalkSession, walkers: Sequence[Person], by: Posting | None) -> None:
    if by is None:
        return
    check_can_record(by, session.reporting_unit, walkers)
    if session.campaign.state != CampaignState.OPEN:
        raise NotAllowed(f"{session.campaign.name}不在进行中，不能登记走流程。")


def _number(session: WalkSession) -> None:
    """A number that came along is kept, and the system's own numbers go on above it."""
    series = f"DJ-{session.campaign.code}-{session.reporting_unit.code}"
    if not session.number:
        session.number = take_number(series)
        return
    tail = session.number.removeprefix(f"{series}-")
    if tail.isdecimal():
        raise_to(series, int(tail))
