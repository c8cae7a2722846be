"""A walk logged on the spot arrives: once, however often the phone sends it (现场记录, frontend.md §3).

The phone makes the number of the walk and freezes the body when the walk is over. Same number and same body: the same
walk comes back. Same number and another body: Changed, the phone keeps it and shows it. record_session stays the only
door by which a walk is written.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from campaigns.actions.evidence import add_evidence
from campaigns.actions.walks import record_session
from campaigns.enums import EntryKind
from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.ground.uploads import vet_upload
from campaigns.models import Campaign, Evidence, Posting, User, WalkSession

NOT_YOURS = "这份现场记录属于另一个账号，请由本人登录上传。"


def arrived(*, token: UUID, body: bytes, user: User) -> WalkSession | None:
    """The walk this very body has already made; None when the number is new.

    Raises Changed when the number came before with another body, NotAllowed when it is somebody else's.
    """
    made = WalkSession.objects.filter(form_token=token).first()
    if made is None:
        return None
    if made.recorded_by_id != user.pk:
        raise NotAllowed(NOT_YOURS)
    if made.body_sha256 != _digest(body):
        raise Changed(f"这份记录已经上传过（登记编号 {made.number}），但内容与这次不同，没有覆盖。")
    return made


def receive_log(
    *,
    by: Posting,
    now: datetime,
    token: UUID,
    body: bytes,
    sent_at: datetime | None,
    campaign: Campaign,
    arguments: Mapping[str, Any],
) -> WalkSession:
    """Write the walk of a checked body, or give back the one it has already made.

    body: the bytes as sent. sent_at: the phone's own clock when it sent them. arguments: of record_session.
    Raises Changed for the same number with another body, NotAllowed with the sentence of the rule that refuses.
    """
    user = by.person.user
    made = arrived(token=token, body=body, user=user)
    if made is not None:
        return made
    came = {
        "entry": EntryKind.PHONE,
        "body_sha256": _digest(body),
        "device_sent_at": sent_at,
        "synced_at": now,
    }
    facts = {**arguments["facts"], **came}
    record_session(by=by, now=now, campaign=campaign, form_token=token, **{**arguments, "facts": facts})
    # Two tabs may have sent two bodies at once: whoever was slower is told.
    return arrived(token=token, body=body, user=user)


def receive_photo(
    *,
    by: Posting,
    now: datetime,
    session: WalkSession,
    client_id: UUID,
    content: bytes,
    taken_at: datetime | None,
) -> Evidence:
    """Keep one photo of a walk that has arrived; sent again, it is the one kept before.

    Raises NotAllowed for anything but a JPEG, and for a photo whose number belongs to another walk.
    """
    kept = _kept(client_id, session)
    if kept is not None:
        return kept
    if not content.startswith(b"\xff\xd8\xff"):
        raise NotAllowed("现场照片只能是 JPG 图片。")
    vetted = vet_upload(SimpleUploadedFile(f"现场照片{client_id.hex[:6]}.jpg", content))
    try:
        with transaction.atomic():
            return add_evidence(
                session=session, vetted=vetted, by=by, now=now, client_id=client_id, taken_at=taken_at
            )
    except IntegrityError:
        # Sent twice at once: the other one was quicker.
        kept = _kept(client_id, session)
        if kept is None:
            raise
        return kept


def _kept(client_id: UUID, session: WalkSession) -> Evidence | None:
    kept = Evidence.objects.filter(client_id=client_id).first()
    if kept is not None and kept.session_id != session.pk:
        raise Changed("这张照片已经属于另一次走流程。")
    return kept


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
