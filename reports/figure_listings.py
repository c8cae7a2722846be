"""The rows behind each figure as an exportable list: `?part=分母` asks for what a rate is divided by (contract §3)."""

from typing import Any

from django.db.models import QuerySet

from issues.lists import lit
from issues.models import LedgerItem
from reports.figure_rows import KINDS, NUMERATOR, rows_of
from reports.indicators import INDICATORS, Indicator
from reports.listing import Asked, Listing
from reports.plan_listings import asked_round
from reports.querysets import READERS
from reports.scope import Scope


def listing_key(figure: str) -> str:
    """What the list of a figure's rows is called among the lists."""
    return f"figure_{figure}"


def _scope(asked: Asked) -> Scope:
    """The round named in the address, else the running one, as 总览 shows it."""
    return Scope(posting=asked.posting, campaign=asked_round(asked), on=asked.on)


def _figure_listing(indicator: Indicator) -> Listing:
    kind = KINDS[indicator.model]

    def narrowed(asked: Asked) -> QuerySet:
        scope = _scope(asked)
        if scope.campaign is None:
            return indicator.model.objects.none()
        return kind.sortable(rows_of(indicator, asked.query.get("part", NUMERATOR), scope), scope)

    return Listing(
        listing_key(indicator.key),
        indicator.label,
        kind.columns,
        narrowed,
        lambda rows, asked: kind.ready(rows, _scope(asked)),
        READERS,
        finish=_finished,
    )


def _finished(rows: list[Any], asked: Asked, serial: int) -> list[Any]:
    """Ledger items get their light of the day, all rows their 序号."""
    for number, row in enumerate(rows, start=serial):
        row.serial = number
    lit([row for row in rows if isinstance(row, LedgerItem)], on=asked.on, calendar=asked.calendar)
    return rows


FIGURE_LISTINGS = tuple(_figure_listing(indicator) for indicator in INDICATORS)
