"""上报: the board of who has reported, and one unit's report with the deeds on it (衡政办函〔2022〕16号 五(四)末段)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from campaigns.access import roles
from campaigns.enums import OrganizationKind
from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.ground.serving import file_answer
from campaigns.ground.table import Table, paginate
from campaigns.ground.workdays import load_calendar
from campaigns.permissions_plan import allows
from issues.views.links import export_url
from reports.actions.submissions import accept, remove_file, report, save_words, send_back
from reports.drafting import newest_drafts
from reports.enums import SubmissionState
from reports.models import Submission
from reports.plan_words import plan_frame
from reports.querysets import READERS
from reports.submission_forms import DecideForm, WordsForm
from reports.submission_list import SUBMISSIONS, SubmissionFilter, punctuality, submission_rows, told
from reports.submission_rights import DECIDERS, check_can_decide, check_can_report, check_can_write
from reports.views.paper_drafts import SLUGS

BELOW = ("单位", "状态", "上报时间", "是否逾期", "联系人", "联系电话")


@roles(*READERS)
@require_GET
def submission_list(request: HttpRequest) -> HttpResponse:
    """Who has and who has not, units in the order of the tree."""
    on, visible = timezone.localdate(), Submission.objects.visible_to(request.posting)
    form = SubmissionFilter(request.GET, rows=visible)
    page = paginate(submission_rows(form.apply(visible, on=on)), request.GET.get("page"))
    page.object_list = told(list(page.object_list), on)
    context = {
        "form": form,
        "table": Table(SUBMISSIONS, page, url=Submission.get_absolute_url),
        "export_url": export_url(request, "submissions"),
    }
    return render(request, "reports/submission_list.html", context)


def _visible(request: HttpRequest, pk: int) -> Submission:
    rows = Submission.objects.visible_to(request.posting)
    rows = rows.select_related("organization", "campaign", "deadline", "package__file")
    return get_object_or_404(rows, pk=pk)


@roles(*READERS)
def submission_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One unit's report; POST saves its words, and with `deed=report` reports it."""
    submission = _visible(request, pk)
    if request.method != "POST":
        return _page(request, submission)
    is_report = request.POST.get("deed") == "report"
    check = check_can_report if is_report else check_can_write
    try:
        check(request.posting, submission)
    except Changed as changed:
        return _page(request, submission, refusal=str(changed), status=409)
    form = WordsForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, submission, form=form, status=422)
    given = {"submission": submission, "by": request.posting, "now": timezone.now()}
    try:
        save_words(**form.cleaned_data, **given)
        if is_report:
            report(**given)
    except NotAllowed as refusal:
        return _page(request, _visible(request, pk), form=form, refusal=str(refusal), status=409)
    messages.success(request, "已上报，等待审改办接收。" if is_report else "已保存。")
    return redirect(submission)


@roles(*DECIDERS)
@require_POST
def submission_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """接收, or 退回 with its reason."""
    submission = _visible(request, pk)
    form = DecideForm(request.POST)
    if not form.is_valid():
        return _page(request, submission, decide=form, status=422)
    given = {"submission": submission, "by": request.posting, "now": timezone.now()}
    try:
        if form.cleaned_data["deed"] == "accept":
            accept(**given)
        else:
            send_back(reason=form.cleaned_data["reason"], calendar=load_calendar(), **given)
    except Changed as changed:
        return _page(request, _visible(request, pk), decide=form, refusal=str(changed), status=409)
    messages.success(request, "已接收。" if form.cleaned_data["deed"] == "accept" else "已退回。")
    return redirect(submission)


@roles(*READERS)
@require_GET
def submission_file(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    """A scan of the report."""
    return file_answer(get_object_or_404(_visible(request, pk).files, pk=file))


@roles(*READERS)
@require_POST
def submission_file_remove(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    """Takes a scan out of the draft."""
    submission = _visible(request, pk)
    found = get_object_or_404(submission.files, pk=file)
    remove_file(submission=submission, file=found, by=request.posting, now=timezone.now())
    messages.success(request, f"已移除“{found.name}”。")
    return redirect(submission)


def _page(
    request: HttpRequest,
    submission: Submission,
    *,
    form: WordsForm | None = None,
    decide: DecideForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    posting, on = request.posting, timezone.localdate()
    told([submission], on)
    plan = submission.plan or plan_frame(submission.organization, submission.campaign)
    said = {"plan": plan, "words": submission.words}
    context = {
        "submission": submission,
        "form": form or WordsForm(initial=said),
        "decide": decide or DecideForm(),
        "refusal": refusal,
        "papers": _papers(submission),
        "files": list(submission.files.order_by("pk")),
        "history": [_line(entry) for entry in submission.entries.order_by("-at", "-pk")],
        "punctual": punctuality(submission, on),
        "may_write": allows(check_can_write, posting, submission),
        "may_report": allows(check_can_report, posting, submission),
        "may_decide": allows(check_can_decide, posting, submission),
        **_below(request, submission, on),
    }
    return render(request, "reports/submission_detail.html", context, status=status)


def _papers(submission: Submission) -> list[dict]:
    """The computed papers of the unit and who changed them last."""
    drafts = newest_drafts(submission.campaign, submission.organization)
    return [
        {
            "label": kind.label,
            "url": reverse("paper_draft", args=[submission.organization.code, slug]),
            "draft": drafts.get(kind),
        }
        for slug, kind in SLUGS.items()
    ]


def _line(entry) -> dict:
    """One event as components/timeline.html writes it."""
    what = {"SUBMITTED": "上报", "ACCEPTED": "接收", "RETURNED": "退回"}[entry.target]
    tone = "late" if entry.is_late else ""
    return {
        "at": entry.at,
        "who": entry.who,
        "what": f"逾期{what}" if tone else what,
        "why": entry.note,
        "tone": tone,
    }


def _below(request: HttpRequest, submission: Submission, on) -> dict:
    """县市区 collects: its departments' reports, and how many are in."""
    unit = submission.organization
    if unit.kind != OrganizationKind.COUNTY:
        return {"below": None}
    rows = Submission.objects.visible_to(request.posting).in_campaign(submission.campaign)
    rows = rows.filter(organization__path__startswith=unit.path).exclude(pk=submission.pk)
    rows = told(list(submission_rows(rows)), on)
    columns = [column for column in SUBMISSIONS if column.label in BELOW]
    return {
        "below": Table(columns, rows, url=Submission.get_absolute_url),
        "below_all": len(rows),
        "below_in": sum(row.state == SubmissionState.ACCEPTED for row in rows),
    }
