"""What 督查室 finds on its desk: what is suspicious today, what waits for an answer, what is due (issue 6.7)."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from campaigns.enums import Role
from campaigns.ground.calendar import Calendar
from campaigns.ground.workdays import load_calendar
from campaigns.models import Posting
from issues.clue_settings import threshold_now
from issues.enums import ClueState
from issues.lists.clues import rule_name, with_totals
from issues.models import Clue

SHOWN = 5


@dataclass(frozen=True)
class Line:
    """One clue as the desk shows it; `left`: working days until its 情况说明 is due."""

    clue: Clue
    rule: str
    left: int | None = None


@dataclass(frozen=True)
class ClueDesk:
    """`heavy`: walks over the threshold nobody looked at; `waiting`: asked, by the nearest date."""

    stats: list[tuple[str, int, str, bool]]
    heavy: list[Line]
    waiting: list[Line]


def clue_desk(posting: Posting, on: date) -> ClueDesk | None:
    """督查室's; a unit that is asked finds its 疑点 among the work that waits. A fixed number of queries."""
    return _inspectors(posting, on, load_calendar()) if posting.role == Role.INSPECTOR else None


def _inspectors(posting: Posting, on: date, calendar: Calendar) -> ClueDesk:
    visible = Clue.objects.visible_to(posting)
    raised = with_totals(visible).filter(total__gte=threshold_now(), state=ClueState.RAISED)
    # One line a walk: its heaviest clue.
    heavier = raised.filter(session=OuterRef("session")).order_by("-weight", "pk").values("pk")[:1]
    told = visible.aggregate(
        today=Count("pk", filter=Q(raised_on=on)),
        asked=Count("pk", filter=Q(state=ClueState.ASKED)),
        answered=Count("pk", filter=Q(state=ClueState.ANSWERED)),
        due=Count("pk", filter=Q(state=ClueState.ASKED, deadline__due_on__lte=on)),
    )
    stats = [
        ("达到阈值待核实", raised.count(), "/issues/clues/?heavy=on&state=待核实", False),
        ("今日新提疑点", told["today"], "", False),
        ("待情况说明", told["asked"], "/issues/clues/?state=待情况说明", False),
        ("情况说明已到期", told["due"], "", True),
        ("已说明待核实", told["answered"], "/issues/clues/?state=已说明", False),
    ]
    walks = raised.filter(pk=Subquery(heavier)).order_by("-total", "pk")
    return ClueDesk(
        stats,
        _lines(walks, on, calendar),
        _lines(_asked(visible), on, calendar),
    )


def _asked(visible: QuerySet) -> QuerySet:
    return visible.filter(state=ClueState.ASKED).order_by("deadline__due_on", "pk")


def _lines(clues: QuerySet, on: date, calendar: Calendar) -> list[Line]:
    rows = clues.select_related("session__reporting_unit", "session__matter", "deadline")[:SHOWN]
    return [
        Line(
            clue,
            rule_name(clue.rule),
            calendar.workdays_between(on, clue.deadline.due_on) if clue.deadline_id else None,
        )
        for clue in rows
    ]
