"""What follows a bad answer: the unit is heard for 5 working days, then the closing stands or is taken back (五(三))."""

from datetime import date, datetime

from django.db import transaction

from campaigns.actions.audience import Audience
from campaigns.actions.deadlines import open_deadline, settle
from campaigns.actions.notices import notify
from campaigns.actions.recipients import nearest
from campaigns.enums import Role
from campaigns.ground import audit
from campaigns.ground.calendar import Calendar
from campaigns.ground.clock import day_of
from campaigns.ground.deadlines import DeadlineKind
from campaigns.ground.workdays import load_calendar
from campaigns.models import Posting, User
from issues import followup_rights
from issues.actions.closing import reopen
from issues.enums import FollowUpState, LedgerState
from issues.models import FollowUp

EXPLAIN_DAYS = 5


def ask_unit(one: FollowUp, on: date, now: datetime, calendar: Calendar) -> None:
    """Start the unit's 5 working days, on its own clock, and tell its 填报员. The caller saves."""
    item = one.item
    one.deadline = open_deadline(
        kind=DeadlineKind.TURN,
        title=f"{item.number} 回访{one.get_verdict_display()}情况说明",
        link=one.get_absolute_url(),
        campaign=one.campaign,
        organization=item.responsible_unit,
        starts_on=on,
        calendar=calendar,
        workdays=EXPLAIN_DAYS,
    )
    one.state = FollowUpState.EXPLAINING
    text = f"{item.number} 回访结论为“{one.get_verdict_display()}”，请在 {one.deadline.due_on} 前说明情况。"
    users = User.objects.filter(pk__in=Audience(on).in_unit(Role.REPORTER, item.responsible_unit))
    notify(to=users, kind="FOLLOW_UP", text=text, link=one.get_absolute_url(), now=now)


def _locked(follow_up: FollowUp) -> FollowUp:
    rows = FollowUp.objects.select_for_update(of=("self",))
    return rows.select_related("campaign", "deadline", "item__responsible_unit").get(pk=follow_up.pk)


@transaction.atomic
def explain(*, follow_up: FollowUp, agrees: bool, explanation: str, by: Posting, now: datetime) -> FollowUp:
    """The unit agrees, and the item reopens at once; or it explains, and 督查室 decides."""
    one = _locked(follow_up)
    followup_rights.check_can_explain(by, one)
    one.agrees, one.explanation = agrees, explanation
    one.explained_at, one.explained_by = now, by.person.user
    one.state = FollowUpState.EXPLAINED
    one.save()
    settle(deadline=one.deadline, on=day_of(now))
    detail = {"是否认可": "认可" if agrees else "不认可", "说明": explanation}
    audit.record(by=by, verb="说明回访情况", subject=one, detail=detail, now=now)
    if agrees:
        return _take_back(one, "单位认可回访结论。", None, now, load_calendar())
    unit = one.item.responsible_unit
    notify(
        to=nearest(role=Role.INSPECTOR, organization=unit, on=day_of(now)),
        kind="FOLLOW_UP_EXPLAINED",
        text=f"{unit.label}已就 {one.item.number} 的回访说明情况，请处理。",
        link=one.get_absolute_url(),
        now=now,
    )
    return one


@transaction.atomic
def accept(*, follow_up: FollowUp, note: str, by: Posting, now: datetime) -> FollowUp:
    """采纳说明: the closing stands, with the reason."""
    one = _locked(follow_up)
    followup_rights.check_can_accept(by, one)
    return _end(one, FollowUpState.ENDED, note, by, now)


@transaction.atomic
def take_back(*, follow_up: FollowUp, note: str, by: Posting, now: datetime) -> FollowUp:
    """撤销销号 by the ordinary move; it counts against the first closing."""
    one = _locked(follow_up)
    followup_rights.check_can_reopen(by, one, day_of(now))
    return _take_back(one, note, by, now, load_calendar())


@transaction.atomic
def take_back_unexplained(*, now: datetime, calendar: Calendar | None = None) -> int:
    """Units that let their 5 working days go by: the item reopens by itself. Safe to run twice."""
    calendar, done = calendar or load_calendar(), 0
    late = FollowUp.objects.filter(state=FollowUpState.EXPLAINING, deadline__due_on__lt=day_of(now))
    for follow_up in late.order_by("pk"):
        one = _locked(follow_up)
        if one.state == FollowUpState.EXPLAINING:
            _take_back(one, "责任单位到期没有说明。", None, now, calendar)
            done += 1
    return done


def _take_back(one: FollowUp, why: str, by: Posting | None, now: datetime, calendar: Calendar) -> FollowUp:
    """Reopen the closing that was asked about; one that was taken back meanwhile is left as it is."""
    item = one.item
    if item.state != LedgerState.CLOSED or item.closed_at != one.closed_at:
        return _end(one, FollowUpState.ENDED, f"{why}台账已另行撤销销号。", by, now)
    note = f"回访{one.get_verdict_display()}：{one.note} {why}"
    reopen(item=item, by=by, now=now, note=note, calendar=calendar)
    return _end(one, FollowUpState.REOPENED, why, by, now)


def _end(one: FollowUp, state: str, note: str, by: Posting | None, now: datetime) -> FollowUp:
    one.state, one.decision_note, one.decided_at = state, note, now
    one.decided_by = by.person.user if by else None
    one.save()
    settle(deadline=one.deadline, on=day_of(now))
    detail = {"处理": one.get_state_display(), "意见": note}
    audit.record(by=by, verb="处理回访", subject=one, detail=detail, now=now)
    unit = one.item.responsible_unit
    users = User.objects.filter(pk__in=Audience(day_of(now)).in_unit(Role.REPORTER, unit))
    text = f"{one.item.number} 的回访已处理：{one.get_state_display()}。"
    notify(to=users, kind="FOLLOW_UP_DECIDED", text=text, link=one.get_absolute_url(), now=now)
    return one
