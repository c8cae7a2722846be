"""One act on many items: each its own transaction and its own line of history; one refusal doesn't stop the rest."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from campaigns.ground.refusal import NotAllowed
from campaigns.models import Posting
from issues.models import LedgerItem

MOST = 500


def act_on_each(
    *, items: Iterable[LedgerItem], act: Callable[..., Any], by: Posting, now: datetime, **given: Any
) -> tuple[list[LedgerItem], list[tuple[LedgerItem, str]]]:
    """Returns (done, refused with their sentences). `items` were fetched in the posting's scope by the caller."""
    done, refused = [], []
    for item in items:
        try:
            act(item=item, by=by, now=now, **given)
        except NotAllowed as refusal:
            refused.append((item, str(refusal)))
        else:
            done.append(item)
    return done, refused
