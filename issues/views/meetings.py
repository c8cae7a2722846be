"""会商: the list, one record with its decisions, and 登记 (contract §7.7)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from campaigns.access import roles
from campaigns.enums import Role
from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.ground.table import Table, paginate
from campaigns.models import Campaign
from issues.actions.meetings import finish_decision, record_meeting
from issues.forms.meetings import DecisionFormSet, MeetingFilter, MeetingForm
from issues.lists.meetings import MEETINGS, meeting_rows
from issues.models import Decision, Meeting
from issues.views.links import export_url

READERS = (Role.REPORTER, Role.DEPUTY, Role.HEAD, Role.REFORM_OFFICE, Role.INSPECTOR)
OFFICES = (Role.REFORM_OFFICE, Role.INSPECTOR)


@roles(*READERS)
@require_GET
def meeting_list(request: HttpRequest) -> HttpResponse:
    visible = Meeting.objects.visible_to(request.posting)
    form = MeetingFilter(request.GET, rows=visible)
    page = paginate(meeting_rows(form.apply(visible)), request.GET.get("page"))
    context = {
        "form": form,
        "table": Table(MEETINGS, page, url=Meeting.get_absolute_url),
        "export_url": export_url(request, "meetings"),
        "may_record": request.posting.role in OFFICES,
    }
    return render(request, "issues/meeting_list.html", context)


def _meeting_or_404(request: HttpRequest, pk: int) -> Meeting:
    rows = Meeting.objects.visible_to(request.posting).select_related("organization", "recorded_by__person")
    return get_object_or_404(rows, pk=pk)


@roles(*READERS)
@require_GET
def meeting_detail(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = _meeting_or_404(request, pk)
    decisions = meeting.decisions.select_related("item", "organization", "deadline").order_by("due_on", "pk")
    on = timezone.localdate()
    own = request.posting.organization_id if request.posting.role == Role.REPORTER else None
    context = {
        "meeting": meeting,
        "decisions": [
            {
                "row": row,
                "may_finish": row.done_on is None and row.organization_id == own,
                "is_late": row.deadline.is_open and row.deadline.due_on < on,
            }
            for row in decisions
        ],
        "items": meeting.items.select_related("problem", "demand", "responsible_unit").order_by("number"),
        "units": meeting.units.order_by("path"),
    }
    return render(request, "issues/meeting_detail.html", context)


@roles(*OFFICES)
def meeting_new(request: HttpRequest) -> HttpResponse:
    """登记会商; ?item= brings the item along."""
    if request.method != "POST":
        form = MeetingForm(posting=request.posting, initial={"items": request.GET.get("item", "")[:200]})
        return _page(request, form, _decisions(request, None))
    form, decisions = MeetingForm(request.POST, posting=request.posting), _decisions(request, request.POST)
    if not (form.is_valid() & decisions.is_valid()):
        return _page(request, form, decisions)
    try:
        meeting = record_meeting(
            by=request.posting,
            now=timezone.now(),
            campaign=Campaign.objects.current(),
            decisions=[one.cleaned_data for one in decisions.forms if one.cleaned_data.get("item")],
            **form.cleaned_data,
        )
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return _page(request, form, decisions)
    messages.success(request, f"已登记 {meeting.document_number}，议定事项已分到各单位。")
    return redirect(meeting)


def _decisions(request: HttpRequest, data) -> DecisionFormSet:
    return DecisionFormSet(data, prefix="decision", form_kwargs={"posting": request.posting})


def _page(request: HttpRequest, form: MeetingForm, decisions: DecisionFormSet) -> HttpResponse:
    context = {"form": form, "decisions": decisions}
    return render(request, "issues/meeting_form.html", context, status=422 if form.is_bound else 200)


@roles(Role.REPORTER)
@require_POST
def decision_done(request: HttpRequest, pk: int, decision: int) -> HttpResponse:
    """议定事项办结: its clock stops."""
    meeting = _meeting_or_404(request, pk)
    found = get_object_or_404(Decision, pk=decision, meeting=meeting)
    try:
        finish_decision(decision=found, by=request.posting, now=timezone.now())
    except Changed as changed:
        messages.warning(request, str(changed))
    else:
        messages.success(request, "议定事项已办结。")
    return redirect(meeting)
