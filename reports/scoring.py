"""年度考核五问 as points: 全覆盖、及时、有价值问题、整改到位、长效机制, a negative list and a bonus (五(三)).

Pure: plain facts of each unit in, lines with a sentence each out. Points are Decimals of two places, rounded half up.
Nothing here counts uploads, photos, clicks, 模拟 or the day a walk was keyed in (contract §9): results only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from typing import Any

HUNDRED, ZERO = Decimal(100), Decimal(0)
COVERAGE, TIMELY, VALUABLE, RECTIFIED, LASTING = "全覆盖", "及时", "有价值问题", "整改到位", "长效机制"
NEGATIVE, BONUS = "负面清单", "优化提升"
RULES = (COVERAGE, TIMELY, VALUABLE, RECTIFIED, LASTING, NEGATIVE, BONUS)
NOT_COUNTED = "本项不计分，其余各项按比例折算。"


@dataclass(frozen=True)
class Policy:
    """Weights and numbers of one campaign; what differs from these stands in CampaignPolicy.scoring, by field name."""

    coverage: Decimal = Decimal(20)
    timely: Decimal = Decimal(15)
    valuable: Decimal = Decimal(20)
    rectified: Decimal = Decimal(30)
    lasting: Decimal = Decimal(15)
    valuable_cap: Decimal = Decimal("1.5")  # × the median of the volume group
    late_share: Decimal = Decimal("0.5")  # what an item closed after its date counts
    items_per_institution: int = 5  # closed 限期整改 items for which one 制度 is asked
    clue_points: Decimal = Decimal(5)  # a walk found fake by 督查室
    clue_most: Decimal = Decimal(20)
    foreign_points: Decimal = Decimal(2)  # a problem others found in a 零问题 unit
    foreign_most: Decimal = Decimal(10)
    named_points: Decimal = Decimal(2)  # an issued 通报 that names the unit
    named_most: Decimal = Decimal(10)
    bonus_points: Decimal = Decimal("0.5")  # a closed measure that cut steps, papers, days, trips or fees
    experience_points: Decimal = Decimal(1)  # a 典型经验 that 审改办 adopted
    bonus_most: Decimal = Decimal(5)  # both together
    small_below: int = 10  # 业务量 (应走人员 + 主管事项) of a small unit
    large_from: int = 30
    least_counted: Decimal = Decimal(50)  # whoever has less to show isn't ranked against the others
    grade_a: Decimal = Decimal(90)
    grade_b: Decimal = Decimal(80)
    grade_c: Decimal = Decimal(60)
    objection_days: int = 5  # working days after 公布 in which a unit may object
    objection_most: int = 2  # objections to one card

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> "Policy":
        """From the numbers kept as JSON; an unknown name is a mistake somebody should hear of (KeyError)."""
        kinds = {each.name: type(each.default) for each in fields(cls)}
        return cls(**{name: kinds[name](str(value)) for name, value in told.items()})

    def told(self) -> dict[str, str]:
        """As JSON: the snapshot a sheet keeps."""
        return {each.name: str(getattr(self, each.name)) for each in fields(self)}


@dataclass(frozen=True)
class Facts:
    """What one unit's rows say on the day, each from the rows of the indicators (reports.score_facts).

    `kind`: the group of like units (县市区, 市直部门 …). Items in review, in 提请上级协调 and not yet due are told, not judged.
    """

    code: str
    name: str
    kind: str
    owed: int = 0  # 应走人员
    walked: int = 0
    key_matters: int = 0  # 重点事项
    walked_matters: int = 0
    matters: int = 0  # all matters it is in charge of: part of its 业务量
    due: int = 0  # tasks and nodes whose date has come
    in_time: int = 0
    found: int = 0  # problems it found itself
    reviewed: int = 0
    valid: int = 0
    foreign: int = 0  # problems others found in it
    closed: int = 0
    closed_late: int = 0
    recurred: int = 0  # closed, then the same problem came back within 90 days
    overdue: int = 0  # past its date and not applied for, or past its turn without acceptance or plan
    in_review: int = 0
    escalated: int = 0
    running: int = 0  # not yet due
    closed_dated: int = 0
    institutions: int = 0
    fake_walks: int = 0
    named: int = 0  # 通报 in force that name it
    improvements: int = 0
    experiences: int = 0

    @property
    def volume(self) -> int:
        """业务量: what the unit is given, not what it makes of it."""
        return self.owed + self.matters


@dataclass(frozen=True)
class Line:
    """Points of one rule. `maximum` 0: left out (0 points) or a deduction (negative points)."""

    rule: str
    points: Decimal
    maximum: Decimal
    because: str


@dataclass(frozen=True)
class Card:
    """One unit's lines, total and grade; `total` None: nothing could be counted yet. `rank` within the group."""

    code: str
    name: str
    group: str
    lines: tuple[Line, ...]
    total: Decimal | None
    grade: str
    rank: int | None = None


