"""佐证材料 of a ledger item: vetted files, kept once. Photos are optional, never demanded (contract §9)."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from campaigns.ground import audit
from campaigns.ground.files import FileKind, store_bytes
from campaigns.ground.phash import dhash
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.uploads import JPEG, PNG, Vetted
from campaigns.models import Posting
from issues.models import ItemEvidence, LedgerItem
from issues.permissions import check_can_attach


@transaction.atomic
def attach_files(
    *, item: LedgerItem, files: Iterable[Vetted], by: Posting, now: datetime, caption: str = ""
) -> list[ItemEvidence]:
    """Keep `files` with the item; content that is there already is passed over. Returns the new rows.

    Raises NotAllowed for people of other units, and once the item is at an end.
    """
    files = list(files)
    if files:
        check_can_attach(by, item)
    new = []
    had = set(item.evidence.values_list("file__sha256", flat=True))
    for vetted in files:
        stored = store_bytes(
            content=vetted.content,
            name=vetted.name,
            kind=FileKind.EVIDENCE,
            content_type=vetted.content_type,
            by=by.person.user,
            now=now,
        )
        if stored.sha256 in had:
            stored.file.delete(save=False)
            stored.delete()
            continue
        had.add(stored.sha256)
        new.append(
            ItemEvidence.objects.create(
                item=item,
                file=stored,
                caption=caption,
                phash=dhash(vetted.content) if vetted.content_type in (JPEG, PNG) else "",
                taken_at=vetted.taken_at,
                added_at=now,
                added_by=by.person.user,
            )
        )
        detail = {"台账编号": item.number, "文件": vetted.name, "SHA-256": stored.sha256}
        audit.record(by=by, verb="上传整改佐证", subject=item, now=now, detail=detail)
    return new


@transaction.atomic
def add_files(
    *, item: LedgerItem, files: Iterable[Vetted], by: Posting, now: datetime, caption: str = ""
) -> list[ItemEvidence]:
    """The act of its own behind 上传佐证材料: as attach_files, but says so when nothing new came."""
    new = attach_files(item=item, files=files, by=by, now=now, caption=caption)
    if not new:
        raise NotAllowed("选择的材料已经上传过了，不用再传一次。")
    return new
