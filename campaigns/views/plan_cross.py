"""交叉走流程: which municipal unit walks in which county, proposed, changed by hand, checked, assigned (三、体验时间)."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from campaigns.access import roles
from campaigns.actions.cross_tasks import assign_cross_plan
from campaigns.cross_desk import CrossDesk, read_desk
from campaigns.cross_plan import Pair, faults
from campaigns.enums import Role, TaskOrigin
from campaigns.forms.plan import CrossForm
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.workdays import load_calendar
from campaigns.models import Campaign, Milestone, WalkTask
from campaigns.permissions_plan import check_can_cross
from campaigns.rounds import running_campaign
from campaigns.views.plan_tasks import DAYS
from campaigns.views.rounds import tabs_of


@roles(Role.REFORM_OFFICE)
def plan_cross(request: HttpRequest) -> HttpResponse:
    """The 交叉 plan: proposed, changed by hand, checked by the planner's own rules, then assigned."""
    check_can_cross(request.posting)
    campaign = running_campaign(to="安排交叉任务")
    desk = read_desk(campaign)
    form = CrossForm(request.POST or None, initial={"due_on": _cross_due(campaign)})
    pairs, wrong, is_checked = desk.proposal(), [], False
    if request.method == "POST":
        pairs = _said(request, desk)
        wrong, is_checked = faults(pairs, *desk.sides, fixed=desk.fixed), True
        if form.is_valid() and not wrong and "confirm" in request.POST:
            try:
                tasks = assign_cross_plan(
                    campaign=campaign,
                    pairs=pairs,
                    due_on=form.cleaned_data["due_on"],
                    by=request.posting,
                    now=timezone.now(),
                    calendar=load_calendar(),
                )
            except NotAllowed as error:
                wrong = [str(error)]
            else:
                messages.success(request, f"已下达 {len(tasks)} 个交叉走流程任务，已通知各单位。")
                return redirect(f"{reverse('task_list')}?origin=交叉走流程")
    context = {
        "tabs": tabs_of(request, "plan_cross", campaign),
        "campaign": campaign,
        "form": form,
        "rows": _cross_rows(desk, pairs),
        "places": desk.places,
        "load": _load(desk, pairs),
        "faults": wrong,
        "is_checked": is_checked and not wrong and form.is_valid(),
        "fixed": WalkTask.objects.in_campaign(campaign)
        .filter(origin=TaskOrigin.CROSS, withdrawn_on__isnull=True)
        .select_related("organization", "walked_unit", "deadline")
        .order_by("organization__code"),
    }
    return render(request, "campaigns/plan_cross.html", context, status=409 if wrong else 200)


def _cross_due(campaign: Campaign) -> date:
    """The node's own day, while it is to come."""
    node = Milestone.objects.filter(campaign=campaign, key="cross_walk").first()
    today = timezone.localdate()
    return node.due_on if node and node.due_on > today else today + timedelta(days=DAYS)


def _said(request: HttpRequest, desk: CrossDesk) -> list[Pair]:
    """The pairs of the page as filled in; a unit set to nothing is left out."""
    said = {unit.code: request.POST.get(f"county-{unit.code}", "") for unit in desk.units}
    return [Pair(unit, county) for unit, county in said.items() if county]


def _cross_rows(desk: CrossDesk, pairs: list[Pair]) -> list[dict]:
    """One line a unit that isn't sent yet (or is sent once more): its county, its matter, where it has been."""
    chosen_for = {pair.unit: pair.county for pair in pairs}
    sent = {pair.unit for pair in desk.fixed}
    been: dict[str, list[str]] = {}
    labels = {place.code: place.label for place in desk.places}
    for pair in sorted(desk.been, key=lambda pair: (pair.unit, pair.county)):
        been.setdefault(pair.unit, []).append(labels.get(pair.county, pair.county))
    return [
        {
            "unit": unit,
            "county": chosen_for.get(unit.code, ""),
            "matter": desk.matter_for(unit),
            "been": "、".join(been.get(unit.code, [])),
        }
        for unit in desk.units
        if unit.code not in sent or unit.code in chosen_for
    ]


def _load(desk: CrossDesk, pairs: list[Pair]) -> list[tuple[str, int]]:
    every = {*pairs, *desk.fixed}
    return [(place.label, sum(pair.county == place.code for pair in every)) for place in desk.places]
