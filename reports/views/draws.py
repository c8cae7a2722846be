"""抽查报告 of one draw, for whoever may see the draw."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from campaigns.access import roles
from issues.lists.draws import drawn_rows
from issues.models import Draw
from issues.views.draws import READERS
from reports.draw_paper import draw_paper
from reports.papers.gbt9704 import to_docx
from reports.views.papers import paper_answer


@roles(*READERS)
@require_GET
def draw_report(request: HttpRequest, pk: int) -> HttpResponse:
    """The paper as .docx, or with `?as=pdf` as PDF."""
    rows = Draw.objects.visible_to(request.posting).select_related("organization", "leader")
    draw = get_object_or_404(rows, pk=pk)
    paper = draw_paper(draw, draw.members.order_by("code"), list(drawn_rows(draw)))
    return paper_answer(request, to_docx(paper), f"{draw.number} 抽查报告")
