"""Each list's own filter over its own scope: the rows a page, its export, its number on the desk and the API share.

What is listed, in which columns and for whom stands in reports.listings.
"""

from django.db.models import QuerySet

from campaigns.forms.filters import CaseFilter, ComplaintFilter, MatterFilter, WalkFilter, of_round
from campaigns.models import Case, Complaint, Matter, Organization, Person, Slip, WalkSession
from campaigns.roster_forms import OrganizationFilter, PersonFilter
from issues.clue_settings import threshold_now
from issues.forms.clues import ClueFilter
from issues.forms.filters import (
    DemandFilter,
    DrawFilter,
    LedgerFilter,
    MeasureFilter,
    ProblemFilter,
    SlipFilter,
    WaitingFilter,
)
from issues.forms.followups import FollowUpFilter
from issues.forms.meetings import MeetingFilter
from issues.forms.quality import QualityFilter
from issues.forms.recurrences import RecurrenceFilter
from issues.forms.selfchecks import SelfCheckFilter
from issues.forms.shifts import ShiftFilter
from issues.lists.clues import with_totals
from issues.models import (
    Clue,
    Demand,
    Draw,
    FollowUp,
    LedgerItem,
    Measure,
    Meeting,
    Problem,
    Recurrence,
    SelfCheck,
    Shift,
)
from reports.listing import Asked
from reports.models import Bulletin, Experience
from reports.printed_forms import BulletinFilter, ExperienceFilter


def walks(asked: Asked) -> QuerySet:
    return WalkFilter(asked.query or None).narrow(WalkSession.objects.visible_to(asked.posting).newest())


def ledger(asked: Asked) -> QuerySet:
    rows = LedgerItem.objects.visible_to(asked.posting)
    form = LedgerFilter(asked.query, rows=rows)
    return form.apply(rows, posting=asked.posting, on=asked.on, calendar=asked.calendar)


def problems(asked: Asked) -> QuerySet:
    rows = Problem.objects.visible_to(asked.posting)
    return ProblemFilter(asked.query, rows=rows).apply(rows, on=asked.on, calendar=asked.calendar)


def demands(asked: Asked) -> QuerySet:
    rows = Demand.objects.visible_to(asked.posting)
    return DemandFilter(asked.query, rows=rows).apply(rows, on=asked.on, calendar=asked.calendar)


def measures(asked: Asked) -> QuerySet:
    rows = Measure.objects.visible_to(asked.posting)
    return MeasureFilter(asked.query, rows=rows).apply(rows, on=asked.on, calendar=asked.calendar)


def recurrences(asked: Asked) -> QuerySet:
    rows = Recurrence.objects.visible_to(asked.posting)
    return RecurrenceFilter(asked.query, rows=rows).apply(rows)


def selfchecks(asked: Asked) -> QuerySet:
    rows = SelfCheck.objects.visible_to(asked.posting)
    return SelfCheckFilter(asked.query, rows=rows).apply(rows, on=asked.on)


def meetings(asked: Asked) -> QuerySet:
    rows = Meeting.objects.visible_to(asked.posting)
    return MeetingFilter(asked.query, rows=rows).apply(rows)


def shifts(asked: Asked) -> QuerySet:
    rows = Shift.objects.visible_to(asked.posting)
    return ShiftFilter(asked.query, rows=rows).apply(rows)


def quality(asked: Asked) -> QuerySet:
    return QualityFilter(asked.query).apply(Problem.objects.judged_by(asked.posting))


def complaints(asked: Asked) -> QuerySet:
    return ComplaintFilter(asked.query or None).narrow(Complaint.objects.visible_to(asked.posting))


def cases(asked: Asked) -> QuerySet:
    return CaseFilter(asked.query or None).narrow(Case.objects.visible_to(asked.posting))


def clues(asked: Asked) -> QuerySet:
    rows = with_totals(Clue.objects.visible_to(asked.posting))
    return ClueFilter(asked.query, rows=rows).apply(rows, threshold=threshold_now())


def follow_ups(asked: Asked) -> QuerySet:
    rows = FollowUp.objects.visible_to(asked.posting)
    return FollowUpFilter(asked.query, rows=rows).apply(rows)


def matters(asked: Asked) -> QuerySet:
    rows = Matter.objects.visible_to(asked.posting)
    return MatterFilter(asked.query or None, rows=rows, walks=held(asked)).narrow(rows)


def requests(asked: Asked) -> QuerySet:
    return of_round(LedgerItem.objects.visible_to(asked.posting).waiting_for_level_above(), asked.query)


def verifications(asked: Asked) -> QuerySet:
    rows = LedgerItem.objects.visible_to(asked.posting).waiting_for_verifier()
    return WaitingFilter(asked.query, rows=rows).apply(rows).distinct()


def slips(asked: Asked) -> QuerySet:
    rows = Slip.objects.visible_to(asked.posting)
    return SlipFilter(asked.query, rows=rows).apply(rows)


def bulletins(asked: Asked) -> QuerySet:
    rows = Bulletin.objects.visible_to(asked.posting)
    return BulletinFilter(asked.query, rows=rows).apply(rows)


def experiences(asked: Asked) -> QuerySet:
    rows = Experience.objects.visible_to(asked.posting)
    return ExperienceFilter(asked.query, rows=rows).apply(rows)


def organizations(asked: Asked) -> QuerySet:
    return OrganizationFilter(asked.query or None).narrow(Organization.objects.visible_to(asked.posting))


def people(asked: Asked) -> QuerySet:
    return PersonFilter(asked.query or None).narrow(Person.objects.visible_to(asked.posting))


def held(asked: Asked) -> QuerySet:
    return WalkSession.objects.visible_to(asked.posting).held()


def draws(asked: Asked) -> QuerySet:
    rows = Draw.objects.visible_to(asked.posting)
    return DrawFilter(asked.query, rows=rows).apply(rows)
