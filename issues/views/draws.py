"""抽查: the draws of the reach, a 督查方案 and its list, the two signatures on each item."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from campaigns.access import roles
from campaigns.enums import Role
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.table import Table, paginate
from campaigns.models import Campaign
from issues.actions.draws import confirm_check, draw_planned, plan_draw, record_check, replay
from issues.followup_rights import wants_asking
from issues.forms.draws import CheckForm, DrawForm
from issues.forms.filters import DrawFilter
from issues.lists.draws import DRAWS, chance_words, draw_rows, drawn_rows, reason_words
from issues.models import Draw, DrawItem
from issues.views.links import export_url

READERS = (Role.INSPECTOR, Role.REFORM_OFFICE)


@roles(*READERS)
@require_GET
def draw_list(request: HttpRequest) -> HttpResponse:
    visible = Draw.objects.visible_to(request.posting)
    form = DrawFilter(request.GET, rows=visible)
    page = paginate(draw_rows(form.apply(visible)), request.GET.get("page"))
    context = {
        "form": form,
        "table": Table(DRAWS, page, url=Draw.get_absolute_url),
        "may_plan": request.posting.role == Role.INSPECTOR,
        "export_url": export_url(request, "draws"),
    }
    return render(request, "issues/draw_list.html", context)


@roles(Role.INSPECTOR)
def draw_new(request: HttpRequest) -> HttpResponse:
    """拟订并公布督查方案; what was typed stays when something is missing."""
    campaign, on = Campaign.objects.current(), timezone.localdate()
    form = DrawForm(request.POST or None, posting=request.posting, on=on)
    if request.method == "POST" and form.is_valid() and campaign:
        try:
            made = plan_draw(campaign=campaign, by=request.posting, now=timezone.now(), **form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{made.number} 已公布方案和种子。")
            return redirect(made)
    context = {"form": form, "campaign": campaign}
    return render(request, "issues/draw_form.html", context, status=422 if form.errors else 200)


def _draw_or_404(request: HttpRequest, pk: int) -> Draw:
    rows = Draw.objects.visible_to(request.posting).select_related(
        "organization", "campaign", "leader", "planned_by__person", "drawn_by__person"
    )
    return get_object_or_404(rows, pk=pk)


@roles(*READERS)
@require_GET
def draw_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan, the fingerprint, the list with each item's chance and why; `?replay=1` draws it again to compare."""
    draw = _draw_or_404(request, pk)
    context = {
        "draw": draw,
        "members": draw.members.select_related("organization").order_by("code"),
        "rows": [_row(each, request.posting) for each in drawn_rows(draw)],
        "is_same": replay(draw) if draw.is_drawn and "replay" in request.GET else None,
        "may_draw": request.posting.role == Role.INSPECTOR and not draw.is_drawn,
    }
    return render(request, "issues/draw_detail.html", context)


def _row(drawn: DrawItem, posting) -> dict:
    """One item of the list and what the reader may do with it; the action checks again and says why not."""
    is_mine = posting.role == Role.INSPECTOR and posting.person_id in (drawn.first_id, drawn.second_id)
    free = posting.role == Role.INSPECTOR and not drawn.first_id
    may = (is_mine or free) and not drawn.confirmed_at
    wrote = drawn.checked_by_id == posting.person.user_id
    return {
        "drawn": drawn,
        "chance": chance_words(drawn.chance),
        "reasons": reason_words(drawn.reasons),
        "may_follow_up": wants_asking(posting, drawn.item),
        "may_check": may and (not drawn.outcome or wrote),
        "may_confirm": may and drawn.outcome and not wrote,
    }


@roles(Role.INSPECTOR)
@require_POST
def draw_now(request: HttpRequest, pk: int) -> HttpResponse:
    """抽取."""
    draw = draw_planned(draw=_draw_or_404(request, pk), by=request.posting, now=timezone.now())
    messages.success(request, f"已从 {draw.population} 条中抽取 {draw.items.count()} 条。")
    return redirect(draw)


@roles(Role.INSPECTOR)
def draw_check(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """填写督查结论 of one item."""
    draw = _draw_or_404(request, pk)
    drawn = get_object_or_404(drawn_rows(draw), pk=item)
    form = CheckForm(request.POST or None, initial={"outcome": drawn.outcome, "note": drawn.note})
    if request.method == "POST" and form.is_valid():
        try:
            record_check(drawn=drawn, by=request.posting, now=timezone.now(), **form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{drawn.item.number} 的督查结论已保存，等待另一人复核签字。")
            return redirect(draw)
    context = {"draw": draw, "drawn": drawn, "form": form}
    return render(request, "issues/draw_check.html", context, status=422 if form.errors else 200)


@roles(Role.INSPECTOR)
@require_POST
def draw_confirm(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """复核签字."""
    draw = _draw_or_404(request, pk)
    drawn = get_object_or_404(draw.items, pk=item)
    signed = confirm_check(drawn=drawn, by=request.posting, now=timezone.now())
    messages.success(request, f"{signed.item.number} 已复核签字：{signed.get_outcome_display()}。")
    return redirect(draw)
