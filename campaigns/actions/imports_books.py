"""Workbooks around an import: the template, the user's bad rows with their reasons, the export with the same columns."""

from collections import defaultdict
from collections.abc import Iterable

from campaigns.actions.imports_plan import OWN_COLUMNS, Plan, RowAction
from campaigns.ground.sheets.read import EXAMPLE
from campaigns.ground.sheets.write import Marked, WriteColumn, WriteSheet, write_workbook
from campaigns.resources.shape import SheetField, SheetResource

_READ_ME = (
    "带 * 的列必须填写；表头文字不要改动，列的先后可以调整，不需要的列可以删去。",
    "以“示例”开头的行是填写样例，导入时会忽略，可以删去。",
    "日期写成 2022-05-20、2022.5.20、2022年5月20日都可以。",
    "是/否列：是、Y、√ 为“是”；新增时留空为“否”。",
    "编码、编号列可以填编码，也可以填不重名的全称。",
    "更新已有记录时：留空表示不改；填“清空”表示删去原来的内容。",
    "有一行出错，整份文件都不会写入；出错的行会连同原因退给您。",
)


def export_book(resource: SheetResource) -> tuple[bytes, int]:
    """All records of the kind in the columns of its import, and their number. Phones are masked."""
    columns = resource.columns()
    rows = [
        [column.widget.cell(row[name]) for name, column in columns.items()] for row in resource.stored_rows()
    ]
    sheet = WriteSheet(resource.sheet, [_plain(column) for column in columns.values()], rows)
    return write_workbook([sheet]), len(rows)


def template_book(resource: SheetResource) -> bytes:
    """The empty form: drop-downs, notes, one example row that the import ignores, and a page of instructions."""
    columns = list(resource.columns().values())
    example = [column.example for column in columns]
    example[0] = f"{EXAMPLE}：{example[0]}"
    headings = [
        WriteColumn(
            column.column_name + ("*" if column.required else ""),
            width=column.width,
            kind="code" if column.widget.kind == "code" else "text",
            note=_note(column),
            choices=column.widget.choices,
        )
        for column in columns
    ]
    told = [[column.column_name, "是" if column.required else "", _note(column)] for column in columns]
    help_columns = [WriteColumn("列", 22), WriteColumn("必填", 8), WriteColumn("说明", 80)]
    return write_workbook(
        [
            WriteSheet(resource.sheet, headings, [example]),
            WriteSheet("填写说明", help_columns, told, heading=("填写说明",), footing=_READ_ME),
        ]
    )


def rejects_book(plan: Plan) -> bytes:
    """The user's own bad rows under the user's own headings: red cells with comments, reason and row number."""
    if plan.sheet is None or not any(row.action == RowAction.REJECTED for row in plan.rows):
        rows = [[error["message"]] for error in plan.errors]
        return write_workbook([WriteSheet("退回", [WriteColumn("原因", 80)], rows)])
    reasons: dict[int, list[str]] = defaultdict(list)
    marks: dict[tuple[int, str], list[str]] = defaultdict(list)
    for error in plan.errors:
        reasons[error["row"]].append(error["message"])
        marks[error["row"], (error["cell"] or "").rstrip("0123456789")].append(error["message"])
    columns = [
        WriteColumn(column.label, width=18)
        for column in plan.sheet.columns
        if column.label not in OWN_COLUMNS
    ]
    columns += [WriteColumn(OWN_COLUMNS[0], width=60), WriteColumn(OWN_COLUMNS[1], width=8, kind="integer")]
    return write_workbook([WriteSheet("退回", columns, _rejected(plan, reasons, marks))])


def _rejected(
    plan: Plan, reasons: dict[int, list[str]], marks: dict[tuple[int, str], list[str]]
) -> Iterable[list]:
    for row in plan.sheet.rows:
        if row.number not in reasons:
            continue
        cells = []
        for column, value in zip(plan.sheet.columns, row.values, strict=True):
            if column.label in OWN_COLUMNS:
                continue
            said = marks.get((row.number, column.letter))
            cells.append(Marked(value, "\n".join(said)) if said else value)
        yield [*cells, "；".join(text.rstrip("。") for text in reasons[row.number]), row.number]


def _plain(column: SheetField) -> WriteColumn:
    return WriteColumn(column.column_name, width=column.width, kind=column.widget.kind)


def _note(column: SheetField) -> str:
    parts = [column.note]
    if column.widget.choices and not column.note:
        parts.append("可选：" + "、".join(column.widget.choices))
    return "".join(parts)
