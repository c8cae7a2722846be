"""典型经验: the list, 报送, one with its review, and its 简报."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from campaigns.access import roles
from campaigns.enums import Role
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.table import Table, paginate
from campaigns.models import Campaign, WalkSession
from issues.models import Measure
from issues.views.links import export_url
from reports import bulletin_rights as rights
from reports.actions.experiences import judge_experience, propose_experience
from reports.experience_paper import experience_paper
from reports.models import Experience
from reports.papers.gbt9704 import to_docx
from reports.printed_forms import ExperienceFilter, ExperienceForm, JudgeForm
from reports.printed_lists import EXPERIENCES, experience_rows
from reports.querysets import READERS
from reports.views.papers import paper_answer


@roles(*READERS)
@require_GET
def experience_list(request: HttpRequest) -> HttpResponse:
    visible = Experience.objects.visible_to(request.posting)
    form = ExperienceFilter(request.GET, rows=visible)
    page = paginate(experience_rows(form.apply(visible)), request.GET.get("page"))
    context = {
        "form": form,
        "table": Table(EXPERIENCES, page, url=Experience.get_absolute_url),
        "may_propose": request.posting.role == Role.REPORTER,
        "may_judge": request.posting.role == Role.REFORM_OFFICE,
        "export_url": export_url(request, "experiences"),
    }
    return render(request, "reports/experience_list.html", context)


@roles(Role.REPORTER)
def experience_new(request: HttpRequest) -> HttpResponse:
    """报送; what was typed stays."""
    form = ExperienceForm(request.POST or None, posting=request.posting)
    campaign = Campaign.objects.current()
    if request.method == "POST" and campaign and form.is_valid():
        row = propose_experience(
            campaign=campaign, by=request.posting, now=timezone.now(), **form.cleaned_data
        )
        messages.success(request, "已报送，由审改办审核。")
        return redirect(row)
    context = {"form": form, "campaign": campaign}
    return render(request, "reports/experience_form.html", context, status=422 if form.is_bound else 200)


def _experience_or_404(request: HttpRequest, pk: int) -> Experience:
    rows = Experience.objects.visible_to(request.posting).select_related(
        "organization", "measure", "session", "proposed_by__person", "decided_by__person"
    )
    return get_object_or_404(rows, pk=pk)


@roles(*READERS)
@require_GET
def experience_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _experience_or_404(request, pk), JudgeForm())


def _page(
    request: HttpRequest, experience: Experience, form: JudgeForm, refusal="", status=200
) -> HttpResponse:
    measures = Measure.objects.visible_to(request.posting).filter(pk=experience.measure_id)
    sessions = WalkSession.objects.visible_to(request.posting)
    context = {
        "experience": experience,
        "measure_open": measures.exists(),
        "session_open": sessions.filter(pk=experience.session_id).exists(),
        "form": form,
        "may_judge": rights.allows(rights.check_can_judge, request.posting, experience),
        "refusal": refusal,
    }
    return render(request, "reports/experience_detail.html", context, status=status)


@roles(*READERS)
@require_POST
def experience_judge(request: HttpRequest, pk: int) -> HttpResponse:
    """采用 or 不采用, with the reason."""
    experience, form = _experience_or_404(request, pk), JudgeForm(request.POST)
    try:
        rights.check_can_judge(request.posting, experience)
        if not form.is_valid():
            return _page(request, experience, form, status=422)
        adopted, reason = form.cleaned_data["verdict"] == "adopt", form.cleaned_data["reason"]
        judge_experience(
            experience=experience, adopted=adopted, reason=reason, by=request.posting, now=timezone.now()
        )
    except NotAllowed as refusal:
        return _page(request, experience, form, str(refusal), 403)
    messages.success(request, "已审核，报送单位会收到消息。")
    return redirect(experience)


@roles(*READERS)
@require_GET
def experience_docx(request: HttpRequest, pk: int) -> HttpResponse:
    """简报 of an adopted one."""
    experience = _experience_or_404(request, pk)
    return paper_answer(request, to_docx(experience_paper(experience)), experience.title)
