"""Who may exempt, assign, withdraw, move a milestone, run a campaign. A refusal is the sentence the user reads (house rule 6).

Contract §5: 系统管理员 runs the campaign; 审改办 steers the work in its reach; units see to their own people.
"""

from campaigns.enums import OrganizationKind, Reach, Role, TaskOrigin
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Obligation, Organization, Posting, WalkTask

# A unit's own people arrange its walks; 体验人 only see theirs.
UNIT_PLANNERS = (Role.REPORTER, Role.DEPUTY, Role.HEAD)


def is_city_office(posting: Posting, role: str = Role.REFORM_OFFICE) -> bool:
    """市审改办 (or with `role` 市督查室): its reach is the whole city."""
    whole = posting.reach == Reach.SUBTREE and posting.organization.kind == OrganizationKind.CITY
    return posting.role == role and whole


def check_can_run_campaign(posting: Posting) -> None:
    """Opening, phases and closing are 系统管理员's (contract §5: campaign)."""
    if posting.role != Role.ADMIN:
        raise NotAllowed(f"行动由系统管理员开启、转段和结束，您当前的身份是{posting.get_role_display()}。")


def check_can_move_milestone(posting: Posting) -> None:
    """三、体验时间 “可适时进行调整”: by 市审改办, whom the plan makes the office in charge (五(一))."""
    if not is_city_office(posting):
        raise NotAllowed("阶段节点由市审改办调整。")


def check_can_exempt(posting: Posting, obligation: Obligation) -> None:
    """审改办 in its reach; nobody for the unit they sit in, and no county office for its own government's leaders.

    Those fall to 市审改办, and the people of the unit where 市审改办 itself sits to 市督查室 (as contract §7.3 for 销号).
    """
    unit = obligation.organization
    if posting.role not in (Role.REFORM_OFFICE, Role.INSPECTOR):
        raise NotAllowed("免走由审改办批准。")
    if not posting.covers(unit):
        raise NotAllowed(f"{unit.label}不在您的辖区。")
    sits_there = posting.person.organization_id == unit.pk
    if posting.role == Role.INSPECTOR:
        if not is_city_office(posting, Role.INSPECTOR) or sits_there or not is_office_seat(unit):
            raise NotAllowed("免走由审改办批准；市督查室只批准审改办所在单位的。")
        return
    if sits_there:
        higher = "市督查室" if is_city_office(posting) else "市审改办"
        raise NotAllowed(f"不能批准本单位人员免走，请由{higher}批准。")
    if unit.kind == OrganizationKind.COUNTY and not is_city_office(posting):
        raise NotAllowed("县市区政府领导免走由市审改办批准。")


def is_office_seat(unit: Organization) -> bool:
    """People of 市审改办 sit here."""
    seats = Posting.objects.filter(
        role=Role.REFORM_OFFICE,
        reach=Reach.SUBTREE,
        organization__kind=OrganizationKind.CITY,
        granted_at__isnull=False,
        ended_on__isnull=True,
    )
    return seats.filter(person__organization=unit).exists()


def check_can_plan(posting: Posting, unit: Organization) -> None:
    """Assigning walks of `unit`'s people: the unit itself, or the 审改办 over it."""
    if posting.role not in (*UNIT_PLANNERS, Role.REFORM_OFFICE):
        raise NotAllowed(f"任务由审改办或本单位安排，您当前的身份是{posting.get_role_display()}。")
    if not posting.covers(unit):
        raise NotAllowed(f"您不能给{unit.label}安排任务。")


def check_can_cross(posting: Posting) -> None:
    """三(时间): the city's departments walk in the counties; 市审改办 pairs them."""
    if not is_city_office(posting):
        raise NotAllowed("交叉走流程由市审改办统一安排。")


def check_can_withdraw(posting: Posting, task: WalkTask) -> None:
    """审改办 any task in reach; a unit only what its own people have arranged."""
    check_can_plan(posting, task.organization)
    if posting.role == Role.REFORM_OFFICE:
        return
    own = task.origin == TaskOrigin.PLAN and task.assigned_by is not None
    person = getattr(task.assigned_by, "person", None) if own else None
    if person is None or not posting.organization.covers(person.organization):
        raise NotAllowed("上级安排的任务由审改办撤回，请说明情况后联系审改办。")


def allows(check, *arguments) -> bool:
    """The twin of any check here, for buttons."""
    try:
        check(*arguments)
    except NotAllowed:
        return False
    return True
