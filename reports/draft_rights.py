"""Who edits a unit's papers, and until when. A refusal is the sentence the user reads (house rule 6)."""

from campaigns.enums import Role
from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.models import Campaign, Organization, Posting
from campaigns.permissions_plan import UNIT_PLANNERS
from reports.enums import UNREPORTED
from reports.models import Submission

WRITERS = (*UNIT_PLANNERS, Role.REFORM_OFFICE)


def check_can_draft(posting: Posting, organization: Organization, campaign: Campaign) -> None:
    """The unit's own people, and of a city or county its 审改办; what was reported is shut until it is returned."""
    if posting.role not in WRITERS or posting.organization_id != organization.pk:
        raise NotAllowed(f"{organization.label}的文字材料由本单位人员修改。")
    submission = Submission.objects.filter(campaign=campaign, organization=organization).first()
    if submission is not None and submission.state not in UNREPORTED:
        raise Changed(f"材料{submission.get_state_display()}，不能再修改；确需修改的，请审改办退回。")
