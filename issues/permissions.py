"""Who may make which move: role, unit, reach and four eyes. Each refusal is the sentence the user reads."""

from collections.abc import Callable
from datetime import date
from enum import Enum

from campaigns.enums import Role
from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.models import Organization, Posting
from issues.enums import LedgerState, RectifyKind
from issues.models import LedgerItem
from issues.querysets import WAITING_FOR_REVIEW

UNIT_WRITERS = (Role.REPORTER, Role.DEPUTY, Role.HEAD)
VERIFIERS = (Role.REPORTER, Role.DEPUTY, Role.REFORM_OFFICE, Role.INSPECTOR)
ENDED = (LedgerState.CLOSED, LedgerState.REFUSED, LedgerState.MERGED)


class Relation(Enum):
    """How the actor must stand to the item."""

    RESPONSIBLE = "responsible"  # of the responsible unit itself
    INVOLVED = "involved"  # of the responsible unit (主办) or of a helping one (协办)
    REACH = "reach"  # the responsible unit lies in the posting's reach
    REVIEWER = "reviewer"  # of the responsible unit, and not the applicant (contract §7.3)
    CLOSER = "closer"  # in reach, and never of the responsible unit (contract §7.3)
    DECIDER = (
        "decider"  # answers what the unit asks for: like the closer, 督查室 for 审改办's own (§7.6, §7.7)
    )


def check_can_act(
    *, posting: Posting, item: LedgerItem, roles: tuple[str, ...], relation: Relation, label: str
) -> None:
    """Raise NotAllowed unless `posting` has one of `roles` and stands in `relation` to `item`."""
    if posting.role not in roles:
        names = "、".join(Role(role).label for role in roles)
        raise NotAllowed(f"{label}由{names}办理，您当前的身份是{posting.get_role_display()}。")
    if relation in (Relation.REACH, Relation.CLOSER, Relation.DECIDER):
        if not posting.covers(item.responsible_unit):
            raise NotAllowed(f"{item.responsible_unit.label}不在您的管辖范围内，不能{label}。")
        if relation is Relation.CLOSER:
            _check_closer(posting, item, label)
        elif relation is Relation.DECIDER:
            _check_decider(posting, item.responsible_unit, label)
        return
    _check_of_unit(posting, item, relation, label)


def _check_of_unit(posting: Posting, item: LedgerItem, relation: Relation, label: str) -> None:
    """The unit's own business: its people, with 协办 where they may, and never the applicant as reviewer."""
    unit = item.responsible_unit
    if relation is Relation.INVOLVED:
        if not is_involved(posting, item):
            raise NotAllowed(f"{label}由责任单位{unit.label}或配合单位办理。")
        return
    if posting.organization_id != unit.pk:
        raise NotAllowed(f"{label}由责任单位{unit.label}办理。")
    if relation is Relation.REVIEWER and item.applied_by_id == posting.person.user_id:
        raise NotAllowed("您是申请人，单位审核要由其他人办理。")


def _check_closer(posting: Posting, item: LedgerItem, label: str) -> None:
    """The closer is never of the responsible unit; 审改办's own items are closed by 督查室 (contract §7.3)."""
    unit = item.responsible_unit
    if is_of_unit(posting, unit):
        raise NotAllowed(f"责任单位是{unit.label}，{label}不能由本单位的人办理。")
    if posting.role == Role.INSPECTOR and not is_reform_office(unit):
        raise NotAllowed("督查室只办理审改办自身台账的销号，其他台账由审改办办理。")
    if (
        posting.role == Role.REFORM_OFFICE
        and item.state in WAITING_FOR_REVIEW
        and _is_own_house(posting, unit)
    ):
        raise NotAllowed(f"{unit.label}是审改办所在单位，{label}由督查室办理。")
    for stamp, doing in (("applied_by_id", "申请"), ("reviewed_by_id", "单位审核")):
        if getattr(item, stamp) and getattr(item, stamp) == posting.person.user_id:
            raise NotAllowed(f"您是这条台账的{doing}人，不能再办理{label}。")


def _check_decider(posting: Posting, unit: Organization, label: str) -> None:
    """What a unit asks for is never answered by itself; what 审改办's own house asks for, by 督查室.

    The document names two city bodies: 审改办 organizes and coordinates (五(一)), 督查室 watches over rectification
    (五(三)), the office's own included. Without the second nobody in the city could answer the first.
    """
    if is_of_unit(posting, unit):
        raise NotAllowed(f"责任单位是{unit.label}，不能审批本单位的申请。")
    if posting.role == Role.INSPECTOR and not is_reform_office(unit):
        raise NotAllowed(f"督查室只答复审改办自身台账的申请，这条由审改办{label}。")
    if posting.role == Role.REFORM_OFFICE and _is_own_house(posting, unit):
        raise NotAllowed(f"{unit.label}是审改办所在单位，由督查室{label}。")


def is_involved(posting: Posting, item: LedgerItem) -> bool:
    """True for people of the responsible unit (主办) and of the helping ones (协办)."""
    own = posting.organization_id == item.responsible_unit_id
    return own or item.helper_units.filter(pk=posting.organization_id).exists()


