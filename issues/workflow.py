"""The only door to LedgerItem.state: one table of moves (issues.moves), from which guards and buttons are read.

Contract §7, after 衡政办函〔2022〕16号 五(二) “建立整改台账…逐一销号解决”. Nothing here opens clocks or tells people:
that is issues.actions.ledger, which every caller goes through.
"""

from datetime import datetime

from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.models import Posting
from issues.models import LedgerEntry, LedgerItem
from issues.moves import CLOCKS, DECLINED_DAYS, MOVES, QUICK_DAYS, Clock, Move, diagram, turn_days
from issues.permissions import check_can_act

__all__ = [
    "CLOCKS",
    "DECLINED_DAYS",
    "MOVES",
    "QUICK_DAYS",
    "Clock",
    "Move",
    "advance",
    "check_can_move",
    "describe",
    "diagram",
    "last_sequence",
    "moves_for",
    "turn_days",
    "write_entry",
]


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
        raise Changed(_moved_on(item, move))
    if not move.applies(item):
        kind = item.get_rectify_kind_display() or "未定整改类型"
        raise NotAllowed(move.otherwise or f"“{kind}”的台账不能{move.label}。")
    return move


def _moved_on(item: LedgerItem, move: Move) -> str:
    """What the second of two people reads, and whoever clicks twice."""
    state = item.get_state_display()
    if item.state == move.target:
        return f"这条台账已经{move.label}，现在是“{state}”，不用再办一次。"
    return f"这条台账现在已经是“{state}”，不能再{move.label}。请看下面的最新情况。"


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
    seen: int | None = None,
) -> LedgerItem:
    """Make one move: lock, source, right, reason, stamp, save, history line. Call it inside a transaction.

    `changes` are further fields of the item set by the same write (validated by the action). `seen`: the number of
    the last history line the page showed; for moves that leave the state as it is it tells a second click from a
    second report. Returns the fresh item. Raises NotAllowed / Changed with the user's sentence.
    """
    item = (
        LedgerItem.objects.select_for_update(of=("self",))
        .select_related("campaign", "responsible_unit", "deadline", "turn", "problem", "demand")
        .get(pk=item_id)
    )
    move = check_can_move(item=item, name=name, by=by)
    if seen is not None and seen != last_sequence(item):
        raise Changed("这条台账已经有了新的办理记录，请看下面的最新情况，需要时再提交。")
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
    LedgerEntry.objects.create(
        item=item,
        sequence=last_sequence(item) + 1,
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


def last_sequence(item: LedgerItem) -> int:
    """Number of the item's last history line; 0 before the first."""
    return item.entries.order_by("-sequence").values_list("sequence", flat=True).first() or 0


def describe(by: Posting | None) -> str:
    """How history names an actor: 姓名（单位·角色）; the system when nobody pressed."""
    if by is None:
        return "系统"
    return f"{by.person.name}（{by.organization.label}·{by.role_label}）"[-120:]
