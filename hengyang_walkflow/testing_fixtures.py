"""Fixtures every test may ask for, built on those of pytest-django and pytest-playwright (see testing.py)."""

import os
import shutil

import pytest
from django.apps import apps
from django.core import serializers
from django.test import TransactionTestCase

from campaigns.ground import audit_triggers

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# As root in a closed network Chromium needs the first of these; the rest keep it from asking the outside.
BROWSER_FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage --lang=zh-CN"
).split()


def find_browser() -> str | None:
    """Path of a Chromium: CHROMIUM if set, else the first one on the PATH."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> None:
    """What migrations put into the tables is there again after a transactional test has emptied them."""
    with django_db_blocker.unblock():
        shipped = serializers.serialize("json", _shipped_rows())
    flush = TransactionTestCase._fixture_teardown

    def flush_and_refill(case) -> None:
        with audit_triggers.dropped():  # append-only tables can't be emptied otherwise
            flush(case)
        for row in serializers.deserialize("json", shipped):
            row.save()

    TransactionTestCase._fixture_teardown = flush_and_refill


def _shipped_rows():
    for name in ("campaigns", "issues", "reports"):
        for model in apps.get_app_config(name).get_models():
            yield from model._base_manager.order_by("pk")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    return {
        **browser_type_launch_args,
        "executable_path": find_browser(),
        "args": BROWSER_FLAGS,
        "env": {**os.environ, "LANGUAGE": "zh_CN"},
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict) -> dict:
    return {
        **browser_context_args,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "viewport": {"width": 1440, "height": 900},
        "accept_downloads": True,
    }
