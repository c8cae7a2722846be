"""任务与覆盖: the overview, the roster of 应走人员, key matters by place, and the dated nodes (衡政办函〔2022〕16号 二、三)."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.contrib import messages
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from campaigns.access import roles
from campaigns.actions import milestones, obligations
from campaigns.coverage import read_coverage
from campaigns.coverage_page import CoverageFilter, heat_map
from campaigns.enums import BUSINESS_ROLES, Role
from campaigns.forms.plan import MoveForm, ReasonForm, RosterFilter
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.table import Table, paginate
from campaigns.ground.workdays import load_calendar
from campaigns.lists import WALKS, walk_rows
from campaigns.models import Milestone, MilestoneDuty, Obligation, Person, WalkSession, WalkTask
from campaigns.nodes import BY_KEY
from campaigns.overlooked import OVERLOOKED, overlooked, overlooked_rows
from campaigns.permissions_plan import allows, check_can_exempt, check_can_move_milestone
from campaigns.plan_lists import (
    ROSTER,
    TASKS,
    approver,
    light_of_clock,
    lit_tasks,
    nodes_in_reach,
    roster_rows,
    task_rows,
)
from campaigns.querysets import in_reach
from campaigns.rounds import other_rounds
from campaigns.views.rounds import campaign_of, tabs_of
from campaigns.views.walks import export_url
from campaigns.whole_walks import DEFINITION

SHOWN = 10
# Who compares the roster with the document: not the single walker, who sees nobody but themselves.
_CHECKERS = tuple(role for role in BUSINESS_ROLES if role != Role.WALKER)


@roles(*BUSINESS_ROLES)
@require_GET
def plan(request: HttpRequest) -> HttpResponse:
    """概况: coverage in figures, the nodes with how far the units are, my tasks, who hasn't walked."""
    campaign, on = campaign_of(request), timezone.localdate()
    context = {"tabs": tabs_of(request, "plan", campaign), "campaign": campaign}
    if campaign is None:
        return render(request, "campaigns/plan.html", context)
    rows = Obligation.objects.visible_to(request.posting).in_campaign(campaign).standing(on)
    walked = rows.walked_in(WalkSession.objects.in_campaign(campaign).held())
    tasks = WalkTask.objects.visible_to(request.posting).in_campaign(campaign).waiting()
    waiting = roster_rows(rows.exclude(pk__in=walked.values("pk")), campaign, on)
    context |= {
        **_covered(rows.count(), walked.count()),
        "late_tasks": tasks.filter(deadline__due_on__lt=on).count(),
        "waiting_tasks": tasks.count(),
        "nodes": nodes_in_reach(request.posting, campaign, on),
        "tasks": _task_table(tasks, on),
        "not_walked": Table(ROSTER, waiting[:SHOWN], url=Obligation.get_absolute_url),
        "rounds": other_rounds(campaign),
        "on": on,
    }
    return render(request, "campaigns/plan.html", context)


def _covered(obliged: int, walked: int) -> dict:
    """The figure 体验覆盖率 as the reports count it (reports.indicators: the same two queries)."""
    share = (
        f"{(Decimal(walked) * 100 / obliged).quantize(Decimal('0.1'), ROUND_HALF_UP)}%" if obliged else "—"
    )
    return {
        "obliged": obliged,
        "walked": walked,
        "not_walked_count": obliged - walked,
        "coverage": share,
        "coverage_note": f"{walked}/{obliged}",
    }


def _task_table(tasks, on: date) -> Table:
    lit = lit_tasks(task_rows(tasks)[:SHOWN], on=on, calendar=load_calendar())
    return Table(TASKS, lit, url=WalkTask.get_absolute_url)


@roles(*BUSINESS_ROLES)
@require_GET
def plan_people(request: HttpRequest) -> HttpResponse:
    """应走人员, those who haven't walked first; filters in the address, export as shown."""
    campaign, on = campaign_of(request), timezone.localdate()
    context = {"tabs": tabs_of(request, "plan_people", campaign), "campaign": campaign}
    if campaign is not None:
        visible = Obligation.objects.visible_to(request.posting)
        form = RosterFilter(request.GET or None, campaign=campaign, on=on, rows=visible.in_campaign(campaign))
        rows = roster_rows(form.narrow(visible), campaign, on)
        page = paginate(rows, request.GET.get("page"))
        context |= {
            "form": form,
            "table": Table(ROSTER, page, url=Obligation.get_absolute_url),
            "export_url": export_url(request, "plan_people"),
            "overlooked": _overlooked(request).count() if request.posting.role in _CHECKERS else 0,
        }
    return render(request, "campaigns/plan_people.html", context)


@roles(*_CHECKERS)
@require_GET
def plan_overlooked(request: HttpRequest) -> HttpResponse:
    """名单核对: whom the document names and the people workbook passes over, in reach."""
    campaign = campaign_of(request)
    page = paginate(overlooked_rows(_overlooked(request)), request.GET.get("page"))
    context = {
        "tabs": tabs_of(request, "plan_people", campaign),
        "campaign": campaign,
        "table": Table(OVERLOOKED, page, url=Person.get_absolute_url),
        "export_url": export_url(request, "plan_overlooked"),
    }
    return render(request, "campaigns/plan_overlooked.html", context)


