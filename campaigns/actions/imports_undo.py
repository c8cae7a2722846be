"""Taking an import back while nothing was built on it: new records go, changed cells get their old values.

What the file says must still be what is stored; so the file is planned once more, and each of its records has to come
out unchanged. Changed records are written back by the kind's own writer.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from campaigns.actions.deadlines import recount_provisional
from campaigns.actions.imports import Importer, actor_of, check_can_import, read_content, stored_content
from campaigns.actions.imports_lines import stored_before
from campaigns.actions.imports_plan import ImportMode, Plan, PlannedRow, RowAction, plan_import
from campaigns.actions.removal import Removal, remove
from campaigns.enums import TaskOrigin
from campaigns.ground import audit
from campaigns.ground.clock import day_of
from campaigns.ground.jobs import enqueue
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.workdays import load_calendar
from campaigns.models import (
    CheckPoint,
    Companion,
    ImportRun,
    Obligation,
    Organization,
    Person,
    PhotoMark,
    Posting,
    SessionCase,
    SessionStep,
    User,
    WalkSession,
    WalkTask,
)
from campaigns.models.imports import ImportState
from campaigns.resources.shape import Directory

SMALL_ROWS = 500
UNDO = "import_undo"


@dataclass(frozen=True)
class Undoing:
    """What the undo of one kind has to know. `before(plan, run, pks)` may refuse and clears the way; `after` repairs."""

    removal: Removal = Removal()
    before: Callable[[Plan, ImportRun, list[int]], None] = lambda plan, run, pks: None
    after: Callable[[Plan, ImportRun, datetime], None] = lambda plan, run, now: None


def undo_or_queue(
    *, importer: Importer, undoing: Undoing, run: ImportRun, by: Posting, now: datetime
) -> ImportRun:
    """Take the import back: now, or above 500 rows by a worker. Raises NotAllowed with the reason."""
    if run.counts.get("rows", 0) <= SMALL_ROWS:
        return undo_import(importer=importer, undoing=undoing, run=run, by=by, now=now)
    check_can_import(by)
    with transaction.atomic():
        run = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
        _check_done(run)
        run.job = enqueue(kind=UNDO, by=actor_of(by), now=now, run=run.pk, posting=by.pk)
        run.save(update_fields=["job"])
        return run


@transaction.atomic
def undo_import(
    *, importer: Importer, undoing: Undoing, run: ImportRun, by: Posting, now: datetime
) -> ImportRun:
    """Take the import back whole, or refuse with the first reason why not. Undone twice, it is undone once."""
    check_can_import(by)
    run = ImportRun.objects.select_for_update(of=("self",)).select_related("file").get(pk=run.pk)
    if run.state == ImportState.UNDONE:
        return run
    _check_done(run)
    shape = importer.shape(None, now)
    plan = plan_import(shape, read_content(importer, stored_content(run.file)), ImportMode.UPDATE)
    rows = _untouched(plan, run)
    made = [rows[line.number].draft.stored["pk"] for line in run.lines.filter(action=RowAction.NEW)]
    undoing.before(plan, run, made)
    back = _reversed(plan, rows, run)
    if back.rows:
        importer.write(back, by=by, now=now)
    model = shape._meta.model
    for level in _leaves_first(made) if model is Organization else [made]:
        remove(model, level, undoing.removal)
    undoing.after(plan, run, now)
    run.state, run.undone_at, run.undone_by = ImportState.UNDONE, now, actor_of(by)
    run.save(update_fields=["state", "undone_at", "undone_by"])
    detail = {"kind": run.kind, "file": run.file.name, "deleted": len(made), "restored": len(back.rows)}
    audit.record(by=by, verb="撤销导入", subject=run, detail=detail, now=now)
    return run


def _check_done(run: ImportRun) -> None:
    if run.state != ImportState.DONE:
        raise NotAllowed("只有已导入的文件可以撤销。")


def _untouched(plan: Plan, run: ImportRun) -> dict[int, PlannedRow]:
    """Row number → row of the file as it stands now. Refuses when a record the import wrote says something else now."""
    rows = {row.draft.number: row for row in plan.rows}
    for line in run.lines.filter(action__in=[RowAction.NEW, RowAction.CHANGED]).order_by("place"):
        row = rows.get(line.number)
        if row is None or row.action != RowAction.UNCHANGED:
            raise NotAllowed(f"第 {line.number} 行“{line.key}”导入之后又有变动，不能撤销这次导入。")
    return rows


def _reversed(plan: Plan, rows: dict[int, PlannedRow], run: ImportRun) -> Plan:
    """The plan that gives changed records their old values, judged by the kind's own rules."""
    back = Plan(plan.resource, ImportMode.UPDATE, parts=plan.parts)
    for line in run.lines.filter(action=RowAction.CHANGED).order_by("place"):
        draft, before = rows[line.number].draft, stored_before(line)
        draft.given = {name: value for name, value in before.items() if name in plan.resource.columns()}
        draft.values = {**draft.stored, **before}
        draft.faults.clear()
        plan.resource.check(draft)
        if draft.faults:
            raise NotAllowed(f"第 {line.number} 行“{line.key}”不能恢复原值：{draft.faults[0][1]}")
        back.rows.append(PlannedRow(draft, RowAction.CHANGED))
    plan.resource.check_all([row.draft for row in back.rows], Directory(plan.resource.indexes))
    if faulty := next((row.draft for row in back.rows if row.draft.faults), None):
        raise NotAllowed(f"第 {faulty.number} 行不能恢复原值：{faulty.faults[0][1]}")
    return back


