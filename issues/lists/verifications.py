"""待核验: columns of the items that wait for somebody to go and look."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from campaigns.ground.calendar import Calendar
from campaigns.ground.clock import day_of
from campaigns.ground.table import Column
from issues.lists.cells import day, label
from issues.models import Recurrence
from issues.verifying import whole_because


def _asked(item: Any) -> str:
    why = whole_because(item)
    if why:
        return f"全程再走一遍（{why}）"
    step = item.problem.get_step_display()
    return f"再走一次“{step}”" if step else "再走一次出问题的环节"


WAITING = (
    Column("台账编号", lambda row: row.number, link=True, width=20),
    Column("整改事项", lambda row: row.problem.text, "long", width=40),
    Column("事项", lambda row: row.problem.matter.name if row.problem.matter else "", width=20),
    Column("责任单位", lambda row: label(row.responsible_unit), width=14),
    Column("状态", lambda row: row.get_state_display(), "state", width=12),
    Column("申请销号日期", lambda row: day(row.applied_at), "date", width=12),
    Column("已等待工作日", lambda row: row.waited, "number", width=10),
    Column("要走什么", _asked, width=24),
)


def waiting_rows(items: QuerySet) -> QuerySet:
    """`items` with what WAITING shows, who has waited longest first."""
    related = ("problem__matter", "problem__category", "responsible_unit", "verification")
    again = Recurrence.objects.again().where_later(OuterRef("pk"))
    return items.select_related(*related).annotate(recurs=Exists(again)).order_by("applied_at", "pk")


def with_waited(items: Iterable[Any], *, on: date, calendar: Calendar) -> list[Any]:
    """The working days each has waited by `on`, hung on the row."""
    listed = list(items)
    for item in listed:
        item.waited = calendar.workdays_between(day_of(item.applied_at), on)
    return listed
