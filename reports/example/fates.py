"""What becomes of a finding: drawn once when it is registered, played out by the ledger's own moves afterwards."""

import random
from dataclasses import dataclass

from issues.enums import RectifyKind

QUICK, DATED, LASTING = RectifyKind.QUICK, RectifyKind.DATED, RectifyKind.LASTING
# Fates of a dated item, in thousandths; "close" takes the rest.
_FATES = {"refuse": 26, "merge": 24, "escalate": 24, "overdue": 58, "late": 45, "reopen": 14}


@dataclass
class Fate:
    """`end`: close · refuse · merge · escalate · overdue · late · reopen; the rest happens on the way there.

    `kind` is the 整改类型, `period` the working days of 整改; `waits`: the plan lies before 主要负责人 at the anchor.
    """

    end: str
    kind: str
    period: int
    is_declined: bool = False
    is_sent_back: bool = False
    is_failed: bool = False
    is_returned: bool = False
    is_extended: bool = False
    is_granted: bool = False
    lapses: bool = False
    stalls: bool = False
    waits: bool = False


def draw_fate(rng: random.Random, *, group: str, index: int, last: int) -> Fate:
    """A fate for a finding of taxonomy group `group` (A–D) registered on the working day `index`."""
    share = {"A": 0.15, "B": 0.42, "C": 0.12, "D": 0.04}[group]
    kind = rng.choices((QUICK, DATED, LASTING), weights=(share, 1 - share - 0.045, 0.045))[0]
    end = rng.choices([*_FATES, "close"], weights=[*_FATES.values(), 1000 - sum(_FATES.values())])[0]
    if kind != DATED and end not in ("refuse", "merge"):
        end = "close"
    if end == "overdue" and index > last - 14:
        end = "close"
    return Fate(
        end=end,
        kind=kind,
        period=rng.choice((5, 6, 6, 7, 8, 8, 10, 12)) + (3 if group == "D" else 0),
        is_declined=rng.random() < 0.06,
        is_sent_back=rng.random() < 0.03,
        is_failed=rng.random() < 0.03,
        is_returned=rng.random() < 0.075,
        is_extended=end == "close" and rng.random() < 0.09,
        is_granted=rng.random() < 0.8,
        lapses=rng.random() < 0.06,
        stalls=index > last - 12 and rng.random() < 0.06,
    )