def is_of_unit(posting: Posting, unit: Organization) -> bool:
    """True when the person belongs to `unit`, or acts for it.

    Offices of the city act for the city government; its own items would otherwise have no closer at all.
    """
    if posting.person.organization_id == unit.pk:
        return True
    return posting.organization_id == unit.pk and unit.parent_id is not None


def is_reform_office(unit: Organization) -> bool:
    """True when people of `unit` hold a 审改办 posting: the unit's items are the office's own."""
    return Posting.objects.filter(
        role=Role.REFORM_OFFICE, person__organization=unit, granted_at__isnull=False, ended_on__isnull=True
    ).exists()


def _is_own_house(posting: Posting, unit: Organization) -> bool:
    """True when people of `unit` hold the same 审改办 as `posting`, wherever the posting's own person belongs."""
    colleagues = Posting.objects.filter(
        role=Role.REFORM_OFFICE, organization=posting.organization_id, person__organization=unit
    )
    return colleagues.filter(granted_at__isnull=False, ended_on__isnull=True).exists()


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


def needs_verification(item: LedgerItem) -> bool:
    """限期整改 of a problem of category A or C (contract §7.4)."""
    return bool(
        item.problem_id
        and item.rectify_kind == RectifyKind.DATED
        and item.problem.category.code[:1] in ("A", "C")
    )


def check_can_walk_again(posting: Posting, item: LedgerItem) -> None:
    """The ten-minute 核验 on the spot is a walk: 填报员 and 体验人 record those (contract §5), not the applicant."""
    if posting.role not in (Role.REPORTER, Role.WALKER):
        raise NotAllowed(
            f"现场核验由填报员或体验人办理，您当前的身份是{posting.get_role_display()}；"
            "请安排他们再走一次，或选一次已登记的走流程来核验。"
        )
    if posting.person.user_id == item.applied_by_id:
        raise NotAllowed("申请人不能核验自己的整改，请由其他人核验。")


def can_walk_again(posting: Posting, item: LedgerItem) -> bool:
    return allows(check_can_walk_again, posting, item)


def check_can_register(posting: Posting, unit: Organization) -> None:
    """Problems and demands are registered by 填报员 for units in reach, by 督查室 after a 暗访 (contract §5)."""
    if posting.role not in (Role.REPORTER, Role.INSPECTOR):
        raise NotAllowed("问题和需求由填报员（暗访发现的由督查室）登记。")
    if not posting.covers(unit):
        raise NotAllowed(f"您不能为{unit.label}填报。")


def check_can_decide_demand(posting: Posting) -> None:
    """采纳 or not is said by the unit that heard the demand or is to meet it, or by 审改办."""
    if posting.role not in (*UNIT_WRITERS, Role.REFORM_OFFICE):
        raise NotAllowed("需求是否采纳由填报员、单位负责人或审改办决定。")


def check_can_write_measure(posting: Posting, unit: Organization) -> None:
    """Measures are written by 填报员 of the responsible unit (contract §7.1)."""
    if posting.role != Role.REPORTER:
        raise NotAllowed("解决措施由责任单位的填报员填写。")
    if posting.organization_id != unit.pk:
        raise NotAllowed(f"解决措施由责任单位{unit.label}填写。")


def check_can_decide(posting: Posting, item: LedgerItem, label: str) -> None:
    """Extensions and escape hatches are decided by 审改办 in reach, never by the item's own unit (contract §7.6, §7.7).

    审改办's own are decided by 督查室, as they are closed by it (§7.3): else nobody in the city could.
    """
    roles = (Role.REFORM_OFFICE, Role.INSPECTOR)
    check_can_act(posting=posting, item=item, roles=roles, relation=Relation.DECIDER, label=label)


def check_can_attach(posting: Posting, item: LedgerItem) -> None:
    """佐证材料 come from the responsible or a helping unit, while the item is open."""
    if posting.role not in UNIT_WRITERS or not is_involved(posting, item):
        raise NotAllowed("佐证材料由责任单位或配合单位的填报员、负责人上传。")
    if item.state in ENDED:
        raise Changed(f"这条台账已经是“{item.get_state_display()}”，不能再上传材料。")


def check_can_decide_extension(posting: Posting, item: LedgerItem) -> None:
    """The first extension is 审改办's in reach, a second one the city's alone (contract §7.6)."""
    check_can_decide(posting, item, "审批延期")
    if posting.organization.parent_id and item.extensions.filter(is_granted=True).exists():
        raise NotAllowed("第二次延期由市审改办审批。")


def can_decide(posting: Posting, item: LedgerItem) -> bool:
    """Twin of check_can_decide."""
    return allows(check_can_decide, posting, item, "审批")


def allows(check: Callable[..., None], *arguments) -> bool:
    """Twin of any check: True where it raises nothing."""
    try:
        check(*arguments)
    except NotAllowed:
        return False
    return True


def check_can_collect(posting: Posting) -> None:
    """一键收表 writes on the ledger: 审改办 in its reach runs the campaign (contract §5), no administrator."""
    if posting.role != Role.REFORM_OFFICE:
        raise NotAllowed(f"收表由审改办办理，您当前的身份是{posting.get_role_display()}。")
