"""The import wizard: 下载模板 → 上传 → 预览 → 确认. What the preview shows is what is written (house rule 11)."""

import io
import uuid
from collections import Counter

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.access import roles
from campaigns.actions.imports import confirm_import, plan_of, preview_import
from campaigns.actions.imports_books import template_book
from campaigns.actions.imports_plan import Plan, RowAction
from campaigns.enums import Role
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.sheets.vet import BadFile
from campaigns.ground.table import Table, paginate
from campaigns.models import ImportRun
from campaigns.models.imports import ImportState
from issues.actions.imports import IMPORTERS
from issues.forms_imports import UploadForm
from issues.lists.imports import ERRORS, ROWS, RUNS, TITLES, mode_of, title_of


def _runs():
    return ImportRun.objects.select_related("file", "rejects", "made_by")


@roles(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            run = preview_import(
                importer=IMPORTERS[form.cleaned_data["kind"]],
                content=file.read(),
                name=file.name,
                mode=form.cleaned_data["mode"],
                by=request.posting,
                now=timezone.now(),
            )
            return redirect("imports:detail", run.token)
        except BadFile as error:
            form.add_error("file", str(error))
    page = paginate(_runs().order_by("-made_at", "-pk"), request.GET.get("page"))
    context = {"form": form, "kinds": TITLES.items(), "table": Table(RUNS, page, url=_address)}
    return render(request, "issues/imports/index.html", context, status=422 if form.errors else 200)


@roles(Role.ADMIN)
@require_safe
def detail(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """The preview, recomputed from the stored bytes; once imported, the result."""
    run = get_object_or_404(_runs(), token=token)
    context = {
        "run": run,
        "title": title_of(run.kind),
        "mode": mode_of(run),
        "done": run.state == ImportState.DONE,
    }
    if context["done"] or run.kind not in IMPORTERS:
        return render(request, "issues/imports/result.html", context)
    plan = plan_of(importer=IMPORTERS[run.kind], run=run, now=timezone.now())
    show = request.GET.get("show", RowAction.REJECTED.label if plan.errors else "")
    context |= {
        "stale": plan.digest() != run.plan_digest,
        "tabs": _tabs(plan, show),
        "table": _table(plan, show, request.GET.get("page")),
    }
    return render(request, "issues/imports/preview.html", context)


@roles(Role.ADMIN)
@require_POST
def confirm(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    run = get_object_or_404(_runs(), token=token, kind__in=IMPORTERS)
    try:
        confirm_import(importer=IMPORTERS[run.kind], run=run, by=request.posting, now=timezone.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    return redirect("imports:detail", token)


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
    """The user's bad rows with their reasons."""
    run = get_object_or_404(_runs(), token=token, rejects__isnull=False)
    return FileResponse(run.rejects.file.open("rb"), as_attachment=True, filename=run.rejects.name)


def _address(run: ImportRun) -> str:
    return reverse("imports:detail", args=[run.token])


def _tabs(plan: Plan, show: str) -> list[dict]:
    found = Counter(row.action for row in plan.rows)
    if plan.errors and not found[RowAction.REJECTED]:
        found[RowAction.REJECTED] = len(plan.errors)
    tabs = [{"label": "全部", "url": "?show=", "active": show == "", "count": len(plan.rows)}]
    for action in RowAction:
        if found[action]:
            label = str(action.label)
            tabs.append(
                {"label": label, "url": f"?show={label}", "active": show == label, "count": found[action]}
            )
    return tabs


def _table(plan: Plan, show: str, page: str | None) -> Table:
    if show == RowAction.REJECTED.label:
        return Table(ERRORS, paginate(plan.errors, page))
    return Table(ROWS, paginate([row for row in plan.rows if show in ("", row.action_label)], page))
