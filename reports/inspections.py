"""What 抽查 and 回访 found, per responsible unit: for the 附件 of a 通报 (五(三) “抽查回访通报”). A fixed number of queries."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import Count, Q

from campaigns.querysets import in_reach
from issues.enums import DrawOutcome, FollowUpState, FollowUpVerdict
from issues.models import DrawItem
from reports.breakdowns import Named
from reports.indicators import SATISFIED
from reports.papers.document import Table
from reports.scope import Scope

UNIT = ("responsible_unit__code", "responsible_unit__short_name", "responsible_unit__name")
TOTAL = "合计"
BAD = (FollowUpVerdict.UNSOLVED, FollowUpVerdict.UNTRUE)
COLUMNS = (
    "责任单位",
    "抽查（条）",
    "整改到位",
    "整改不到位",
    "不属实",
    "有效回访（人次）",
    "基本满意以上",
    "未解决或不属实",
    "恢复整改",
)
# What each number of a unit's line counts: of the signed checks, then of the concluded 回访.
CHECKED = {
    "checked": Q(),
    "sound": Q(outcome=DrawOutcome.SOUND),
    "faulty": Q(outcome=DrawOutcome.FAULTY),
    "untrue": Q(outcome=DrawOutcome.UNTRUE),
}
ASKED = {
    "asked": ~Q(satisfaction=""),
    "satisfied": Q(satisfaction__in=SATISFIED),
    "bad": Q(verdict__in=BAD),
    "reopened": Q(state=FollowUpState.REOPENED),
}
KEYS = (*CHECKED, *ASKED)


@dataclass(frozen=True)
class UnitChecks:
    """One unit: how many of each of KEYS."""

    code: str
    label: str
    counts: dict[str, int] = field(default_factory=dict)

    def __getitem__(self, key: str) -> int:
        return self.counts.get(key, 0)


@dataclass(frozen=True)
class Checks:
    """All units with a check or a 回访, by code, and the items that were found wanting."""

    units: tuple[UnitChecks, ...] = ()
    named: tuple[Named, ...] = ()

    def total(self, key: str) -> int:
        """The sum over the units."""
        return sum(unit[key] for unit in self.units)


def checked_items(scope: Scope):
    """Drawn items of the reach whose finding two inspectors have signed."""
    rows = DrawItem.objects.filter(draw__campaign=scope.campaign, confirmed_at__isnull=False)
    return rows.filter(in_reach(scope.posting, "item__responsible_unit"))


def gather_checks(scope: Scope) -> Checks:
    """The checks of the scope; three queries and one for the named ones."""
    found: dict[str, UnitChecks] = {}
    for rows, counted in ((checked_items(scope), CHECKED), (scope.follow_ups(), ASKED)):
        counts = {key: Count("pk", filter=wanted, distinct=True) for key, wanted in counted.items()}
        for row in rows.order_by().values(*(f"item__{name}" for name in UNIT)).annotate(**counts):
            code, short, name = (row[f"item__{part}"] for part in UNIT)
            unit = found.setdefault(code, UnitChecks(code, short or name))
            unit.counts.update({key: row[key] for key in counted})
    units = (found[code] for code in sorted(found))
    return Checks(tuple(unit for unit in units if any(unit.counts.values())), _named(scope))


def _named(scope: Scope) -> tuple[Named, ...]:
    drawn = checked_items(scope).exclude(outcome=DrawOutcome.SOUND)
    asked = scope.follow_ups().filter(verdict__in=BAD)
    wanting = [
        *_named_rows(drawn, lambda row: f"抽查{row.get_outcome_display()}"),
        *_named_rows(asked, lambda row: f"回访{row.get_verdict_display()}"),
    ]
    return tuple(sorted(wanting, key=lambda each: (each.unit, each.number, each.detail)))


def _named_rows(rows, detail):
    rows = rows.select_related("item__responsible_unit", "item__problem", "item__demand")
    for row in rows:
        item = row.item
        text = " ".join((item.problem or item.demand).text.split())
        yield Named(item.number, item.responsible_unit.label, text, detail(row))


def checks_table(checks: Checks) -> Table:
    """A line a unit and one 合计; the column heads say what is counted."""
    rows = [_line(unit.label, unit.__getitem__) for unit in checks.units]
    rows.append(_line(TOTAL, checks.total))
    numbers = tuple(range(1, len(COLUMNS)))
    return Table(COLUMNS, tuple(rows), widths=(5, *(2 for _ in KEYS)), numbers=numbers)


def _line(label: str, count: Callable[[str], int]) -> tuple[str, ...]:
    return (label, *(str(count(key)) for key in KEYS))
