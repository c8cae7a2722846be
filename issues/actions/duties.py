"""Who is responsible and who is pressed: 移交责任人, and 催办 by hand besides the nightly chase (contract §5, §7)."""

from datetime import datetime

from django.db import transaction

from campaigns.actions.deadlines import hand_over_deadlines
from campaigns.actions.notices import notify
from campaigns.actions.recipients import holders, nearest
from campaigns.enums import Role
from campaigns.ground import audit
from campaigns.ground.clock import day_of
from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.models import Person, Posting, User
from issues.actions.moving import responsible_person, steps_of
from issues.enums import Deed, Turn
from issues.models import LedgerEntry, LedgerItem
from issues.moves import CLOCKS
from issues.permissions import is_reform_office
from issues.request_rights import HANDED_OVER, REMINDED, check_can_hand_over, check_can_remind
from issues.workflow import write_entry


def _lock(item: LedgerItem) -> LedgerItem:
    return (
        LedgerItem.objects.select_for_update(of=("self",))
        .select_related("responsible_unit", "deadline", "turn", "problem", "demand", "person")
        .get(pk=item.pk)
    )


@transaction.atomic
def hand_over(*, item: LedgerItem, by: Posting, now: datetime, person: Person, note: str) -> LedgerItem:
    """移交责任人, with the reason: the item's running clocks follow, and both people's names stand in its history."""
    item = _lock(item)
    check_can_hand_over(by, item)
    if item.state not in HANDED_OVER:
        raise Changed(f"这条台账现在是“{item.get_state_display()}”，不能移交责任人。")
    if not note.strip():
        raise NotAllowed("移交责任人要写明理由。")
    if not item.responsible_unit.covers(person.organization) or person.left_on:
        raise NotAllowed(f"{person.name}不是{item.responsible_unit.label}的在职人员，不能移交。")
    was = responsible_person(item)
    if was is not None and was.pk == person.pk:
        raise Changed(f"这条台账的责任人已经是{person.name}。")
    item.person = person
    item.save(update_fields=["person"])
    steps = steps_of(item).filter(deadline__isnull=False).values_list("deadline", flat=True)
    hand_over_deadlines(deadlines=[*steps, *([item.deadline_id] if item.deadline_id else [])], person=person)
    said = f"责任人由{was.name if was else '（未明确）'}移交{person.name}：{note.strip()}"
    write_entry(item=item, move=Deed.HAND_OVER, source=item.state, by=by, now=now, note=said)
    to = [one.user for one in (was, person) if one is not None and one.user is not None]
    notify(to=to, kind="MOVE", text=f"{item.number} {said}", link=item.get_absolute_url(), now=now)
    audit.record(by=by, verb="移交责任人", subject=item, detail={"移交": said}, now=now)
    return item


@transaction.atomic
def remind(*, item: LedgerItem, by: Posting, now: datetime, note: str = "") -> LedgerItem:
    """催办 whoever's turn it is, once a day and item: the next one reads that it was done already."""
    item = _lock(item)
    check_can_remind(by, item)
    if item.state not in REMINDED:
        raise Changed(f"这条台账现在是“{item.get_state_display()}”，不用催办。")
    on = day_of(now)
    if LedgerEntry.objects.filter(item=item, move=Deed.REMIND, at__date=on).exists():
        raise Changed("这条台账今天已经催办过，明天可以再催。")
    to = _pressed(item, now)
    if not to:
        raise NotAllowed("轮到办理的单位还没有可以收消息的账号，请联系系统管理员。")
    said = note.strip() or f"请抓紧办理，现为“{item.get_state_display()}”。"
    write_entry(item=item, move=Deed.REMIND, source=item.state, by=by, now=now, note=said)
    notify(to=to, kind="REMIND", text=f"催办：{item.number} {said}", link=item.get_absolute_url(), now=now)
    return item


_PRESSED = {
    Turn.UNIT: (Role.REPORTER, Role.DEPUTY),
    Turn.UNIT_DEPUTY: (Role.DEPUTY,),
    Turn.UNIT_HEAD: (Role.HEAD,),
    Turn.NOBODY: (Role.REPORTER,),
}


def _pressed(item: LedgerItem, now: datetime) -> list[User]:
    """Whose turn it is, and the 责任人."""
    turn, on = CLOCKS[item.state].turn, day_of(now)
    if turn == Turn.OFFICE:
        role = Role.INSPECTOR if is_reform_office(item.responsible_unit) else Role.REFORM_OFFICE
        return nearest(role=role, organization=item.responsible_unit, on=on)
    to = holders(roles=_PRESSED[turn], organization=item.responsible_unit, on=on)
    person = responsible_person(item)
    if person is not None and person.user is not None and turn == Turn.UNIT:
        to.append(person.user)
    return to
