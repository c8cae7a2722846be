"""Fixtures of this app's tests."""

import pytest

from reports import tasks
from reports.tests.city import City


@pytest.fixture
def city(db) -> City:
    """Units, people and postings; no walks yet. The worker knows this app's jobs, as it does in the product."""
    assert tasks.package
    return City()


@pytest.fixture
def stocked(city) -> City:
    """The city with a little of everything."""
    city.stock()
    return city
