"""销号, step by step: 申请 with evidence, 单位审核, 销号审核, 退回重办, 撤销销号 (contract §7.2–§7.5).

衡政办函〔2022〕16号 五(二) “逐一销号解决”.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from campaigns.actions.deadlines import reopen_deadline
from campaigns.ground.calendar import Calendar
from campaigns.ground.clock import day_of
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.uploads import Vetted
from campaigns.ground.workdays import load_calendar
from campaigns.models import Posting
from issues.actions.evidence import attach_files
from issues.actions.moving import move_item, stop_clocks
from issues.actions.recurrences import check_institution
from issues.actions.verifying import ask_verification
from issues.enums import MoveName, RectifyKind
from issues.models import LedgerItem
from issues.permissions import needs_verification, review_is_waived
from issues.verifying import is_answered, whole_because
from issues.workflow import check_can_move

LEAST_DAYS_AFTER_RETURN = 3
# What was granted to one application ends with it: the next one is verified, or waived anew with its own reason.
_ROUND_OVER = {"is_review_waived": False, "waiver_reason": ""}


def _check_shown(item: LedgerItem, note: str) -> None:
    """Files are optional, a written 整改情况 will do (contract §9); but something has to show it."""
    if not note.strip() and not item.evidence.exists():
        raise NotAllowed("申请销号要写明整改情况，或上传佐证材料。")


@transaction.atomic
def finish_quick(
    *,
    item: LedgerItem,
    by: Posting,
    now: datetime,
    note: str = "",
    files: Iterable[Vetted] = (),
    calendar: Calendar | None = None,
) -> LedgerItem:
    """立行立改办结 = 申请销号 without signature, with the `files` that show it (contract §7.2)."""
    check_can_move(item=item, name=MoveName.FINISH, by=by)
    attach_files(item=item, files=files, by=by, now=now)
    _check_shown(item, note)
    if not item.finding.measures.exists():
        raise NotAllowed("请先填写解决措施，再办结。")
    check_institution(item, "办结")
    on = day_of(now)
    late = bool(item.deadline_id and on > item.deadline.due_on)
    item = move_item(
        item=item,
        name=MoveName.FINISH,
        by=by,
        now=now,
        note=note,
        changes={"is_review_waived": True, "was_late": item.was_late or late},
        calendar=calendar or load_calendar(),
    )
    stop_clocks(item, on)
    return item


@transaction.atomic
def apply_for_closure(
    *,
    item: LedgerItem,
    by: Posting,
    now: datetime,
    note: str = "",
    files: Iterable[Vetted] = (),
    calendar: Calendar | None = None,
) -> LedgerItem:
    """申请销号 with the `files` that show it; the unit's clock stops, a late application is remembered (contract §7.5)."""
    check_can_move(item=item, name=MoveName.APPLY, by=by)
    check_institution(
        item, "申请销号"
    )  # the closer asks for it, too, but then it's too late to write a measure
    attach_files(item=item, files=files, by=by, now=now)
    _check_shown(item, note)
    on = day_of(now)
    late = bool(item.deadline_id and on > item.deadline.due_on)
    waived = review_is_waived(item.responsible_unit, on)
    item = move_item(
        item=item,
        name=MoveName.APPLY_DIRECT if waived else MoveName.APPLY,
        by=by,
        now=now,
        note=note,
        changes={"is_review_waived": waived, "was_late": item.was_late or late},
        calendar=calendar or load_calendar(),
    )
    stop_clocks(item, on)
    ask_verification(item=item, now=now)
    return item


@transaction.atomic
def pass_review(
    *, item: LedgerItem, by: Posting, now: datetime, note: str = "", calendar: Calendar | None = None
) -> LedgerItem:
    """单位审核通过 by somebody other than the applicant (contract §7.3)."""
    return move_item(
        item=item, name=MoveName.PASS_REVIEW, by=by, now=now, note=note, calendar=calendar or load_calendar()
    )


@transaction.atomic
def fail_review(
    *, item: LedgerItem, by: Posting, now: datetime, note: str, calendar: Calendar | None = None
) -> LedgerItem:
    """单位审核退回: the days that were left come back, at least 3 (contract §7.5). The unit's own affair: not counted."""
    return _give_back(
        item=item, name=MoveName.FAIL_REVIEW, by=by, now=now, note=note, calendar=calendar, counted=False
    )


