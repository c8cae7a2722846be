"""What an exportable list is: its columns, its filter over its scope, its readers. The table of them is reports.listings."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from campaigns.enums import BUSINESS_ROLES
from campaigns.ground.calendar import Calendar
from campaigns.ground.table import Column
from campaigns.models import Posting

BATCH = 1000


@dataclass(frozen=True)
class Asked:
    """What an export was asked with: whose eyes, which filters, which day."""

    posting: Posting
    query: QueryDict
    on: date
    calendar: Calendar


@dataclass(frozen=True)
class Listing:
    """`narrowed`: the filtered rows in scope, as a query; `loaded`: such a query with all its columns show, in the
    page's order; `finish`: what is hung on a batch of loaded rows, `serial` being the first one's 序号.

    `readers`: who has the page; `page`: its url name, where the page's rows are this list's. `open_columns` replace the columns of their label (or join them) where a person may
    see personal data and says why: `openers`.
    """

    key: str
    label: str
    columns: Sequence[Column]
    narrowed: Callable[[Asked], QuerySet]
    loaded: Callable[[QuerySet, Asked], QuerySet]
    readers: Sequence[str] = BUSINESS_ROLES
    finish: Callable[[list[Any], Asked, int], list[Any]] = lambda rows, asked, serial: rows
    open_columns: Sequence[Column] = ()
    openers: Sequence[str] = ()
    page: str = ""

    def keys(self, asked: Asked) -> list[int]:
        """Primary keys of the rows in the order of the page: what an export holds is settled by one query."""
        rows = self.narrowed(asked)
        order = self.loaded(rows.model.objects.none(), asked).query.order_by
        return list(rows.order_by(*order).values_list("pk", flat=True))

    def batches(self, asked: Asked, keys: Sequence[int]) -> Iterator[list[Any]]:
        """The rows of `keys`, a thousand at a time, ready for the columns: a list of any length fits the memory."""
        model = self.narrowed(asked).model
        for start in range(0, len(keys), BATCH):
            wanted = keys[start : start + BATCH]
            found = {row.pk: row for row in self.loaded(model.objects.filter(pk__in=wanted), asked)}
            yield self.finish([found[key] for key in wanted if key in found], asked, start + 1)

    def may_open(self, role: str) -> bool:
        """Whether `role` may take personal data out in full."""
        return bool(self.open_columns) and role in self.openers

    def shown(self, *, in_full: bool) -> tuple[Column, ...]:
        """The columns of the workbook."""
        columns = [column for column in self.columns if column.in_sheet]
        if in_full:
            own = {column.label: column for column in self.open_columns}
            columns = [own.pop(column.label, column) for column in columns]
            columns += own.values()
        return tuple(columns)
