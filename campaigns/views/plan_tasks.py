"""走流程任务: the list, one task, assigning singly or from a proposal; withdrawn with a reason."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from campaigns.access import roles
from campaigns.actions import planned_tasks
from campaigns.actions.planned_tasks import Wish
from campaigns.enums import BUSINESS_ROLES, Role, SessionMode, TaskOrigin
from campaigns.forms.plan import ProposalForm, ReasonForm, TaskFilter, TaskForm
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.table import Table, paginate
from campaigns.ground.workdays import load_calendar
from campaigns.models import Campaign, Matter, Organization, Person, WalkTask
from campaigns.permissions import can_start_walk
from campaigns.permissions_plan import UNIT_PLANNERS, allows, check_can_withdraw
from campaigns.places import walked_unit_for
from campaigns.plan_lists import TASKS, light_of_clock, lit_tasks, task_rows
from campaigns.querysets import in_reach
from campaigns.rounds import running_campaign
from campaigns.task_desk import Chosen, chosen, proposals
from campaigns.views.rounds import campaign_of, tabs_of
from campaigns.views.walks import export_url

_PLANNERS = (*UNIT_PLANNERS, Role.REFORM_OFFICE)
DAYS = 14  # what a task is given when nobody says otherwise


@roles(*BUSINESS_ROLES)
@require_GET
def task_list(request: HttpRequest) -> HttpResponse:
    """Tasks in scope, what waits first, by date."""
    campaign, on = campaign_of(request), timezone.localdate()
    context = {
        "tabs": tabs_of(request, "task_list", campaign),
        "campaign": campaign,
        "may_assign": request.posting.role in _PLANNERS,
    }
    if campaign is not None:
        visible = WalkTask.objects.visible_to(request.posting)
        form = TaskFilter(request.GET or None, campaign=campaign, on=on, rows=visible.in_campaign(campaign))
        page = paginate(task_rows(form.narrow(visible)), request.GET.get("page"))
        page.object_list = lit_tasks(page.object_list, on=on, calendar=load_calendar())
        context |= {
            "form": form,
            "table": Table(TASKS, page, url=WalkTask.get_absolute_url),
            "export_url": export_url(request, "plan_tasks"),
        }
    return render(request, "campaigns/task_list.html", context)


@roles(*BUSINESS_ROLES)
def task_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One task with its clock and the walk that did it; who may, withdraws it here."""
    visible = WalkTask.objects.visible_to(request.posting).select_related(
        "organization",
        "person",
        "matter",
        "walked_unit",
        "deadline",
        "session",
        "campaign",
        "assigned_by__person",
    )
    task = get_object_or_404(visible, pk=pk)
    form, refusal = ReasonForm(request.POST or None), ""
    if request.method == "POST":
        check_can_withdraw(request.posting, task)
        if form.is_valid():
            try:
                reason = form.cleaned_data["reason"]
                planned_tasks.withdraw_task(task=task, reason=reason, by=request.posting, now=timezone.now())
            except NotAllowed as error:
                refusal = str(error)
            else:
                messages.success(request, "任务已撤回。")
                return redirect(task)
    is_waiting = not task.done_on and not task.withdrawn_on
    calendar = load_calendar()
    ended = bool(task.withdrawn_on)
    context = {
        "task": task,
        "light": light_of_clock(task.deadline, on=timezone.localdate(), calendar=calendar, ended=ended),
        "form": form,
        "refusal": refusal,
        "may_withdraw": is_waiting and allows(check_can_withdraw, request.posting, task),
        "may_walk": is_waiting and can_start_walk(request.posting) and task.origin != TaskOrigin.COMPLAINT,
    }
    return render(request, "campaigns/task_detail.html", context, status=409 if refusal else 200)


@roles(*_PLANNERS)
def task_new(request: HttpRequest) -> HttpResponse:
    """One task by hand."""
    campaign = running_campaign(to="安排任务")
    initial = {"due_on": timezone.localdate() + timedelta(days=DAYS), "mode": SessionMode.SELF}
    initial |= {"organization": request.posting.organization} if request.posting.reach == "OWN" else {}
    form = TaskForm(request.POST or None, posting=request.posting, initial=initial | request.GET.dict())
    refusal = ""
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        place = said["walked_unit"] or walked_unit_for(said["matter"], said["organization"])
        wish = Wish(said["organization"], said["matter"], said["mode"], place, said["person"], said["reason"])
        try:
            task = _assign(request, campaign, [wish], said["due_on"])[0]
        except NotAllowed as error:
            refusal = str(error)
        else:
            messages.success(request, "任务已下达，已通知承担单位和本人。")
            return redirect(task)
    reach = in_reach(request.posting, "organization")
    context = {
        "form": form,
        "refusal": refusal,
        "unit_options": Organization.objects.order_by("code"),
        "matter_options": Matter.objects.order_by("code"),
        "people_options": Person.objects.filter(reach).serving(timezone.localdate()).order_by("code"),
    }
    return render(request, "campaigns/task_new.html", context, status=409 if refusal else 200)


def _assign(
    request: HttpRequest, campaign: Campaign, wishes: list[Wish], due_on: date, **given
) -> list[WalkTask]:
    return planned_tasks.assign_tasks(
        campaign=campaign,
        wishes=wishes,
        due_on=due_on,
        by=request.posting,
        now=timezone.now(),
        calendar=load_calendar(),
        **given,
    )


@roles(*_PLANNERS)
def task_propose(request: HttpRequest) -> HttpResponse:
    """A proposal for one unit: looked at, unticked where it doesn't fit, then assigned as shown."""
    campaign, units = running_campaign(to="安排任务"), _units(request)
    said = request.POST or request.GET or None
    initial = {"due_on": timezone.localdate() + timedelta(days=DAYS)}
    form = ProposalForm(said, units=units, initial=initial)
    context = {"tabs": tabs_of(request, "task_propose", campaign), "campaign": campaign, "form": form}
    if form.is_bound and form.is_valid():
        unit = next(unit for unit in units if unit.code == form.cleaned_data["organization"])
        context |= {"unit": unit, "rows": proposals(campaign, unit, timezone.localdate())}
        if request.method == "POST":
            try:
                rows = chosen(unit, context["rows"], request.POST.getlist("pick"))
                return _proposal_done(request, campaign, unit, rows, form.cleaned_data["due_on"])
            except NotAllowed as error:
                context["refusal"] = str(error)
    status = 409 if context.get("refusal") else 200
    return render(request, "campaigns/task_propose.html", context, status=status)


def _units(request: HttpRequest) -> list[Organization]:
    """Participating units in reach, the posting's own first."""
    rows = Organization.objects.filter(in_reach(request.posting)).participating().order_by("path")
    own = request.posting.organization_id
    return sorted(rows, key=lambda unit: unit.pk != own)


def _proposal_done(
    request: HttpRequest, campaign: Campaign, unit: Organization, rows: list[Chosen], due_on: date
) -> HttpResponse:
    wishes = [Wish(unit, row.matter, row.mode, row.place, row.person) for row in rows]
    tasks = _assign(request, campaign, wishes, due_on)
    messages.success(request, f"已下达 {len(tasks)} 个任务，已通知{unit.label}和本人。")
    return redirect(f"{reverse('task_list')}?organization={unit.code}&state=未完成")
