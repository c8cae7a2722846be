"""Emptying the outbox by e-mail. The chase and the acts never wait for a mail server, and never fail with it."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction

from campaigns.actions.notices import addresses
from campaigns.ground.notices import Delivery, DeliveryState, NoticeLine

logger = logging.getLogger(__name__)

BACK_OFF = (1, 5, 30, 120)  # minutes after the 1st, 2nd, 3rd, each later failure
MOST_TRIES = 6
LEASE = timedelta(minutes=15)  # a worker that died holds its rows no longer than this
BATCH = 100


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
        .select_related("notice__recipient")
        .order_by("next_try_at", "pk")[:BATCH]
    )
    for row in rows:
        row.attempts += 1
        row.next_try_at = now + LEASE
    Delivery.objects.bulk_update(rows, ["attempts", "next_try_at"])
    return rows


def _send(rows: list[Delivery], now: datetime) -> Iterable[str]:
    reachable = addresses(row.notice.recipient_id for row in rows)
    lines: dict[int, list[NoticeLine]] = {}
    living = NoticeLine.objects.living().filter(notice__in=[row.notice_id for row in rows]).order_by("pk")
    for line in living:
        lines.setdefault(line.notice_id, []).append(line)
    connection = get_connection()
    for row in rows:
        address = reachable.get(row.notice.recipient_id)
        if not address or not lines.get(row.notice_id):
            _close(row, DeliveryState.VOID, error="没有邮箱或事项已办结、已改期。")
            yield "void"
            continue
        yield _try(row, _message(row, address, lines[row.notice_id], connection), now)


def _message(row: Delivery, address: str, lines: list[NoticeLine], connection) -> EmailMessage:
    body = "\n".join(
        f"{number}. {line.text}" + (f"\n   {settings.SITE_URL}{line.link}" if line.link else "")
        for number, line in enumerate(lines, start=1)
    )
    return EmailMessage(
        subject=row.notice.title,
        body=f"{body}\n\n此邮件由系统自动发送,请登录系统办理,不要直接回复。",
        to=[address],
        connection=connection,
        headers={"Message-ID": f"<notice-{row.notice_id}@walkflow>"},
    )


def _try(row: Delivery, message: EmailMessage, now: datetime) -> str:
    try:
        message.send()
    except Exception as error:  # whatever a mail server or its library throws: the next row must still go
        logger.warning("notice %s not delivered: %s", row.notice_id, error)
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
