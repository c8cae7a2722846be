"""Fixtures of the lower app's tests."""

from collections.abc import Iterator

import pytest

from campaigns.tests.flush import guarded_flush


@pytest.fixture(scope="session", autouse=True)
def _guarded_flush() -> Iterator[None]:
    with guarded_flush():
        yield
