"""周报, 月报, 调度会材料, 提请上级协调事项清单: papers for leaders, from the figures and facts of a 工作总结.

Every number is a figure's or a count of rows; no query and no clock here (reports.brief_facts reads).
"""

from dataclasses import dataclass
from datetime import date

from campaigns.models import Campaign, Organization
from reports.breakdowns import SOON, Facts
from reports.enums import BriefKind
from reports.overview.words import lead_sentence
from reports.papers.document import Attachment, Document, Heading, Paragraph, Table, bars_of, chinese_date
from reports.summary import author, figures_table, listed, named_table, signed_by

NAMED_UNITS = 8
MEETING_UNITS, MEETING_MATTERS = 4, 3  # what one page holds
SHOWN = ("coverage", "key_matters", "sessions", "problems", "closure", "on_time", "overdue", "returned")


@dataclass(frozen=True)
class Request:
    """A ledger item that waits for the level above: what is asked for and why."""

    number: str
    unit: str
    text: str
    reason: str
    document_number: str


@dataclass(frozen=True)
class Period:
    """What happened from `since` to `until`, and what the figures were before (`changes`: figure key → words)."""

    since: date
    until: date
    walks: int
    problems: int
    demands: int
    entered: int
    closed: int
    changes: dict[str, str]


@dataclass(frozen=True)
class BriefFacts:
    """All a paper of this file is made of. `reported`: 状态 → units, of the June 30 reports."""

    organization: Organization
    campaign: Campaign
    on: date
    facts: Facts
    period: Period
    requests: tuple[Request, ...]
    reported: dict[str, int]
    late_reports: tuple[str, ...]


def brief_paper(kind: str, told: BriefFacts) -> Document:
    """The paper of `kind`."""
    if kind == BriefKind.MEETING:
        return _meeting(told)
    if kind == BriefKind.REQUESTS:
        return _requests(told)
    return _periodic(kind, told)


def _periodic(kind: str, told: BriefFacts) -> Document:
    """周报, 月报: what was done, where it stands, who is late, what comes next."""
    facts, period = told.facts, told.period
    word = "本周" if kind == BriefKind.WEEK else "本月"
    blocks = [
        Paragraph(lead_sentence(facts.figures, told.on)),
        Heading(1, f"{word}进展"),
        Paragraph(
            f"{chinese_date(period.since)}至{chinese_date(period.until)}，走流程{period.walks}场次，新发现问题{period.problems}个，"
            f"收集需求{period.demands}条，新列入台账{period.entered}条，销号{period.closed}条。"
        ),
        bars_of(
            f"图1　{word}进展",
            {
                "走流程": period.walks,
                "发现问题": period.problems,
                "列入台账": period.entered,
                "销号": period.closed,
            },
            "",
        ),
        _changes(told, SHOWN, "表1　主要指标"),
        Heading(1, "逾期和临期"),
        *_late(facts),
        *_reports(told),
        *_needs(told),
    ]
    title = f"{author(told.organization)}\n“走流程、解难题、优服务”行动{BriefKind(kind).label}"
    attachments = [Attachment("主要指标及统计口径", (figures_table(facts),))]
    if facts.overdue:
        attachments.append(Attachment("逾期未销号台账", (named_table(facts.overdue, "整改时限"),)))
    return Document(
        title=title,
        blocks=tuple(blocks),
        attachments=tuple(attachments),
        signature=signed_by(told.organization),
        on=told.on,
    )


def _changes(told: BriefFacts, keys: tuple[str, ...], caption: str) -> Table:
    """Figures with what has changed; without an earlier snapshot the last column says so."""
    changes = told.period.changes
    rows = tuple(
        (each.label, each.text, each.note or "—", changes.get(each.key, "—" if changes else "没有上期快照"))
        for each in map(told.facts.figures.__getitem__, keys)
    )
    columns = ("指标", "数值", "分子/分母", "与上期比")
    return Table(columns, rows, widths=(6, 2, 3, 4), caption=caption, numbers=(1, 2))


