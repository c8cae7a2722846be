"""全程体验: which walks went the whole way, and which unit has seen which of its matters walked so.

衡政办函〔2022〕16号 三、体验时间 “完成重点事项全程办理体验”; 四 “从查询所办事项有关信息为起始…直到窗口正式受理、拿到结果”.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from campaigns.enums import StepKind, StepResult
from campaigns.models import Matter, MatterUnit, Organization, SessionStep, WalkSession
from campaigns.process_walks import mapped_walks

# 问明白 or 备好 before it is handed in; handed in; the result in hand. 排队 and 审批 aren't part of every way.
_BEFORE = (StepKind.CONSULT, StepKind.PREPARE, StepKind.FILL, StepKind.SIGN_IN, StepKind.ANSWER)
_HANDED_IN = (StepKind.ACCEPT, StepKind.SUBMIT)
DEFINITION = (
    "从咨询、备料或填表起，经受理（提交）直到出件、各环节都有记录的，算全程走完；模拟的一样算，倒推办不算。"
)


def walked_whole(sessions: QuerySet) -> QuerySet:
    """Of `sessions` those that went from asking or preparing over handing in to the result; 模拟 is as good (contract §9)."""
    steps = SessionStep.objects.filter(session=OuterRef("pk"))
    return mapped_walks(sessions).filter(
        Exists(steps.filter(kind__in=_BEFORE)),
        Exists(steps.filter(kind__in=_HANDED_IN)),
        Exists(steps.filter(kind=StepKind.DELIVER).exclude(result=StepResult.FAILED)),
    )


@dataclass(frozen=True)
class UnitRow:
    """One unit that runs a matter: its guide's numbers, and how it has been walked there.

    relation: 主管单位, 实施单位 or 对口单位. guide: the MatterUnit with its own numbers, the matter itself for 主管单位,
    None where the owner's numbers hold.
    """

    unit: Organization
    relation: str
    guide: MatterUnit | Matter | None
    walks: int
    whole: int
    last_on: date | None


def running_units(matter: Matter) -> list[tuple[Organization, str, MatterUnit | Matter | None]]:
    """Every unit that runs `matter`, by which relation and by whose guide: the owner, those entered for it, 对口单位."""
    own = {row.organization_id: row for row in matter.units.select_related("organization")}
    peers = Organization.objects.filter(counterpart=matter.owner_id)
    running = [(matter.owner, "主管单位", matter)]
    running += [
        (row.organization, "实施单位", row) for row in own.values() if row.organization_id != matter.owner_id
    ]
    running += [
        (unit, "对口单位", None) for unit in peers if unit.pk not in own and unit.pk != matter.owner_id
    ]
    return running


def unit_rows(matter: Matter) -> list[UnitRow]:
    """Every unit that runs `matter` (running_units), and how it has been walked there. Four queries."""
    walks = WalkSession.objects.filter(matter=matter)
    walked = _by_unit(mapped_walks(walks))
    whole = _by_unit(walked_whole(walks))
    rows = [
        UnitRow(
            unit=unit,
            relation=relation,
            guide=guide,
            walks=walked.get(unit.pk, (0, None))[0],
            whole=whole.get(unit.pk, (0, None))[0],
            last_on=whole.get(unit.pk, (0, None))[1],
        )
        for unit, relation, guide in running_units(matter)
    ]
    return sorted(rows, key=lambda row: (row.relation != "主管单位", row.unit.path))


def _by_unit(walks: QuerySet) -> dict[int, tuple[int, date]]:
    rows = walks.order_by().values_list("walked_unit").annotate(number=Count("pk"), last=Max("held_on"))
    return {unit: (number, last) for unit, number, last in rows}


@dataclass(frozen=True)
class MatterRow:
    """One matter as a unit, a theme or a list sees it: how often walked, and how often the whole way."""

    matter: Matter
    walks: int
    whole: int


def matters_run_by(unit: Organization) -> QuerySet:
    """What `unit` runs: its own matters, those it is entered for, those of the unit it answers to (对口上级单位)."""
    mine = Q(owner=unit) | Q(pk__in=MatterUnit.objects.filter(organization=unit).values("matter"))
    if unit.counterpart_id:
        mine |= Q(owner=unit.counterpart_id)
    return Matter.objects.filter(mine)


def matter_rows_of(matters: Iterable[Matter], walks: QuerySet) -> list[MatterRow]:
    """`matters` with what `walks` say of each. Two queries, however many."""
    matters = list(matters)
    walks = walks.filter(matter__in=[matter.pk for matter in matters])
    walked, whole = _by_matter(mapped_walks(walks)), _by_matter(walked_whole(walks))
    return [MatterRow(matter, walked.get(matter.pk, 0), whole.get(matter.pk, 0)) for matter in matters]


def _by_matter(walks: QuerySet) -> dict[int, int]:
    rows = walks.order_by().values_list("matter").annotate(number=Count("pk", distinct=True))
    return dict(rows)


@dataclass(frozen=True)
class Theme:
    """一件事: n matters that people have to do as one (衡政办函〔2022〕16号 一 “推进‘一件事一次办’持续升级”)."""

    name: str
    rows: list[MatterRow]

    @property
    def walked(self) -> int:
        """How many of its matters have been walked the whole way."""
        return sum(1 for row in self.rows if row.whole)

    @property
    def is_whole(self) -> bool:
        return self.walked == len(self.rows)


def themes(names: Iterable[str], walks: QuerySet) -> list[Theme]:
    """The themes `names` in their order, with their matters by code. Three queries."""
    names = list(names)
    matters = Matter.objects.filter(theme__in=names).select_related("owner").order_by("code")
    rows = matter_rows_of(matters, walks)
    return [Theme(name, [row for row in rows if row.matter.theme == name]) for name in names]
