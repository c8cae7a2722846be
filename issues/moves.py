"""The table of moves and the table of clocks: what may happen to a ledger item, by whom, and how long a state may wait.

One row a move (house rule 10): guards, buttons, the diagram of the docs and the tests all come from here. Data only;
the door that uses it is issues.workflow.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from campaigns.enums import Role
from issues.enums import LedgerState, MoveName, RectifyKind, Turn
from issues.models import LedgerItem
from issues.permissions import Relation

S, M, R = LedgerState, MoveName, Role
QUICK, LASTING = RectifyKind.QUICK, RectifyKind.LASTING


def _always(item: LedgerItem) -> bool:
    return True


def _quick(item: LedgerItem) -> bool:
    return item.rectify_kind == QUICK


def _slow(item: LedgerItem) -> bool:
    return item.rectify_kind != QUICK


def _lasting(item: LedgerItem) -> bool:
    return item.rectify_kind == LASTING


def _closable(item: LedgerItem) -> bool:
    return item.rectify_kind != LASTING


def _quick_unsigned(item: LedgerItem) -> bool:
    return item.rectify_kind == QUICK and item.signed_at is None


def _not_declined(item: LedgerItem) -> bool:
    return not item.was_declined


@dataclass(frozen=True)
class Move:
    """One row of the table.

    sources → target; `roles` and `relation` say who (None: only the system); `stamps` are who/when pairs set now,
    `clears` pairs emptied; `note_needed` asks for a reason; `applies` narrows by the item itself, and `otherwise` is
    the sentence when it doesn't (empty: said from the item's 整改类型).
    """

    name: str
    sources: tuple[str, ...]
    target: str | None
    roles: tuple[str, ...] | None
    relation: Relation = Relation.RESPONSIBLE
    stamps: tuple[str, ...] = ()
    clears: tuple[str, ...] = ()
    note_needed: bool = False
    applies: Callable[[LedgerItem], bool] = field(default=_always, repr=False)
    otherwise: str = ""

    @property
    def label(self) -> str:
        return MoveName(self.name).label

    @property
    def is_dangerous(self) -> bool:
        """Worth a second question on the page: it ends an item or takes a closing back."""
        return self.name in {M.CLOSE, M.REFUSE, M.MERGE, M.REOPEN, M.REOPEN_QUICK, M.STAGE}


_UNIT = (R.REPORTER, R.DEPUTY, R.HEAD)
_BEFORE_SIGNED = (S.UNASSIGNED, S.ASSIGNED, S.PLANNING, S.UNSIGNED)

MOVES: dict[str, Move] = {
    move.name: move
    for move in (
        Move(M.ASSIGN, (S.UNASSIGNED,), S.ASSIGNED, (R.REFORM_OFFICE,), Relation.REACH, stamps=("assigned",)),
        Move(
            M.DECLINE,
            (S.ASSIGNED,),
            S.UNASSIGNED,
            _UNIT,
            clears=("assigned",),
            note_needed=True,
            applies=_not_declined,
            otherwise="这条台账已经退回过一次，请签收后办理；仍有异议的请与审改办联系。",
        ),
        Move(M.ACCEPT, (S.ASSIGNED,), S.PLANNING, _UNIT, stamps=("accepted",)),
        Move(M.SUBMIT_PLAN, (S.PLANNING,), S.UNSIGNED, (R.REPORTER,), applies=_slow),
        Move(M.SIGN, (S.UNSIGNED,), S.RECTIFYING, (R.HEAD,), stamps=("signed",)),
        Move(
            M.SIGN_QUICK,
            (S.REVIEWED, S.CLOSED),
            None,
            (R.HEAD,),
            stamps=("signed",),
            applies=_quick_unsigned,
            otherwise="只有尚未审签的立行立改可以补审签。",
        ),
        Move(M.REVIEW_PLAN, (S.UNSIGNED,), None, (R.DEPUTY,)),
        Move(M.SEND_BACK, (S.UNSIGNED,), S.PLANNING, (R.DEPUTY, R.HEAD), note_needed=True),
        Move(
            M.PROGRESS,
            (S.PLANNING, S.RECTIFYING, S.ESCALATED, S.STAGED),
            None,
            (R.REPORTER,),
            Relation.INVOLVED,
            note_needed=True,
        ),
        Move(M.GIVE_NUMBER, (S.ESCALATED,), None, (R.REPORTER,), note_needed=True),
        Move(
            M.FINISH,
            (S.PLANNING,),
            S.REVIEWED,
            (R.REPORTER,),
            stamps=("applied",),
            applies=_quick,
        ),
        Move(M.LAPSE, (S.PLANNING,), None, None, applies=_quick),
        Move(M.APPLY, (S.RECTIFYING,), S.APPLIED, (R.REPORTER,), stamps=("applied",)),
        Move(M.APPLY_DIRECT, (S.RECTIFYING,), S.REVIEWED, (R.REPORTER,), stamps=("applied",)),
        Move(M.PASS_REVIEW, (S.APPLIED,), S.REVIEWED, (R.DEPUTY,), Relation.REVIEWER, stamps=("reviewed",)),
        Move(
            M.FAIL_REVIEW,
            (S.APPLIED,),
            S.RECTIFYING,
            (R.DEPUTY,),
            Relation.REVIEWER,
            clears=("applied",),
            note_needed=True,
        ),
        Move(
            M.CLOSE,
            (S.REVIEWED,),
            S.CLOSED,
            (R.REFORM_OFFICE, R.INSPECTOR),
            Relation.CLOSER,
            stamps=("closed",),
            applies=_closable,
        ),
        Move(
            M.STAGE,
            (S.REVIEWED,),
            S.STAGED,
            (R.REFORM_OFFICE, R.INSPECTOR),
            Relation.CLOSER,
            applies=_lasting,
        ),
        Move(
            M.RETURN,
            (S.REVIEWED,),
            S.RECTIFYING,
            (R.REFORM_OFFICE, R.INSPECTOR),
            Relation.CLOSER,
            clears=("applied", "reviewed"),
            note_needed=True,
            applies=_slow,
        ),
        Move(
            M.RETURN_QUICK,
            (S.REVIEWED,),
            S.PLANNING,
            (R.REFORM_OFFICE, R.INSPECTOR),
            Relation.CLOSER,
            clears=("applied", "reviewed", "signed"),
            note_needed=True,
            applies=_quick,
        ),
        Move(M.REFUSE, _BEFORE_SIGNED, S.REFUSED, (R.REFORM_OFFICE,), Relation.REACH, note_needed=True),
        Move(
            M.MERGE,
            (*_BEFORE_SIGNED, S.RECTIFYING),
            S.MERGED,
            (R.REFORM_OFFICE,),
            Relation.REACH,
            note_needed=True,
        ),
        Move(
            M.ESCALATE,
            (S.RECTIFYING,),
            S.ESCALATED,
            (R.REFORM_OFFICE, R.INSPECTOR),
            Relation.DECIDER,
            note_needed=True,
        ),
        Move(
            M.RESUME,
            (S.ESCALATED,),
            S.RECTIFYING,
            (R.REFORM_OFFICE, R.INSPECTOR),
            Relation.DECIDER,
        ),
        Move(
            M.REOPEN,
            (S.CLOSED,),
            S.RECTIFYING,
            (R.INSPECTOR,),
            Relation.REACH,
            clears=("applied", "reviewed", "closed"),
            note_needed=True,
            applies=_slow,
        ),
        Move(
            M.REOPEN_QUICK,
            (S.CLOSED,),
            S.PLANNING,
            (R.INSPECTOR,),
            Relation.REACH,
            clears=("applied", "reviewed", "closed", "signed"),
            note_needed=True,
            applies=_quick,
        ),
    )
}


@dataclass(frozen=True)
class Clock:
    """How long a state may wait (working days) and whose turn it is. `days` None: no clock of its own."""

    turn: str
    days: int | None
    holder: str = ""


# Contract §7.1, §7.5. 整改中 and 立行立改 run on the item's own Deadline instead.
CLOCKS: dict[str, Clock] = {
    S.UNASSIGNED: Clock(Turn.OFFICE, 2, Role.REFORM_OFFICE),
    S.ASSIGNED: Clock(Turn.UNIT, 2),
    S.PLANNING: Clock(Turn.UNIT, 5),
    S.UNSIGNED: Clock(Turn.UNIT_HEAD, 2, Role.HEAD),
    S.RECTIFYING: Clock(Turn.UNIT, None),
    S.APPLIED: Clock(Turn.UNIT_DEPUTY, 2, Role.DEPUTY),
    S.REVIEWED: Clock(Turn.OFFICE, 5, Role.REFORM_OFFICE),
    S.CLOSED: Clock(Turn.NOBODY, None),
    S.REFUSED: Clock(Turn.NOBODY, None),
    S.MERGED: Clock(Turn.NOBODY, None),
    S.ESCALATED: Clock(Turn.UNIT, 20),
    S.STAGED: Clock(Turn.NOBODY, None),
}
QUICK_DAYS = 3
DECLINED_DAYS = 1
ANSWER_DAYS = 2  # 延期 and 报备 wait for their answer no longer than any other turn
NUMBER_DAYS = 5  # the 请示 with its number (contract §7.7)
# 长期坚持 has no due date: a word of progress is asked for again and again, once it is 阶段性完成 every quarter.
LASTING_DAYS = {S.RECTIFYING: 20, S.STAGED: 60}


def turn_days(item: LedgerItem, *, number_missing: bool = False) -> int | None:
    """Working days the item may wait where it stands; None where no clock of the state runs.

    `number_missing`: the 请示 of 提请上级协调 has no 文号 yet.
    """
    if item.state == S.UNASSIGNED and item.was_declined:
        return DECLINED_DAYS
    if item.state == S.PLANNING and item.is_quick:
        return None
    if item.state == S.ESCALATED and number_missing:
        return NUMBER_DAYS
    if item.rectify_kind == LASTING and item.state in LASTING_DAYS:
        return LASTING_DAYS[item.state]
    return CLOCKS[item.state].days


def diagram() -> str:
    """The table as a Mermaid state diagram, for the docs."""
    lines = ["stateDiagram-v2", "    direction LR"]
    lines += [f"    {state.name}: {state.label}" for state in LedgerState]
    lines += ["    [*] --> UNASSIGNED: 登记(外单位)", "    [*] --> PLANNING: 登记(本单位)"]
    for move in MOVES.values():
        for source in move.sources:
            lines.append(f"    {source} --> {move.target or source}: {move.label}")
    return "\n".join(lines)
