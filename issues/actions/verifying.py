"""回头看核验: asked for when 销号 is applied for, made by somebody else on a walk of its own, or waived (contract §7.4).

衡政办函〔2022〕16号 五(二) “防止走过场”. Whether an item is improved is computed, never said by hand.
"""

import logging
from datetime import date, datetime

from django.db import transaction

from campaigns.actions.deadlines import settle
from campaigns.actions.notices import notify, outdate
from campaigns.actions.recipients import holders, nearest
from campaigns.actions.walks import record_session
from campaigns.enums import CampaignState, CheckVerdict, Role, SessionMode, SessionState
from campaigns.ground import audit
from campaigns.ground.calendar import Calendar
from campaigns.ground.clock import day_of
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.workdays import load_calendar
from campaigns.models import Campaign, Posting, WalkSession
from campaigns.whole_walks import walked_whole
from issues.actions.moving import start_clock
from issues.enums import Deed, LedgerState
from issues.models import LedgerItem, Verification
from issues.permissions import VERIFIERS, check_can_decide, check_can_walk_again, needs_verification
from issues.querysets import WAITING_FOR_REVIEW
from issues.verifying import MAY_WAIT, StepAgain, fallen, waits_for_verifier, whole_because
from issues.workflow import write_entry

log = logging.getLogger(__name__)


def ask_verification(*, item: LedgerItem, now: datetime) -> None:
    """申请销号 was made: those who may go and look are told, with what they have to walk. Inside the transaction."""
    if not waits_for_verifier(item):
        return
    on = day_of(now)
    clerks = (Role.REPORTER, Role.DEPUTY)
    to = [
        *holders(roles=clerks, organization=item.reporting_unit, on=on),
        *holders(roles=clerks, organization=item.responsible_unit, on=on),
        *nearest(role=Role.REFORM_OFFICE, organization=item.responsible_unit, on=on),
    ]
    why = whole_because(item)
    what = (
        f"全程再走一遍（{why}）" if why else f"再走一次“{item.problem.get_step_display() or '出问题的环节'}”"
    )
    notify(
        to=[user for user in to if user.pk != item.applied_by_id],
        kind="VERIFY",
        text=f"{item.number} 已申请销号，请申请人以外的人回头看核验：{what}。"[:300],
        link=item.look_back_url,
        now=now,
    )


@transaction.atomic
def verify(
    *, item: LedgerItem, session: WalkSession, by: Posting, now: datetime, summary: str
) -> Verification:
    """Pair the item with a later walk by somebody other than the applicant.

    One of the five numbers fell, or the point now reads 符合: then it is improved. Verified again, the earlier one stays
    as history. Raises NotAllowed for the wrong person or a walk that doesn't show what has to be shown.
    """
    if by.role not in VERIFIERS:
        raise NotAllowed("回头看核验由填报员、分管负责人、审改办或督查室办理。")
    item = _lock(item)
    _check_verifier(item, by)
    return _paired(item, session, by, now, summary)


@transaction.atomic
def walk_step_again(
    *, item: LedgerItem, by: Posting, now: datetime, again: StepAgain, summary: str
) -> Verification:
    """Record the step walked again as a walk of its own, and verify by it, in one go.

    填报员 for somebody of their unit, 体验人 for themselves. Raises NotAllowed as record_session and verify do.
    """
    item = _lock(item)
    check_can_walk_again(by, item)
    _check_verifier(item, by)
    if why := whole_because(item):
        raise NotAllowed(f"这条台账要全程再走一遍（{why}），请先登记一次全程走流程，再用它核验。")
    first, problem = item.finding.session, item.problem
    step = {
        "kind": again.kind,
        "started_at": again.started_at,
        "ended_at": again.ended_at,
        "waiting_minutes": again.waiting_minutes,
        "result": again.result,
    }
    session = record_session(
        by=by,
        now=now,
        campaign=item.campaign,
        reporting_unit=by.organization,
        walkers=[again.walker],
        mode=SessionMode.SELF,
        channel=again.channel,
        matter=problem.matter,
        walked_unit=first.walked_unit if first else item.responsible_unit,
        started_at=again.started_at,
        ended_at=again.ended_at,
        narrative=summary,
        steps=[step],
        checkpoints=[(problem.category.code, again.verdict, "回头看核验")],
        facts={**again.numbers, "is_simulated": again.is_simulated},
    )
    return _paired(item, session, by, now, summary)


def _paired(item: LedgerItem, session: WalkSession, by: Posting, now: datetime, summary: str) -> Verification:
    _check_walk(item, session)
    if not summary.strip():
        raise NotAllowed("请写明核验情况。")
    found = Verification.objects.create(
        item=item,
        session=session,
        is_whole=_is_whole(session),
        is_improved=is_improved(item, session),
        summary=summary.strip()[:1000],
        verified_at=now,
        verified_by=by.person.user,
    )
    item.verification = found
    item.save(update_fields=["verification"])
    outdate(links=[item.look_back_url], now=now)
    _go_on(item, day_of(now))
    detail = {"走流程登记": session.number, "improved": found.is_improved, "全程": found.is_whole}
    audit.record(by=by, verb="回头看核验", subject=item, detail=detail, now=now)
    return found


