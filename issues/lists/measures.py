"""解决措施清单 (domain.md §1.4)."""

from typing import Any

from django.db.models import Prefetch, QuerySet

from campaigns.ground.table import Column
from issues.enums import LedgerState, MoveName
from issues.lists.cells import LINE, by_number, day, item_of, joined, label, labels, state_of
from issues.models import LedgerEntry

FIVE = (
    ("环节", "steps", "个"),
    ("材料", "documents", "份"),
    ("时限", "days", "个工作日"),
    ("跑动", "trips", "次"),
    ("费用", "fee", "元"),
)


def items_of(measure: Any) -> list:
    """The ledger items of every problem and demand the measure answers, problems first, by number."""
    findings = [*by_number(measure.problems), *by_number(measure.demands)]
    return [item for item in map(item_of, findings) if item]


def five_reductions(measure: Any) -> str:
    """五减 as 材料6→4份、时限15→3个工作日; a number that is not known both ways is left out."""
    said = []
    for name, field, unit in FIVE:
        before, after = getattr(measure, f"{field}_before"), getattr(measure, f"{field}_after")
        if before is not None and after is not None:
            said.append(f"{name}{_plain(before)}→{_plain(after)}{unit}")
    return joined(said)


def _plain(number: Any) -> str:
    """A number without the zeros a decimal column leaves behind: 10.00 → 10."""
    text = str(number)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _references(measure: Any, relation: str) -> str:
    """Serials in the same workbook where the loader set them, else numbers."""
    serials = getattr(measure, "serials", {})
    found = by_number(getattr(measure, relation))
    return joined(str(serials.get((relation, each.pk), each.number)) for each in found)


def _steps(measure: Any) -> str:
    return LINE.join(
        f"{step.sequence}.{step.text}（{step.due_on:%Y-%m-%d}{'，已完成' if step.done_on else ''}）"
        for step in sorted(measure.steps.all(), key=lambda step: step.sequence)
    )


def _progress(measure: Any) -> str:
    """整改进展: each item's state and its last word of progress."""
    said = []
    for item in items_of(measure):
        notes = [entry.note for entry in item.progress_entries]
        said.append("：".join([state_of(item), *notes[-1:]]))
    return LINE.join(dict.fromkeys(said))


def _finished_on(measure: Any) -> Any:
    """完成时间: the day the last of its items was struck off; empty while one is open."""
    items = items_of(measure)
    if not items or any(item.state != LedgerState.CLOSED for item in items):
        return None
    return max(day(item.closed_at) for item in items)


def _institution(measure: Any) -> str:
    number = f"（{measure.institution_number}）" if measure.institution_number else ""
    return f"{measure.institution}{number}" if measure.institution else ""


def _evidence(measure: Any) -> str:
    count = sum(len(item.evidence.all()) for item in items_of(measure))
    return f"{count}件" if count else ""


def _closure(measure: Any) -> str:
    """销号情况: when it was applied for, reviewed and struck off, a line an item."""
    said = []
    for item in items_of(measure):
        stamps = (("申请", item.applied_at), ("审核", item.reviewed_at), ("销号", item.closed_at))
        said.append(joined(f"{name}{day(at):%Y-%m-%d}" for name, at in stamps if at))
    return LINE.join(text for text in dict.fromkeys(said) if text)


MEASURES = (
    Column("序号", lambda row: getattr(row, "serial", None), "number", on_page=False, width=5),
    Column("措施编号", lambda row: row.number, link=True, width=12),
    Column("填报单位", lambda row: label(row.reporting_unit), width=9),
    Column("对应问题序号", lambda row: _references(row, "problems"), width=8),
    Column("对应需求序号", lambda row: _references(row, "demands"), on_page=False, width=8),
    Column("解决措施", lambda row: row.text, "long", width=27),
    Column("整改类型", lambda row: row.get_rectify_kind_display(), width=7),
    Column("整改步骤", _steps, "long", on_page=False, width=22),
    Column("牵头单位", lambda row: label(row.lead_unit), width=9),
    Column("配合单位", lambda row: labels(row.helper_units), on_page=False, width=8),
    Column("责任领导", lambda row: row.leader, on_page=False, width=7),
    Column("责任人", lambda row: row.person_label, width=7),
    Column("整改时限", lambda row: row.due_on, "date", width=11),
    Column("整改进展", _progress, "long", on_page=False, width=12),
    Column("完成时间", _finished_on, "date", width=11),
    Column("整改成效(五减:前→后)", five_reductions, "long", on_page=False, width=12),
    Column("长效机制(制度名称/文号)", _institution, "long", on_page=False, width=12),
    Column("佐证材料", _evidence, on_page=False, width=6),
    Column("销号情况(申请/审核/销号日期)", _closure, "long", on_page=False, width=14),
    Column("备注", lambda row: row.note, "long", on_page=False, width=8),
)


def measure_rows(measures: QuerySet) -> QuerySet:
    """`measures` with everything MEASURES shows, in a fixed number of queries, by number."""
    progress = LedgerEntry.objects.filter(move=MoveName.PROGRESS).order_by("sequence")
    findings = [
        lookup
        for relation in ("problems", "demands")
        for lookup in (
            relation,
            f"{relation}__item",
            f"{relation}__item__evidence",
            Prefetch(f"{relation}__item__entries", progress, to_attr="progress_entries"),
        )
    ]
    return (
        measures.select_related("reporting_unit", "lead_unit", "person")
        .prefetch_related("helper_units", "steps", *findings)
        .order_by("number")
    )
