"""What changed since an earlier day: today's figures beside a snapshot's."""

from datetime import date, timedelta
from decimal import Decimal

from campaigns.enums import Reach
from campaigns.models import Organization
from reports.figures import Figure
from reports.models import FigureSnapshot
from reports.scope import Scope

WEEK = timedelta(days=7)


def earlier_day(scope: Scope) -> date | None:
    """The day to compare with: the newest snapshot a week old or older, else the oldest there is; None for none.

    A posting that sees only its own unit has none where the unit has others below it: the snapshot counts those too.
    """
    if scope.posting.reach == Reach.OWN and _has_below(scope.organization):
        return None
    days = (
        FigureSnapshot.objects.of(scope.posting, scope.campaign).order_by("on").values_list("on", flat=True)
    )
    old = days.filter(on__lte=scope.on - WEEK).last()
    return old or days.filter(on__lt=scope.on).first()


def _has_below(organization: Organization) -> bool:
    return Organization.objects.filter(parent=organization).exists()


def changes(figures: dict[str, Figure], scope: Scope, since: date | None) -> dict[str, str]:
    """Figure key → “较6月13日 +12” (of rates “+3.2个百分点”); figures that stand still or had no value are left out."""
    if since is None:
        return {}
    kept = FigureSnapshot.objects.of(scope.posting, scope.campaign).filter(on=since)
    words = {}
    for snapshot in kept:
        now = figures.get(snapshot.key)
        said = now and _difference(now, snapshot)
        if said:
            words[snapshot.key] = f"较{since.month}月{since.day}日{said}"
    return words


def _difference(now: Figure, then: FigureSnapshot) -> str:
    if now.denominator is None:
        change = now.numerator - then.numerator
        return f"{change:+d}" if change else ""
    if not now.denominator or not then.denominator:
        return ""
    points = Decimal(100 * now.numerator) / now.denominator - Decimal(100 * then.numerator) / then.denominator
    points = points.quantize(Decimal("0.1"))
    return f"{points:+}个百分点" if points else ""
