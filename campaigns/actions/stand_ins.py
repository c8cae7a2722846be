"""代签 and 请假代办: a named colleague takes a person's turns and notices from–to (contract §5 “may name a dated 代签”).

A stand-in is a posting with dates that says whom it acts for: so every check, list and notice that asks for a role
knows it, its days end by themselves, and history shows 代签. It is no new role: 安全管理员 sees it and can withdraw it.
"""

from datetime import date, datetime, timedelta

from django.db import transaction

from campaigns.actions.notices import notify
from campaigns.enums import Role
from campaigns.ground import audit
from campaigns.ground.clock import day_of
from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.models import Person, Posting

LONGEST = 60
ROLES = (Role.REPORTER, Role.DEPUTY, Role.HEAD, Role.REFORM_OFFICE, Role.INSPECTOR)


@transaction.atomic
def name_stand_in(*, by: Posting, person: Person, started_on: date, ended_on: date, now: datetime) -> Posting:
    """`by` names a colleague of the same unit who acts in this role from–to; one at a time."""
    own = Posting.objects.select_for_update(of=("self",)).get(pk=by.pk)
    _check(by, own, person, started_on, ended_on, day_of(now))
    stand_in = Posting.objects.create(
        person=person,
        organization_id=own.organization_id,
        role=own.role,
        reach=own.reach,
        started_on=started_on,
        ended_on=ended_on,
        requested_at=now,
        granted_at=now,
        granted_by=by.person.user,
        acting_for=own,
    )
    text = f"{by.person.name}请您 {started_on} 至 {ended_on} {stand_in.role_label}，点右上角姓名可切换身份。"
    notify(to=[person.user], kind="STAND_IN", text=text, link="/stand-ins/", now=now)
    audit.record(by=by, verb="指定代签代办", subject=stand_in, now=now)
    return stand_in


def _check(by: Posting, own: Posting, person: Person, started_on: date, ended_on: date, on: date) -> None:
    if own.role not in ROLES:
        raise NotAllowed("只有办理业务的身份可以请人代办。")
    if own.acting_for_id:
        raise NotAllowed("您自己是代办，不能再请别人代办。")
    if started_on < on:
        raise NotAllowed("起始日期不能早于今天。")
    if ended_on < started_on:
        raise NotAllowed("截止日期不能早于起始日期。")
    if (ended_on - started_on).days >= LONGEST:
        raise NotAllowed(f"一次最长 {LONGEST} 天，更长的请由系统管理员调整角色。")
    _check_colleague(by, person)
    if own.stand_ins.filter(started_on__lte=ended_on, ended_on__gte=started_on).exists():
        raise NotAllowed("这几天已经请了人代办，请先收回再重新指定。")


def _check_colleague(by: Posting, person: Person) -> None:
    """Somebody else of the same house, with an account."""
    if person.pk == by.person_id:
        raise NotAllowed("不能请自己代办。")
    if not by.person.organization.covers(person.organization) or person.left_on:
        raise NotAllowed(f"{person.name}不是{by.person.organization.label}的在职人员。")
    if person.user is None or not person.user.is_active:
        raise NotAllowed(f"{person.name}还没有账号，请联系系统管理员开通。")


@transaction.atomic
def end_stand_in(*, stand_in: Posting, by: Posting, now: datetime) -> Posting:
    """The person is back earlier: the colleague acts no longer, as of now."""
    stand_in = Posting.objects.select_for_update(of=("self",)).get(pk=stand_in.pk)
    on = day_of(now)
    if stand_in.acting_for_id != by.pk:
        raise NotAllowed("只能收回自己请的代办。")
    if stand_in.ended_on < on:
        raise Changed("这次代办已经结束。")
    yesterday = on - timedelta(days=1)
    stand_in.started_on = min(stand_in.started_on, yesterday)
    stand_in.ended_on = yesterday
    stand_in.save(update_fields=["started_on", "ended_on"])
    audit.record(by=by, verb="收回代签代办", subject=stand_in, now=now)
    return stand_in
