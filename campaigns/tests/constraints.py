"""How a constraint is tested: the good row stands, the broken one is refused by name, and the form says its sentence."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction


@dataclass(frozen=True)
class Case:
    """`make` gives a saved good row from the test's world; `changes` breaks it.

    For a unique constraint the broken row is a copy of the good one with `changes`; what else must be unique in it
    is changed too. Values may be functions of the world.
    """

    name: str
    make: Callable[[Any], models.Model]
    changes: dict[str, Any] = field(default_factory=dict)


def constraints_of(app: str) -> dict[str, models.BaseConstraint]:
    """Every constraint of an app's models, by its name."""
    return {c.name: c for model in apps.get_app_config(app).get_models() for c in model._meta.constraints}


def check(case: Case, world: Any) -> None:
    """The good row breaks nothing; the changed one is refused in words by the form and by name by the database."""
    row = case.make(world)
    assert broken(row) == set()
    values = {name: value(world) if callable(value) else value for name, value in case.changes.items()}
    constraint = constraints_of(row._meta.app_label)[case.name]
    if isinstance(constraint, models.UniqueConstraint):
        row.pk, row._state.adding = None, True
    for name, value in values.items():
        setattr(row, name, value)
    found = broken(row)
    assert case.name in found, f"{case.name} is not broken by {values}, but {found or 'nothing'} is"
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        _write(row, values)
    assert named(str(error.value), row, found), error.value


def _write(row: models.Model, values: dict[str, Any]) -> None:
    """Past every form and action: a new row as it is, or an update() of the old one."""
    if row._state.adding:
        row.save(force_insert=True)
    else:
        type(row)._base_manager.filter(pk=row.pk).update(**values)


def broken(row: models.Model) -> set[str]:
    """Names of the constraints `row` breaks; each says a Chinese sentence of its own."""
    found = set()
    for constraint in row._meta.constraints:
        try:
            constraint.validate(type(row), row)
        except ValidationError as error:
            (sentence,) = error.messages
            assert sentence.endswith("。"), (constraint.name, sentence)
            assert sentence == constraint.violation_error_message
            found.add(constraint.name)
    return found


def named(message: str, row: models.Model, names: set[str]) -> bool:
    """Whether the database named one of the constraints; SQLite names a unique one by its columns."""
    if any(name in message for name in names):
        return True
    table = row._meta.db_table
    return any(
        all(f"{table}.{row._meta.get_field(column).column}" in message for column in constraint.fields)
        for constraint in row._meta.constraints
        if constraint.name in names and isinstance(constraint, models.UniqueConstraint)
    )
