"""回访: opened by the system for every complaint-source closing and by 督查室 for chosen ones; asked; the number shown.

五(三) “对各部门开展情况进行抽查回访通报”; domain.md §3.2. What follows a bad answer stands in followups_hearing.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from campaigns.enums import CampaignState, ComplaintSource
from campaigns.ground import audit
from campaigns.ground.calendar import Calendar
from campaigns.ground.clock import day_of
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.secret import blind_index
from campaigns.ground.workdays import load_calendar
from campaigns.models import Complaint, Posting
from issues import followup_rights
from issues.actions.followups_hearing import ask_unit
from issues.enums import (
    COMPLAINT_SOURCES,
    AttemptOutcome,
    FollowUpMethod,
    FollowUpOrigin,
    FollowUpState,
    FollowUpVerdict,
    LedgerState,
)
from issues.models import FollowUp, FollowUpAttempt, LedgerItem
from issues.models.inspections import MOST_ATTEMPTS

ASK_DAYS = 20  # working days, then it closes by itself as 未接通
QUIET = timedelta(days=30)  # nobody is called again so soon, by us or by 12345
CLOSED_WITHIN = timedelta(days=90)  # older closings aren't asked about by themselves
_BAD = (FollowUpVerdict.UNSOLVED, FollowUpVerdict.UNTRUE)


def with_citizen(items: QuerySet) -> QuerySet:
    """Items with all that followup_rights.citizen_of and the rights read."""
    return items.select_related(
        "campaign", "responsible_unit", "problem__session__complaint", "demand__session__complaint"
    ).prefetch_related("helper_units")


def complaint_closings(now: datetime) -> QuerySet:
    """Closed items that complaints had called for and whose closing nobody was asked about yet."""
    asked = FollowUp.objects.filter(item=OuterRef("pk"), closed_at=OuterRef("closed_at"))
    return LedgerItem.objects.filter(
        Q(problem__source__in=COMPLAINT_SOURCES) | Q(problem__session__complaint__isnull=False),
        ~Exists(asked),
        state=LedgerState.CLOSED,
        closed_at__gte=now - CLOSED_WITHIN,
        closed_at__lte=now,
    ).exclude(campaign__state=CampaignState.DRAFT)


@transaction.atomic
def open_due(*, now: datetime, calendar: Calendar | None = None) -> dict[str, int]:
    """Open one for every complaint-source closing (100 %). Safe to run twice; who was asked lately waits or is spared."""
    calendar = calendar or load_calendar()
    opened = skipped = 0
    for item in with_citizen(complaint_closings(now)).order_by("closed_at", "pk"):
        try:
            _open(item, FollowUpOrigin.COMPLAINT, None, now, calendar)
            opened += 1
        except NotAllowed:
            skipped += 1
    return {"opened": opened, "skipped": skipped}


@transaction.atomic
def open_chosen(
    *, numbers: Iterable[str], by: Posting, now: datetime, calendar: Calendar | None = None
) -> list[FollowUp]:
    """督查室 chooses closed items by number; all or none, each refusal names its item."""
    calendar = calendar or load_calendar()
    opened = []
    for number in dict.fromkeys(numbers):
        item = with_citizen(LedgerItem.objects.visible_to(by).filter(number=number)).first()
        if item is None:
            raise NotAllowed(f"没有编号为“{number}”的台账，请核对。")
        followup_rights.check_can_open(by, item)
        opened.append(_open(item, FollowUpOrigin.CHOSEN, by, now, calendar))
    if not opened:
        raise NotAllowed("请填写台账编号。")
    return opened


def _open(item: LedgerItem, origin: str, by: Posting | None, now: datetime, calendar: Calendar) -> FollowUp:
    """Raises NotAllowed where this closing or this citizen was asked already, or the citizen was called lately."""
    phone = followup_rights.citizen_of(item).phone
    index = blind_index(phone)
    _check_quiet(item, index, now)
    try:
        with transaction.atomic():
            made = FollowUp.objects.create(
                campaign=item.campaign,
                item=item,
                closed_at=item.closed_at,
                origin=origin,
                method=FollowUpMethod.CALL if phone else FollowUpMethod.ON_SITE,
                phone_index=index,
                opened_at=now,
                opened_by=by.person.user if by else None,
                ask_by=calendar.add_workdays(day_of(now), ASK_DAYS),
            )
    except IntegrityError as twice:
        raise NotAllowed(
            f"{item.number} 这次销号已经回访过，或者同一群众本次行动已经回访过，不再打扰。"
        ) from twice
    audit.record(by=by, verb="发起回访", subject=made, detail={"台账": item.number}, now=now)
    return made


def _check_quiet(item: LedgerItem, index: str, now: datetime) -> None:
    """Nobody is asked within 30 days of a 12345 call-back (its imported result) or of an earlier 回访."""
    if not index:
        return
    since = now - QUIET
    called = Complaint.objects.filter(
        source=ComplaintSource.HOTLINE, phone_index=index, finished_at__gt=since, finished_at__lte=now
    ).exclude(satisfaction="")
    asked = FollowUp.objects.filter(phone_index=index, opened_at__gt=since)
    if called.exists() or asked.exists():
        raise NotAllowed(f"{item.number} 的群众 30 天内已经接受过 12345 回访或本系统回访，请过后再访。")


def locked(follow_up: FollowUp) -> FollowUp:
    """The row for writing, with all that the rights read."""
    rows = FollowUp.objects.select_for_update(of=("self",)).select_related("campaign", "deadline")
    fresh = rows.get(pk=follow_up.pk)
    fresh.item = with_citizen(LedgerItem.objects.filter(pk=fresh.item_id)).get()
    return fresh


@transaction.atomic
def record_attempt(
    *,
    follow_up: FollowUp,
    outcome: str,
    by: Posting,
    now: datetime,
    method: str = "",
    verdict: str = "",
    satisfaction: str = "",
    answers: dict | None = None,
    note: str = "",
    calendar: Calendar | None = None,
) -> FollowUp:
    """One try, at most three on different days. 接通 brings the answers; 拒访, 号码错误 and the third 未接通 end it."""
    one, on = locked(follow_up), day_of(now)
    followup_rights.check_can_ask(by, one)
    tries = list(one.attempts.order_by("number"))
    if any(each.on == on for each in tries):
        raise NotAllowed("今天已经回访过一次，请改日再试。")
    reached = outcome == AttemptOutcome.REACHED
    if reached and (not satisfaction or verdict in ("", FollowUpVerdict.UNREACHED)):
        raise NotAllowed("接通的要填写结论和满意度。")
    if reached and verdict in _BAD and not note.strip():
        raise NotAllowed("未解决、不属实的要写明情况，单位据此说明。")
    FollowUpAttempt.objects.create(
        follow_up=one, number=len(tries) + 1, on=on, at=now, by=by.person.user, outcome=outcome
    )
    one.method = method or one.method
    if reached:
        one.satisfaction, one.answers = satisfaction, answers or {}
        _conclude(one, verdict, note, by, now, calendar)
    elif outcome != AttemptOutcome.UNREACHED or len(tries) + 1 == MOST_ATTEMPTS:
        _conclude(one, FollowUpVerdict.UNREACHED, note, by, now, calendar)
    detail = {
        "台账": one.item.number,
        "结果": AttemptOutcome(outcome).label,
        "结论": one.get_verdict_display(),
    }
    audit.record(by=by, verb="登记回访", subject=one, detail=detail, now=now)
    return one


def _conclude(
    one: FollowUp, verdict: str, note: str, by: Posting | None, now: datetime, calendar: Calendar | None
) -> None:
    one.verdict, one.note, one.checked_at = verdict, note.strip(), now
    one.checked_by = by.person.user if by else None
    one.state = FollowUpState.ENDED
    if verdict in _BAD:
        ask_unit(one, day_of(now), now, calendar or load_calendar())
    one.save()


@transaction.atomic
def close_silent(*, now: datetime) -> int:
    """What nobody answered in its 20 working days ends as 未接通; so does one whose item isn't closed any more."""
    on, ended = day_of(now), 0
    gone = ~Q(item__state=LedgerState.CLOSED)
    due = FollowUp.objects.filter(Q(ask_by__lt=on) | gone, state=FollowUpState.OPEN)
    for follow_up in due.order_by("pk"):
        one = locked(follow_up)
        if one.state != FollowUpState.OPEN:
            continue
        late = one.item.state == LedgerState.CLOSED
        note = "到期未访到，自动了结。" if late else "台账已不是已销号，不再回访。"
        _conclude(one, FollowUpVerdict.UNREACHED, note, None, now, None)
        audit.record(by=None, verb="回访自动了结", subject=one, detail={"说明": note}, now=now)
        ended += 1
    return ended


@transaction.atomic
def show_phone(*, follow_up: FollowUp, reason: str, by: Posting, now: datetime) -> str:
    """The number, for who is about to call: with a reason, and the audit log knows (domain.md §4.6)."""
    one = locked(follow_up)
    followup_rights.check_can_ask(by, one)
    if not reason.strip():
        raise NotAllowed("请写明查看号码的事由。")
    phone = followup_rights.citizen_of(one.item).phone
    if not phone:
        raise NotAllowed("这条台账没有留存群众号码，请现场回访。")
    detail = {"台账": one.item.number, "事由": reason.strip()}
    audit.record(by=by, verb="查看回访号码", subject=one, detail=detail, now=now)
    return phone
