"""One 督办单 as a .docx, for whoever may see it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from campaigns.access import roles
from campaigns.enums import Role
from campaigns.ground.workdays import load_calendar
from campaigns.models import Slip
from reports.papers.gbt9704 import to_docx
from reports.slip_paper import slip_paper
from reports.views.papers import paper_answer


@roles(Role.REPORTER, Role.DEPUTY, Role.HEAD, Role.REFORM_OFFICE, Role.INSPECTOR)
@require_GET
def slip_docx(request: HttpRequest, pk: int) -> HttpResponse:
    """The paper to be printed and sealed."""
    rows = Slip.objects.visible_to(request.posting).select_related(
        "about__organization", "about__campaign", "deadline", "signed_by__person__organization"
    )
    slip = get_object_or_404(rows, pk=pk)
    return paper_answer(request, to_docx(slip_paper(slip, load_calendar())), f"督办单 {slip.number}")
