"""Lists that can be exported: the page's own filter over the page's own scope, written in the page's own columns.

So a workbook holds exactly the rows its page shows (contract §3). A further list is one line in LISTINGS.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from campaigns.enums import BUSINESS_ROLES, Role
from campaigns.forms.filters import ComplaintFilter, MatterFilter, WalkFilter, of_round
from campaigns.ground.table import Column
from campaigns.lists import COMPLAINTS, MATTERS, WALKS, complaint_rows, matter_rows, walk_rows
from campaigns.models import (
    Complaint,
    Matter,
    Organization,
    Person,
    Slip,
    WalkSession,
)
from campaigns.plan_lists import ROSTER, TASKS, task_rows
from campaigns.roster import ORGANIZATIONS, PEOPLE, organization_rows, person_rows
from campaigns.roster_forms import OrganizationFilter, PersonFilter
from issues.clue_settings import threshold_now
from issues.forms.clues import ClueFilter
from issues.forms.filters import DemandFilter, LedgerFilter, MeasureFilter, ProblemFilter, SlipFilter
from issues.forms.followups import FollowUpFilter
from issues.forms.recurrences import RecurrenceFilter
from issues.forms.selfchecks import SelfCheckFilter
from issues.gaps import GAPS, Gap
from issues.lists import (
    DEMANDS,
    LEDGER,
    MEASURES,
    ONE_SHEET,
    PROBLEMS,
    demand_rows,
    ledger_sheet_rows,
    lit,
    measure_rows,
    one_sheet_rows,
    problem_rows,
)
from issues.lists.clues import CLUES, clue_rows, with_totals
from issues.lists.draws import DRAWS, draw_rows
from issues.lists.followups import FOLLOW_UPS, follow_up_rows
from issues.lists.recurrences import RECURRENCES, recurrence_rows
from issues.lists.selfchecks import SELFCHECKS, selfcheck_rows
from issues.lists.slips import SLIPS, slip_rows
from issues.lists.verifications import WAITING, waiting_rows, with_waited
from issues.models import Clue, Demand, Draw, FollowUp, LedgerItem, Measure, Problem, Recurrence, SelfCheck
from reports.listing import Asked, Listing
from reports.models import Bulletin, Experience
from reports.plan_listings import asked_roster, asked_tasks, lit_tasks, loaded_roster
from reports.printed_forms import BulletinFilter, ExperienceFilter
from reports.printed_lists import BULLETINS, EXPERIENCES, bulletin_rows, experience_rows
from reports.score_lists import SCORES, asked_scores, card_rows, with_points
from reports.submission_list import (
    OPEN_PHONE,
    SUBMISSIONS,
    asked_submissions,
    submission_rows,
    told,
)


def _walks(asked: Asked) -> QuerySet:
    return WalkFilter(asked.query or None).narrow(WalkSession.objects.visible_to(asked.posting).newest())


def _ledger(asked: Asked) -> QuerySet:
    rows = LedgerItem.objects.visible_to(asked.posting)
    form = LedgerFilter(asked.query, rows=rows)
    return form.apply(rows, posting=asked.posting, on=asked.on, calendar=asked.calendar)


def _problems(asked: Asked) -> QuerySet:
    rows = Problem.objects.visible_to(asked.posting)
    return ProblemFilter(asked.query, rows=rows).apply(rows, on=asked.on, calendar=asked.calendar)


def _demands(asked: Asked) -> QuerySet:
    rows = Demand.objects.visible_to(asked.posting)
    return DemandFilter(asked.query, rows=rows).apply(rows, on=asked.on, calendar=asked.calendar)


def _measures(asked: Asked) -> QuerySet:
    rows = Measure.objects.visible_to(asked.posting)
    return MeasureFilter(asked.query, rows=rows).apply(rows)


def _recurrences(asked: Asked) -> QuerySet:
    rows = Recurrence.objects.visible_to(asked.posting)
    return RecurrenceFilter(asked.query, rows=rows).apply(rows)


def _selfchecks(asked: Asked) -> QuerySet:
    rows = SelfCheck.objects.visible_to(asked.posting)
    return SelfCheckFilter(asked.query, rows=rows).apply(rows, on=asked.on)


def _complaints(asked: Asked) -> QuerySet:
    return ComplaintFilter(asked.query or None).narrow(Complaint.objects.visible_to(asked.posting))


def _clues(asked: Asked) -> QuerySet:
    rows = with_totals(Clue.objects.visible_to(asked.posting))
    return ClueFilter(asked.query, rows=rows).apply(rows, threshold=threshold_now())


def _follow_ups(asked: Asked) -> QuerySet:
    rows = FollowUp.objects.visible_to(asked.posting)
    return FollowUpFilter(asked.query, rows=rows).apply(rows)


def _with_totals(rows: QuerySet, asked: Asked) -> QuerySet:
    return clue_rows(with_totals(rows, among=Clue.objects.visible_to(asked.posting)))


def _matters(asked: Asked) -> QuerySet:
    rows = Matter.objects.visible_to(asked.posting)
    return MatterFilter(asked.query or None, rows=rows, walks=_held(asked)).narrow(rows)


def _verifications(asked: Asked) -> QuerySet:
    rows = LedgerItem.objects.visible_to(asked.posting).waiting_for_verifier()
    return of_round(rows, asked.query).distinct()


def _slips(asked: Asked) -> QuerySet:
    rows = Slip.objects.visible_to(asked.posting)
    return SlipFilter(asked.query, rows=rows).apply(rows)


def _bulletins(asked: Asked) -> QuerySet:
    rows = Bulletin.objects.visible_to(asked.posting)
    return BulletinFilter(asked.query, rows=rows).apply(rows)


def _experiences(asked: Asked) -> QuerySet:
    rows = Experience.objects.visible_to(asked.posting)
    return ExperienceFilter(asked.query, rows=rows).apply(rows)


def _organizations(asked: Asked) -> QuerySet:
    return OrganizationFilter(asked.query or None).narrow(Organization.objects.visible_to(asked.posting))


def _people(asked: Asked) -> QuerySet:
    return PersonFilter(asked.query or None).narrow(Person.objects.visible_to(asked.posting))


def _held(asked: Asked) -> QuerySet:
    return WalkSession.objects.visible_to(asked.posting).held()


def _plain(loader: Callable[[QuerySet], QuerySet]) -> Callable[[QuerySet, Asked], QuerySet]:
    return lambda rows, asked: loader(rows)


def _with_light(rows: list[Any], asked: Asked, serial: int) -> list[Any]:
    return lit(rows, on=asked.on, calendar=asked.calendar)


def _with_waited(rows: list[Any], asked: Asked, serial: int) -> list[Any]:
    return with_waited(rows, on=asked.on, calendar=asked.calendar)


def _with_serial(rows: list[Any], asked: Asked, serial: int) -> list[Any]:
    for number, row in enumerate(rows, start=serial):
        row.serial = number
    return rows


_NO_WALKER = tuple(role for role in BUSINESS_ROLES if role != Role.WALKER)
_ROSTER = (*_NO_WALKER, Role.ADMIN, Role.SECURITY)
_CLUES = (Role.REPORTER, Role.DEPUTY, Role.HEAD, Role.INSPECTOR)
_PHONE = Column("手机号码", lambda person: person.phone, width=16)
_CITIZEN = (
    Column("诉求人", lambda row: row.citizen, width=10),
    Column("联系电话", lambda row: row.phone, width=16),
)


def _draws(asked: Asked) -> QuerySet:
    return of_round(Draw.objects.visible_to(asked.posting), asked.query)


_DRAW_READERS = (Role.INSPECTOR, Role.REFORM_OFFICE)
_ALL = (
    Listing(
        "ledger",
        "整改台账",
        LEDGER,
        _ledger,
        lambda rows, asked: ledger_sheet_rows(rows).burning_first(),
        finish=_with_light,
        page="ledger_list",
    ),
    Listing(
        "problems",
        "问题清单",
        PROBLEMS,
        _problems,
        _plain(problem_rows),
        finish=_with_serial,
        page="problem_list",
    ),
    Listing(
        "demands", "需求清单", DEMANDS, _demands, _plain(demand_rows), finish=_with_serial, page="demand_list"
    ),
    Listing(
        "measures",
        "解决措施清单",
        MEASURES,
        _measures,
        _plain(measure_rows),
        _NO_WALKER,
        finish=_with_serial,
        page="measure_list",
    ),
    Listing(
        "one_sheet", "问题需求措施一览表", ONE_SHEET, _ledger, _plain(one_sheet_rows), finish=_with_serial
    ),
    Listing(
        "recurrences",
        "同类问题",
        RECURRENCES,
        _recurrences,
        _plain(recurrence_rows),
        _NO_WALKER,
        finish=_with_serial,
        page="recurrence_list",
    ),
    Listing(
        "selfchecks",
        "举一反三自查",
        SELFCHECKS,
        _selfchecks,
        _plain(selfcheck_rows),
        _NO_WALKER,
        page="selfcheck_list",
    ),
    Listing(
        "verifications",
        "待核验",
        WAITING,
        _verifications,
        _plain(waiting_rows),
        finish=_with_waited,
        page="verification_list",
    ),
    Listing("plan_people", "应走名单", ROSTER, asked_roster, loaded_roster, page="plan_people"),
    Listing(
        "plan_tasks", "走流程任务", TASKS, asked_tasks, _plain(task_rows), finish=lit_tasks, page="task_list"
    ),
    Listing("draws", "抽查", DRAWS, _draws, _plain(draw_rows), _DRAW_READERS, page="draw_list"),
    Listing("walks", "走流程登记", WALKS, _walks, _plain(walk_rows), page="walk_list"),
    Listing(
        "complaints",
        "投诉工单",
        COMPLAINTS,
        _complaints,
        lambda rows, asked: complaint_rows(rows, _held(asked)),
        _NO_WALKER,
        open_columns=_CITIZEN,
        openers=(Role.REFORM_OFFICE, Role.INSPECTOR),
        page="complaint_list",
    ),
    Listing(
        "matters",
        "事项",
        MATTERS,
        _matters,
        lambda rows, asked: matter_rows(rows, _held(asked)),
        (*BUSINESS_ROLES, Role.ADMIN),
        page="matter_list",
    ),
    Listing("clues", "疑点", CLUES, _clues, _with_totals, _CLUES, page="clue_list"),
    Listing(
        "followups", "回访", FOLLOW_UPS, _follow_ups, _plain(follow_up_rows), _NO_WALKER, page="followup_list"
    ),
    Listing(
        "scores",
        "考核结果",
        SCORES,
        asked_scores,
        _plain(card_rows),
        (Role.REFORM_OFFICE, Role.INSPECTOR),
        finish=lambda rows, asked, serial: with_points(rows),
    ),
    Listing("slips", "督办单", SLIPS, _slips, _plain(slip_rows), _NO_WALKER, page="slip_list"),
    Listing(
        "submissions",
        "报送情况一览表",
        SUBMISSIONS,
        asked_submissions,
        _plain(submission_rows),
        _NO_WALKER,
        finish=lambda rows, asked, serial: told(rows, asked.on),
        open_columns=OPEN_PHONE,
        openers=(Role.REFORM_OFFICE,),
        page="submission_list",
    ),
    Listing(
        "bulletins", "通报", BULLETINS, _bulletins, _plain(bulletin_rows), _NO_WALKER, page="bulletin_list"
    ),
    Listing(
        "experiences",
        "典型经验",
        EXPERIENCES,
        _experiences,
        _plain(experience_rows),
        _NO_WALKER,
        page="experience_list",
    ),
    Listing(
        "organizations",
        "单位",
        ORGANIZATIONS,
        _organizations,
        _plain(organization_rows),
        _ROSTER,
        page="organization_list",
    ),
    Listing(
        "people",
        "人员",
        PEOPLE,
        _people,
        _plain(person_rows),
        _ROSTER,
        open_columns=(_PHONE,),
        openers=(Role.ADMIN,),
        page="person_list",
    ),
)


def _gap_listing(gap: Gap) -> Listing:
    """A gap's list as its page shows it."""
    return Listing(
        f"gap_{gap.slug}",
        gap.label,
        gap.columns,
        lambda asked: gap.found(asked.posting).distinct(),
        lambda rows, asked: gap.ready(rows, asked.posting),
        _NO_WALKER,
        finish=_with_serial,
    )


LISTINGS: dict[str, Listing] = {
    listing.key: listing for listing in (*_ALL, *(_gap_listing(gap) for gap in GAPS.values()))
}
