"""Spans as bars: where they stand, and that the shortest can still be seen."""

from campaigns.ground.bars import THINNEST, place_bars
from campaigns.tests.factories import at


def test_bars_fill_the_line():
    bars = place_bars(
        [(at(clock="09:00"), at(clock="09:30"), 15), (at(clock="09:30"), at(clock="10:00"), None)]
    )
    assert [(bar.x, bar.width, bar.waiting) for bar in bars] == [(0, 50, 25), (50, 50, 0)]


def test_a_step_of_no_length_is_seen_at_the_very_end():
    bars = place_bars([(at(clock="09:00"), at(clock="10:00"), 0), (at(clock="10:00"), at(clock="10:00"), 99)])
    assert (bars[1].x, bars[1].width) == (100 - THINNEST, THINNEST)
    assert bars[1].waiting == THINNEST, "waiting never runs out of its bar"


def test_one_moment_and_nothing():
    assert place_bars([]) == []
    assert place_bars([(at(), at(), None)])[0].width == THINNEST
