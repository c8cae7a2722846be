"""整改情况报告 of a unit, a county or the city, from facts alone: “并形成整改情况报告” (衡政办函〔2022〕16号 四末段).

Every number is a figure's (reports.indicators); the table of figures is read back before a package is handed out.
"""

from datetime import date

from campaigns.models import Campaign, Organization
from reports.breakdowns import SOON, Facts
from reports.papers.document import Attachment, Document, Heading, Paragraph, Table, bars_of, chinese_date
from reports.summary import (
    OPEN,
    SIGNING,
    addressee,
    author,
    ledger_lines,
    listed,
    named_table,
    reduction_table,
    signed_by,
    units_blocks,
)
from reports.workbooks import CAMPAIGN

LISTED = ("整改台账", "抽查回访情况")
SHOWN = (
    "ledger",
    "recognized",
    "planned",
    "applied",
    "closed",
    "closure",
    "closure_without",
    "closure_with",
    "on_time",
    "on_original_time",
    "overdue",
    "quick",
    "returned",
    "escapes",
    "waived",
    "recurred_30",
    "recurred_90",
    "satisfied",
    "institutions",
)
FUNNEL = ("recognized", "planned", "applied", "closed")


def rectification_report(
    *, organization: Organization, campaign: Campaign, on: date, facts: Facts, each: Table | None = None
) -> Document:
    """How far the mending has come as of `on`: overall, what was done, what was checked, what is left.

    `each`: the items one by one, where they are few enough for a paper.
    """
    source = f"（{campaign.document_number}）" if campaign.document_number else ""
    opening = (
        f"根据《开展“走流程、解难题、优服务”行动实施方案》{source}关于“建立整改台账，明确整改事项，落实整改责任和整改时限，"
        f"逐一销号解决”的要求，现将{author(organization)}截至{chinese_date(on)}的整改情况报告如下。"
    )
    blocks = (Paragraph(opening), *_overall(facts), *_done(facts), *_checked(facts), *_left(facts))
    return Document(
        title=f"{author(organization)}\n{CAMPAIGN}\n整改情况报告",
        addressee=addressee(organization),
        blocks=blocks,
        listed=LISTED,
        attachments=_attachments(facts, each),
        signature=signed_by(organization),
        on=on,
        signing=SIGNING if organization.parent else (),
    )


def _overall(facts: Facts):
    figures = facts.figures
    closure = figures["closure"]
    yield Heading(1, "整改总体情况")
    yield Paragraph(
        f"整改台账共{figures['ledger'].numerator}条，剔除不予认定和并案办理后列入台账{figures['recognized'].numerator}条。"
        f"应整改{closure.denominator}条，已销号{closure.numerator}条，销号率{closure.text}；按期销号率按批准时限计为"
        f"{figures['on_time'].text}，按原定时限计为{figures['on_original_time'].text}；返工率{figures['returned'].text}。"
    )
    if facts.kinds:
        yield Paragraph(f"按整改类型分，{listed(facts.kinds, '条')}。")
    if figures["recognized"].numerator:
        yield bars_of("图1　整改进度", {figures[key].label: figures[key].numerator for key in FUNNEL}, "条")
    if facts.weeks and facts.weeks[-1].entered:
        yield ledger_lines("图2　整改台账走势", facts.weeks)
    yield shown_figures(facts, SHOWN, "表1　整改指标")


def shown_figures(facts: Facts, keys: tuple[str, ...], caption: str) -> Table:
    """Some of the figures as a table: 指标, 数值, 分子/分母."""
    rows = tuple((each.label, each.text, each.note or "—") for each in map(facts.figures.__getitem__, keys))
    return Table(("指标", "数值", "分子/分母"), rows, widths=(6, 2, 3), caption=caption, numbers=(1, 2))


def _done(facts: Facts):
    quick = facts.figures["quick"]
    yield Heading(1, "整改措施落实情况")
    yield Heading(
        2,
        "制定措施。",
        f"制定解决措施{facts.figures['measures'].numerator}条，明确整改步骤{facts.steps}步，经主要负责人审签{facts.signed}条。",
    )
    if quick.denominator:
        said = f"立行立改台账{quick.denominator}条，已销号{quick.numerator}条，销号率{quick.text}。"
        yield Heading(2, "立行立改。", said)
    if any(each.measures for each in facts.reductions):
        yield Heading(2, "流程再造。", "写明整改前后对比的措施见下表。")
        yield reduction_table(facts.reductions)
    if facts.institutions:
        yield Heading(2, "建立长效机制。", f"出台制度{len(facts.institutions)}项，名称和文号见附件。")


def _checked(facts: Facts):
    satisfied = facts.figures["satisfied"]
    yield Heading(1, "核验和回访情况")
    waived = facts.figures["waived"].numerator
    said = f"销号前回头看核验{facts.verified}条，免核验{waived}条"
    yield Paragraph(said + ("，免核验台账及原因见附件。" if waived else "。"))
    if satisfied.denominator:
        yield Paragraph(
            f"有效回访{satisfied.denominator}件，非常满意、满意和基本满意{satisfied.numerator}件，回访满意率{satisfied.text}。"
        )


def _left(facts: Facts):
    open_states = {state.label for state in OPEN}
    left = {label: rows for label, rows in facts.states.items() if label in open_states}
    yield Heading(1, "尚未整改到位的情况")
    if not left and not facts.escalated:
        yield Paragraph("列入台账的事项均已办结。")
        return
    if left:
        yield Heading(2, "未销号台账。", f"尚有{sum(left.values())}条未销号，其中{listed(left, '条')}。")
    yield Heading(
        2,
        "逾期情况。",
        f"已逾期未申请销号{len(facts.overdue)}条，{SOON}个工作日内到期{facts.soon}条"
        + ("，逾期台账见附件。" if facts.overdue else "。"),
    )
    if facts.escalated:
        yield Heading(
            2,
            "提请上级协调。",
            f"需要上级协调解决{len(facts.escalated)}条，列入《提请上级协调事项清单》（见附件）。",
        )


def _attachments(facts: Facts, each: Table | None) -> tuple[Attachment, ...]:
    found = []
    if each is not None and each.rows:
        found.append(Attachment("负责整改的台账逐项情况", (each,)))
    if len(facts.units) > 1:
        found.append(Attachment("各责任单位整改台账亮灯情况", units_blocks(facts)))
    if facts.overdue:
        found.append(Attachment("逾期未销号台账", (named_table(facts.overdue, "整改时限"),)))
    if facts.escalated:
        found.append(Attachment("提请上级协调事项清单", (named_table(facts.escalated, "请示文号"),)))
    if facts.waived:
        found.append(Attachment("免核验台账", (named_table(facts.waived, "免核验原因"),)))
    if facts.institutions:
        rows = tuple((str(place), name) for place, name in enumerate(facts.institutions, start=1))
        found.append(Attachment("长效机制清单", (Table(("序号", "制度名称（文号）"), rows, widths=(1, 9)),)))
    return tuple(found)
