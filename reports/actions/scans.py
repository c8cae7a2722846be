"""Signed and stamped scans beside what a unit hands in: one way to keep them, whatever they lie beside."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any

from campaigns.ground.files import FileKind, store_bytes
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.uploads import Vetted
from campaigns.models import Posting

MOST_SCANS = 20


def keep_scans(kept: Any, files: Iterable[Vetted], *, by: Posting, now: datetime) -> None:
    """Store `files` and add them to `kept`, the files of a row its caller has locked. A scan sent twice is kept once.

    Raises NotAllowed when there would be more than MOST_SCANS.
    """
    files = list(files)
    have = set(kept.values_list("sha256", flat=True))
    if len(have) + len(files) > MOST_SCANS:
        raise NotAllowed(f"扫描件最多 {MOST_SCANS} 个，请合成后再传。")
    for vetted in files:
        digest = sha256(vetted.content).hexdigest()
        if digest in have:
            continue
        have.add(digest)
        kept.add(
            store_bytes(
                content=vetted.content,
                name=vetted.name,
                kind=FileKind.EVIDENCE,
                content_type=vetted.content_type,
                by=by.person.user,
                now=now,
            )
        )
