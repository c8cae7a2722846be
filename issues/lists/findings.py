"""问题清单、需求清单 (domain.md §1.2, §1.3) and the one-sheet variant for 市审改办 (§1.5).

体验人 stands where those older forms say 走流程领导 (contract §5).
"""

from typing import Any

from django.db.models import QuerySet

from campaigns.ground.table import Column
from issues.enums import LedgerState, MoveName
from issues.lists.cells import (
    LINE,
    by_code,
    by_number,
    due_of,
    item_of,
    joined,
    label,
    labels,
    matter_named,
    state_of,
    walkers,
    yes_no,
)


def _session(finding: Any, attribute: str) -> Any:
    return getattr(finding.session, attribute) if finding.session else ""


def _mode(finding: Any) -> str:
    return finding.session.get_mode_display() if finding.session else ""


def _channel(finding: Any) -> str:
    return finding.session.get_channel_display() if finding.session else ""


def _kind(problem: Any) -> str:
    """整改类型 as decided; before that as proposed by the finder."""
    item = item_of(problem)
    return (
        item.get_rectify_kind_display() if item and item.rectify_kind else problem.get_proposed_kind_display()
    )


def _problem_due(problem: Any) -> Any:
    return due_of(item_of(problem)) or problem.proposed_due_on


def _light(finding: Any) -> str:
    item = item_of(finding)
    return getattr(item, "light", "") if item else ""


def _serial(row: Any) -> int | None:
    return getattr(row, "serial", None)


PROBLEMS = (
    Column("序号", _serial, "number", on_page=False, width=5),
    Column("问题编号", lambda row: row.number, link=True, width=12),
    Column("填报单位", lambda row: label(row.reporting_unit), width=9),
    Column("体验人(姓名、职务)", lambda row: walkers(row.session), on_page=False, width=9),
    Column("体验时间", lambda row: _session(row, "held_on"), "date", on_page=False, width=11),
    Column("体验形式", _mode, on_page=False, width=7),
    Column("办理渠道", _channel, on_page=False, width=8),
    Column("体验事项(名称/编码)", lambda row: matter_named(row.matter), on_page=False, width=11),
    Column("体验事项", lambda row: row.matter.name if row.matter else "", in_sheet=False),
    Column("问题出现环节", lambda row: row.get_step_display(), on_page=False, width=6),
    Column(
        "问题类别(四大类/小类)",
        lambda row: f"{row.category.group}/{row.category.name}",
        on_page=False,
        width=10,
    ),
    Column("发现的问题(具体表现)", lambda row: row.text, "long", width=27),
    Column("原因分析(“堵”的原因)", lambda row: row.cause, "long", on_page=False, width=17),
    Column("问题来源", lambda row: row.get_source_display(), width=7),
    Column("责任单位", lambda row: label(row.responsible_unit), width=9),
    Column("配合单位", lambda row: labels(row.helper_units), on_page=False, width=8),
    Column("整改类型", _kind, width=7),
    Column("整改时限", _problem_due, "date", width=11),
    Column("灯", _light, "light", in_sheet=False),
    Column("状态", lambda row: state_of(item_of(row)), "state", width=8),
    Column("备注", lambda row: row.note, "long", on_page=False, width=8),
)


def _outcome(demand: Any) -> str:
    """办理结果: how far the accepted demand has come, or that it was not accepted."""
    if demand.is_accepted is None:
        return "待研究"
    return state_of(item_of(demand)) if demand.is_accepted else "不采纳"


def _demand_due(demand: Any) -> Any:
    return due_of(item_of(demand)) or demand.due_on


def _problem_reference(demand: Any) -> str:
    """The serial of the problem in the same workbook, else its number."""
    if not demand.problem_id:
        return ""
    return str(getattr(demand, "problem_reference", "") or demand.problem.number)


