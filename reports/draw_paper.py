"""抽查报告: the paper of one draw — how it was drawn, what two inspectors signed, who was found wanting (五(三)).

Written from the rows alone; what nobody has signed is said to be still under way. No seal is drawn.
"""

from collections import Counter
from collections.abc import Iterable

from campaigns.ground.clock import day_of
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Person
from issues.enums import DrawOutcome
from issues.models import Draw, DrawItem
from reports.bulletins import office
from reports.figures import percent
from reports.papers.document import Attachment, Document, Heading, Paragraph, Table, chinese_date

FIRST_BY_COMPLAINT = "投诉来源先抽"
PENDING = "检查中"


def draw_paper(draw: Draw, members: Iterable[Person], items: list[DrawItem]) -> Document:
    """`items` as issues.lists.draws.drawn_rows gives them. Raises NotAllowed before the draw: there is nothing to tell."""
    if not draw.is_drawn:
        raise NotAllowed("抽取以后才能下载抽查报告。")
    signed = [each for each in items if each.confirmed_at]
    return Document(
        title=f"{office(draw.organization)}\n关于{draw.title}情况的报告",
        addressee=draw.organization.name,
        blocks=(
            Paragraph("根据《开展“走流程、解难题、优服务”行动实施方案》五（三）要求，现将抽查情况报告如下。"),
            *_organized(draw, members),
            *_drawn(draw, items),
            *_found(items, signed),
            *_wanting(signed),
        ),
        attachments=(Attachment("抽查结果明细", (_list(items),)),),
        signature=office(draw.organization),
        on=max((day_of(each.confirmed_at) for each in signed), default=None),
    )


def _organized(draw: Draw, members: Iterable[Person]):
    yield Heading(1, "抽查组织")
    said = [f"抽查编号{draw.number}，范围为{draw.organization.name}及下级单位"]
    if draw.approval:
        said.append(f"督查方案经{draw.approval}")
    if draw.starts_on:
        said.append(f"时间为{chinese_date(draw.starts_on)}至{chinese_date(draw.ends_on)}")
    if draw.leader:
        others = [person.name for person in members if person.pk != draw.leader_id]
        said.append(f"组长{draw.leader.name}" + (f"，成员{'、'.join(others)}" if others else ""))
    yield Paragraph("；".join(said) + "。")
    if draw.content:
        yield Paragraph(f"督查内容：{' '.join(draw.content.split()).rstrip('。')}。")


def _drawn(draw: Draw, items: list[DrawItem]):
    first = sum(FIRST_BY_COMPLAINT in [word for word, _points in each.reasons] for each in items)
    yield Heading(1, "抽取办法")
    yield Paragraph(
        f"种子“{draw.seed}”于{chinese_date(day_of(draw.seed_published_at))}公布，{chinese_date(day_of(draw.drawn_at))}"
        f"从{draw.population}条已销号台账中抽取{len(items)}条，占{percent(len(items), draw.population)}"
        f"（{len(items)}/{draw.population}），其中投诉来源全部抽取，共{first}条。任何人可凭种子和总体快照复算，"
        f"总体指纹为{draw.population_sha256}。"
    )


def _found(items: list[DrawItem], signed: list[DrawItem]):
    counted = Counter(each.outcome for each in signed)
    listed = "、".join(f"{label}{counted[value]}条" for value, label in DrawOutcome.choices)
    sound = counted[DrawOutcome.SOUND]
    left = len(items) - len(signed)
    yield Heading(1, "抽查结果")
    yield Paragraph(
        f"已有两人签字的结论{len(signed)}条，其中{listed}，整改到位率{percent(sound, len(signed))}"
        f"（{sound}/{len(signed)}）。" + (f"尚有{left}条正在检查。" if left else "")
    )
    units: dict[str, Counter] = {}
    for each in items:
        counts = units.setdefault(each.item.responsible_unit.label, Counter())
        counts[each.outcome if each.confirmed_at else PENDING] += 1
    if units:
        rows = tuple(_unit_row(label, units[label]) for label in sorted(units))
        columns = ("责任单位", "抽取", *DrawOutcome.labels, PENDING)
        yield Table(
            columns, rows, widths=(5, 2, 2, 2, 2, 2), numbers=(1, 2, 3, 4, 5), caption="各责任单位情况"
        )


def _unit_row(label: str, counts: Counter) -> tuple[str, ...]:
    kinds = (*DrawOutcome.values, PENDING)
    return (label, str(counts.total()), *(str(counts[kind]) for kind in kinds))


def _wanting(signed: list[DrawItem]):
    """Whoever was found wanting, with what was seen; the closing was taken back when the second signed."""
    yield Heading(1, "发现的问题")
    bad = [each for each in signed if each.outcome != DrawOutcome.SOUND]
    if not bad:
        yield Paragraph("已有结论的台账没有发现整改不到位或不属实的情形。")
        return
    for each in bad:
        text = " ".join((each.item.problem or each.item.demand).text.split()).rstrip("。")
        yield Heading(
            2,
            f"{each.item.responsible_unit.label}。",
            f"整改台账{each.item.number}“{text}”，{each.get_outcome_display()}：{each.note.rstrip('。')}。",
        )
    yield Heading(1, "处理情况")
    yield Paragraph(f"以上{len(bad)}条中已销号的一律撤销销号，退回责任单位恢复整改，计入返工。")


def _list(items: list[DrawItem]) -> Table:
    rows = tuple(
        (
            each.item.number,
            each.item.responsible_unit.label,
            "、".join(person.name for person in (each.first, each.second) if person),
            f"{each.get_outcome_display()}：{each.note}" if each.confirmed_at else PENDING,
        )
        for each in items
    )
    return Table(("台账编号", "责任单位", "督查人员", "结论和情况"), rows, widths=(13, 6, 6, 14))
