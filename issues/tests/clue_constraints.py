"""Rows of 疑点 and how each of their constraints is broken; part of test_constraints."""

from datetime import date, time
from decimal import Decimal

from campaigns.tests.constraints import Case
from campaigns.tests.factories import at, make_session
from issues.actions import clue_flow
from issues.models import Clue, ClueEntry, ClueOutcome, ClueSetting, HallHours
from issues.tests.factories import NOW

LATER = at("2022-06-01")


def clue(world) -> Clue:
    walk = make_session(world.city.campaign, world.city.yibao, matter=world.city.matter)
    return Clue.objects.create(rule="R3", session=walk, weight=100, raised_on=date(2022, 5, 10))


def asked(world) -> Clue:
    made = clue(world)
    clue_flow.ask(clue=made, question="请说明用时。", by=world.city.duchashi, now=NOW)
    made.refresh_from_db()
    return made


def answered(world) -> Clue:
    made = asked(world)
    clue_flow.answer(clue=made, explanation="当天系统通畅。", by=world.city.yibao_reporter, now=NOW)
    made.refresh_from_db()
    return made


def upheld(world) -> Clue:
    made = answered(world)
    return clue_flow.decide(clue=made, is_true=True, note="核对监控。", by=world.city.duchashi, now=NOW)


def withdrawn(world) -> Clue:
    made = clue(world)
    made.state, made.withdrawn_on, made.withdrawal_reason = "WITHDRAWN", date(2022, 5, 11), "登记已更正。"
    made.save()
    return made


def outcome(world) -> ClueOutcome:
    return clue_flow.record_outcome(
        clue=upheld(world),
        kind="BULLETIN",
        document_number="衡督通〔2022〕1号",
        on=date(2022, 5, 10),
        note="通报。",
        by=world.city.duchashi,
        now=NOW,
    )


def setting(world) -> ClueSetting:
    return clue_flow.weigh_rule(
        campaign=world.city.campaign,
        rule="R3",
        weight=Decimal(80),
        is_on=True,
        reason="误报多。",
        by=world.city.duchashi,
        now=NOW,
    )


def hours(world) -> HallHours:
    return HallHours.objects.create(
        organization=world.city.hall, opens_at=time(8), closes_at=time(20), opens_on_rest_days=True
    )


def entry(world) -> ClueEntry:
    return asked(world).entries.get()


def office(world):
    return world.city.shengaiban.person.user


CLUE_CASES = (
    Case("clue_once_per_rule", clue),
    Case("clue_state_known", clue, {"state": "LOST"}),
    Case("clue_weight_counts", clue, {"weight": 0}),
    Case("clue_asked_whole", asked, {"asked_by": None}),
    Case("clue_answered_whole", answered, {"answered_by": None}),
    Case("clue_decision_whole", clue, {"decided_by": office}),
    Case("clue_asked_first", clue, {"state": "ASKED"}),
    Case("clue_asked_has_deadline", asked, {"deadline": None}),
    Case("clue_answer_said", answered, {"explanation": ""}),
    Case("clue_answered_iff", asked, {"state": "ANSWERED"}),
    Case("clue_decided_iff", answered, {"state": "TRUE"}),
    Case(
        "clue_true_was_asked",
        clue,
        {"state": "TRUE", "decided_at": LATER, "decided_by": office, "decision_note": "属实。"},
    ),
    Case("clue_withdrawn_iff", withdrawn, {"withdrawal_reason": ""}),
    Case("clue_asked_before", answered, {"answered_at": at("2022-05-01")}),
    Case("clueentry_act_known", entry, {"act": "SHRUG"}),
    Case("clueoutcome_kind_known", outcome, {"kind": "SHOUT"}),
    Case("clueoutcome_has_number", outcome, {"document_number": ""}),
    Case("clueoutcome_said", outcome, {"note": ""}),
    Case("cluesetting_weight_counts", setting, {"weight": 0}),
    Case("cluesetting_reason", setting, {"reason": ""}),
    Case("hallhours_in_order", hours, {"closes_at": time(7)}),
)