@transaction.atomic
def return_(
    *, item: LedgerItem, by: Posting, now: datetime, note: str, calendar: Calendar | None = None
) -> LedgerItem:
    """退回重办 at the final review; counted, and the days that were left come back, at least 3."""
    name = MoveName.RETURN_QUICK if item.is_quick else MoveName.RETURN
    return _give_back(item=item, name=name, by=by, now=now, note=note, calendar=calendar, counted=True)


def _give_back(
    *,
    item: LedgerItem,
    name: str,
    by: Posting,
    now: datetime,
    note: str,
    calendar: Calendar | None,
    counted: bool,
) -> LedgerItem:
    calendar = calendar or load_calendar()
    on = day_of(now)
    applied_on = day_of(item.applied_at) if item.applied_at else on
    item = move_item(
        item=item,
        name=name,
        by=by,
        now=now,
        note=note,
        changes={"return_count": item.return_count + counted, **_ROUND_OVER},
        calendar=calendar,
    )
    if item.deadline_id:
        left = calendar.workdays_between(applied_on, item.deadline.due_on)
        due_on = calendar.add_workdays(on, max(left, LEAST_DAYS_AFTER_RETURN))
        reopen_deadline(deadline=item.deadline, due_on=due_on, calendar=calendar, on=on)
    return item


@transaction.atomic
def close(
    *, item: LedgerItem, by: Posting, now: datetime, note: str = "", calendar: Calendar | None = None
) -> LedgerItem:
    """销号; 长期坚持 is recorded as 阶段性完成 instead. Category A and C need 回头看核验 first (contract §7.3, §7.4)."""
    name = MoveName.STAGE if item.rectify_kind == RectifyKind.LASTING else MoveName.CLOSE
    check_can_move(item=item, name=name, by=by)
    check_verified(LedgerItem.objects.select_related("verification", "problem__category").get(pk=item.pk))
    check_institution(item, "销号")
    return move_item(item=item, name=name, by=by, now=now, note=note, calendar=calendar or load_calendar())


def check_verified(item: LedgerItem) -> None:
    """Raise NotAllowed when the item still needs a 回头看核验 that shows an improvement, or a waiver."""
    if not needs_verification(item) or item.waiver_reason:
        return
    found = item.verification
    if found is None:
        raise NotAllowed("这条台账要先回头看核验（或写明免核验原因），才能销号。")
    if not is_answered(item):
        raise NotAllowed("回头看核验早于本次申请销号，请重新核验。")
    if found.verified_by_id == item.applied_by_id:
        raise NotAllowed("回头看核验是申请人自己做的，请由其他人重新核验。")
    if not found.is_improved:
        raise NotAllowed("回头看核验没有看到改善，只能退回重办。")
    if (why := whole_because(item)) and not found.is_whole:
        raise NotAllowed(f"这条台账要全程再走一遍（{why}），现有核验只走了一个环节，请重新核验。")


@transaction.atomic
def reopen(
    *, item: LedgerItem, by: Posting | None, now: datetime, note: str, calendar: Calendar | None = None
) -> LedgerItem:
    """撤销销号 after a failed follow-up (五(三) 抽查回访); 立行立改 comes back as 限期整改. `by` None: the day's run."""
    calendar = calendar or load_calendar()
    on = day_of(now)
    changes: dict = {"return_count": item.return_count + 1, **_ROUND_OVER}
    quick = item.is_quick
    if quick:
        changes |= {"rectify_kind": RectifyKind.DATED, "deadline": None}
    item = move_item(
        item=item,
        name=MoveName.REOPEN_QUICK if quick else MoveName.REOPEN,
        by=by,
        now=now,
        note=note,
        changes=changes,
        calendar=calendar,
    )
    if item.deadline_id:
        due_on = calendar.add_workdays(on, LEAST_DAYS_AFTER_RETURN)
        reopen_deadline(deadline=item.deadline, due_on=due_on, calendar=calendar, on=on)
    return item
