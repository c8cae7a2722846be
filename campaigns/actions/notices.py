"""Telling people: notices are written in the act's transaction, e-mail leaves later from the outbox (rule 9)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.db.models import Count

from campaigns.ground.clock import day_of
from campaigns.ground.deadlines import Chase
from campaigns.ground.notices import CHASE_DIGEST, Channel, Delivery, Notice, NoticeLine
from campaigns.models.people import User
from campaigns.models.robots import Robot


def one_line(text: str, length: int = 200) -> str:
    """`text` without line breaks, cut to `length`: a subject line must not carry a header of its own."""
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1] + "…"


def addresses(users: Iterable[int]) -> dict[int, str]:
    """E-mail address by user id, for those who have one (the account's, else the person's); one query."""
    rows = User.objects.filter(pk__in=list(users)).values_list("pk", "email", "person__email")
    return {pk: own or persons for pk, own, persons in rows if own or persons}


@transaction.atomic
def notify(
    *, to: Iterable[User], kind: str, text: str, link: str, now: datetime, key: str = ""
) -> list[Notice]:
    """Write one notice about one event to each active user of `to`; returns the new notices.

    `kind`: a short word of the event (TURNED, RETURNED …); `key`: with one, the same event told twice is told once.
    E-mail is queued for those who have an address, the others read it here.
    """
    people = {user.pk: user for user in to if user is not None and user.is_active}
    if not people:
        return []
    facts = {"kind": kind, "title": one_line(text), "now": now}
    if key:
        notices = _create_once(people, key=key, on=day_of(now), **facts)
    else:  # an event of its own: nobody can have heard of it
        notices = Notice.objects.bulk_create(_rows(people, key=uuid4().hex, on=day_of(now), **facts))
    NoticeLine.objects.bulk_create(
        [NoticeLine(notice=notice, text=one_line(text, 300), link=link) for notice in notices]
    )
    _queue(notices, now)
    return notices


def _rows(people: Iterable[int], *, kind: str, key: str, title: str, on: date, now: datetime) -> list[Notice]:
    return [
        Notice(recipient_id=pk, kind=kind, key=key, title=title, created_on=on, created_at=now)
        for pk in sorted(people)
    ]


def _create_once(
    people: Iterable[int], *, kind: str, key: str, title: str, on: date, now: datetime
) -> list[Notice]:
    """One Notice a person and key; whoever has it is left out, also when another worker is just quicker."""
    people = set(people)
    have = Notice.objects.filter(recipient__in=people, kind=kind, key=key)
    while True:
        told = set(have.values_list("recipient_id", flat=True))
        rows = _rows(people - told, kind=kind, key=key, title=title, on=on, now=now)
        try:
            with transaction.atomic():
                return Notice.objects.bulk_create(rows)
        except IntegrityError:
            if not have.exclude(recipient__in=told).exists():
                raise


def _queue(notices: list[Notice], now: datetime) -> None:
    reachable = addresses(notice.recipient_id for notice in notices) if notices else {}
    Delivery.objects.bulk_create(
        [Delivery(notice=notice, next_try_at=now) for notice in notices if notice.recipient_id in reachable]
    )


@dataclass(frozen=True)
class DigestLine:
    """One item for one person's digest of the day."""

    user_id: int
    text: str
    link: str
    chase: Chase


@transaction.atomic
def add_to_digest(*, lines: list[DigestLine], on: date, now: datetime) -> None:
    """Put `lines` into each person's one digest of the day `on`, making it where it isn't there yet.

    A digest that was read becomes unread again. A handful of queries, however many lines and people.
    """
    by_user: dict[int, list[DigestLine]] = defaultdict(list)
    for line in lines:
        by_user[line.user_id].append(line)
    _create_once(by_user, kind=CHASE_DIGEST, key=on.isoformat(), title="时限提醒", on=on, now=now)
    notices = {
        notice.recipient_id: notice
        for notice in Notice.objects.filter(
            kind=CHASE_DIGEST, key=on.isoformat(), recipient__in=by_user
        ).annotate(had=Count("lines"))
    }
    NoticeLine.objects.bulk_create(
        [
            NoticeLine(
                notice=notices[line.user_id], text=one_line(line.text, 300), link=line.link, chase=line.chase
            )
            for line in lines
        ]
    )
    by_title: dict[str, list[int]] = defaultdict(list)
    for user_id, own in by_user.items():
        notice = notices[user_id]
        by_title[f"时限提醒（{on.month}月{on.day}日）：共 {notice.had + len(own)} 项"].append(notice.pk)
    for title, pks in by_title.items():
        Notice.objects.filter(pk__in=pks).update(title=title, read_at=None)


@transaction.atomic
def queue_digests(*, on: date, now: datetime) -> None:
    """Queue the e-mail of the day's digests that have none, and each group's digest of what its people were told.

    Called when a run of the chase is through, not earlier: a mail sent between two batches would lack the second batch's lines, and there is one a day.
    """
    waiting = Notice.objects.filter(kind=CHASE_DIGEST, key=on.isoformat(), deliveries__isnull=True)
    _queue(list(waiting.order_by("pk")), now)
    told = Notice.objects.filter(kind=CHASE_DIGEST, key=on.isoformat())
    units = told.values("recipient__person__organization")
    robots = Robot.objects.filter(is_active=True, organization__in=units)
    robots = robots.exclude(deliveries__digest_on=on).order_by("pk")
    Delivery.objects.bulk_create(
        [Delivery(robot=robot, digest_on=on, channel=Channel.ROBOT, next_try_at=now) for robot in robots]
    )


@transaction.atomic
def outdate(*, links: Iterable[str], now: datetime) -> int:
    """Events told about these pages are over (the thing has gone on): their unread notices count as read by everybody.

    Digests of the chase die by themselves, with their date.
    """
    over = NoticeLine.objects.filter(link__in=list(links), chase__isnull=True).values("notice")
    return Notice.objects.filter(pk__in=over, read_at__isnull=True).update(read_at=now)


@transaction.atomic
def mark_read(*, by: User, now: datetime, notices: Iterable[int] | None = None) -> int:
    """Mark `by`'s own notices as read: those with the given ids, or all; returns how many were unread."""
    own = Notice.objects.of(by).filter(read_at__isnull=True)
    if notices is not None:
        own = own.filter(pk__in=list(notices))
    return own.update(read_at=now)
