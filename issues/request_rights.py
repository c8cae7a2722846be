"""What may be asked for or done on a ledger item besides the moves: 延期, 报备, 核验, 佐证, 移交, 催办; the page's other buttons."""

from datetime import date

from campaigns.enums import Role
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Posting
from issues.enums import ConsentKind, LedgerState, RectifyKind
from issues.models import LedgerItem
from issues.permissions import (
    UNIT_WRITERS,
    VERIFIERS,
    Relation,
    allows,
    can_decide,
    check_can_act,
    check_can_attach,
    check_can_decide,
    check_can_decide_extension,
    needs_verification,
)
from issues.querysets import OPEN_STATES, WAITING_FOR_REVIEW

REQUEST_LABELS = {
    "decide_extension": "审批延期",
    "decide_consent": "审批申请",
    "verify": "回头看核验",
    "waive": "免核验",
    "evidence": "上传佐证材料",
    "extension": "申请延期",
    "withdraw": "撤回申请",
    "hand_over": "移交责任人",
    "remind": "催办",
    "escalate": "申请提请上级协调",
    "lasting": "申请长期坚持",
}
REMINDED = (*OPEN_STATES, LedgerState.ESCALATED, LedgerState.STAGED)
HANDED_OVER = (
    LedgerState.PLANNING,
    LedgerState.UNSIGNED,
    LedgerState.RECTIFYING,
    LedgerState.ESCALATED,
    LedgerState.STAGED,
)


def check_can_hand_over(posting: Posting, item: LedgerItem) -> None:
    """移交责任人: the responsible unit's own business, while the item is being worked on."""
    check_can_act(
        posting=posting,
        item=item,
        roles=UNIT_WRITERS,
        relation=Relation.RESPONSIBLE,
        label=REQUEST_LABELS["hand_over"],
    )


def check_can_remind(posting: Posting, item: LedgerItem) -> None:
    """催办 by hand: 审改办 and 督查室 in their reach, the unit's own leaders in their unit."""
    label = REQUEST_LABELS["remind"]
    if posting.role in (Role.DEPUTY, Role.HEAD):
        check_can_act(
            posting=posting,
            item=item,
            roles=(Role.DEPUTY, Role.HEAD),
            relation=Relation.RESPONSIBLE,
            label=label,
        )
        return
    check_can_act(
        posting=posting,
        item=item,
        roles=(Role.REFORM_OFFICE, Role.INSPECTOR),
        relation=Relation.REACH,
        label=label,
    )


def check_can_ask(name: str, posting: Posting, item: LedgerItem) -> None:
    """Raise NotAllowed where the role or the unit is wrong for the request `name`; whether its time is right, the action says."""
    label = REQUEST_LABELS[name]
    if name == "evidence":
        check_can_attach(posting, item)
    elif name == "verify":
        if posting.role not in VERIFIERS:
            raise NotAllowed("回头看核验由填报员、分管负责人、审改办或督查室办理。")
    elif name == "decide_extension":
        check_can_decide_extension(posting, item)
    elif name == "hand_over":
        check_can_hand_over(posting, item)
    elif name == "remind":
        check_can_remind(posting, item)
    elif name in ("extension", "escalate", "lasting", "withdraw"):
        check_can_act(
            posting=posting, item=item, roles=(Role.REPORTER,), relation=Relation.RESPONSIBLE, label=label
        )
    else:
        check_can_decide(posting, item, label)


def requests_for(item: LedgerItem, posting: Posting, on: date) -> list[str]:
    """What `posting` may ask for or add besides the moves, for the buttons of the item's page (contract §7.4, §7.6, §7.7).

    Names are those of REQUEST_LABELS. The actions check again and say why not.
    """
    open_to_review = needs_verification(item) and item.state in WAITING_FOR_REVIEW
    checks = {
        "decide_extension": lambda: (
            _is_asked(item.extensions) and allows(check_can_decide_extension, posting, item)
        ),
        "decide_consent": lambda: can_decide(posting, item) and _is_asked(item.consents),
        "verify": lambda: (
            open_to_review and posting.role in VERIFIERS and posting.person.user_id != item.applied_by_id
        ),
        "waive": lambda: open_to_review and not item.waiver_reason and can_decide(posting, item),
        "evidence": lambda: allows(check_can_attach, posting, item),
        "extension": lambda: _asks_extension(posting, item, on),
        "escalate": lambda: _asks_consent(posting, item, LedgerState.RECTIFYING),
        "lasting": lambda: _asks_lasting(posting, item),
        "withdraw": lambda: (
            _is_clerk(posting, item) and (_is_asked(item.extensions) or _is_asked(item.consents))
        ),
        "hand_over": lambda: item.state in HANDED_OVER and allows(check_can_hand_over, posting, item),
        "remind": lambda: item.state in REMINDED and allows(check_can_remind, posting, item),
    }
    return [name for name, check in checks.items() if check()]


def _is_asked(requests) -> bool:
    """Whether one of the item's requests waits for its answer."""
    return requests.waiting().exists()


def _is_clerk(posting: Posting, item: LedgerItem) -> bool:
    return posting.role == Role.REPORTER and posting.organization_id == item.responsible_unit_id


def _asks_extension(posting: Posting, item: LedgerItem, on: date) -> bool:
    """Up to and on the due date, one at a time (contract §7.6)."""
    return bool(
        _is_clerk(posting, item)
        and item.state == LedgerState.RECTIFYING
        and item.deadline_id
        and on <= item.deadline.due_on
        and not _is_asked(item.extensions)
    )


def _asks_lasting(posting: Posting, item: LedgerItem) -> bool:
    agreed = item.consents.filter(kind=ConsentKind.LASTING, is_granted=True)
    return (
        item.rectify_kind == RectifyKind.LASTING
        and _asks_consent(posting, item, LedgerState.PLANNING)
        and not agreed.exists()
    )


def _asks_consent(posting: Posting, item: LedgerItem, state: str) -> bool:
    return _is_clerk(posting, item) and item.state == state and not _is_asked(item.consents)
