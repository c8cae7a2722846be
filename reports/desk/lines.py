"""How a row of each kind is told on the desk: what is to be done, about what, at which unit, until when.

One Teller a kind of row; which rows wait for which role stands in reports.desk.works.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import DateField, F, Model, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from campaigns.models import Posting
from campaigns.plan_lists import task_rows
from issues.facts import why_it_waits
from issues.lists.clues import rule_name
from issues.lists.recurrences import recurrence_rows
from issues.lists.selfchecks import selfcheck_rows
from issues.lists.slips import slip_rows
from issues.lists.verifications import waiting_rows
from issues.models import Consent, Extension

Told = tuple[str, str, str]  # the deed, what it is about, the unit
UNTIMED = Value(None, output_field=DateField())
DEADLINE = F("deadline__due_on")


def _own_page(row: Any) -> str:
    return row.get_absolute_url()


@dataclass(frozen=True)
class Teller:
    """`told`: the words of a row for the role that reads; `ready`: rows with all that needs, in a fixed number of
    queries; `due`: the expression of the day by which it must be done; `page`: where the deed is done.
    """

    told: Callable[[Any, Posting], Told]
    ready: Callable[[QuerySet], QuerySet]
    due: Any = UNTIMED
    page: Callable[[Any], str] = _own_page


def _related(*names: str) -> Callable[[QuerySet], QuerySet]:
    return lambda rows: rows.select_related(*names)


def _of_clues(deed: str, due: Any) -> Teller:
    return Teller(
        lambda row, posting: (
            deed,
            f"{row.session.number} {rule_name(row.rule)}",
            row.session.reporting_unit.label,
        ),
        _related("session__reporting_unit", "deadline"),
        due,
    )


def _of_follow_ups(deed: str, due: Any = DEADLINE) -> Teller:
    return Teller(
        lambda row, posting: (deed, row.item.finding.text, row.item.responsible_unit.label),
        _related("item__problem", "item__demand", "item__responsible_unit"),
        due,
    )


def _of_slips(deed: str, due: Any = UNTIMED) -> Teller:
    return Teller(lambda row, posting: (deed, row.about.title, row.about.organization.label), slip_rows, due)


def _of_papers(deed: str) -> Teller:
    """通报 and 典型经验."""
    return Teller(lambda row, posting: (deed, row.title, row.organization.label), _related("organization"))


def _own_report(row: Any, posting: Posting) -> Told:
    words = f"已退回，改后重新上报：{row.reason}" if row.reason else "本单位还没有上报，由主要负责人办理"
    return ("上报总结材料", words, row.organization.label)


def _asked(requests: type[Model]) -> Subquery:
    """The day by which an open request of an item must be answered."""
    waiting = requests.objects.waiting().filter(item=OuterRef("pk"))
    return Subquery(waiting.values("deadline__due_on")[:1])


def _of_items(*due: Any) -> Teller:
    return Teller(
        lambda row, posting: (
            why_it_waits(row, posting.role),
            row.finding.text,
            row.responsible_unit.label,
        ),
        lambda rows: rows.with_list_columns(),
        Coalesce(*due, "turn__due_on", "deadline__due_on"),
    )


LEDGER, DECIDE = _of_items(), _of_items(_asked(Extension), _asked(Consent))
LOOK_BACK = Teller(
    lambda row, posting: ("回头看核验", row.problem.text, row.responsible_unit.label),
    waiting_rows,
    page=lambda row: row.look_back_url,
)
TASK = Teller(
    lambda row, posting: (
        f"走流程（{row.get_mode_display()}）",
        f"{row.matter.name}，到{row.walked_unit.label}",
        row.person.name if row.person else row.organization.label,
    ),
    task_rows,
    DEADLINE,
)
DRAFT = Teller(
    lambda row, posting: ("写完登记", f"{row.matter.name}（{row.number}）", row.walked_unit.label),
    _related("matter", "walked_unit"),
)
CONFIRM = Teller(
    lambda row, posting: (
        "本人确认",
        f"{row.held_on} {row.matter.name}（{row.get_mode_display()}）",
        row.walked_unit.label,
    ),
    _related("matter", "walked_unit"),
)
SELFCHECK = Teller(
    lambda row, posting: ("举一反三自查", row.round.item.problem.text, row.organization.label),
    selfcheck_rows,
    DEADLINE,
)
RECURRENCE = Teller(
    lambda row, posting: (
        "判定是否同类问题",
        row.later.problem.text,
        row.later.responsible_unit.label,
    ),
    recurrence_rows,
)
OBJECTION = Teller(
    lambda row, posting: ("答复考核异议", row.text, row.card.organization.label),
    _related("card__organization"),
    page=lambda row: row.card.get_absolute_url(),
)
EXPLAIN_CLUE, JUDGE_CLUE = _of_clues("说明疑点情况", DEADLINE), _of_clues("核实情况说明", UNTIMED)
EXPLAIN_FOLLOW_UP, HEAR_FOLLOW_UP = _of_follow_ups("说明回访情况"), _of_follow_ups("处理单位说明", UNTIMED)
ASK_FOLLOW_UP = _of_follow_ups("回访群众", F("ask_by"))
OBEY_SLIP, SIGN_SLIP = _of_slips("按督办单办结", DEADLINE), _of_slips("签发督办单")
APPROVE_BULLETIN, ISSUE_BULLETIN = _of_papers("批准通报"), _of_papers("印发通报")
JUDGE_EXPERIENCE = _of_papers("审核典型经验")
REPORT = Teller(_own_report, _related("organization"), DEADLINE)
RECEIVE = Teller(
    lambda row, posting: ("接收总结材料", f"{row.organization.label}已上报", row.organization.label),
    _related("organization"),
)
