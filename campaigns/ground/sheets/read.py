"""Reading a workbook: gate, child process, header search. Out come plain rows with the numbers Excel shows.

Knows no column of the campaign; what the cells mean is values.py's and the resource's.
"""

import codecs
import csv
import datetime as dt
import io
import json
import re
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from campaigns.ground.sheets.values import Broken, is_blank
from campaigns.ground.sheets.vet import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, BadFile, Vetted

SECONDS = 90
HEADER_DEPTH = 50
EXAMPLE = "示例"
_ROOT = Path(__file__).resolve().parents[3]
_CHILD = ["-I", str(Path(__file__).with_name("child.py"))]
_GATE = ["-E", "-s", "-m", "campaigns.ground.sheets.gate_child"]
_UNITS = {"工作日", "元"}
_BRACKETS = re.compile(r"[(\[【〔〈<{]([^()\[\]【】〔〕〈〉<>{}]*)[)\]】〕〉>}]")
_TOO_WIDE = f"表格超过 {MAX_ROWS} 行、{MAX_COLUMNS} 列或 {MAX_CELLS} 个单元格的上限，请拆分后再上传。"
_UNREADABLE = "文件已损坏或过于复杂，无法读取；请用 Excel 或 WPS 重新保存后再上传。"


class Column(NamedTuple):
    """One column: its place from 1, its letter, its label as written, and the label's key."""

    place: int
    letter: str
    label: str
    key: str


class Row(NamedTuple):
    """`number` is the row's number in the file; `values` stand in the order of the columns (None = blank)."""

    number: int
    values: tuple


@dataclass
class Sheet:
    """One table. `header_row` is 0 where no header was found; `unnamed`: letters of data without heading.

    `width`: the place of the last column that holds anything.
    """

    name: str
    hidden: bool = False
    header_row: int = 0
    columns: list[Column] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    unnamed: list[str] = field(default_factory=list)
    width: int = 0
    above: list[list] = field(default_factory=list)  # cells of the rows over the header: title, 填报单位
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)  # row, place … row, place


class Grid(NamedTuple):
    """A sheet before its header is known: rows as (number, {column place: value})."""

    name: str
    hidden: bool
    rows: list[tuple[int, dict]]
    merged: list | tuple = ()


def read_workbook(
    path: str | Path, known: Collection[str] | None = None, *, max_mb: int | None = None
) -> list[Sheet]:
    """All sheets of an .xlsx or the one table of a .csv, hidden sheets last.

    `known` are the labels the caller can use: the header is the row (of the first 50 with content) that holds
    most of them; without `known` it is the first row with two cells or more. Raises BadFile.
    """
    keys = {header_key(label) for label in known} if known else None
    vetted = gate(path, max_mb=max_mb)
    if vetted.kind == "csv":
        grids = [Grid("", False, csv_table(Path(path).read_bytes(), keys))]
    else:
        grids = list(_book_grids(Path(path), vetted.broken))
    return sorted((_table(grid, keys) for grid in grids), key=lambda sheet: sheet.hidden)


def gate(path: str | Path, *, max_mb: int | None = None) -> Vetted:
    """vet() in a child process with a limit on its memory and time; `max_mb`: settings.UPLOAD_MAX_MB. Raises BadFile."""
    limit = settings.UPLOAD_MAX_MB if max_mb is None else max_mb
    told = next(_child_lines(_GATE, Path(path), str(limit)), None)
    if told is None:
        raise BadFile(_UNREADABLE)
    if "refused" in told:
        raise BadFile(told["refused"])
    broken = {
        name: {(row, column): reason for row, column, reason in cells}
        for name, cells in told["broken"].items()
    }
    return Vetted(told["kind"], broken)


def header_key(label) -> str:
    """A heading as it is compared: blanks, *, width and bracketed notes don't count; (工作日) and (元) do."""
    text = unicodedata.normalize("NFKC", str(label))
    text = re.sub(r"[\s*\u200b\ufeff﹡※]+", "", text)
    while (bare := _BRACKETS.sub(lambda m: f"\x01{m[1]}\x02" if m[1] in _UNITS else "", text)) != text:
        text = bare
    return text.replace("\x01", "(").replace("\x02", ")").casefold()


def column_letter(place: int) -> str:
    """1 → A, 27 → AA."""
    letters = ""
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _table(grid: Grid, keys: set[str] | None) -> Sheet:
    sheet = Sheet(grid.name, grid.hidden)
    sheet.width = max((max(cells) for _, cells in grid.rows), default=0)
    start = _header_at(grid.rows, keys)
    if start is None:
        return sheet
    sheet.header_row, header = grid.rows[start]
    sheet.above = [[cells[place] for place in sorted(cells)] for _, cells in grid.rows[:start]]
    sheet.merged = [tuple(edges) for edges in grid.merged]
    for place, value in sorted(header.items()):
        label = " ".join(str(value).split())
        if label:
            sheet.columns.append(Column(place, column_letter(place), label, header_key(label)))
    places = [column.place for column in sheet.columns]
    named, unnamed = set(places), set()
    for number, cells in grid.rows[start + 1 :]:
        if named.isdisjoint(cells):
            continue
        values = tuple([cells.get(place) for place in places])
        if isinstance(values[0], str) and values[0].strip().startswith(EXAMPLE):
            continue
        sheet.rows.append(Row(number, values))
        if not named.issuperset(cells):
            unnamed.update(cells.keys() - named)
    sheet.unnamed = [column_letter(place) for place in sorted(unnamed)]
    return sheet


