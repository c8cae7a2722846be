"""问题清单 and 需求清单: lists, pages of one row, and the forms that register them."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from campaigns.access import roles
from campaigns.enums import BUSINESS_ROLES, Role
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.table import Table, paginate
from campaigns.ground.workdays import load_calendar
from campaigns.models import Category, WalkSession
from campaigns.on_the_spot import noted
from campaigns.rounds import running_campaign
from issues import facts
from issues.actions.findings import decide_demand, register_demand
from issues.actions.recurrences import register_beside
from issues.forms.filters import DemandFilter, FindingFilter, ProblemFilter
from issues.forms.findings import DecideDemandForm, DemandForm, FindingForm, ProblemForm
from issues.lights import light_of, lit
from issues.lists import DEMANDS, PROBLEMS, demand_rows, problem_rows
from issues.models import Demand, LedgerItem, Problem
from issues.permissions import UNIT_WRITERS
from issues.views.links import export_url
from issues.views.recurrences import ask_about_twins, problem_twins
from issues.views.selfchecks import from_selfcheck, spreading

REGISTRARS = (Role.REPORTER, Role.INSPECTOR)
DECIDERS = (*UNIT_WRITERS, Role.REFORM_OFFICE)
# A form sent twice within this time is taken for a second click.
SAME_CLICK = timedelta(minutes=10)


@roles(*BUSINESS_ROLES)
@require_GET
def problem_list(request: HttpRequest) -> HttpResponse:
    visible = Problem.objects.visible_to(request.posting)
    form = ProblemFilter(request.GET, rows=visible)
    context = _list(request, form, visible, problem_rows) | {"export_url": export_url(request, "problems")}
    context["table"] = Table(PROBLEMS, context.pop("page"), url=Problem.get_absolute_url)
    return render(request, "issues/problem_list.html", context)


@roles(*BUSINESS_ROLES)
@require_GET
def demand_list(request: HttpRequest) -> HttpResponse:
    visible = Demand.objects.visible_to(request.posting)
    form = DemandFilter(request.GET, rows=visible)
    context = _list(request, form, visible, demand_rows) | {"export_url": export_url(request, "demands")}
    context["table"] = Table(DEMANDS, context.pop("page"), url=Demand.get_absolute_url)
    return render(request, "issues/demand_list.html", context)


def _list(request: HttpRequest, form: FindingFilter, visible: QuerySet, loaded) -> dict[str, Any]:
    """The filter and one page of rows with the lights of their ledger items."""
    on, calendar = timezone.localdate(), load_calendar()
    page = paginate(loaded(form.apply(visible, on=on, calendar=calendar)), request.GET.get("page"))
    page.object_list = list(page.object_list)
    lit([row.item for row in page.object_list if hasattr(row, "item")], on=on, calendar=calendar)
    return {"form": form, "page": page, "may_register": request.posting.role in REGISTRARS}


@roles(*BUSINESS_ROLES)
@require_GET
def problem_detail(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Problem.objects.visible_to(request.posting).select_related(
        "category", "matter", "session__matter", "reporting_unit", "responsible_unit", "registered_by__person"
    )
    problem = get_object_or_404(rows, pk=pk)
    context = {
        "problem": problem,
        "facts": facts.problem_facts(problem),
        "measures": problem.measures.select_related("lead_unit").order_by("number"),
        "demands": problem.demands.order_by("number"),
        "twin_links": problem_twins(request, problem),
        "may_register": request.posting.role in REGISTRARS,
        **_item(request, LedgerItem.objects.filter(problem=problem)),
        **spreading(request, problem.item),
    }
    return render(request, "issues/problem_detail.html", context)


@roles(*BUSINESS_ROLES)
@require_GET
def demand_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _demand_page(request, _demand_or_404(request, pk), DecideDemandForm())


def _demand_or_404(request: HttpRequest, pk: int) -> Demand:
    rows = Demand.objects.visible_to(request.posting).select_related(
        "matter",
        "session__matter",
        "problem",
        "reporting_unit",
        "responsible_unit",
        "registered_by__person",
    )
    return get_object_or_404(rows, pk=pk)


def _demand_page(
    request: HttpRequest, demand: Demand, form: DecideDemandForm, status: int = 200
) -> HttpResponse:
    context = {
        "demand": demand,
        "facts": facts.demand_facts(demand),
        "measures": demand.measures.select_related("lead_unit").order_by("number"),
        "form": form,
        "may_decide": demand.is_accepted is None and request.posting.role in DECIDERS,
        **_item(request, LedgerItem.objects.filter(demand=demand)),
    }
    return render(request, "issues/demand_detail.html", context, status=status)


def _item(request: HttpRequest, rows: QuerySet) -> dict[str, Any]:
    """The ledger item of a finding with its light; None where there is none."""
    item = rows.select_related("deadline", "responsible_unit").first()
    if item is None:
        return {"item": None, "light": ""}
    return {"item": item, "light": str(light_of(item, on=timezone.localdate(), calendar=load_calendar()))}


@roles(*REGISTRARS)
def problem_new(request: HttpRequest) -> HttpResponse:
    """登记问题, prefilled from ?session=&category= (a point of a walk that reads 不符合) or ?selfcheck= (举一反三)."""
    if request.method != "POST":
        initial = _from_walk(request) | from_selfcheck(request)
        return _problem_page(request, ProblemForm(posting=request.posting, initial=initial))
    form = ProblemForm(request.POST, posting=request.posting)
    if not form.is_valid():
        return _problem_page(request, form)
    now = timezone.now()
    twin = _twin(request, Problem.objects.filter(category=form.cleaned_data["category"]), form, now)
    if twin:
        return _already(request, twin)
    if "back" in request.POST:
        return _problem_page(request, form, status=200)
    asks, answer = ask_about_twins(request, form)
    if asks:
        return asks
    try:
        problem = register_beside(
            by=request.posting,
            now=now,
            campaign=running_campaign(to="登记问题和需求"),
            **answer,
            **form.facts(),
        )
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return _problem_page(request, form)
    return _registered(request, problem, problem.item, "problem_new")


@roles(*REGISTRARS)
def demand_new(request: HttpRequest) -> HttpResponse:
    """登记需求, prefilled from ?session=&problem=."""
    if request.method != "POST":
        return _new_demand_page(request, DemandForm(posting=request.posting, initial=_from_walk(request)))
    form = DemandForm(request.POST, posting=request.posting)
    if not form.is_valid():
        return _new_demand_page(request, form)
    now = timezone.now()
    twin = _twin(request, Demand.objects.filter(party=form.cleaned_data["party"]), form, now)
    if twin:
        return _already(request, twin)
    try:
        demand = register_demand(
            by=request.posting, now=now, campaign=running_campaign(to="登记问题和需求"), **form.facts()
        )
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return _new_demand_page(request, form)
    return _registered(request, demand, LedgerItem.objects.filter(demand=demand).first(), "demand_new")


def _problem_page(request: HttpRequest, form: ProblemForm, status: int = 0) -> HttpResponse:
    context = {"form": form, "walk": _walk(request, form)}
    status = status or (422 if form.is_bound else 200)
    return render(request, "issues/problem_form.html", context, status=status)


def _new_demand_page(request: HttpRequest, form: DemandForm) -> HttpResponse:
    context = {"form": form, "walk": _walk(request, form)}
    return render(request, "issues/demand_form.html", context, status=422 if form.is_bound else 200)


def _walk(request: HttpRequest, form: FindingForm) -> WalkSession | None:
    """The walk the form belongs to, to be named on the page."""
    value = form["session"].value()
    if not str(value or "").isdecimal():
        return None
    rows = WalkSession.objects.visible_to(request.posting).select_related("matter")
    return rows.filter(pk=value).first()


def _from_walk(request: HttpRequest) -> dict[str, Any]:
    """First values from the address: the walk's matter, blocking step, unit and day; the point's category."""
    initial: dict[str, Any] = {"found_on": timezone.localdate(), "source": "WALK"}
    walk = request.GET.get("session", "")
    rows = WalkSession.objects.visible_to(request.posting).held()
    session = rows.filter(pk=walk).first() if walk.isdecimal() else None
    if session is not None:
        initial |= {
            "session": session.pk,
            "reporting_unit": session.reporting_unit_id,
            "matter": session.matter_id,
            "step": session.blocking_step,
            "responsible_unit": session.walked_unit_id,
            "found_on": session.held_on,
            **_from_note(request, session),
        }
    elif request.posting.role == Role.INSPECTOR:
        initial["source"] = "COVERT_VISIT"
    category = Category.objects.filter(code=request.GET.get("category", "")).first()
    if category is not None:
        initial["category"] = category.pk
    if request.resolver_match.url_name == "demand_new":
        initial["source"] = "陪同办听取" if session is not None and session.mode == "ACCOMPANY" else ""
        initial["problem"] = request.GET.get("problem", "")
    return initial


def _from_note(request: HttpRequest, session: WalkSession) -> dict[str, Any]:
    """The words noted down on the spot: the n-th line of the phone (?noted=), or those beside the point (?category=)."""
    place = request.GET.get("noted", "")
    for line in noted(session, session.steps.order_by("sequence")) if place else ():
        if str(line.place) == place:
            return {"text": line.text, "step": line.step or session.blocking_step}
    point = session.checkpoints.filter(category__code=request.GET.get("category", "")).first()
    return {"text": point.note} if point else {}


def _twin(request: HttpRequest, rows: QuerySet, form: FindingForm, now: datetime) -> Any:
    """The same words from the same person a moment ago: a second click, or a page sent again."""
    said = form.cleaned_data
    return rows.filter(
        registered_by=request.user,
        registered_at__gte=now - SAME_CLICK,
        text=said["text"],
        session=said["session"],
        matter=said["matter"],
        reporting_unit=said["reporting_unit"],
    ).first()


def _already(request: HttpRequest, twin: Any) -> HttpResponse:
    messages.info(request, f"这一条刚才已经登记，编号 {twin.number}，没有重复登记。")
    return redirect(twin)


def _registered(request: HttpRequest, finding: Any, item: LedgerItem | None, page: str) -> HttpResponse:
    words = f"已登记 {finding.number}"
    if item is not None:
        words += f"，列入台账 {item.number}，现在是“{item.get_state_display()}”"
    messages.success(request, f"{words}。", extra_tags=f"saved:{page}")
    if "more" in request.POST:
        walk = f"?session={finding.session_id}" if finding.session_id else ""
        return redirect(f"{reverse(page)}{walk}")
    return redirect(finding)


@roles(*DECIDERS)
@require_POST
def demand_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """采纳 or 不采纳, once."""
    demand = _demand_or_404(request, pk)
    form = DecideDemandForm(request.POST)
    if not form.is_valid():
        return _demand_page(request, demand, form, status=422)
    try:
        decide_demand(demand=demand, by=request.posting, now=timezone.now(), **form.cleaned_data)
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return _demand_page(request, _demand_or_404(request, pk), form, status=422)
    messages.success(
        request,
        f"{demand.number} 已{'采纳，列入整改台账' if form.cleaned_data['accepted'] else '记为不采纳'}。",
    )
    return redirect(demand)
