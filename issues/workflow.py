"""The only door to LedgerItem.state: one table of moves, from which guards, buttons, the diagram and tests are read.

Contract §7, after 衡政办函〔2022〕16号 五(二) “建立整改台账…逐一销号解决”. Nothing here opens clocks or tells people:
that is issues.actions.ledger, which every caller goes through.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Max

from campaigns.enums import Role
from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.models import Posting
from issues.enums import LedgerState, MoveName, RectifyKind, Turn
from issues.models import LedgerEntry, LedgerItem
from issues.permissions import Relation, check_can_act

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


def _signed(item: LedgerItem) -> bool:
    return item.signed_at is not None


def _unsigned(item: LedgerItem) -> bool:
    return item.signed_at is None


@dataclass(frozen=True)
class Move:
    """One row of the table.

    sources → target; `roles` and `relation` say who (None: only the system); `stamps` are who/when pairs set now,
    `clears` pairs emptied; `note_needed` asks for a reason; `applies` narrows by the item's kind.
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
        Move(M.DECLINE, (S.ASSIGNED,), S.UNASSIGNED, _UNIT, clears=("assigned",), note_needed=True),
        Move(M.ACCEPT, (S.ASSIGNED,), S.PLANNING, _UNIT, stamps=("accepted",)),
        Move(M.SUBMIT_PLAN, (S.PLANNING,), S.UNSIGNED, (R.REPORTER,), applies=_slow),
        Move(M.SIGN, (S.UNSIGNED,), S.RECTIFYING, (R.HEAD,), stamps=("signed",)),
        Move(M.SEND_BACK, (S.UNSIGNED,), S.PLANNING, (R.HEAD,), note_needed=True),
        Move(
            M.PROGRESS,
            (S.PLANNING, S.RECTIFYING, S.ESCALATED, S.STAGED),
            None,
            (R.REPORTER,),
            note_needed=True,
        ),
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
        Move(M.PASS_REVIEW, (S.APPLIED,), S.REVIEWED, (R.DEPUTY,), stamps=("reviewed",)),
        Move(M.FAIL_REVIEW, (S.APPLIED,), S.RECTIFYING, (R.DEPUTY,), clears=("applied",), note_needed=True),
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
            applies=_signed,
        ),
        Move(
            M.RETURN_QUICK,
            (S.REVIEWED,),
            S.PLANNING,
            (R.REFORM_OFFICE, R.INSPECTOR),
            Relation.CLOSER,
            clears=("applied", "reviewed"),
            note_needed=True,
            applies=_unsigned,
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
            (R.REFORM_OFFICE,),
            Relation.REACH,
            note_needed=True,
        ),
        Move(M.RESUME, (S.ESCALATED,), S.RECTIFYING, (R.REFORM_OFFICE,), Relation.REACH),
        Move(
            M.REOPEN,
            (S.CLOSED,),
            S.RECTIFYING,
            (R.INSPECTOR,),
            Relation.REACH,
            clears=("applied", "reviewed", "closed"),
            note_needed=True,
            applies=_signed,
        ),
        Move(
            M.REOPEN_QUICK,
            (S.CLOSED,),
            S.PLANNING,
            (R.INSPECTOR,),
            Relation.REACH,
            clears=("applied", "reviewed", "closed"),
            note_needed=True,
            applies=_unsigned,
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


def check_can_move(*, item: LedgerItem, name: str, by: Posting | None) -> Move:
    """The row of the table if `by` may make move `name` on `item` now.

    Raises NotAllowed (a sentence) for the wrong person, Changed when the item has already moved on.
    `by` None is the system itself.
    """
    move = MOVES[name]
    if move.roles is None:
        if by is not None:
            raise NotAllowed(f"“{move.label}”由系统自动办理。")
    elif by is not None:
        check_can_act(posting=by, item=item, roles=move.roles, relation=move.relation, label=move.label)
    if item.state not in move.sources:
        raise Changed(
            f"这条台账现在是“{item.get_state_display()}”,不能{move.label}。请刷新页面查看最新情况。"
        )
    if not move.applies(item):
        raise NotAllowed(f"{item.get_rectify_kind_display() or '这条台账'}不能{move.label}。")
    return move


def moves_for(item: LedgerItem, posting: Posting) -> list[Move]:
    """The moves `posting` may make on `item` now: the buttons of its page, in the table's order."""
    allowed = []
    for name in MOVES:
        try:
            allowed.append(check_can_move(item=item, name=name, by=posting))
        except NotAllowed:
            continue
    return allowed


def advance(
    *,
    item_id: int,
    name: str,
    by: Posting | None,
    now: datetime,
    note: str = "",
    changes: dict | None = None,
) -> LedgerItem:
    """Make one move: lock, source, right, reason, stamp, save, history line. Call it inside a transaction.

    `changes` are further fields of the item set by the same write (validated by the action). Returns the fresh item.
    Raises NotAllowed / Changed with the user's sentence.
    """
    item = (
        LedgerItem.objects.select_for_update(of=("self",))
        .select_related("responsible_unit", "reporting_unit", "deadline", "turn", "problem", "demand")
        .get(pk=item_id)
    )
    move = check_can_move(item=item, name=name, by=by)
    note = note.strip()
    if move.note_needed and not note:
        raise NotAllowed(f"{move.label}要写明理由。")
    source = item.state
    item.state = move.target or item.state
    user = by.person.user if by is not None else None
    for stamp in move.clears:
        setattr(item, f"{stamp}_at", None)
        setattr(item, f"{stamp}_by", None)
    for stamp in move.stamps:
        setattr(item, f"{stamp}_at", now)
        setattr(item, f"{stamp}_by", user)
    for name_, value in (changes or {}).items():
        setattr(item, name_, value)
    item.save()
    write_entry(item=item, move=move.name, source=source, by=by, now=now, note=note)
    return item


def write_entry(
    *, item: LedgerItem, move: str, source: str, by: Posting | None, now: datetime, note: str
) -> None:
    """One line of history, numbered after the last one. The item's row is locked by the caller."""
    last = item.entries.aggregate(last=Max("sequence"))["last"] or 0
    LedgerEntry.objects.create(
        item=item,
        sequence=last + 1,
        move=move,
        source=source,
        target=item.state,
        note=note,
        at=now,
        by=by.person.user if by is not None else None,
        posting=by,
        by_text=describe(by),
        due_on=item.deadline.due_on if item.deadline_id else None,
    )


def describe(by: Posting | None) -> str:
    """How history names an actor: 姓名(单位·角色); the system when nobody pressed."""
    if by is None:
        return "系统"
    return f"{by.person.name}({by.organization.label}·{by.get_role_display()})"


def diagram() -> str:
    """The table as a Mermaid state diagram, for the docs."""
    lines = ["stateDiagram-v2", "    direction LR"]
    lines += [f"    {state.name}: {state.label}" for state in LedgerState]
    lines += ["    [*] --> UNASSIGNED: 登记(外单位)", "    [*] --> PLANNING: 登记(本单位)"]
    for move in MOVES.values():
        for source in move.sources:
            lines.append(f"    {source} --> {move.target or source}: {move.label}")
    return "\n".join(lines)
