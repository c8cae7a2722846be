"""Who may decide about 同类问题 and start a 举一反三: 审改办 in its reach, never about its own unit."""

from campaigns.enums import Role
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Posting
from issues.models import LedgerItem
from issues.permissions import Relation, check_can_act, is_of_unit


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
