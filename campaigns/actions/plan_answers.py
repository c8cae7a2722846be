"""Which walks answer planned and cross tasks, and which no longer do (衡政办函〔2022〕16号 三). Tasks: planned_tasks."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from campaigns.actions.deadlines import reopen_deadline, settle
from campaigns.enums import SessionState, TaskOrigin
from campaigns.ground import audit
from campaigns.ground.clock import day_of
from campaigns.ground.workdays import load_calendar
from campaigns.models import Organization, WalkSession, WalkTask
from campaigns.models.organizations import ways_up

PLANNED = (TaskOrigin.PLAN, TaskOrigin.CROSS)
_NO_LONGER = "走流程登记改动后，不再与任务相符"


@transaction.atomic
def answer_planned(*, sessions: Iterable[WalkSession]) -> int:
    """Held walks settle the planned and cross tasks they match; returns how many. Asked again, nothing changes.

    A planned task wants its person, matter, form and place; a cross task only that the unit has walked in that county.
    A walk counts from the day it was held (补录 too), and not for a task that was assigned later.
    """
    walks = [walk for walk in sessions if walk.state != SessionState.DRAFT]
    if not walks:
        return 0
    walkers, units = _walkers(walks), _units_of(walks)
    rows = _within_reach(walks, walkers, units).select_related("organization", "walked_unit")
    rows = list(rows.order_by("pk"))
    found = {}
    for walk in sorted(walks, key=lambda walk: walk.started_at):
        for task in rows:
            if task.pk not in found and _matches(task, walk, walkers[walk.pk], units):
                found[task.pk] = walk
    return _done(found) if found else 0


def _within_reach(
    walks: list[WalkSession], walkers: dict[int, set[int]], units: dict[int, Organization]
) -> QuerySet:
    """Waiting tasks that one of `walks` may match: of their people or their unit, at their place, of their matter."""
    walking = {way for walk in walks for way in ways_up(units[walk.reporting_unit_id].path)}
    walked = {way for walk in walks for way in ways_up(units[walk.walked_unit_id].path)}
    people = {person for own in walkers.values() for person in own}
    return WalkTask.objects.waiting().filter(
        Q(person__in=people) | Q(person__isnull=True, organization__path__in=walking),
        Q(origin=TaskOrigin.CROSS) | Q(origin=TaskOrigin.PLAN, matter__in={walk.matter_id for walk in walks}),
        walked_unit__path__in=walked,
        campaign__in={walk.campaign_id for walk in walks},
    )


def _walkers(walks: list[WalkSession]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {walk.pk: set() for walk in walks}
    through = WalkSession.walkers.through.objects.filter(walksession__in=found)
    for walk, person in through.values_list("walksession_id", "person_id"):
        found[walk].add(person)
    return found


def _matches(task: WalkTask, walk: WalkSession, walkers: set[int], units: dict[int, Organization]) -> bool:
    if task.campaign_id != walk.campaign_id or walk.held_on < day_of(task.assigned_at):
        return False
    if task.person_id is not None and task.person_id not in walkers:
        return False
    if task.person_id is None and not task.organization.covers(units[walk.reporting_unit_id]):
        return False
    if not task.walked_unit.covers(units[walk.walked_unit_id]):
        return False
    return task.origin == TaskOrigin.CROSS or (task.matter_id == walk.matter_id and task.mode == walk.mode)


def _done(found: dict[int, WalkSession]) -> int:
    tasks = WalkTask.objects.waiting().filter(pk__in=found).select_related("deadline").order_by("pk")
    settled = 0
    for task in tasks.select_for_update(of=("self",)):
        walk = found[task.pk]
        task.session, task.done_on = walk, walk.held_on
        task.save(update_fields=["session", "done_on"])
        if task.deadline is not None:
            settle(deadline=task.deadline, on=max(walk.held_on, task.deadline.starts_on))
        settled += 1
    return settled


@transaction.atomic
def release_planned(*, sessions: Iterable[WalkSession], now: datetime) -> None:
    """A walk that was changed gives back the tasks it no longer matches; they wait again with the date they had."""
    walks = [walk for walk in sessions if walk.state != SessionState.DRAFT]
    by_pk = {walk.pk: walk for walk in walks}
    tasks = list(_done_by(by_pk))
    if not tasks:
        return
    walkers = _walkers(walks)
    units = _units_of(walks)
    for task in tasks:
        walk = by_pk[task.session_id]
        if _matches(task, walk, walkers[walk.pk], units):
            continue
        task.session, task.done_on = None, None
        task.save(update_fields=["session", "done_on"])
        clock = task.deadline
        if clock is not None:
            given = {"calendar": load_calendar(), "on": day_of(now), "reason": _NO_LONGER}
            reopen_deadline(deadline=clock, due_on=clock.due_on, **given)
        told = {"走流程登记": walk.number, "原因": _NO_LONGER}
        audit.record(by=None, verb="恢复走流程任务", subject=task, detail=told, now=now)


def _done_by(sessions: Iterable[int]) -> QuerySet:
    tasks = WalkTask.objects.filter(origin__in=PLANNED, session__in=list(sessions))
    tasks = tasks.select_related("organization", "walked_unit", "deadline").order_by("pk")
    return tasks.select_for_update(of=("self",))


def _units_of(walks: list[WalkSession]) -> dict[int, Organization]:
    pks = {pk for walk in walks for pk in (walk.reporting_unit_id, walk.walked_unit_id)}
    return Organization.objects.in_bulk(pks)
