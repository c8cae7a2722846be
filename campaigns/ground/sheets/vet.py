"""The gate before a workbook is read: what could harm the reader is refused with one Chinese sentence.

Everything here runs in bounded memory on the stored bytes; nothing is unpacked to disk and no library that
trusts its input has touched the file yet. What the cells mean is no business of this module. It needs nothing but
Python, for it runs in a child process (gate_child), never in the web server.
"""

import codecs
import copy
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from campaigns.ground.sheets.extent import Extent, TooLarge, TooTangled

MAX_MB = 20
MAX_ENTRIES = 500
MAX_ENTRY = 200 << 20
MAX_TOTAL = 400 << 20
MAX_RATIO = 200
RATIO_FLOOR = 1 << 20
MAX_SHEETS = 60
MAX_ROWS = 200_000
MAX_COLUMNS = 200
MAX_CELLS = 5_000_000
BLOCK = 1 << 20

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CENTRAL_ENTRY = b"PK\x01\x02"
_ENCODING = re.compile(rb"""^<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.-]+)["']""")
_PLAIN_ENCODINGS = {"utf-8", "ascii"}
_WIDE_STARTS = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<", b"\x00\x00", b"\x4c\x6f\xa7\x94")
_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY")
_REFUSED_PARTS = (
    ("vbaproject", "文件中含有宏，不能导入；请另存为不含宏的 .xlsx 工作簿。"),
    ("macrosheets/", "文件中含有宏，不能导入；请另存为不含宏的 .xlsx 工作簿。"),
    ("externallinks/", "文件中含有指向其他工作簿的外部链接，不能导入；请把公式粘贴为数值后再上传。"),
    ("activex/", "文件中含有 ActiveX 控件，不能导入；请删除控件后再上传。"),
    ("embeddings/", "文件中嵌有其他文件，不能导入；请删除嵌入的对象后再上传。"),
)
_TOO_BIG_INSIDE = "文件解压后过大，疑似压缩炸弹，不能导入。"
_DAMAGED = "文件已损坏或不是有效的 Excel 工作簿，无法读取。"
_NOT_A_BOOK = "不是 Excel 工作簿（.xlsx）或 CSV 文件，请使用导入模板。"
_TOO_WIDE = (
    f"工作表内容超过 {MAX_ROWS} 行、{MAX_COLUMNS} 列或 {MAX_CELLS} 个单元格的上限"
    "（最远到第 {row} 行、第 {column} 列）；请删除多余内容或拆分后再上传。"
)
_UNZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    ValueError,
    ElementTree.ParseError,
)


class BadFile(Exception):
    """The whole file is refused; `str(error)` is the sentence for the user."""


@dataclass
class Vetted:
    """What the gate learnt: the kind ("xlsx" or "csv") and, by sheet name, cells without a usable value.

    `broken` maps a sheet's name to {(row, column), both from 1: "#N/A" or another reason in words}.
    """

    kind: str
    broken: dict[str, dict[tuple[int, int], str]] = field(default_factory=dict)


def vet(path: str | Path, *, max_mb: int = MAX_MB) -> Vetted:
    """Pass or refuse the file at `path`; type is judged by content, never by name.

    Raises BadFile. Rules: contract §6, stack.md §2.
    """
    path = Path(path)
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise BadFile("找不到文件或文件无法打开。") from error
    if not size:
        raise BadFile("文件是空的。")
    if size > max_mb << 20:
        raise BadFile(f"文件大小超过 {max_mb} MB 的上限，请拆分后再上传。")
    if head.startswith(_OLE):
        raise BadFile(_ole_sentence(path))
    if head.startswith(b"PK"):
        return _vet_zip(path)
    _vet_text(head)
    return Vetted("csv")


def _ole_sentence(path: Path) -> str:
    """An encrypted .xlsx and an old .xls share their outer format; the stream's name tells them apart."""
    if "EncryptedPackage".encode("utf-16-le") in path.read_bytes():
        return "文件设有打开密码（已加密），不能导入；请取消密码后再上传。"
    return "这是旧版 Excel 文件（.xls），不能导入；请在 Excel 或 WPS 中另存为 .xlsx 后再上传。"


def _vet_text(head: bytes) -> None:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise BadFile("CSV 文件的编码不是 UTF-8 或 GB18030，请另存为 UTF-8 后再上传。")
    if b"\x00" in head or head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf")):
        raise BadFile(_NOT_A_BOOK)
    if re.match(rb"\s*<(\?xml|!doctype|html|table)", head.removeprefix(codecs.BOM_UTF8), re.IGNORECASE):
        raise BadFile("这是网页或 XML 格式的表格，不能导入；请另存为 .xlsx 后再上传。")


def _vet_zip(path: Path) -> Vetted:
    # Counted in the raw bytes first: the central directory itself could fill the memory.
    if _count(path, _CENTRAL_ENTRY) > MAX_ENTRIES:
        raise BadFile("文件内部的部件过多，不能导入。")
    try:
        with zipfile.ZipFile(path) as book:
            _vet_entries(book.infolist())
            extents = _vet_parts(book)
            return Vetted("xlsx", _broken_cells(book, extents))
    except _UNZIP_ERRORS as error:
        raise BadFile(_DAMAGED) from error


def _count(path: Path, mark: bytes) -> int:
    found, tail = 0, b""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            window = tail + block
            found += window.count(mark)
            tail = window[-(len(mark) - 1) :]
    return found


