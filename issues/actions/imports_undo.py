"""What taking back an import has to know up here: items go with their findings, 疑点 with their walks, untouched."""

from dataclasses import replace
from datetime import datetime

from django.db.models import Q

from campaigns.actions.imports_plan import Plan
from campaigns.actions.imports_undo import UNDOINGS as LOWER
from campaigns.actions.imports_undo import Undoing
from campaigns.actions.removal import Removal
from campaigns.ground.clock import day_of
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.workdays import load_calendar
from campaigns.models import ImportRun
from issues.actions.findings import take_kind
from issues.actions.measures import measure_items
from issues.enums import LedgerState, TwinVerdict
from issues.models import (
    Clue,
    ClueEntry,
    LedgerEntry,
    LedgerItem,
    Measure,
    MeasureDemand,
    MeasureProblem,
    MeasureStep,
    Recurrence,
)

_FIRST_STATES = [LedgerState.UNASSIGNED, LedgerState.PLANNING]
_FINDINGS = Undoing(
    Removal(
        own=frozenset({LedgerItem, LedgerEntry, Recurrence}),
        forward={LedgerItem: ("deadline", "turn")},
        touched={
            LedgerItem: (~Q(state__in=_FIRST_STATES), "已经开始办理"),
            LedgerEntry: (Q(sequence__gt=1), "已经有办理记录"),
            Recurrence: (~Q(verdict=TwinVerdict.OPEN), "已经判定是不是同类问题"),
        },
    )
)

# 疑点 are raised by a machine every night: only one that somebody took up is a reason to keep the walk.
_WALKS = replace(
    LOWER["sessions"],
    removal=replace(
        LOWER["sessions"].removal,
        own=LOWER["sessions"].removal.own | {Clue, ClueEntry},
        touched=LOWER["sessions"].removal.touched
        | {
            Clue: (Q(asked_at__isnull=False) | Q(decided_at__isnull=False), "已经由督查室核实"),
            ClueEntry: (Q(by__isnull=False), "已经由督查室核实"),
        },
    ),
)


def _refuse_moved_items(plan: Plan, run: ImportRun, pks: list[int]) -> None:
    """Measures of a plan that went to be signed are part of it."""
    for measure in Measure.objects.filter(pk__in=pks):
        for item in measure_items(measure):
            if item.state not in _FIRST_STATES:
                raise NotAllowed(f"“{measure}”对应的台账“{item}”已经进入后续环节，不能撤销这次导入。")


def _kinds_again(plan: Plan, run: ImportRun, now: datetime) -> None:
    """Items left without a measure go back to the 整改类型 that was proposed with the finding."""
    calendar = load_calendar()
    numbers = {
        number for row in plan.rows for name in ("problems", "demands") for number in row.draft.values[name]
    }
    items = LedgerItem.objects.filter(state=LedgerState.PLANNING).filter(
        Q(problem__number__in=numbers) | Q(demand__number__in=numbers)
    )
    for item in items.select_related("problem", "demand", "turn", "deadline"):
        if not item.finding.measures.exists():
            kind = item.problem.proposed_kind if item.problem_id else ""
            take_kind(item=item, kind=kind, on=day_of(now), calendar=calendar)


UNDOINGS: dict[str, Undoing] = {
    **LOWER,
    "sessions": _WALKS,
    "problems": _FINDINGS,
    "demands": _FINDINGS,
    "measures": Undoing(
        Removal(
            own=frozenset({MeasureProblem, MeasureDemand, MeasureStep}),
            touched={MeasureStep: (Q(deadline__isnull=False) | Q(done_on__isnull=False), "已经开始计时")},
        ),
        before=_refuse_moved_items,
        after=_kinds_again,
    ),
}
