"""Writing the three lists as they were sent in: rows in bulk, then each new finding onto the ledger (contract §7.1)."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Model

from campaigns.actions.imports_plan import Plan, PlannedRow, RowAction
from campaigns.actions.imports_write import (
    BATCH,
    codes_of,
    new_row,
    raise_counters,
    update_rows,
    write_parts,
)
from campaigns.ground.clock import day_of
from campaigns.ground.jobs import enqueue
from campaigns.ground.workdays import load_calendar
from campaigns.models import Organization, Person, Posting, User, WalkSession
from issues.actions.findings import open_item, take_kind
from issues.actions.measures import measure_items
from issues.actions.moving import open_step_clocks
from issues.enums import LedgerState
from issues.models import Demand, LedgerItem, Measure, MeasureDemand, MeasureProblem, Problem

Codes = dict[str, dict[str, int]]
_NUMBERED = {"session": WalkSession, "problem": Problem, "demand": Demand}


def write_problems(plan: Plan, *, by: Posting | User, now: datetime) -> None:
    """New problems go on the ledger with the import's actor; words of open ones are mended."""
    codes, actor = _codes(plan), _actor(by)
    new = plan.of(RowAction.NEW)
    registered = {"registered_at": now, "registered_by": actor["user"]}
    made = [new_row(plan, row, codes, campaign=_campaign(plan), **registered) for row in new]
    Problem.objects.bulk_create(made, batch_size=BATCH)
    stored = update_rows(plan, codes)
    owners = _owners(made, new, plan)
    _write_joins(
        Problem.helper_units.through, ("problem_id", "organization_id"), owners, "helper_units", codes
    )
    _follow(plan, {pk: problem.found_on for pk, problem in stored.items()}, codes)
    raise_counters(plan, "WT")
    calendar = load_calendar()
    for problem in _with_units(made):
        open_item(problem=problem, kind=problem.proposed_kind, now=now, calendar=calendar, **actor)
    if made:  # nobody is asked while importing: 审改办 finds the likely twins on its list
        enqueue(kind="list_recurrences", by=actor["user"], now=now)


def _follow(plan: Plan, found: dict[int, date], codes: Codes) -> None:
    """The ledger's item of a mended problem keeps its day and helping units."""
    items = {item.problem_id: item for item in LedgerItem.objects.filter(problem__in=found)}
    for row in plan.of(RowAction.CHANGED):
        item = items.get(row.draft.stored["pk"])
        if item is None:
            continue
        if row.draft.changes("found_on"):
            item.found_on = found[item.problem_id]
            item.save(update_fields=["found_on"])
        if row.draft.changes("helper_units"):
            item.helper_units.set(codes["organization"][code] for code in row.draft.values["helper_units"])


def write_demands(plan: Plan, *, by: Posting | User, now: datetime) -> None:
    """Demands; those accepted, now or before, go on the ledger."""
    codes, actor = _codes(plan), _actor(by)
    new = plan.of(RowAction.NEW)
    days = _days(new, day_of(now))
    registered = {"registered_at": now, "registered_by": actor["user"]}
    made = [
        new_row(plan, row, codes, campaign=_campaign(plan), found_on=days[row.draft.number], **registered)
        for row in new
    ]
    Demand.objects.bulk_create(made, batch_size=BATCH)
    stored = update_rows(plan, codes)
    accepted = [demand for demand in made if demand.is_accepted]
    accepted += [
        stored[row.draft.stored["pk"]]
        for row in plan.of(RowAction.CHANGED)
        if row.draft.changes("is_accepted") and row.draft.values["is_accepted"]
    ]
    raise_counters(plan, "XQ")
    calendar = load_calendar()
    for demand in _with_units(accepted):
        open_item(demand=demand, kind="", now=now, calendar=calendar, **actor)


def _days(rows: list[PlannedRow], today: date) -> dict[int, date]:
    """Row number → the day a demand was made: its walk's, else its problem's, else today (the sheet has no column)."""
    walks = {row.draft.values["session"] for row in rows} - {None}
    problems = {row.draft.values["problem"] for row in rows} - {None}
    held = dict(WalkSession.objects.filter(number__in=walks).values_list("number", "held_on"))
    found = dict(Problem.objects.filter(number__in=problems).values_list("number", "found_on"))
    return {
        row.draft.number: held.get(row.draft.values["session"])
        or found.get(row.draft.values["problem"])
        or today
        for row in rows
    }


