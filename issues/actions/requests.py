"""What is asked on the way: extension and escape hatches. Each has one answer by somebody else.

Contract §7.6 (延期), §7.7 (提请上级协调, 长期坚持).
"""

from datetime import date, datetime

from django.db import transaction

from campaigns.actions.deadlines import move_deadline, open_deadline, settle
from campaigns.actions.notices import notify, outdate
from campaigns.actions.recipients import holders, nearest
from campaigns.enums import Role
from campaigns.ground import audit
from campaigns.ground.calendar import Calendar
from campaigns.ground.clock import day_of
from campaigns.ground.deadlines import DeadlineKind
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.workdays import load_calendar
from campaigns.models import Organization, Posting
from issues.actions.moving import move_item, start_clock, stop_clocks, withdraw_waiting
from issues.enums import ConsentKind, LedgerState, MoveName
from issues.models import Consent, Extension, LedgerItem
from issues.moves import ANSWER_DAYS
from issues.permissions import (
    Relation,
    check_can_act,
    check_can_decide,
    check_can_decide_extension,
    is_reform_office,
)


def _lock(item: LedgerItem) -> LedgerItem:
    return (
        LedgerItem.objects.select_for_update(of=("self",))
        .select_related("campaign", "responsible_unit", "deadline", "turn", "problem", "demand")
        .get(pk=item.pk)
    )


@transaction.atomic
def ask_extension(
    *,
    item: LedgerItem,
    by: Posting,
    now: datetime,
    new_due_on: date,
    reason: str,
    progress: str,
    calendar: Calendar | None = None,
) -> Extension:
    """申请延期, up to and on the due date; asking doesn't stop the light (contract §7.6)."""
    item = _lock(item)
    check_can_act(
        posting=by, item=item, roles=(Role.REPORTER,), relation=Relation.RESPONSIBLE, label="申请延期"
    )
    if item.state != LedgerState.RECTIFYING or not item.deadline_id:
        raise NotAllowed("只有整改中的台账可以申请延期。")
    if day_of(now) > item.deadline.due_on:
        raise NotAllowed("整改时限已过，不能再申请延期；延期要在到期日当天或之前提出。")
    if new_due_on <= item.deadline.due_on:
        raise NotAllowed("延期后的时限要晚于现行时限。")
    if item.extensions.waiting().exists():
        raise NotAllowed("已有一项延期申请等待审批。")
    if not reason.strip() or not progress.strip():
        raise NotAllowed("申请延期要写明理由和工作进展。")
    extension = Extension.objects.create(
        item=item,
        reason=reason.strip(),
        progress=progress.strip(),
        old_due_on=item.deadline.due_on,
        new_due_on=new_due_on,
        asked_at=now,
        asked_by=by.person.user,
    )
    second = item.extensions.filter(is_granted=True).exists()
    again = "第二次" if second else ""
    _wait_for_answer(
        extension, f"{again}申请延期至{new_due_on:%Y-%m-%d}", now, calendar or load_calendar(), city=second
    )
    audit.record(by=by, verb="申请延期", subject=item, now=now)
    return extension


@transaction.atomic
def decide_extension(
    *,
    extension: Extension,
    by: Posting,
    now: datetime,
    granted: bool,
    note: str = "",
    calendar: Calendar | None = None,
) -> Extension:
    """审批延期; a second one needs the city's 审改办; granted moves the date and starts a new round of chase."""
    item = _lock(extension.item)
    extension = Extension.objects.select_for_update(of=("self",)).get(pk=extension.pk)
    check_can_decide_extension(by, item)
    _check_answer(extension, by, granted, note)
    _answer(extension, by, now, granted, note)
    if granted:
        if item.state != LedgerState.RECTIFYING:
            raise NotAllowed("这条台账已不在整改中，不用再延期。")
        move_deadline(
            deadline=item.deadline,
            due_on=extension.new_due_on,
            reason=f"延期：{extension.reason}"[:200],
            calendar=calendar or load_calendar(),
            on=day_of(now),
        )
    _tell_unit(item, f"{item.number} 延期申请{'已同意' if granted else '未同意'}。{note}", now)
    audit.record(by=by, verb="审批延期", subject=item, detail={"granted": granted}, now=now)
    return extension


@transaction.atomic
def ask_consent(
    *,
    item: LedgerItem,
    by: Posting,
    now: datetime,
    kind: str,
    reason: str,
    document_number: str = "",
    calendar: Calendar | None = None,
) -> Consent:
    """提请上级协调 (while 整改中) or 长期坚持 (while 待定措施): ask 审改办 (contract §7.7)."""
    item = _lock(item)
    label = ConsentKind(kind).label
    check_can_act(posting=by, item=item, roles=(Role.REPORTER,), relation=Relation.RESPONSIBLE, label=label)
    wanted = LedgerState.RECTIFYING if kind == ConsentKind.ESCALATE else LedgerState.PLANNING
    if item.state != wanted:
        raise NotAllowed(f"“{wanted.label}”的台账才能申请{label}。")
    if item.consents.waiting().exists():
        raise NotAllowed("已有一项申请等待审改办审批。")
    if not reason.strip():
        raise NotAllowed("请写明申请理由。")
    consent = Consent.objects.create(
        item=item,
        kind=kind,
        reason=reason.strip(),
        document_number=document_number.strip(),
        asked_at=now,
        asked_by=by.person.user,
    )
    _wait_for_answer(consent, f"申请{label}", now, calendar or load_calendar())
    audit.record(by=by, verb=f"申请{label}", subject=item, now=now)
    return consent


