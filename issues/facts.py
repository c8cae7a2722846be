"""What the page of a ledger item says: whose turn it is, the facts, the history, the comparison of a 核验.

Shapes for the templates, from rows that were fetched; nothing is decided here and nothing is written.
"""

from datetime import date
from typing import Any

from django.db.models import Q

from campaigns.enums import Role
from campaigns.ground.calendar import Calendar
from campaigns.ground.clock import day_of
from campaigns.ground.deadlines import Chase, Deadline, LightChange
from campaigns.models import Slip
from issues.enums import LedgerState, RectifyKind, ResultKind, Turn
from issues.lights import applied_on_of
from issues.models import Consent, Demand, Extension, LedgerEntry, LedgerItem, Measure, Problem
from issues.moves import CLOCKS
from issues.permissions import is_reform_office, needs_verification
from issues.querysets import WAITING_FOR_REVIEW
from issues.verifying import is_answered, waits_for_verifier, whole_because

_HOLDERS = {Turn.UNIT: "填报员", Turn.UNIT_DEPUTY: "分管负责人", Turn.UNIT_HEAD: "主要负责人"}
_TO_DO = {
    LedgerState.UNASSIGNED: "转办给责任单位",
    LedgerState.ASSIGNED: "签收，或写明理由退回一次",
    LedgerState.PLANNING: "写好解决措施、步骤和时限，提交审签",
    LedgerState.UNSIGNED: "审签整改措施",
    LedgerState.RECTIFYING: "抓紧整改，完成后申请销号",
    LedgerState.APPLIED: "审核本单位的销号申请",
    LedgerState.REVIEWED: "办理销号审核",
    LedgerState.ESCALATED: "按请示跟进，每 20 个工作日报一次进展",
    LedgerState.STAGED: "长期坚持，每季度报一次进展",
}


def whose_turn(item: LedgerItem, *, on: date, calendar: Calendar) -> dict[str, Any]:
    """Who has to do what until when: `who`, `what`, `clock` (Deadline or None), `left` (working days or None)."""
    clock = CLOCKS[item.state]
    if item.state == LedgerState.STAGED and item.turn_id:
        clock = CLOCKS[LedgerState.RECTIFYING]  # 长期坚持 goes on: progress is asked for again
    if clock.turn == Turn.NOBODY:
        return {"who": "", "what": "", "clock": None, "left": None}
    own = item.state == LedgerState.REVIEWED and is_reform_office(item.responsible_unit)
    office = "督查室" if own else "审改办"
    who = office if clock.turn == Turn.OFFICE else f"{item.responsible_unit.label} {_HOLDERS[clock.turn]}"
    what = _TO_DO[item.state]
    if item.state == LedgerState.PLANNING and item.is_quick:
        what = "立行立改，办结后上传佐证、申请销号"
    if item.state == LedgerState.RECTIFYING and item.rectify_kind == RectifyKind.LASTING:
        what = "长期坚持，按期报一次进展；见到成效后申请认定阶段性完成"
    if item.state == LedgerState.ESCALATED and item.turn_id and item.turn.title.endswith("文号"):
        what = "行文请示上级，报请示文号"
    if waits_for_verifier(item):
        what += "；先要有人回头看核验"
    running = item.turn or item.deadline
    if running is not None and not running.is_open:
        running = None
    left = calendar.workdays_between(on, running.due_on) if running is not None else None
    return {"who": who, "what": what, "clock": running, "left": left}


def unanswered(item: LedgerItem, *, on: date, calendar: Calendar) -> list[dict[str, Any]]:
    """延期 and 报备 nobody has answered: `asks`, `who` answers, working days `waited`, `clock`, working days `left`."""
    extensions = item.extensions.waiting().select_related("deadline")
    asked = [(one, f"申请延期至 {one.new_due_on:%Y-%m-%d}") for one in extensions]
    asked += [
        (one, f"申请{one.get_kind_display()}") for one in item.consents.waiting().select_related("deadline")
    ]
    return [
        {
            "asks": asks,
            "who": _answers(one, item),
            "waited": calendar.workdays_between(day_of(one.asked_at), on),
            "clock": one.deadline,
            "left": calendar.workdays_between(on, one.deadline.due_on) if one.deadline else None,
        }
        for one, asks in asked
    ]


