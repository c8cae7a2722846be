"""A 办件编号 named in a walk beside what the service platform says about that case: shown, never blocking.

Contract §6 cases; the platform's data may be late or lack a case, so nothing here is held against anybody.
"""

from dataclasses import dataclass

from campaigns.ground.clock import day_of
from campaigns.models import Case, WalkSession


@dataclass(frozen=True)
class Point:
    """One thing compared: what it is, whether it agrees, and what the platform says where it doesn't."""

    label: str
    agrees: bool
    platform: str = ""


@dataclass(frozen=True)
class CaseCheck:
    """One number. `points` is empty where the platform knows no such case."""

    number: str
    is_found: bool
    points: tuple[Point, ...] = ()

    @property
    def agrees(self) -> bool:
        return self.is_found and all(point.agrees for point in self.points)


def check_cases(session: WalkSession) -> list[CaseCheck]:
    """Every case the walk names, in its order; [] when it names none or no case data has been imported.

    Reads session.matter, walked_unit and the prefetched cases; two queries of its own.
    """
    named = {session.case_number: session.matter} if session.case_number else {}
    named |= {case.case_number: case.matter or session.matter for case in session.cases.all()}
    if not named or not Case.objects.exists():
        return []
    known = Case.objects.filter(number__in=named).select_related("matter", "organization")
    found = {case.number: case for case in known}
    return [
        CaseCheck(number, True, _points(session, matter, found[number]))
        if number in found
        else CaseCheck(number, False)
        for number, matter in named.items()
    ]


def _points(session: WalkSession, matter, case: Case) -> tuple[Point, ...]:
    begun, ended = day_of(session.started_at), day_of(session.ended_at)
    applied, finished = day_of(case.applied_at), day_of(case.finished_at) if case.finished_at else None
    met = applied <= ended and (finished is None or finished >= begun)
    return (
        Point("事项", case.matter_id == matter.pk, case.matter.name),
        Point("实施单位", case.organization_id == session.walked_unit_id, case.organization.label),
        Point("时间", met, f"{applied}申请，{f'{finished}办结' if finished else '尚未办结'}"),
    )
