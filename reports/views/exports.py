"""下载中心: a list page sends its filters here, the worker writes the workbook, its asker fetches it."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from campaigns.access import roles
from campaigns.enums import BUSINESS_ROLES
from campaigns.ground.files import StoredFile
from campaigns.ground.table import paginate
from campaigns.ground.workdays import load_calendar
from campaigns.models import Job
from reports.actions.exports import ask_for_export, record_export_download
from reports.listings import LISTINGS, Asked, words


@roles(*BUSINESS_ROLES)
def export_list(request: HttpRequest) -> HttpResponse:
    """GET: the user's exports, and with ?kind= what is about to be exported. POST: have it written."""
    kind, query = _asked_for(request.GET)
    if request.method == "POST" and kind:
        ask_for_export(
            kind=kind, query=query, on=timezone.localdate(), by=request.posting, now=timezone.now()
        )
        messages.success(request, "已提交，正在后台生成，完成后可在本页下载。")
        return redirect("export_list")
    context = {**_jobs(request), "asked": _about(request, kind, query)}
    return render(request, "reports/export_list.html", context)


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
    """What will be in the workbook, before anybody presses."""
    if not kind:
        return None
    listing = LISTINGS[kind]
    asked = Asked(posting=request.posting, query=query, on=timezone.localdate(), calendar=load_calendar())
    return {"label": listing.label, "words": words(query), "count": listing.narrowed(asked).count()}


def _jobs(request: HttpRequest) -> dict:
    """The user's export jobs, the newest first, a page of them; `busy` while one is waiting or running."""
    page = paginate(
        Job.objects.filter(kind="export", asked_by=request.user).order_by("-pk"), request.GET.get("page")
    )
    for job in page:
        listing = LISTINGS.get(job.arguments["listing"])
        job.label = listing.label if listing else job.arguments["listing"]
        job.words = words(QueryDict(job.arguments["query"]))
    return {"page": page, "busy": any(not job.is_finished for job in page)}


@roles(*BUSINESS_ROLES)
@require_GET
def export_jobs(request: HttpRequest) -> HttpResponse:
    """The list as a fragment, asked for every two seconds while something is under way."""
    response = render(request, "reports/_export_jobs.html", _jobs(request))
    response["Cache-Control"] = "no-store"
    return response


@roles(*BUSINESS_ROLES)
def export_download(request: HttpRequest, pk: int) -> FileResponse:
    """The workbook of one's own finished export."""
    job = get_object_or_404(Job, pk=pk, kind="export", asked_by=request.user, state="DONE")
    stored = StoredFile.objects.filter(pk=(job.result or {}).get("file")).first()
    if stored is None:
        raise Http404
    record_export_download(stored=stored, by=request.posting, now=timezone.now())
    response = FileResponse(stored.file.open("rb"), as_attachment=True, filename=stored.name)
    response["Cache-Control"] = "no-store"
    return response
