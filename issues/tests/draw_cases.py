"""Constraints of 抽查, as cases for test_constraints."""

from datetime import timedelta

from campaigns.tests.constraints import Case
from issues.models import Draw, DrawItem
from issues.tests.factories import NOW, S, make_item


def _draw(world, **facts) -> Draw:
    planned = {
        "campaign": world.city.campaign,
        "organization": world.city.shengaiban.organization,
        "number": "CC-1",
        "title": "6月抽查",
        "count": 1,
        "seed": "1",
        "seed_published_at": NOW,
        "planned_by": world.city.duchashi.person.user,
    }
    return Draw.objects.create(**(planned | facts))


def plan(world) -> Draw:
    return _draw(world, starts_on=NOW.date(), ends_on=NOW.date())


def drawn(world) -> Draw:
    done = {"population": 1, "population_sha256": "0" * 64, "snapshot": "{}"}
    return _draw(world, **done, drawn_at=NOW, drawn_by=world.city.duchashi.person.user)


def item(world) -> DrawItem:
    return DrawItem.objects.create(draw=drawn(world), item=make_item(world.city, S.CLOSED))


def signed(world) -> DrawItem:
    """Checked by one, confirmed by another; assigned to two people."""
    made = item(world)
    city = world.city
    made.first, made.second = city.duchashi.person, city.shengaiban.person
    made.outcome, made.note = "SOUND", "已看现场。"
    made.checked_at, made.checked_by = NOW, city.duchashi.person.user
    made.confirmed_at, made.confirmed_by = NOW, city.shengaiban.person.user
    made.save()
    return made


DRAW_CASES = (
    Case("draw_drawn_whole", drawn, {"drawn_by": None}),
    Case("draw_population_iff_drawn", drawn, {"population": None}),
    Case("draw_fingerprint_iff_drawn", drawn, {"population_sha256": ""}),
    Case("draw_seed_published_first", drawn, {"seed_published_at": NOW + timedelta(days=1)}),
    Case("draw_asks_for_something", plan, {"count": 0}),
    Case("draw_days_in_order", plan, {"ends_on": NOW.date() - timedelta(days=1)}),
    Case("drawitem_once", item),
    Case("drawitem_outcome_known", signed, {"outcome": "PERHAPS"}),
    Case("drawitem_checked_whole", signed, {"checked_by": None}),
    Case("drawitem_confirmed_whole", signed, {"confirmed_by": None}),
    Case("drawitem_outcome_iff_checked", signed, {"note": ""}),
    Case("drawitem_checked_first", signed, {"confirmed_at": NOW - timedelta(days=1)}),
    Case("drawitem_two_sign", signed, {"confirmed_by": lambda world: world.city.duchashi.person.user}),
    Case("drawitem_two_people", signed, {"second": lambda world: world.city.duchashi.person}),
)
