"""Which walks a map is made of, and which of them went through a step, along an arrow or at a place."""

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery

from campaigns.enums import OrganizationKind, SessionMode
from campaigns.models import Organization, SessionStep
from campaigns.process_ways import SENT_BACK

# The word by which the list of walks is narrowed to what a map counts.
ON_MAP = "流程图"


def mapped_walks(sessions: QuerySet) -> QuerySet:
    """Of `sessions` those a map is made of: held, not replaced by a correction, and walked forwards."""
    return sessions.held().exclude(mode=SessionMode.BACKWARD)


def went_through(step: str, following: str = "", *, returned: bool | None = None) -> Q:
    """Walks with `step`; with `following` right after it. returned: only as a return, or only not as one; None: either.

    A return is what campaigns.process.passages calls one.
    """
    here = SessionStep.objects.filter(session=OuterRef("pk"), kind=step)
    if not following:
        return Q(Exists(here.filter(_sent_back(returned))))
    later = SessionStep.objects.filter(session=OuterRef("session"), sequence__gt=OuterRef("sequence"))
    here = here.annotate(following=Subquery(later.order_by("sequence").values("kind")[:1]))
    here = here.filter(following=following)
    if returned is not None:
        is_return = Q(result__in=SENT_BACK) | _came_earlier(following, step)
        here = here.filter(is_return if returned else ~is_return)
    return Q(Exists(here))


def _sent_back(returned: bool | None) -> Q:
    return Q() if returned is None else Q(result__in=SENT_BACK) if returned else ~Q(result__in=SENT_BACK)


def _came_earlier(step: str, other: str) -> Q:
    """The walk of the row at hand had its first `step` not after its first `other`."""
    if step == other:
        return Q(pk__isnull=False)
    before = SessionStep.objects.filter(
        session=OuterRef("session"), kind=other, sequence__lt=OuterRef("sequence")
    )
    return Q(Exists(SessionStep.objects.filter(~Exists(before), session=OuterRef("session"), kind=step)))


def walked_at(county: str) -> Q:
    """Walks of units of the county `county` (its code); of units under no county when it is empty."""
    counties = Organization.objects.filter(kind=OrganizationKind.COUNTY)
    if county:
        return Q(walked_unit__path__contains=f"/{county}/")
    own = ExpressionWrapper(OuterRef("walked_unit__path"), output_field=CharField())
    around = counties.annotate(own=own).filter(own__startswith=F("path"))
    return Q(~Exists(around))
