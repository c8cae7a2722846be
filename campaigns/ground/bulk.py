"""Many new rows at once: COPY on PostgreSQL, where it is several times as fast, bulk_create elsewhere.

For rows whose primary keys nobody needs back. Knows no column of the campaign.
"""

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, models
from django.db.models import Model

BATCH = 500
# What these hold goes to the database as it is; every other field is asked (encryption, JSON, decimals).
_AS_IT_IS = (
    models.CharField,
    models.EmailField,
    models.TextField,
    models.BooleanField,
    models.DateField,
    models.DateTimeField,
    models.PositiveIntegerField,
    models.ForeignKey,
)


@contextmanager
def uncollected() -> Iterator[None]:
    """Hundreds of thousands of new rows hold no cycles, yet the collector walks them all again and again: it rests inside.

    A quarter of the time of a large import. What is garbage meanwhile is found afterwards.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def insert_rows(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """New rows of `model` with these values in `columns` (attribute names); other fields take their defaults."""
    if connection.vendor != "postgresql":
        made = (model(**dict(zip(columns, row, strict=True))) for row in rows)
        model._base_manager.bulk_create(made, batch_size=BATCH)
        return
    fields = {field.attname: field for field in model._meta.concrete_fields if not field.primary_key}
    rest = [name for name in fields if name not in columns]
    defaults = [fields[name].get_db_prep_save(fields[name].get_default(), connection) for name in rest]
    prepared = [(place, _prepare(fields[name])) for place, name in enumerate(columns)]
    prepared = [(place, prepare) for place, prepare in prepared if prepare is not None]
    names = ", ".join(connection.ops.quote_name(fields[name].column) for name in [*columns, *rest])
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for row in rows:
            values = [*row, *defaults]
            for place, prepare in prepared:
                values[place] = prepare(values[place])
            copy.write_row(values)


def _prepare(field: models.Field) -> Callable[[Any], Any] | None:
    if type(field) in _AS_IT_IS or isinstance(field, models.ForeignKey):
        return None
    if type(field).get_db_prep_value is models.Field.get_db_prep_value:
        return field.get_prep_value  # all that Django's own way round would come to
    return lambda value: field.get_db_prep_save(value, connection)
