"""投诉工单: 12345 work orders and 好差评 ratings, and the walks back from them (三(五))."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from campaigns.access import roles
from campaigns.enums import BUSINESS_ROLES, Role
from campaigns.forms.filters import ComplaintFilter
from campaigns.ground.secret import mask_phone
from campaigns.ground.table import Table, paginate
from campaigns.lists import COMPLAINTS, WALKS, complaint_rows, mask_name, walk_rows
from campaigns.models import Complaint, WalkSession
from campaigns.permissions import can_start_walk
from campaigns.views.walks import export_url

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
    }
    return render(request, "campaigns/complaint_list.html", context)


@roles(*_READERS)
@require_GET
def complaint_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One work order with its citizen masked, and the 倒推办 walks it led to."""
    visible = Complaint.objects.visible_to(request.posting).select_related("matter", "organization")
    complaint = get_object_or_404(visible, pk=pk)
    walks = walk_rows(WalkSession.objects.visible_to(request.posting).filter(complaint=complaint))
    context = {
        "complaint": complaint,
        "citizen": mask_name(complaint.citizen),
        "phone": mask_phone(complaint.phone),
        "walks": Table(WALKS, walks[:50], url=WalkSession.get_absolute_url),
        "may_record": can_start_walk(request.posting),
    }
    return render(request, "campaigns/complaint_detail.html", context)
