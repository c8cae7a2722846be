"""The ledger's one door: clocks, reasons, history, second clicks. Who may make which move: test_every_cell."""

import itertools

import pytest
from django.db import IntegrityError, transaction

from campaigns.enums import Role
from campaigns.ground.refusal import Changed, NotAllowed
from issues.enums import LedgerState, MoveName
from issues.models import LedgerEntry, LedgerItem
from issues.moves import CLOCKS, MOVES
from issues.tests.factories import NOW, S, fresh, make_city, make_item
from issues.workflow import advance, check_can_move, last_sequence

pytestmark = pytest.mark.django_db

M = MoveName
CLERK, DEPUTY, HEAD = "yibao_reporter", "yibao_deputy", "yibao_head"
OFFICE, INSPECTOR = "shengaiban", "duchashi"


# Contract §7.1, §7.5, §7.7: working days each state may wait, and whose turn it is.
WAITS = {
    S.UNASSIGNED: ("审改办", 2),
    S.ASSIGNED: ("责任单位", 2),
    S.PLANNING: ("责任单位", 5),
    S.UNSIGNED: ("主要负责人", 2),
    S.RECTIFYING: ("责任单位", None),
    S.APPLIED: ("分管负责人", 2),
    S.REVIEWED: ("审改办", 5),
    S.CLOSED: ("—", None),
    S.REFUSED: ("—", None),
    S.MERGED: ("—", None),
    S.ESCALATED: ("责任单位", 20),
    S.STAGED: ("—", None),
}


@pytest.mark.parametrize("state", LedgerState.values)
def test_every_state_has_a_turn_and_a_clock(state):
    clock = CLOCKS[state]
    assert (clock.turn.label, clock.days) == WAITS[state]


@pytest.mark.parametrize(
    ("state", "kind", "move", "actor"),
    [
        (S.ASSIGNED, "DATED", M.DECLINE, CLERK),
        (S.UNSIGNED, "DATED", M.SEND_BACK, HEAD),
        (S.RECTIFYING, "DATED", M.PROGRESS, CLERK),
        (S.APPLIED, "DATED", M.FAIL_REVIEW, DEPUTY),
        (S.REVIEWED, "DATED", M.RETURN, OFFICE),
        (S.REVIEWED, "QUICK", M.RETURN_QUICK, OFFICE),
        (S.UNASSIGNED, "DATED", M.REFUSE, OFFICE),
        (S.RECTIFYING, "DATED", M.MERGE, OFFICE),
        (S.RECTIFYING, "DATED", M.ESCALATE, OFFICE),
        (S.CLOSED, "DATED", M.REOPEN, INSPECTOR),
        (S.CLOSED, "QUICK", M.REOPEN_QUICK, INSPECTOR),
    ],
)
def test_a_reason_is_demanded(state, kind, move, actor):
    city = make_city()
    item = make_item(city, state, kind=kind)
    before = item.entries.count()
    with pytest.raises(NotAllowed, match="要写明理由"):
        advance(item_id=item.pk, name=move, by=getattr(city, actor), now=NOW, note="  ")
    assert fresh(item).state == state
    assert item.entries.count() == before


def test_history_says_who_when_why_from_and_to():
    city = make_city()
    item = make_item(city, S.UNSIGNED)
    advance(item_id=item.pk, name=M.SEND_BACK, by=city.yibao_head, now=NOW, note="时限太长。")
    last = LedgerEntry.objects.filter(item=item).order_by("-sequence").first()
    assert (last.move, last.source, last.target, last.note, last.at) == (
        "SEND_BACK",
        S.UNSIGNED,
        S.PLANNING,
        "时限太长。",
        NOW,
    )
    assert last.by == city.yibao_head.person.user
    assert last.by_text == "yibao_head（市医保局·主要负责人）"
    assert list(item.entries.order_by("sequence").values_list("sequence", flat=True)) == [1, 2, 3]


def test_a_second_click_is_told_so():
    city = make_city()
    item = make_item(city, S.UNASSIGNED)
    advance(item_id=item.pk, name=M.ASSIGN, by=city.shengaiban, now=NOW)
    with pytest.raises(Changed, match="已经转办"):
        advance(item_id=item.pk, name=M.ASSIGN, by=city.shengaiban, now=NOW)
    assert item.entries.filter(move="ASSIGN").count() == 1


def test_a_second_report_of_the_same_page_is_told_so():
    """填报进展 leaves the state as it is, so the page's last history line tells a second click."""
    city = make_city()
    item = make_item(city, S.RECTIFYING)
    seen = last_sequence(item)
    move = {"item_id": item.pk, "name": M.PROGRESS, "by": city.yibao_reporter, "now": NOW, "note": "已招标。"}
    advance(**move, seen=seen)
    with pytest.raises(Changed, match="已经有了新的办理记录"):
        advance(**move, seen=seen)
    assert item.entries.filter(move="PROGRESS").count() == 1


def test_nobody_changes_the_state_past_the_door():
    """A state set by update() breaks a constraint of the database sooner or later; here: 已销号 without its stamp."""
    item = make_item(make_city(), S.PLANNING)
    with pytest.raises(IntegrityError, match="ledgeritem_"), transaction.atomic():
        LedgerItem.objects.filter(pk=item.pk).update(state=S.CLOSED)


def test_the_system_alone_lets_a_quick_one_lapse():
    city = make_city()
    item = make_item(city, S.PLANNING, kind="QUICK")
    assert check_can_move(item=item, name=M.LAPSE, by=None).name == M.LAPSE
    with pytest.raises(NotAllowed, match="系统自动"):
        check_can_move(item=item, name=M.LAPSE, by=city.shengaiban)


def test_roles_without_a_say():
    """系统管理员, 安全管理员 and 审计管理员 stand in no row of the table (contract §5)."""
    named = set(itertools.chain.from_iterable(move.roles or () for move in MOVES.values()))
    assert named.isdisjoint({Role.ADMIN, Role.SECURITY, Role.AUDITOR, Role.WALKER})
