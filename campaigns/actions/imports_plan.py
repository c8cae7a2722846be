"""The plan of an import: what each row would do, all faults at once, nothing written.

Works on whole tables (one query a table, not a row), for every Resource alike; knows no single kind.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import TextChoices

from campaigns.ground.sheets.read import Column, Sheet
from campaigns.ground.sheets.values import BadValue, is_blank, shown
from campaigns.resources.shape import Directory, Draft, SheetField, SheetResource

CLEAR = "清空"
OWN_COLUMNS = ("原因", "原行号")


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


@dataclass
class PlannedRow:
    """What becomes of one row. `changes`: (column label, before, after) in words; before is "" in a new row."""

    draft: Draft
    action: str
    changes: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def action_label(self) -> str:
        return RowAction(self.action).label

    @property
    def key_text(self) -> str:
        return " · ".join(str(part) for part in self.draft.key if part not in (None, ""))


@dataclass
class Plan:
    """`errors`: dicts with sheet, row, column, cell, value, message (contract §2); `warnings`: sentences."""

    resource: SheetResource
    mode: str
    rows: list[PlannedRow] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    sheet: Sheet | None = None

    @property
    def kind(self) -> str:
        return self.resource.kind

    def of(self, action: str) -> list[PlannedRow]:
        return [row for row in self.rows if row.action == action]

    def counts(self) -> dict[str, int]:
        """rows, created, updated, unchanged, skipped, rejected: what a commit of this plan does."""
        found = {action: len(self.of(action)) for action in RowAction.values}
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


def plan_import(resource: SheetResource, sheets: Sequence[Sheet], mode: str) -> Plan:
    """What importing `sheets` in `mode` would do. Reads the database, writes nothing; every fault is listed."""
    plan = Plan(resource, mode)
    sheet = plan.sheet = _pick(resource, sheets, plan)
    if sheet is None:
        return plan
    headings = _headings(plan, sheet)
    if plan.errors:
        return plan
    directory = Directory()
    raw = _raw_cells(sheet, headings)
    drafts = _drafts(resource, raw, directory)
    _find_doubles(resource, drafts)
    keyed = [draft for draft in drafts if draft.key]
    resource.match(keyed)
    for draft in drafts:
        _merge(resource, draft, mode)
    alive = [draft for draft in drafts if not (draft.stored and mode == ImportMode.SKIP)]
    for draft in alive:
        if not draft.faults:
            resource.check(draft)
    resource.check_all(alive, directory)
    order = {name: heading.place for name, heading in headings.items()}
    for draft in drafts:
        plan.rows.append(_outcome(resource, draft, mode))
        faults = sorted(draft.faults, key=lambda fault: order.get(fault[0], 0))
        plan.errors += [_error(plan, headings, draft, raw[draft.number], fault) for fault in faults]
    if not drafts:
        plan.warnings.append("文件里没有数据行。")
    return plan


def known_labels(resource: SheetResource) -> list[str]:
    return [column.column_name for column in resource.columns().values()]


def _pick(resource: SheetResource, sheets: Sequence[Sheet], plan: Plan) -> Sheet | None:
    """The first sheet whose header fits best."""
    keys = {column.key for column in resource.columns().values()}
    fitting = [sheet for sheet in sheets if sheet.header_row and not sheet.hidden]
    if not fitting:
        sentence = f"没有找到表头：应有“{'、'.join(known_labels(resource))}”等列，请使用导入模板。"
        plan.errors.append(_file_error(sentence, sheets[0].name if sheets else ""))
        return None
    best = max(fitting, key=lambda sheet: len(keys & {column.key for column in sheet.columns}))
    others = [sheet.name for sheet in fitting if sheet is not best and sheet.rows]
    plan.warnings += [f"工作表“{name}”没有读取。" for name in others]
    return best


def _headings(plan: Plan, sheet: Sheet) -> dict[str, Column]:
    """Field name → column of the sheet; missing, doubled and unknown headings are reported."""
    columns = plan.resource.columns()
    found: dict[str, Column] = {}
    names = {column.key: name for name, column in columns.items()}
    for heading in sheet.columns:
        name = names.get(heading.key)
        if name is None:
            if heading.label not in OWN_COLUMNS:
                plan.warnings.append(f"未识别的列“{heading.label}”（{heading.letter} 列），已忽略。")
        elif name in found:
            place = f"{heading.letter}{sheet.header_row}"
            sentence = f"列“{heading.label}”出现了两次。"
            plan.errors.append(_file_error(sentence, sheet.name, sheet.header_row, place))
        else:
            found[name] = heading
    for name, column in columns.items():
        if column.required and name not in found:
            sentence = f"缺少必填列“{column.column_name}”。"
            plan.errors.append(
                {**_file_error(sentence, sheet.name, sheet.header_row), "column": column.column_name}
            )
    plan.warnings += [f"{letter} 列没有表头，已忽略。" for letter in sheet.unnamed]
    return found


def _raw_cells(sheet: Sheet, headings: dict[str, Column]) -> dict[int, dict[str, Any]]:
    """Row number → field name → cell as it came."""
    places = {name: sheet.columns.index(heading) for name, heading in headings.items()}
    return {row.number: {name: row.values[at] for name, at in places.items()} for row in sheet.rows}


def _drafts(resource: SheetResource, raw: dict[int, dict[str, Any]], directory: Directory) -> list[Draft]:
    """A draft for each row, its cells parsed and its key set (but where a key cell is missing or wrong)."""
    columns = resource.columns()
    drafts = [
        Draft(number, {name: cell for name, cell in cells.items() if not is_blank(cell)})
        for number, cells in raw.items()
    ]
    resource.prepare(drafts, directory)
    for draft in drafts:
        given = draft.given
        draft.given = {}
        for name, cell in given.items():
            _parse(draft, name, columns[name], cell, directory)
        for name in resource.keys:
            if columns[name].required and name not in draft.given and not _has_fault(draft, name):
                draft.fault(name, f"{columns[name].column_name}必须填写。")
        if not any(_has_fault(draft, name) for name in resource.keys):
            draft.key = resource.key_of(draft.given)
    return drafts


def _parse(draft: Draft, name: str, column: SheetField, cell, directory: Directory) -> None:
    try:
        if isinstance(cell, str) and cell.strip() == CLEAR:
            if column.required:
                raise BadValue(f"{column.column_name}是必填项，不能清空。")
            draft.given[name] = column.empty
        else:
            draft.given[name] = column.widget.clean(cell, directory=directory)
    except BadValue as error:
        draft.fault(name, str(error))


def _has_fault(draft: Draft, name: str) -> bool:
    return any(faulty == name for faulty, _ in draft.faults)


def _find_doubles(resource: SheetResource, drafts: list[Draft]) -> None:
    first: dict[tuple, int] = {}
    label = resource.columns()[resource.keys[0]].column_name
    for draft in drafts:
        if not draft.key:
            continue
        if draft.key in first:
            draft.fault(resource.keys[0], f"{label}与第 {first[draft.key]} 行重复。")
        first.setdefault(draft.key, draft.number)


def _merge(resource: SheetResource, draft: Draft, mode: str) -> None:
    """What the record would be: stored values under what the row says; blanks of a new row mean their default."""
    columns, stored = resource.columns(), draft.stored
    if stored is not None and mode == ImportMode.STOP:
        draft.fault(resource.keys[0], f"{columns[resource.keys[0]].column_name}已存在。")
    for name, column in columns.items():
        before = stored[name] if stored else None
        if name in draft.given:
            draft.values[name] = _settled(draft, name, column, before)
        elif stored:
            draft.values[name] = before
        else:
            draft.values[name] = column.empty
            if column.required and not _has_fault(draft, name) and name not in resource.keys:
                draft.fault(name, f"{column.column_name}必须填写。")


def _settled(draft: Draft, name: str, column: SheetField, before):
    try:
        value = column.widget.settle(draft.given[name], before)
    except BadValue as error:
        draft.fault(name, str(error))
        return before
    return before if draft.stored and column.widget.same(value, before) else value


def _outcome(resource: SheetResource, draft: Draft, mode: str) -> PlannedRow:
    if draft.faults:
        return PlannedRow(draft, RowAction.REJECTED)
    if draft.stored is not None and mode == ImportMode.SKIP:
        return PlannedRow(draft, RowAction.SKIPPED)
    changes = []
    for name, column in resource.columns().items():
        if draft.changes(name):
            before = column.widget.render(draft.stored[name]) if draft.stored else ""
            changes.append((column.column_name, before, column.widget.render(draft.values[name])))
    if draft.stored is None:
        return PlannedRow(draft, RowAction.NEW, [change for change in changes if change[2]])
    return PlannedRow(draft, RowAction.CHANGED if changes else RowAction.UNCHANGED, changes)


def _before_after(draft: Draft, name: str) -> tuple[str, str]:
    return repr((draft.stored or {}).get(name)), repr(draft.values[name])


def _error(
    plan: Plan, headings: dict[str, Column], draft: Draft, raw: dict[str, Any], fault: tuple[str, str]
) -> dict[str, Any]:
    name, sentence = fault
    heading = headings.get(name)
    column = plan.resource.columns().get(name)
    return {
        "sheet": plan.sheet.name,
        "row": draft.number,
        "column": column.column_name if column else None,
        "cell": f"{heading.letter}{draft.number}" if heading else None,
        "value": shown(raw.get(name)) if name in raw else None,
        "message": sentence,
    }


def _file_error(
    sentence: str, sheet: str = "", row: int | None = None, cell: str | None = None
) -> dict[str, Any]:
    place = {"sheet": sheet or None, "row": row, "column": None, "cell": cell}
    return {**place, "value": None, "message": sentence}
