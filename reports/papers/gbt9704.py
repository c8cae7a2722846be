"""A document model printed as .docx in the layout of GB/T 9704-2012 《党政机关公文格式》.

The fonts of the standard are named, not shipped: a machine without them substitutes, and then the print no
longer follows the standard (domain.md §4.1). This file decides how a paper looks, never what it says.
"""

import io
from datetime import datetime

from docx import Document as new_docx
from docx.enum.section import WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from campaigns.ground.archive import repack
from reports.papers.document import (
    Bars,
    Counter,
    Document,
    Form,
    Heading,
    Lines,
    Paragraph,
    Table,
    chinese_date,
    signature_indents,
    title_lines,
)
from reports.papers.gbt_grids import bars_element, legend, lines_element, table_element
from reports.papers.gbt_heads import LETTER_BOTTOM, write_bulletin_head, write_letter_frame
from reports.papers.gbt_measures import (
    BODY_FONT,
    BODY_SIZE,
    BOLD_FONT,
    BOTTOM,
    KAI_FONT,
    LEFT,
    LINE_PITCH,
    PAGE_FONT,
    PAGE_HEIGHT,
    PAGE_SIZE,
    PAGE_WIDTH,
    RIGHT,
    TITLE_FONT,
    TITLE_SIZE,
    TOP,
)
from reports.papers.gbt_runs import add_run, indent_by, name_fonts, write_line

HEADER, FOOTER = 15, 23  # mm from the page's edge
LEVEL_FONTS = {1: BOLD_FONT, 2: KAI_FONT, 3: BODY_FONT, 4: BODY_FONT}
# 28 characters in 156 mm want a pitch of 15.79 pt, a little less than the 16 pt of 三号. The runs are set closer by
# a quarter point (in 1/20 pt); a character grid would do it in Word, but other readers give each character two cells.
GRID = {"w:type": "lines", "w:linePitch": "579"}
CHARACTER_SPACING = "-5"
NO_TIME = datetime(1980, 1, 1)


def to_docx(document: Document) -> bytes:
    """The .docx bytes of a document; the same document always gives the same bytes."""
    book = new_docx()
    _set_page(book)
    _set_styles(book)
    _set_properties(book, document)
    _write_front(book, document)
    _write_blocks(book, document.blocks)
    _write_attachment_note(book, document.attachment_names())
    _write_signature(book, document)
    _write_attachments(book, document)
    _write_page_numbers(book)
    stream = io.BytesIO()
    book.save(stream)
    return repack(stream.getvalue())


def _set_page(book) -> None:
    section = book.sections[0]
    section.page_width, section.page_height = Mm(PAGE_WIDTH), Mm(PAGE_HEIGHT)
    section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
    section.left_margin, section.right_margin = Mm(LEFT), Mm(RIGHT)
    section.header_distance = Mm(HEADER)
    # The number's upper edge is 7 mm below the 版心: 35 − 7 − one line of 四号.
    section.footer_distance = Mm(FOOTER)
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    for key, value in GRID.items():
        grid.set(qn(key), value)
    book.settings.odd_and_even_pages_header_footer = True


def _set_styles(book) -> None:
    """Every style says the body font by name: a theme font left in one style would win over the run's."""
    for style in book.styles:
        for fonts in style.element.iter(qn("w:rFonts")):
            name_fonts(fonts, BODY_FONT)
    for fonts in book.styles.element.find(qn("w:docDefaults")).iter(qn("w:rFonts")):
        name_fonts(fonts, BODY_FONT)
    normal = book.styles["Normal"]
    normal.font.size = Pt(BODY_SIZE)
    name_fonts(normal.element.get_or_add_rPr().get_or_add_rFonts(), BODY_FONT)
    closer = OxmlElement("w:spacing")
    closer.set(qn("w:val"), CHARACTER_SPACING)
    normal.element.rPr.get_or_add_sz().addprevious(closer)
    for language in book.styles.element.iter(qn("w:lang")):
        language.set(
            qn("w:val"), "en-US"
        )  # of figures and Latin words: by Chinese rules a number may be broken
        language.set(qn("w:eastAsia"), "zh-CN")
    shape = normal.paragraph_format
    shape.space_before = shape.space_after = Pt(0)
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(LINE_PITCH)
    shape.widow_control = False


def _set_properties(book, document: Document) -> None:
    """No author, no time, no preview picture: the bytes depend on the words alone."""
    core = book.core_properties
    core.author = core.last_modified_by = core.comments = ""
    core.title = document.title.replace("\n", "")
    core.created = core.modified = NO_TIME
    core.revision = 1
    relations = book.part.package.rels
    for key in [key for key, relation in relations.items() if relation.reltype.endswith("/thumbnail")]:
        del relations[key]


def _write_front(book, document: Document) -> None:
    if document.form == Form.BULLETIN:
        write_bulletin_head(book, document)
    elif document.number:  # a letter's 发文字号 stands at the right edge of the 版心 (GB/T 9704-2012 10.1)
        write_line(book, document.number).alignment = WD_ALIGN_PARAGRAPH.RIGHT
        write_line(book)
    if document.form == Form.LETTER:
        write_letter_frame(book, document)
    for line in title_lines(document.title):
        paragraph = write_line(book, line, font=TITLE_FONT, size=TITLE_SIZE)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.line_spacing = Pt(35)
        paragraph.paragraph_format.keep_with_next = True
    write_line(book)
    if document.addressee:
        write_line(book, f"{document.addressee}：")


