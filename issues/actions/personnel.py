"""Personnel life: 调动, 离任, and first passwords as a sealed list. The roster is 系统管理员's (contract §5).

History stays: walks, signatures and ended roles keep the person; what still runs is handed on or given back.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from campaigns.actions.accounts import request_posting
from campaigns.actions.obligations import refresh_rosters
from campaigns.enums import Reach
from campaigns.ground import audit
from campaigns.ground.clock import day_of
from campaigns.ground.deadlines import Deadline
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Organization, Person, Posting, User, WalkTask
from campaigns.permissions import can_reset_password
from issues.models import LedgerItem
from issues.permissions import ENDED
from issues.permissions_roster import check_can_keep_roster, check_can_move_person

MOST_SEALED = 50


@dataclass(frozen=True)
class Sealed:
    """One strip of the list: whom it is for, and the password that is shown once and kept nowhere."""

    person: Person
    username: str
    password: str


@transaction.atomic
def transfer(
    *,
    person: Person,
    organization: Organization,
    title: str,
    rank: str,
    is_obligated: bool,
    roles: Iterable[str],
    on: date,
    by: Posting,
    now: datetime,
) -> Person:
    """调动 as of `on`: old roles end the day before, those of the new unit wait for 安全管理员, duties to walk follow.

    Items of the old unit stay with it, without the person.
    """
    check_can_move_person(by, person)
    person = Person.objects.select_for_update(of=("self",)).select_related("organization").get(pk=person.pk)
    old = person.organization
    _check_day(person, on, day_of(now))
    if organization.pk == old.pk:
        raise NotAllowed(f"{person.name}已经在{old.label}，不需要调动。")
    if roles and person.user_id is None:
        raise NotAllowed("这个人还没有登录账号，请先生成账号再申请角色。")
    _end_postings(person.postings.filter(organization__path__startswith=old.path), on - timedelta(days=1))
    person.organization, person.title, person.rank = organization, title, rank
    person.is_obligated, person.appointed_on = is_obligated, on
    person.save(update_fields=["organization", "title", "rank", "is_obligated", "appointed_on"])
    waiting = WalkTask.objects.waiting().filter(person=person, organization=old)
    clocks = list(waiting.exclude(deadline=None).values_list("deadline", flat=True))
    Deadline.objects.filter(pk__in=clocks).update(organization=organization)
    waiting.update(organization=organization)
    _leave_items(person, old)
    for role in roles:
        request_posting(
            person=person,
            organization=organization,
            role=role,
            reach=Reach.OWN,
            started_on=on,
            by=by,
            now=now,
        )
    refresh_rosters(by=by, now=now)
    told = {"从": old.name, "到": organization.name, "职务": title, "日期": on.isoformat()}
    audit.record(by=by, verb="人员调动", subject=person, detail=told, now=now)
    return person


@transaction.atomic
def leave(*, person: Person, on: date, reason: str, by: Posting, now: datetime) -> Person:
    """离任: `on` is the last day in office. Roles, duties to walk and the account end; history keeps the name."""
    check_can_move_person(by, person)
    person = Person.objects.select_for_update(of=("self",)).select_related("organization").get(pk=person.pk)
    _check_day(person, on, day_of(now))
    if not reason.strip():
        raise NotAllowed("请写明离任原因，例如退休、调出、辞职。")
    _end_postings(person.postings.all(), on)
    person.left_on, person.is_obligated = on, False
    person.save(update_fields=["left_on", "is_obligated"])
    WalkTask.objects.waiting().filter(person=person).update(person=None)
    Deadline.objects.running().filter(person=person).update(person=None)
    LedgerItem.objects.filter(person=person).exclude(state__in=ENDED).update(person=None)
    User.objects.filter(pk=person.user_id).update(is_active=False, current_posting=None)
    refresh_rosters(by=by, now=now)
    told = {"单位": person.organization.name, "日期": on.isoformat(), "原因": reason.strip()}
    audit.record(by=by, verb="人员离任", subject=person, detail=told, now=now)
    return person


@transaction.atomic
def come_back(*, person: Person, on: date, by: Posting, now: datetime) -> Person:
    """A 离任 that was a mistake, or somebody who returns: in office and with an account again, roles asked for anew."""
    check_can_keep_roster(by)
    if person.left_on is None:
        raise NotAllowed(f"{person.name}没有离任，不需要恢复。")
    person.left_on, person.appointed_on = None, on
    person.save(update_fields=["left_on", "appointed_on"])
    User.objects.filter(pk=person.user_id).update(is_active=True)
    refresh_rosters(by=by, now=now)
    audit.record(by=by, verb="人员恢复任职", subject=person, detail={"日期": on.isoformat()}, now=now)
    return person


@transaction.atomic
def seal_passwords(
    *, people: Iterable[Person], new_password: Callable[[], str], by: Posting, now: datetime
) -> list[Sealed]:
    """Accounts for those who have none, and a one-time password each, to be printed, cut and sealed (密封条).

    Who has chosen a password of their own keeps it: they are left out. Nothing is kept in clear.
    """
    check_can_keep_roster(by)
    chosen = list(people)
    if len(chosen) > MOST_SEALED:
        raise NotAllowed(f"一次最多生成 {MOST_SEALED} 个，请分几次办理。")
    sealed = []
    for person in chosen:
        if person.left_on is not None or not (person.user_id is None or _waits_for_password(by, person)):
            continue
        user = person.user or _new_account(person)
        password = new_password()
        user.set_password(password)
        user.must_change_password = True
        user.save(update_fields=["password", "must_change_password"])
        audit.record(by=by, verb="生成一次性密码", subject=user, detail={"人员": person.code}, now=now)
        sealed.append(Sealed(person, user.username, password))
    if not sealed:
        raise NotAllowed("所选人员都已有自己的密码或已离任，没有生成新的密码。")
    audit.record(by=by, verb="打印密封条", detail={"人数": len(sealed)}, now=now)
    return sealed


def _waits_for_password(by: Posting, person: Person) -> bool:
    """An account nobody has entered with a password of their own, and that `by` may reset."""
    return person.user.must_change_password and can_reset_password(by, person)


def _new_account(person: Person) -> User:
    """登录账号 from 人员编号 (contract §6: a-z 0-9 . _ -, unique)."""
    wanted = re.sub(r"[^a-z0-9._-]+", "-", person.code.lower()).strip("-") or f"user{person.pk}"
    taken = set(User.objects.filter(username__startswith=wanted).values_list("username", flat=True))
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}.{number}"
    user = User.objects.create(username=name, first_name=person.name, email=person.email)
    person.user = user
    person.save(update_fields=["user"])
    return user


def _check_day(person: Person, on: date, today: date) -> None:
    if on > today:
        raise NotAllowed("日期不能晚于今天，到了那一天再办理。")
    if person.left_on is not None:
        raise NotAllowed(f"{person.name}已于 {person.left_on} 离任。")
    if person.appointed_on and on < person.appointed_on:
        raise NotAllowed(f"日期不能早于任职日期 {person.appointed_on}。")


def _end_postings(postings, last: date) -> None:
    """Roles that still run end with the day `last`; one that hasn't begun never does."""
    for posting in postings.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=last)):
        if posting.started_on and posting.started_on > last:
            posting.started_on = last
        posting.ended_on = last
        posting.save(update_fields=["started_on", "ended_on"])


def _leave_items(person: Person, unit: Organization) -> None:
    """Items and clocks of the old unit lose the person; its 填报员 is told from now on."""
    below = {"organization__path__startswith": unit.path}
    tasks = WalkTask.objects.filter(person=person, deadline__isnull=False).values("deadline")
    Deadline.objects.running().filter(person=person, **below).exclude(pk__in=tasks).update(person=None)
    items = LedgerItem.objects.filter(person=person, responsible_unit__path__startswith=unit.path)
    items.exclude(state__in=ENDED).update(person=None)