def _vet_entries(infos: list[zipfile.ZipInfo]) -> None:
    """Judge the directory: names, flags and declared sizes."""
    names = [info.filename.replace("\\", "/").lower() for info in infos]
    if any(info.flag_bits & 0x41 for info in infos):
        raise BadFile("文件已加密，不能导入；请取消密码后再上传。")
    if "xl/workbook.xml" not in names or "[content_types].xml" not in names:
        raise BadFile(_NOT_A_BOOK)
    if len(set(names)) != len(names):
        raise BadFile(_DAMAGED)
    for mark, sentence in _REFUSED_PARTS:
        if any(mark in name for name in names):
            raise BadFile(sentence)
    if any(_bomb_like(info) for info in infos) or sum(info.file_size for info in infos) > MAX_TOTAL:
        raise BadFile(_TOO_BIG_INSIDE)


def _bomb_like(info: zipfile.ZipInfo) -> bool:
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or info.file_size > MAX_ENTRY:
        return True
    return info.file_size > RATIO_FLOOR and info.file_size > MAX_RATIO * max(info.compress_size, 1)


def _vet_parts(book: zipfile.ZipFile) -> dict[str, Extent]:
    """Stream every part once; the extents of those that are worksheets, by lower-case part name."""
    extents, cells = {}, 0
    for info in book.infolist():
        extent = _vet_part(book, info)
        if extent is None:
            continue
        extents[info.filename.replace("\\", "/").lower()] = extent
        cells += extent.area
        if cells > MAX_CELLS:
            raise BadFile(_TOO_WIDE.format(row=extent.max_row, column=extent.max_column))
    return extents


def _vet_part(book: zipfile.ZipFile, info: zipfile.ZipInfo) -> Extent | None:
    extent, tail, first = None, b"", True
    for block in _blocks(book, info):
        if first:
            first = False
            if not _looks_like_xml(info.filename, block):
                continue
            _check_encoding(block)
            extent = Extent(MAX_ROWS, MAX_COLUMNS, MAX_CELLS)
        if extent is None:
            continue
        if any(mark in tail + block for mark in _DECLARATIONS):
            raise BadFile("文件中含有 DTD 或实体声明，存在安全风险，不能导入。")
        tail = block[-16:]
        _feed(extent, block)
    if extent is None or not extent.is_worksheet:
        return None
    _feed(extent, b"", last=True)
    return extent


def _feed(extent: Extent, block: bytes, *, last: bool = False) -> None:
    try:
        extent.feed(block, last=last)
    except TooLarge as error:
        raise BadFile(_TOO_WIDE.format(row=extent.max_row, column=extent.max_column)) from error
    except TooTangled as error:
        raise BadFile(_DAMAGED) from error


def _blocks(book: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part's bytes. One that holds more than it declares fails its checksum here (a reader would unpack it all)."""
    generous = copy.copy(info)
    generous.file_size += 1
    got = 0
    with book.open(generous) as part:
        while block := part.read(BLOCK):
            got += len(block)
            if got > info.file_size:
                raise BadFile(_TOO_BIG_INSIDE)
            yield block


def _looks_like_xml(name: str, block: bytes) -> bool:
    """By content as well as by name: a worksheet may hide behind the name of a picture."""
    if block.startswith(_WIDE_STARTS) and (name.lower().endswith((".xml", ".rels")) or b"<" in block[:4]):
        raise BadFile("文件内部使用了不支持的编码，不能导入；请用 Excel 或 WPS 重新保存。")
    return block.removeprefix(codecs.BOM_UTF8).lstrip()[:1] == b"<"


def _check_encoding(block: bytes) -> None:
    declared = _ENCODING.match(block.removeprefix(codecs.BOM_UTF8).lstrip()[:400])
    if not declared:
        return
    try:
        plain = codecs.lookup(declared[1].decode()).name in _PLAIN_ENCODINGS
    except LookupError:
        plain = False
    if not plain:
        raise BadFile("文件内部使用了不支持的编码，不能导入；请用 Excel 或 WPS 重新保存。")


def _broken_cells(book: zipfile.ZipFile, extents: dict[str, Extent]) -> dict[str, dict[tuple[int, int], str]]:
    """Broken cells by sheet name: the parts are named after sheets in workbook.xml and its relations."""
    names = {info.filename.replace("\\", "/").lower(): info for info in book.infolist()}
    workbook = ElementTree.fromstring(book.read(names["xl/workbook.xml"]))
    sheets = [node for node in workbook.iter() if node.tag.rpartition("}")[2] == "sheet"]
    if len(sheets) > MAX_SHEETS:
        raise BadFile(f"工作表超过 {MAX_SHEETS} 个，不能导入。")
    if "xl/_rels/workbook.xml.rels" not in names:
        raise BadFile(_DAMAGED)
    relations = ElementTree.fromstring(book.read(names["xl/_rels/workbook.xml.rels"]))
    targets = {node.get("Id"): node.get("Target", "") for node in relations}
    found = {}
    for sheet in sheets:
        link = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), None)
        extent = extents.get(_part_name(targets.get(link, "")))
        if extent and extent.broken:
            found[sheet.get("name", "")] = extent.broken
    return found


def _part_name(target: str) -> str:
    target = target.replace("\\", "/").lower()
    return target[1:] if target.startswith("/") else f"xl/{target}"
