"""整改情况报告 of one ledger item, and the table of many, from facts alone (衡政办函〔2022〕16号 五(二)).

Builds the document model; reports.papers.gbt9704 prints it. A sentence without a fact behind it is left out.
"""

from collections.abc import Sequence
from datetime import date

from campaigns.ground.calendar import Calendar
from campaigns.ground.lights import Light
from issues.facts import NUMBERS_OF_MEASURE
from issues.lights import light_of
from issues.models import LedgerEntry, LedgerItem, Measure
from reports.papers.document import Document, Heading, Paragraph, Table, chinese_date


def item_report(
    *,
    item: LedgerItem,
    measures: Sequence[Measure],
    entries: Sequence[LedgerEntry],
    on: date,
    calendar: Calendar,
) -> Document:
    """One item from finding to closing: what was found, what was done, how far, and every step on the way."""
    finding = item.finding
    blocks = [
        Heading(1, "基本情况"),
        Paragraph(
            f"台账编号{item.number}，{item.reporting_unit.label}于{chinese_date(item.found_on)}发现，责任单位为{item.responsible_unit.label}。"
        ),
        Paragraph(finding.text),
    ]
    if item.problem_id and item.problem.cause:
        blocks.append(Paragraph(f"原因分析：{item.problem.cause}"))
    blocks.append(Heading(1, "整改措施"))
    blocks += _measures(measures)
    blocks += [Heading(1, "整改进展和成效"), Paragraph(_standing(item, on, calendar)), *_gains(measures)]
    blocks += [Heading(1, "办理过程"), _way(entries)]
    return Document(
        title=f"关于{item.number}整改情况的报告",
        addressee="",
        blocks=tuple(blocks),
        signature=item.responsible_unit.name,
        on=on,
    )


def _measures(measures: Sequence[Measure]) -> list:
    if not measures:
        return [Paragraph("尚未填写解决措施。")]
    blocks = []
    for measure in measures:
        who = f"，责任人{measure.person_label}" if measure.person_label else ""
        until = f"，整改时限{chinese_date(measure.due_on)}" if measure.due_on else ""
        blocks.append(Paragraph(f"{measure.text}（{measure.lead_unit.label}牵头{who}{until}）"))
        for step in measure.steps.all():
            done = f"，{chinese_date(step.done_on)}完成" if step.done_on else ""
            blocks.append(
                Paragraph(f"第{step.sequence}步：{step.text}，{chinese_date(step.due_on)}前{done}。")
            )
    return blocks


def _standing(item: LedgerItem, on: date, calendar: Calendar) -> str:
    """Where it stands, its dates, and its light in words."""
    said = [f"截至{chinese_date(on)}，该项为“{item.get_state_display()}”"]
    if item.rectify_kind:
        said.append(f"整改类型为{item.get_rectify_kind_display()}")
    if item.deadline:
        said.append(f"整改时限{chinese_date(item.deadline.due_on)}")
        if item.deadline.was_moved:
            said.append(f"原定{chinese_date(item.deadline.original_due_on)}")
    light = light_of(item, on=on, calendar=calendar)
    words = {Light.RED: "已超过时限", Light.LATE_DONE: "办结时已超过时限", Light.DONE: "按期办结"}
    if light in words:
        said.append(words[light])
    if item.waiver_reason:
        said.append(f"免回头看核验，原因是{item.waiver_reason.rstrip('。')}")
    return "，".join(said) + "。"


def _gains(measures: Sequence[Measure]) -> list:
    """五减 before and after, and 长效机制 that counts (contract §7.9)."""
    rows = []
    for measure in measures:
        for label, name in NUMBERS_OF_MEASURE:
            before, after = getattr(measure, f"{name}_before"), getattr(measure, f"{name}_after")
            if before is not None and after is not None:
                rows.append((label, f"{before:g}", f"{after:g}"))
    blocks: list = (
        [Table(("要素", "整改前", "整改后"), tuple(rows), (3, 2, 2), numbers=(1, 2))] if rows else []
    )
    for measure in measures:
        if measure.has_institution:
            issued = chinese_date(measure.institution_issued_on)
            blocks.append(
                Paragraph(
                    f"建立长效机制：《{measure.institution.strip('《》')}》（{measure.institution_number}，{issued}印发）。"
                )
            )
    return blocks


def _way(entries: Sequence[LedgerEntry]) -> Table:
    rows = [
        (f"{entry.at:%Y-%m-%d}", entry.get_move_display(), entry.by_text, entry.note) for entry in entries
    ]
    return Table(("日期", "办理", "办理人", "说明"), tuple(rows), (3, 3, 5, 7))


def items_table(items: Sequence[LedgerItem], *, on: date, calendar: Calendar) -> Table:
    """Each item with its kind, state, date and light of the day."""
    rows = tuple(_row(item, str(light_of(item, on=on, calendar=calendar))) for item in items)
    columns = ("台账编号", "整改事项", "整改类型", "状态", "整改时限", "灯")
    return Table(columns, rows, widths=(5, 9, 3, 3, 4, 3))


def _row(item: LedgerItem, light: str) -> tuple[str, ...]:
    due = f"{item.deadline.due_on:%Y-%m-%d}" if item.deadline else "—"
    kind = item.get_rectify_kind_display() or "—"
    return (item.number, item.finding.text[:60], kind, item.get_state_display(), due, light)
