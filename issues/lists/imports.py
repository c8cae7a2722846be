"""What the import wizard lists: past imports, the rows of a preview, the faults of a file."""

from campaigns.actions.imports_plan import ImportMode, RowAction
from campaigns.ground.table import Column
from campaigns.models import ImportLine, ImportRun
from campaigns.resources import RESOURCES
from issues.enums import ListKind

TITLES: dict[str, str] = {
    **{resource.kind: resource.title for resource in RESOURCES},
    **{kind.value: str(kind.label) for kind in ListKind},
}


def title_of(kind: str) -> str:
    """人员 for "people"; a kind that is gone keeps its code."""
    return TITLES.get(kind, kind)


def mode_of(run: ImportRun) -> str:
    """How the run treats records that exist already, in words."""
    return ImportMode(run.mode).label if run.mode in ImportMode.values else run.mode


def action_of(line: ImportLine) -> str:
    return str(RowAction(line.action).label)


def _count(key: str):
    return lambda run: run.counts.get(key, 0)


RUNS = (
    Column("上传时间", lambda run: run.made_at, "datetime", link=True),
    Column("类别", lambda run: title_of(run.kind)),
    Column("文件", lambda run: run.file.name),
    Column("状态", lambda run: run.get_state_display(), "state"),
    Column("行数", _count("rows"), "number"),
    Column("新增", _count("created"), "number"),
    Column("更新", _count("updated"), "number"),
    Column("错误", _count("rejected"), "number"),
    Column("操作人", lambda run: run.made_by.first_name or run.made_by.username),
)

ROWS = (
    Column("行号", lambda line: line.number, "number"),
    Column("编号", lambda line: line.key),
    Column("结果", action_of, "state"),
    Column("内容（更新：原来 → 改为）", lambda line: line.text),
)

ERRORS = (
    Column("工作表", lambda error: error["sheet"]),
    Column("行号", lambda error: error["row"], "number"),
    Column("单元格", lambda error: error["cell"]),
    Column("列", lambda error: error["column"]),
    Column("填写的内容", lambda error: error["value"]),
    Column("原因", lambda error: error["message"]),
)
