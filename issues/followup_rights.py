"""Who may open, ask, explain and decide a 回访. Each refusal is the sentence the user reads."""

from dataclasses import dataclass
from datetime import date

from campaigns.enums import Role
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Posting
from issues.enums import FollowUpState, LedgerState
from issues.models import FollowUp, LedgerItem
from issues.permissions import is_of_unit

EXPLAINERS = (Role.REPORTER, Role.DEPUTY, Role.HEAD)


@dataclass(frozen=True)
class Citizen:
    """Who can be asked about an item: the complainant, or whoever was accompanied and agreed to be called."""

    name: str = ""
    phone: str = ""


def citizen_of(item: LedgerItem) -> Citizen:
    """`item` with its finding's session and complaint; an empty Citizen where nobody left a number."""
    session = (item.problem or item.demand).session
    if session is None:
        return Citizen()
    if session.complaint_id:
        return Citizen(session.complaint.citizen, session.complaint.phone)
    if session.accompanied_consented:
        return Citizen(session.accompanied, session.accompanied_phone)
    return Citizen(session.accompanied)


def check_can_inspect(posting: Posting, item: LedgerItem) -> None:
    """督查室 in its reach, never of a unit that mended it, and never the one who closed it (回避)."""
    if posting.role != Role.INSPECTOR:
        raise NotAllowed(f"回访由督查室办理，您当前的身份是{posting.get_role_display()}。")
    unit = item.responsible_unit
    if not posting.covers(unit):
        raise NotAllowed(f"{unit.label}不在您的管辖范围内。")
    if any(is_of_unit(posting, each) for each in (unit, *item.helper_units.all())):
        raise NotAllowed("您是责任单位或配合单位的人员，应当回避，请由其他督查人员回访。")
    if item.closed_by_id is not None and item.closed_by_id == posting.person.user_id:
        raise NotAllowed("这条台账是您销号的，应当回避，请由其他督查人员回访。")


def check_can_open(posting: Posting, item: LedgerItem) -> None:
    check_can_inspect(posting, item)
    if item.state != LedgerState.CLOSED:
        raise NotAllowed(f"{item.number} 现在是“{item.get_state_display()}”，已销号的台账才能回访。")


def wants_asking(posting: Posting, item: LedgerItem) -> bool:
    """Whether a button may offer 回访: closed, in the inspector's hands, and this closing not asked about yet."""
    if posting.role != Role.INSPECTOR or not allows(check_can_open, posting, item):
        return False
    return all(each.closed_at != item.closed_at for each in item.follow_ups.all())


def check_can_ask(posting: Posting, follow_up: FollowUp) -> None:
    check_can_inspect(posting, follow_up.item)
    if follow_up.state != FollowUpState.OPEN:
        raise NotAllowed(f"这次回访{follow_up.get_state_display()}，不能再登记。")


def check_can_explain(posting: Posting, follow_up: FollowUp) -> None:
    """The responsible unit says what it has to say, once."""
    unit = follow_up.item.responsible_unit
    if posting.role not in EXPLAINERS or not posting.covers(unit):
        raise NotAllowed(f"回访情况由责任单位{unit.label}说明。")
    if follow_up.state != FollowUpState.EXPLAINING:
        raise NotAllowed(f"这次回访{follow_up.get_state_display()}，不能再说明。")


def check_can_accept(posting: Posting, follow_up: FollowUp) -> None:
    """采纳说明 only where there is one."""
    check_can_inspect(posting, follow_up.item)
    if follow_up.state != FollowUpState.EXPLAINED:
        raise NotAllowed(f"这次回访{follow_up.get_state_display()}，没有可以采纳的说明。")


def check_can_reopen(posting: Posting, follow_up: FollowUp, on: date) -> None:
    """撤销销号 after the unit was heard, or let its days go by."""
    check_can_inspect(posting, follow_up.item)
    if follow_up.state == FollowUpState.EXPLAINING and follow_up.deadline.due_on >= on:
        raise NotAllowed(
            f"单位说明的时限是 {follow_up.deadline.due_on:%Y-%m-%d}，到期后才能不听说明撤销销号。"
        )
    if follow_up.state not in (FollowUpState.EXPLAINING, FollowUpState.EXPLAINED):
        raise NotAllowed(f"这次回访{follow_up.get_state_display()}，不能据此撤销销号。")


def allows(check, *arguments) -> bool:
    """The twin of each check, for the button."""
    try:
        check(*arguments)
    except NotAllowed:
        return False
    return True
