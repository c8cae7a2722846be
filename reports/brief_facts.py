"""What leaders' papers are made of: the facts of the day, what happened in the period, who asks for help. Reads only."""

from calendar import monthrange
from collections import Counter
from datetime import date, timedelta

from campaigns.ground.calendar import Calendar
from issues.lists.requests import request_rows
from reports.breakdowns import gather
from reports.briefs import BriefFacts, Period, Request
from reports.enums import BriefKind
from reports.models import FigureSnapshot, Submission
from reports.overview.comparison import changes
from reports.scope import Scope

WEEK = 7


def period_of(kind: str, on: date) -> tuple[date, date]:
    """The days a paper of `kind` as of `on` tells of: the last seven, or the month so far."""
    if kind == BriefKind.MONTH:
        return on.replace(day=1), on
    return on - timedelta(days=WEEK - 1), on


def ends_a_period(kind: str, on: date) -> bool:
    """周报 is written for a week that ends on Sunday, 月报 for a month that ends."""
    if kind == BriefKind.WEEK:
        return on.weekday() == 6
    return kind == BriefKind.MONTH and on.day == monthrange(on.year, on.month)[1]


def brief_facts(kind: str, scope: Scope, calendar: Calendar) -> BriefFacts:
    """All that `reports.briefs` needs of `scope`; a fixed number of queries."""
    facts = gather(scope, calendar)
    since, until = period_of(kind, scope.on)
    reported, late = _reported(scope)
    return BriefFacts(
        organization=scope.organization,
        campaign=scope.campaign,
        on=scope.on,
        facts=facts,
        period=Period(
            since=since,
            until=until,
            walks=scope.sessions().filter(held_on__range=(since, until)).distinct().count(),
            problems=scope.problems().filter(found_on__range=(since, until)).distinct().count(),
            demands=scope.demands().filter(found_on__range=(since, until)).distinct().count(),
            entered=scope.items().filter(registered_at__date__range=(since, until)).distinct().count(),
            closed=scope.items().filter(closed_at__date__range=(since, until)).distinct().count(),
            changes=changes(facts.figures, scope, _snapshot_before(scope, since)),
        ),
        requests=_requests(scope),
        reported=reported,
        late_reports=late,
    )


def _snapshot_before(scope: Scope, since: date) -> date | None:
    """The newest day before the period that has a snapshot of all the scope counts."""
    kept = FigureSnapshot.objects.of(scope.posting, scope.campaign).filter(on__lt=since)
    return kept.order_by("-on").values_list("on", flat=True).first()


def _requests(scope: Scope) -> tuple[Request, ...]:
    rows = request_rows(scope.items().waiting_for_level_above())
    found = [
        Request(
            number=row.number,
            unit=row.responsible_unit.label,
            text=row.finding.text,
            reason=row.request_reason,
            document_number=row.request_number,
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda each: each.number))


def _reported(scope: Scope) -> tuple[dict[str, int], tuple[str, ...]]:
    """Units by the state of their June 30 report, and those that are late."""
    rows = Submission.objects.visible_to(scope.posting).in_campaign(scope.campaign)
    states = Counter(row.get_state_display() for row in rows)
    late = rows.overdue(scope.on).select_related("organization").order_by("organization__path")
    return dict(sorted(states.items())), tuple(row.organization.label for row in late)
