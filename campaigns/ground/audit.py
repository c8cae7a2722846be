"""The audit log: append-only, no foreign keys, chained by hash (GB/T 22239 安全审计; house §4).

An event joins the transaction of the act it tells of, unchained, so that writers never wait for each other;
one sealer chains committed events afterwards. Database triggers (audit_triggers) refuse to change or delete.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, models, transaction
from django.db.models import Exists, OuterRef

from campaigns.ground.bulk import insert_rows

FIRST_DIGEST = "0" * 64
BATCH = 1000
FACTS_PER_EVENT = 500


class AuditEvent(models.Model):
    """Who did what to which thing, as plain text: it stays readable when the rows it names are gone."""

    at = models.DateTimeField("时间", db_index=True)
    actor = models.CharField("账号", max_length=150)
    actor_name = models.CharField("姓名", max_length=50, blank=True)
    posting = models.CharField("身份", max_length=200, blank=True)
    organization_code = models.CharField("单位编码", max_length=40, blank=True, db_index=True)
    verb = models.CharField("动作", max_length=60)
    subject_kind = models.CharField("对象种类", max_length=60, blank=True)
    subject_key = models.CharField("对象", max_length=120, blank=True)
    detail = models.JSONField("详情", default=dict, blank=True, encoder=DjangoJSONEncoder)
    ip = models.CharField("来源地址", max_length=45, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "审计记录"
        indexes = [models.Index(fields=["subject_kind", "subject_key"], name="audit_subject")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor} {self.verb}"


class AuditSeal(models.Model):
    """One link of the chain: sha256 of the link before and the event. Numbers run from 1 without a gap."""

    number = models.PositiveBigIntegerField("序号", unique=True)
    event_id = models.PositiveBigIntegerField("审计记录", unique=True)
    digest = models.CharField("摘要", max_length=64)
    sealed_at = models.DateTimeField("封存时间")

    class Meta:
        verbose_name = verbose_name_plural = "审计封存"

    def __str__(self) -> str:
        return f"{self.number} {self.digest[:12]}"


def _who(by) -> dict[str, str]:
    """What the log says about the actor: a posting, an account, or None for the system itself."""
    if by is None:
        return {"actor": "system", "actor_name": "系统"}
    if not hasattr(by, "person_id"):  # an account without a posting
        return {"actor": by.get_username(), "actor_name": by.get_full_name()[:50]}
    user = by.person.user
    return {
        "actor": user.get_username() if user else "",
        "actor_name": by.person.name,
        "posting": f"{by.get_role_display()}·{by.organization.name}"[:200],
        "organization_code": by.organization.code,
    }


def _what(subject) -> dict[str, str]:
    """A model row becomes its label and key; a pair (kind, key) is taken as it is; None says nothing."""
    if subject is None:
        return {}
    if isinstance(subject, models.Model):
        return {"subject_kind": subject._meta.label, "subject_key": str(subject.pk)}
    kind, key = subject
    return {"subject_kind": str(kind)[:60], "subject_key": str(key)[:120]}


def record(
    *, by, verb: str, subject=None, detail: dict | None = None, now: datetime, ip: str = ""
) -> AuditEvent:
    """Append one event to the transaction of the act it tells of.

    `by`: a Posting, a User or None (the system); `subject`: a saved row, a pair (kind, key) or None;
    `detail`: JSON-able facts. Never put passwords, tokens or whole telephone numbers into `detail`.
    """
    return AuditEvent.objects.create(
        at=now, verb=verb, detail=detail or {}, ip=ip, **_who(by), **_what(subject)
    )


def record_all(
    *, by, verb: str, subjects: Iterable, now: datetime, detail: dict | None = None, ip: str = ""
) -> None:
    """`record` for many subjects of one act, in bulk."""
    who = _who(by)
    AuditEvent.objects.bulk_create(
        [
            AuditEvent(at=now, verb=verb, detail=detail or {}, ip=ip, **who, **_what(subject))
            for subject in subjects
        ],
        batch_size=BATCH,
    )


def record_facts(facts: Sequence[dict], *, by, verb: str, subject, now: datetime) -> None:
    """`record` for what became of many rows, in pages: each event's detail holds some of them under "rows"."""
    same = {"at": now, "verb": verb, **_who(by), **_what(subject)}
    pages = (facts[start : start + FACTS_PER_EVENT] for start in range(0, len(facts), FACTS_PER_EVENT))
    insert_rows(AuditEvent, [*same, "detail"], ([*same.values(), {"rows": page}] for page in pages))


def digest_of(previous: str, event: AuditEvent) -> str:
    """The link for `event` as read from the database, after the link `previous` (64 hex each)."""
    told = [
        previous,
        event.pk,
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        event.actor,
        event.actor_name,
        event.posting,
        event.organization_code,
        event.verb,
        event.subject_kind,
        event.subject_key,
        event.detail,
        event.ip,
    ]
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def seal_pending(now: datetime) -> int:
    """Chain every committed event that has no seal yet; returns how many. Safe to run twice and at once.

    Two sealers claim the same next number: the unique key lets one through, the other leaves the work to it.
    """
    sealed = 0
    while True:
        try:
            count = _seal_batch(now)
        except IntegrityError:
            return sealed
        sealed += count
        if count < BATCH:
            return sealed


@transaction.atomic
def _seal_batch(now: datetime) -> int:
    last = AuditSeal.objects.order_by("-number").first()
    number, digest = (last.number, last.digest) if last else (0, FIRST_DIGEST)
    seal = AuditSeal.objects.filter(event_id=OuterRef("pk"))
    seals = []
    for event in AuditEvent.objects.filter(~Exists(seal)).order_by("pk")[:BATCH]:
        number, digest = number + 1, digest_of(digest, event)
        seals.append(AuditSeal(number=number, event_id=event.pk, digest=digest, sealed_at=now))
    AuditSeal.objects.bulk_create(seals)
    return len(seals)


def verify() -> dict:
    """Walk the chain from its first link; reads only.

    Returns `events` (rows in the log), `ok`, `first_bad` (id of the first event that is not what was sealed,
    else None), `unsealed` (events not chained yet) and `because` (a Chinese sentence, "" when all is well).
    """
    events, sealed = AuditEvent.objects.count(), AuditSeal.objects.count()
    found = {
        "events": events,
        "ok": True,
        "first_bad": None,
        "unsealed": max(0, events - sealed),
        "because": "",
    }
    number, digest = 0, FIRST_DIGEST
    while True:
        seals = list(AuditSeal.objects.filter(number__gt=number).order_by("number")[:BATCH])
        if not seals:
            return found
        rows = AuditEvent.objects.in_bulk([seal.event_id for seal in seals])
        for seal in seals:
            because = _fault(seal, number + 1, digest, rows.get(seal.event_id))
            if because:
                return found | {"ok": False, "first_bad": seal.event_id, "because": because}
            number, digest = seal.number, seal.digest


def _fault(seal: AuditSeal, number: int, previous: str, event: AuditEvent | None) -> str:
    if seal.number != number:
        return f"第 {number} 号封存缺失。"
    if event is None:
        return f"第 {number} 号封存对应的审计记录 {seal.event_id} 已被删除。"
    if digest_of(previous, event) != seal.digest:
        return f"第 {number} 号封存与审计记录 {seal.event_id} 的内容不符。"
    return ""
