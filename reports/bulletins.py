"""通报: the paper, from facts and chosen cases alone, in the frame county bulletins have (domain.md §3.3).

一、总体情况 · 二、主要做法和典型经验 · 三、存在问题 (the five kinds of 五(三)) · 四、下步要求 · 附件. Every rate stands with
numerator and denominator. No query and no clock here.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from campaigns.enums import OrganizationKind
from campaigns.models import Campaign, Organization
from reports.breakdowns import Facts, Named
from reports.figures import Figure
from reports.inspections import Checks, checks_table
from reports.papers.document import Attachment, Document, Form, Heading, Paragraph, chinese_date
from reports.summary import author, figures_table, listed, named_table, units_blocks

FAKED, IDLE, UNMENDED, CARELESS, GROUPED = KINDS = (
    "虚假走流程",
    "工作落实不到位",
    "发现问题整改不彻底",
    "严重敷衍",
    "“组团走”",
)
HEAD = "督查通报"
STATISTICS, OVERDUE, CHECKED = "情况统计表", "逾期清单", "抽查回访结果"


@dataclass(frozen=True)
class Case:
    """One named case: of which kind, whose, what happened, what shows it, by which rule. `people`: names it holds."""

    key: str
    kind: str
    unit: str
    fact: str
    evidence: str
    basis: str
    people: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """How it is offered to the drafter."""
        return f"【{self.kind}】{self.unit}：{self.fact}"


def office(organization: Organization) -> str:
    """Who signs: 衡阳市人民政府督查室."""
    return f"{organization.name}督查室"


def default_title(organization: Organization) -> str:
    return f"{office(organization)}关于“走流程、解难题、优服务”行动开展情况的通报"


def default_texts(
    *, organization: Organization, campaign: Campaign, on: date, practices: list[tuple[str, str]]
) -> dict:
    """What a new draft begins with; `practices`: (unit, title) of adopted 典型经验."""
    source = f"（{campaign.document_number}）" if campaign.document_number else ""
    county = organization.kind == OrganizationKind.COUNTY
    return {
        "addressee": "各乡镇人民政府（街道办事处），县市区直各有关单位"
        if county
        else "各县市区人民政府，市直各有关单位",
        "opening": f"根据《开展“走流程、解难题、优服务”行动实施方案》{source}要求，现将{author(organization)}截至"
        f"{chinese_date(on)}的行动开展情况通报如下。",
        "practice": "\n".join(f"{unit}：{title}。" for unit, title in practices),
        "requirements": "压实责任抓整改。各单位要对照逾期清单逐条明确责任人和完成时限，限期整改到位。\n"
        "实事求是走流程。坚决杜绝虚假走流程和“组团走”，发现问题如实登记。\n"
        "建立机制管长远。把行之有效的措施固定为制度，防止同类问题反复发生。",
    }


def compose(
    *,
    organization: Organization,
    title: str,
    texts: dict,
    cases: list[Case],
    facts: Facts,
    checks: Checks,
    corrects: str = "",
) -> Document:
    """The whole paper but for its number and date, which it takes when issued. `corrects`: 期号 it supersedes."""
    attachments = _attachments(facts, checks)
    names = [attachment.name for attachment in attachments]
    blocks = [Paragraph(line) for line in _lines(texts["opening"])]
    if corrects:
        blocks.append(Paragraph(f"本期更正{corrects}，{corrects}同时废止，以本期为准。"))
    blocks += _overall(facts, checks, names)
    if texts["practice"].strip():
        blocks.append(Heading(1, "主要做法和典型经验"))
        blocks += [Paragraph(line) for line in _lines(texts["practice"])]
    blocks += _shortfalls(facts, cases, names)
    blocks.append(Heading(1, "下步要求"))
    blocks += [Paragraph(line) for line in _lines(texts["requirements"])]
    return Document(
        title=title.replace("关于", "\n关于", 1).lstrip("\n"),
        addressee=texts["addressee"].rstrip("：:"),
        blocks=tuple(blocks),
        attachments=attachments,
        signature=office(organization),
        form=Form.BULLETIN,
        head=HEAD,
    )


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _rate(figure: Figure) -> str:
    """83.3%（10/12）; — for 0/0 stays alone with its 0/0."""
    return f"{figure.label}{figure.text}（{figure.note}）"


def _see(names: list[str], name: str) -> str:
    """附件2, or 附件 where there is one only."""
    return f"附件{names.index(name) + 1}" if len(names) > 1 else "附件"


def _overall(facts: Facts, checks: Checks, names: list[str]) -> list:
    figures = facts.figures
    coverage, closure = figures["coverage"], figures["closure"]
    modes = f"，其中{listed(facts.modes, '场次')}" if facts.modes else ""
    blocks = [
        Heading(1, "总体情况"),
        Heading(
            2,
            "体验情况。",
            f"应走人员{coverage.denominator}人，已走{coverage.numerator}人，{_rate(coverage)}。"
            f"共登记走流程{figures['sessions'].text}场次{modes}。",
        ),
        Heading(
            2,
            "查摆情况。",
            f"登记问题{figures['problems'].text}个、需求{figures['demands'].text}条，"
            f"制定解决措施{figures['measures'].text}条。",
        ),
        Heading(
            2,
            "整改情况。",
            f"应整改{closure.denominator}条，已销号{closure.numerator}条，{_rate(closure)}；{_rate(figures['quick'])}；"
            f"{_rate(figures['on_time'])}；{_rate(figures['returned'])}。"
            f"各责任单位情况见{_see(names, STATISTICS)}。",
        ),
    ]
    if checks.units:
        blocks.append(Heading(2, "抽查回访情况。", _checked(facts, checks) + f"见{_see(names, CHECKED)}。"))
    return blocks


def _checked(facts: Facts, checks: Checks) -> str:
    """What the signed checks and the concluded 回访 found, in two sentences."""
    total = checks.total
    return (
        f"经两人签字的抽查结论{total('checked')}条，其中整改到位{total('sound')}条、整改不到位{total('faulty')}条、"
        f"不属实{total('untrue')}条。有效回访{total('asked')}人次，{_rate(facts.figures['satisfied'])}；"
        f"未解决或不属实{total('bad')}人次，据此恢复整改{total('reopened')}条。"
    )


def _shortfalls(facts: Facts, cases: list[Case], names: list[str]) -> list:
    """逾期点名, then the cases by kind in the order of 五(三); the heading stays when there is nothing, and says so."""
    blocks = [Heading(1, "存在问题")]
    if facts.overdue:
        late = Counter(each.unit for each in facts.overdue)
        named = "、".join(
            f"{unit}{rows}条" for unit, rows in sorted(late.items(), key=lambda one: (-one[1], one[0]))
        )
        blocks.append(
            Heading(
                2,
                "逾期未整改。",
                f"逾期未销号台账{len(facts.overdue)}条，涉及{len(late)}个单位：{named}。"
                f"清单见{_see(names, OVERDUE)}。",
            )
        )
    for kind in KINDS:
        held = [case for case in cases if case.kind == kind]
        if held:
            blocks.append(Heading(2, f"{kind}。"))
            blocks += [
                Heading(3, f"{case.unit}。", f"{case.fact}核查依据：{case.evidence}通报依据：{case.basis}")
                for case in held
            ]
    if len(blocks) == 1:
        blocks.append(Paragraph("本期没有逾期未销号的台账，也没有需要点名通报的情形。"))
    return blocks


def _attachments(facts: Facts, checks: Checks) -> tuple[Attachment, ...]:
    units = units_blocks(facts) if facts.units else ()
    found = [Attachment(STATISTICS, (figures_table(facts), *units))]
    if facts.overdue:
        found.append(Attachment(OVERDUE, (named_table(_sorted(facts.overdue), "整改时限"),)))
    if checks.units:
        wanting = (named_table(checks.named, "结论"),) if checks.named else ()
        found.append(Attachment(CHECKED, (checks_table(checks), *wanting)))
    return tuple(found)


def _sorted(named: tuple[Named, ...]) -> tuple[Named, ...]:
    return tuple(sorted(named, key=lambda each: (each.unit, each.detail, each.number)))
