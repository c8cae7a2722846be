"""The weights and switches of a campaign's rules as they stand: the newest ClueSetting of each, else the table's default."""

from dataclasses import dataclass
from decimal import Decimal

from campaigns.models import Campaign
from issues.clues import RULES, THRESHOLD
from issues.models import ClueSetting


@dataclass(frozen=True)
class Settings:
    """`weights`: of the rules that are on; `rows`: the newest row of each rule that was ever set."""

    threshold: Decimal
    weights: dict[str, Decimal]
    rows: dict[str, ClueSetting]


def settings_of(campaign: Campaign) -> Settings:
    """One query."""
    rows = (
        ClueSetting.objects.filter(campaign=campaign)
        .select_related("set_by__person")
        .order_by("set_at", "pk")
    )
    newest = {row.rule: row for row in rows}
    weights = {rule.key: Decimal(rule.weight) for rule in RULES.values()}
    for key in RULES:
        if (row := newest.get(key)) is not None:
            if row.is_on:
                weights[key] = row.weight
            else:
                del weights[key]
    bar = newest.get(ClueSetting.THRESHOLD)
    return Settings(bar.weight if bar else Decimal(THRESHOLD), weights, newest)


def threshold_now() -> Decimal:
    """The threshold of the open campaign; the default where none is open."""
    campaign = Campaign.objects.current()
    return settings_of(campaign).threshold if campaign else Decimal(THRESHOLD)
