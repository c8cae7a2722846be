"""Writing a plan without faults: whole tables at once, one writer a kind. Called only from a commit."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db.models import Model

from campaigns.actions.deadlines import recount_provisional
from campaigns.actions.imports_plan import Plan, PlannedRow, RowAction
from campaigns.enums import Reach
from campaigns.ground.clock import day_of
from campaigns.ground.numbering import raise_to
from campaigns.ground.secret import blind_index
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
    model, codes = plan.resource._meta.model, codes_of(plan)
    model.objects.bulk_create([new_row(plan, row, codes) for row in plan.of(RowAction.NEW)], batch_size=BATCH)
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


def write_people(plan: Plan, *, by: Posting | User, now: datetime) -> None:
    """Persons, the accounts their rows ask for (no usable password), and roles that wait for 安全管理员."""
    codes = codes_of(plan)
    new, changed = plan.of(RowAction.NEW), plan.of(RowAction.CHANGED)
    users = _write_accounts(new, changed)
    made = [
        new_row(
            plan,
            row,
            codes,
            phone_index=blind_index(row.draft.values["phone"]),
            user_id=users.get(row.draft.values["code"]),
        )
        for row in new
    ]
    codes["person"] = dict(Person.objects.values_list("code", "pk"))
    codes["person"].update(_created(Person, made))
    people = update_rows(plan, codes)
    touched = [
        people[row.draft.stored["pk"]]
        for row in changed
        if row.draft.changes("phone") or row.draft.values["code"] in users
    ]
    for person in touched:
        person.phone_index = blind_index(person.phone)
        person.user_id = users.get(person.code, person.user_id)
    save_rows(Person, touched, ["phone_index", "user"])
    _request_roles([*new, *changed], codes, now=now)


def _write_accounts(new: list[PlannedRow], changed: list[PlannedRow]) -> dict[str, int]:
    """Person code → account of those who get their first one; renames and new addresses are written too."""
    first = [row for row in new if row.draft.values["login"]]
    first += [row for row in changed if row.draft.values["login"] and not row.draft.stored["login"]]
    accounts = [
        User(
            username=row.draft.values["login"],
            first_name=row.draft.values["name"],
            email=row.draft.values["email"],
            password=make_password(None),
            must_change_password=True,
        )
        for row in first
    ]
    User.objects.bulk_create(accounts, batch_size=BATCH)
    made = dict(
        User.objects.filter(username__in=[user.username for user in accounts]).values_list("username", "pk")
    )
    _update_accounts([row for row in changed if row.draft.stored["login"]])
    return {row.draft.values["code"]: made[row.draft.values["login"]] for row in first}


def _update_accounts(rows: list[PlannedRow]) -> None:
    old = {
        row.draft.stored["login"]: row.draft.values
        for row in rows
        if any(row.draft.changes(name) for name in ("name", "email", "login"))
    }
    users = list(User.objects.filter(username__in=old))
    for user in users:
        values = old[user.username]
        user.first_name, user.email, user.username = values["name"], values["email"], values["login"]
    save_rows(User, users, ["first_name", "email", "username"])


def _request_roles(rows: list[PlannedRow], codes: dict[str, dict[str, int]], *, now: datetime) -> None:
    wanted = []
    for row in rows:
        values, stored = row.draft.values, row.draft.stored or {}
        for role in values["roles"]:
            if role not in stored.get("roles", ()):
                wanted.append(
                    Posting(
                        person_id=codes["person"][values["code"]],
                        organization_id=codes["organization"][values["organization"]],
                        role=role,
                        reach=Reach.OWN,
                        requested_at=now,
                    )
                )
    Posting.objects.bulk_create(wanted, batch_size=BATCH)


def write_postings(plan: Plan, *, by: Posting | User, now: datetime) -> None:
    """New roles wait for 安全管理员; a changed one waits again (contract §5)."""
    codes = codes_of(plan)
    made = [new_row(plan, row, codes, requested_at=now) for row in plan.of(RowAction.NEW)]
    Posting.objects.bulk_create(made, batch_size=BATCH)
    postings = list(update_rows(plan, codes).values())
    for posting in postings:
        posting.requested_at, posting.granted_at, posting.granted_by = now, None, None
    save_rows(Posting, postings, ["requested_at", "granted_at", "granted_by"])


WRITERS: dict[str, Callable[..., None]] = {
    "organizations": write_organizations,
    "people": write_people,
    "postings": write_postings,
    "matters": write_plain,
    "matter_units": write_plain,
    "workdays": write_workdays,
}


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
