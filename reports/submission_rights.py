"""Who drafts, reports and receives a unit's June 30 report. A refusal is the sentence the user reads (house rule 6)."""

from campaigns.enums import OrganizationKind, Role
from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.models import Posting
from campaigns.permissions_plan import UNIT_PLANNERS, is_city_office, is_office_seat
from reports.enums import UNREPORTED, SubmissionState
from reports.models import Submission

DECIDERS = (Role.REFORM_OFFICE, Role.INSPECTOR)


def check_can_write(posting: Posting, submission: Submission) -> None:
    """The unit's own people, until it is reported; after 退回 again."""
    if posting.role not in UNIT_PLANNERS or posting.organization_id != submission.organization_id:
        raise NotAllowed(f"上报材料由{submission.organization.label}的人员填写。")
    if submission.state not in UNREPORTED:
        raise Changed(f"材料{submission.get_state_display()}，不能再修改；确需修改的，请审改办退回。")


def check_can_report(posting: Posting, submission: Submission) -> None:
    """五(四)末段: the unit reports; its 主要负责人 answers for it."""
    if posting.role != Role.HEAD:
        raise NotAllowed(f"上报由单位主要负责人办理，您当前的身份是{posting.get_role_display()}。")
    check_can_write(posting, submission)


def check_can_decide(posting: Posting, submission: Submission) -> None:
    """接收 and 退回: the office over the unit, never people of the unit itself (as contract §7.3 for 销号).

    A county's report goes to 市审改办; that of the unit where 市审改办 sits to 市督查室.
    """
    unit = submission.organization
    if posting.role not in DECIDERS:
        raise NotAllowed(f"接收和退回由审改办办理，您当前的身份是{posting.get_role_display()}。")
    if not posting.covers(unit):
        raise NotAllowed(f"{unit.label}不在您的辖区。")
    if unit.kind == OrganizationKind.COUNTY and not _of_the_city(posting):
        raise NotAllowed("县市区的上报材料由市审改办接收。")
    if posting.person.organization_id == unit.pk or posting.person.user_id == submission.submitted_by_id:
        raise NotAllowed("不能接收本单位或本人上报的材料。")
    if posting.role == Role.INSPECTOR and not (_of_the_city(posting) and is_office_seat(unit)):
        raise NotAllowed("上报材料由审改办接收；市督查室只接收审改办所在单位的。")
    if submission.state != SubmissionState.SUBMITTED:
        raise Changed(f"材料现在是“{submission.get_state_display()}”，不能接收或退回。")


def _of_the_city(posting: Posting) -> bool:
    return is_city_office(posting, posting.role)
