"""Writing a roster: persons, the accounts their rows ask for, and roles that wait for 安全管理员 (contract §5, §6)."""

from datetime import datetime

from django.contrib.auth.hashers import make_password

from campaigns.actions.imports_plan import Plan, PlannedRow, RowAction
from campaigns.actions.imports_write import BATCH, codes_of, insert_new, new_row, save_rows, update_rows
from campaigns.actions.obligations import refresh_rosters
from campaigns.enums import Reach
from campaigns.ground.secret import blind_index
from campaigns.models import Person, Posting, User


def write_people(plan: Plan, *, by: Posting | User, now: datetime) -> None:
    """Persons, the accounts their rows ask for (no usable password), and roles that wait for 安全管理员."""
    codes = codes_of(plan)
    new, changed = plan.of(RowAction.NEW), plan.of(RowAction.CHANGED)
    users = _write_accounts(new, changed)
    insert_new(
        plan,
        codes,
        phone_index=lambda row: blind_index(row.draft.values["phone"]),
        user_id=lambda row: users.get(row.draft.values["code"]),
    )
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
    _request_roles([row for row in (*new, *changed) if row.draft.values["roles"]], codes, now=now)
    refresh_rosters(by=by, now=now)


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
    wanted, people = [], _people_of(rows)
    for row in rows:
        values, stored = row.draft.values, row.draft.stored or {}
        for role in values["roles"]:
            if role not in stored.get("roles", ()):
                wanted.append(
                    Posting(
                        person_id=people[values["code"]],
                        organization_id=codes["organization"][values["organization"]],
                        role=role,
                        reach=Reach.OWN,
                        requested_at=now,
                    )
                )
    Posting.objects.bulk_create(wanted, batch_size=BATCH)


def _people_of(rows: list[PlannedRow]) -> dict[str, int]:
    """Code → primary key of the persons of these rows."""
    codes, found = [row.draft.values["code"] for row in rows], {}
    for start in range(0, len(codes), BATCH):
        chunk = Person.objects.filter(code__in=codes[start : start + BATCH])
        found.update(chunk.values_list("code", "pk"))
    return found


def write_postings(plan: Plan, *, by: Posting | User, now: datetime) -> None:
    """New roles wait for 安全管理员; a changed one waits again (contract §5)."""
    codes = codes_of(plan)
    made = [new_row(plan, row, codes, requested_at=now) for row in plan.of(RowAction.NEW)]
    Posting.objects.bulk_create(made, batch_size=BATCH)
    postings = list(update_rows(plan, codes).values())
    for posting in postings:
        posting.requested_at, posting.granted_at, posting.granted_by = now, None, None
    save_rows(Posting, postings, ["requested_at", "granted_at", "granted_by"])
