"""Lines and runs of an official paper: what the parts of reports/gbt9704 set their text with."""

from docx.oxml.ns import qn
from docx.shared import Pt

from reports.papers.gbt_measures import BODY_FONT, BODY_SIZE


def name_fonts(fonts, name: str) -> None:
    """One face for all four script slots, and the hint that sends “” —— …… to the Chinese slot."""
    for key in list(fonts.attrib):
        del fonts.attrib[key]
    for slot in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{slot}"), name)
    fonts.set(qn("w:hint"), "eastAsia")


def write_line(book, text: str = "", *, font: str = BODY_FONT, size: float = BODY_SIZE, indent: float = 0):
    """A paragraph of one run. `indent`: first-line indent in characters."""
    paragraph = book.add_paragraph()
    if text:
        add_run(paragraph, text, font=font, size=size)
    if indent:
        indent_by(paragraph, first=indent, size=size)
    return paragraph


def add_run(paragraph, text: str, *, font: str, size: float):
    """A run with its face in every script slot; the only place where runs of text are made."""
    run = paragraph.add_run(text)
    run.font.size = Pt(size)
    name_fonts(run._r.get_or_add_rPr().get_or_add_rFonts(), font)
    return run


def indent_by(paragraph, *, first=0.0, left=0.0, right=0.0, hanging=0.0, size=BODY_SIZE) -> None:
    """Indents in characters, so that they hold at any size; in twips beside them for other readers."""
    shape = paragraph._p.get_or_add_pPr().get_or_add_ind()
    for name, characters in (("firstLine", first), ("left", left), ("right", right), ("hanging", hanging)):
        if characters:
            shape.set(qn(f"w:{name}Chars"), str(round(characters * 100)))
            shape.set(qn(f"w:{name}"), str(round(characters * size * 20)))
