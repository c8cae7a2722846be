"""The holiday table: what the State Council's yearly notice says, editable, and read into a pure Calendar."""

import csv
from datetime import date
from pathlib import Path

from django.db import models

from campaigns.ground.calendar import Calendar, published_years
from campaigns.ground.constraints import known_value

SHIPPED = Path(__file__).resolve().parent.parent / "data" / "workdays.csv"


class WorkdayKind(models.TextChoices):
    REST = "REST", "休息"
    WORK = "WORK", "上班"


class Workday(models.Model):
    """One day that differs from its weekday, or a holiday that falls on a weekend."""

    date = models.DateField("日期", unique=True)
    kind = models.CharField("类型", max_length=4, choices=WorkdayKind)
    name = models.CharField("名称", max_length=30, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "工作日历"
        constraints = [
            known_value(
                "kind", WorkdayKind.values, name="workday_kind_known", message="类型只能填休息或上班。"
            )
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.get_kind_display()}"


def shipped_workdays() -> list[Workday]:
    """Unsaved rows of the table that ships with the product (2020–2026), for the first migration."""
    kinds = {label: value for value, label in WorkdayKind.choices}
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        return [
            Workday(date=date.fromisoformat(row["日期"]), kind=kinds[row["类型"]], name=row["名称"])
            for row in csv.DictReader(file)
        ]


def calendar_of(rows: list[Workday]) -> Calendar:
    """A pure Calendar from rows of the table."""
    days = {row.date: row.kind == WorkdayKind.WORK for row in rows}
    return Calendar(days, published_years(days), {row.date: row.name for row in rows if row.name})


def load_calendar() -> Calendar:
    """The calendar as the table stands now; one query. An empty table reads as the shipped one.

    So that a database whose table was emptied never counts 国庆 as worked; rows of any year switch that off.
    """
    rows = list(Workday.objects.all())
    return calendar_of(rows or shipped_workdays())
