"""One table from what can be done with a ledger item to its form and its action; one dispatcher reads it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from campaigns.ground.refusal import Changed
from campaigns.models import Posting
from issues.actions import duties, evidence, ledger, plans, requests, verifying
from issues.enums import ConsentKind, MoveName
from issues.forms import acts as forms
from issues.models import LedgerItem
from issues.moves import MOVES
from issues.permissions import check_can_act
from issues.request_rights import REQUEST_LABELS, check_can_ask, requests_for
from issues.workflow import moves_for

M = MoveName


@dataclass(frozen=True)
class Act:
    """One button: `run` is the action, called with item, by, now and the form's arguments. `move` names its row of MOVES.

    `confirm`: asked before it is sent; `kind` of the button: main, danger or plain; `hint` stands above the form.
    """

    slug: str
    label: str
    form: type[forms.ActForm]
    run: Callable[..., Any]
    done: str
    move: str = ""
    confirm: str = ""
    kind: str = ""
    hint: str = ""


def _decide_extension(*, item: LedgerItem, by: Posting, now: datetime, granted: bool, note: str) -> None:
    open_one = item.extensions.waiting().first()
    if open_one is None:
        raise Changed("这项延期申请已经审批过了，请看下面的最新情况。")
    requests.decide_extension(extension=open_one, by=by, now=now, granted=granted, note=note)


def _decide_consent(*, item: LedgerItem, by: Posting, now: datetime, granted: bool, note: str) -> None:
    open_one = item.consents.waiting().first()
    if open_one is None:
        raise Changed("这项申请已经审批过了，请看下面的最新情况。")
    requests.decide_consent(consent=open_one, by=by, now=now, granted=granted, note=note)


def _ask(kind: str) -> Callable[..., Any]:
    def ask(**arguments) -> Any:
        return requests.ask_consent(kind=kind, **arguments)

    return ask


def _move(name: str, form: type[forms.ActForm], run: Callable[..., Any], **options) -> Act:
    label = MOVES[name].label
    return Act(name.lower(), label, form, run, f"已{label}", move=name, **options)


def _request(name: str, form: type[forms.ActForm], run: Callable[..., Any], done: str, **options) -> Act:
    return Act(name, REQUEST_LABELS[name], form, run, done, **options)


_CLOSED_FOR_GOOD = "办理后这条台账就到头了，请核对编号和内容。"
_ACTS = (
    _move(M.ASSIGN, forms.AssignForm, ledger.assign, kind="main"),
    _move(M.ACCEPT, forms.NoteForm, ledger.accept, kind="main"),
    _move(M.DECLINE, forms.ReasonForm, ledger.decline, hint="只能退回一次，由审改办在 1 个工作日内裁定。"),
    _move(M.SUBMIT_PLAN, forms.NoteForm, ledger.submit_plan, kind="main"),
    _move(M.SIGN, forms.NoteForm, ledger.sign, kind="main"),
    _move(M.SIGN_QUICK, forms.NoteForm, ledger.sign_quick, kind="main"),
    _move(
        M.REVIEW_PLAN, forms.NoteForm, plans.review_plan, kind="main", hint="审核意见供主要负责人审签时看。"
    ),
    _move(M.SEND_BACK, forms.ReasonForm, ledger.send_back),
    _move(M.FINISH, forms.ApplyForm, ledger.finish_quick, kind="main", hint="办结即申请销号。"),
    _move(M.APPLY, forms.ApplyForm, ledger.apply_for_closure, kind="main", hint="申请后整改时限停止计时。"),
    _move(M.PASS_REVIEW, forms.NoteForm, ledger.pass_review, kind="main"),
    _move(M.FAIL_REVIEW, forms.ReasonForm, ledger.fail_review),
    _move(M.CLOSE, forms.NoteForm, ledger.close, kind="main", confirm=_CLOSED_FOR_GOOD),
    _move(M.STAGE, forms.NoteForm, ledger.close, kind="main", confirm="认定为阶段性完成。"),
    _move(M.RETURN, forms.ReasonForm, ledger.return_, hint="退还申请时剩余的工作日，至少 3 个。"),
    _move(M.RETURN_QUICK, forms.ReasonForm, ledger.return_, hint="退还申请时剩余的工作日，至少 3 个。"),
    _move(M.RESUME, forms.NoteForm, ledger.resume, kind="main", hint="退还暂停时剩余的工作日，至少 3 个。"),
    _move(
        M.GIVE_NUMBER,
        forms.NumberForm,
        requests.give_number,
        kind="main",
        hint="提请上级协调后 5 个工作日内报请示文号，之后每 20 个工作日报一次进展。",
    ),
    _move(M.PROGRESS, forms.ProgressForm, ledger.report_progress),
    _move(M.MERGE, forms.MergeForm, ledger.merge, confirm=_CLOSED_FOR_GOOD),
    _move(M.REFUSE, forms.ReasonForm, ledger.refuse, kind="danger", confirm=_CLOSED_FOR_GOOD),
    _move(
        M.REOPEN, forms.ReasonForm, ledger.reopen, kind="danger", confirm="撤销销号后退回责任单位重新整改。"
    ),
    _move(
        M.REOPEN_QUICK,
        forms.ReasonForm,
        ledger.reopen,
        kind="danger",
        confirm="撤销销号后转为限期整改重新办理。",
    ),
    _request(
        "decide_extension",
        forms.DecisionForm,
        _decide_extension,
        "已审批延期申请",
        kind="main",
    ),
    _request("decide_consent", forms.DecisionForm, _decide_consent, "已审批申请", kind="main"),
    _request("verify", forms.VerifyForm, verifying.verify, "已登记回头看核验"),
    _request("waive", forms.WaiveForm, verifying.waive_verification, "已登记免核验"),
    _request("evidence", forms.EvidenceForm, evidence.add_files, "已上传佐证材料"),
    _request(
        "extension",
        forms.ExtensionForm,
        requests.ask_extension,
        "已提交延期申请",
        hint="到期日当天或之前提出；申请期间照常亮灯。",
    ),
    _request("withdraw", forms.NoteForm, requests.withdraw_request, "已撤回申请"),
    _request(
        "escalate",
        forms.ConsentForm,
        _ask(ConsentKind.ESCALATE),
        "已提交申请",
        hint="本级解决不了的，报审改办同意后暂停计时。",
    ),
    _request(
        "lasting",
        forms.ConsentForm,
        _ask(ConsentKind.LASTING),
        "已提交申请",
        hint="长期坚持要先报审改办同意，再提交审签。",
    ),
    _request("hand_over", forms.HandOverForm, duties.hand_over, "已移交责任人"),
    _request("remind", forms.NoteForm, duties.remind, "已催办", hint="发给现在轮到办理的人，每条每天一次。"),
)
ACTS: dict[str, Act] = {act.slug: act for act in _ACTS}
# Said by another button: who may skip 单位审核 is settled when 申请销号 is pressed; 提请上级协调 by its consent.
WITHOUT_BUTTON = {M.APPLY_DIRECT, M.ESCALATE, M.LAPSE}


def acts_for(item: LedgerItem, posting: Posting, on: date) -> list[Act]:
    """The buttons of the item's page for `posting`: its moves and its requests, in the table's order."""
    moves = {move.name for move in moves_for(item, posting)} - WITHOUT_BUTTON
    wanted = {name.lower() for name in moves} | set(requests_for(item, posting, on))
    return [act for act in _ACTS if act.slug in wanted]


def check_role(act: Act, item: LedgerItem, posting: Posting) -> None:
    """A wrong role or unit gets its sentence (403) before any form is read."""
    if not act.move:
        check_can_ask(act.slug, posting, item)
        return
    move = MOVES[act.move]
    check_can_act(posting=posting, item=item, roles=move.roles, relation=move.relation, label=move.label)
