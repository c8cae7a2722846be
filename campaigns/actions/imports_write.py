"""Writing a plan without faults: whole tables at once, one writer a kind. Called only from a commit."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Model

from campaigns.actions.deadlines import recount_provisional
from campaigns.actions.imports_plan import Plan, PlannedRow, RowAction
from campaigns.actions.obligations import refresh_rosters
from campaigns.ground.bulk import insert_rows
from campaigns.ground.clock import day_of
from campaigns.ground.numbering import raise_to
from campaigns.ground.workdays import load_calendar
from campaigns.models import Category, Matter, Organization, Person, Posting, User
from campaigns.resources.organizations import path_of
from campaigns.resources.shape import SheetField

BATCH = 500
_TARGETS: dict[str, tuple[type[Model], str]] = {
    "organization": (Organization, "code"),
    "person": (Person, "code"),
    "matter": (Matter, "code"),
    "category": (Category, "code"),
    "account": (User, "username"),
}


def write_plain(plan: Plan, *, by: Posting | User, now: datetime) -> None:
    """matters, matter_units: what the row says is what the record is."""
    codes = codes_of(plan)
    insert_new(plan, codes)
    update_rows(plan, codes)


def write_workdays(plan: Plan, *, by: Posting | User, now: datetime) -> None:
    """The holiday table; dates that were 暂定 for want of it are counted again at once (contract §8)."""
    write_plain(plan, by=by, now=now)
    recount_provisional(calendar=load_calendar(), on=day_of(now))


def write_organizations(plan: Plan, *, by: Posting | User, now: datetime) -> None:
    """Parents before children; then every path below a moved unit is written anew."""
    codes = codes_of(plan)
    waiting = {row.draft.values["code"]: row for row in plan.of(RowAction.NEW)}
    parents = dict(Organization.objects.values_list("code", "parent__code"))
    parents.update({row.draft.values["code"]: row.draft.values["parent"] or None for row in plan.rows})
    while waiting:
        ready = [row for row in waiting.values() if row.draft.values["parent"] not in waiting]
        made = [new_row(plan, row, codes, path=path_of(row.draft.values["code"], parents)) for row in ready]
        codes["organization"].update(_created(Organization, made))
        for row in ready:
            del waiting[row.draft.values["code"]]
    _link_counterparts(plan, codes)
    update_rows(plan, codes)
    _rewrite_paths(parents)
    refresh_rosters(by=by, now=now)


def _link_counterparts(plan: Plan, codes: dict[str, dict[str, int]]) -> None:
    """A counterpart may come later in the file than the unit that names it."""
    pks = codes["organization"]
    late = []
    for row in plan.of(RowAction.NEW):
        if row.draft.values["counterpart"]:
            counterpart = pks[row.draft.values["counterpart"]]
            late.append(Organization(pk=pks[row.draft.values["code"]], counterpart_id=counterpart))
    Organization.objects.bulk_update(late, ["counterpart"], batch_size=BATCH)


def _rewrite_paths(parents: dict[str, str | None]) -> None:
    moved = []
    for unit in Organization.objects.all():
        path = path_of(unit.code, parents)
        if path != unit.path:
            unit.path = path
            moved.append(unit)
    save_rows(Organization, moved, ["path"])


def codes_of(plan: Plan) -> dict[str, dict[str, int]]:
    """Target → code → primary key, for the tables this kind and its further sheets refer to."""
    shapes = (plan.resource, *plan.parts)
    widgets = (column.widget for shape in shapes for column in shape.columns().values())
    targets = {widget.target for widget in widgets if hasattr(widget, "target")}
    found = {}
    for name in sorted(targets & _TARGETS.keys()):
        model, key = _TARGETS[name]
        found[name] = dict(model.objects.values_list(key, "pk").order_by())
    return found


def _created(model: type[Model], rows: list[Model]) -> dict[str, int]:
    model.objects.bulk_create(rows, batch_size=BATCH)
    return dict(model.objects.filter(code__in=[row.code for row in rows]).values_list("code", "pk"))


def new_row(plan: Plan, row: PlannedRow, codes: dict[str, dict[str, int]], **extra: Any) -> Model:
    """An unsaved record of a new row; `extra` are fields no column has."""
    made = plan.resource._meta.model(**extra)
    fill(made, plan.resource.columns().items(), row.draft.values, codes)
    return made


def insert_new(plan: Plan, codes: dict[str, dict[str, int]], **extra: Callable[[PlannedRow], Any]) -> None:
    """Write the new rows in bulk, when nobody needs their keys; `extra` are fields no column has."""
    names, targets, links = [], [], []
    for name, column in plan.resource.columns().items():
        if target := _target(column):
            if target.endswith("_id") and hasattr(column.widget, "target"):
                links.append((len(names), codes[column.widget.target]))
            names.append(name)
            targets.append(target)

    def values_of(row: PlannedRow) -> list[Any]:
        values = row.draft.values
        made = [values[name] for name in names]
        for place, index in links:
            made[place] = index[made[place]] if made[place] else None
        return made + [tell(row) for tell in extra.values()]

    insert_rows(plan.resource._meta.model, [*targets, *extra], map(values_of, plan.of(RowAction.NEW)))


def update_rows(plan: Plan, codes: dict[str, dict[str, int]]) -> dict[int, Model]:
    """Write the changed rows' own columns in bulk; the instances by primary key."""
    rows = {row.draft.stored["pk"]: row for row in plan.of(RowAction.CHANGED)}
    instances = plan.resource._meta.model.objects.in_bulk(rows)
    touched: set[str] = set()
    for pk, instance in instances.items():
        draft = rows[pk].draft
        columns = [item for item in plan.resource.columns().items() if draft.changes(item[0])]
        fill(instance, columns, draft.values, codes)
        touched.update(_target(column).removesuffix("_id") for _, column in columns if _target(column))
    save_rows(plan.resource._meta.model, instances.values(), sorted(touched))
    return instances


