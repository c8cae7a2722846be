"""Files that support a walk. Photos are optional everywhere and their absence is never held against anyone (contract §9)."""

import hashlib
from datetime import datetime
from uuid import UUID

from django.db import transaction

from campaigns.enums import SessionState
from campaigns.ground import audit
from campaigns.ground.files import FileKind, store_bytes
from campaigns.ground.phash import dhash
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.uploads import JPEG, PNG, Vetted
from campaigns.models import Evidence, Posting, User, WalkSession
from campaigns.permissions import check_can_edit

AUTHORIZATION = "授权委托书"


@transaction.atomic
def attach_authorization(
    *, session: WalkSession, vetted: Vetted, by: Posting | None, now: datetime, user: User | None = None
) -> Evidence:
    """The 授权委托书 of a 帮代办 as a file: kept with the other material and named as what it is."""
    evidence = add_evidence(session=session, vetted=vetted, by=by, user=user, now=now, caption=AUTHORIZATION)
    session.authorization_file = evidence.file
    session.save(update_fields=["authorization_file"])
    return evidence


@transaction.atomic
def add_evidence(
    *,
    session: WalkSession,
    vetted: Vetted,
    by: Posting | None,
    now: datetime,
    user: User | None = None,
    caption: str = "",
    client_id: UUID | None = None,
    taken_at: datetime | None = None,
) -> Evidence:
    """Keep one vetted file with the walk; the same content twice is kept once and the first row comes back.

    client_id: the number a phone gave its photo. taken_at: what the phone read from EXIF before it shrank the picture;
    what the file itself says goes before it. Pictures keep a perceptual hash (R6: a photo used twice).
    Raises NotAllowed for people who may not change the walk, and once it is confirmed.
    """
    if by is not None:
        check_can_edit(by, session)
    elif session.state == SessionState.CONFIRMED:
        raise NotAllowed(f"走流程 {session.number} 已经本人确认，不能再补充材料。")
    digest = hashlib.sha256(vetted.content).hexdigest()
    twin = Evidence.objects.filter(session=session, file__sha256=digest).first()
    if twin:
        return twin
    stored = store_bytes(
        content=vetted.content,
        name=vetted.name,
        kind=FileKind.EVIDENCE,
        content_type=vetted.content_type,
        by=by.person.user if by is not None else user,
        now=now,
    )
    evidence = Evidence.objects.create(
        session=session,
        file=stored,
        caption=caption,
        client_id=client_id,
        taken_at=vetted.taken_at or taken_at,
        phash=dhash(vetted.content) if vetted.content_type in (JPEG, PNG) else "",
    )
    detail = {"登记编号": session.number, "文件": vetted.name, "SHA-256": stored.sha256}
    audit.record(by=by or user, verb="上传佐证材料", subject=evidence, now=now, detail=detail)
    return evidence