DEMANDS = (
    Column("序号", _serial, "number", on_page=False, width=5),
    Column("需求编号", lambda row: row.number, link=True, width=12),
    Column("填报单位", lambda row: label(row.reporting_unit), width=9),
    Column("需求提出方", lambda row: row.get_party_display(), width=8),
    Column("需求来源", lambda row: row.source, width=9),
    Column("涉及事项", lambda row: row.matter.name if row.matter else "", width=12),
    Column("具体需求", lambda row: row.text, "long", width=30),
    Column("期望效果", lambda row: row.wish, "long", on_page=False, width=20),
    Column("对应问题序号", _problem_reference, on_page=False, width=8),
    Column("是否采纳", lambda row: yes_no(row.is_accepted), width=6),
    Column("不采纳理由", lambda row: row.refusal_reason, "long", on_page=False, width=14),
    Column("责任单位", lambda row: label(row.responsible_unit), width=9),
    Column("办结时限", _demand_due, "date", width=11),
    Column("灯", _light, "light", in_sheet=False),
    Column("办理结果", _outcome, "state", width=9),
    Column("备注", lambda row: row.note, "long", on_page=False, width=9),
)


def _measures(item: Any) -> list:
    return by_number(item.finding.measures)


def _demands(item: Any) -> str:
    if item.demand_id:
        return item.demand.text
    return LINE.join(demand.text for demand in by_number(item.problem.demands))


def _progress(item: Any) -> str:
    """整改情况: the last word of progress, behind the state."""
    entries = sorted(item.entries.all(), key=lambda entry: entry.sequence)
    notes = [entry.note for entry in entries if entry.move == MoveName.PROGRESS]
    return "：".join([state_of(item), *notes[-1:]])


ONE_SHEET = (
    Column("序号", _serial, "number", width=5),
    Column("单位", lambda row: label(row.reporting_unit), width=9),
    Column("体验人姓名", lambda row: _walker_names(row.finding), width=7),
    Column("职务", lambda row: _walker_titles(row.finding), width=10),
    Column("走流程时间", lambda row: _session(row.finding, "held_on"), "date", width=11),
    Column("走流程形式", lambda row: _mode(row.finding), width=7),
    Column("事项名称", lambda row: row.finding.matter.name if row.finding.matter else "", width=10),
    Column("发现的问题", lambda row: row.problem.text if row.problem_id else "", "long", width=25),
    Column("需求", _demands, "long", width=17),
    Column("解决措施", lambda row: LINE.join(each.text for each in _measures(row)), "long", width=25),
    Column("整改时限", due_of, "date", width=11),
    Column("责任单位", lambda row: label(row.responsible_unit), width=9),
    Column("责任人", lambda row: joined(each.person_label for each in _measures(row)), width=7),
    Column("整改情况", _progress, "long", width=14),
    Column("是否销号", lambda row: yes_no(row.state == LedgerState.CLOSED), width=6),
    Column("备注", lambda row: row.finding.note, "long", width=9),
)


def _walker_names(finding: Any) -> str:
    return joined(person.name for person in by_code(finding.session.walkers)) if finding.session else ""


def _walker_titles(finding: Any) -> str:
    return joined(person.title for person in by_code(finding.session.walkers)) if finding.session else ""


def problem_rows(problems: QuerySet) -> QuerySet:
    """`problems` with everything PROBLEMS shows, in a fixed number of queries, by number."""
    return (
        problems.select_related(
            "reporting_unit", "responsible_unit", "matter", "category", "session", "item__deadline"
        )
        .prefetch_related("session__walkers", "helper_units")
        .order_by("number")
    )


def demand_rows(demands: QuerySet) -> QuerySet:
    """`demands` with everything DEMANDS shows, in a fixed number of queries, by number."""
    return (
        demands.select_related(
            "reporting_unit", "responsible_unit", "matter", "session", "problem", "item__deadline"
        )
        .prefetch_related("session__walkers")
        .order_by("number")
    )


def one_sheet_rows(items: QuerySet) -> QuerySet:
    """Ledger items with everything ONE_SHEET shows, in a fixed number of queries, by number."""
    return (
        items.select_related(
            "reporting_unit",
            "responsible_unit",
            "deadline",
            "problem__matter",
            "problem__session",
            "demand__matter",
            "demand__session",
        )
        .prefetch_related(
            "entries",
            "problem__session__walkers",
            "demand__session__walkers",
            "problem__measures__person",
            "demand__measures__person",
            "problem__demands",
        )
        .order_by("number")
    )
