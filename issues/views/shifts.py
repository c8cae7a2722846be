"""批量顺延: asked, previewed, then done; and what was moved before (contract §7.6)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from campaigns.access import roles
from campaigns.enums import Role
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.table import Table, paginate
from campaigns.ground.workdays import load_calendar
from campaigns.models import Campaign
from issues.actions.shifts import plan_shift, shift_dates
from issues.forms.shifts import ShiftFilter, ShiftForm
from issues.lists.meetings import SHIFTS, shift_rows
from issues.models import Shift
from issues.views.links import export_url


@roles(Role.REFORM_OFFICE)
def shift_list(request: HttpRequest) -> HttpResponse:
    """GET: form and history. POST: the preview; with `go`: done, if it is still what the preview showed."""
    form = ShiftForm(request.POST or None, posting=request.posting)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form)
    calendar = load_calendar()
    try:
        if "go" not in request.POST:
            moves = plan_shift(by=request.posting, calendar=calendar, **form.plan())
            return _page(request, form, moves=moves)
        count = request.POST.get("count", "")
        shift = shift_dates(
            by=request.posting,
            now=timezone.now(),
            campaign=Campaign.objects.current(),
            reason=form.cleaned_data["reason"],
            count=int(count) if count.isdecimal() else None,
            calendar=calendar,
            **form.plan(),
        )
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return _page(request, form)
    messages.success(request, f"已顺延 {shift.dates.count()} 条台账的时限，各单位已收到消息。")
    return redirect(shift)


def _page(request: HttpRequest, form: ShiftForm, moves=None) -> HttpResponse:
    visible = Shift.objects.visible_to(request.posting)
    query = ShiftFilter(request.GET, rows=visible)
    page = paginate(shift_rows(query.apply(visible)), request.GET.get("page"))
    context = {
        "form": form,
        "moves": moves,
        "query": query,
        "table": Table(SHIFTS, page, url=Shift.get_absolute_url),
        "export_url": export_url(request, "shifts"),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "issues/shift_list.html", context, status=status)


@roles(Role.REFORM_OFFICE)
@require_GET
def shift_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One 批量顺延 with every date it moved."""
    rows = Shift.objects.visible_to(request.posting)
    shift = get_object_or_404(rows.select_related("organization", "shifted_by__person"), pk=pk)
    dates = shift.dates.select_related("item__responsible_unit").order_by("item__number")
    context = {"shift": shift, "page": paginate(dates, request.GET.get("page"))}
    return render(request, "issues/shift_detail.html", context)
