"""Who may decide about 同类问题 and start a 举一反三: 审改办 in its reach, never about its own unit."""

from campaigns.enums import Role
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Organization, Posting
from issues.enums import LedgerState
from issues.models import LedgerItem
from issues.permissions import UNIT_WRITERS, Relation, check_can_act, is_of_unit


def check_can_decide_twins(posting: Posting, later: LedgerItem) -> None:
    """判定同类问题: by 审改办 whose reach covers the unit responsible for the later item (五(一) 行政审批管理部门)."""
    check_can_act(
        posting=posting,
        item=later,
        roles=(Role.REFORM_OFFICE,),
        relation=Relation.REACH,
        label="判定同类问题",
    )
    if is_of_unit(posting, later.responsible_unit):
        raise NotAllowed(f"责任单位是{later.responsible_unit.label}，不能由本单位的人判定。")


def can_decide_twins(posting: Posting, later: LedgerItem) -> bool:
    """Twin of check_can_decide_twins."""
    try:
        check_can_decide_twins(posting, later)
    except NotAllowed:
        return False
    return True


def check_can_spread(posting: Posting, item: LedgerItem) -> None:
    """发起举一反三: 审改办 in its reach, about a problem that names its matter and was not set aside.

    That 审改办 asks other units about it is its word that the problem is one (五(二)).
    """
    check_can_act(
        posting=posting, item=item, roles=(Role.REFORM_OFFICE,), relation=Relation.REACH, label="发起举一反三"
    )
    if not item.problem_id or not item.problem.matter_id:
        raise NotAllowed("只有写明事项的问题才能发起举一反三。")
    if item.state in (LedgerState.REFUSED, LedgerState.MERGED):
        raise NotAllowed(f"这条台账是“{item.get_state_display()}”，不能发起举一反三。")


def can_spread(posting: Posting, item: LedgerItem) -> bool:
    """Twin of check_can_spread."""
    try:
        check_can_spread(posting, item)
    except NotAllowed:
        return False
    return True


def check_can_answer(posting: Posting, unit: Organization) -> None:
    """A self-check is answered by the unit itself, or by those who fill in for it (五(一) 主体责任部门)."""
    if posting.role not in UNIT_WRITERS:
        raise NotAllowed("自查由填报员、分管负责人或主要负责人答复。")
    if not posting.covers(unit):
        raise NotAllowed(f"自查由{unit.label}答复。")


def can_answer(posting: Posting, unit: Organization) -> bool:
    """Twin of check_can_answer."""
    return posting.role in UNIT_WRITERS and posting.covers(unit)
