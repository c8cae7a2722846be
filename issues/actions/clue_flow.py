"""疑点 → 情况说明 → 属实 or 排除 → 约谈、通报、移送 (五(三)); and how heavy a rule is, with who, when and why."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

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
from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.ground.workdays import load_calendar
from campaigns.models import Campaign, Organization, Posting, User
from issues import clue_rights
from issues.clues import RULES
from issues.enums import ClueAct, ClueOutcomeKind, ClueState
from issues.models import Clue, ClueEntry, ClueOutcome, ClueSetting, HallHours

ANSWER_DAYS = 5  # working days the unit has for its 情况说明


@transaction.atomic
def ask(
    *,
    clue: Clue,
    question: str,
    by: Posting,
    now: datetime,
    together: bool = False,
    calendar: Calendar | None = None,
) -> list[Clue]:
    """Ask the unit for its 情况说明 within 5 working days; `together`: about every open clue of the walk.

    Each has its own clock, chased like any other. Returns the clues asked about.
    """
    calendar = calendar or load_calendar()
    asked = []
    for one in _with_siblings(clue, ClueState.RAISED, together):
        clue_rights.check_can_ask(by, one)
        one.deadline = _clock(one, day_of(now), calendar)
        one.state, one.question = ClueState.ASKED, question
        one.asked_at, one.asked_by = now, by.person.user
        one.save(update_fields=["deadline", "state", "question", "asked_at", "asked_by"])
        _enter(one, ClueAct.ASK, by, now, question)
        asked.append(one)
    unit = clue.session.reporting_unit
    text = f"督查室请{unit.label}就走流程 {clue.session.number} 的 {len(asked)} 条疑点说明情况，{asked[0].deadline.due_on} 前填报。"
    users = User.objects.filter(pk__in=Audience(day_of(now)).in_unit(Role.REPORTER, unit))
    notify(to=users, kind="CLUE_ASKED", text=text, link=clue.get_absolute_url(), now=now)
    return asked


def _clock(clue: Clue, on: date, calendar: Calendar):
    rule = RULES[clue.rule].name if clue.rule in RULES else clue.rule
    return open_deadline(
        kind=DeadlineKind.TURN,
        title=f"疑点情况说明：{clue.session.number} {rule}",
        link=clue.get_absolute_url(),
        campaign=clue.session.campaign,
        organization=clue.session.reporting_unit,
        starts_on=on,
        calendar=calendar,
        workdays=ANSWER_DAYS,
    )


@transaction.atomic
def answer(*, clue: Clue, explanation: str, by: Posting, now: datetime, together: bool = False) -> list[Clue]:
    """The unit's 情况说明; `together`: it also answers what else of this walk was asked and has no answer yet."""
    answered = []
    siblings = _with_siblings(clue, ClueState.ASKED, together)
    for one in siblings:
        clue_rights.check_can_answer(by, one)
        one.state, one.explanation = ClueState.ANSWERED, explanation
        one.answered_at, one.answered_by = now, by.person.user
        one.save(update_fields=["state", "explanation", "answered_at", "answered_by"])
        settle(deadline=one.deadline, on=day_of(now))
        _enter(one, ClueAct.ANSWER, by, now, explanation)
        answered.append(one)
    unit = clue.session.reporting_unit
    notify(
        to=nearest(role=Role.INSPECTOR, organization=unit, on=day_of(now)),
        kind="CLUE_ANSWERED",
        text=f"{unit.label}已就走流程 {clue.session.number} 的疑点说明情况。",
        link=clue.get_absolute_url(),
        now=now,
    )
    return answered


@transaction.atomic
def decide(*, clue: Clue, is_true: bool, note: str, by: Posting, now: datetime) -> Clue:
    """属实 or 排除, with the reason; the unit reads it."""
    one = _locked(clue)
    if is_true:
        clue_rights.check_can_uphold(by, one, day_of(now))
    else:
        clue_rights.check_can_decide(by, one)
    one.state = ClueState.TRUE if is_true else ClueState.DISMISSED
    one.decision_note, one.decided_at, one.decided_by = note, now, by.person.user
    one.save(update_fields=["state", "decision_note", "decided_at", "decided_by"])
    if one.deadline is not None:
        settle(deadline=one.deadline, on=day_of(now))
    _enter(one, ClueAct.UPHOLD if is_true else ClueAct.DISMISS, by, now, note)
    if one.asked_at is not None:
        unit = one.session.reporting_unit
        users = User.objects.filter(pk__in=Audience(day_of(now)).in_unit(Role.REPORTER, unit))
        text = f"走流程 {one.session.number} 的疑点已核实：{one.get_state_display()}。"
        notify(to=users, kind="CLUE_DECIDED", text=text, link=one.get_absolute_url(), now=now)
    return one


