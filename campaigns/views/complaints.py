"""投诉工单: 12345 work orders and 好差评 ratings, and the walks back from them (三(五))."""

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from campaigns.access import roles
from campaigns.enums import BUSINESS_ROLES, Role
from campaigns.forms.filters import ComplaintFilter
from campaigns.ground.clock import day_of
from campaigns.ground.secret import mask_phone
from campaigns.ground.table import Table, paginate
from campaigns.lists import COMPLAINTS, WALKS, complaint_rows, mask_name, walk_rows
from campaigns.models import Complaint, WalkSession, WalkTask
from campaigns.permissions import can_start_walk
from campaigns.views.walks import export_url

_SHOWN_TASKS = 5
_READERS = tuple(role for role in BUSINESS_ROLES if role != Role.WALKER)


@roles(*_READERS)
@require_GET
def complaint_list(request: HttpRequest) -> HttpResponse:
    """Work orders in scope, narrowed by the address."""
    visible = Complaint.objects.visible_to(request.posting)
    form = ComplaintFilter(request.GET or None, rows=visible)
    rows = form.narrow(visible)
    walks = WalkSession.objects.visible_to(request.posting).held()
    page = paginate(complaint_rows(rows, walks), request.GET.get("page"))
    context = {
        "form": form,
        "table": Table(COMPLAINTS, page, url=Complaint.get_absolute_url),
        "export_url": export_url(request, "complaints"),
        "tasks": _tasks(request).waiting().filter(**_asked_place(request))[:_SHOWN_TASKS],
        "here": request.get_full_path(),
    }
    return render(request, "campaigns/complaint_list.html", context)


@roles(*_READERS)
@require_GET
def complaint_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One work order with its citizen masked, and the 倒推办 walks it led to."""
    visible = Complaint.objects.visible_to(request.posting).select_related("matter", "organization")
    complaint = get_object_or_404(visible, pk=pk)
    walks = WalkSession.objects.visible_to(request.posting).newest().filter(complaint=complaint)
    context = {
        "complaint": complaint,
        "citizen": mask_name(complaint.citizen),
        "phone": mask_phone(complaint.phone),
        "walks": Table(WALKS, walk_rows(walks)[:50], url=WalkSession.get_absolute_url),
        "may_record": can_start_walk(request.posting),
        "tasks": _tasks_about(request, complaint)[:_SHOWN_TASKS],
        "here": request.get_full_path(),
    }
    return render(request, "campaigns/complaint_detail.html", context)


def _tasks(request: HttpRequest) -> QuerySet:
    """Compulsory 倒推办 in scope, the newest first, with all that a banner says. One query."""
    tasks = WalkTask.objects.visible_to(request.posting).filter(cluster__isnull=False)
    return tasks.select_related("organization", "deadline", "session").order_by("-pk")


def _tasks_about(request: HttpRequest, complaint: Complaint) -> QuerySet:
    """Tasks this complaint is part of: opened after it came in, or still waiting when it came."""
    came = day_of(complaint.received_at)
    same = _tasks(request).filter(matter=complaint.matter_id, organization=complaint.organization_id)
    waiting = Q(done_on__isnull=True, withdrawn_on__isnull=True)
    return same.filter(waiting | Q(deadline__starts_on__gte=came))


def _asked_place(request: HttpRequest) -> dict[str, str]:
    """The matter and unit the address asks for: only their heaps stand above the list then."""
    asked = {"matter__code": request.GET.get("matter"), "organization__code": request.GET.get("organization")}
    return {name: code for name, code in asked.items() if code}
