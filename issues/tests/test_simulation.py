"""A whole campaign by dice, compared with the oracle to the row (issue: the ledger of notices equals what it computes)."""

from collections import Counter

import pytest

from campaigns.actions import chase
from campaigns.ground.deadlines import Chase, ChaseRun, LightChange
from campaigns.ground.notices import Notice, NoticeLine
from campaigns.models import Slip
from issues.models import LedgerItem
from issues.tests.errands import clock_name
from issues.tests.oracle import book_of
from issues.tests.simulated import OFFICES, Simulated

pytestmark = pytest.mark.django_db(transaction=True)


def people_of(city) -> dict:
    """Who stands for whom, unit by unit; 审改办's own house turns to 督查室."""
    found = {}
    for key, (office, inspector) in OFFICES.items():
        other = inspector if key == "hall" else office
        names = {
            "clerk": f"{key}_reporter",
            "deputy": f"{key}_deputy",
            "head": f"{key}_head",
            "office": office,
            "closer": other,
            "decider": other,
            "signer": other,
            "city": "shengaiban",
            "city inspector": "duchashi",
            "inspector": inspector,
            "person": "yibao_walker",
        }
        found[key] = {role: [name] for role, name in names.items()}
    return found


def named(deadline) -> tuple:
    kind, number, label, starts = clock_name(deadline)
    return number, kind, label, starts


def written_chases() -> Counter:
    rows = Chase.objects.select_related("deadline__slip_itself__about__slip_itself__about")
    return Counter((*named(row.deadline), row.round, row.level, row.on) for row in rows)


def written_lines() -> Counter:
    rows = NoticeLine.objects.filter(chase__isnull=False).select_related(
        "notice__recipient", "chase__deadline__slip_itself__about__slip_itself__about"
    )
    return Counter(
        (
            line.notice.recipient.username,
            line.notice.created_on,
            *named(line.chase.deadline),
            line.chase.round,
            line.chase.level,
        )
        for line in rows
    )


def written_slips() -> Counter:
    rows = Slip.objects.select_related("about__slip_itself__about__slip_itself")
    return Counter(
        (*named(slip.about), slip.round, slip.level, slip.drafted_on, signed_on(slip)) for slip in rows
    )


def signed_on(slip: Slip) -> tuple:
    return (slip.deadline.starts_on,) if slip.deadline_id else ()


def written_lights() -> Counter:
    rows = LightChange.objects.select_related("deadline__slip_itself__about__slip_itself__about")
    return Counter((*named(row.deadline), row.round, row.on, row.was, row.light) for row in rows)


def difference(written: Counter, expected: Counter) -> list:
    return [("too much", *row) for row in (written - expected)][:5] + [
        ("missing", *row) for row in (expected - written)
    ][:5]


def compare(played: Simulated) -> None:
    book = book_of(played.stories, played.mornings, people_of(played.city), played.absences)
    assert difference(written_chases(), book.chases) == []
    assert difference(written_lines(), book.lines) == []
    assert difference(written_slips(), book.slips) == []
    assert difference(written_lights(), book.lights) == []
    assert ChaseRun.objects.count() == len(played.mornings)
    digests = Notice.objects.filter(kind="CHASE").values_list("recipient", "created_on")
    assert len(digests) == len(set(digests))
    # The dice threw something of everything, or the comparison says little.
    assert {row[5] for row in book.chases} == {1, 2, 3, 4, 5}
    assert {row[1] for row in book.chases} == {"RECTIFY", "TURN", "STEP", "SLIP", "SELF_CHECK", "TASK"}
    assert any("审批：" in row[2] for row in book.chases)
    colleagues = {away.colleague for away in played.absences}
    assert any(row[0] in colleagues for row in book.lines)
    assert set(LedgerItem.objects.values_list("state", flat=True)) >= {
        "CLOSED",
        "RECTIFYING",
        "MERGED",
        "REFUSED",
    }


def test_a_small_campaign(monkeypatch):
    monkeypatch.setattr(chase, "BATCH", 3)
    played = Simulated(items=70, seed=20220419)
    played.play()
    compare(played)


@pytest.mark.sim
@pytest.mark.parametrize("seed", [16])
def test_the_campaign(monkeypatch, seed):
    """5,000 items from 2022-04-19 to 2022-07-31."""
    monkeypatch.setattr(chase, "BATCH", 50)
    played = Simulated(items=5000, seed=seed)
    played.play()
    compare(played)