def save_rows(model: type[Model], rows: Iterable[Model], fields: Sequence[str]) -> None:
    """Write `fields` of stored rows. As an upsert by primary key: bulk_update's CASE/WHEN is ten times slower."""
    rows = list(rows)
    if rows and fields:
        model.objects.bulk_create(
            rows, batch_size=BATCH, update_conflicts=True, unique_fields=["id"], update_fields=fields
        )


def write_parts(plan: Plan, owners: dict[int, PlannedRow], codes: dict[str, dict[str, int]]) -> None:
    """Rows of the further sheets, where they changed: those stored go, those of the plan come. Key: record's pk."""
    for part in plan.parts:
        changed = {pk: row.draft for pk, row in owners.items() if row.draft.changes(part.name)}
        model = part._meta.model
        old = [pk for pk, draft in changed.items() if draft.stored is not None]
        for start in range(0, len(old), BATCH):
            model.objects.filter(**{f"{part.owner}__in": old[start : start + BATCH]}).delete()
        made = []
        for pk, draft in changed.items():
            for values in draft.values[part.name]:
                made.append(model(**{part.owner: pk}))
                fill(made[-1], part.inner().items(), values, codes)
        model.objects.bulk_create(made, batch_size=BATCH)


def raise_counters(plan: Plan, prefix: str) -> None:
    """Numbers that came along are kept; the system's own of `prefix` (DJ, WT …) go on above them (contract §6)."""
    highest: dict[str, int] = defaultdict(int)
    for row in plan.of(RowAction.NEW):
        number, unit = row.draft.values["number"], row.draft.values["reporting_unit"]
        series = f"{prefix}-{plan.resource.scene.campaign.code}-{unit}"
        tail = number.removeprefix(f"{series}-")
        if tail != number and tail.isdecimal() and len(tail) < 10:
            highest[series] = max(highest[series], int(tail))
    for series, last in sorted(highest.items()):
        raise_to(series, last)


def fill(
    instance: Model, columns: Iterable[tuple[str, SheetField]], values: dict[str, Any], codes: dict
) -> None:
    """Put `values` of `columns` into the fields they are written to; references by their code."""
    for name, column in columns:
        target, value = _target(column), values[name]
        if target and target.endswith("_id") and hasattr(column.widget, "target"):
            # A unit of the same file that isn't there yet is linked afterwards.
            value = codes[column.widget.target].get(value) if value else None
        if target:
            setattr(instance, target, value)


def _target(column: SheetField) -> str:
    """The model attribute a column is written to; "" where the kind's writer does it."""
    path = column.attribute or ""
    field, _, key = path.rpartition("__")
    if key in ("code", "number") and field and "__" not in field:
        return f"{field}_id"
    return "" if "__" in path else path
