"""Lists that can be exported: the page's own filter over the page's own scope, written in the page's own columns.

So a workbook holds exactly the rows its page shows (contract §3). A further list is one line in LISTINGS.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from campaigns.enums import BUSINESS_ROLES, Role
from campaigns.ground.table import Column
from campaigns.lists import (
    CASES,
    COMPLAINTS,
    MATTERS,
    WALKS,
    case_rows,
    complaint_rows,
    matter_rows,
    walk_rows,
    with_walks,
)
from campaigns.roster import ORGANIZATIONS, PEOPLE, organization_rows, person_rows
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
from issues.lists.meetings import MEETINGS, SHIFTS, meeting_rows, shift_rows
from issues.lists.quality import JUDGED, judged_rows
from issues.lists.recurrences import RECURRENCES, recurrence_rows
from issues.lists.requests import REQUESTS, request_rows
from issues.lists.selfchecks import SELFCHECKS, selfcheck_rows
from issues.lists.slips import SLIPS, slip_rows
from issues.lists.verifications import WAITING, waiting_rows, with_waited
from issues.models import Clue
from reports import narrowed
from reports.figure_listings import FIGURE_LISTINGS
from reports.listing import Asked, Listing
from reports.plan_listings import PLAN
from reports.printed_lists import BULLETINS, EXPERIENCES, bulletin_rows, experience_rows
from reports.score_lists import SCORES, asked_scores, card_rows, with_points
from reports.submission_list import (
    OPEN_PHONE,
    SUBMISSIONS,
    asked_submissions,
    submission_rows,
    told,
)


def _with_walks(rows: list[Any], asked: Asked, serial: int) -> list[Any]:
    return with_walks(rows, narrowed.held(asked))


def _with_totals(rows: QuerySet, asked: Asked) -> QuerySet:
    return clue_rows(with_totals(rows, among=Clue.objects.visible_to(asked.posting)))


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
_OFFICE = (Role.REFORM_OFFICE,)
_ROSTER = (*_NO_WALKER, Role.ADMIN, Role.SECURITY)
_CLUES = (Role.REPORTER, Role.DEPUTY, Role.HEAD, Role.INSPECTOR)
_PHONE = Column("手机号码", lambda person: person.phone, width=16)
_CITIZEN = (
    Column("诉求人", lambda row: row.citizen, width=10),
    Column("联系电话", lambda row: row.phone, width=16),
)


_DRAW_READERS = (Role.INSPECTOR, Role.REFORM_OFFICE)
_ALL = (
    Listing(
        "ledger",
        "整改台账",
        LEDGER,
        narrowed.ledger,
        lambda rows, asked: ledger_sheet_rows(rows).burning_first(),
        finish=_with_light,
        page="ledger_list",
    ),
    Listing(
        "problems",
        "问题清单",
        PROBLEMS,
        narrowed.problems,
        _plain(problem_rows),
        finish=_with_serial,
        page="problem_list",
    ),
    Listing(
        "demands",
        "需求清单",
        DEMANDS,
        narrowed.demands,
        _plain(demand_rows),
        finish=_with_serial,
        page="demand_list",
    ),
    Listing(
        "measures",
        "解决措施清单",
        MEASURES,
        narrowed.measures,
        _plain(measure_rows),
        _NO_WALKER,
        finish=_with_serial,
        page="measure_list",
    ),
    Listing(
        "one_sheet",
        "问题需求措施一览表",
        ONE_SHEET,
        narrowed.ledger,
        _plain(one_sheet_rows),
        finish=_with_serial,
    ),
    Listing(
        "recurrences",
        "同类问题",
        RECURRENCES,
        narrowed.recurrences,
        _plain(recurrence_rows),
        _NO_WALKER,
        finish=_with_serial,
        page="recurrence_list",
    ),
    Listing(
        "selfchecks",
        "举一反三自查",
        SELFCHECKS,
        narrowed.selfchecks,
        _plain(selfcheck_rows),
        _NO_WALKER,
        page="selfcheck_list",
    ),
    Listing(
        "meetings",
        "会商",
        MEETINGS,
        narrowed.meetings,
        _plain(meeting_rows),
        _NO_WALKER,
        page="meeting_list",
    ),
    Listing(
        "shifts",
        "批量顺延",
        SHIFTS,
        narrowed.shifts,
        _plain(shift_rows),
        _OFFICE,
        page="shift_list",
    ),
    Listing(
        "quality",
        "质量评价",
        JUDGED,
        narrowed.quality,
        _plain(judged_rows),
        _OFFICE,
        page="quality_queue",
    ),
    Listing(
        "verifications",
        "待核验",
        WAITING,
        narrowed.verifications,
        _plain(waiting_rows),
        finish=_with_waited,
        page="verification_list",
    ),
    Listing("draws", "抽查", DRAWS, narrowed.draws, _plain(draw_rows), _DRAW_READERS, page="draw_list"),
    Listing("walks", "走流程登记", WALKS, narrowed.walks, _plain(walk_rows), page="walk_list"),
    Listing(
        "requests",
        "提请上级协调事项清单",
        REQUESTS,
        narrowed.requests,
        _plain(request_rows),
        _NO_WALKER,
    ),
    Listing(
        "complaints",
        "投诉工单",
        COMPLAINTS,
        narrowed.complaints,
        lambda rows, asked: complaint_rows(rows, narrowed.held(asked)),
        _NO_WALKER,
        open_columns=_CITIZEN,
        openers=(Role.REFORM_OFFICE, Role.INSPECTOR),
        page="complaint_list",
    ),
    Listing(
        "cases",
        "办件数据",
        CASES,
        narrowed.cases,
        _plain(case_rows),
        _NO_WALKER,
        finish=_with_walks,
        page="case_list",
    ),
    Listing(
        "matters",
        "事项",
        MATTERS,
        narrowed.matters,
        lambda rows, asked: matter_rows(rows, narrowed.held(asked)),
        (*BUSINESS_ROLES, Role.ADMIN),
        page="matter_list",
    ),
    Listing("clues", "疑点", CLUES, narrowed.clues, _with_totals, _CLUES, page="clue_list"),
    Listing(
        "followups",
        "回访",
        FOLLOW_UPS,
        narrowed.follow_ups,
        _plain(follow_up_rows),
        _NO_WALKER,
        page="followup_list",
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
    Listing("slips", "督办单", SLIPS, narrowed.slips, _plain(slip_rows), _NO_WALKER, page="slip_list"),
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
        "bulletins",
        "通报",
        BULLETINS,
        narrowed.bulletins,
        _plain(bulletin_rows),
        _NO_WALKER,
        page="bulletin_list",
    ),
    Listing(
        "experiences",
        "典型经验",
        EXPERIENCES,
        narrowed.experiences,
        _plain(experience_rows),
        _NO_WALKER,
        page="experience_list",
    ),
    Listing(
        "organizations",
        "单位",
        ORGANIZATIONS,
        narrowed.organizations,
        _plain(organization_rows),
        _ROSTER,
        page="organization_list",
    ),
    Listing(
        "people",
        "人员",
        PEOPLE,
        narrowed.people,
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
    listing.key: listing
    for listing in (*_ALL, *PLAN, *(_gap_listing(gap) for gap in GAPS.values()), *FIGURE_LISTINGS)
}
