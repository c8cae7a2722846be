"""Emptying the outbox by e-mail and to groups. The chase and the acts never wait for a server, nor fail with it."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction

from campaigns.actions.notices import addresses
from campaigns.ground import audit, webhooks
from campaigns.ground.notices import CHASE_DIGEST, Delivery, DeliveryState, NoticeLine
from campaigns.ground.webhooks import GroupMessage

logger = logging.getLogger(__name__)

BACK_OFF = (1, 5, 30, 120)  # minutes after the 1st, 2nd, 3rd, each later failure
MOST_TRIES = 6
LEASE = timedelta(minutes=15)  # a worker that died holds its rows no longer than this
BATCH = 50  # times the longest wait for one (WEBHOOK_TIMEOUT_SECONDS, EMAIL_TIMEOUT) stays below the lease


def deliver_pending(*, now: datetime) -> dict[str, int]:
    """Send what is due; returns `sent` and `failed` (given up) of this call and `pending` (still waiting).

    Safe for many workers at once: a row is claimed before it is sent. A worker killed between sending and noting
    it leaves one mail that goes out again under the same Message-ID.
    """
    totals = {"sent": 0, "failed": 0}
    while claimed := _claim(now):
        for state in _send(claimed, now):
            if state in totals:
                totals[state] += 1
    pending = Delivery.objects.filter(state=DeliveryState.PENDING).count()
    return totals | {"pending": pending}


@transaction.atomic
def _claim(now: datetime) -> list[Delivery]:
    """Take rows whose time has come and put them out of other workers' reach for the length of a lease."""
    Delivery.objects.filter(
        state=DeliveryState.PENDING, next_try_at__lte=now, attempts__gte=MOST_TRIES
    ).update(state=DeliveryState.FAILED, error="发送多次中断。")
    rows = list(
        Delivery.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(state=DeliveryState.PENDING, next_try_at__lte=now)
        .select_related("notice__recipient", "robot__organization")
        .order_by("next_try_at", "pk")[:BATCH]
    )
    for row in rows:
        row.attempts += 1
        row.next_try_at = now + LEASE
    Delivery.objects.bulk_update(rows, ["attempts", "next_try_at"])
    return rows


def _send(rows: list[Delivery], now: datetime) -> Iterable[str]:
    mails = [row for row in rows if row.notice_id]
    reachable = addresses(row.notice.recipient_id for row in mails)
    lines: dict[int, list[NoticeLine]] = {}
    living = NoticeLine.objects.living().filter(notice__in=[row.notice_id for row in mails]).order_by("pk")
    for line in living:
        lines.setdefault(line.notice_id, []).append(line)
    connection = get_connection()
    for row in rows:
        if row.robot_id:
            yield _tell_group(row, now)
            continue
        address = reachable.get(row.notice.recipient_id)
        if not address or not lines.get(row.notice_id):
            _close(row, DeliveryState.VOID, error="没有邮箱或事项已办结、已改期。")
            yield "void"
            continue
        message = _message(row, address, lines[row.notice_id], connection)
        yield _try(row, message.send, now)


def _tell_group(row: Delivery, now: datetime) -> str:
    """The lines the unit's people were told that day, each once, as long as they still hold."""
    robot = row.robot
    living = NoticeLine.objects.living().filter(
        notice__kind=CHASE_DIGEST,
        notice__key=row.digest_on.isoformat(),
        notice__recipient__person__organization=robot.organization_id,
    )
    by_chase = {line.chase_id: line for line in living.order_by("-pk")}
    if not robot.is_active or not by_chase:
        _close(row, DeliveryState.VOID, error="机器人已停用，或事项已办结、已改期。")
        return "void"
    message = GroupMessage(
        key=f"digest-{row.digest_on:%Y%m%d}-{row.pk}",
        title=f"时限提醒（{row.digest_on.month}月{row.digest_on.day}日）：{robot.organization.label}共 {len(by_chase)} 项",
        on=row.digest_on,
        lines=tuple((line.text, f"{settings.SITE_URL}{line.link}") for _, line in sorted(by_chase.items())),
    )
    return _try(
        row,
        lambda: webhooks.send(kind=robot.kind, url=robot.url, secret=robot.secret, message=message, now=now),
        now,
    )


def _message(row: Delivery, address: str, lines: list[NoticeLine], connection) -> EmailMessage:
    body = "\n".join(
        f"{number}. {line.text}" + (f"\n   {settings.SITE_URL}{line.link}" if line.link else "")
        for number, line in enumerate(lines, start=1)
    )
    return EmailMessage(
        subject=row.notice.title,
        body=f"{body}\n\n此邮件由系统自动发送，请登录系统办理，不要直接回复。",
        to=[address],
        connection=connection,
        headers={"Message-ID": f"<notice-{row.notice_id}@walkflow>"},
    )


def _try(row: Delivery, send: Callable[[], object], now: datetime) -> str:
    try:
        send()
    except webhooks.NotDelivered as error:
        return _put_off(row, str(error), now)
    except Exception as error:  # whatever a mail server or its library throws: the next row must still go
        logger.warning("delivery %s not sent: %s", row.pk, error)
        return _put_off(row, f"{type(error).__name__}: {error}"[:300], now)
    _close(row, DeliveryState.SENT, sent_at=now)
    return "sent"


def _put_off(row: Delivery, error: str, now: datetime) -> str:
    if row.attempts >= MOST_TRIES:
        _close(row, DeliveryState.FAILED, error=error)
        return "failed"
    wait = BACK_OFF[min(row.attempts, len(BACK_OFF)) - 1]
    _close(row, DeliveryState.PENDING, error=error, next_try_at=now + timedelta(minutes=wait))
    return "later"


def _close(row: Delivery, state: str, **fields) -> None:
    """Note the outcome, unless another worker took the row over after our lease ran out."""
    Delivery.objects.filter(pk=row.pk, attempts=row.attempts, state=DeliveryState.PENDING).update(
        state=state, **{"error": ""} | fields
    )


@transaction.atomic
def send_again(*, deliveries: Iterable[int], by, now: datetime) -> int:
    """重试: failed messages among the ids get all their tries again; returns how many. `by`: a 系统管理员's posting."""
    failed = Delivery.objects.filter(pk__in=list(deliveries), state=DeliveryState.FAILED)
    count = failed.update(state=DeliveryState.PENDING, attempts=0, next_try_at=now)
    if count:
        audit.record(by=by, verb="重新发送消息", subject=("发送记录", f"{count} 条"), now=now)
    return count
