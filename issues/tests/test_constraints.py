"""The law the database keeps for findings and ledger: each constraint by name (house §9)."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.db.models import ProtectedError

from campaigns.ground.files import FileKind, store_bytes
from campaigns.models import Category, WalkSession
from campaigns.tests.constraints import Case, check, constraints_of
from campaigns.tests.factories import at, make_session
from issues.actions import meetings, requests, shifts
from issues.models import (
    CollectedFile,
    Collection,
    ItemEvidence,
    LedgerItem,
    MeasureDemand,
    MeasureProblem,
    MeasureStep,
    Verification,
)
from issues.tests.clue_constraints import CLUE_CASES
from issues.tests.draw_cases import DRAW_CASES
from issues.tests.factories import (
    NOW,
    S,
    fresh,
    make_city,
    make_demand,
    make_item,
    make_measure,
    make_problem,
)
from issues.tests.followup_cases import FOLLOW_UP_CASES
from issues.tests.twin_cases import TWIN_CASES

pytestmark = pytest.mark.django_db

LATER, EARLIER = at("2022-06-01"), at("2022-05-01")


@pytest.fixture
def world() -> SimpleNamespace:
    return SimpleNamespace(city=make_city())


def item(state: str, **options):
    """A maker of an item in that state."""
    return lambda world: fresh(make_item(world.city, state, **options))


def problem(**facts):
    return lambda world: make_problem(world.city, **facts)


def demand(**facts):
    return lambda world: make_demand(world.city, **facts)


def measure(world):
    return make_measure(make_problem(world.city).item, world.city.yibao_reporter)


def measure_link(world):
    return MeasureProblem.objects.get(measure=measure(world))


def demand_link(world):
    made = make_measure(make_demand(world.city).item, world.city.yibao_reporter)
    return MeasureDemand.objects.get(measure=made)


def step(world):
    return MeasureStep.objects.filter(measure=measure(world)).order_by("sequence").first()


def entry(world):
    return make_item(world.city, S.RECTIFYING).entries.order_by("sequence").first()


def user(name: str):
    return lambda world: getattr(world.city, name).person.user


def extension(world):
    return requests.ask_extension(
        item=make_item(world.city, S.RECTIFYING),
        by=world.city.yibao_reporter,
        now=NOW,
        new_due_on=date(2022, 6, 24),
        reason="招标流标。",
        progress="已重新招标。",
    )


def consent(world):
    return requests.ask_consent(
        item=make_item(world.city, S.RECTIFYING),
        by=world.city.yibao_reporter,
        now=NOW,
        kind="ESCALATE",
        reason="省级平台故障。",
    )


def evidence(world):
    made = make_item(world.city, S.RECTIFYING)
    by = world.city.yibao_reporter.person.user
    file = store_bytes(
        content=b"x", name="a.txt", kind=FileKind.EVIDENCE, content_type="text/plain", by=by, now=NOW
    )
    return ItemEvidence.objects.create(item=made, file=file, added_at=NOW, added_by=by)


def verification(world):
    walk = make_session(world.city.campaign, world.city.root, matter=world.city.matter)
    return Verification.objects.create(
        item=make_item(world.city, S.REVIEWED),
        session=walk,
        is_improved=True,
        summary="只跑一次。",
        verified_at=NOW,
        verified_by=world.city.duchashi.person.user,
    )


def meeting(world):
    city = world.city
    made = make_item(city, S.RECTIFYING)
    return meetings.record_meeting(
        by=city.shengaiban,
        now=NOW,
        campaign=city.campaign,
        title="叫号系统会商",
        held_on=date(2022, 5, 10),
        document_number="衡审改纪〔2022〕3号",
        units=[city.hall],
        items=[made],
        decisions=[
            {"item": made, "organization": city.hall, "text": "腾出窗口", "due_on": date(2022, 5, 20)}
        ],
    )


def decision(world):
    return meeting(world).decisions.get()


def shift(world):
    make_item(world.city, S.RECTIFYING)
    return shifts.shift_dates(
        by=world.city.shengaiban,
        now=NOW,
        campaign=world.city.campaign,
        organization=world.city.root,
        since=date(2022, 6, 1),
        until=date(2022, 6, 30),
        workdays=5,
        reason="疫情防控",
    )


def shifted(world):
    return shift(world).dates.get()


CLERK, HEAD, OFFICE = user("yibao_reporter"), user("yibao_head"), user("shengaiban")


def collection(world):
    return Collection.objects.create(
        campaign=world.city.campaign,
        organization=world.city.root,
        fingerprint="0" * 64,
        made_at=NOW,
        made_by=world.city.shengaiban.person.user,
    )


def collected_file(world):
    kept = store_bytes(content=b"1", name="a.xlsx", kind=FileKind.IMPORT, content_type="x", by=None, now=NOW)
    return CollectedFile.objects.create(collection=collection(world), name="a.xlsx", file=kept, rows=1)


CASES = (
    *DRAW_CASES,
    *FOLLOW_UP_CASES,
    *TWIN_CASES,
    Case("problem_source_known", problem(), {"source": "RUMOUR"}),
    Case("problem_kind_known", problem(), {"proposed_kind": "SOON"}),
    Case("problem_said", problem(), {"text": ""}),
    Case("problem_due_after_found", problem(), {"proposed_due_on": date(2022, 5, 9)}),
    Case("problem_dated_has_cause", problem(kind="DATED"), {"cause": ""}),
    Case("demand_party_known", demand(), {"party": "ROBOT"}),
    Case("demand_said", demand(), {"text": ""}),
    Case(
        "demand_refusal_has_reason",
        demand(is_accepted=False, refusal_reason="已有。"),
        {"refusal_reason": ""},
    ),
    Case("demand_accepted_has_unit", demand(), {"responsible_unit": None}),
    Case("measure_kind_known", measure, {"rectify_kind": "SOON"}),
    Case("measure_said", measure, {"text": ""}),
    Case("measure_fees_not_negative", measure, {"fee_after": -1}),
    Case("measure_institution_whole", measure, {"institution_issued_on": date(2022, 5, 9)}),
    Case("problem_quality_known", problem(), {"quality": "GREAT", "quality_at": NOW, "quality_by": OFFICE}),
    Case("problem_quality_whole", problem(), {"quality": "VALID"}),
    Case("meeting_titled", meeting, {"title": ""}),
    Case("meeting_numbered", meeting, {"document_number": ""}),
    Case("meeting_number_once", meeting),
    Case("decision_said", decision, {"text": ""}),
    Case("shift_reason", shift, {"reason": ""}),
    Case("shift_in_order", shift, {"until": date(2022, 5, 1)}),
    Case("shift_some_days", shift, {"workdays": 0}),
    Case("shifteddate_once", shifted),
    Case("shifteddate_later", shifted, {"new_due_on": date(2022, 6, 10)}),
    Case("measureproblem_once", measure_link),
    Case("measuredemand_once", demand_link),
    Case("measurestep_numbered_once", step),
    Case("measurestep_said", step, {"text": ""}),
    Case("ledgeritem_one_finding", item(S.PLANNING), {"demand": lambda w: make_demand(w.city)}),
    Case("ledgeritem_one_finding", item(S.PLANNING), {"problem": None}),
    Case("ledgeritem_state_known", item(S.PLANNING), {"state": "LOST"}),
    Case("ledgeritem_kind_known", item(S.PLANNING), {"rectify_kind": "SOON"}),
    Case("ledgeritem_registered_whole", item(S.PLANNING), {"registered_by": None}),
    Case("ledgeritem_assigned_whole", item(S.ASSIGNED), {"assigned_by": None}),
    Case("ledgeritem_accepted_whole", item(S.PLANNING), {"accepted_at": LATER}),
    Case("ledgeritem_signed_whole", item(S.RECTIFYING), {"signed_by": None}),
    Case("ledgeritem_applied_whole", item(S.APPLIED), {"applied_by": None}),
    Case("ledgeritem_reviewed_whole", item(S.REVIEWED), {"reviewed_by": None}),
    Case("ledgeritem_closed_whole", item(S.CLOSED), {"closed_by": None}),
    Case("ledgeritem_registered", item(S.PLANNING), {"registered_at": None, "registered_by": None}),
    Case("ledgeritem_applied_iff", item(S.APPLIED), {"applied_at": None, "applied_by": None}),
    Case("ledgeritem_applied_iff", item(S.RECTIFYING), {"applied_at": LATER, "applied_by": CLERK}),
    Case("ledgeritem_closed_iff", item(S.CLOSED), {"closed_at": None, "closed_by": None}),
    Case("ledgeritem_closed_iff", item(S.REVIEWED), {"closed_at": LATER, "closed_by": OFFICE}),
    Case("ledgeritem_merged_iff", item(S.MERGED), {"merged_into": None}),
    Case("ledgeritem_merged_iff", item(S.PLANNING), {"merged_into": lambda w: make_problem(w.city).item}),
    Case("ledgeritem_reviewed_iff", item(S.REVIEWED), {"reviewed_at": None, "reviewed_by": None}),
    Case("ledgeritem_reviewed_iff", item(S.APPLIED), {"reviewed_at": LATER, "reviewed_by": HEAD}),
    Case("ledgeritem_signed_before_rectify", item(S.RECTIFYING), {"signed_at": None, "signed_by": None}),
    Case("ledgeritem_has_due_date", item(S.RECTIFYING), {"deadline": None}),
    Case("ledgeritem_staged_is_lasting", item(S.STAGED, kind="LASTING"), {"rectify_kind": "DATED"}),
    Case("ledgeritem_registered_first", item(S.ASSIGNED), {"assigned_at": EARLIER}),
    Case(
        "ledgeritem_assigned_first",
        item(S.ASSIGNED),
        {"accepted_at": EARLIER, "accepted_by": CLERK},
    ),
    Case("ledgeritem_signed_later", item(S.RECTIFYING), {"signed_at": EARLIER}),
    Case("ledgeritem_signed_first", item(S.APPLIED), {"signed_at": LATER}),
    Case("ledgeritem_applied_first", item(S.REVIEWED), {"reviewed_at": EARLIER}),
    Case("ledgeritem_reviewed_first", item(S.CLOSED), {"reviewed_at": LATER}),
    Case("ledgeritem_closed_last", item(S.CLOSED, kind="QUICK"), {"closed_at": EARLIER}),
    Case("ledgeritem_found_first", item(S.RECTIFYING), {"starts_on": date(2022, 5, 9)}),
    Case("ledgeritem_reviewer_other", item(S.REVIEWED), {"reviewed_by": CLERK}),
    Case("ledgeritem_closer_other", item(S.CLOSED), {"closed_by": CLERK}),
    Case("ledgeritem_closer_not_reviewer", item(S.CLOSED), {"closed_by": user("yibao_deputy")}),
    Case("ledgerentry_numbered_once", entry),
    Case("ledgerentry_reason_given", entry, {"move": "RETURN"}),
    Case("ledgerentry_target_known", entry, {"target": "LOST"}),
    Case("itemevidence_once", evidence),
    *CLUE_CASES,
    Case("extension_decision_whole", extension, {"decided_at": LATER, "is_granted": True}),
    Case("extension_decision_says", extension, {"decided_at": LATER, "decided_by": OFFICE}),
    Case(
        "extension_refusal_reason",
        extension,
        {"decided_at": LATER, "decided_by": OFFICE, "is_granted": False},
    ),
    Case(
        "extension_not_both",
        extension,
        {"decided_at": LATER, "decided_by": OFFICE, "is_granted": True, "withdrawn_on": date(2022, 6, 1)},
    ),
    Case(
        "consent_not_both",
        consent,
        {"decided_at": LATER, "decided_by": OFFICE, "is_granted": True, "withdrawn_on": date(2022, 6, 1)},
    ),
    # Without its clock: PostgreSQL names the first unique key that is broken.
    Case("extension_one_open", extension, {"deadline": None}),
    Case("extension_reason_given", extension, {"reason": ""}),
    Case("extension_four_eyes", extension, {"decided_at": LATER, "decided_by": CLERK, "is_granted": True}),
    Case("extension_moves_later", extension, {"new_due_on": date(2022, 6, 10)}),
    Case("consent_decision_whole", consent, {"decided_at": LATER, "is_granted": True}),
    Case("consent_decision_says", consent, {"decided_at": LATER, "decided_by": OFFICE}),
    Case("consent_refusal_reason", consent, {"decided_at": LATER, "decided_by": OFFICE, "is_granted": False}),
    Case("consent_one_open", consent, {"deadline": None}),
    Case("consent_reason_given", consent, {"reason": ""}),
    Case("consent_four_eyes", consent, {"decided_at": LATER, "decided_by": CLERK, "is_granted": True}),
    Case("consent_kind_known", consent, {"kind": "NEVER"}),
    Case("verification_said", verification, {"summary": ""}),
    Case("collection_once", collection),
    Case("collectedfile_state_known", collected_file, {"state": "LOST"}),
    Case("collectedfile_done_iff", collected_file, {"done_at": LATER, "done_by": OFFICE}),
    Case("collectedfile_done_whole", collected_file, {"done_by": OFFICE}),
    Case("collectedfile_rejected_within_rows", collected_file, {"rejected": 2}),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_kept(case, world):
    check(case, world)


def test_none_is_left_out():
    assert {case.name for case in CASES} == set(constraints_of("issues"))


def test_a_quick_one_may_be_signed_after_it_was_done(world):
    """The one freedom in the order of stamps (contract §7.2)."""
    made = make_item(world.city, S.CLOSED, kind="QUICK")
    LedgerItem.objects.filter(pk=made.pk).update(signed_at=LATER, signed_by=HEAD(world))


def test_history_cannot_be_cut_off(world):
    """on_delete=PROTECT on the ledger's side: what a row hangs on can't go (house §9)."""
    made = make_item(world.city, S.RECTIFYING)
    for row in (made, made.problem, made.responsible_unit, made.deadline, Category.objects.get(code="B05")):
        with pytest.raises(ProtectedError):
            row.delete()
    walk = make_session(world.city.campaign, world.city.yibao, matter=world.city.matter)
    make_problem(world.city, session=walk)
    with pytest.raises(ProtectedError):
        WalkSession.objects.filter(pk=walk.pk).delete()