def _answers(request: Extension | Consent, item: LedgerItem) -> str:
    if is_reform_office(item.responsible_unit):
        return "督查室"
    second = isinstance(request, Extension) and item.extensions.filter(is_granted=True).exists()
    return "市审改办" if second else "审改办"


def why_it_waits(item: LedgerItem, role: str) -> str:
    """Why an item stands in the 待我办理 of `role`, in a few words. The rows must carry `asked_count` (with_list_columns)."""
    if role == Role.HEAD and item.state != LedgerState.UNSIGNED:
        return "立行立改已办结，补审签"
    if role in (Role.REFORM_OFFICE, Role.INSPECTOR) and item.state not in (
        LedgerState.UNASSIGNED,
        LedgerState.REVIEWED,
    ):
        return "审批延期申请" if item.asked_count else "审批报备申请"
    if item.state == LedgerState.PLANNING and item.is_quick:
        return "立行立改，办结后申请销号"
    return _TO_DO.get(item.state, "")


def item_facts(item: LedgerItem) -> list[tuple[str, Any]]:
    """台账 as label and value; what does not apply is left out."""
    deadline = item.deadline
    pairs = [
        ("填报单位", item.reporting_unit.label),
        ("责任单位", item.responsible_unit.label),
        ("配合单位", "、".join(unit.label for unit in item.helper_units.all())),
        ("责任人", item.person.name if item.person_id else ""),
        ("整改类型", item.get_rectify_kind_display() or "待定"),
        ("发现日期", item.found_on),
        ("起算日期", item.starts_on),
        ("原定时限", deadline.original_due_on if deadline else None),
        ("申请销号", applied_on_of(item)),
        ("单位审核", "免" if item.is_review_waived else ""),
        ("退回重办", f"{item.return_count} 次" if item.return_count else ""),
        ("回头看核验", _verification_said(item)),
    ]
    return [(label, value) for label, value in pairs if value not in (None, "")]


def _verification_said(item: LedgerItem) -> str:
    if item.waiver_reason:
        return f"免核验：{item.waiver_reason}"
    found = item.verification
    if found is not None and (is_answered(item) or item.state not in WAITING_FOR_REVIEW):
        return "已核验，有改善" if found.is_improved else "已核验，没有看到改善"
    if not needs_verification(item):
        return "不需要"
    why = whole_because(item)
    return f"销号前需要全程核验（{why}）" if why else "销号前需要核验"


def problem_facts(problem: Problem) -> list[tuple[str, Any]]:
    pairs = [
        ("问题编号", problem.number),
        ("问题类别", f"{problem.category.code} {problem.category.group}·{problem.category.name}"),
        ("事项", problem.matter.name if problem.matter else ""),
        ("问题环节", problem.get_step_display()),
        ("问题来源", problem.get_source_display()),
        ("填报单位", problem.reporting_unit.label),
        ("责任单位", problem.responsible_unit.label),
        ("配合单位", "、".join(unit.label for unit in problem.helper_units.all())),
        ("发现日期", problem.found_on),
        ("建议类型", problem.get_proposed_kind_display()),
        ("建议时限", problem.proposed_due_on),
        ("质量评价", problem.get_quality_display()),
        ("备注", problem.note),
    ]
    return [(label, value) for label, value in pairs if value not in (None, "")]


def demand_facts(demand: Demand) -> list[tuple[str, Any]]:
    unit = demand.responsible_unit
    pairs = [
        ("需求编号", demand.number),
        ("提出方", demand.get_party_display()),
        ("需求来源", demand.source),
        ("事项", demand.matter.name if demand.matter else ""),
        ("填报单位", demand.reporting_unit.label),
        ("提出日期", demand.found_on),
        ("是否采纳", {None: "待定", True: "采纳", False: "不采纳"}[demand.is_accepted]),
        ("不采纳理由", demand.refusal_reason),
        ("责任单位", unit.label if unit else ""),
        ("配合单位", "、".join(each.label for each in demand.helper_units.all())),
        ("办结时限", demand.due_on),
        ("备注", demand.note),
    ]
    return [(label, value) for label, value in pairs if value not in (None, "")]


