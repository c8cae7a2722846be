"""How a walk came in, and what was noted down on the spot, in the words of its page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from campaigns.enums import EntryKind
from campaigns.models import SessionStep, WalkSession

# Below this the difference of two clocks is nobody's business.
NOTABLE = timedelta(minutes=5)
# How the phone marks a problem that belongs to no step (static/log/draft.js).
LOOSE = "现场发现："


@dataclass(frozen=True)
class Noted:
    """One problem in one line, as it was noted down. place: counted from 1. step: a StepKind, "" for none."""

    place: int
    step: str
    step_label: str
    text: str


def arrival_facts(session: WalkSession) -> list[tuple[str, Any]]:
    """录入方式, and for a phone both clocks."""
    facts: list[tuple[str, Any]] = [("录入方式", session.get_entry_display())]
    if session.entry == EntryKind.PHONE:
        facts += [("手机时间", session.device_sent_at), ("上传时间", session.synced_at)]
    return facts


def skew_words(session: WalkSession) -> str:
    """What is said when the phone's clock was off; its times are kept as it claimed them. "" when it was right."""
    if not session.device_sent_at or not session.synced_at:
        return ""
    off = session.device_sent_at - session.synced_at
    if abs(off) < NOTABLE:
        return ""
    return f"上传时手机时间比系统{'快' if off > timedelta() else '慢'} {_span(abs(off))}，环节时间照手机记，请核对。"


def noted(session: WalkSession, steps: Iterable[SessionStep]) -> list[Noted]:
    """Problems noted on the phone, one a line; in the order they stand, so that a page may count on it."""
    if session.entry != EntryKind.PHONE:
        return []
    found = [
        (step.kind, step.get_kind_display(), line)
        for step in steps
        for line in step.note.splitlines()
        if line.strip()
    ]
    loose = [line for line in session.narrative.splitlines() if line.startswith(LOOSE)]
    found += [("", "", line.removeprefix(LOOSE)) for line in loose]
    return [Noted(place, *line) for place, line in enumerate(found, start=1)]


def _span(off: timedelta) -> str:
    minutes = int(off.total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} 分钟"
    return f"{minutes // 60} 小时" if minutes < 48 * 60 else f"{minutes // 1440} 天"
