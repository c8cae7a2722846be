"""The two heads an official paper may have: the frame of a 信函 (GB/T 9704-2012 10.1), and the red head of a bulletin.

Red is for heads and rules alone. A seal is never drawn.
"""

from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from reports.papers.document import Document, chinese_date
from reports.papers.gbt_measures import TEXT_WIDTH, TITLE_FONT
from reports.papers.gbt_runs import add_run, write_line

RED = RGBColor(0xFF, 0, 0)
RULE_WIDTH = 170  # mm: the double rules of a letter, wider than the 版心
LETTER_TOP, LETTER_BOTTOM = (
    30,
    20,
)  # mm from the edges of the page to the head's upper edge and to the lower rule
HEAD_BELOW_TOP = 35  # mm from the 版心's upper edge to the head of a bulletin
LARGEST_LETTER, LARGEST_BULLETIN = 40, 56  # points
RULE_SPACE = "11"  # points: 4 mm between head and rule
UNNUMBERED = "（印发时编期号）"


def write_letter_frame(book, document: Document) -> None:
    """机关标志 and the double rule under it in the first page's header, the other double rule in its footer."""
    section = book.sections[0]
    section.different_first_page_header_footer = True
    head = _only_paragraph(book, section.first_page_header)
    _red_head(head, document.head, LARGEST_LETTER)
    head.paragraph_format.space_before = Mm(LETTER_TOP) - section.header_distance
    _rule(head, "bottom", "thickThinSmallGap", "36")
    section.footer_distance = Mm(LETTER_BOTTOM)
    foot = _only_paragraph(book, section.first_page_footer)
    foot.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    foot.paragraph_format.line_spacing = Pt(1)
    _rule(foot, "bottom", "thinThickSmallGap", "36", space="0")
    overhang = Mm((TEXT_WIDTH - RULE_WIDTH) / 2)
    for paragraph in (head, foot):
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = overhang


def write_bulletin_head(book, document: Document) -> None:
    """The frame of a 通报 or 简报: red head, 期号, who issues it and when, a red rule (domain.md §3.3)."""
    head = book.add_paragraph()
    _red_head(head, document.head, LARGEST_BULLETIN)
    head.paragraph_format.space_before = Mm(HEAD_BELOW_TOP)
    write_line(book)
    write_line(book, document.number or UNNUMBERED).alignment = WD_ALIGN_PARAGRAPH.CENTER
    dated = chinese_date(document.on) if document.on else ""
    issued = write_line(book, f"　{document.signature}\t{dated}　")
    issued.paragraph_format.tab_stops.add_tab_stop(Mm(TEXT_WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    _rule(issued, "bottom", "single", "12")
    write_line(book)


def _only_paragraph(book, part):
    part.is_linked_to_previous = False
    paragraph = part.paragraphs[0]
    paragraph.style = book.styles["Normal"]
    return paragraph


def _red_head(paragraph, text: str, largest: int) -> None:
    """小标宋 in red, as large as fits into one line."""
    size = min(largest, int(TEXT_WIDTH / 25.4 * 72 / max(1, len(text))))
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    shape = paragraph.paragraph_format
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(size * 1.2)
    add_run(paragraph, text, font=TITLE_FONT, size=size).font.color.rgb = RED


def _rule(paragraph, side: str, kind: str, eighths: str, space: str = RULE_SPACE) -> None:
    """A red rule above or below a paragraph; `eighths`: its thickness in eighths of a point."""
    borders = OxmlElement("w:pBdr")
    rule = OxmlElement(f"w:{side}")
    for name, value in (("val", kind), ("sz", eighths), ("space", space), ("color", "FF0000")):
        rule.set(qn(f"w:{name}"), value)
    borders.append(rule)
    paragraph._p.get_or_add_pPr().insert_element_before(
        borders,
        *(f"w:{name}" for name in ("shd", "tabs", "suppressAutoHyphens", "spacing", "ind", "jc", "rPr")),
    )
