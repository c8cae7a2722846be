"""Which work waits for which role. The rows of a kind of work are those of a list under its own filter (peers.md §2.8:
the most persistent complaint about systems like this is a number that differs from the list behind it).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from campaigns.enums import Reach, Role
from campaigns.ground.calendar import Calendar
from campaigns.models import Posting
from issues.models import Problem
from reports.desk import lines
from reports.desk.lines import Teller
from reports.listings import LISTINGS, Asked
from reports.models import ScoreObjection


@dataclass(frozen=True)
class Reader:
    """Who looks, on which day."""

    posting: Posting
    on: date
    calendar: Calendar


@dataclass(frozen=True)
class Work:
    """A kind of work. `rows`: what waits; `url`: the page that holds exactly these rows, "" for none.

    `teller` None: it is counted on its card and not told line by line (because its page is blind, or because the rows
    stand among another card's), and not part of the sum either: `note` says so on the card.
    """

    label: str
    rows: Callable[[Reader], QuerySet]
    url: Callable[[Posting], str]
    teller: Teller | None = None
    note: str = ""


def listed(
    label: str,
    key: str,
    teller: Teller | None = None,
    *,
    page: str = "",
    note: str = "",
    own: bool = False,
    **query: str,
) -> Work:
    """The rows of the exportable list `key` under the filters `query`.

    `own`: of the posting's unit alone, where a county's lists also hold what its departments have to do.
    `page`: another page that shows the same rows.
    """
    listing = LISTINGS[key]

    def asked(posting: Posting) -> dict[str, str]:
        narrower = own and posting.reach == Reach.SUBTREE
        return query | ({"organization": posting.organization.code} if narrower else {})

    def rows(reader: Reader) -> QuerySet:
        filters = QueryDict(urlencode(asked(reader.posting)))
        return listing.narrowed(Asked(reader.posting, filters, reader.on, reader.calendar))

    def url(posting: Posting) -> str:
        filters = asked(posting)
        if page or not filters:
            return reverse(page or listing.page)
        return f"{reverse(listing.page)}?{urlencode(filters)}"

    return Work(label, rows, url, teller, note)


def _objections(reader: Reader) -> QuerySet:
    """Objections to the results of one's own sheets that nobody has answered."""
    mine = {"card__sheet__organization": reader.posting.organization_id, "answered_at__isnull": True}
    rows = ScoreObjection.objects.filter(**mine)
    return rows.exclude(card__organization=reader.posting.person.organization_id)


_OBJECTIONS = Work("待答复的考核异议", _objections, lambda posting: "", lines.OBJECTION)
_QUALITY = Work(
    "待评价质量",
    lambda reader: Problem.objects.unjudged_by(reader.posting),
    lambda posting: reverse("quality_queue"),
    note="不限时，不计入件数",
)
_MINE = listed("待办台账", "ledger", lines.LEDGER, mine="1")
_TO_DECIDE = listed("待办台账", "ledger", lines.DECIDE, mine="1")
_REPORT = listed("总结材料待上报", "submissions", lines.REPORT, own=True, reported="未报")
_SLIPS = listed("督办单待办结", "slips", lines.OBEY_SLIP, own=True, state="督办中")

WORKS: dict[str, tuple[Work, ...]] = {
    Role.REPORTER: (
        _MINE,
        listed("其中被退回", "ledger", note="含在待办台账内", mine="1", returned="1"),
        listed("走流程草稿", "walks", lines.DRAFT, state="草稿"),
        listed("走流程任务待登记", "plan_tasks", lines.TASK, own=True, state="未完成"),
        listed("举一反三待自查", "selfchecks", lines.SELFCHECK, own=True, state="待答复"),
        listed("疑点待说明", "clues", lines.EXPLAIN_CLUE, own=True, state="待情况说明"),
        listed("回访待说明", "followups", lines.EXPLAIN_FOLLOW_UP, own=True, state="待单位说明"),
        _SLIPS,
        _REPORT,
    ),
    Role.DEPUTY: (_MINE, _SLIPS, _REPORT),
    Role.HEAD: (listed("待审签", "ledger", lines.LEDGER, page="sign_batch", mine="1"), _SLIPS, _REPORT),
    Role.WALKER: (
        listed("走流程任务", "plan_tasks", lines.TASK, state="未完成"),
        listed("待本人确认", "walks", lines.CONFIRM, state="已登记"),
        listed("待核验", "verifications", lines.LOOK_BACK),
    ),
    Role.REFORM_OFFICE: (
        _TO_DECIDE,
        listed("督办单待签发", "slips", lines.SIGN_SLIP, state="待签发", rung="督办"),
        listed("总结材料待接收", "submissions", lines.RECEIVE, state="已上报"),
        listed("同类问题待判定", "recurrences", lines.RECURRENCE, state="待判定"),
        listed("典型经验待审核", "experiences", lines.JUDGE_EXPERIENCE, state="待审核"),
        listed("通报待批准", "bulletins", lines.APPROVE_BULLETIN, state="待批准"),
        _OBJECTIONS,
        _QUALITY,
    ),
    Role.INSPECTOR: (
        _TO_DECIDE,
        listed("督办单待签发", "slips", lines.SIGN_SLIP, state="待签发", rung="挂牌督办"),
        listed("情况说明待核实", "clues", lines.JUDGE_CLUE, state="已说明"),
        listed("待回访", "followups", lines.ASK_FOLLOW_UP, state="待回访"),
        listed("回访说明待处理", "followups", lines.HEAR_FOLLOW_UP, state="单位已说明"),
        listed("通报待印发", "bulletins", lines.ISSUE_BULLETIN, state="已批准"),
        _OBJECTIONS,
    ),
}
