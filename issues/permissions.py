"""Who may make which move: role, unit, reach and four eyes. Each refusal is the sentence the user reads."""

from datetime import date
from enum import Enum

from campaigns.enums import Role
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Organization, Posting
from issues.models import LedgerItem


class Relation(Enum):
    """How the actor must stand to the item."""

    RESPONSIBLE = "responsible"  # of the responsible unit itself
    REACH = "reach"  # the responsible unit lies in the posting's reach
    CLOSER = "closer"  # in reach, and never of the responsible unit (contract §7.3)


def check_can_act(
    *, posting: Posting, item: LedgerItem, roles: tuple[str, ...], relation: Relation, label: str
) -> None:
    """Raise NotAllowed unless `posting` has one of `roles` and stands in `relation` to `item`."""
    if posting.role not in roles:
        names = "、".join(Role(role).label for role in roles)
        raise NotAllowed(f"{label}由{names}办理,您当前的身份是{posting.get_role_display()}。")
    unit = item.responsible_unit
    if relation is Relation.RESPONSIBLE:
        if posting.organization_id != unit.pk:
            raise NotAllowed(f"{label}由责任单位{unit.label}办理。")
        return
    if not posting.covers(unit):
        raise NotAllowed(f"{unit.label}不在您的管辖范围内,不能{label}。")
    if relation is Relation.CLOSER:
        _check_closer(posting, item, label)


def _check_closer(posting: Posting, item: LedgerItem, label: str) -> None:
    """The closer is never of the responsible unit; 审改办's own items are closed by 督查室 (contract §7.3)."""
    unit = item.responsible_unit
    if unit.pk in (posting.organization_id, posting.person.organization_id):
        raise NotAllowed(f"责任单位是{unit.label},销号审核人不能是本单位的人。")
    if posting.role == Role.INSPECTOR and not is_reform_office(unit):
        raise NotAllowed("督查室只办理审改办自身台账的销号,其他台账由审改办办理。")
    for stamp, doing in (("applied_by_id", "申请"), ("reviewed_by_id", "单位审核")):
        if getattr(item, stamp) and getattr(item, stamp) == posting.person.user_id:
            raise NotAllowed(f"您是这条台账的{doing}人,不能再办理{label}。")


def is_reform_office(unit: Organization) -> bool:
    """True when people of `unit` hold a 审改办 posting: the unit's items are the office's own."""
    return Posting.objects.filter(
        role=Role.REFORM_OFFICE, person__organization=unit, granted_at__isnull=False, ended_on__isnull=True
    ).exists()


def review_is_waived(unit: Organization, on: date) -> bool:
    """单位审核 shows 免: fewer than three accounts in the unit, or nobody there who may review (contract §7.3)."""
    accounts = (
        Posting.objects.active(on)
        .filter(
            organization=unit, role__in=(Role.REPORTER, Role.DEPUTY, Role.HEAD), person__user__is_active=True
        )
        .values_list("person__user_id", "role")
    )
    users = {user for user, _ in accounts}
    return len(users) < 3 or not any(role == Role.DEPUTY for _, role in accounts)


def check_can_register(posting: Posting, unit: Organization) -> None:
    """Problems and demands are registered by 填报员 for units in reach, by 督查室 after a 暗访 (contract §5)."""
    if posting.role not in (Role.REPORTER, Role.INSPECTOR):
        raise NotAllowed("问题和需求由填报员(暗访发现的由督查室)登记。")
    if not posting.covers(unit):
        raise NotAllowed(f"您不能为{unit.label}填报。")


def check_can_write_measure(posting: Posting, unit: Organization) -> None:
    """Measures are written by 填报员 of the responsible unit (contract §7.1)."""
    if posting.role != Role.REPORTER:
        raise NotAllowed("解决措施由责任单位的填报员填写。")
    if posting.organization_id != unit.pk:
        raise NotAllowed(f"解决措施由责任单位{unit.label}填写。")


def check_can_decide(posting: Posting, item: LedgerItem, label: str) -> None:
    """Extensions and escape hatches are decided by 审改办 in reach, never by the item's own unit (contract §7.6, §7.7)."""
    check_can_act(
        posting=posting, item=item, roles=(Role.REFORM_OFFICE,), relation=Relation.REACH, label=label
    )
    if item.responsible_unit_id in (posting.organization_id, posting.person.organization_id):
        raise NotAllowed(f"责任单位是{item.responsible_unit.label},不能审批本单位的申请。")
