"""The flush after a transactional test: past the audit guard, and leaving what the migrations had filled.

Without it the triggers refuse the flush, and the next test (with --reuse-db: the next run) finds no taxonomy.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from django.apps import apps
from django.test import TransactionTestCase

from campaigns.ground import audit_triggers


@contextmanager
def guarded_flush() -> Iterator[None]:
    """Inside the block every TransactionTestCase (also pytest's transactional_db, live_server) flushes so."""
    flush = TransactionTestCase._fixture_teardown
    ground_data = import_module("campaigns.migrations.0002_ground_data")

    def teardown(case: TransactionTestCase) -> None:
        with audit_triggers.dropped():
            flush(case)
        ground_data.fill(apps, None)

    TransactionTestCase._fixture_teardown = teardown
    try:
        yield
    finally:
        TransactionTestCase._fixture_teardown = flush
