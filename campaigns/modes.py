"""The five forms of a walk, declared once: the page, the form and the action read the same table.

Pure: no model, no query. Source: 衡政办函〔2022〕16号 三、主要形式; required facts as in contract §6 sessions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from campaigns.enums import EXPECTED_STEPS, Channel, SessionMode

# Facts any form may carry; each is a field of WalkSession.
COMMON_FACTS = (
    "place",
    "is_simulated",
    "case_number",
    "was_announced",
    "actual_steps",
    "actual_documents",
    "actual_days",
    "actual_trips",
    "actual_fee",
    "asks_clear",
    "runs_clear",
    "done_clear",
)


@dataclass(frozen=True)
class Need:
    """A fact a held walk of this form must carry, and what is said when it is missing.

    `typed_only`: asked of people at the form; the workbook has no such column (or leaves it free), so imports may lack it.
    """

    field: str
    sentence: str
    typed_only: bool = False


@dataclass(frozen=True)
class Form:
    """What makes a form this form.

    lead: how it is done, in the words of the action plan. hint: what to look at while filling in.
    extra: own facts, in the order the page asks them. needs: those that must be there. steps: offered first.
    channel: the likely channel, "" for none.
    """

    mode: str
    lead: str
    hint: str
    extra: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    channel: str = ""
    has_cases: bool = False

    @property
    def label(self) -> str:
        return SessionMode(self.mode).label

    @property
    def steps(self) -> tuple[str, ...]:
        return EXPECTED_STEPS[self.mode]


FORMS: dict[str, Form] = {
    form.mode: form
    for form in (
        Form(
            SessionMode.SELF,
            "以自己作为申请人，线上线下办理具体事项。",
            "没有具体办事需求的，可以虚拟事项，进行模拟体验，并跑完整个办事流程。",
        ),
        Form(
            SessionMode.AGENT,
            "经企业和群众授权委托，全流程帮助或代表办事人办完具体事项。",
            "从注册登录、填写填报、提交申报到等待结果，逐个环节如实填写。",
            extra=("authorization_number", "authorized_by", "authorized_until"),
            needs=(Need("authorization_number", "帮代办要填写授权委托书编号。"),),
        ),
        Form(
            SessionMode.ACCOMPANY,
            "与企业办事人员或群众一道，参与办事全过程。",
            "查看办事指南、准备材料、填写表格、窗口办理，并听取企业办事人员和群众的意见。",
            extra=("accompanied", "accompanied_phone", "accompanied_consented", "accompanied_purpose"),
            needs=(Need("accompanied", "陪同办要填写陪同对象。"),),
        ),
        Form(
            SessionMode.WINDOW,
            "以部门工作人员身份，在窗口直接受理群众办理事项。",
            "从答疑解惑、直接受理、后台审批到窗口出件，走完审批全流程，并登记受理的办件。",
            extra=("window",),
            needs=(
                Need("window", "坐窗办要填写窗口号。"),
                Need("cases", "坐窗办至少要登记一个办件。", typed_only=True),
            ),
            channel=Channel.HALL_WINDOW,
            has_cases=True,
        ),
        Form(
            SessionMode.BACKWARD,
            "对12345热线、“好差评”等反映的不满意事项，从办事结果往前倒推。",
            "从办事结果开始，往前倒推审批流程，查找办事环节的“梗阻”问题。",
            extra=("work_order", "blocking_step"),
            needs=(
                Need("work_order", "倒推办要填写工单编号。"),
                Need("blocking_step", "倒推办要指出梗阻环节。", typed_only=True),
            ),
        ),
    )
}

OWN_FACTS = tuple(field for form in FORMS.values() for field in form.extra)
# What a form's own facts read when another form was chosen in the end; those not named read "".
_BLANK: dict[str, Any] = {"authorized_until": None, "accompanied_consented": False}
NO_OWN_FACTS: dict[str, Any] = {field: _BLANK.get(field, "") for field in OWN_FACTS}
# How the walk came in: EntryKind, and what a phone said about itself when it sent the walk.
ENTRY_FACTS = ("entry", "body_sha256", "device_sent_at", "synced_at")
FACTS = (*COMMON_FACTS, *OWN_FACTS, "complaint", *ENTRY_FACTS)


def missing_facts(mode: str, facts: Mapping[str, Any], cases: Sequence[Any], *, imported: bool) -> list[Need]:
    """What a held walk of `mode` still lacks, in the order of the table.

    facts: field name → value; cases: the 办件 of a 坐窗办; imported: only what the workbook demands (contract §6).
    """
    at_hand = {**facts, "cases": cases}
    return [
        need
        for need in FORMS[mode].needs
        if not at_hand.get(need.field) and not (imported and need.typed_only)
    ]
