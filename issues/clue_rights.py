"""Who may ask, answer and decide about a 疑点, and weigh the rules. Each refusal is the sentence the user reads."""

from datetime import date

from campaigns.enums import OrganizationKind, Reach, Role
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Posting
from issues.enums import UNDECIDED_CLUES, ClueState
from issues.models import Clue

ANSWERERS = (Role.REPORTER, Role.DEPUTY, Role.HEAD)
READERS = (*ANSWERERS, Role.INSPECTOR)


def check_can_inspect(posting: Posting, clue: Clue) -> None:
    """督查室 in its reach; never about a walk the inspector took part in or keyed (回避)."""
    if posting.role != Role.INSPECTOR:
        raise NotAllowed(f"疑点由督查室核实，您当前的身份是{posting.get_role_display()}。")
    session = clue.session
    if not posting.covers(session.reporting_unit):
        raise NotAllowed(f"{session.reporting_unit.label}不在您的管辖范围内。")
    is_walker = any(person.pk == posting.person_id for person in session.walkers.all())
    if is_walker or session.recorded_by_id == posting.person.user_id:
        raise NotAllowed("您参加或填报了这次走流程，应当回避，请由其他督查人员办理。")


def check_can_ask(posting: Posting, clue: Clue) -> None:
    check_can_inspect(posting, clue)
    if clue.state != ClueState.RAISED:
        raise NotAllowed(f"这条疑点{clue.get_state_display()}，不用再要求说明。")


def check_can_answer(posting: Posting, clue: Clue) -> None:
    """The unit that registered the walk says what it has to say; it may say it again until it is decided."""
    if posting.role not in ANSWERERS:
        raise NotAllowed(f"情况说明由填报单位填写，您当前的身份是{posting.get_role_display()}。")
    if not posting.covers(clue.session.reporting_unit):
        raise NotAllowed(f"情况说明由{clue.session.reporting_unit.label}填写。")
    if clue.state not in (ClueState.ASKED, ClueState.ANSWERED):
        raise NotAllowed(f"这条疑点{clue.get_state_display()}，不能再填写情况说明。")


def check_can_decide(posting: Posting, clue: Clue) -> None:
    check_can_inspect(posting, clue)
    if clue.state not in UNDECIDED_CLUES:
        raise NotAllowed(f"这条疑点{clue.get_state_display()}，不能再核实。")


def check_can_uphold(posting: Posting, clue: Clue, on: date) -> None:
    """属实 only after the unit was heard, or let its days go by."""
    check_can_decide(posting, clue)
    if clue.state == ClueState.RAISED:
        raise NotAllowed("认定属实前要先要求填报单位说明情况。")
    if clue.state == ClueState.ASKED and clue.deadline.due_on >= on:
        raise NotAllowed(
            f"情况说明的时限是 {clue.deadline.due_on:%Y-%m-%d}，到期后才能不听说明直接认定属实。"
        )


def check_can_record_outcome(posting: Posting, clue: Clue) -> None:
    check_can_inspect(posting, clue)
    if clue.state != ClueState.TRUE:
        raise NotAllowed("只有认定属实的疑点才登记约谈、通报或移送。")


def check_can_weigh(posting: Posting) -> None:
    """Rules are the same for all: only the city's own 督查室 weighs them."""
    is_city = posting.organization.kind == OrganizationKind.CITY and posting.reach == Reach.SUBTREE
    if posting.role != Role.INSPECTOR or not is_city:
        raise NotAllowed("疑点规则由市督查室调整。")


def allows(check, *arguments) -> bool:
    """The twin of each check, for the button."""
    try:
        check(*arguments)
    except NotAllowed:
        return False
    return True
