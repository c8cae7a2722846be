"""Who drafts, approves, issues and corrects a 通报, and who proposes and judges a 典型经验. Refusals are sentences."""

from campaigns.enums import Role
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Posting
from reports.enums import BulletinState, ExperienceState
from reports.printed import Bulletin, Experience

APPROVERS = (Role.INSPECTOR, Role.REFORM_OFFICE)


def check_can_draft(posting: Posting) -> None:
    if posting.role != Role.INSPECTOR:
        raise NotAllowed(f"通报由督查室起草，您当前的身份是{posting.get_role_display()}。")


def _check_inspector(posting: Posting, bulletin: Bulletin) -> None:
    check_can_draft(posting)
    if not posting.covers(bulletin.organization):
        raise NotAllowed(f"{bulletin.organization.label}的通报不在您的管辖范围内。")


def _check_state(bulletin: Bulletin, state: str, act: str) -> None:
    if bulletin.state != state:
        raise NotAllowed(f"这期通报{bulletin.get_state_display()}，不能{act}。")


def check_can_edit(posting: Posting, bulletin: Bulletin) -> None:
    _check_inspector(posting, bulletin)
    _check_state(bulletin, BulletinState.DRAFT, "再修改")


def check_can_approve(posting: Posting, bulletin: Bulletin) -> None:
    """督查室 or 审改办 in reach, never the person who wrote it."""
    if posting.role not in APPROVERS:
        raise NotAllowed(f"通报由督查室或审改办批准，您当前的身份是{posting.get_role_display()}。")
    if not posting.covers(bulletin.organization):
        raise NotAllowed(f"{bulletin.organization.label}的通报不在您的管辖范围内。")
    _check_state(bulletin, BulletinState.SUBMITTED, "批准或退回")
    if bulletin.drafted_by_id == posting.person.user_id:
        raise NotAllowed("这期通报是您起草的，请由其他人批准。")


def check_can_issue(posting: Posting, bulletin: Bulletin) -> None:
    _check_inspector(posting, bulletin)
    _check_state(bulletin, BulletinState.APPROVED, "印发")


def check_can_correct(posting: Posting, bulletin: Bulletin) -> None:
    """Only what is issued is corrected, by one new issue."""
    _check_inspector(posting, bulletin)
    _check_state(bulletin, BulletinState.ISSUED, "更正")
    if hasattr(bulletin, "correction"):
        raise NotAllowed("这期通报已经起草了更正，请在更正的那一期上修改。")


def check_can_propose(posting: Posting) -> None:
    if posting.role != Role.REPORTER:
        raise NotAllowed(f"典型经验由填报员报送，您当前的身份是{posting.get_role_display()}。")


def check_can_judge(posting: Posting, experience: Experience) -> None:
    if posting.role != Role.REFORM_OFFICE:
        raise NotAllowed(f"典型经验由审改办审核，您当前的身份是{posting.get_role_display()}。")
    if not posting.covers(experience.organization):
        raise NotAllowed(f"{experience.organization.label}不在您的管辖范围内。")
    if experience.state != ExperienceState.PROPOSED:
        raise NotAllowed(f"这条典型经验{experience.get_state_display()}，不用再审核。")


def allows(check, *arguments) -> bool:
    """The twin of each check, for the button."""
    try:
        check(*arguments)
    except NotAllowed:
        return False
    return True
