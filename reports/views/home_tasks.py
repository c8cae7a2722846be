"""The block “我的走流程任务” of the home: what waits, what is late first. For 体验人 their own, for 填报员 their unit's."""

from datetime import date

from campaigns.enums import Role
from campaigns.ground.table import Table
from campaigns.ground.workdays import load_calendar
from campaigns.models import Posting, WalkTask
from campaigns.plan_lists import TASKS, lit_tasks, task_rows

SHOWN = 5


def my_tasks(posting: Posting, on: date) -> dict:
    """`my_tasks` (a Table) and `my_tasks_left` (how many more there are) for the template; nothing for other roles."""
    if posting.role not in (Role.WALKER, Role.REPORTER):
        return {}
    waiting = WalkTask.objects.visible_to(posting).waiting()
    rows = lit_tasks(task_rows(waiting)[:SHOWN], on=on, calendar=load_calendar())
    shown = Table(TASKS, rows, url=WalkTask.get_absolute_url)
    return {"my_tasks": shown, "my_tasks_count": waiting.count()}
