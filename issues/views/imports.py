"""The import wizard: 下载模板 → 上传 → 预览 → 确认. What the preview shows is what is written (house rule 11)."""

import io
import uuid
from collections.abc import Callable

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.access import roles
from campaigns.actions.imports import record_download
from campaigns.actions.imports_books import template_book
from campaigns.actions.imports_plan import RowAction
from campaigns.actions.imports_undo import undo_or_queue
from campaigns.actions.imports_work import confirm_or_queue, mend_cells, preview_again, receive_file
from campaigns.enums import Role
from campaigns.ground import jobs
from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.ground.serving import file_to_save
from campaigns.ground.sheets.vet import BadFile
from campaigns.ground.table import Table, paginate
from campaigns.models import ImportRun
from campaigns.models.imports import ImportState
from issues.actions.imports import IMPORTERS
from issues.actions.imports_undo import UNDOINGS
from issues.forms_imports import RunFilter, UploadForm
from issues.lists.imports import ROWS, RUNS, TITLES, mode_of, title_of

SHOWN = 5


def _runs() -> QuerySet[ImportRun]:
    runs = ImportRun.objects.select_related("file", "original", "rejects", "made_by", "undone_by", "job")
    return runs.order_by("-made_at", "-pk")


@roles(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Templates, upload, and the latest imports."""
    form = UploadForm(request.POST or None, request.FILES or None, initial=_wanted(request.GET))
    if form.is_valid():
        said = form.cleaned_data
        try:
            run = receive_file(
                importer=IMPORTERS[said["kind"]],
                content=said["file"].read(),
                name=said["file"].name,
                mode=said["mode"],
                by=request.posting,
                now=timezone.now(),
            )
            return redirect("imports:detail", run.token)
        except BadFile as error:
            form.add_error("file", str(error))
    table = Table(RUNS, _runs().defer("errors", "warnings")[:SHOWN], url=_address)
    context = {"form": form, "kinds": TITLES.items(), "table": table}
    return render(request, "issues/imports/index.html", context, status=422 if form.errors else 200)


def _wanted(query: QueryDict) -> dict[str, str]:
    """Kind and mode of the file that is being sent again."""
    return {name: query[name] for name in ("kind", "mode") if name in query}


@roles(Role.ADMIN)
@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """All imports there ever were."""
    form, runs = RunFilter(request.GET or None), _runs().defer("errors", "warnings")
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        state = next((value for value, label in ImportState.choices if label == said["state"]), "")
        words = Q(file__name__contains=said["q"])
        words |= Q(made_by__username__contains=said["q"]) | Q(made_by__first_name__contains=said["q"])
        conditions = {
            "kind": said["kind"],
            "state": state,
            "made_at__date__gte": said["date_from"],
            "made_at__date__lte": said["date_to"],
        }
        runs = runs.filter(words, **{name: value for name, value in conditions.items() if value})
    table = Table(RUNS, paginate(runs, request.GET.get("page")), url=_address)
    return render(request, "issues/imports/log.html", {"form": form, "table": table})


@roles(Role.ADMIN)
@require_safe
def detail(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """Where an import stands: at work, previewed, refused, imported, taken back. Stored once, read here."""
    run = get_object_or_404(_runs(), token=token)
    context = {"run": run, "title": title_of(run.kind), "mode": mode_of(run)}
    if run.state in (ImportState.READING, ImportState.WRITING):
        return render(request, "issues/imports/working.html", context)
    show = request.GET.get("show", RowAction.REJECTED.label if run.errors else "")
    query = request.GET.get("q", "").replace("\0", "").strip()
    context |= {"show": show, "q": query, "tabs": _tabs(run, show)}
    if show == RowAction.REJECTED.label:
        context["faults"] = paginate(_faults(run, query), request.GET.get("page"))
    else:
        context["table"] = Table(ROWS, paginate(_lines(run, show, query), request.GET.get("page")))
    page = "result" if run.state in (ImportState.DONE, ImportState.UNDONE) else "preview"
    return render(request, f"issues/imports/{page}.html", context)


def _lines(run: ImportRun, show: str, query: str) -> QuerySet:
    lines = run.lines.defer("before").order_by("place")
    action = next((action for action in RowAction if action.label == show), None)
    lines = lines.filter(action=action) if action else lines
    return lines.filter(Q(key__icontains=query) | Q(text__icontains=query)) if query else lines


def _faults(run: ImportRun, query: str) -> list[dict]:
    """Faults as the page shows them; each cell can be mended once."""
    told, seen = [], set()
    for error in run.errors:
        place = (error["sheet"], error["cell"])
        can = bool(error["cell"] and error["column"]) and place not in seen
        seen.add(place)
        if not query or query in " ".join(str(value) for value in error.values() if value):
            told.append({**error, "can_mend": can and run.state == ImportState.REFUSED})
    return told


def _tabs(run: ImportRun, show: str) -> list[dict]:
    found = dict(run.lines.order_by().values_list("action").annotate(Count("pk")))
    if run.errors:
        found[RowAction.REJECTED] = len(run.errors)
    whole = sum(found.values()) if not run.errors else run.counts.get("rows", 0)
    tabs = [{"label": "全部", "url": "?show=", "active": show == "", "count": whole}]
    for action in RowAction:
        if found.get(action):
            label = str(action.label)
            url = f"?show={label}"
            tabs.append({"label": label, "url": url, "active": show == label, "count": found[action]})
    return tabs


@roles(Role.ADMIN)
@require_safe
def progress(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """How far the work in the background is; asked for every two seconds."""
    run = get_object_or_404(_runs(), token=token)
    response = render(request, "issues/imports/_progress.html", {"run": run})
    response["Cache-Control"] = "no-store"
    if request.htmx and not run.is_busy:
        response["HX-Refresh"] = "true"
    return response


def _act(request: HttpRequest, token: uuid.UUID, act: Callable[[ImportRun], object]) -> HttpResponse:
    """Do something to a run and show where it stands; a refusal is a banner."""
    run = get_object_or_404(_runs(), token=token, kind__in=IMPORTERS)
    try:
        act(run)
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    return redirect("imports:detail", token)


@roles(Role.ADMIN)
@require_POST
def confirm(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """Write what was previewed; where the data moved, show the new preview instead."""

    def act(run: ImportRun) -> None:
        about = {"importer": IMPORTERS[run.kind], "run": run, "by": request.posting, "now": timezone.now()}
        try:
            confirm_or_queue(**about)
        except Changed as refusal:
            messages.error(request, str(refusal))
            preview_again(**about)

    return _act(request, token, act)


@roles(Role.ADMIN)
@require_POST
def again(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """Plan the same file once more."""
    return _act(
        request,
        token,
        lambda run: preview_again(
            importer=IMPORTERS[run.kind], run=run, by=request.posting, now=timezone.now()
        ),
    )


@roles(Role.ADMIN)
@require_POST
def mend(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """Cells mended in the preview: fields sheet, cell, was and value, one of each a cell."""
    fields = (request.POST.getlist(name) for name in ("sheet", "cell", "was", "value"))
    cells = [
        (sheet, cell, value)
        for sheet, cell, was, value in zip(*fields, strict=False)
        if value.split() != was.split()
    ]
    if not cells:
        messages.info(request, "没有改动任何单元格。")
        return redirect("imports:detail", token)
    return _act(
        request,
        token,
        lambda run: mend_cells(
            importer=IMPORTERS[run.kind], run=run, cells=cells, by=request.posting, now=timezone.now()
        ),
    )


@roles(Role.ADMIN)
@require_POST
def restart(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """Begin work in the background anew that failed or was stopped."""
    run = get_object_or_404(_runs(), token=token, job__isnull=False)
    if not jobs.retry(job_id=run.job_id, now=timezone.now()):
        messages.info(request, "作业没有中断，不需要重新开始。")
    return redirect("imports:detail", token)


@roles(Role.ADMIN)
@require_POST
def undo(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """Take an import back while nothing was built on it."""
    return _act(
        request,
        token,
        lambda run: undo_or_queue(
            importer=IMPORTERS[run.kind],
            undoing=UNDOINGS[run.kind],
            run=run,
            by=request.posting,
            now=timezone.now(),
        ),
    )


@roles(Role.ADMIN)
@require_safe
def template(request: HttpRequest, kind: str) -> FileResponse:
    """The empty form of a kind: drop-downs, notes, an example row that the import ignores."""
    if kind not in IMPORTERS:
        raise Http404
    content = template_book(IMPORTERS[kind].resource())
    return FileResponse(io.BytesIO(content), as_attachment=True, filename=f"{TITLES[kind]}导入模板.xlsx")


@roles(Role.ADMIN)
@require_safe
def rejects(request: HttpRequest, token: uuid.UUID) -> FileResponse:
    """The sender's own file with red cells and comments."""
    run = get_object_or_404(_runs(), token=token, rejects__isnull=False)
    return file_to_save(run.rejects)


@roles(Role.ADMIN)
@require_safe
def original(request: HttpRequest, token: uuid.UUID) -> FileResponse:
    """The file exactly as it was sent. It may hold personal data: the download is audited."""
    run = get_object_or_404(_runs(), token=token)
    stored = run.original or run.file
    answer = file_to_save(stored)
    record_download(run=run, stored=stored, by=request.posting, now=timezone.now())
    return answer


def _address(run: ImportRun) -> str:
    return reverse("imports:detail", args=[run.token])
