"""Tasks 人 × 事项 × 形式 × 地点: assigned, withdrawn with a reason, done by the walk that matches (衡政办函〔2022〕16号 二、三).

Compulsory 倒推办 tasks have a door of their own (complaint_tasks); all are chased by the one engine.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from campaigns.actions.deadlines import open_deadline, settle
from campaigns.actions.notices import notify
from campaigns.actions.recipients import holders
from campaigns.enums import CampaignState, OrganizationKind, Role, SessionMode, TaskOrigin
from campaigns.ground import audit
from campaigns.ground.calendar import Calendar
from campaigns.ground.clock import day_of
from campaigns.ground.deadlines import DeadlineKind
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Campaign, Matter, Organization, Person, Posting, User, WalkTask
from campaigns.permissions_plan import check_can_cross, check_can_plan, check_can_withdraw


@dataclass(frozen=True)
class Wish:
    """One task to assign. person None: whoever the unit sends."""

    organization: Organization
    matter: Matter
    mode: str
    walked_unit: Organization
    person: Person | None = None
    reason: str = ""


@transaction.atomic
def assign_tasks(
    *,
    campaign: Campaign,
    wishes: Sequence[Wish],
    due_on: date,
    by: Posting,
    now: datetime,
    calendar: Calendar,
    origin: str = TaskOrigin.PLAN,
) -> list[WalkTask]:
    """Assign all of `wishes`, or none; each gets a clock, each person and unit one notice.

    Raises NotAllowed for another unit's people, a person of another unit, 坐窗办 away from home, a date that has passed,
    a task that is there already, or a campaign that is over.
    """
    if campaign.state != CampaignState.OPEN:
        raise NotAllowed(f"{campaign.name}不在进行中，不能安排任务。")
    if due_on < day_of(now):
        raise NotAllowed("完成期限不能早于今天。")
    if not wishes:
        raise NotAllowed("没有选择要安排的任务。")
    if origin == TaskOrigin.CROSS:
        check_can_cross(by)
    tasks = []
    for wish in wishes:
        _check(wish, campaign, by, origin)
        tasks.append(_assign(wish, campaign, due_on, by, now, calendar, origin))
    _tell(tasks, now)
    numbers = {"任务": [task.pk for task in tasks], "期限": due_on}
    audit.record(by=by, verb="安排走流程任务", subject=campaign, detail=numbers, now=now)
    return tasks


def _check(wish: Wish, campaign: Campaign, by: Posting, origin: str) -> None:
    unit = wish.organization
    check_can_plan(by, unit)
    if wish.person is not None and not unit.covers(wish.person.organization):
        raise NotAllowed(f"{wish.person.name}不是{unit.label}的人员。")
    if wish.mode == SessionMode.WINDOW and not _has_window(unit, wish.walked_unit):
        raise NotAllowed("坐窗办在本单位窗口进行，请改选地点或形式。")
    if origin == TaskOrigin.CROSS:
        return  # once a pair: walktask_cross_once
    twin = WalkTask.objects.waiting().in_campaign(campaign).filter(origin=origin, organization=unit)
    if twin.filter(
        person=wish.person, matter=wish.matter, mode=wish.mode, walked_unit=wish.walked_unit
    ).exists():
        who = wish.person.name if wish.person else unit.label
        raise NotAllowed(f"{who}已有同样的任务：{wish.matter.name}（{SessionMode(wish.mode).label}）。")


def _has_window(unit: Organization, place: Organization) -> bool:
    """坐窗办 is done at one's own counter, or in a 政务大厅, where departments sit side by side."""
    if OrganizationKind.HALL in (unit.kind, place.kind):
        return True
    return unit.covers(place) or place.covers(unit)


def _assign(
    wish: Wish, campaign: Campaign, due_on: date, by: Posting, now: datetime, calendar: Calendar, origin: str
) -> WalkTask:
    deadline = open_deadline(
        kind=DeadlineKind.TASK,
        title=title_of(wish, origin),
        link="",
        campaign=campaign,
        organization=wish.organization,
        person=wish.person,
        starts_on=day_of(now),
        due_on=due_on,
        calendar=calendar,
    )
    try:
        with transaction.atomic():
            task = WalkTask.objects.create(
                campaign=campaign,
                origin=origin,
                organization=wish.organization,
                person=wish.person,
                matter=wish.matter,
                mode=wish.mode,
                walked_unit=wish.walked_unit,
                reason=wish.reason,
                deadline=deadline,
                assigned_at=now,
                assigned_by=by.person.user,
            )
    except IntegrityError as error:
        pair = f"{wish.organization.label}到{wish.walked_unit.label}"
        raise NotAllowed(f"{pair}的交叉走流程已经安排过。") from error
    deadline.link = task.get_absolute_url()
    deadline.save(update_fields=["link"])
    return task


def title_of(wish: Wish, origin: str = TaskOrigin.PLAN) -> str:
    """What the digest calls the task."""
    who = wish.person.name if wish.person else wish.organization.label
    if origin == TaskOrigin.CROSS:
        return f"{who}到{wish.walked_unit.label}交叉走流程"
    return f"{who}：{SessionMode(wish.mode).label}“{wish.matter.name}”（{wish.walked_unit.label}）"


def _tell(tasks: list[WalkTask], now: datetime) -> None:
    """One notice a unit's clerks, one a walker with an account, however many tasks."""
    by_unit: dict[int, list[WalkTask]] = {}
    for task in tasks:
        by_unit.setdefault(task.organization_id, []).append(task)
    for own in by_unit.values():
        first = own[0]
        clerks = holders(roles=(Role.REPORTER,), organization=first.organization, on=day_of(now))
        _notice(clerks, own, now)
        for person in {task.person for task in own if task.person and task.person.user_id}:
            _notice([person.user], [task for task in own if task.person == person], now)


def _notice(to: list[User], tasks: list[WalkTask], now: datetime) -> None:
    first = tasks[0]
    more = f"等 {len(tasks)} 项" if len(tasks) > 1 else ""
    text = f"走流程任务：{first.deadline.title}{more}，请于 {first.deadline.due_on:%Y-%m-%d} 前完成"
    link = first.get_absolute_url() if len(tasks) == 1 else "/plan/tasks/"
    notify(to=to, kind="TASK", text=text, link=link, now=now)


@transaction.atomic
def withdraw_task(*, task: WalkTask, reason: str, by: Posting, now: datetime) -> WalkTask:
    """Take a task back: its clock stops. Raises NotAllowed when it is done or withdrawn, without a reason, or by a stranger."""
    rows = WalkTask.objects.select_for_update(of=("self",))
    task = rows.select_related("organization", "deadline", "assigned_by__person__organization").get(
        pk=task.pk
    )
    check_can_withdraw(by, task)
    reason = " ".join(reason.split())
    if not reason:
        raise NotAllowed("请写明撤回原因。")
    if task.done_on or task.withdrawn_on:
        raise NotAllowed(f"任务{task.state_label}，不能撤回。")
    task.withdrawn_on, task.withdrawal_reason = day_of(now), reason
    task.save(update_fields=["withdrawn_on", "withdrawal_reason"])
    if task.deadline_id:
        settle(deadline=task.deadline, on=max(day_of(now), task.deadline.starts_on))
    audit.record(by=by, verb="撤回走流程任务", subject=task, detail={"原因": reason}, now=now)
    return task
