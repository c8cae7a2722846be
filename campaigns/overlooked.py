"""Whom the document names and the people workbook passes over: shown to those who ask the unit, never written silently.

衡政办函〔2022〕16号 二; the rule is campaigns.obligation_rule.
"""

from datetime import date
from typing import Any

from django.db.models import QuerySet

from campaigns.ground.table import Column
from campaigns.models import Person
from campaigns.obligation_rule import Served, clause, is_overlooked, units_that_marked

OVERLOOKED = (
    Column("姓名", lambda row: row.name, link=True, width=10),
    Column("人员编号", lambda row: row.code, on_page=False, width=18),
    Column("单位", lambda row: row.organization.label, width=16),
    Column("单位类型", lambda row: row.organization.get_kind_display(), width=12),
    Column("职务", lambda row: row.title, width=18),
    Column("身份", lambda row: row.get_rank_display(), width=12),
    Column("文件依据", lambda row: _clause(row), width=10),
    Column("任职日期", lambda row: row.appointed_on, "date", width=12),
)


def served(people: QuerySet | None = None) -> list[Served]:
    """`people` (everybody of the workbook), as the rule reads them. One query."""
    rows = (Person.objects.all() if people is None else people).order_by("pk")
    told = rows.values_list(
        "pk",
        "organization_id",
        "organization__kind",
        "rank",
        "organization__is_participant",
        "is_obligated",
        "appointed_on",
        "left_on",
        "exemption_reason",
    )
    return [Served(*row) for row in told]


def overlooked(people: QuerySet, on: date) -> QuerySet:
    """Of `people` (whole units) those in office on the day `on` whom the rule obliges and the workbook marks 否.

    Who has a 免走原因 isn't overlooked: somebody has said why. One query now, one when it is read.
    """
    everybody = served(people)
    marked = units_that_marked(everybody)
    found = [one.person for one in everybody if not one.reason and is_overlooked(one, marked)]
    return Person.objects.serving(on).filter(pk__in=found)


def overlooked_rows(people: QuerySet) -> QuerySet:
    """`people` with everything OVERLOOKED shows, by unit."""
    return people.select_related("organization").order_by("organization__path", "code")


def _clause(row: Any) -> str:
    unit = row.organization
    return clause(unit.kind, row.rank, unit.is_participant)
