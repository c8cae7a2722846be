"""工作台: what waits for me, overdue first; then the numbers; then the news. One page, a shape per role."""

from django.db.models import F
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone

from campaigns.access import signed_in
from campaigns.enums import Role, SessionState, SlipState
from campaigns.ground.table import Table
from campaigns.ground.workdays import load_calendar
from campaigns.models import (
    AuditEvent,
    ChaseRun,
    Delivery,
    ImportRun,
    Job,
    Notice,
    Posting,
    Slip,
    WalkSession,
)
from campaigns.roster import AUDIT, JOBS, POSTINGS
from issues.facts import why_it_waits
from issues.forms.filters import LedgerFilter
from issues.lists.verifications import waiting_rows
from issues.models import LedgerItem
from reports.clue_home import clue_desk
from reports.submission_home import submission_desk
from reports.views.home_tasks import my_tasks

SHOWN = 10


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """One template; what it holds is decided by the role of the current posting."""
    posting = request.posting
    if posting is None:
        return render(request, "reports/home.html", {"blocks": [], "nobody": True})
    build = _HOMES.get(posting.role, _ledger_home)
    context = build(posting, timezone.localdate()) | my_tasks(posting, timezone.localdate())
    context["clue_desk"] = clue_desk(posting, timezone.localdate())
    context["submission_desk"] = submission_desk(posting, timezone.localdate())
    context["news"] = (
        Notice.objects.of(request.user).prefetch_related("lines").order_by("-created_at", "-pk")[:5]
    )
    return render(request, "reports/home.html", context)


def _ledger_home(posting: Posting, on) -> dict:
    """For those who work on the ledger: their turn first, by the nearest clock."""
    calendar = load_calendar()
    items = LedgerItem.objects.visible_to(posting)
    mine = items.waiting_for(posting)
    todo = [
        _todo(item, posting, on, calendar)
        for item in mine.with_list_columns().order_by(
            F("turn__due_on").asc(nulls_last=True), F("deadline__due_on").asc(nulls_last=True), "pk"
        )[: SHOWN * 4]
    ]
    todo.sort(key=lambda row: (row["left"] is None, row["left"]))
    stats = [
        (label, _as_listed(items, query, posting, on, calendar), f"/issues/ledger/?{query}", is_late)
        for label, query, is_late in _LEDGER_STATS
    ]
    walks = WalkSession.objects.visible_to(posting).newest()
    stats.append(("走流程登记", walks.distinct().count(), "/walks/", False))
    context = {
        "todo": todo[:SHOWN],
        "todo_more": max(0, len(todo) - SHOWN),
        "stats": stats,
        "is_ledger": True,
    }
    context["verifications"] = _to_look_back(items, posting)
    if posting.role == Role.REPORTER:
        context["drafts"] = (
            walks.filter(state=SessionState.DRAFT).select_related("matter").order_by("-pk")[:5]
        )
    if posting.role in (Role.REFORM_OFFICE, Role.INSPECTOR):
        context["slips"] = _slips(posting)
        context["last_run"] = ChaseRun.objects.order_by("-on").first()
    return context


def _to_look_back(items, posting: Posting) -> dict:
    """待核验: what somebody other than the applicant may go and look at, who has waited longest first."""
    waiting = items.waiting_for_verifier().exclude(applied_by=posting.person.user_id)
    return {"count": waiting.distinct().count(), "rows": waiting_rows(waiting.distinct())[:5]}


# A number here is the count of the list it leads to: both are the list's own filter (peers.md §2.8).
_LEDGER_STATS = (
    ("待我办理", "mine=1", False),
    ("红灯", "light=红", True),
    ("黄灯", "light=黄", False),
    ("整改中", "state=整改中", False),
    ("已销号", "state=已销号", False),
)


def _as_listed(items, query: str, posting: Posting, on, calendar) -> int:
    form = LedgerFilter(QueryDict(query), rows=items)
    return form.apply(items, posting=posting, on=on, calendar=calendar).count()


def _slips(posting: Posting):
    level = 4 if posting.role == Role.REFORM_OFFICE else 5
    return (
        Slip.objects.visible_to(posting)
        .filter(state=SlipState.DRAFT, level=level)
        .select_related("about__organization")
        .order_by("drafted_on")[:5]
    )


def _todo(item: LedgerItem, posting: Posting, on, calendar) -> dict:
    """One line of 待办: what, whose, which state, until when, how many working days are left."""
    clock = item.turn if item.turn_id else item.deadline
    left = calendar.workdays_between(on, clock.due_on) if clock is not None else None
    return {
        "item": item,
        "text": item.finding.text,
        "why": why_it_waits(item, posting.role),
        "due_on": clock.due_on if clock is not None else None,
        "left": left,
    }


def _walker_home(posting: Posting, on) -> dict:
    walks = WalkSession.objects.visible_to(posting).select_related("matter", "walked_unit").newest()
    waiting = walks.filter(state=SessionState.HELD).order_by("-held_on")
    return {
        "walks": waiting[:SHOWN],
        "is_walker": True,
        "verifications": _to_look_back(LedgerItem.objects.visible_to(posting), posting),
        "stats": [
            ("待本人确认", waiting.count(), "/walks/?state=已登记", False),
            ("我走过的流程", walks.held().count(), "/walks/", False),
        ],
    }


def _admin_home(posting: Posting, on) -> dict:
    jobs = Job.objects.select_related("asked_by").order_by("-created_at", "-pk")
    return {
        "stats": [
            ("近期导入", ImportRun.objects.count(), "/imports/", False),
            ("失败的任务", Job.objects.filter(state="FAILED").count(), "/jobs/", True),
            (
                "发送失败的消息",
                Delivery.objects.filter(state="FAILED").count(),
                "/deliveries/?state=发送失败",
                True,
            ),
            ("待授权的角色", Posting.objects.waiting(on).count(), "", False),
        ],
        "blocks": [("后台任务", Table(JOBS, jobs[:SHOWN]), "/jobs/")],
    }


def _security_home(posting: Posting, on) -> dict:
    waiting = (
        Posting.objects.waiting(on)
        .select_related("person__organization", "organization")
        .order_by("-requested_at", "pk")
    )
    table = Table(POSTINGS, waiting[:SHOWN], url=lambda row: "/grants/")
    return {
        "stats": [("待授权的角色", waiting.count(), "/grants/", False)],
        "blocks": [("等待授权", table, "/grants/")],
    }


def _auditor_home(posting: Posting, on) -> dict:
    events = AuditEvent.objects.order_by("-pk")
    return {
        "stats": [("操作记录", events.count(), "/audit/", False)],
        "blocks": [("最近操作", Table(AUDIT, events[:SHOWN]), "/audit/")],
    }


_HOMES = {
    Role.WALKER: _walker_home,
    Role.ADMIN: _admin_home,
    Role.SECURITY: _security_home,
    Role.AUDITOR: _auditor_home,
}
