"""解决措施清单: the list, one measure with its steps, the form, and 步骤完成."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from campaigns.access import back_to, roles
from campaigns.enums import Role
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.table import Table, paginate
from campaigns.ground.workdays import load_calendar
from issues import facts
from issues.actions.findings import finish_step, write_measure
from issues.actions.measures import measure_items, revise_measure
from issues.enums import LedgerState
from issues.forms.filters import MeasureFilter
from issues.forms.measures import MeasureForm, StepFormSet
from issues.lists import MEASURES, measure_rows
from issues.models import LedgerItem, Measure, MeasureStep
from issues.views.links import export_url

READERS = (Role.REPORTER, Role.DEPUTY, Role.HEAD, Role.REFORM_OFFICE, Role.INSPECTOR)
STEP = "steps"


@roles(*READERS)
@require_GET
def measure_list(request: HttpRequest) -> HttpResponse:
    visible = Measure.objects.visible_to(request.posting)
    form = MeasureFilter(request.GET, rows=visible)
    rows = form.apply(visible, on=timezone.localdate(), calendar=load_calendar())
    page = paginate(measure_rows(rows), request.GET.get("page"))
    context = {
        "form": form,
        "table": Table(MEASURES, page, url=Measure.get_absolute_url),
        "export_url": export_url(request, "measures"),
        "may_write": request.posting.role == Role.REPORTER,
    }
    return render(request, "issues/measure_list.html", context)


def _measure_or_404(request: HttpRequest, pk: int) -> Measure:
    rows = Measure.objects.visible_to(request.posting).select_related(
        "campaign", "reporting_unit", "lead_unit", "person", "written_by__person"
    )
    return get_object_or_404(rows, pk=pk)


@roles(*READERS)
@require_GET
def measure_detail(request: HttpRequest, pk: int) -> HttpResponse:
    measure = _measure_or_404(request, pk)
    items = measure_items(measure)
    context = {
        "measure": measure,
        "facts": facts.measure_facts(measure),
        "pairs": facts.pairs_of(measure),
        "steps": measure.steps.select_related("deadline").order_by("sequence"),
        "items": items,
        "may_finish": _may_finish(request, measure),
        "may_revise": _may_revise(request, items),
    }
    return render(request, "issues/measure_detail.html", context)


def _may_finish(request: HttpRequest, measure: Measure) -> bool:
    return request.posting.role == Role.REPORTER and request.posting.organization_id == measure.lead_unit_id


def _may_revise(request: HttpRequest, items: list[LedgerItem]) -> bool:
    """The clerk of the unit, as long as nothing of it is signed."""
    return request.posting.role == Role.REPORTER and all(
        item.state == LedgerState.PLANNING and item.responsible_unit_id == request.posting.organization_id
        for item in items
    )


@roles(Role.REPORTER)
def measure_new(request: HttpRequest) -> HttpResponse:
    """填写解决措施, from a ledger item (?item=)."""
    if request.method != "POST":
        form = MeasureForm(posting=request.posting, initial=_from_item(request))
        return _page(request, form, StepFormSet(prefix=STEP))
    return _written(request, None)


@roles(Role.REPORTER)
def measure_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """修改措施, until it is signed."""
    measure = _measure_or_404(request, pk)
    if not _may_revise(request, measure_items(measure)):
        raise NotAllowed("措施审签后不能修改；有变化的请另写一条措施，或申请延期。")
    if request.method != "POST":
        initial = {
            "items": measure_items(measure),
            "helper_units": "、".join(unit.label for unit in measure.helper_units.order_by("path")),
        }
        steps = (
            measure.steps.select_related("deadline")
            .order_by("sequence")
            .values("text", "due_on", "person_text")
        )
        form = MeasureForm(posting=request.posting, instance=measure, initial=initial)
        return _page(request, form, StepFormSet(prefix=STEP, initial=list(steps)), measure)
    return _written(request, measure)


def _from_item(request: HttpRequest) -> dict[str, Any]:
    """First values from the address: the item ticked, its kind and proposed date."""
    wanted = request.GET.get("item", "")
    rows = LedgerItem.objects.filter(responsible_unit=request.posting.organization).select_related("problem")
    item = rows.filter(pk=wanted).first() if wanted.isdecimal() else None
    if item is None:
        return {}
    due_on = item.problem.proposed_due_on if item.problem_id else item.demand.due_on
    return {"items": [item.pk], "rectify_kind": item.rectify_kind, "due_on": due_on}


def _written(request: HttpRequest, measure: Measure | None) -> HttpResponse:
    form = MeasureForm(request.POST, posting=request.posting, instance=measure)
    steps = StepFormSet(request.POST, prefix=STEP)
    if "more_steps" in request.POST:
        return _page(request, form, _more(request), measure, status=200)
    if not (form.is_valid() & steps.is_valid()):
        return _page(request, form, steps, measure)
    said = {"by": request.posting, "now": timezone.now(), "steps": steps.steps(), **form.facts()}
    said["items"] = list(said["items"])
    try:
        done = revise_measure(measure=measure, **said) if measure else write_measure(**said)
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return _page(request, form, steps, measure)
    words = "已修改措施" if measure else "已填写措施"
    key = f"measure-{measure.pk}" if measure else "measure_new"
    messages.success(
        request, f"{words} {done.number}。写齐后请在台账页面提交审签。", extra_tags=f"saved:{key}"
    )
    return redirect(said["items"][0])


def _more(request: HttpRequest) -> StepFormSet:
    """The same rows and three blank ones; nothing typed is lost, and nothing is judged yet."""
    count = int(request.POST.get(f"{STEP}-TOTAL_FORMS", "0") or 0)
    rows = [
        {name: request.POST.get(f"{STEP}-{row}-{name}", "") for name in ("text", "due_on", "person_text")}
        for row in range(min(count, 30))
    ]
    return StepFormSet(prefix=STEP, initial=rows)


def _page(
    request: HttpRequest,
    form: MeasureForm,
    steps: StepFormSet,
    measure: Measure | None = None,
    status: int | None = None,
) -> HttpResponse:
    context = {"form": form, "steps": steps, "measure": measure}
    status = status or (422 if form.is_bound else 200)
    return render(request, "issues/measure_form.html", context, status=status)


@roles(Role.REPORTER)
@require_POST
def step_done(request: HttpRequest, pk: int, sequence: int) -> HttpResponse:
    """步骤完成: its clock stops."""
    measure = _measure_or_404(request, pk)
    step = get_object_or_404(
        MeasureStep.objects.select_related("measure__lead_unit", "deadline"),
        measure=measure,
        sequence=sequence,
    )
    try:
        finish_step(step=step, by=request.posting, now=timezone.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"步骤 {step.sequence} 已完成。")
    return redirect(back_to(request, measure.get_absolute_url()))
