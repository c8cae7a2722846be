"""What a draw is made from: the closed items of a reach as plain candidates (issues.sampling), read in three queries."""

from collections import Counter

from django.db.models import Count, Q, QuerySet

from campaigns.models import Campaign, Organization, Person
from issues.enums import COMPLAINT_SOURCES, ClueState, LedgerState, RectifyKind, TwinVerdict
from issues.models import Clue, LedgerItem, Recurrence
from issues.sampling import Candidate

NO_FORM = "未关联走流程"
NO_KIND = "未定"


def closed_items(campaign: Campaign, organization: Organization) -> QuerySet[LedgerItem]:
    """已销号 items whose responsible unit is `organization` or lies below it."""
    return LedgerItem.objects.in_campaign(campaign).filter(
        state=LedgerState.CLOSED, responsible_unit__path__startswith=organization.path
    )


def candidates(campaign: Campaign, organization: Organization) -> list[Candidate]:
    """The population of a draw, by number."""
    items = closed_items(campaign, organization)
    rows = (
        items.select_related("responsible_unit", "problem__session", "demand__session")
        .annotate(extended=Count("extensions", filter=Q(extensions__is_granted=True), distinct=True))
        .order_by("number")
    )
    again = Counter(
        Recurrence.objects.filter(earlier__in=items, verdict=TwinVerdict.AGAIN).values_list(
            "earlier_id", flat=True
        )
    )
    clues = Counter(
        Clue.objects.filter(session__campaign=campaign)
        .exclude(state=ClueState.DISMISSED)
        .values_list("session_id", flat=True)
    )
    return [_candidate(item, again, clues) for item in rows]


def _candidate(item: LedgerItem, again: Counter, clues: Counter) -> Candidate:
    session = item.finding.session
    source = item.problem.source if item.problem_id else ""
    return Candidate(
        number=item.number,
        unit=item.responsible_unit.code,
        form=session.get_mode_display() if session else NO_FORM,
        kind=item.get_rectify_kind_display() if item.rectify_kind else NO_KIND,
        is_quick=item.rectify_kind == RectifyKind.QUICK,
        is_late=item.was_late,
        is_waived=bool(item.waiver_reason),
        extensions=item.extended,
        returns=item.return_count,
        recurrences=again[item.pk],
        clues=clues[session.pk] if session else 0,
        from_complaint=source in COMPLAINT_SOURCES,
    )


def house_of(organization: Organization) -> str:
    """The county or department an organization belongs to: the second step of its path; the top's own is its path."""
    return "/".join(organization.path.split("/")[:3])


def houses_of(item: LedgerItem) -> frozenset[str]:
    """The houses an inspector of the item must not come from (回避): who found it and who mended it."""
    return frozenset({house_of(item.responsible_unit), house_of(item.reporting_unit)})


def inspector_house(person: Person) -> str:
    return house_of(person.organization)