def write_measures(plan: Plan, *, by: Posting | User, now: datetime) -> None:
    """Measures with their steps; their items take the 整改类型 while they are still being planned."""
    codes, actor = _codes(plan), _actor(by)
    people = dict(Person.objects.values_list("code", "pk").order_by())
    new, changed = plan.of(RowAction.NEW), plan.of(RowAction.CHANGED)
    made = [
        new_row(plan, row, codes, campaign=_campaign(plan), written_at=now, written_by=actor["user"])
        for row in new
    ]
    for measure, row in zip(made, new, strict=True):
        _name(measure, row, people)
    Measure.objects.bulk_create(made, batch_size=BATCH)
    stored = update_rows(plan, codes)
    for row in changed:
        measure = stored[row.draft.stored["pk"]]
        if row.draft.changes("responsible"):
            _name(measure, row, people)
            measure.save(update_fields=["person", "person_text"])
    owners = _owners(made, new, plan)
    write_parts(plan, owners, codes)
    helpers = Measure.helper_units.through
    _write_joins(helpers, ("measure_id", "organization_id"), owners, "helper_units", codes)
    _write_joins(MeasureProblem, ("measure_id", "problem_id"), owners, "problems", codes)
    _write_joins(MeasureDemand, ("measure_id", "demand_id"), owners, "demands", codes)
    raise_counters(plan, "CS")
    _tell_items([*made, *stored.values()], day_of(now))


def _name(measure: Measure, row: PlannedRow, people: dict[str, int]) -> None:
    said = row.draft.values["responsible"]
    measure.person_id = people.get(said)
    measure.person_text = "" if said in people else said


def _tell_items(measures: Iterable[Measure], on: date) -> None:
    calendar = load_calendar()
    for measure in measures:
        for item in measure_items(measure):
            take_kind(item=item, kind=measure.rectify_kind, on=on, calendar=calendar)
            if item.state == LedgerState.RECTIFYING:
                open_step_clocks(item, on, calendar)


WRITERS = {"problems": write_problems, "demands": write_demands, "measures": write_measures}


def _actor(by: Posting | User) -> dict:
    """How the ledger's actions are told who acts: a posting at work, or a bare account (the shell)."""
    if isinstance(by, Posting):
        return {"by": by, "user": by.person.user}
    return {"by": None, "user": by}


def _campaign(plan: Plan):
    return plan.resource.scene.campaign


def _codes(plan: Plan) -> Codes:
    """Codes of the tables this kind refers to, with numbers of walks, problems and demands."""
    codes = codes_of(plan)
    targets = {getattr(column.widget, "target", "") for column in plan.resource.columns().values()}
    for name in sorted(targets & _NUMBERED.keys()):
        codes[name] = dict(_NUMBERED[name].objects.values_list("number", "pk").order_by())
    return codes


def _owners(made: list[Model], new: list[PlannedRow], plan: Plan) -> dict[int, PlannedRow]:
    """Primary key → row, of all records this plan writes."""
    owners = {record.pk: row for record, row in zip(made, new, strict=True)}
    return owners | {row.draft.stored["pk"]: row for row in plan.of(RowAction.CHANGED)}


def _write_joins(
    model: type[Model], ends: tuple[str, str], owners: dict[int, PlannedRow], name: str, codes: Codes
) -> None:
    """Rows of a join table, where the record's list changed; `ends`: its two columns, the record's first."""
    lists = {pk: row.draft.values[name] for pk, row in owners.items() if row.draft.changes(name)}
    target = {"helper_units": "organization", "problems": "problem", "demands": "demand"}[name]
    model._default_manager.filter(**{f"{ends[0]}__in": list(lists)}).delete()
    model._default_manager.bulk_create(
        [
            model(**{ends[0]: pk, ends[1]: codes[target][code]})
            for pk, found in lists.items()
            for code in found
        ],
        batch_size=BATCH,
    )


def _with_units(findings: list) -> list:
    """The findings with their responsible unit at hand, fetched once for all."""
    units = Organization.objects.in_bulk({finding.responsible_unit_id for finding in findings})
    for finding in findings:
        finding.responsible_unit = units[finding.responsible_unit_id]
    return findings
