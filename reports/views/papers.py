"""How an official paper is handed over: the .docx, or with `?as=pdf` the same paper as PDF."""

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from reports.papers.pdf import PDF, to_pdf

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def paper_answer(request: HttpRequest, docx: bytes, name: str) -> HttpResponse:
    """The paper under `name` (without its ending). NotAllowed where PDF is asked for and can't be made here."""
    if request.GET.get("as") == "pdf":
        content, kind, ending = to_pdf(docx), PDF, "pdf"
    else:
        content, kind, ending = docx, DOCX, "docx"
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = content_disposition_header(True, f"{name}.{ending}")
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
