"""The first walk beside the 核验: the five numbers, the step, the points and the platform's cases (contract §7.4).

Shapes for the template; nothing is decided here.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from campaigns.case_medians import case_medians
from campaigns.enums import CheckVerdict
from campaigns.guide import FIVE
from campaigns.models import CheckPoint, SessionStep, WalkSession
from issues.models import LedgerItem, Verification


@dataclass(frozen=True)
class Side:
    """One line: before → after → Δ. `better` and `worse` colour it; `change` is the Δ in words."""

    label: str
    before: Any
    after: Any
    change: str = ""
    better: bool = False
    worse: bool = False


def side_by_side(item: LedgerItem, found: Verification) -> list[Side]:
    """Everything the first walk and the 核验 can be compared by. Three queries."""
    first, later = item.finding.session, found.session
    sides = [
        _number(f"{label}（{unit}）", getattr(first, met) if first else None, getattr(later, met))
        for _, label, unit, _, met in FIVE
    ]
    return [*sides, *_steps(item, first, later), *_points(item, first, later)]


def _number(label: str, before: Any, after: Any) -> Side:
    if before is None or after is None:
        return Side(label, _plain(before), _plain(after))
    gap = after - before
    return Side(label, _plain(before), _plain(after), _delta(gap), better=gap < 0, worse=gap > 0)


def _plain(value: Any) -> str | None:
    return None if value is None else f"{Decimal(value).normalize():f}"


def _delta(gap: Any) -> str:
    if not gap:
        return "没有变化"
    return f"{'↓ 减少' if gap < 0 else '↑ 增加'} {_plain(abs(gap))}"


def _steps(item: LedgerItem, first: WalkSession | None, later: WalkSession) -> list[Side]:
    """The problem's step, in minutes, where both walks have timed it."""
    kind = item.problem.step if item.problem_id else ""
    if not kind or first is None:
        return []
    took: dict[int, int] = {}
    for step in SessionStep.objects.filter(session__in=[first, later], kind=kind).order_by("-sequence"):
        took[step.session_id] = step.minutes
    label = f"{item.problem.get_step_display()}用时（分钟）"
    return [_number(label, took.get(first.pk), took.get(later.pk))] if later.pk in took else []


def _points(item: LedgerItem, first: WalkSession | None, later: WalkSession) -> list[Side]:
    """The problem's own point first, then every other point both walks have looked at."""
    if not item.problem_id:
        return []
    walks = [walk for walk in (first, later) if walk]
    said: dict[str, dict[int, CheckPoint]] = {}
    rows = CheckPoint.objects.filter(session__in=walks).select_related("category").order_by("category__code")
    for point in rows:
        said.setdefault(point.category.code, {})[point.session_id] = point
    own = item.problem.category
    sides = [_point(f"要点 {own.code} {own.name}", said.pop(own.code, {}), first, later)]
    for by_walk in said.values():
        if len(by_walk) == len(walks) == 2:
            category = by_walk[later.pk].category
            sides.append(_point(f"要点 {category.code} {category.name}", by_walk, first, later))
    return sides


def _point(label: str, by_walk: dict[int, CheckPoint], first: WalkSession | None, later: WalkSession) -> Side:
    before, after = by_walk.get(first.pk) if first else None, by_walk.get(later.pk)
    was = before.verdict if before else ""
    now = after.verdict if after else ""
    better = now == CheckVerdict.CONFORMS and was != CheckVerdict.CONFORMS
    worse = now == CheckVerdict.FAILS and was == CheckVerdict.CONFORMS
    change = "✓ 现在符合" if better else "↑ 现在不符合" if worse else "没有变化" if was and now else ""
    return Side(
        label,
        before.get_verdict_display() if before else "未查",
        after.get_verdict_display() if after else "未查",
        change,
        better=better,
        worse=worse,
    )


def cases_beside(item: LedgerItem) -> list[Side]:
    """The real citizens' medians before the mend began and since it was applied for; [] without case data on both sides.

    Small numbers stand there with their n, so that nobody takes two cases for a trend.
    """
    matter = item.finding.matter
    if matter is None or item.applied_at is None:
        return []
    until = item.registered_at
    before, after = case_medians(matter, item.responsible_unit, until=until, since=item.applied_at)
    if not before.n or not after.n:
        return []
    label = f"整改前 {before.n} 件、申请销号后 {after.n} 件"
    return [
        _number(f"全程（小时），{label}", before.hours, after.hours),
        _number("到场（次）", before.visits, after.visits),
        _number("补正（次）", before.corrections, after.corrections),
    ]
