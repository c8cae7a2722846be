"""What the offices do besides the moves: 会商, 批量顺延, 质量评价. Each refusal is the sentence the user reads."""

from campaigns.enums import Role
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Organization, Posting
from issues.models import Problem


def check_can_meet(posting: Posting) -> None:
    """会商 is called by 审改办 or 督查室."""
    if posting.role not in (Role.REFORM_OFFICE, Role.INSPECTOR):
        raise NotAllowed("会商由审改办或督查室登记。")


def check_can_shift(posting: Posting, organization: Organization) -> None:
    """批量顺延 is 审改办's, in its reach (contract §7.6)."""
    if posting.role != Role.REFORM_OFFICE:
        raise NotAllowed("批量顺延由审改办办理。")
    if not posting.covers(organization):
        raise NotAllowed(f"{organization.label}不在您的管辖范围内，不能批量顺延。")


def check_can_judge(posting: Posting, problem: Problem) -> None:
    """质量评价 is 审改办's, of findings in its reach, never of its own house's (contract §5)."""
    if posting.role != Role.REFORM_OFFICE:
        raise NotAllowed("质量评价由审改办办理。")
    if not posting.covers(problem.responsible_unit) and not posting.covers(problem.reporting_unit):
        raise NotAllowed("这个问题不在您的管辖范围内。")
    if problem.reporting_unit_id == posting.person.organization_id:
        raise NotAllowed("本单位发现的问题由其他人评价。")
