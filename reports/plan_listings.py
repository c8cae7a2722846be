"""应走名单, 走流程任务 and 重点事项覆盖 as exports: the rows of the round the page was showing (reports.listings names them)."""

from typing import Any

from django.db.models import QuerySet

from campaigns import plan_lists
from campaigns.coverage import read_coverage
from campaigns.coverage_page import COVERAGE, CoverageFilter, HeatMap, heat_map
from campaigns.enums import BUSINESS_ROLES, Role
from campaigns.forms.plan import RosterFilter, TaskFilter
from campaigns.models import Campaign, Matter, Obligation, Person, WalkTask
from campaigns.overlooked import OVERLOOKED, overlooked, overlooked_rows
from campaigns.plan_lists import ROSTER, TASKS
from campaigns.rounds import shown_campaign
from reports.listing import Asked, Listing


def asked_round(asked: Asked) -> Campaign | None:
    """The campaign the page was showing."""
    return shown_campaign(asked.query.get("campaign", ""))


def asked_roster(asked: Asked) -> QuerySet:
    """The page's own filter over the page's own scope."""
    rows = Obligation.objects.visible_to(asked.posting)
    campaign = asked_round(asked)
    if campaign is None:
        return rows.none()
    return RosterFilter(asked.query or None, campaign=campaign, on=asked.on).narrow(rows)


def loaded_roster(rows: QuerySet, asked: Asked) -> QuerySet:
    campaign = asked_round(asked)
    return plan_lists.roster_rows(rows, campaign, asked.on) if campaign else rows


def asked_tasks(asked: Asked) -> QuerySet:
    rows = WalkTask.objects.visible_to(asked.posting)
    campaign = asked_round(asked)
    if campaign is None:
        return rows.none()
    return TaskFilter(asked.query or None, campaign=campaign, on=asked.on).narrow(rows)


def lit_tasks(rows: list[Any], asked: Asked, serial: int) -> list[Any]:
    return plan_lists.lit_tasks(rows, on=asked.on, calendar=asked.calendar)


def _heat(asked: Asked) -> HeatMap | None:
    campaign = asked_round(asked)
    if campaign is None:
        return None
    return heat_map(read_coverage(campaign), asked.posting, CoverageFilter(asked.query or None))


def asked_coverage(asked: Asked) -> QuerySet:
    """The key matters the page shows as lines of its heat map."""
    heat = _heat(asked)
    return Matter.objects.filter(pk__in=[line.matter.pk for line in heat.lines] if heat else [])


def coverage_rows(rows: QuerySet) -> QuerySet:
    return rows.select_related("owner").order_by("code")


def with_lines(rows: list[Any], asked: Asked, serial: int) -> list[Any]:
    """`rows` with `line`, what the heat map says of each."""
    heat = _heat(asked)
    lines = {line.matter.pk: line for line in heat.lines} if heat else {}
    for row in rows:
        row.line = lines[row.pk]
    return rows


def asked_overlooked(asked: Asked) -> QuerySet:
    """名单核对, as its page shows it."""
    return overlooked(Person.objects.visible_to(asked.posting), asked.on)


_NO_WALKER = tuple(role for role in BUSINESS_ROLES if role != Role.WALKER)
PLAN = (
    Listing("plan_people", "应走名单", ROSTER, asked_roster, loaded_roster, page="plan_people"),
    Listing(
        "plan_overlooked",
        "名单核对",
        OVERLOOKED,
        asked_overlooked,
        lambda rows, asked: overlooked_rows(rows),
        _NO_WALKER,
        page="plan_overlooked",
    ),
    Listing(
        "plan_tasks",
        "走流程任务",
        TASKS,
        asked_tasks,
        lambda rows, asked: plan_lists.task_rows(rows),
        finish=lit_tasks,
        page="task_list",
    ),
    Listing(
        "plan_matters",
        "重点事项覆盖",
        COVERAGE,
        asked_coverage,
        lambda rows, asked: coverage_rows(rows),
        finish=with_lines,
        page="plan_matters",
    ),
)
