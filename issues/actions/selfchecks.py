"""举一反三: 审改办 asks every unit that runs the matter whether it has the same problem, and each answers by its date.

衡政办函〔2022〕16号 五(二) “注重从体制机制层面解决问题…杜绝同类问题反复发生”. The one chase engine runs after the dates.
"""

from datetime import date, datetime

from django.db import transaction

from campaigns.actions.deadlines import open_deadline, settle
from campaigns.actions.notices import notify
from campaigns.actions.recipients import holders
from campaigns.enums import OrganizationKind, Role
from campaigns.ground import audit
from campaigns.ground.calendar import Calendar
from campaigns.ground.clock import day_of
from campaigns.ground.deadlines import DeadlineKind
from campaigns.ground.files import FileKind, store_bytes
from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.ground.uploads import Vetted
from campaigns.ground.workdays import load_calendar
from campaigns.models import Organization, Posting
from campaigns.whole_walks import running_units
from issues.enums import SelfCheckAnswer
from issues.models import CorrectedAnswer, LedgerItem, Problem, SelfCheck, SelfCheckRound
from issues.permissions_twins import check_can_answer, check_can_spread


def units_to_ask(*, item: LedgerItem, by: Posting) -> list[tuple[Organization, str]]:
    """Every unit in reach that runs the item's matter, with how it does; but the one that had the problem.

    上级单位 are never chased (contract §7.7) and not asked.
    """
    return [
        (unit, relation)
        for unit, relation, _ in running_units(item.problem.matter)
        if unit.pk != item.responsible_unit_id and unit.kind != OrganizationKind.SUPERIOR and by.covers(unit)
    ]


@transaction.atomic
def start_selfchecks(
    *,
    item: LedgerItem,
    by: Posting,
    now: datetime,
    request: str,
    due_on: date,
    calendar: Calendar | None = None,
) -> SelfCheckRound:
    """Ask them all at once: one row, one clock and one notice a unit. Once an item."""
    item = (
        LedgerItem.objects.select_for_update(of=("self",))
        .select_related("campaign", "responsible_unit", "problem__matter")
        .get(pk=item.pk)
    )
    check_can_spread(by, item)
    if SelfCheckRound.objects.filter(item=item).exists():
        raise Changed("这个问题已经发起过举一反三，请看自查进展。")
    on, calendar = day_of(now), calendar or load_calendar()
    units = units_to_ask(item=item, by=by)
    if not units:
        raise NotAllowed("您的管辖范围内没有其他单位办理这个事项，不用发起举一反三。")
    if due_on <= on:
        raise NotAllowed("完成时限要晚于今天。")
    started = SelfCheckRound.objects.create(
        campaign=item.campaign,
        item=item,
        matter=item.problem.matter,
        request=request.strip(),
        due_on=due_on,
        started_at=now,
        started_by=by.person.user,
    )
    for unit, _ in units:
        _ask(started, unit, on, now, calendar)
    audit.record(by=by, verb="发起举一反三", subject=item, detail={"units": len(units)}, now=now)
    return started


def _ask(started: SelfCheckRound, unit: Organization, on: date, now: datetime, calendar: Calendar) -> None:
    deadline = open_deadline(
        kind=DeadlineKind.SELF_CHECK,
        title=f"举一反三自查：{started.matter.name}",
        link="",
        campaign=started.campaign,
        organization=unit,
        starts_on=on,
        due_on=started.due_on,
        calendar=calendar,
    )
    check = SelfCheck.objects.create(round=started, organization=unit, deadline=deadline)
    deadline.link = check.get_absolute_url()
    deadline.save(update_fields=["link"])
    to = holders(roles=(Role.REPORTER, Role.HEAD), organization=unit, on=on)
    text = f"请对照“{started.matter.name}”的一个问题举一反三自查，{deadline.due_on:%Y-%m-%d} 前答复。"
    notify(to=to, kind="SELF_CHECK", text=text, link=deadline.link, now=now)


@transaction.atomic
def answer_selfcheck(
    *, selfcheck: SelfCheck, by: Posting, now: datetime, answer: str, text: str, file: Vetted | None = None
) -> SelfCheck:
    """有 or 无, with what was looked at; the unit's clock stops. Once: a wrong 无 is corrected, a 有 stands."""
    row = _lock(selfcheck)
    check_can_answer(by, row.organization)
    if row.answer:
        raise Changed(f"这项自查已经答复为“{row.get_answer_display()}”，请看下面的最新情况。")
    _write(row, answer, text, file, by, now)
    settle(deadline=row.deadline, on=day_of(now))
    audit.record(by=by, verb="答复举一反三自查", subject=row.round.item, detail=_told(row), now=now)
    return row


@transaction.atomic
def correct_selfcheck(
    *, selfcheck: SelfCheck, by: Posting, now: datetime, text: str, file: Vetted | None = None
) -> SelfCheck:
    """更正为“有”: the unit said 无 and has it after all. The first answer stays on record; who asked is told.

    Only this way round: a 有 is not taken back, it leads to a problem that is registered and mended.
    """
    row = _lock(selfcheck)
    check_can_answer(by, row.organization)
    if row.answer != SelfCheckAnswer.NONE:
        said = row.get_answer_display() or "待答复"
        raise Changed(f"这项自查现在是“{said}”，只有答复为“无”的可以更正。请看下面的最新情况。")
    CorrectedAnswer.objects.create(
        selfcheck=row,
        text=row.text,
        file=row.file,
        answered_at=row.answered_at,
        answered_by=row.answered_by,
        corrected_at=now,
    )
    row.file = None
    _write(row, SelfCheckAnswer.FOUND, text, file, by, now)
    told = f"{row.organization.label}把“{row.round.matter.name}”的自查结果由“无”更正为“有”。"
    notify(to=[row.round.started_by], kind="SELF_CHECK", text=told, link=row.get_absolute_url(), now=now)
    audit.record(by=by, verb="更正举一反三自查", subject=row.round.item, detail=_told(row), now=now)
    return row


def _lock(selfcheck: SelfCheck) -> SelfCheck:
    rows = SelfCheck.objects.select_for_update(of=("self",))
    return rows.select_related(
        "organization", "deadline", "round__matter", "round__item", "round__started_by"
    ).get(pk=selfcheck.pk)


def _write(row: SelfCheck, answer: str, text: str, file: Vetted | None, by: Posting, now: datetime) -> None:
    if not text.strip():
        raise NotAllowed("请写明自查情况：查了哪里、看到什么。")
    row.answer, row.text = answer, text.strip()
    row.answered_at, row.answered_by = now, by.person.user
    if file is not None:
        row.file = store_bytes(
            content=file.content,
            name=file.name,
            kind=FileKind.EVIDENCE,
            content_type=file.content_type,
            by=by.person.user,
            now=now,
        )
    row.save()


def _told(row: SelfCheck) -> dict:
    told = {"unit": row.organization.code, "answer": row.answer}
    return told | ({"sha256": row.file.sha256} if row.file_id else {})


def found_by(*, selfcheck: SelfCheck | None, problem: Problem) -> None:
    """Link the problem that was registered for a self-check's 有; inside the registration's transaction."""
    if selfcheck is not None:
        linked = SelfCheck.objects.filter(pk=selfcheck.pk, answer=SelfCheckAnswer.FOUND, problem__isnull=True)
        linked.update(problem=problem)
