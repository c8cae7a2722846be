"""上报 on the desk: the unit's own report until it is reported, and what waits to be received."""

from dataclasses import dataclass
from datetime import date

from campaigns.enums import Role
from campaigns.ground.workdays import load_calendar
from campaigns.models import Posting
from campaigns.permissions_plan import UNIT_PLANNERS
from reports.enums import SubmissionState
from reports.models import Submission
from reports.submission_list import this_round


@dataclass(frozen=True)
class SubmissionDesk:
    """`own`: the unit's report that is still owed, `left` working days before its date; `waiting`: to be received."""

    own: Submission | None = None
    left: int | None = None
    waiting: int = 0


def submission_desk(posting: Posting, on: date) -> SubmissionDesk | None:
    """None for who has nothing to do. A fixed number of queries."""
    if posting.role not in (*UNIT_PLANNERS, Role.REFORM_OFFICE):
        return None
    campaign = this_round()
    if campaign is None:
        return None
    rows = Submission.objects.visible_to(posting).in_campaign(campaign)
    if posting.role == Role.REFORM_OFFICE:
        waiting = rows.filter(state=SubmissionState.SUBMITTED).count()
        return SubmissionDesk(waiting=waiting) if waiting else None
    own = rows.unreported().filter(organization=posting.organization_id).select_related("deadline").first()
    if own is None:
        return None
    left = load_calendar().workdays_between(on, own.deadline.due_on) if own.deadline_id else None
    return SubmissionDesk(own=own, left=left)
