"""What must be true of a walk before it is written; across rows, so the database can't say it (house §9)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from campaigns.enums import EntryKind
from campaigns.ground.clock import day_of
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Person, WalkSession
from campaigns.modes import FACTS, missing_facts


def check_times(session: WalkSession, steps: Sequence[Mapping[str, Any]]) -> None:
    """Nothing ends before it starts: neither the walk nor a step, which may last zero minutes."""
    if session.ended_at < session.started_at:
        raise NotAllowed("结束时间不能早于开始时间。")
    for n, step in enumerate(steps, start=1):
        if step["ended_at"] < step["started_at"]:
            raise NotAllowed(f"第 {n} 个环节的结束时间不能早于开始时间。")


def check_held(
    session: WalkSession, walkers: Sequence[Person], cases: Sequence, *, now: datetime, imported: bool
) -> None:
    """What a registered walk must have and a draft may lack (domain.md §1.6, §7.5).

    A phone's clock may be wrong: its times are kept as claimed, and the page shows how far it is off.
    """
    if session.ended_at > now and session.entry != EntryKind.PHONE:
        raise NotAllowed("走流程的结束时间不能晚于现在。")
    if not walkers:
        raise NotAllowed("请选择走流程人员。")
    if not session.narrative.strip():
        raise NotAllowed("请填写体验情况。")
    facts = {field: getattr(session, field) for field in FACTS}
    for need in missing_facts(session.mode, facts, cases, imported=imported):
        raise NotAllowed(need.sentence)
    if not imported:
        _check_own_facts(session)
        _check_in_office(session, walkers)
        _check_elsewhere(session, walkers)


def _check_own_facts(session: WalkSession) -> None:
    """帮代办 within its authorization; a citizen's telephone only with consent (domain.md §4.6)."""
    until = session.authorized_until
    if until and until < day_of(session.started_at):
        raise NotAllowed(f"授权委托已于 {until} 到期，早于走流程的日期。")
    if session.accompanied_phone and not session.accompanied_consented:
        raise NotAllowed("留存陪同对象的电话，要先征得本人同意并勾选“陪同对象同意留存电话”。")


def _check_in_office(session: WalkSession, walkers: Sequence[Person]) -> None:
    for person in walkers:
        if person.left_on and person.left_on < day_of(session.started_at):
            raise NotAllowed(f"{person.name}已于 {person.left_on} 离任，不能登记之后的走流程。")


def _check_elsewhere(session: WalkSession, walkers: Sequence[Person]) -> None:
    """Nobody is in two places at once: registered walks of one person do not overlap (domain.md §7.5)."""
    others = WalkSession.objects.held().filter(
        Q(walkers__in=walkers), started_at__lt=session.ended_at, ended_at__gt=session.started_at
    )
    found = others.exclude(pk=session.pk).values_list("number", "walkers__name").order_by("number").first()
    if found:
        number, name = found
        raise NotAllowed(f"{name}在这段时间已有另一次走流程（登记编号 {number}），一个人不能同时在两处。")
