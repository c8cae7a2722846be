"""回头看核验 in the example: somebody other than the applicant walks the matter again (contract §7.4)."""

from datetime import datetime, timedelta

from campaigns.actions.walks import record_session
from campaigns.enums import (
    Channel,
    CheckVerdict,
    OrganizationKind,
    Role,
    SessionMode,
    StepKind,
    StepResult,
    Verdict,
)
from campaigns.models import Person, Posting, WalkSession
from issues.actions import verifying
from issues.actions.ledger import needs_verification
from issues.models import LedgerItem
from issues.verifying import whole_because
from reports.example.case import Case
from reports.example.plans import Diary
from reports.example.stage import Life, Moment

_WAY = (StepKind.CONSULT, StepKind.PREPARE, StepKind.FILL, StepKind.ACCEPT, StepKind.DELIVER)


def look_back(case: Case, moment: Moment, diary: Diary) -> Life:
    """Verify the items that need it; a few are waived with a reason. Nothing happens where none does."""
    wanting = [item for item in case.items if needs_verification(item)]
    if not wanting:
        return moment
    rng = case.city.rng
    if rng.random() < 0.03 and not case.city.is_office(case.unit):
        reason = "现场核对需进入业务专网，已由信息部门出具上线确认单。"
        for item in wanting:
            verifying.waive_verification(
                item=item, by=case.city.assigner(case.unit), now=moment.now, reason=reason
            )
        case.refresh()
        return moment
    moment = yield (moment.index + rng.randint(0, 2), rng.randint(9 * 60 + 20, 16 * 60))
    for item in wanting:
        verifier = _verifier(case)
        session = _walk_again(case, item, verifier, moment, diary)
        verifying.verify(item=item, session=session, by=verifier, now=moment.now, summary=case.note("verify"))
    return moment


def _verifier(case: Case) -> Posting:
    """填报员 of the unit that found it; of the hall where the unit found it itself."""
    if not case.is_own:
        return case.city.seat(Role.REPORTER, case.finder)
    county = case.unit.code[:6]
    number = "042" if county == "430400" else "012"
    hall = case.city.organizations[f"{county}-{number}"]
    if hall.pk == case.unit.pk:
        hall = case.city.organizations["430400-004"]
    return case.city.seat(Role.REPORTER, hall)


def _walk_again(case: Case, item: LedgerItem, verifier: Posting, moment: Moment, diary: Diary) -> WalkSession:
    """One walk of the same matter, ended just now, in which the point reads 符合."""
    rng, ended = case.city.rng, moment.now
    started = max(ended - timedelta(minutes=rng.randint(24, 46)), item.applied_at)
    matter, unit = item.finding.matter, verifier.organization
    return record_session(
        by=verifier,
        now=ended,
        campaign=case.city.campaign,
        reporting_unit=unit,
        walkers=[_walker(case, verifier, moment, diary)],
        mode=SessionMode.SELF,
        channel=Channel.HALL_WINDOW,
        matter=matter,
        walked_unit=case.unit,
        started_at=started,
        ended_at=ended,
        narrative=case.pen.narrative_again(case.slots, item.number),
        steps=_steps(item, item.problem.step or StepKind.ACCEPT, started, ended),
        checkpoints=[(item.problem.category.code, CheckVerdict.CONFORMS, "回头看核验")],
        facts={
            "place": case.city.hall(case.unit),
            "is_simulated": True,
            "actual_steps": matter.step_count,
            "actual_documents": matter.document_count,
            "actual_days": matter.promised_days,
            "actual_trips": matter.trip_count,
            "actual_fee": matter.fee,
            "asks_clear": Verdict.YES,
            "runs_clear": Verdict.YES,
            "done_clear": Verdict.YES,
        },
    )


def _steps(item: LedgerItem, kind: str, started: datetime, ended: datetime) -> list[dict]:
    """The problem's step again, or the whole way where the rule wants it; each step takes its own share of the time."""
    kinds = [kind]
    if whole_because(item):
        kinds = sorted({*_WAY, kind}, key=StepKind.values.index)
    parts = [3 + (int(item.number[-4:]) * (n + 2) + 5 * n) % 7 for n in range(len(kinds))]
    edges = [started + (ended - started) * sum(parts[:n]) / sum(parts) for n in range(len(kinds) + 1)]
    return [
        {"kind": one, "started_at": edges[n], "ended_at": edges[n + 1], "result": StepResult.PASSED}
        for n, one in enumerate(kinds)
    ]


def _walker(case: Case, verifier: Posting, moment: Moment, diary: Diary) -> Person:
    """Somebody of the verifying unit who walks nowhere else that day."""
    people = case.city.people[verifier.organization.code]
    free = [
        person for person in people if not person.exemption_reason and diary.is_free(person, moment.index)
    ]
    if verifier.organization.kind != OrganizationKind.CITY:
        free = [person for person in free if person.rank != "HEAD"] or free
    chosen = case.city.rng.choice(free) if free else verifier.person
    diary.take(chosen, moment.index)
    return chosen
