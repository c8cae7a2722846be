"""Builders of workbooks for tests: real ones by openpyxl, hostile ones by hand. No binary fixtures."""

import io
import zipfile
from pathlib import Path

from openpyxl import Workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
CONTENT_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ROOT_RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="r1" Type="{_RELS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
WORKBOOK = (
    f'<workbook xmlns="{MAIN}" xmlns:r="{_RELS}">'
    '<sheets><sheet name="表" sheetId="1" r:id="r1"/></sheets></workbook>'
)
BOOK_RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="r1" Type="{_RELS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
)


def sheet_xml(cells: str, *, before: str = "", head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> str:
    return f'{head}<worksheet xmlns="{MAIN}">{before}<sheetData>{cells}</sheetData></worksheet>'


def raw_book(path: Path, cells: str = "", *, parts: dict | None = None, **kwargs) -> Path:
    """An .xlsx written part by part; `parts` replaces or adds parts (None removes one)."""
    members = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": ROOT_RELS,
        "xl/workbook.xml": WORKBOOK,
        "xl/_rels/workbook.xml.rels": BOOK_RELS,
        "xl/worksheets/sheet1.xml": sheet_xml(cells, **kwargs),
        **(parts or {}),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in members.items():
            if content is not None:
                book.writestr(name, content)
    return path


def book(path: Path, *sheets: tuple[str, list], merge: str = "") -> Path:
    """An .xlsx by openpyxl: (sheet name, rows of values) each."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets:
        page = workbook.create_sheet(name)
        for row in rows:
            page.append(list(row))
        if merge:
            page.merge_cells(merge)
    workbook.save(path)
    return path


def book_bytes(*sheets: tuple[str, list]) -> bytes:
    target = io.BytesIO()
    workbook = Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets:
        page = workbook.create_sheet(name)
        for row in rows:
            page.append(list(row))
    workbook.save(target)
    return target.getvalue()
