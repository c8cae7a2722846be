"""下载中心: a list page sends its filters here, the worker writes the file, its asker fetches it within a week."""

from datetime import timedelta

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from campaigns.access import roles
from campaigns.enums import BUSINESS_ROLES, Role
from campaigns.ground.files import StoredFile
from campaigns.ground.jobs import Job
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.serving import file_to_save
from campaigns.ground.table import paginate
from campaigns.ground.workdays import load_calendar
from reports.actions.archives import ask_for_archive, may_archive
from reports.actions.exports import (
    DAYS_KEPT,
    ask_for_export,
    check_can_export,
    record_export_download,
    retry_export,
)
from reports.filter_words import words
from reports.forms import ArchiveForm, ExportForm
from reports.listings import LISTINGS, Asked

READERS = (*BUSINESS_ROLES, Role.ADMIN, Role.SECURITY)
KINDS = ("export", "archive")


@roles(*READERS)
def export_list(request: HttpRequest) -> HttpResponse:
    """GET: the user's exports, and with ?kind= what is about to be exported. POST: have it written."""
    kind, query = _asked_for(request.GET)
    about = _about(request, kind, query)
    form = about["form"] if about else None
    if request.method == "POST" and form and form.is_valid():
        on, now = timezone.localdate(), timezone.now()
        ask_for_export(kind=kind, query=query, on=on, by=request.posting, now=now, **form.asked())
        messages.success(request, "已提交，正在后台生成，完成后可在本页下载。")
        return redirect("export_list")
    context = {
        **_jobs(request),
        "asked": about,
        "archive": ArchiveForm() if may_archive(request.posting) else None,
    }
    return render(request, "reports/export_list.html", context, status=422 if form and form.errors else 200)


def _asked_for(parameters: QueryDict) -> tuple[str, QueryDict]:
    """The list that is asked for ("" for none or an unknown one) and the filters that came along.

    The first `kind` names the list; a second one is the ledger's own filter 整改类型.
    """
    query = parameters.copy()
    kind, *filters = query.getlist("kind") or [""]
    query.setlist("kind", filters)
    query.pop("page", None)
    return (kind if kind in LISTINGS else ""), query


def _about(request: HttpRequest, kind: str, query: QueryDict) -> dict | None:
    """What will be in the file, before anybody presses. Raises NotAllowed for a list the posting has no page of."""
    if not kind:
        return None
    listing = check_can_export(kind=kind, by=request.posting)
    asked = Asked(posting=request.posting, query=query, on=timezone.localdate(), calendar=load_calendar())
    may_open = listing.may_open(request.posting.role)
    return {
        "label": listing.label,
        "words": words(query),
        "count": listing.narrowed(asked).count(),
        "form": ExportForm(request.POST if request.method == "POST" else None, may_open=may_open),
        "is_masked": bool(listing.open_columns),
    }


def _jobs(request: HttpRequest) -> dict:
    """The user's export jobs, the newest first, a page of them; `busy` while one is waiting or running."""
    rows = Job.objects.filter(kind__in=KINDS, asked_by=request.user).order_by("-pk")
    page = paginate(rows, request.GET.get("page"))
    kept = set(
        StoredFile.objects.filter(pk__in=[(job.result or {}).get("file") for job in page]).values_list(
            "pk", flat=True
        )
    )
    for job in page:
        job.label, job.words = _told(job)
        job.is_kept = (job.result or {}).get("file") in kept
        job.until = job.finished_at + timedelta(days=DAYS_KEPT) if job.finished_at else None
    return {"page": page, "busy": any(not job.is_finished for job in page), "days_kept": DAYS_KEPT}


def _told(job: Job) -> tuple[str, str]:
    """What a job writes and under which filters, in words."""
    if job.kind == "archive":
        return "全部数据移交归档", "含附件" if job.arguments["with_files"] else "不含附件"
    listing = LISTINGS.get(job.arguments["listing"])
    said = words(QueryDict(job.arguments["query"]))
    if job.arguments.get("reason"):
        said += "；完整个人信息"
    return listing.label if listing else job.arguments["listing"], said


@roles(*READERS)
@require_GET
def export_jobs(request: HttpRequest) -> HttpResponse:
    """The list as a fragment, asked for every two seconds while something is under way."""
    response = render(request, "reports/_export_jobs.html", _jobs(request))
    response["Cache-Control"] = "no-store"
    return response


@roles(*READERS)
@require_POST
def archive_ask(request: HttpRequest) -> HttpResponse:
    """Have the whole campaign written as one zip."""
    form = ArchiveForm(request.POST)
    form.is_valid()
    on, now = timezone.localdate(), timezone.now()
    ask_for_archive(with_files=form.cleaned_data["with_files"], on=on, by=request.posting, now=now)
    messages.success(request, "已提交，正在后台打包，完成后可在本页下载。")
    return redirect("export_list")


@roles(*READERS)
@require_POST
def export_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """A failed export, once more."""
    job = get_object_or_404(Job, pk=pk, kind__in=KINDS, asked_by=request.user)
    retry_export(job=job, now=timezone.now())
    messages.success(request, "已重新提交。")
    return redirect("export_list")


@roles(*READERS)
def export_download(request: HttpRequest, pk: int) -> FileResponse:
    """The file of one's own finished export, as long as it is kept."""
    job = get_object_or_404(Job, pk=pk, kind__in=KINDS, asked_by=request.user, state="DONE")
    stored = StoredFile.objects.filter(pk=(job.result or {}).get("file")).first()
    if stored is None:
        raise NotAllowed(f"这个文件已过期删除（保留 {DAYS_KEPT} 天），请重新导出。")
    answer = file_to_save(stored)
    record_export_download(stored=stored, by=request.posting, now=timezone.now())
    return answer
