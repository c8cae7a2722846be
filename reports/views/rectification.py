"""整改情况报告 as .docx: of one item and of one unit, under the scope of the lists."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET

from campaigns.access import roles
from campaigns.enums import Role
from campaigns.ground.workdays import load_calendar
from campaigns.models import Campaign, Organization
from campaigns.rounds import shown_campaign
from issues.models import LedgerItem
from reports.actions.packages import reach_for
from reports.breakdowns import gather
from reports.drafting import paper
from reports.enums import PaperKind
from reports.papers.gbt9704 import to_docx
from reports.rectification import item_report
from reports.scope import unit_scope
from reports.views.papers import paper_answer

READERS = (Role.REPORTER, Role.DEPUTY, Role.HEAD, Role.REFORM_OFFICE, Role.INSPECTOR)


def _items(request: HttpRequest):
    return LedgerItem.objects.visible_to(request.posting).select_related(
        "problem", "demand", "reporting_unit", "responsible_unit", "deadline"
    )


@roles(*READERS)
@require_GET
def rectification_item(request: HttpRequest, pk: int) -> HttpResponse:
    item = get_object_or_404(_items(request), pk=pk)
    measures = item.finding.measures.select_related("lead_unit", "person").prefetch_related("steps")
    document = item_report(
        item=item,
        measures=list(measures.order_by("pk")),
        entries=list(item.entries.order_by("sequence")),
        on=timezone.localdate(),
        calendar=load_calendar(),
    )
    return paper_answer(request, to_docx(document), f"{item.number}整改情况报告")


@roles(*READERS)
@require_GET
def rectification_unit(request: HttpRequest, code: str) -> HttpResponse:
    """Of a unit in reach, as it goes into its package."""
    unit = get_object_or_404(
        Organization.objects.visible_to(request.posting).select_related("parent"), code=code
    )
    campaign, on, calendar = (
        shown_campaign() or get_object_or_404(Campaign),
        timezone.localdate(),
        load_calendar(),
    )
    scope = unit_scope(organization=unit, campaign=campaign, on=on, reach=reach_for(request.posting, unit))
    document = paper(PaperKind.RECTIFICATION, scope, gather(scope, calendar), calendar)
    return paper_answer(request, to_docx(document), f"{unit.label}整改情况报告")
