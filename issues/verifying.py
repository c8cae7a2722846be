"""回头看核验: which items wait for one, and how much of the way has to be walked again (contract §7.4).

“the same step walked again (or the whole matter, for complaint sources, recurrences and a 20 % risk draw)”.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from campaigns.enums import Channel
from campaigns.guide import FIVE
from campaigns.models import Person, WalkSession
from issues.enums import COMPLAINT_SOURCES
from issues.models import LedgerItem, Recurrence
from issues.permissions import needs_verification
from issues.querysets import WAITING_FOR_REVIEW

NUMBERS = tuple(met for *_, met in FIVE)
RISK_PERCENT = 20
MAY_WAIT = 5  # working days for a verifier; then the unit's own clock stops


@dataclass(frozen=True)
class StepAgain:
    """The ten-minute job: one step walked again. numbers: the five as they are now; verdict: of the problem's point."""

    walker: Person
    kind: str
    started_at: datetime
    ended_at: datetime
    numbers: Mapping[str, Any]
    verdict: str
    waiting_minutes: int | None = None
    result: str = ""
    channel: str = Channel.HALL_WINDOW
    is_simulated: bool = False


def is_drawn(number: str) -> bool:
    """Whether the item `number` is one of the 20 % that are walked whole: the same answer on any machine, any day."""
    return int(sha256(f"全程核验 {number}".encode()).hexdigest(), 16) % 100 < RISK_PERCENT


def is_recurrence(item: LedgerItem) -> bool:
    """Whether it was confirmed that the problem came again; lists read `recurs`, which waiting_rows hangs on the row."""
    known = getattr(item, "recurs", None)
    return Recurrence.objects.again().where_later(item).exists() if known is None else known


def whole_because(item: LedgerItem) -> str:
    """Why the whole matter has to be walked again; empty where the one step will do."""
    if not item.problem_id:
        return ""
    if item.problem.source in COMPLAINT_SOURCES:
        return f"问题来自{item.problem.get_source_display()}"
    if is_recurrence(item):
        return "同类问题复发"
    return "风险抽查抽中" if is_drawn(item.number) else ""


def is_answered(item: LedgerItem) -> bool:
    """Whether a 核验 has been made since this application."""
    found = item.verification
    return bool(found and item.applied_at and found.verified_at >= item.applied_at)


def waits_for_verifier(item: LedgerItem) -> bool:
    """申请 is made, and nobody has gone to look yet."""
    return (
        item.state in WAITING_FOR_REVIEW
        and needs_verification(item)
        and not item.waiver_reason
        and not is_answered(item)
    )


def fallen(first: WalkSession | None, later: WalkSession) -> list[str]:
    """Which of the five numbers are lower than at the first walk."""
    if first is None:
        return []
    pairs = [(name, getattr(first, name), getattr(later, name)) for name in NUMBERS]
    return [name for name, was, now in pairs if was is not None and now is not None and now < was]