def _leaves_first(pks: list[int]) -> list[list[int]]:
    """Units level by level from the deepest up; counterparts among them let go of each other first."""
    Organization.objects.filter(pk__in=pks, counterpart__in=pks).update(counterpart=None)
    levels: dict[int, list[int]] = defaultdict(list)
    for pk, path in Organization.objects.filter(pk__in=pks).values_list("pk", "path"):
        levels[path.count("/")].append(pk)
    return [levels[depth] for depth in sorted(levels, reverse=True)]


def _take_back_requests(plan: Plan, run: ImportRun, pks: list[int]) -> None:
    """Roles the import asked for, and first accounts it made, for people who were there before."""
    changed = set(run.lines.filter(action=RowAction.CHANGED).values_list("number", flat=True))
    drafts = {row.draft.stored["pk"]: row.draft for row in plan.rows if row.draft.number in changed}
    asked = Posting.objects.filter(person__in=drafts, requested_at=run.done_at)
    if asked.filter(granted_at__isnull=False).exists():
        raise NotAllowed("这次导入申请的系统角色已经授权，不能撤销；请由安全管理员收回。")
    asked.delete()
    first = [
        line.number
        for line in run.lines.filter(action=RowAction.CHANGED)
        if stored_before(line).get("login") == ""
    ]
    if first:
        names = "、".join(draft.values["login"] for draft in drafts.values() if draft.number in first)
        raise NotAllowed(f"这次导入为已有人员开设了账号（{names}），不能撤销；请在人员页面停用。")


def _refuse_opened_tasks(plan: Plan, run: ImportRun, pks: list[int]) -> None:
    tasks = WalkTask.objects.filter(origin=TaskOrigin.COMPLAINT, assigned_at=run.done_at)
    if (task := tasks.select_related("matter").first()) is not None:
        raise NotAllowed(f"已据此开立“{task.matter.name}”的倒推办任务，不能撤销这次导入。")


def _recount(plan: Plan, run: ImportRun, now: datetime) -> None:
    recount_provisional(calendar=load_calendar(), on=day_of(now))


_ACCOUNT_USED = Q(last_login__isnull=False) | ~Q(password__startswith="!")
UNDOINGS: dict[str, Undoing] = {
    "organizations": Undoing(),
    "people": Undoing(
        Removal(
            own=frozenset({Posting, Obligation}),
            forward={Person: ("user",)},
            touched={
                Posting: (Q(granted_at__isnull=False), "已经授权"),
                User: (_ACCOUNT_USED, "的账号已经启用"),
            },
        ),
        before=_take_back_requests,
    ),
    "postings": Undoing(Removal(touched={Posting: (Q(granted_at__isnull=False), "已经授权")})),
    "matters": Undoing(),
    "matter_units": Undoing(),
    "workdays": Undoing(after=_recount),
    "complaints": Undoing(before=_refuse_opened_tasks),
    "cases": Undoing(),
    "sessions": Undoing(
        Removal(
            own=frozenset({Companion, SessionStep, CheckPoint, SessionCase, PhotoMark}),
            touched={WalkSession: (Q(confirmed_at__isnull=False), "已经本人确认")},
        )
    ),
}