def _write_blocks(book, blocks) -> None:
    counter = Counter()
    for block in blocks:
        match block:
            case Heading():
                _write_heading(book, block, counter)
            case Paragraph():
                write_line(book, block.text, indent=2).alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
            case Table():
                _write_table(book, block)
            case Bars():
                _write_bars(book, block)
            case Lines():
                _write_lines(book, block)
            case _:
                raise TypeError(f"不认识的文档块：{block!r}")


def _write_heading(book, heading: Heading, counter: Counter) -> None:
    font = LEVEL_FONTS[heading.level]
    paragraph = write_line(book, counter.mark(heading.level) + heading.text, font=font, indent=2)
    if heading.run_in:
        add_run(paragraph, heading.run_in, font=BODY_FONT, size=BODY_SIZE)
    else:
        paragraph.paragraph_format.keep_with_next = True


def _write_caption(book, text: str) -> None:
    if text:
        caption = write_line(book, text, font=BOLD_FONT, size=PAGE_SIZE)
        caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
        caption.paragraph_format.keep_with_next = True


def _write_table(book, table: Table) -> None:
    _write_caption(book, table.caption)
    _place(book, table_element(table))
    write_line(book)


def _write_bars(book, bars: Bars) -> None:
    _write_caption(book, bars.caption)
    _place(book, bars_element(book, bars))
    write_line(book)


def _write_lines(book, lines: Lines) -> None:
    _write_caption(book, lines.caption)
    _place(book, lines_element(book, lines))
    write_line(book, legend(lines), size=PAGE_SIZE).alignment = WD_ALIGN_PARAGRAPH.CENTER


def _place(book, element) -> None:
    """Behind what the body holds so far; the last section's own mark stays last."""
    book.element.body.sectPr.addprevious(element)


def _write_attachment_note(book, names) -> None:
    """附件说明: one line below the body, 左空二字, no full stop; later lines stand under the first name."""
    if not names:
        return
    write_line(book)
    for number, name in enumerate(names, start=1):
        mark = "" if len(names) == 1 else f"{number}."
        paragraph = write_line(book, ("附件：" if number == 1 else "") + mark + name)
        if number == 1:
            indent_by(paragraph, left=5, hanging=3)
        else:
            indent_by(paragraph, left=5)


def _write_signature(book, document: Document) -> None:
    if document.signing:
        write_line(book)
    for words in document.signing:
        write_line(book, words, indent=2).paragraph_format.keep_with_next = True
    if document.signature and document.on and document.form != Form.BULLETIN:  # its head says both
        write_line(book)
        signed, dated = signature_indents(document.signature, document.on)
        for text, indent in ((document.signature, signed), (chinese_date(document.on), dated)):
            paragraph = write_line(book, text)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            # 署名 is never parted from its date.
            paragraph.paragraph_format.keep_with_next = text == document.signature
            indent_by(paragraph, right=indent)
    if document.remark:
        write_line(book, f"（{document.remark}）", indent=2)


def _write_attachments(book, document: Document) -> None:
    """Each on a new page: 附件N in 黑体 on the first line, its title centred on the third."""
    first = len(document.listed) + 1
    alone = len(document.attachment_names()) == 1
    for number, attachment in enumerate(document.attachments, start=first):
        mark = write_line(book, "附件" if alone else f"附件{number}", font=BOLD_FONT)
        mark.paragraph_format.page_break_before = True
        write_line(book)
        title = write_line(book, attachment.name, font=TITLE_FONT, size=TITLE_SIZE)
        title.alignment = WD_ALIGN_PARAGRAPH.CENTER
        title.paragraph_format.line_spacing = Pt(35)
        write_line(book)
        _write_blocks(book, attachment.blocks)


def _write_page_numbers(book) -> None:
    """“— 1 —” in 四号宋体: odd pages at the right, even pages at the left, one character from the edge."""
    section = book.sections[0]
    section.start_type = WD_SECTION.NEW_PAGE
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.style = book.styles["Normal"]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if side == "right" else WD_ALIGN_PARAGRAPH.LEFT
        indent_by(paragraph, **{side: 1.0}, size=PAGE_SIZE)
        shape = paragraph.paragraph_format
        shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(PAGE_SIZE)
        if section.different_first_page_header_footer:  # a letter's frame reaches further down
            shape.space_after = Mm(FOOTER - LETTER_BOTTOM)
        add_run(paragraph, "— ", font=PAGE_FONT, size=PAGE_SIZE)
        _page_field(paragraph)
        add_run(paragraph, " —", font=PAGE_FONT, size=PAGE_SIZE)


def _page_field(paragraph) -> None:
    for kind in ("begin", "PAGE", "separate", "1", "end"):
        run = add_run(paragraph, kind if kind == "1" else "", font=PAGE_FONT, size=PAGE_SIZE)
        if kind == "PAGE":
            element = OxmlElement("w:instrText")
            element.text = "PAGE"
        elif kind == "1":
            continue
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        run._r.append(element)
