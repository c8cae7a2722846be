"""What a written, changed or corrected walk means for tasks: it answers them, or no longer does; first the 倒推办.

衡政办函〔2022〕16号 三、体验时间; the tasks themselves are campaigns.actions.complaint_tasks.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from campaigns.actions.complaint_tasks import answer_tasks
from campaigns.actions.deadlines import reopen_deadline
from campaigns.actions.milestones import settle_by_walks
from campaigns.actions.plan_answers import answer_planned, release_planned
from campaigns.enums import SessionMode, SessionState, TaskOrigin
from campaigns.ground import audit
from campaigns.ground.clock import day_of
from campaigns.ground.workdays import load_calendar
from campaigns.models import WalkSession, WalkTask

_NO_LONGER = "走流程登记改动后，不再对应这批工单"


@transaction.atomic
def settle_tasks(*, sessions: Iterable[WalkSession], now: datetime) -> None:
    """Held walks settle what they answer now, tasks and nodes of the plan, however they came in: page, phone, paper, workbook.

    What they answered before and don't any more waits again.
    """
    sessions = [session for session in sessions if session.state != SessionState.DRAFT]
    if WalkTask.objects.filter(session__in=[session.pk for session in sessions]).exists():
        _release(sessions, now)
        release_planned(sessions=sessions, now=now)
    answer_tasks(sessions=sessions)
    answer_planned(sessions=sessions)
    settle_by_walks(sessions=sessions)


def _release(sessions: list[WalkSession], now: datetime) -> None:
    """Tasks settled by one of `sessions` that has turned to another complaint, or to no 倒推办 at all.

    The task keeps the date it was due: nobody wins days by a slip of the pen. Another walk back held since the task was
    opened takes its place.
    """
    settled = WalkTask.objects.filter(origin=TaskOrigin.COMPLAINT, session__in=[s.pk for s in sessions])
    lost = [
        task
        for task in settled.select_related("deadline", "session__complaint").select_for_update(of=("self",))
        if not _still_answers(task.session, task)
    ]
    for task in lost:
        walk, task.session, task.done_on = task.session, None, None
        task.save(update_fields=["session", "done_on"])
        _start_again(task, day_of(now))
        detail = {"走流程登记": walk.number, "原因": _NO_LONGER}
        audit.record(by=None, verb="恢复倒推办任务", subject=task, detail=detail, now=now)
        answer_tasks(sessions=_others(task))


def _still_answers(walk: WalkSession, task: WalkTask) -> bool:
    about = walk.complaint
    return (
        walk.mode == SessionMode.BACKWARD
        and about is not None
        and (about.matter_id, about.organization_id) == (task.matter_id, task.organization_id)
    )


def _start_again(task: WalkTask, on: date) -> None:
    clock = task.deadline
    if clock is not None:
        reopen_deadline(
            deadline=clock, due_on=clock.due_on, calendar=load_calendar(), on=on, reason=_NO_LONGER
        )


def _others(task: WalkTask) -> list[WalkSession]:
    walks = WalkSession.objects.held().filter(
        mode=SessionMode.BACKWARD,
        complaint__matter=task.matter_id,
        complaint__organization=task.organization_id,
    )
    if task.deadline is not None:
        walks = walks.filter(held_on__gte=task.deadline.starts_on)
    return list(walks)
