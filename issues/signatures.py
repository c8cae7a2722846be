"""What 主要负责人 reads before signing: what changed since the last batch, in the unit and in each plan (contract §5).

Three queries, however many plans; nothing is decided here and nothing is written.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Count

from campaigns.enums import Role
from campaigns.models import Posting
from issues.enums import MoveName
from issues.models import LedgerEntry, LedgerItem

_SIGNED = (MoveName.SIGN, MoveName.SIGN_QUICK, MoveName.SEND_BACK)
# What a head wants to know of the unit's items, and the list behind it.
_NEWS = (
    (MoveName.CLOSE, "销号", "state=已销号"),
    (MoveName.RETURN, "退回重办", ""),
    (MoveName.RETURN_QUICK, "退回重办", ""),
    (MoveName.REOPEN, "撤销销号", ""),
    (MoveName.REOPEN_QUICK, "撤销销号", ""),
    (MoveName.LAPSE, "立行立改转限期", ""),
)


def last_signed_at(posting: Posting) -> datetime | None:
    """When the unit's 主要负责人, or who signs for them, last signed or sent back; None before the first batch."""
    signed = LedgerEntry.objects.filter(
        move__in=_SIGNED, posting__organization=posting.organization_id, posting__role=Role.HEAD
    )
    return signed.order_by("-at").values_list("at", flat=True).first()


def news_since(posting: Posting, since: datetime | None, on: date) -> list[dict[str, Any]]:
    """The unit's news since `since` as counts with the list behind each; overdue ones as they stand today."""
    own = LedgerItem.objects.visible_to(posting).filter(responsible_unit=posting.organization_id)
    entries = LedgerEntry.objects.filter(item__responsible_unit=posting.organization_id)
    if since is not None:
        entries = entries.filter(at__gt=since)
    counted = entries.filter(move__in=[move for move, *_ in _NEWS]).values_list("move")
    counts = dict(counted.annotate(count=Count("pk")).order_by())
    said: dict[str, dict[str, Any]] = {}
    for move, label, query in _NEWS:
        row = said.setdefault(label, {"label": label, "count": 0, "query": query, "is_late": False})
        row["count"] += counts.get(move, 0)
    overdue = {"label": "现已逾期", "count": own.overdue(on).count(), "query": "light=红", "is_late": True}
    return [row for row in (*said.values(), overdue) if row["count"]]


def mark(items: Iterable[LedgerItem], since: datetime | None) -> list[LedgerItem]:
    """The items, each with `.news` (新报, 退回后重报 or ""), `.sent_back` and `.reviewed_note` (texts), `.seen` (last line)."""
    rows = list(items)
    by_item: dict[int, list[LedgerEntry]] = {item.pk: [] for item in rows}
    entries = LedgerEntry.objects.filter(item__in=list(by_item)).order_by("item", "sequence")
    for entry in entries:
        by_item[entry.item_id].append(entry)
    for item in rows:
        own = by_item[item.pk]
        back = [entry for entry in own if entry.move == MoveName.SEND_BACK]
        handed_in = [entry for entry in own if entry.move in (MoveName.SUBMIT_PLAN, MoveName.FINISH)]
        reviewed = [
            entry
            for entry in own
            if entry.move == MoveName.REVIEW_PLAN and (not back or entry.at >= back[-1].at)
        ]
        item.seen = own[-1].sequence if own else 0
        item.sent_back = back[-1].note if back else ""
        item.changed = handed_in[-1].note if back and handed_in else ""
        item.reviewed_note = f"{reviewed[-1].by_text}：{reviewed[-1].note or '同意'}" if reviewed else ""
        fresh = handed_in and (since is None or handed_in[-1].at > since)
        item.news = "退回后重报" if back else ("新报" if fresh else "")
    return rows
