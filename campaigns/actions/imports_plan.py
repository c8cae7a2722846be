"""The plan of an import: what each row would do, all faults at once, nothing written.

Works on whole tables (one query a table, not a row), for every Resource alike; knows no single kind. A record is its
row with the rows of the kind's further sheets.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import TextChoices

from campaigns.actions.imports_cells import CLEAR, drafts_of, find_doubles, merge
from campaigns.actions.imports_parts import join_parts, merge_parts, part_changes
from campaigns.actions.imports_sheets import OWN_COLUMNS, Reading, file_error, known_labels, open_sheets
from campaigns.ground.bulk import uncollected
from campaigns.ground.sheets.read import Sheet
from campaigns.resources.shape import Directory, Draft, PartResource, SheetResource
from campaigns.resources.widgets import SheetWidget, Text

__all__ = [
    "CLEAR",
    "OWN_COLUMNS",
    "ImportMode",
    "Plan",
    "PlannedRow",
    "RowAction",
    "known_labels",
    "plan_import",
]


_REMEMBERED = 2000
Teller = tuple[str, Callable[[Any], str]]


class ImportMode(TextChoices):
    """What to do with a row whose key exists already (contract §2)."""

    STOP = "stop", "不允许已有记录（有则整份退回）"
    SKIP = "skip", "跳过已有记录"
    UPDATE = "update", "更新已有记录"


class RowAction(TextChoices):
    NEW = "created", "新增"
    CHANGED = "updated", "更新"
    UNCHANGED = "unchanged", "无变化"
    SKIPPED = "skipped", "跳过"
    REJECTED = "rejected", "错误"


Change = tuple[str, str, str]


def words_of(changes: Iterable[Change]) -> list[str]:
    """`职务：科长 → 局长`, for each of (column label, before, after)."""
    return [f"{label}：{before or '（空）'} → {after or '（空）'}" for label, before, after in changes]


@dataclass
class PlannedRow:
    """What becomes of one record. `changes`: (column label, before, after) in words; before is "" in a new one."""

    draft: Draft
    action: str
    changes: list[Change] = field(default_factory=list)
    _words: str | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def is_written(self) -> bool:
        return self.action in (RowAction.NEW, RowAction.CHANGED)

    @property
    def action_label(self) -> str:
        return RowAction(self.action).label

    @property
    def words(self) -> str:
        """All changes on one line: `职务：科长 → 局长；…` of a changed record, `姓名：张三；…` of a new one."""
        if self._words is None:
            is_new = self.action == RowAction.NEW
            told = (
                [f"{label}：{after}" for label, _, after in self.changes]
                if is_new
                else words_of(self.changes)
            )
            self._words = "；".join(told)
        return self._words

    @property
    def key_text(self) -> str:
        return " · ".join(str(part) for part in self.draft.key if part not in (None, ""))


@dataclass
class Plan:
    """`errors`: dicts with sheet, row, column, cell, value, message (contract §2); `warnings`: sentences.

    `readings`: the sheets that were read, the records' own first; `parts`: the shapes of all further sheets.
    """

    resource: SheetResource
    mode: str
    rows: list[PlannedRow] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    parts: list[PartResource] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return self.resource.kind

    def of(self, action: str) -> list[PlannedRow]:
        return [row for row in self.rows if row.action == action]

    def counts(self) -> dict[str, int]:
        """rows, created, updated, unchanged, skipped, rejected: what a commit of this plan does."""
        tally = Counter(row.action for row in self.rows)
        found = {action: tally[action] for action in RowAction.values}
        if self.errors:
            found.update({RowAction.NEW: 0, RowAction.CHANGED: 0})
        return {"rows": len(self.rows), **{str(key): number for key, number in found.items()}}

    def digest(self) -> str:
        """Equal for equal plans: shows whether stored data moved between preview and confirmation."""
        told = [
            [row.draft.number, row.action, [_before_after(row.draft, name) for name in row.draft.values]]
            for row in self.rows
        ]
        text = json.dumps([self.kind, self.mode, told, self.errors], ensure_ascii=False, default=repr)
        return hashlib.sha256(text.encode()).hexdigest()


@uncollected()
def plan_import(resource: SheetResource, sheets: Sequence[Sheet], mode: str) -> Plan:
    """What importing `sheets` in `mode` would do. Reads the database, writes nothing; every fault is listed."""
    plan = Plan(resource, mode, parts=[part() for part in resource.parts])
    updating = mode == ImportMode.UPDATE
    plan.readings = open_sheets(resource, sheets, plan.errors, plan.warnings, updating=updating)
    if plan.errors:
        return plan
    main = plan.readings[0]
    directory = Directory(resource.indexes)
    main.drafts = drafts_of(resource, main.raw, directory)
    find_doubles(resource, main.drafts)
    orphans = join_parts(main, plan.readings[1:], directory)
    _judge(plan, main.drafts, directory)
    tellers = _tellers(resource)
    plan.rows = [_outcome(plan, draft, tellers) for draft in main.drafts]
    plan.rows += [PlannedRow(draft, RowAction.REJECTED) for draft in orphans]
    for one in plan.readings:
        plan.errors += one.errors()
    if resource.needs_campaign and resource.scene.campaign is None and plan.of(RowAction.NEW):
        plan.errors.append(
            file_error("没有进行中的行动，不能新增记录；请先在“行动”页开启新一轮。", main.sheet.name)
        )
    if not main.drafts:
        plan.warnings.append("文件里没有数据行。")
    return plan


def _judge(plan: Plan, drafts: list[Draft], directory: Directory) -> None:
    """Stored records beside the drafts, then every rule of the kind."""
    resource, shapes = plan.resource, plan.parts
    resource.match([draft for draft in drafts if draft.key])
    for draft in drafts:
        if draft.stored is not None and plan.mode == ImportMode.STOP:
            draft.fault(resource.keys[0], f"{resource.key_label}已存在。")
        merge(resource, draft)
        merge_parts(shapes, draft)
    alive = [draft for draft in drafts if not (draft.stored and plan.mode == ImportMode.SKIP)]
    for draft in alive:
        if not draft.faults:
            resource.check(draft)
    resource.check_all(alive, directory)


def _outcome(plan: Plan, draft: Draft, tellers: dict[str, Teller]) -> PlannedRow:
    if draft.is_faulty:
        return PlannedRow(draft, RowAction.REJECTED)
    if draft.stored is None:
        values = draft.values
        changes = [
            (label, "", words)
            for name, (label, tell) in tellers.items()
            # 否 and 0 say something, a blank does not.
            if ((value := values[name]) or value == 0) and (words := tell(value))
        ]
        changes += [change for change in part_changes(plan.parts, draft) if change[2]]
        return PlannedRow(draft, RowAction.NEW, changes)
    if plan.mode == ImportMode.SKIP:
        return PlannedRow(draft, RowAction.SKIPPED)
    changes = [
        (label, tell(draft.stored[name]), tell(draft.values[name]))
        for name, (label, tell) in tellers.items()
        if draft.changes(name)
    ]
    changes += part_changes(plan.parts, draft)
    return PlannedRow(draft, RowAction.CHANGED if changes else RowAction.UNCHANGED, changes)


def _tellers(resource: SheetResource) -> dict[str, Teller]:
    """Field name → the column's heading, and what puts a value of it into words."""
    return {name: (column.column_name, _teller(column.widget)) for name, column in resource.columns().items()}


def _teller(widget: SheetWidget) -> Callable[[Any], str]:
    """`widget.render`, asked once for each of the texts and days that come again and again; a text tells itself."""
    shape = type(widget)
    if issubclass(shape, Text) and (shape.render, shape.cell) == (SheetWidget.render, SheetWidget.cell):
        return _itself
    known: dict[Any, str] = {}

    def tell(value: Any) -> str:
        if type(value) is not str and type(value) is not date:
            return widget.render(value)
        words = known.get(value)
        if words is None:
            words = widget.render(value)
            if len(known) < _REMEMBERED:
                known[value] = words
        return words

    return tell


def _itself(text: str | None) -> str:
    return text or ""


def _before_after(draft: Draft, name: str) -> tuple[str, str]:
    return repr((draft.stored or {}).get(name)), repr(draft.values[name])
