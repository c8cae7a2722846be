"""Triggers that keep the audit tables append-only on both databases, and the way to lift them for a flush.

Put up by a migration: `RunPython(put_up, take_down)`. SQLite rebuilds a table when a later migration alters
it and loses its triggers: such a migration runs `put_up` again as its last step.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection as default_connection

TABLES = ("campaigns_auditevent", "campaigns_auditseal")
REFUSAL = "审计记录只能追加，不能修改或删除。"

_FUNCTION = f"""
CREATE OR REPLACE FUNCTION audit_append_only() RETURNS trigger AS $$
BEGIN
    RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
END $$ LANGUAGE plpgsql
"""


def _forward(vendor: str) -> list[str]:
    if vendor == "postgresql":
        return [_FUNCTION] + [
            f"CREATE OR REPLACE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()"
            for table in TABLES
        ]
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{act.lower()} BEFORE {act} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        for table in TABLES
        for act in ("UPDATE", "DELETE")
    ]


def _backward(vendor: str) -> list[str]:
    if vendor == "postgresql":
        return [f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}" for table in TABLES] + [
            "DROP FUNCTION IF EXISTS audit_append_only()"
        ]
    return [f"DROP TRIGGER IF EXISTS {table}_no_{act}" for table in TABLES for act in ("update", "delete")]


def _execute(connection, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def put_up(apps, schema_editor) -> None:
    """Forward half of the migration; safe to run twice."""
    _execute(schema_editor.connection, _forward(schema_editor.connection.vendor))


def take_down(apps, schema_editor) -> None:
    """Backward half of the migration; safe to run twice."""
    _execute(schema_editor.connection, _backward(schema_editor.connection.vendor))


@contextmanager
def dropped(connection=None) -> Iterator[None]:
    """Without the triggers inside the block; for the flush of a transactional test, and for `restore`."""
    connection = connection or default_connection
    _execute(connection, _backward(connection.vendor))
    try:
        yield
    finally:
        _execute(connection, _forward(connection.vendor))
