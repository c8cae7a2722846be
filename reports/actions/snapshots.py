"""指标快照: once a day, for the city and each unit that takes part; a second run of the day writes the same rows anew."""

from datetime import date

from django.db import transaction

from campaigns.models import Campaign, Organization
from reports.figures import figures
from reports.models import FigureSnapshot
from reports.scope import unit_scope


def take_snapshots(*, campaign: Campaign, on: date) -> int:
    """Keep the figures of `on` for the city and every participating unit; returns the number of rows kept."""
    units = Organization.objects.filter(participations__campaign=campaign)
    units |= Organization.objects.filter(parent__isnull=True)
    return sum(_keep(unit, campaign, on) for unit in units.distinct().order_by("pk"))


@transaction.atomic
def _keep(organization: Organization, campaign: Campaign, on: date) -> int:
    """One unit's figures, one short transaction."""
    found = figures(unit_scope(organization=organization, campaign=campaign, on=on))
    rows = [
        FigureSnapshot(
            campaign=campaign,
            organization=organization,
            on=on,
            key=figure.key,
            numerator=figure.numerator,
            denominator=figure.denominator,
        )
        for figure in found.values()
    ]
    FigureSnapshot.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["campaign", "organization", "on", "key"],
        update_fields=["numerator", "denominator"],
    )
    return len(rows)