@transaction.atomic
def decide_consent(
    *,
    consent: Consent,
    by: Posting,
    now: datetime,
    granted: bool,
    note: str = "",
    calendar: Calendar | None = None,
) -> Consent:
    """审改办 answers; 提请上级协调 pauses the item at once, 长期坚持 lets the plan go to 审签."""
    item = _lock(consent.item)
    consent = Consent.objects.select_for_update(of=("self",)).get(pk=consent.pk)
    check_can_decide(by, item, "审批申请")
    _check_answer(consent, by, granted, note)
    _answer(consent, by, now, granted, note)
    if granted and consent.kind == ConsentKind.ESCALATE:
        item = move_item(
            item=item,
            name=MoveName.ESCALATE,
            by=by,
            now=now,
            note=note or consent.reason,
            calendar=calendar or load_calendar(),
        )
        stop_clocks(item, day_of(now))
    _tell_unit(
        item,
        f"{item.number} {consent.get_kind_display()}申请{'已同意' if granted else '未同意'}。{note}",
        now,
    )
    return consent


@transaction.atomic
def withdraw_request(*, item: LedgerItem, by: Posting, now: datetime, note: str = "") -> None:
    """撤回申请: the unit takes back what was not answered yet, and may ask anew."""
    item = _lock(item)
    check_can_act(
        posting=by, item=item, roles=(Role.REPORTER,), relation=Relation.RESPONSIBLE, label="撤回申请"
    )
    if not withdraw_waiting(item, day_of(now)):
        raise NotAllowed("没有等待审批的申请，不用撤回。")
    audit.record(by=by, verb="撤回申请", subject=item, detail={"说明": note}, now=now)


@transaction.atomic
def give_number(
    *, item: LedgerItem, by: Posting, now: datetime, document_number: str, calendar: Calendar | None = None
) -> LedgerItem:
    """报请示文号: the unit's duty within 5 working days of 提请上级协调; then a word of progress every 20 (contract §7.7)."""
    document_number = document_number.strip()
    if not document_number:
        raise NotAllowed("请填写请示文号。")
    calendar = calendar or load_calendar()
    item = move_item(
        item=item,
        name=MoveName.GIVE_NUMBER,
        by=by,
        now=now,
        note=f"请示文号：{document_number}",
        calendar=calendar,
    )
    agreed = item.consents.filter(kind=ConsentKind.ESCALATE, is_granted=True).order_by("decided_at", "pk")
    consent = agreed.last()
    if consent is not None:
        consent.document_number = document_number
        consent.save(update_fields=["document_number"])
    start_clock(item=item, on=day_of(now), calendar=calendar)
    return item


def _check_answer(request: Extension | Consent, by: Posting, granted: bool, note: str) -> None:
    if request.decided_at is not None:
        raise NotAllowed("这项申请已经审批过了。")
    if request.withdrawn_on is not None:
        raise NotAllowed("这项申请已经撤回，不用再审批。")
    if request.asked_by_id == by.person.user_id:
        raise NotAllowed("这项申请是您自己提出的，要由其他人审批。")
    if not granted and not note.strip():
        raise NotAllowed("不同意要写明理由。")


def _answer(request: Extension | Consent, by: Posting, now: datetime, granted: bool, note: str) -> None:
    request.decided_at, request.decided_by = now, by.person.user
    request.is_granted, request.decision_note = granted, note.strip()
    request.save(update_fields=["decided_at", "decided_by", "is_granted", "decision_note"])
    if request.deadline is not None:
        settle(deadline=request.deadline, on=day_of(now))


def _wait_for_answer(
    request: Extension | Consent, asks: str, now: datetime, calendar: Calendar, *, city: bool = False
) -> None:
    """Tell the office that answers, and start its clock.

    同级审改办, the city's for a second extension, 督查室 for 审改办's own items.
    """
    item, unit, role = request.item, request.item.responsible_unit, Role.REFORM_OFFICE
    if is_reform_office(unit):
        role = Role.INSPECTOR
    on = day_of(now)
    house = unit
    if city:
        unit = Organization.objects.get(path=f"/{unit.path.strip('/').split('/')[0]}/")
        house = _house_of_office(unit, on)
    request.deadline = open_deadline(
        kind=DeadlineKind.TURN,
        title=f"{item.number} 审批：{asks}",
        link=item.get_absolute_url(),
        campaign=item.campaign,
        organization=house,
        starts_on=on,
        workdays=ANSWER_DAYS,
        holder=role,
        calendar=calendar,
    )
    request.save(update_fields=["deadline"])
    text = f"{item.number} {asks}，请在 {request.deadline.due_on:%Y-%m-%d} 前审批。"
    to = nearest(role=role, organization=unit, on=on)
    notify(to=to, kind="REQUEST", text=text, link=item.get_absolute_url(), now=now)


def _house_of_office(root: Organization, on: date) -> Organization:
    """Where the people of the city's 审改办 belong: from there the chase finds them, and 督查室 if they are late."""
    offices = Posting.objects.active(on).filter(role=Role.REFORM_OFFICE, organization=root)
    first = offices.select_related("person__organization").order_by("pk").first()
    return first.person.organization if first else root


def _tell_unit(item: LedgerItem, text: str, now: datetime) -> None:
    """The answer; the office's notice of the question is over."""
    outdate(links=[item.get_absolute_url()], now=now)
    to = holders(roles=(Role.REPORTER,), organization=item.responsible_unit, on=day_of(now))
    notify(to=to, kind="ANSWER", text=text[:300], link=item.get_absolute_url(), now=now)