def _lock(item: LedgerItem) -> LedgerItem:
    return (
        LedgerItem.objects.select_for_update(of=("self",))
        .select_related(
            "campaign", "responsible_unit", "deadline", "turn", "problem__category", "demand", "verification"
        )
        .get(pk=item.pk)
    )


def _check_verifier(item: LedgerItem, by: Posting) -> None:
    """Somebody other than the applicant, after the application."""
    if item.state not in WAITING_FOR_REVIEW:
        raise NotAllowed("申请销号之后才能回头看核验。")
    if by.person.user_id == item.applied_by_id:
        raise NotAllowed("申请人不能核验自己的整改，请由其他人核验。")


def _check_walk(item: LedgerItem, session: WalkSession) -> None:
    """Held, of the same matter, after the application, by somebody else."""
    if session.state == SessionState.DRAFT:
        raise NotAllowed("核验要用已登记的走流程记录。")
    if session.recorded_by_id == item.applied_by_id:
        raise NotAllowed("核验登记由申请人本人填报，不能用来核验。")
    if session.walkers.filter(user=item.applied_by_id).exists():
        raise NotAllowed("核验登记是申请人本人走的，不能用来核验。")
    if session.started_at < item.applied_at:
        raise NotAllowed("核验要在申请销号之后进行。")
    if item.finding.matter_id and session.matter_id != item.finding.matter_id:
        raise NotAllowed("核验登记的事项与问题的事项不一致。")
    _check_way(item, session)


def _check_way(item: LedgerItem, session: WalkSession) -> None:
    """As much of the way as the rule wants: the same step again, or all of it."""
    if why := whole_because(item):
        if not _is_whole(session):
            raise NotAllowed(f"这条台账要全程再走一遍（{why}），所选登记没有从咨询、备料到出件的各个环节。")
        return
    step = item.problem.step if item.problem_id else ""
    if step and not session.steps.filter(kind=step).exists():
        raise NotAllowed(f"核验要再走一次“{item.problem.get_step_display()}”，所选登记没有这个环节。")


def _is_whole(session: WalkSession) -> bool:
    return walked_whole(WalkSession.objects.filter(pk=session.pk)).exists()


def is_improved(item: LedgerItem, session: WalkSession) -> bool:
    """One of the five numbers is lower than at the first walk, or the problem's point now reads 符合."""
    if fallen(item.finding.session, session):
        return True
    points = session.checkpoints.filter(verdict=CheckVerdict.CONFORMS)
    return bool(item.problem_id and points.filter(category=item.problem.category_id).exists())


@transaction.atomic
def waive_verification(*, item: LedgerItem, by: Posting, now: datetime, reason: str) -> LedgerItem:
    """免核验 with a reason; listed in every report (contract §7.4)."""
    item = _lock(item)
    check_can_decide(by, item, "免核验")
    if item.state not in WAITING_FOR_REVIEW:
        raise NotAllowed("申请销号之后才能免核验。")
    if not needs_verification(item):
        raise NotAllowed("这条台账不需要核验，不用免。")
    if not reason.strip():
        raise NotAllowed("免核验要写明原因。")
    item.waiver_reason = reason.strip()
    item.save(update_fields=["waiver_reason"])
    write_entry(item=item, move=Deed.WAIVE, source=item.state, by=by, now=now, note=item.waiver_reason)
    _go_on(item, day_of(now))
    audit.record(by=by, verb="免核验", subject=item, detail={"reason": reason}, now=now)
    return item


def _go_on(item: LedgerItem, on: date) -> None:
    """单位审核 that stood still for want of a verifier gets its days anew."""
    if item.state == LedgerState.APPLIED and not (item.turn_id and item.turn.is_open):
        start_clock(item=item, on=on, calendar=load_calendar())


def stop_waiting(*, on: date, now: datetime, calendar: Calendar, campaign: Campaign | None = None) -> int:
    """Who has waited more than 5 working days for a verifier is not chased for it: the unit's clock stops (§7.4).

    That is the clock of 单位审核: the unit's 整改时限 has stopped at 申请销号 already, and the clock of the final review is
    the office's, who has to find the verifier. Returns how many stopped; run again it finds none.
    """
    waiting = LedgerItem.objects.waiting_for_verifier().filter(
        state=LedgerState.APPLIED, turn__is_open=True, campaign__state=CampaignState.OPEN
    )
    if campaign is not None:
        waiting = waiting.filter(campaign=campaign)
    stopped = 0
    for pk, applied_at in waiting.order_by("pk").values_list("pk", "applied_at"):
        if calendar.workdays_between(day_of(applied_at), on) > MAY_WAIT:
            stopped += _stop(pk, on=on, now=now)
    return stopped


@transaction.atomic
def _stop(pk: int, *, on: date, now: datetime) -> bool:
    item = _lock(LedgerItem(pk=pk))
    if item.state != LedgerState.APPLIED or not waits_for_verifier(item) or not item.turn.is_open:
        return False
    settle(deadline=item.turn, on=on)
    text = f"{item.number} 申请销号已超过 {MAY_WAIT} 个工作日没有人核验，单位审核暂停计时；请安排人员回头看核验。"
    to = nearest(role=Role.REFORM_OFFICE, organization=item.responsible_unit, on=on)
    notify(to=to, kind="VERIFY", text=text, link=item.look_back_url, now=now)
    audit.record(by=None, verb="等待核验停止计时", subject=item, now=now)
    return True
