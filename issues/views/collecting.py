"""一键收表: hand a heap over → the worker looks → settle doubts → enter what is clear → hand the marked copies back."""

import io
from pathlib import Path

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.access import roles
from campaigns.actions.imports import stored_content
from campaigns.enums import Role
from campaigns.forms.filters import of_round
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.serving import file_to_save
from campaigns.ground.table import Table, paginate
from campaigns.models import Campaign, Job, Organization
from issues.actions import collecting
from issues.actions.collecting_return import returned_book
from issues.collecting.heap import open_heap
from issues.enums import SheetState
from issues.forms.collecting import HeapForm, QuestionsForm
from issues.lists.collections import COLLECTIONS, FILES, OUTCOMES, collection_rows
from issues.models import CollectedFile, Collection

JOBS = ("collect", "collect_commit")
MISSING_SHOWN = 200


@roles(Role.REFORM_OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def collection_list(request: HttpRequest) -> HttpResponse:
    """The heaps in reach. POST: hand one over; the worker looks at it."""
    campaign = Campaign.objects.current()
    form = HeapForm(request.POST, request.FILES) if request.method == "POST" else HeapForm()
    if request.method == "POST" and campaign and form.is_valid():
        try:
            return redirect(_take_in(request, form, campaign))
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
    rows = collection_rows(of_round(Collection.objects.visible_to(request.posting), request.GET))
    table = Table(COLLECTIONS, paginate(rows, request.GET.get("page")), url=Collection.get_absolute_url)
    context = {"form": form, "table": table, "campaign": campaign}
    return render(request, "issues/collecting/list.html", context, status=422 if form.errors else 200)


def _take_in(request: HttpRequest, form: HeapForm, campaign: Campaign) -> Collection:
    heap = collecting.take_in(
        files=open_heap((file.name, file.read()) for file in form.sent()),
        campaign=campaign,
        organization=request.posting.organization,
        by=request.posting,
        now=timezone.now(),
    )
    collecting.ask_to_look(collection=heap, by=request.posting, now=timezone.now())
    messages.success(request, "已收到，正在后台逐份核对。")
    return heap


@roles(Role.REFORM_OFFICE)
@require_safe
def collection_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A heap: how far the worker is, what became of each file, which units haven't sent anything."""
    heap = _heap(request, pk)
    show = request.GET.get("state", "")
    files = heap.files.select_related("organization").order_by("pk")
    shown = files.filter(state__in=[state for state in SheetState if state.label == show]) if show else files
    context = {
        "heap": heap,
        "table": Table(FILES, paginate(shown, request.GET.get("page")), url=CollectedFile.get_absolute_url),
        "tabs": _tabs(files, show),
        "ready": files.filter(state=SheetState.READY).count(),
        "missing": _missing(heap, files),
        **_progress(heap),
    }
    return render(request, "issues/collecting/detail.html", context)


@roles(Role.REFORM_OFFICE)
@require_safe
def collection_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The bar alone, asked for every two seconds while the worker is at it."""
    heap = _heap(request, pk)
    told = _progress(heap)
    response = render(request, "issues/collecting/_progress.html", {"heap": heap, **told})
    response["Cache-Control"] = "no-store"
    if not told["busy"]:
        response["HX-Refresh"] = "true"
    return response


@roles(Role.REFORM_OFFICE)
@require_POST
def collection_look(request: HttpRequest, pk: int) -> HttpResponse:
    """Look at the heap again: units, people or matters have been added since."""
    collecting.ask_to_look(collection=_heap(request, pk), by=request.posting, now=timezone.now())
    return redirect("collection_detail", pk)


@roles(Role.REFORM_OFFICE)
@require_POST
def collection_commit(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter every file that has neither questions nor faults."""
    collecting.ask_to_commit(collection=_heap(request, pk), by=request.posting, now=timezone.now())
    messages.success(request, "正在后台入账，每份表格要么整份写入，要么一行不写。")
    return redirect("collection_detail", pk)


@roles(Role.REFORM_OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def collected_file(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    """One file: its doubts as a form, and what each row would do."""
    heap = _heap(request, pk)
    sent = get_object_or_404(heap.files.select_related("file", "organization"), pk=file)
    known = collecting.known_for(heap)
    plan = collecting.plan_of_file(file=sent, known=known, now=timezone.now())
    form = QuestionsForm(request.POST or None, questions=plan.questions)
    if request.method == "POST" and sent.done_at is None and form.is_valid():
        now = timezone.now()
        collecting.answer_questions(file=sent, answers=form.answers(), by=request.posting, now=now)
        messages.success(request, "已按核对结果重新核对。")
        return redirect(sent)
    show = request.GET.get("show", "")
    outcomes = [outcome for outcome in plan.outcomes if show in ("", outcome.action)]
    context = {
        "heap": heap,
        "sent": sent,
        "plan": plan,
        "form": form,
        "table": Table(OUTCOMES, paginate(outcomes, request.GET.get("page"))),
        "tabs": _outcome_tabs(plan, show),
    }
    return render(request, "issues/collecting/file.html", context, status=422 if form.errors else 200)


@roles(Role.REFORM_OFFICE)
@require_safe
def collected_return(request: HttpRequest, pk: int, file: int) -> FileResponse:
    """The marked copy for the unit: as it was entered, else as things stand."""
    heap = _heap(request, pk)
    sent = get_object_or_404(heap.files.select_related("file", "returned"), pk=file)
    if sent.returned_id:
        return file_to_save(sent.returned)
    known = collecting.known_for(heap)
    plan = collecting.plan_of_file(file=sent, known=known, now=timezone.now())
    content = returned_book(plan, stored_content(sent.file) if plan.book.sheets else b"")
    name = f"回执-{Path(sent.name).stem}.xlsx"
    return FileResponse(io.BytesIO(content), as_attachment=True, filename=name)


def _heap(request: HttpRequest, pk: int) -> Collection:
    rows = Collection.objects.visible_to(request.posting).select_related(
        "organization", "campaign", "made_by"
    )
    return get_object_or_404(rows, pk=pk)


def _progress(heap: Collection) -> dict:
    job = Job.objects.filter(kind__in=JOBS, arguments__collection=heap.pk).order_by("-pk").first()
    return {"job": job, "busy": job is not None and not job.is_finished}


def _missing(heap: Collection, files) -> list[Organization]:
    """Units taking part that sent nothing in this heap."""
    codes = collecting.missing_units(heap.organization, files.values_list("units", flat=True))
    return list(Organization.objects.filter(code__in=codes).order_by("path"))


def _tabs(files, show: str) -> list[dict]:
    states = list(files.values_list("state", flat=True))
    tabs = [{"label": "全部", "url": "?state=", "active": show == "", "count": len(states)}]
    for state in SheetState:
        if state in states:
            label = str(state.label)
            tabs.append(
                {
                    "label": label,
                    "url": f"?state={label}",
                    "active": show == label,
                    "count": states.count(state),
                }
            )
    return tabs


def _outcome_tabs(plan, show: str) -> list[dict]:
    actions = [outcome.action for outcome in plan.outcomes]
    tabs = [{"label": "全部", "url": "?show=", "active": show == "", "count": len(actions)}]
    for action in dict.fromkeys(sorted(actions)):
        tabs.append(
            {
                "label": action,
                "url": f"?show={action}",
                "active": show == action,
                "count": actions.count(action),
            }
        )
    return tabs