def score(units: Iterable[Facts], policy: Policy) -> list[Card]:
    """Every unit's card, by group and rank."""
    units = list(units)
    groups: dict[str, list[Facts]] = {}
    for unit in units:
        groups.setdefault(group_of(unit, policy), []).append(unit)
    ranked: dict[str, list[Card]] = {}
    for name, members in groups.items():
        target = _target(members, policy)
        for unit in members:
            card = _card(unit, name, target, policy)
            ranked.setdefault(card.group, []).append(card)
    return [card for name in sorted(ranked) for card in _ranked(ranked[name])]


def group_of(unit: Facts, policy: Policy) -> str:
    """Like units of like volume: “市直部门（业务量较小）”."""
    size = (
        "较小" if unit.volume < policy.small_below else "较大" if unit.volume >= policy.large_from else "中等"
    )
    return f"{unit.kind}（业务量{size}）"


def total_of(lines: Iterable[Line]) -> Decimal | None:
    """The five questions scaled to 100, with deductions and bonus, between 0 and 100."""
    lines = list(lines)
    asked = [line for line in lines if line.rule not in (NEGATIVE, BONUS)]
    full = sum((line.maximum for line in asked), ZERO)
    if not full:
        return None
    extra = sum((line.points for line in lines if line.rule in (NEGATIVE, BONUS)), ZERO)
    reached = sum((line.points for line in asked), ZERO) * HUNDRED / full
    return _two(min(HUNDRED, max(ZERO, reached + extra)))


def grade_of(total: Decimal | None, policy: Policy) -> str:
    """A–D; empty where nothing could be counted."""
    if total is None:
        return ""
    steps = ((policy.grade_a, "A"), (policy.grade_b, "B"), (policy.grade_c, "C"))
    return next((grade for floor, grade in steps if total >= floor), "D")


def _card(unit: Facts, group: str, target: Decimal | None, policy: Policy) -> Card:
    lines = (
        _coverage(unit, policy),
        _timely(unit, policy),
        _valuable(unit, target, policy),
        _rectified(unit, policy),
        _lasting(unit, policy),
        _negative(unit, policy),
        _bonus(unit, policy),
    )
    total = total_of(lines)
    if sum(line.maximum for line in lines[:5]) < policy.least_counted:
        group = f"{unit.kind}（可计分项目不足一半）"
    return Card(unit.code, unit.name, group, lines, total, grade_of(total, policy))


def _ranked(cards: list[Card]) -> list[Card]:
    """Equal totals share a rank; units without a total come last, unranked."""
    ordered = sorted(cards, key=lambda card: (-(card.total if card.total is not None else -1), card.code))
    totals = [card.total for card in ordered]
    return [
        Card(**{**vars(card), "rank": totals.index(card.total) + 1 if card.total is not None else None})
        for card in ordered
    ]


def _target(members: list[Facts], policy: Policy) -> Decimal | None:
    """有效 problems that give full points in this group: 1.5 × the median, at least one; None before any review."""
    if not any(unit.reviewed for unit in members):
        return None
    middle = Decimal(str(median(unit.valid for unit in members if unit.reviewed or not unit.found)))
    return max(Decimal(1), middle * policy.valuable_cap)


def _coverage(unit: Facts, policy: Policy) -> Line:
    """① 是否全覆盖: people and 重点事项, half each; where there is only one of them it is all."""
    shares, said = [], []
    if unit.owed:
        shares.append(Decimal(unit.walked) / unit.owed)
        said.append(f"应走 {unit.owed} 人，已走 {unit.walked} 人")
    if unit.key_matters:
        shares.append(Decimal(unit.walked_matters) / unit.key_matters)
        said.append(f"重点事项 {unit.key_matters} 项，已体验 {unit.walked_matters} 项")
    if not shares:
        return _left_out(COVERAGE, "没有应走人员和重点事项")
    both = "；两项各占一半" if len(shares) == 2 else ""
    return _line(COVERAGE, sum(shares) / len(shares), policy.coverage, "；".join(said) + both)


def _timely(unit: Facts, policy: Policy) -> Line:
    """② 是否及时: tasks and nodes by their dates; a paper record keyed in later is judged by the day of the walk."""
    if not unit.due:
        return _left_out(TIMELY, "还没有到期的走流程任务和阶段节点")
    said = (
        f"到期的走流程任务和阶段节点 {unit.due} 项，按期完成 {unit.in_time} 项（{unit.in_time}/{unit.due}）"
    )
    return _line(TIMELY, Decimal(unit.in_time) / unit.due, policy.timely, said)