def _late(facts: Facts):
    if facts.overdue:
        counts: dict[str, int] = {}
        for each in facts.overdue:
            counts[each.unit] = counts.get(each.unit, 0) + 1
        most = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        named = "、".join(f"{unit}{rows}条" for unit, rows in most[:NAMED_UNITS])
        more = "等" if len(most) > NAMED_UNITS else ""
        said = f"逾期未申请销号{len(facts.overdue)}条，涉及{len(most)}个单位：{named}{more}"
        yield Heading(2, "逾期未整改。", f"{said}，清单附后。")
    else:
        yield Paragraph("没有逾期未整改的台账。")
    yield Heading(2, "即将到期。", f"{SOON}个工作日内到期{facts.soon}条，请有关单位抓紧办理。")


def _reports(told: BriefFacts):
    if told.reported:
        total = sum(told.reported.values())
        said = f"应报{total}个单位，{listed(told.reported, '个')}"
        if told.late_reports:
            said += f"；逾期未报{len(told.late_reports)}个：{'、'.join(told.late_reports[:NAMED_UNITS])}"
            said += "等" if len(told.late_reports) > NAMED_UNITS else ""
        yield Heading(1, "总结材料报送")
        yield Paragraph(f"{said}。")


def _needs(told: BriefFacts):
    yield Heading(1, "需要协调的事项")
    if not told.requests:
        yield Paragraph("没有需要提请上级协调的事项。")
        return
    yield Paragraph(f"提请上级协调{len(told.requests)}条：")
    for each in told.requests[:NAMED_UNITS]:
        yield Heading(2, f"{each.unit}。", _short(each.text))


def _short(text: str, length: int = 60) -> str:
    said = " ".join(text.split()).rstrip("。")
    return f"{said[:length]}……" if len(said) > length else f"{said}。"


def _meeting(told: BriefFacts) -> Document:
    """调度会材料 on one page: where we stand, who is behind, what the meeting has to decide."""
    facts = told.facts
    worst = sorted(facts.units, key=lambda line: (-line.lights["红"], -line.lights["黄"], line.code))
    rows = tuple(
        (line.label, str(line.lights["红"]), str(line.lights["黄"]), str(line.total))
        for line in worst[:MEETING_UNITS]
        if line.lights["红"] or line.lights["黄"]
    )
    reports = f"；总结材料{listed(told.reported, '个单位')}" if told.reported else ""
    blocks = [
        Paragraph(lead_sentence(facts.figures, told.on)),
        Paragraph(_moved(told)),
        Paragraph(f"{SOON}个工作日内到期{facts.soon}条{reports}。"),
    ]
    if rows:
        blocks.append(
            Table(("红灯较多的单位", "红", "黄", "台账合计"), rows, widths=(5, 2, 2, 2), numbers=(1, 2, 3))
        )
    asked = tuple(
        (each.unit, _short(each.text, 28), each.document_number) for each in told.requests[:MEETING_MATTERS]
    )
    if asked:
        blocks.append(Table(("提请单位", "需要会上协调的事项", "请示文号"), asked, widths=(3, 8, 4)))
    return Document(
        title=f"{author(told.organization)}走解优行动调度会材料（{told.on.month}月{told.on.day}日）",
        blocks=tuple(blocks),
    )


def _moved(told: BriefFacts) -> str:
    """What the lead sentence doesn't say: 按期, 返工, and what has changed since the snapshot before."""
    figures, changes = told.facts.figures, told.period.changes
    kept = [f"{figures[key].label}{figures[key].text}" for key in ("on_time", "returned")]
    moved = [f"{figures[key].label}{changes[key]}" for key in SHOWN if key in changes]
    return "，".join(kept) + (f"；{'，'.join(moved)}。" if moved else "。")


def _requests(told: BriefFacts) -> Document:
    rows = tuple(
        (str(place), each.unit, each.text, each.reason, f"{each.document_number}\n{each.number}")
        for place, each in enumerate(told.requests, start=1)
    )
    columns = ("序号", "提请单位", "需要协调的事项", "提请理由", "请示文号\n台账编号")
    body = (
        (Table(columns, rows, widths=(1, 3, 7, 5, 4)),)
        if rows
        else (Paragraph(f"截至{chinese_date(told.on)}，没有需要提请上级协调的事项。"),)
    )
    return Document(
        title=f"{author(told.organization)}\n提请上级协调事项清单",
        blocks=body,
        signature=signed_by(told.organization),
        on=told.on,
    )