def measure_facts(measure: Measure) -> list[tuple[str, Any]]:
    number = f"（{measure.institution_number}）" if measure.institution_number else ""
    labels = dict(ResultKind.choices)
    pairs = [
        ("措施编号", measure.number),
        ("整改类型", measure.get_rectify_kind_display()),
        ("整改时限", measure.due_on),
        ("牵头单位", measure.lead_unit.label),
        ("配合单位", "、".join(unit.label for unit in measure.helper_units.all())),
        ("责任领导", measure.leader),
        ("责任人", measure.person_label),
        ("成果类型", "、".join(labels.get(kind, kind) for kind in measure.result_kinds)),
        ("长效机制", f"{measure.institution}{number}" if measure.institution else ""),
        ("印发日期", measure.institution_issued_on),
        ("备注", measure.note),
    ]
    return [(label, value) for label, value in pairs if value not in (None, "")]


def history(item: LedgerItem) -> list[dict[str, Any]]:
    """The item's history, newest first: who, when, why, from → to. One query.

    并案办理 keeps both: what was merged into the item, and what it was merged into, are told along by their number.
    """
    with_it = Q(item=item) | Q(item__merged_into=item)
    if item.merged_into_id:
        with_it |= Q(item=item.merged_into_id)
    entries = LedgerEntry.objects.filter(with_it).select_related("item")
    return [
        {
            "at": entry.at,
            "who": entry.by_text,
            "what": _what(entry) if entry.item_id == item.pk else f"{entry.item.number} {_what(entry)}",
            "why": entry.note,
            "tone": "late" if entry.move in _LATE else "",
        }
        for entry in entries.order_by("-at", "-sequence", "-item")
    ]


_LATE = ("LAPSE", "REMIND")


def _what(entry: LedgerEntry) -> str:
    if entry.source and entry.source != entry.target:
        return f"{entry.get_move_display()}：{entry.get_source_display()} → {entry.get_target_display()}"
    if not entry.source:
        return f"{entry.get_move_display()}：{entry.get_target_display()}"
    return entry.get_move_display()


def clocks_of(item: LedgerItem) -> list[int]:
    """Ids of the Deadlines of the item, of the steps of its measures, of what it asked for. One query for the latter."""
    steps = Q(measure_step__measure__in=item.finding.measures.all())
    others = Deadline.objects.filter(steps | Q(extension__item=item) | Q(consent__item=item))
    own = [pk for pk in (item.deadline_id, item.turn_id) if pk]
    return [*own, *others.values_list("pk", flat=True).distinct()]


def chases_of(item: LedgerItem, clocks: list[int]) -> list[Chase]:
    """催办 of the item, newest first: also of clocks that have run out, known by their link."""
    found = Chase.objects.filter(deadline__link=item.get_absolute_url()) | Chase.objects.filter(
        deadline__in=clocks
    )
    return list(found.select_related("deadline").distinct().order_by("-on", "-level")[:30])


def light_changes_of(item: LedgerItem) -> list[LightChange]:
    """When the light of the item's own limit turned, newest first."""
    if not item.deadline_id:
        return []
    return list(item.deadline.light_changes.order_by("-pk")[:20])


def slips_of(item: LedgerItem, posting: Any, clocks: list[int]) -> list[Slip]:
    """督办单 about the item that `posting` may see, newest first."""
    visible = Slip.objects.visible_to(posting)
    about = visible.filter(about__in=clocks) | visible.filter(about__slip_itself__about__in=clocks)
    return list(about.distinct().order_by("-drafted_on", "-pk"))


NUMBERS_OF_MEASURE = (
    ("环节（个）", "steps"),
    ("材料（份）", "documents"),
    ("时限（工作日）", "days"),
    ("跑动（次）", "trips"),
    ("费用（元）", "fee"),
)


def pairs_of(measure: Measure) -> list[dict[str, Any]]:
    """五减 of a measure, before and after; only the numbers that were given."""
    rows = []
    for label, name in NUMBERS_OF_MEASURE:
        before, after = getattr(measure, f"{name}_before"), getattr(measure, f"{name}_after")
        if before is not None or after is not None:
            fell = before is not None and after is not None and after < before
            rows.append({"label": label, "before": before, "after": after, "fell": fell})
    return rows