def _valuable(unit: Facts, target: Decimal | None, policy: Policy) -> Line:
    """③ 是否发现有价值问题: only those reviewed 有效, capped by the group, so that heaps earn nothing."""
    if target is None or (unit.found and not unit.reviewed):
        return _left_out(VALUABLE, f"发现问题 {unit.found} 个，质量评价还没有进行")
    counted = min(Decimal(unit.valid), target)
    said = (
        f"发现问题 {unit.found} 个，已评价 {unit.reviewed} 个，其中有效 {unit.valid} 个；"
        f"同组满分数为 {_plain(target)} 个（有效数中位数的 {_plain(policy.valuable_cap)} 倍，不少于 1 个），"
        f"计 {_plain(counted)}/{_plain(target)}"
    )
    return _line(VALUABLE, counted / target, policy.valuable, said)


def _rectified(unit: Facts, policy: Policy) -> Line:
    """④ 整改是否到位: of what is closed or overdue. Time in review or in 提请上级协调 is nobody's fault here."""
    judged = unit.closed + unit.overdue
    aside = f"审核中 {unit.in_review} 条、提请上级协调 {unit.escalated} 条、未到时限 {unit.running} 条不计"
    if not judged:
        return _left_out(RECTIFIED, f"还没有已销号或超过时限的台账；{aside}")
    late = unit.closed_late
    counted = unit.closed - unit.recurred - late + late * policy.late_share
    said = (
        f"应评 {judged} 条：按期销号 {unit.closed - unit.recurred - late} 条，"
        f"逾期后销号 {late} 条（按 {_plain(policy.late_share)} 条计），销号后复发 {unit.recurred} 条（不计），"
        f"逾期未办 {unit.overdue} 条（不计），计 {_plain(counted)}/{judged}；{aside}"
    )
    return _line(RECTIFIED, counted / judged, policy.rectified, said)


def _lasting(unit: Facts, policy: Policy) -> Line:
    """⑤ 是否建立长效机制: 制度 with name, number, date and file, by the number of items that asked for one."""
    if not unit.closed_dated and not unit.institutions:
        return _left_out(LASTING, "还没有已销号的限期整改台账")
    per = policy.items_per_institution
    asked = max(1, -(-unit.closed_dated // per))
    counted = min(unit.institutions, asked)
    said = (
        f"已销号的限期整改 {unit.closed_dated} 条，每 {per} 条应建立 1 项制度，应有 {asked} 项，"
        f"有文号、印发日期和文件的制度 {unit.institutions} 项，计 {counted}/{asked}"
    )
    return _line(LASTING, Decimal(counted) / asked, policy.lasting, said)


def _negative(unit: Facts, policy: Policy) -> Line:
    """虚假走流程 found true after the unit was heard, 通报点名, problems others found where the unit found none."""
    fake = min(policy.clue_most, unit.fake_walks * policy.clue_points)
    named = min(policy.named_most, unit.named * policy.named_points)
    foreign = ZERO if unit.found else min(policy.foreign_most, unit.foreign * policy.foreign_points)
    said = []
    if fake:
        said.append(f"督查室核实虚假走流程 {unit.fake_walks} 次，扣 {_plain(fake)} 分")
    if named:
        said.append(f"被通报点名 {unit.named} 期，扣 {_plain(named)} 分")
    if foreign:
        said.append(
            f"本单位没有发现问题，别的单位和督查在本单位发现 {unit.foreign} 个，扣 {_plain(foreign)} 分"
        )
    return Line(NEGATIVE, _two(-fake - named - foreign), _two(ZERO), f"{'；'.join(said) or '没有扣分事项'}。")


def _bonus(unit: Facts, policy: Policy) -> Line:
    """工作优化提升 and 典型经验 (五(三)、五(四)): cuts that stand in a closed measure both ways, adopted 典型经验."""
    earned = unit.improvements * policy.bonus_points + unit.experiences * policy.experience_points
    points = min(policy.bonus_most, earned)
    said = (
        f"整改已销号且写明前后数的压减措施 {unit.improvements} 条，每条加 {_plain(policy.bonus_points)} 分；"
        f"采用的典型经验 {unit.experiences} 条，每条加 {_plain(policy.experience_points)} 分；"
        f"合计最多 {_plain(policy.bonus_most)} 分，加 {_plain(points)} 分。"
    )
    return Line(BONUS, _two(points), _two(policy.bonus_most), said)


def _line(rule: str, share: Decimal, maximum: Decimal, said: str) -> Line:
    points = _two(maximum * share)
    return Line(rule, points, _two(maximum), f"{said}，{_plain(maximum)} 分得 {_plain(points)} 分。")


def _left_out(rule: str, said: str) -> Line:
    """0/0 costs nobody anything (domain.md §7.6)."""
    return Line(rule, _two(ZERO), _two(ZERO), f"{said}，{NOT_COUNTED}")


def _two(number: Decimal) -> Decimal:
    return Decimal(number).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _plain(number: Decimal) -> str:
    """“7.5”, “20”, “13.33”."""
    return f"{_two(number).normalize():f}"
