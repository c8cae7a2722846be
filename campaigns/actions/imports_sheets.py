"""Which sheet of a workbook holds what, and which of its columns is which. Reads cells, knows no value and no record."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from campaigns.ground.sheets.mark import REASON
from campaigns.ground.sheets.read import Column, Sheet, header_key
from campaigns.ground.sheets.values import shown
from campaigns.resources.shape import Draft, SheetField, SheetResource

OWN_COLUMNS = (REASON, "原行号")
HELP_SHEET = "填写说明"  # our own page of instructions in a template


@dataclass
class Reading:
    """One sheet as its shape reads it. `raw`: row number → field name → cell as it came; `headings` by field name."""

    resource: SheetResource
    sheet: Sheet
    headings: dict[str, Column] = field(default_factory=dict)
    raw: dict[int, dict[str, Any]] = field(default_factory=dict)
    drafts: list[Draft] = field(default_factory=list)

    def error(self, draft: Draft, fault: tuple[str, str]) -> dict[str, Any]:
        """A fault as contract §2 tells it: sheet, row, column, cell, value, message."""
        name, sentence = fault
        heading = self.headings.get(name)
        column = self.resource.columns().get(name)
        raw = self.raw[draft.number]
        return {
            "sheet": self.sheet.name,
            "row": draft.number,
            "column": column.column_name if column else None,
            "cell": f"{heading.letter}{draft.number}" if heading else None,
            "value": shown(raw.get(name)) if name in raw else None,
            "message": sentence,
        }

    def errors(self) -> list[dict[str, Any]]:
        """All faults of the sheet, by row, then in the order of its columns."""
        place = {name: heading.place for name, heading in self.headings.items()}
        return [
            self.error(draft, fault)
            for draft in self.drafts
            for fault in sorted(draft.faults, key=lambda fault: place.get(fault[0], 0))
        ]


def known_labels(resource: SheetResource) -> list[str]:
    """The headings of all sheets of the kind."""
    shapes = [resource, *(part() for part in resource.parts)]
    labels = [column.column_name for shape in shapes for column in shape.columns().values()]
    return list(dict.fromkeys(labels))


def open_sheets(
    resource: SheetResource,
    sheets: Sequence[Sheet],
    errors: list[dict[str, Any]],
    warnings: list[str],
    *,
    updating: bool = False,
) -> list[Reading]:
    """The records' sheet first, then those of the parts that are there; [] when there is no table at all.

    Faults of the file itself go to `errors`, what is ignored to `warnings`. `updating`: only the key's columns must be
    there, since an absent cell leaves what is stored; a new row that lacks one is told by itself.
    """
    fitting = [
        sheet for sheet in sheets if sheet.header_row and not sheet.hidden and sheet.name != HELP_SHEET
    ]
    if not fitting:
        labels = [column.column_name for column in resource.columns().values()]
        sentence = f"没有找到表头：应有“{'、'.join(labels)}”等列，请使用导入模板。"
        errors.append(file_error(sentence, sheets[0].name if sheets else ""))
        return []
    found = [Reading(resource, _pick(resource, fitting))]
    for shape in (part() for part in resource.parts):
        left = [sheet for sheet in fitting if all(sheet is not one.sheet for one in found)]
        sheet = _part_sheet(shape, left)
        if sheet is not None:
            found.append(Reading(shape, sheet))
    read = [one.sheet for one in found]
    others = [sheet.name for sheet in fitting if sheet.rows and all(sheet is not one for one in read)]
    warnings += [f"工作表“{name}”没有读取。" for name in others]
    for one in found:
        one.headings = _headings(one, errors, warnings, updating)
        one.raw = _raw_cells(one)
    return found


def _score(shape: SheetResource, sheet: Sheet) -> int:
    return len({column.key for column in shape.columns().values()} & {column.key for column in sheet.columns})


def _pick(resource: SheetResource, sheets: list[Sheet]) -> Sheet:
    """The first sheet whose header fits best."""
    return max(sheets, key=lambda sheet: _score(resource, sheet))


def _part_sheet(shape: SheetResource, sheets: list[Sheet]) -> Sheet | None:
    """The sheet of that name, else the first that has all columns that must be there; None for none."""
    named = [sheet for sheet in sheets if header_key(sheet.name) == header_key(shape.sheet)]
    if named:
        return named[0]
    needed = {column.key for column in shape.columns().values() if column.required}
    full = [sheet for sheet in sheets if needed <= {column.key for column in sheet.columns}]
    return max(full, key=lambda sheet: _score(shape, sheet)) if full else None


def _headings(
    one: Reading, errors: list[dict[str, Any]], warnings: list[str], updating: bool
) -> dict[str, Column]:
    """Field name → column of the sheet; missing, doubled and unknown headings are reported."""
    sheet, columns = one.sheet, one.resource.columns()
    found: dict[str, Column] = {}
    names = _names(columns, {heading.key for heading in sheet.columns})
    for heading in sheet.columns:
        name = names.get(heading.key)
        if name is None:
            if heading.label not in OWN_COLUMNS:
                warnings.append(f"未识别的列“{heading.label}”（{heading.letter} 列），已忽略。")
        elif name in found:
            place = f"{heading.letter}{sheet.header_row}"
            sentence = f"列“{heading.label}”出现了两次。"
            errors.append(file_error(sentence, sheet.name, sheet.header_row, place))
        else:
            found[name] = heading
    for name, column in columns.items():
        if column.required and name not in found and (name in one.resource.keys or not updating):
            sentence = f"缺少必填列“{column.column_name}”。"
            missing = file_error(sentence, sheet.name, sheet.header_row)
            errors.append({**missing, "column": column.column_name})
    warnings += [f"{letter} 列没有表头，已忽略。" for letter in sheet.unnamed]
    return found


def _names(columns: dict[str, SheetField], written: set[str]) -> dict[str, str]:
    """Heading as it is compared → field name. 责任单位 is 责任单位编码 where the sheet has no such column itself."""
    bare = {column.bare_key: name for name, column in columns.items() if column.key not in written}
    bare.pop("", None)
    return bare | {column.key: name for name, column in columns.items()}


def _raw_cells(one: Reading) -> dict[int, dict[str, Any]]:
    places = {name: one.sheet.columns.index(heading) for name, heading in one.headings.items()}
    return {row.number: {name: row.values[at] for name, at in places.items()} for row in one.sheet.rows}


def file_error(
    sentence: str, sheet: str = "", row: int | None = None, cell: str | None = None
) -> dict[str, Any]:
    """A fault that no single record has."""
    place = {"sheet": sheet or None, "row": row, "column": None, "cell": cell}
    return {**place, "value": None, "message": sentence}
