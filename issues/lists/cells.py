"""Texts that several lists put in a cell. Each reads what the row loader fetched and queries nothing."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from campaigns.ground.clock import day_of

SEPARATOR = "、"
LINE = "\n"


def joined(texts: Iterable[str]) -> str:
    """Texts in one cell, by 、; empty ones are left out."""
    return SEPARATOR.join(text for text in texts if text)


def by_code(relation: Any) -> list:
    """A prefetched relation in the order of its codes: a database promises no order, a workbook must keep one."""
    return sorted(relation.all(), key=lambda row: row.code)


def by_number(relation: Any) -> list:
    """A prefetched relation in the order of its numbers (see `by_code`)."""
    return sorted(relation.all(), key=lambda row: row.number)


def labels(organizations: Any) -> str:
    """The short names of a prefetched relation of organizations, by code."""
    return joined(organization.label for organization in by_code(organizations))


def label(organization: Any) -> str:
    """The short name of a unit, empty for none."""
    return organization.label if organization else ""


def day(moment: Any) -> date | None:
    """The local date of a moment; None for none."""
    return day_of(moment) if moment else None


def yes_no(value: bool | None) -> str:
    """是 / 否; empty while undecided."""
    return "" if value is None else "是" if value else "否"


def item_of(finding: Any) -> Any:
    """The ledger item of a problem or demand, None for none (a demand not accepted has none)."""
    return getattr(finding, "item", None)


def state_of(item: Any) -> str:
    """The state in words; empty where there is no ledger item."""
    return item.get_state_display() if item else ""


def due_of(item: Any) -> date | None:
    """The due date in force; None for none."""
    return item.deadline.due_on if item and item.deadline else None


def walkers(session: Any) -> str:
    """体验人 as 姓名(职务), by 、; empty for a finding without a walk."""
    if session is None:
        return ""
    return joined(f"{person.name}({person.title})" for person in by_code(session.walkers))


def matter_named(matter: Any) -> str:
    """事项名称/编码, as the list of domain.md §1.2 writes it."""
    return f"{matter.name}/{matter.code}" if matter else ""
