"""Columns of the roster and of the tasks: declared once for page, workbook and test (house rule 10)."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Case, Count, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.timezone import localtime

from campaigns.enums import OrganizationKind
from campaigns.ground.calendar import Calendar
from campaigns.ground.lights import light
from campaigns.ground.table import Column
from campaigns.models import Campaign, Milestone, Obligation, Organization, Posting, WalkSession, WalkTask
from campaigns.querysets import in_reach

# What a duty has come to, in the order of the list: who hasn't walked stands first.
NOT_WALKED, WALKED, EXEMPT, NOT_YET, ENDED = "未走", "已走", "免走", "未到任", "已结束"
STANDINGS = (NOT_WALKED, WALKED, NOT_YET, EXEMPT, ENDED)
CITY_LEVEL, COUNTY_LEVEL = "市级", "县级"

ROSTER = (
    Column("姓名", lambda row: row.person.name, link=True, width=10),
    Column("人员编号", lambda row: row.person.code, on_page=False, width=18),
    Column("单位", lambda row: row.organization.label, width=16),
    Column("职务", lambda row: row.person.title, width=18),
    Column("身份", lambda row: row.get_rank_display(), width=12),
    Column("层级", lambda row: COUNTY_LEVEL if row.in_county else CITY_LEVEL, width=8),
    Column("起始日期", lambda row: row.starts_on, "date", width=12),
    Column("截止日期", lambda row: row.ends_on, "date", width=12),
    Column("是否已走", lambda row: STANDINGS[row.standing], "state", width=10),
    Column("走流程次数", lambda row: row.walk_count, "number", width=10),
    Column("最近一次", lambda row: row.last_walk, "date", width=12),
    Column("待完成任务", lambda row: row.task_count, "number", width=10),
    Column("免走原因", lambda row: row.exemption_reason, "long", on_page=False, width=24),
    Column("免走批准人", lambda row: _who(row.exempted_by), on_page=False, width=10),
    Column("批准日期", lambda row: _day(row.exempted_at), "date", on_page=False, width=12),
)


def roster_rows(rows: QuerySet, campaign: Campaign, on: date) -> QuerySet:
    """`rows` (obligations) with everything ROSTER shows, 未走 first, in one query."""
    return (
        with_standing(rows, campaign, on)
        .select_related("person", "organization", "exempted_by__person")
        .annotate(
            last_walk=Subquery(_walks(campaign).annotate(last=Max("held_on")).values("last")),
            task_count=Coalesce(Subquery(_tasks(campaign)), 0),
            in_county=Case(
                When(county_places(), then=Value(1)), default=Value(0), output_field=IntegerField()
            ),
        )
        .order_by("standing", "organization__path", "person__code", "starts_on")
    )


def with_standing(rows: QuerySet, campaign: Campaign, on: date) -> QuerySet:
    """`rows` with `walk_count` in the campaign and `standing`, the place in STANDINGS on the day `on`."""
    walks = _walks(campaign).annotate(total=Count("pk", distinct=True)).values("total")
    return rows.annotate(walk_count=Coalesce(Subquery(walks), 0)).annotate(
        standing=Case(
            When(ends_on__lt=on, then=Value(STANDINGS.index(ENDED))),
            When(exempted_at__isnull=False, then=Value(STANDINGS.index(EXEMPT))),
            When(starts_on__gt=on, then=Value(STANDINGS.index(NOT_YET))),
            When(walk_count__gt=0, then=Value(STANDINGS.index(WALKED))),
            default=Value(STANDINGS.index(NOT_WALKED)),
            output_field=IntegerField(),
        )
    )


def _walks(campaign: Campaign) -> QuerySet:
    held = WalkSession.objects.in_campaign(campaign).held()
    return held.filter(walkers=OuterRef("person")).order_by().values("walkers")


def _tasks(campaign: Campaign) -> QuerySet:
    waiting = WalkTask.objects.waiting().in_campaign(campaign).filter(person=OuterRef("person"))
    return waiting.order_by().values("person").annotate(total=Count("pk")).values("total")


def county_places(prefix: str = "organization") -> Q:
    """Rows whose unit is a county government or stands under one."""
    found = Q(pk__in=[])
    for path in Organization.objects.filter(kind=OrganizationKind.COUNTY).values_list("path", flat=True):
        found |= Q(**{f"{prefix}__path__startswith": path})
    return found


TASKS = (
    Column("走流程人员", lambda row: row.person.name if row.person else "由单位安排", width=12),
    Column("承担单位", lambda row: row.organization.label, width=16),
    Column("事项", lambda row: row.matter.name, link=True, width=24),
    Column("体验形式", lambda row: row.get_mode_display(), width=10),
    Column("地点", lambda row: row.walked_unit.label, width=16),
    Column("来源", lambda row: row.get_origin_display(), width=12),
    Column("安排日期", lambda row: _day(row.assigned_at), "date", on_page=False, width=12),
    Column("期限", lambda row: row.deadline.due_on if row.deadline else None, "date", width=12),
    Column("灯", lambda row: row.light, "light", width=8),
    Column("状态", lambda row: row.state_label, "state", width=10),
    Column("完成日期", lambda row: row.done_on, "date", width=12),
    Column("登记编号", lambda row: row.session.number if row.session else "", on_page=False, width=24),
    Column("理由", lambda row: row.reason, "long", on_page=False, width=30),
    Column("撤回原因", lambda row: row.withdrawal_reason, "long", on_page=False, width=24),
)


def with_rest(tasks: QuerySet) -> QuerySet:
    """`tasks` with `rest`: 0 for those that wait, which stand first."""
    waiting = When(done_on=None, withdrawn_on=None, then=Value(0))
    return tasks.annotate(rest=Case(waiting, default=Value(1), output_field=IntegerField()))


def task_rows(tasks: QuerySet) -> QuerySet:
    """`tasks` with everything TASKS shows but the light: what waits first, by its date."""
    rows = with_rest(tasks).select_related(
        "organization", "person", "matter", "walked_unit", "deadline", "session"
    )
    return rows.order_by("rest", "deadline__due_on", "pk")


def lit_tasks(tasks: Iterable[WalkTask], *, on: date, calendar: Calendar) -> list[WalkTask]:
    """Tasks with their `light` on the day `on`."""
    listed = list(tasks)
    for task in listed:
        task.light = light_of_clock(task.deadline, on=on, calendar=calendar, ended=bool(task.withdrawn_on))
    return listed


def light_of_clock(deadline: Any, *, on: date, calendar: Calendar, ended: bool = False) -> str:
    """The light of a task's or a node's clock; 逾期办结 when it was settled after its date; — for none or withdrawn."""
    if deadline is None or ended:
        return "—"
    settled = deadline.settled_on
    return light(
        on=on,
        phase="open" if deadline.is_open else "done",
        due_on=deadline.due_on,
        starts_on=deadline.starts_on,
        was_late=bool(settled and settled > deadline.due_on),
        calendar=calendar,
    ).value


def nodes_in_reach(posting: Posting, campaign: Campaign, on: date) -> list[Milestone]:
    """The campaign's nodes with the units in reach: how many have a clock, are done, are late. One query."""
    mine = in_reach(posting, "duties__organization")
    late = mine & Q(duties__deadline__is_open=True, duties__deadline__due_on__lt=on)
    return list(
        Milestone.objects.filter(campaign=campaign)
        .annotate(
            units=Count("duties", filter=mine, distinct=True),
            done=Count("duties", filter=mine & Q(duties__deadline__is_open=False), distinct=True),
            late=Count("duties", filter=late, distinct=True),
            moves=Count("changes", distinct=True),
        )
        .order_by("due_on", "pk")
    )


def _who(user: Any) -> str:
    person = getattr(user, "person", None) if user else None
    return person.name if person else (user.get_full_name() or user.get_username()) if user else ""


def _day(moment: Any) -> date | None:
    return localtime(moment).date() if moment else None


def approver(row: Obligation) -> str:
    """Who approved the exemption, by name."""
    return _who(row.exempted_by)
