"""督办单: the list, one slip as it is printed, and 签发 (contract §8)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from campaigns.access import roles
from campaigns.actions.slips import can_sign, check_can_sign, needs_leader, rung_of, sign_slip
from campaigns.enums import Role
from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.ground.table import Table, paginate
from campaigns.ground.workdays import load_calendar
from campaigns.models import Slip
from issues.forms.acts import SlipForm
from issues.forms.filters import SlipFilter
from issues.lists.slips import SLIPS, slip_rows
from issues.views.links import export_url

READERS = (Role.REPORTER, Role.DEPUTY, Role.HEAD, Role.REFORM_OFFICE, Role.INSPECTOR)


@roles(*READERS)
@require_GET
def slip_list(request: HttpRequest) -> HttpResponse:
    visible = Slip.objects.visible_to(request.posting)
    form = SlipFilter(request.GET, rows=visible)
    page = paginate(slip_rows(form.apply(visible)), request.GET.get("page"))
    context = {
        "form": form,
        "table": Table(SLIPS, page, url=Slip.get_absolute_url),
        "export_url": export_url(request, "slips"),
    }
    return render(request, "issues/slip_list.html", context)


def _slip_or_404(request: HttpRequest, pk: int) -> Slip:
    rows = Slip.objects.visible_to(request.posting).select_related(
        "about__organization", "about__campaign", "about__person", "deadline", "signed_by__person"
    )
    return get_object_or_404(rows, pk=pk)


@roles(*READERS)
@require_GET
def slip_detail(request: HttpRequest, pk: int) -> HttpResponse:
    slip = _slip_or_404(request, pk)
    return _page(request, slip, SlipForm(needs_leader=needs_leader(slip)))


def _page(
    request: HttpRequest, slip: Slip, form: SlipForm, refusal: str = "", status: int = 200
) -> HttpResponse:
    on, calendar = timezone.localdate(), load_calendar()
    since = timezone.localdate(slip.signed_at) if slip.signed_at else on
    context = {
        "slip": slip,
        "rung": rung_of(slip),
        "days_late": max(0, calendar.workdays_between(slip.about.due_on, since)),
        "may_sign": can_sign(request.posting, slip),
        "form": form,
        "refusal": refusal,
    }
    return render(request, "issues/slip_detail.html", context, status=status)


@roles(Role.REFORM_OFFICE, Role.INSPECTOR)
@require_POST
def slip_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """签发: number, own limit, and the unit is told."""
    slip = _slip_or_404(request, pk)
    check_can_sign(request.posting, slip)
    form = SlipForm(request.POST, needs_leader=needs_leader(slip))
    if not form.is_valid():
        return _page(request, slip, form, status=422)
    try:
        signed = sign_slip(slip=slip, by=request.posting, now=timezone.now(), **form.cleaned_data)
    except Changed as changed:
        return _page(request, _slip_or_404(request, pk), form, refusal=str(changed), status=409)
    except NotAllowed as refusal:
        return _page(request, slip, form, refusal=str(refusal), status=422)
    messages.success(request, f"已签发 {signed.number}，{signed.deadline.due_on:%Y-%m-%d} 前办结。")
    return redirect(signed)
