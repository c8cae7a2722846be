"""Rows of 回访 and how each of their constraints is broken; part of test_constraints."""

from campaigns.enums import SessionMode
from campaigns.ground.secret import blind_index
from campaigns.tests.constraints import Case
from campaigns.tests.factories import at, make_complaint, make_session
from issues.actions import followups, followups_hearing
from issues.models import FollowUp, FollowUpAttempt, LedgerItem
from issues.tests.factories import CALENDAR, NOW, S, make_item

LATER, EARLIER = at("2022-06-01"), at("2022-04-01")
SOLVED = {"outcome": "REACHED", "verdict": "SOLVED", "satisfaction": "GOOD"}
UNSOLVED = {"outcome": "REACHED", "verdict": "UNSOLVED", "satisfaction": "BAD", "note": "窗口仍要复印件。"}


def complaint_item(city, phone: str = "13800000001", **options) -> LedgerItem:
    """A closed item whose problem was found walking back from a complaint."""
    complaint = make_complaint(city.yibao, phone=phone, phone_index=blind_index(phone))
    walk = make_session(
        city.campaign,
        city.yibao,
        matter=city.matter,
        mode=SessionMode.BACKWARD,
        complaint=complaint,
        work_order=complaint.number,
    )
    return make_item(city, S.CLOSED, session=walk, **options)


def opened(city, **options) -> FollowUp:
    item = complaint_item(city, **options)
    followups.open_due(now=NOW, calendar=CALENDAR)
    return FollowUp.objects.get(item=item)


def asked(city, said=UNSOLVED, **options) -> FollowUp:
    return followups.record_attempt(
        follow_up=opened(city, **options), by=city.duchashi, now=NOW, calendar=CALENDAR, **said
    )


def open_row(world) -> FollowUp:
    return opened(world.city)


def good(world) -> FollowUp:
    return asked(world.city, SOLVED)


def bad(world) -> FollowUp:
    return asked(world.city)


def explained(world) -> FollowUp:
    city = world.city
    return followups_hearing.explain(
        follow_up=bad(world), agrees=False, explanation="已更换清单。", by=city.yibao_reporter, now=NOW
    )


def accepted(world) -> FollowUp:
    return followups_hearing.accept(
        follow_up=explained(world), note="查看属实。", by=world.city.duchashi, now=NOW
    )


def attempt(world) -> FollowUpAttempt:
    return good(world).attempts.get()


def office(world):
    return world.city.shengaiban.person.user


FOLLOW_UP_CASES = (
    Case("followup_once_per_closing", open_row, {"phone_index": ""}),
    Case("followup_once_per_citizen", open_row, {"closed_at": LATER}),
    Case("followup_state_known", good, {"state": "LOST"}),
    Case("followup_origin_known", open_row, {"origin": "WHIM"}),
    Case("followup_method_known", open_row, {"method": "PIGEON"}),
    Case("followup_satisfaction_known", good, {"satisfaction": "MEH"}),
    Case("followup_checked_whole", good, {"checked_by": None}),
    Case("followup_verdict_iff_checked", good, {"checked_at": None}),
    Case("followup_verdict_known", good, {"verdict": "PERHAPS"}),
    Case("followup_open_iff_unchecked", good, {"state": "OPEN"}),
    Case("followup_satisfaction_iff_reached", good, {"satisfaction": ""}),
    Case("followup_heard_iff_bad", bad, {"deadline": None}),
    Case("followup_explained_whole", explained, {"explained_by": None}),
    Case("followup_explanation_said", explained, {"explanation": ""}),
    Case("followup_explained_iff", bad, {"state": "EXPLAINED"}),
    Case("followup_decided_iff", accepted, {"decision_note": ""}),
    Case("followup_opened_first", good, {"checked_at": EARLIER}),
    Case("followupattempt_one_a_day", attempt, {"number": 2}),
    Case("followupattempt_numbered", attempt, {"on": LATER.date()}),
    Case("followupattempt_three_at_most", attempt, {"number": 4}),
    Case("followupattempt_outcome_known", attempt, {"outcome": "SHRUG"}),
)
