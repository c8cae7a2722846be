"""The two buttons of an official paper, and what the reader of its PDF should know."""

from typing import Any

from django import template

from reports.papers.pdf import ABSENT, converter, font_warning

register = template.Library()


@register.inclusion_tag("components/paper.html")
def paper(url: str, name: str) -> dict[str, Any]:
    """.docx and PDF of one address (`reports/views/papers.py`). name: 公文, 简报, …"""
    note = font_warning() if converter() else ABSENT
    return {"url": url, "name": name, "has_pdf": bool(converter()), "note": note}