def _header_at(rows: list[tuple[int, dict]], keys: set[str] | None) -> int | None:
    if keys is None:
        return next((at for at, (_, cells) in enumerate(rows[:HEADER_DEPTH]) if len(cells) > 1), None)
    scores = [_score(cells, keys) for _, cells in rows[:HEADER_DEPTH]]
    best = max(scores, default=0)
    return scores.index(best) if best >= min(2, len(keys)) else None


def _score(cells: dict, keys: set[str]) -> int:
    return len({header_key(value) for value in cells.values() if isinstance(value, str)} & keys)


def _book_grids(path: Path, broken: dict[str, dict[tuple[int, int], str]]) -> Iterator[Grid]:
    grid, first, total = None, 1, 0
    for line in _child_lines(_CHILD, path):
        if isinstance(line, dict):
            if grid:
                yield _with_broken(grid, broken.get(grid.name))
            if "end" in line:
                return
            grid, first = Grid(line["sheet"], line["hidden"], [], line["merged"]), line["column"]
            continue
        for number, cells in line:
            total += len(cells)
            if row := _row(cells, first):
                grid.rows.append((number, row))
        if total > MAX_CELLS:
            raise BadFile(_TOO_WIDE)
    raise BadFile(_UNREADABLE)


def _row(cells: list, first: int) -> dict:
    """Column place → value, of the cells that hold something."""
    return {
        place: _value(cell) if isinstance(cell, dict) else cell
        for place, cell in enumerate(cells, first)
        if not is_blank(cell)
    }


def _with_broken(grid: Grid, broken: dict[tuple[int, int], str] | None) -> Grid:
    """The reader shows error cells as blanks; put back what the gate saw, so that they are named."""
    if not broken:
        return grid
    rows = dict(grid.rows)
    for (number, place), reason in broken.items():
        rows.setdefault(number, {})[place] = Broken(reason)
    return grid._replace(rows=sorted(rows.items()))


def _child_lines(program: list[str], path: Path, *arguments: str) -> Iterator:
    """The child's JSON lines. Ends early when the child dies or runs out of time (no "end" line then)."""
    command = [sys.executable, "-X", "utf8", *program, str(path.resolve()), *arguments]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        timer = threading.Timer(SECONDS, child.kill)
        timer.start()
        try:
            for line in child.stdout:
                try:
                    yield json.loads(line)
                except json.JSONDecodeError:
                    return
        finally:
            timer.cancel()
            child.kill()


def _value(cell: dict):
    if "t" in cell:
        return dt.datetime.fromisoformat(cell["t"])
    if "d" in cell:
        return dt.date.fromisoformat(cell["d"])
    if "h" in cell:
        return dt.time.fromisoformat(cell["h"])
    return dt.timedelta(seconds=cell["s"])


def csv_table(content: bytes, keys: set[str] | None = None) -> list[tuple[int, dict]]:
    """The rows of a .csv as (number, {column place: text}); `keys` help to tell its delimiter. Raises BadFile."""
    text = _decoded(content)
    delimiter = max(",;\t", key=lambda mark: _fitness(text, mark, keys))
    rows, total = [], 0
    for number, cells in enumerate(_records(text, delimiter), 1):
        total += len(cells)
        if number > MAX_ROWS or len(cells) > MAX_COLUMNS or total > MAX_CELLS:
            raise BadFile(_TOO_WIDE)
        row = {place: cell for place, cell in enumerate(cells, 1) if not is_blank(cell)}
        if row:
            rows.append((number, row))
    return rows


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.removeprefix(codecs.BOM_UTF8).decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadFile("CSV 文件的编码不是 UTF-8 或 GB18030，请另存为 UTF-8 后再上传。")


def _fitness(text: str, delimiter: str, keys: set[str] | None) -> tuple[int, int]:
    """How well the file falls into columns: known headings found, then cells of the widest row."""
    best, widest = 0, 0
    for number, cells in enumerate(_records(text, delimiter)):
        if number >= HEADER_DEPTH:
            break
        best = max(best, _score(dict(enumerate(cells)), keys or set()))
        widest = max(widest, len(cells))
    return best, widest


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise BadFile("CSV 文件的引号或换行不完整，无法读取。") from error
