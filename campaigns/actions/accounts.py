"""Accounts and roles: 系统管理员 asks, 安全管理员 grants (contract §5: 三权分立)."""

from datetime import date, datetime, timedelta

from django.db import transaction

from campaigns.enums import Role
from campaigns.ground import audit
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Organization, Person, Posting, User
from campaigns.permissions import check_can_reset_password


@transaction.atomic
def request_posting(
    *,
    person: Person,
    organization: Organization,
    role: str,
    reach: str,
    by: Posting | User,
    now: datetime,
    started_on: date | None = None,
    ended_on: date | None = None,
) -> Posting:
    """A role is asked for; it counts once 安全管理员 has granted it. Asked twice, it is the same request."""
    posting, created = Posting.objects.get_or_create(
        person=person,
        organization=organization,
        role=role,
        ended_on=ended_on,
        defaults={"reach": reach, "started_on": started_on, "requested_at": now},
    )
    if created:
        audit.record(by=by, verb="申请角色", subject=posting, now=now)
    return posting


@transaction.atomic
def grant(*, posting: Posting, by: Posting, now: datetime) -> Posting:
    """安全管理员 grants a waiting role, never to themselves."""
    _check_security(by)
    posting = (
        Posting.objects.select_for_update(of=("self",)).select_related("person__user").get(pk=posting.pk)
    )
    if posting.person_id == by.person_id:
        raise NotAllowed("不能给自己授权。")
    if posting.is_granted:
        raise NotAllowed("这个角色已经授权。")
    posting.granted_at, posting.granted_by = now, by.person.user
    posting.save(update_fields=["granted_at", "granted_by"])
    if posting.role == Role.ADMIN and posting.person.user_id is not None:
        # The registers at /admin/ ask for it, and for an active 系统管理员 role besides.
        User.objects.filter(pk=posting.person.user_id).update(is_staff=True)
    audit.record(by=by, verb="授权角色", subject=posting, now=now)
    return posting


@transaction.atomic
def withdraw(*, posting: Posting, by: Posting, now: datetime, on: date) -> Posting:
    """安全管理员 withdraws a role (or refuses a waiting one) as of the end of the day before `on`."""
    _check_security(by)
    posting = Posting.objects.select_for_update(of=("self",)).get(pk=posting.pk)
    if posting.person_id == by.person_id:
        raise NotAllowed("不能收回自己的角色。")
    if posting.ended_on is not None and posting.ended_on < on:
        raise NotAllowed("这个角色已经停用。")
    yesterday = on - timedelta(days=1)
    for one in (posting, *posting.stand_ins.filter(ended_on__gte=on)):  # nobody acts for who may not
        if one.started_on and one.started_on > yesterday:
            one.started_on = yesterday
        one.ended_on = yesterday
        one.save(update_fields=["started_on", "ended_on"])
    audit.record(by=by, verb="收回角色", subject=posting, now=now)
    return posting


def _check_security(by: Posting) -> None:
    if by.role != Role.SECURITY:
        raise NotAllowed("角色由安全管理员授权和收回。")


@transaction.atomic
def reset_password(*, person: Person, password: str, by: Posting, now: datetime) -> User:
    """Set a one-time password for `person`'s account; it must be changed at the next login."""
    check_can_reset_password(by, person)
    user = person.user
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    audit.record(by=by, verb="重置密码", subject=user, now=now)
    return user


@transaction.atomic
def password_changed(*, user: User, now: datetime) -> None:
    """The person has chosen a password of their own."""
    user.must_change_password = False
    user.save(update_fields=["must_change_password"])
    audit.record(by=user, verb="修改密码", subject=user, now=now)


def switch_posting(*, user: User, posting: Posting, now: datetime) -> None:
    """Act from now on in another of one's own postings."""
    user.current_posting = posting
    user.save(update_fields=["current_posting"])
