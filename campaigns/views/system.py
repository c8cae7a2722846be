"""The machine room: working days, background jobs, the audit log, the style page."""

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaigns.access import roles, signed_in
from campaigns.enums import Role
from campaigns.ground import audit, jobs
from campaigns.ground.jobs import JobState
from campaigns.ground.table import Table, paginate
from campaigns.models import AuditEvent, Delivery, Job, Workday
from campaigns.roster import AUDIT, JOBS, WORKDAYS
from campaigns.roster_forms import AuditFilter, JobFilter, YearFilter, value_of


@roles(Role.ADMIN)
def workday_list(request: HttpRequest) -> HttpResponse:
    form = YearFilter(request.GET or None)
    year = form.cleaned_data["year"] if form.is_bound and form.is_valid() else None
    year = year or timezone.localdate().year
    rows = Workday.objects.filter(date__year=year).order_by("date")
    context = {
        "table": Table(WORKDAYS, paginate(rows, request.GET.get("page"), per_page=60)),
        "form": form,
        "year": year,
        "is_provisional": not rows.exists(),
    }
    return render(request, "campaigns/workday_list.html", context)


@roles(Role.ADMIN)
def job_list(request: HttpRequest) -> HttpResponse:
    rows, form = Job.objects.select_related("asked_by").order_by("-created_at", "-pk"), JobFilter(request.GET)
    if form.is_valid() and form.cleaned_data["state"]:
        rows = rows.filter(state=value_of(JobState, form.cleaned_data["state"]))
    context = {
        "form": form,
        "table": Table(JOBS, paginate(rows, request.GET.get("page"))),
        "failed_jobs": Job.objects.filter(state="FAILED").order_by("-created_at")[:10],
        "undelivered": Delivery.objects.filter(state="FAILED").count(),
    }
    return render(request, "campaigns/job_list.html", context)


@roles(Role.ADMIN)
@require_POST
def job_retry(request: HttpRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(Job, pk=pk)
    if jobs.retry(job_id=job.pk, now=timezone.now()):
        messages.success(request, "已重新提交。")
    else:
        messages.warning(request, "这个任务现在不能重试。")
    return redirect("job_list")


@roles(Role.AUDITOR)
def audit_list(request: HttpRequest) -> HttpResponse:
    """Read only; the chain is checked on request."""
    rows = AuditEvent.objects.order_by("-pk")
    form = AuditFilter(request.GET or None)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        if said["q"]:
            q = said["q"]
            rows = rows.filter(Q(actor__contains=q) | Q(verb__contains=q) | Q(subject_key__contains=q))
        if said["date_from"]:
            rows = rows.filter(at__date__gte=said["date_from"])
        if said["date_to"]:
            rows = rows.filter(at__date__lte=said["date_to"])
    context = {"table": Table(AUDIT, paginate(rows, request.GET.get("page"))), "form": form}
    if "verify" in request.GET:
        context["chain"] = audit.verify()
    return render(request, "campaigns/audit_list.html", context)


@signed_in
def style_page(request: HttpRequest) -> HttpResponse:
    return render(request, "style.html")