def _overlooked(request: HttpRequest) -> QuerySet:
    return overlooked(Person.objects.visible_to(request.posting), timezone.localdate())


@roles(*BUSINESS_ROLES)
def obligation_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One 应走人员: since when, whether walked, exemption and its history; the office over them decides here."""
    visible = Obligation.objects.visible_to(request.posting)
    rows = visible.select_related("person__organization", "organization", "campaign", "exempted_by__person")
    row = get_object_or_404(rows, pk=pk)
    form = ReasonForm(request.POST if request.method == "POST" and not row.exempted_at else None)
    refusal = ""
    if request.method == "POST":
        try:
            if _decide(request, row, form):
                return redirect(row)
        except NotAllowed as error:
            refusal = str(error)
    own_walks = WalkSession.objects.visible_to(request.posting).filter(
        walkers=row.person_id, campaign=row.campaign
    )
    tasks = WalkTask.objects.visible_to(request.posting).filter(person=row.person_id, campaign=row.campaign)
    context = {
        "row": row,
        "approver": approver(row),
        "form": form,
        "refusal": refusal,
        "may_decide": row.ends_on is None and allows(check_can_exempt, request.posting, row),
        "walks": Table(WALKS, walk_rows(own_walks.held())[:50], url=WalkSession.get_absolute_url),
        "tasks": _task_table(tasks, timezone.localdate()),
        "history": visible.filter(person=row.person_id)
        .exclude(pk=row.pk)
        .select_related("organization", "campaign")
        .order_by("-starts_on"),
    }
    return render(request, "campaigns/obligation_detail.html", context, status=409 if refusal else 200)


def _decide(request: HttpRequest, row: Obligation, form: ReasonForm) -> bool:
    given = {"obligation": row, "by": request.posting, "now": timezone.now()}
    check_can_exempt(request.posting, row)
    if row.exempted_at:
        obligations.lift_exemption(**given)
        messages.success(request, f"已恢复{row.person.name}应走。")
        return True
    if not form.is_valid():
        return False
    obligations.exempt(reason=form.cleaned_data["reason"], **given)
    messages.success(request, f"已批准{row.person.name}免走。")
    return True


@roles(*BUSINESS_ROLES)
@require_GET
def plan_matters(request: HttpRequest) -> HttpResponse:
    """重点事项覆盖: matters × places, each cell a link to its walks."""
    campaign = campaign_of(request)
    context = {"tabs": tabs_of(request, "plan_matters", campaign), "campaign": campaign}
    if campaign is not None:
        form = CoverageFilter(request.GET or None)
        heat = heat_map(read_coverage(campaign), request.posting, form)
        context |= {"form": form, "heat": heat, "definition": DEFINITION}
        context["export_url"] = export_url(request, "plan_matters")
    return render(request, "campaigns/plan_matters.html", context)


@roles(*BUSINESS_ROLES)
def milestone_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One node: every unit's clock, what is still missing, the history of its date; 市审改办 moves it here."""
    milestone = get_object_or_404(Milestone.objects.select_related("campaign"), pk=pk)
    form, refusal = MoveForm(request.POST or None), ""
    may_move = allows(check_can_move_milestone, request.posting)
    if request.method == "POST":
        check_can_move_milestone(request.posting)
        if form.is_valid():
            try:
                change = milestones.move_milestone(
                    milestone=milestone,
                    by=request.posting,
                    now=timezone.now(),
                    calendar=load_calendar(),
                    **form.cleaned_data,
                )
            except NotAllowed as error:
                refusal = str(error)
            else:
                messages.success(request, f"期限已调整为 {change.new_due_on:%Y-%m-%d}，已通知各单位。")
                return redirect(milestone)
    context = {
        "milestone": milestone,
        "node": BY_KEY.get(milestone.key),
        "page": _duties(request, milestone),
        "changes": milestone.changes.select_related("changed_by__person").order_by("-changed_at", "-pk"),
        "form": form,
        "refusal": refusal,
        "may_move": may_move,
    }
    return render(request, "campaigns/milestone_detail.html", context, status=409 if refusal else 200)


def _duties(request: HttpRequest, milestone: Milestone):
    """A page of the units' clocks, the running ones first; each with its light and the key matters it still lacks."""
    rows = MilestoneDuty.objects.filter(in_reach(request.posting, "organization"), milestone=milestone)
    rows = rows.select_related("organization", "deadline")
    rows = rows.order_by(F("deadline__is_open").desc(), "organization__path")
    page = paginate(rows, request.GET.get("page"))
    on, calendar = timezone.localdate(), load_calendar()
    coverage = read_coverage(milestone.campaign) if milestone.key == "key_matters" else None
    for duty in page.object_list:
        duty.light = light_of_clock(duty.deadline, on=on, calendar=calendar)
        duty.missing = []
        if coverage is not None and duty.deadline.is_open:
            path = duty.organization.path
            duty.missing = [m for m in coverage.matters_of(path) if not coverage.at(m, path).full]
    return page
