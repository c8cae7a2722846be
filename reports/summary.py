"""工作总结: the text, from facts alone. Five parts after “一边走、一边检验、一边查摆、一边整改、一边总结” (五(二)).

一边走 → 一、工作开展情况 · 一边检验 → 二、主要做法 · 一边查摆 → 三、发现的主要问题 · 一边整改 → 四、整改成效 ·
一边总结 → 五、下步打算. No query and no clock here; a sentence that has no number behind it is left out.
"""

from collections.abc import Mapping
from datetime import date

from campaigns.enums import OrganizationKind
from campaigns.models import Campaign, Organization
from issues.enums import LedgerState
from reports.breakdowns import SOON, Facts, Named, Reduction
from reports.figures import percent
from reports.papers.document import (
    Attachment,
    Document,
    Heading,
    Lines,
    Paragraph,
    Table,
    bars_of,
    chinese_date,
)
from reports.weeks import Week
from reports.workbooks import CAMPAIGN

OPEN = (
    LedgerState.UNASSIGNED,
    LedgerState.ASSIGNED,
    LedgerState.PLANNING,
    LedgerState.UNSIGNED,
    LedgerState.RECTIFYING,
    LedgerState.APPLIED,
    LedgerState.REVIEWED,
)
LISTED = ("问题清单、需求清单和解决措施清单", "整改台账")
INSTITUTIONS = 10
CATEGORIES = 10
SIGNING = ("单位主要负责人（签字）：",)
CITY_OFFICE = "市审改办"


def summary(*, organization: Organization, campaign: Campaign, on: date, facts: Facts) -> Document:
    """The 工作总结 of a unit (county, city) as of `on`."""
    blocks = (
        Paragraph(_opening(organization, campaign, on)),
        *_walking(facts),
        *_checking(facts),
        *_finding(facts),
        *_mending(facts),
        *_going_on(facts),
    )
    return Document(
        title=f"{author(organization)}\n{CAMPAIGN}工作总结",
        addressee=addressee(organization),
        blocks=blocks,
        listed=LISTED,
        attachments=_attachments(facts),
        signature=signed_by(organization),
        on=on,
        signing=SIGNING if organization.parent else (),
    )


def signed_by(organization: Organization) -> str:
    """署名: the unit; under the city's summary 市审改办."""
    return organization.name if organization.parent else CITY_OFFICE


def author(organization: Organization) -> str:
    """Whose summary it is: the unit's; over the whole city it is the city's, not its government's own."""
    return organization.name if organization.parent else organization.name.removesuffix("人民政府")


def addressee(organization: Organization) -> str:
    """县市区、市直单位 report to 市审改办, a county's departments to the county's (五(四)末段).

    The city's summary is 市审改办's, which reports to the city government.
    """
    if organization.parent is None:
        return organization.name
    if organization.parent.kind == OrganizationKind.COUNTY:
        return f"{organization.parent.label}审改办"
    return CITY_OFFICE


def _opening(organization: Organization, campaign: Campaign, on: date) -> str:
    source = f"（{campaign.document_number}）" if campaign.document_number else ""
    return (
        f"根据《开展“走流程、解难题、优服务”行动实施方案》{source}要求，{author(organization)}自"
        f"{chinese_date(campaign.opens_on)}起组织开展“走流程、解难题、优服务”行动，坚持一边走、一边检验、一边查摆、"
        f"一边整改、一边总结。现将截至{chinese_date(on)}的工作情况总结如下。"
    )


def listed(counts: Mapping[str, int], unit: str) -> str:
    """亲身办12场次、帮代办3场次; empty for nothing."""
    return "、".join(f"{label}{rows}{unit}" for label, rows in counts.items() if rows)


def _figure(facts: Facts, key: str) -> str:
    return facts.figures[key].text


def _count(facts: Facts, key: str) -> int:
    return facts.figures[key].numerator


def _walking(facts: Facts):
    coverage, sessions = facts.figures["coverage"], _count(facts, "sessions")
    real = sessions - facts.simulated
    yield Heading(1, "工作开展情况")
    yield Heading(
        2,
        "组织领导干部走流程。",
        f"应走人员{coverage.denominator}人，已走{coverage.numerator}人，体验覆盖率{coverage.text}。"
        f"共登记走流程{sessions}场次，涉及事项{facts.matters}项，其中真实办件{real}场次、模拟体验{facts.simulated}场次，"
        f"到其他单位交叉体验{facts.crossed}场次。",
    )
    if facts.modes:
        yield Heading(2, "五种形式结合开展。", f"按体验形式分，{listed(facts.modes, '场次')}。")
        yield bars_of("图1　五种形式走流程场次", facts.modes, "场次")
    if facts.channels:
        yield Heading(2, "线上线下同步体验。", f"按办理渠道分，{listed(facts.channels, '场次')}。")
    if facts.walked:
        rows = tuple(
            (rank, str(due), str(done), percent(done, due)) for rank, (due, done) in facts.walked.items()
        )
        yield Table(
            ("身份", "应走（人）", "已走（人）", "覆盖率"),
            rows,
            widths=(3, 2, 2, 2),
            caption="表1　应走人员体验情况",
            numbers=(1, 2, 3),
        )


