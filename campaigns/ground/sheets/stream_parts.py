"""The unchanging XML around the rows of a streamed workbook: styles, sheet set-up, the book's own parts."""

from collections.abc import Sequence
from itertools import product
from xml.sax.saxutils import escape, quoteattr

from campaigns.ground.sheets.write import FONT, WriteSheet, half_widths, row_height

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

# kind of a column → number format; the first four are Excel's own.
FORMATS = {"text": 0, "code": 49, "integer": 1, "decimal": 2, "date": 164, "datetime": 165}
ALIGNS = ("left", "center", "right")
TITLE, LINE, HEADER, FOOT = 1, 2, 3, 4
_FIRST = 5
_LOOKS = tuple(product(ALIGNS, FORMATS, (False, True)))
_PLACES = {look: _FIRST + at for at, look in enumerate(_LOOKS)}


def style_of(align: str, kind: str, *, risky: bool = False) -> int:
    """The number of the style of a cell; `risky` texts carry Excel's own mark of “this is text”."""
    return _PLACES[align, kind, risky]


def styles_part() -> str:
    """styles.xml: the same look as the small workbooks of write.py."""
    font = f'<name val="{FONT}"/>'
    fonts = [
        f'<font><sz val="11"/>{font}</font>',
        f'<font><b/><sz val="11"/>{font}</font>',
        f'<font><b/><sz val="16"/>{font}</font>',
    ]
    line = '<{0} style="thin"><color rgb="FF999999"/></{0}>'
    grid = "".join(line.format(side) for side in ("left", "right", "top", "bottom"))
    wrap = '<alignment horizontal="{}" vertical="center" wrapText="1"/>'
    xf = '<xf numFmtId="{}" fontId="{}" fillId="{}" borderId="{}" xfId="0" applyAlignment="1"{}>{}</xf>'
    cells = [
        '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>',
        xf.format(0, 2, 0, 0, "", wrap.format("center")),
        xf.format(0, 0, 0, 0, "", wrap.format("center")),
        xf.format(0, 1, 2, 1, "", wrap.format("center")),
        xf.format(0, 0, 0, 0, "", wrap.format("left")),
    ]
    for align, kind, risky in _LOOKS:
        quoted = ' quotePrefix="1"' if risky else ""
        cells.append(xf.format(FORMATS[kind], 0, 0, 1, quoted, wrap.format(align)))
    return (
        f'{_HEAD}<styleSheet xmlns="{_MAIN}">'
        '<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
        '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts>'
        f'<fonts count="{len(fonts)}">{"".join(fonts)}</fonts>'
        '<fills count="3"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill>'
        '<fill><patternFill patternType="solid"><fgColor rgb="FFE8EEF5"/></patternFill></fill></fills>'
        f'<borders count="2"><border/><border>{grid}</border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(cells)}">{"".join(cells)}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def sheet_head(sheet: WriteSheet) -> str:
    """Everything before the rows: fit to width, frozen header, widths, title lines, the header itself."""
    header = len(sheet.heading) + 1
    widths = "".join(
        f'<col min="{at}" max="{at}" width="{column.width}" customWidth="1"/>'
        for at, column in enumerate(sheet.columns, 1)
    )
    lines = "".join(
        f"<row{_high(_line_height(line, 1.5 if at == 0 else 1, sheet), sheet)}>{_text(line, TITLE if at == 0 else LINE)}</row>"
        for at, line in enumerate(sheet.heading)
    )
    high = _high(row_height([column.label for column in sheet.columns], sheet.columns), sheet)
    labels = "".join(_text(column.label, HEADER) for column in sheet.columns)
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<sheetViews><sheetView workbookViewId="0"><pane ySplit="{header}" topLeftCell="A{header + 1}" '
        'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{widths}</cols><sheetData>{lines}<row{high}>{labels}</row>'
    )


def _line_height(line: str, scale: float, sheet: WriteSheet) -> float:
    """The height of a merged line over the table; `scale`: how much larger than the cells' its letters are."""
    room = max(sum(column.width for column in sheet.columns), 1)
    return 18 * scale * max(1, -(-half_widths(line) * scale // room))


def _high(points: float, sheet: WriteSheet) -> str:
    return f' ht="{points:g}" customHeight="1"' if sheet.tall else ""


def sheet_foot(sheet: WriteSheet, header: int, last: int, letter: str) -> str:
    """Everything after the rows: foot lines, filter, merged title lines, A4 landscape, page numbers."""
    lines = "".join(f"<row{_high(24, sheet)}>{_text(line, FOOT)}</row>" for line in sheet.footing)
    wide = letter != "A"
    merged = [*range(1, header), *range(last + 1, last + 1 + len(sheet.footing))] if wide else []
    cells = "".join(f'<mergeCell ref="A{row}:{letter}{row}"/>' for row in merged)
    merges = f'<mergeCells count="{len(merged)}">{cells}</mergeCells>' if merged else ""
    return (
        f'{lines}</sheetData><autoFilter ref="A{header}:{letter}{last}"/>{merges}'
        '<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/>'
        "<headerFooter><oddFooter>&amp;C第 &amp;P 页 共 &amp;N 页</oddFooter></headerFooter></worksheet>"
    )


def _text(text: str, style: int) -> str:
    return f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def page_parts(titles: Sequence[tuple[str, WriteSheet]]) -> list[tuple[str, str]]:
    """The book's own parts: which sheets there are, which row repeats on each printed page."""
    count = range(1, len(titles) + 1)
    sheets = "".join(
        f'<sheet name={quoteattr(title)} sheetId="{at}" r:id="rId{at}"{_hidden(sheet)}/>'
        for at, (title, sheet) in enumerate(titles, 1)
    )
    names = "".join(
        f'<definedName name="_xlnm.Print_Titles" localSheetId="{at}">'
        f"{escape(_quoted(title))}!${len(sheet.heading) + 1}:${len(sheet.heading) + 1}</definedName>"
        for at, (title, sheet) in enumerate(titles)
    )
    relations = "".join(
        f'<Relationship Id="rId{at}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{at}.xml"/>'
        for at in count
    )
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{at}.xml" ContentType="{_TYPES}.worksheet+xml"/>'
        for at in count
    )
    return [
        (
            "[Content_Types].xml",
            f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
            f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/>{overrides}</Types>',
        ),
        (
            "_rels/.rels",
            f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        ),
        (
            "xl/_rels/workbook.xml.rels",
            f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{relations}'
            f'<Relationship Id="rId{len(titles) + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
        ),
        (
            "xl/workbook.xml",
            f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><bookViews><workbookView/></bookViews>'
            f"<sheets>{sheets}</sheets><definedNames>{names}</definedNames></workbook>",
        ),
    ]


def _hidden(sheet: WriteSheet) -> str:
    return ' state="hidden"' if sheet.hidden else ""


def _quoted(title: str) -> str:
    return "'" + title.replace("'", "''") + "'"
