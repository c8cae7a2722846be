"""What a 通报 may name: confirmed 疑点, overdue items, items sent back or reopened — each with its facts and evidence."""

from datetime import date

from django.db.models import Prefetch, Q

from campaigns.ground.calendar import Calendar
from campaigns.ground.clock import day_of
from campaigns.models import Campaign, Organization, Person, Posting
from issues.clues import RULES
from issues.enums import ClueState, MoveName
from issues.models import Clue, LedgerEntry, LedgerItem
from reports.breakdowns import gather
from reports.bulletins import (
    CARELESS,
    FAKED,
    GROUPED,
    IDLE,
    UNMENDED,
    Case,
    compose,
    default_texts,
    default_title,
)
from reports.enums import ExperienceState
from reports.inspections import gather_checks
from reports.papers.document import Document, chinese_date
from reports.printed import Experience
from reports.scope import Scope

OFFERED = 20  # of each kind of case
PRACTICES = 5
BASIS = "《实施方案》五（三）。"
_KIND_OF_RULE = {
    "R1": GROUPED,
    "R4": CARELESS,
    "R15": CARELESS,
    "R16": CARELESS,
    "R18": CARELESS,
    "R19": CARELESS,
}
_SENT_BACK = (MoveName.RETURN, MoveName.RETURN_QUICK, MoveName.REOPEN, MoveName.REOPEN_QUICK)


def paper_of_day(scope: Scope, calendar: Calendar) -> Document:
    """The 通报 of the scope's unit as of its day with prepared texts and every case on record: what a draft would print."""
    unit, campaign = scope.organization, scope.campaign
    texts = default_texts(
        organization=unit, campaign=campaign, on=scope.on, practices=practices(scope.posting, campaign)
    )
    return compose(
        organization=unit,
        title=default_title(unit),
        texts=texts,
        cases=cases(scope.posting, campaign, scope.on, calendar),
        facts=gather(scope, calendar),
        checks=gather_checks(scope),
    )


def cases(posting: Posting, campaign: Campaign, on: date, calendar: Calendar) -> list[Case]:
    """The cases `posting` may choose from, the gravest of each kind first; a fixed number of queries."""
    return [
        *_clues(posting, campaign),
        *_late(posting, campaign, on, calendar),
        *_sent_back(posting, campaign),
    ]


def _clues(posting: Posting, campaign: Campaign) -> list[Case]:
    rows = Clue.objects.visible_to(posting).in_campaign(campaign).filter(state=ClueState.TRUE)
    rows = rows.select_related("session__reporting_unit", "session__matter").prefetch_related(
        "session__walkers"
    )
    return [_of_clue(clue) for clue in rows.order_by("-weight", "-decided_at", "pk")[:OFFERED]]


def _of_clue(clue: Clue) -> Case:
    session = clue.session
    name = RULES[clue.rule].name if clue.rule in RULES else clue.rule
    people = tuple(person.name for person in session.walkers.all())
    who = f"{'、'.join(people)}" if people else "有关人员"
    held = chinese_date(session.held_on) if session.held_on else ""
    return Case(
        key=f"clue-{clue.pk}",
        kind=_KIND_OF_RULE.get(clue.rule, FAKED),
        unit=session.reporting_unit.label,
        fact=f"{who}{held}走“{session.matter.name}”流程，经核实“{name}”属实：{_ended(clue.facts.get('because', ''))}",
        evidence=f"走流程登记{session.number}；核实意见：{_ended(clue.decision_note)}",
        basis=BASIS,
        people=people,
    )


def _late(posting: Posting, campaign: Campaign, on: date, calendar: Calendar) -> list[Case]:
    rows = LedgerItem.objects.visible_to(posting).in_campaign(campaign).countable().overdue(on)
    rows = rows.select_related("responsible_unit", "problem", "demand", "deadline").distinct()
    found = []
    for item in rows.order_by("deadline__due_on", "number")[:OFFERED]:
        due = item.deadline.due_on
        late = calendar.workdays_between(due, on)
        found.append(
            Case(
                key=f"overdue-{item.pk}",
                kind=IDLE,
                unit=item.responsible_unit.label,
                fact=f"{_ended(item.finding.text)}整改时限为{chinese_date(due)}，截至{chinese_date(on)}"
                f"已逾期{late}个工作日，未申请销号。",
                evidence=f"整改台账{item.number}。",
                basis=BASIS,
            )
        )
    return found


def _sent_back(posting: Posting, campaign: Campaign) -> list[Case]:
    back = LedgerEntry.objects.filter(move__in=_SENT_BACK).order_by("-sequence")
    rows = LedgerItem.objects.visible_to(posting).in_campaign(campaign)
    rows = rows.filter(Q(return_count__gt=0) | Q(entries__move__in=_SENT_BACK)).distinct()
    rows = rows.select_related("responsible_unit", "problem", "demand").prefetch_related(
        Prefetch("entries", queryset=back, to_attr="sent_back")
    )
    return [_of_return(item) for item in rows.order_by("-return_count", "number")[:OFFERED] if item.sent_back]


def _of_return(item: LedgerItem) -> Case:
    last = item.sent_back[0]
    return Case(
        key=f"returned-{item.pk}",
        kind=UNMENDED,
        unit=item.responsible_unit.label,
        fact=f"{_ended(item.finding.text)}申请销号后被退回或撤销销号{len(item.sent_back)}次，"
        f"最近一次为{chinese_date(day_of(last.at))}{last.get_move_display()}：{_ended(last.note or '未写明原因')}",
        evidence=f"整改台账{item.number}办理记录。",
        basis=BASIS,
    )


def _ended(text: str) -> str:
    """One line that ends with one full stop."""
    return f"{' '.join(text.split()).rstrip('。.；;')}。"


def practices(posting: Posting, campaign: Campaign) -> list[tuple[str, str]]:
    """(unit, title) of the latest adopted 典型经验 of the posting's reach."""
    rows = Experience.objects.visible_to(posting).filter(
        campaign=campaign,
        state=ExperienceState.ADOPTED,
        organization__path__startswith=posting.organization.path,
    )
    rows = rows.select_related("organization").order_by("-decided_at", "-pk")[:PRACTICES]
    return [(row.organization.label, row.title) for row in rows]


def people_in(words: str, organization: Organization, cases: list[Case]) -> list[str]:
    """Names of people the paper holds: of its cases, and any of three or more characters of somebody in reach.

    Two characters may be a common word; they count only where the case itself says that they are somebody.
    """
    named = {name for case in cases for name in case.people if name in words}
    known = Person.objects.filter(organization__path__startswith=organization.path)
    for name in known.order_by().values_list("name", flat=True).distinct().iterator():
        if len(name) > 2 and name in words:
            named.add(name)
    return sorted(named)
