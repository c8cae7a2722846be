"""Taking rows back out of the database while nothing was built on them. Knows which rows came along; guesses nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import ForeignObjectRel, Model, Q, QuerySet

from campaigns.ground.refusal import NotAllowed

CHUNK = 500


@dataclass(frozen=True)
class Removal:
    """`own`: models whose rows came with the record and go with it. `forward`: links whose targets came with it, too.

    `touched`: by model, which of those rows somebody has worked on since, and how that is said.
    """

    own: frozenset[type[Model]] = frozenset()
    forward: Mapping[type[Model], tuple[str, ...]] = field(default_factory=dict)
    touched: Mapping[type[Model], tuple[Q, str]] = field(default_factory=dict)


def remove(model: type[Model], pks: Sequence[int], rule: Removal) -> None:
    """Delete the rows with what came along. Raises NotAllowed at the first thing that refers to them."""
    for start in range(0, len(pks), CHUNK):
        _remove(model._base_manager.filter(pk__in=pks[start : start + CHUNK]), rule)


def _remove(rows: QuerySet, rule: Removal) -> None:
    model = rows.model
    pks = list(rows.values_list("pk", flat=True))
    if not pks:
        return
    rows = model._base_manager.filter(pk__in=pks)
    if model in rule.touched:
        condition, words = rule.touched[model]
        if (touched := rows.filter(condition).first()) is not None:
            raise NotAllowed(f"“{touched}”{words}，不能撤销这次导入。")
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and not relation.many_to_many:
            _remove_referring(relation, pks, rule)
    links = rule.forward.get(model, ())
    targets = {name: [pk for pk in rows.values_list(name, flat=True) if pk] for name in links}
    rows.delete()
    for name, found in targets.items():
        _remove(model._meta.get_field(name).related_model._base_manager.filter(pk__in=found), rule)


def _remove_referring(relation: ForeignObjectRel, pks: list[int], rule: Removal) -> None:
    related, name = relation.related_model, relation.field.name
    found = related._base_manager.filter(**{f"{name}__in": pks})
    if related in rule.own:
        _remove(found, rule)
        return
    if related._meta.auto_created is relation.model:
        return  # the record's own many-to-many rows: Django deletes them with it
    first = found.first()
    if first is not None:
        record, noun = getattr(first, name), related._meta.verbose_name
        raise NotAllowed(f"“{record}”已被{noun}“{first}”用到，不能撤销这次导入。")
