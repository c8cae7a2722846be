"""A walk's way: its steps as two texts on the walk itself, so that a map of thousands of walks reads no step.

way: "QUEUE ACCEPT! SUPPLEMENT", the steps in their order, ! where the result was 退回 or 补正.
minutes: "QUEUE:12:5 ACCEPT:30 SUPPLEMENT:600", of each the whole minutes it took and, where somebody noted them, those
waited. That the step is named in both lets either be counted as it stands.
Whoever writes steps writes both: campaigns.actions.walk_writing, and imports_sessions for a workbook; check_truths compares
them every night. Pure: no model, no query.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Protocol

from campaigns.enums import StepResult
from campaigns.process import Stops

SENT_BACK = (StepResult.RETURNED, StepResult.SUPPLEMENT)

_MARK = "!"


class Step(Protocol):
    """What a way is told of one step."""

    kind: str
    result: str
    started_at: datetime
    ended_at: datetime
    waiting_minutes: int | None
    minutes: int


def way_of(steps: Iterable[Step]) -> tuple[str, str]:
    """The way and the minutes of `steps`, which come in their order; two empty texts without steps."""
    steps = list(steps)
    way = (step.kind + _MARK * (step.result in SENT_BACK) for step in steps)
    return " ".join(way), " ".join(map(_spent, steps))


def _spent(step: Step) -> str:
    waited = "" if step.waiting_minutes is None else f":{step.waiting_minutes}"
    return f"{step.kind}:{step.minutes}{waited}"


def stops_of(way: str) -> Stops:
    """The steps of a way, each with whether its result was 退回 or 补正."""
    return tuple((token.rstrip(_MARK), token.endswith(_MARK)) for token in way.split(" "))


def count_steps(minutes: Iterable[str]) -> Iterator[tuple[str, int, int | None, int]]:
    """(step, minutes, minutes waited or None, how often) over the minutes of many walks.

    Equal words are counted before they are read, which makes this quick.
    """
    for word, often in Counter(" ".join(minutes).split()).items():
        kind, took, *waited = word.split(":")
        yield kind, int(took), int(waited[0]) if waited else None, often
