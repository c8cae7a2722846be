"""Fixtures of this app's tests."""

import pytest

from reports.tests.city import City


@pytest.fixture
def city(db) -> City:
    """Units, people and postings; no walks yet."""
    return City()


@pytest.fixture
def stocked(city) -> City:
    """The city with a little of everything."""
    city.stock()
    return city
