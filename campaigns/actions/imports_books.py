"""Workbooks around an import: the template, and the export with the same columns."""

import io
from collections.abc import Iterable

from campaigns.actions.imports_sheets import HELP_SHEET
from campaigns.ground.sheets.read import EXAMPLE
from campaigns.ground.sheets.stream import stream_workbook
from campaigns.ground.sheets.write import WriteColumn, WriteSheet, write_workbook
from campaigns.resources.shape import PartResource, SheetField, SheetResource

_READ_ME = (
    "带 * 的列必须填写；表头文字不要改动，列的先后可以调整，不需要的列可以删去。",
    "以“示例”开头的行是填写样例，导入时会忽略，可以删去。",
    "日期写成 2022-05-20、2022.5.20、2022年5月20日都可以。",
    "是/否列：是、Y、√ 为“是”；新增时留空为“否”。",
    "编码、编号列可以填编码，也可以填不重名的全称。",
    "更新已有记录时：留空表示不改；填“清空”表示删去原来的内容。",
    "有一行出错，整份文件都不会写入；出错的行会连同原因退给您。",
)
_PARTS_READ_ME = (
    "一条记录的其他工作表用第一列的编号对上；更新时，某条记录在一张表里有任何一行，就以这些行为准。",
    "要删去一条记录在某张表里的全部内容：写一行编号，第二列填“清空”。",
)


def export_book(resource: SheetResource) -> tuple[bytes, int]:
    """All records of the kind in the columns of its import, and their number. Phones are masked."""
    sheets, keys = export_sheets(resource)
    target = io.BytesIO()
    stream_workbook(target, sheets)
    return target.getvalue(), len(keys)


def export_sheets(resource: SheetResource) -> tuple[list[WriteSheet], set]:
    """The same as sheets whose rows stream; the set fills with the records' keys while they are written.

    The further sheets follow, each row under the key of its record; what was added meanwhile is left out there.
    """
    keys: set = set()
    columns = resource.columns()
    sheets = [
        WriteSheet(resource.sheet, [_plain(column) for column in columns.values()], _rows(resource, keys))
    ]
    for part in (part() for part in resource.parts):
        headings = [_plain(column) for column in part.columns().values()]
        sheets.append(WriteSheet(part.sheet, headings, _part_rows(resource, part, keys)))
    return sheets, keys


def _rows(resource: SheetResource, keys: set) -> Iterable[list]:
    columns = resource.columns()
    for row in resource.stored_rows():
        keys.add(resource.key_of(row))
        yield [column.widget.cell(row[name]) for name, column in columns.items()]


def _part_rows(resource: SheetResource, part: PartResource, keys: set) -> Iterable[list]:
    record, *names = part.columns()
    widgets = {name: part.columns()[name].widget for name in names}
    for row in resource.stored_rows():
        if resource.key_of(row) not in keys:
            continue
        for values in row[part.name]:
            yield [row[resource.keys[0]], *(widgets[name].cell(values[name]) for name in names)]


def template_book(resource: SheetResource) -> bytes:
    """The empty form: drop-downs, notes, one example row a sheet that the import ignores, a page of instructions."""
    shapes = [resource, *(part() for part in resource.parts)]
    told = [
        [*([shape.sheet] if resource.parts else []), *_about(column)]
        for shape in shapes
        for column in shape.columns().values()
    ]
    help_columns = [WriteColumn("列", 22), WriteColumn("必填", 8), WriteColumn("说明", 80)]
    if resource.parts:
        help_columns.insert(0, WriteColumn("工作表", 12))
    read_me = _READ_ME + (_PARTS_READ_ME if resource.parts else ())
    return write_workbook(
        [
            _template_sheet(resource),
            WriteSheet(HELP_SHEET, help_columns, told, heading=(HELP_SHEET,), footing=read_me),
            *(_template_sheet(part) for part in shapes[1:]),
        ]
    )


def _template_sheet(shape: SheetResource) -> WriteSheet:
    columns = list(shape.columns().values())
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
    return WriteSheet(shape.sheet, headings, [example])


def _about(column: SheetField) -> list[str]:
    return [column.column_name, "是" if column.required else "", _note(column)]


def _plain(column: SheetField) -> WriteColumn:
    return WriteColumn(column.column_name, width=column.width, kind=column.widget.kind)


def _note(column: SheetField) -> str:
    parts = [column.note]
    if column.widget.choices and not column.note:
        parts.append("可选：" + "、".join(column.widget.choices))
    return "".join(parts)