def _checking(facts: Facts):
    yield Heading(1, "主要做法")
    if facts.checks:
        total = sum(facts.checks.values())
        yield Heading(
            2, "对照要点检验。", f"对照体验要点逐项检验{total}项次，其中{listed(facts.checks, '项次')}。"
        )
    said = [
        f"“{name}”{listed(answers, '场次')}"
        for name, answers in facts.verdicts.items()
        if any(answers.values())
    ]
    if said:
        yield Heading(2, "以办事人感受作评价。", f"以能否问明白、跑明白、办明白作评价：{'；'.join(said)}。")
    yield Heading(
        2,
        "建立台账压实责任。",
        f"发现的问题和采纳的需求一律列入整改台账，共{_count(facts, 'ledger')}条，其中经审改办转办{facts.assigned}条、"
        f"经主要负责人审签{facts.signed}条；制定解决措施{_count(facts, 'measures')}条，明确整改步骤{facts.steps}步。",
    )
    yield Heading(
        2,
        "销号前回头看核验。",
        f"开展回头看核验{facts.verified}条，免核验{_count(facts, 'waived')}条"
        + ("，免核验台账及原因见附件。" if facts.waived else "。"),
    )


def _finding(facts: Facts):
    problems, demands = _count(facts, "problems"), _count(facts, "demands")
    yield Heading(1, "发现的主要问题")
    sources = f"，来源为{listed(facts.sources, '个')}" if facts.sources else ""
    yield Paragraph(f"共查摆问题{problems}个{sources}。")
    for group in facts.groups:
        points = "、".join(f"“{name}”{rows}个" for name, rows in group.points)
        yield Heading(
            2,
            f"{group.name}方面。",
            f"{group.problems}个，占{percent(group.problems, problems)}，主要是{points}。"
            f"如：{_quoted(group.example)}",
        )
    if facts.categories:
        most = dict(list(facts.categories.items())[:CATEGORIES])
        yield bars_of("图2　问题集中的类别", most, "个")
    if demands:
        yield Heading(
            2,
            "企业和群众的需求。",
            f"收集需求{demands}条，提出方为{listed(facts.parties, '条')}；已采纳{_count(facts, 'accepted')}条，"
            f"需求采纳率{_figure(facts, 'accepted')}。",
        )


def _quoted(text: str) -> str:
    """A finder's sentence as an example: one line, one full stop."""
    return " ".join(text.split()).rstrip("。.；;") + "。"


def _mending(facts: Facts):
    closure, quick = facts.figures["closure"], facts.figures["quick"]
    yield Heading(1, "整改成效")
    yield Heading(
        2,
        "逐一销号。",
        f"应整改{closure.denominator}条，已销号{closure.numerator}条，销号率{closure.text}；不含提请上级协调的销号率"
        f"{_figure(facts, 'closure_without')}，含长期坚持的销号率{_figure(facts, 'closure_with')}。"
        f"按期销号率按批准时限计为{_figure(facts, 'on_time')}，按原定时限计为{_figure(facts, 'on_original_time')}；"
        f"返工率{_figure(facts, 'returned')}。",
    )
    if facts.weeks and facts.weeks[-1].entered:
        yield ledger_lines("图3　整改台账走势", facts.weeks)
    if quick.denominator:
        said = f"立行立改台账{quick.denominator}条，已销号{quick.numerator}条，销号率{quick.text}。"
        yield Heading(2, "立行立改。", said)
    reduced = [_reduction(each) for each in facts.reductions if each.measures]
    if reduced:
        yield Heading(2, "流程再造。", f"写明整改前后对比的措施中，{'；'.join(reduced)}。")
        yield reduction_table(facts.reductions)
    if facts.institutions:
        more = "等" if len(facts.institutions) > INSTITUTIONS else ""
        names = "、".join(_examples(facts.institutions))
        yield Heading(2, "建立长效机制。", f"出台制度{len(facts.institutions)}项：{names}{more}。")


def ledger_lines(caption: str, weeks: tuple[Week, ...]) -> Lines:
    """列入台账 and 已销号 at the end of each week."""
    return Lines(
        caption,
        tuple(f"{week.on.month}-{week.on.day}" for week in weeks),
        (
            ("列入台账", tuple(week.entered for week in weeks)),
            ("已销号", tuple(week.closed for week in weeks)),
        ),
    )