@transaction.atomic
def record_outcome(
    *, clue: Clue, kind: str, document_number: str, on: date, note: str, by: Posting, now: datetime
) -> ClueOutcome:
    """约谈、通报 or 移送 with its 文号, in the restricted register."""
    one = _locked(clue)
    clue_rights.check_can_record_outcome(by, one)
    if kind != ClueOutcomeKind.TALK and not document_number:
        raise NotAllowed("通报和移送要填写文号。")
    if on > day_of(now):
        raise NotAllowed("处理日期不能晚于今天。")
    outcome = ClueOutcome.objects.create(
        clue=one,
        kind=kind,
        document_number=document_number,
        on=on,
        note=note,
        entered_at=now,
        entered_by=by.person.user,
    )
    detail = {"处理方式": outcome.get_kind_display(), "文号": document_number}
    audit.record(by=by, verb="登记疑点处理", subject=one, detail=detail, now=now)
    return outcome


@transaction.atomic
def weigh_rule(
    *, campaign: Campaign, rule: str, weight: Decimal, is_on: bool, reason: str, by: Posting, now: datetime
) -> ClueSetting:
    """Switch or reweigh a rule, or move the threshold, from the next run on. The old row stays as history."""
    clue_rights.check_can_weigh(by)
    if rule not in RULES and rule != ClueSetting.THRESHOLD:
        raise NotAllowed("没有这条规则。")
    row = ClueSetting.objects.create(
        campaign=campaign,
        rule=rule,
        weight=weight,
        is_on=is_on or rule == ClueSetting.THRESHOLD,
        reason=reason,
        set_at=now,
        set_by=by.person.user,
    )
    detail = {"规则": rule, "权重": str(weight), "启用": row.is_on, "理由": reason}
    audit.record(by=by, verb="调整疑点规则", subject=row, detail=detail, now=now)
    return row


@transaction.atomic
def set_hall_hours(
    *, organization: Organization, opens_at, closes_at, opens_on_rest_days: bool, by: Posting, now: datetime
) -> HallHours:
    """Hours of one unit's hall that differ from the usual ones."""
    clue_rights.check_can_weigh(by)
    if closes_at <= opens_at:
        raise NotAllowed("关门时间要晚于开门时间。")
    values = {"opens_at": opens_at, "closes_at": closes_at, "opens_on_rest_days": opens_on_rest_days}
    row, _ = HallHours.objects.update_or_create(organization=organization, defaults=values)
    detail = {
        "单位": organization.label,
        "时间": f"{opens_at:%H:%M}—{closes_at:%H:%M}",
        "休息日": opens_on_rest_days,
    }
    audit.record(by=by, verb="设置大厅办公时间", subject=row, detail=detail, now=now)
    return row


def _locked(clue: Clue) -> Clue:
    rows = Clue.objects.select_for_update(of=("self",)).select_related(
        "session__reporting_unit", "session__campaign", "deadline"
    )
    return rows.get(pk=clue.pk)


def _with_siblings(clue: Clue, state: str, together: bool) -> Iterable[Clue]:
    """The clue first, then, if asked for, those of the same walk in `state`. Somebody quicker is told to the user."""
    first = _locked(clue)
    if first.state != clue.state:
        raise Changed(f"这条疑点刚刚变为“{first.get_state_display()}”，请刷新后再办理。")
    rows = [first]
    if together:
        others = Clue.objects.filter(session=clue.session, state=state).exclude(pk=clue.pk).order_by("pk")
        rows += [_locked(other) for other in others]
    return rows


def _enter(clue: Clue, act: str, by: Posting, now: datetime, note: str) -> None:
    ClueEntry.objects.create(clue=clue, act=act, at=now, by=by.person.user, note=note)
    audit.record(by=by, verb=f"疑点{ClueAct(act).label}", subject=clue, detail={"说明": note}, now=now)
