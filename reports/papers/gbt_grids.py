"""Tables and charts of a paper as WordprocessingML: written as text and parsed once, a row costs microseconds.

A chart is rows of words, a bar and a number: the bar is a picture, the words stay text that any reader shows and
reads aloud.
"""

import io
import re
from collections.abc import Sequence
from itertools import count
from xml.sax.saxutils import escape, quoteattr

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from reports.papers.document import Bars, Lines, Table
from reports.papers.gbt_measures import BODY_FONT, BOLD_FONT, TABLE_SIZE, TEXT_WIDTH
from reports.papers.pictures import bar_picture, line_picture

_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TWIPS, _EMU = 1440 / 25.4, 36_000  # of a millimetre
_BAR_COLUMNS = (7, 9, 3)
_BAR_HEIGHT = 3.6  # mm
_LINE_HEIGHT = 400  # twentieths of a point: 20 pt
_MARGINS = '<w:tblCellMar><w:left w:w="57" w:type="dxa"/><w:right w:w="57" w:type="dxa"/></w:tblCellMar>'
_PICTURE_NAMES = nsdecls("w", "wp", "a", "pic", "r")


def table_element(table: Table):
    """A ruled table as wide as the 版心; its header repeats on each page and no row is split."""
    sizes = _sizes(table.widths or (1,) * len(table.columns))
    rows = [_row(table.columns, sizes, font=BOLD_FONT, header=True)]
    rows += [_row(row, sizes, font=BODY_FONT, numbers=table.numbers) for row in table.rows]
    return _grid(rows, sizes, style="TableGrid")


def bars_element(book, bars: Bars):
    """One row a bar: its words, the bar, its number; the rows stay on one page."""
    sizes, numbered = _sizes(_BAR_COLUMNS), count(_next_picture(book))
    room = sizes[1] / _TWIPS - 4
    rows = []
    for place, (label, number, share) in enumerate(bars.rows, start=1):
        length = max(room * share, 0.2)  # nought shows as a hair
        drawn = _picture(book, bar_picture(), length, _BAR_HEIGHT, f"{label}：{number}", next(numbered))
        cells = (_text(label, BODY_FONT), drawn, _text(number, BODY_FONT))
        kept = place < len(bars.rows)
        told = "".join(
            _cell(content, size, "left", kept=kept) for content, size in zip(cells, sizes, strict=True)
        )
        rows.append(f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{told}</w:tr>")
    return _grid(rows, sizes, style="TableNormal")


def lines_element(book, lines: Lines):
    """A paragraph that holds the drawing, as wide as the 版心."""
    content = line_picture([values for _, values in lines.series], lines.labels)
    height = TEXT_WIDTH * 560 / 1560
    words = "；".join(f"{name}{values[-1]}" for name, values in lines.series if values)
    drawn = _picture(book, content, TEXT_WIDTH, height, f"{lines.caption}：{words}", _next_picture(book))
    shape = '<w:pPr><w:keepNext/><w:spacing w:line="240" w:lineRule="auto"/><w:jc w:val="center"/></w:pPr>'
    return parse_xml(f"<w:p {_PICTURE_NAMES}>{shape}{drawn}</w:p>")


def legend(lines: Lines) -> str:
    """What the lines are, in words: the first is solid, the others dashed."""
    told = [
        f"{'实线' if at == 0 else '虚线'}为{name}（现为{values[-1]}）"
        for at, (name, values) in enumerate(lines.series)
        if values
    ]
    return "，".join(told) + "。"


def _sizes(widths: Sequence[float]) -> list[int]:
    """Column widths in twips that fill the 版心."""
    return [round(TEXT_WIDTH * _TWIPS * width / sum(widths)) for width in widths]


def _grid(rows: Sequence[str], sizes: Sequence[int], *, style: str):
    columns = "".join(f'<w:gridCol w:w="{size}"/>' for size in sizes)
    return parse_xml(
        f'<w:tbl {_PICTURE_NAMES}><w:tblPr><w:tblStyle w:val="{style}"/><w:tblW w:w="{sum(sizes)}" w:type="dxa"/>'
        f'<w:jc w:val="center"/><w:tblLayout w:type="fixed"/>{_MARGINS}</w:tblPr><w:tblGrid>{columns}</w:tblGrid>'
        f"{''.join(rows)}</w:tbl>"
    )


def _row(
    texts: Sequence[str],
    sizes: Sequence[int],
    *,
    font: str,
    header: bool = False,
    numbers: Sequence[int] = (),
) -> str:
    cells = "".join(
        _cell(_text(text, font), size, "center" if header else "right" if place in numbers else "left")
        for place, (text, size) in enumerate(zip(texts, sizes, strict=True))
    )
    marks = "<w:cantSplit/>" + ("<w:tblHeader/>" if header else "")
    return f"<w:tr><w:trPr>{marks}</w:trPr>{cells}</w:tr>"


def _cell(content: str, size: int, side: str, *, kept: bool = False) -> str:
    """`kept`: on the page of what follows."""
    keep = "<w:keepNext/>" if kept else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{size}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr>{keep}<w:snapToGrid w:val="0"/><w:spacing w:line="{_LINE_HEIGHT}" w:lineRule="exact"/><w:jc w:val="{side}"/></w:pPr>'
        f"{content}</w:p></w:tc>"
    )


def _text(text: str, font: str) -> str:
    """One run with its face in every script slot (see gbt9704.add_run); line breaks stay line breaks."""
    faces = " ".join(f'w:{slot}="{font}"' for slot in ("ascii", "hAnsi", "eastAsia", "cs"))
    lines = escape(_NO_XML.sub("", text)).split("\n")
    words = "<w:br/>".join(f'<w:t xml:space="preserve">{line}</w:t>' for line in lines)
    return f'<w:r><w:rPr><w:rFonts {faces} w:hint="eastAsia"/><w:sz w:val="{TABLE_SIZE * 2}"/></w:rPr>{words}</w:r>'


def _next_picture(book) -> int:
    """A number no picture of the paper has yet."""
    return len(book.element.body.xpath(".//wp:docPr")) + 1


def _picture(book, content: bytes, width: float, height: float, words: str, number: int) -> str:
    """A run that holds the PNG `content` at the given size in millimetres; the same bytes are kept once."""
    relation, _image = book.part.get_or_add_image(io.BytesIO(content))
    across, down = round(width * _EMU), round(height * _EMU)
    told = quoteattr(_NO_XML.sub("", words))
    return (
        f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{across}" cy="{down}"/>'
        f'<wp:docPr id="{number}" name="图{number}" descr={told}/><wp:cNvGraphicFramePr/><a:graphic>'
        '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
        f'<pic:nvPicPr><pic:cNvPr id="{number}" name="图{number}"/><pic:cNvPicPr/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{across}" cy="{down}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing></w:r>"
    )
