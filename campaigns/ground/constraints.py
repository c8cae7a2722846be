"""Shapes of truth a row can hold, each with the sentence a form says when it is broken.

Only builders of CheckConstraint live here; no model, no query.
"""

from collections.abc import Iterable

from django.db.models import CheckConstraint, F, Q


def both_or_neither(a: str, b: str, *, name: str, message: str) -> CheckConstraint:
    """`a` and `b` (who and when) are set together or not at all."""
    return CheckConstraint(
        name=name,
        condition=Q(**{f"{a}__isnull": True, f"{b}__isnull": True})
        | Q(**{f"{a}__isnull": False, f"{b}__isnull": False}),
        violation_error_message=message,
    )


def known_value(field: str, values: Iterable[str], *, name: str, message: str) -> CheckConstraint:
    """`field` holds one of `values`; a typo in an `update()` can't invent a state."""
    return CheckConstraint(
        name=name, condition=Q(**{f"{field}__in": list(values)}), violation_error_message=message
    )


def set_exactly_in(
    field: str, states: Iterable[str], *, name: str, message: str, free_in: Iterable[str] = ()
) -> CheckConstraint:
    """`field` is filled in `states` and empty in every other state, but free in `free_in` (side states)."""
    states, free = list(states), list(free_in)
    condition = Q(**{f"{field}__isnull": False, "state__in": states}) | (
        Q(**{f"{field}__isnull": True}) & ~Q(state__in=states)
    )
    if free:
        condition |= Q(state__in=free)
    return CheckConstraint(name=name, condition=condition, violation_error_message=message)


def in_order(earlier: str, later: str, *, name: str, message: str) -> CheckConstraint:
    """Where both are known, `earlier` is not after `later`."""
    return CheckConstraint(
        name=name,
        condition=Q(**{f"{later}__isnull": True})
        | Q(**{f"{earlier}__isnull": True})
        | Q(**{f"{later}__gte": F(earlier)}),
        violation_error_message=message,
    )


def differ(a: str, b: str, *, name: str, message: str) -> CheckConstraint:
    """Two people of one row are not the same person (four eyes)."""
    return CheckConstraint(
        name=name,
        condition=Q(**{f"{a}__isnull": True}) | Q(**{f"{b}__isnull": True}) | ~Q(**{a: F(b)}),
        violation_error_message=message,
    )


def not_empty(field: str, *, name: str, message: str) -> CheckConstraint:
    """A required text really holds something."""
    return CheckConstraint(name=name, condition=~Q(**{field: ""}), violation_error_message=message)
