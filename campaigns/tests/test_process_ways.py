"""A walk's way as two texts: what they say, what is read from them, and that they always say what the steps say."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps

from campaigns.models import SessionStep, WalkSession
from campaigns.process_ways import count_steps, stops_of, way_of
from campaigns.tests.factories import at, make_session, make_steps

NINE = at("2022-05-10", "09:00")


def step(kind, span=timedelta(minutes=10), waited=None, result="PASSED"):
    return SessionStep(
        kind=kind, started_at=NINE, ended_at=NINE + span, waiting_minutes=waited, result=result
    )


@pytest.mark.parametrize(
    ("steps", "way", "minutes"),
    [
        ([], "", ""),
        ([step("QUEUE")], "QUEUE", "QUEUE:10"),
        ([step("QUEUE", waited=0)], "QUEUE", "QUEUE:10:0"),
        ([step("ACCEPT", timedelta(seconds=59, milliseconds=999))], "ACCEPT", "ACCEPT:0"),
        ([step("APPROVE", timedelta(hours=30, minutes=5))], "APPROVE", "APPROVE:1805"),
        (
            [
                step("ACCEPT", result="RETURNED"),
                step("SUPPLEMENT", waited=25),
                step("ACCEPT", result="SUPPLEMENT"),
            ],
            "ACCEPT! SUPPLEMENT ACCEPT!",
            "ACCEPT:10 SUPPLEMENT:10:25 ACCEPT:10",
        ),
        (
            [step("DELIVER", result="FAILED"), step("DELIVER", result="")],
            "DELIVER DELIVER",
            "DELIVER:10 DELIVER:10",
        ),
    ],
)
def test_steps_as_texts(steps, way, minutes):
    assert way_of(steps) == (way, minutes)


def test_texts_as_steps():
    assert stops_of("ACCEPT! SUPPLEMENT ACCEPT") == (
        ("ACCEPT", True),
        ("SUPPLEMENT", False),
        ("ACCEPT", False),
    )
    assert list(count_steps(["QUEUE:10:5 ACCEPT:3", "", "QUEUE:10:5", "QUEUE:10"])) == [
        ("QUEUE", 10, 5, 2),
        ("ACCEPT", 3, None, 1),
        ("QUEUE", 10, None, 1),
    ]


@pytest.mark.django_db
def test_walks_from_before_are_filled(campaign, bureau):
    """The migration says of old walks what campaigns.process_ways says of new ones; more walks than one batch."""
    migration = import_module("campaigns.migrations.0022_fill_walk_ways")
    rows = [
        {"kind": "QUEUE", "minutes": 30, "waiting_minutes": 0},
        {"kind": "ACCEPT", "minutes": 0, "result": "SUPPLEMENT"},
        {"kind": "DELIVER", "minutes": 1805},
    ]
    walks = [make_steps(make_session(campaign, bureau), *rows[: number + 1]) for number in range(3)]
    bare = make_session(campaign, bureau)
    WalkSession.objects.update(way="", way_minutes="")
    migration._BATCH = 2
    migration.fill(apps, None)
    for walk in walks:
        told = walk.way, walk.way_minutes
        walk.refresh_from_db()
        assert (walk.way, walk.way_minutes) == told
    bare.refresh_from_db()
    assert (bare.way, bare.way_minutes) == ("", "")