def reduction_table(reductions: tuple[Reduction, ...]) -> Table:
    """五减 before and after, as the sentences say them."""
    rows = tuple(
        (
            f"减{each.name}",
            f"{each.measures}条",
            f"{_plain(each.before)}{each.unit}",
            f"{_plain(each.after)}{each.unit}",
            percent(int((each.before - each.after) * 100), int(each.before * 100)),
        )
        for each in reductions
        if each.measures
    )
    return Table(
        ("五减", "措施", "整改前", "整改后", "减幅"),
        rows,
        widths=(3, 2, 3, 3, 2),
        caption="表2　整改前后对比",
        numbers=(1, 2, 3, 4),
    )


def _examples(institutions: tuple[str, ...]) -> list[str]:
    """A few institutions to name: of those with the same title the first, so that ten units' copies count as one."""
    first = {}
    for each in institutions:
        first.setdefault(each.partition("》")[0], each)
    return list(first.values())[:INSTITUTIONS]


def _reduction(each: Reduction) -> str:
    fewer = each.before - each.after
    return (
        f"{each.measures}条措施将{each.name}由{_plain(each.before)}{each.unit}减至{_plain(each.after)}{each.unit}，"
        f"减少{_plain(fewer)}{each.unit}（{percent(int(fewer * 100), int(each.before * 100))}）"
    )


def _plain(number) -> str:
    """A decimal without trailing zeros, never in exponent form."""
    return f"{number.normalize():f}"


def _going_on(facts: Facts):
    coverage = facts.figures["coverage"]
    left = {label: rows for label, rows in facts.states.items() if label in {state.label for state in OPEN}}
    unwalked = (coverage.denominator or 0) - coverage.numerator
    yield Heading(1, "下步打算")
    if left:
        yield Heading(
            2,
            "紧盯未销号台账。",
            f"尚有{sum(left.values())}条未销号，其中{listed(left, '条')}；已逾期{len(facts.overdue)}条、"
            f"{SOON}个工作日内到期{facts.soon}条，逐条落实责任，限期整改到位。",
        )
    if unwalked:
        yield Heading(2, "补齐体验短板。", f"尚有应走人员{unwalked}人未走流程，尽快安排体验，做到全覆盖。")
    escapes = facts.figures["escapes"]
    if escapes.numerator:
        yield Heading(
            2,
            "跟踪需要协调和长期坚持的事项。",
            f"提请上级协调和长期坚持的台账{escapes.numerator}条，占{escapes.text}，按期报告进展，条件具备时及时整改销号。",
        )
    top = facts.groups[0] if facts.groups else None
    focus = f"针对数量最多的{top.name}方面问题，" if top else ""
    yield Heading(
        2,
        "杜绝同类问题反复发生。",
        f"{focus}从体制机制层面研究解决办法，把行之有效的措施固定为制度，将走流程作为一项长期工作持续推进，促进常态化、制度化。",
    )


def _attachments(facts: Facts) -> tuple[Attachment, ...]:
    found = [Attachment("主要指标及统计口径", (figures_table(facts),))]
    if len(facts.units) > 1:
        found.append(Attachment("各责任单位整改台账亮灯情况", units_blocks(facts)))
    if facts.overdue:
        found.append(Attachment("逾期未销号台账", (named_table(facts.overdue, "整改时限"),)))
    if facts.waived:
        found.append(Attachment("免核验台账", (named_table(facts.waived, "免核验原因"),)))
    return tuple(found)


def figures_table(facts: Facts) -> Table:
    rows = tuple(
        (each.label, each.text, each.note or NO_NOTE, each.definition) for each in facts.figures.values()
    )
    return Table(("指标", "数值", "分子/分母", "统计口径"), rows, widths=(4, 2, 2, 8), numbers=(1, 2))


NO_NOTE = "—"


def units_blocks(facts: Facts) -> tuple:
    """Items by light per unit; units that use the escape hatches for more than 10 % are named (contract §7.7)."""
    words = [word for word in facts.units[0].lights if word != NO_NOTE]
    rows = tuple(
        (line.label, *(str(line.lights[word]) for word in [*words, NO_NOTE]), str(line.total), line.share)
        for line in facts.units
    )
    columns = ("责任单位", *words, "未计时", "合计", "协调坚持占比")
    table = Table(
        columns, rows, widths=(5, *(2 for _ in words), 2, 2, 3), numbers=tuple(range(1, len(columns)))
    )
    flagged = "、".join(line.label for line in facts.units if line.is_flagged)
    if not flagged:
        return (table,)
    return (table, Paragraph(f"提请上级协调和长期坚持的台账占比超过10%的责任单位：{flagged}。"))


def named_table(named: tuple[Named, ...], detail: str) -> Table:
    rows = tuple((each.number, each.unit, each.text, each.detail) for each in named)
    widths = (6, 4, 11, 5) if detail == "整改时限" else (6, 4, 9, 7)
    return Table(("台账编号", "责任单位", "整改事项", detail), rows, widths=widths)
