"""待核验: the list of items that wait for a 回头看核验, and the ten-minute page of one (contract §7.4)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from campaigns.access import roles
from campaigns.enums import BUSINESS_ROLES, Role
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.table import Table, paginate
from campaigns.ground.workdays import load_calendar
from issues.actions.verifying import walk_step_again
from issues.forms.filters import WaitingFilter
from issues.forms.look_back import LookBackForm
from issues.lists.verifications import WAITING, waiting_rows, with_waited
from issues.models import LedgerItem
from issues.permissions import check_can_walk_again
from issues.verifying import MAY_WAIT, waits_for_verifier, whole_because
from issues.views.ledger import item_or_404
from issues.views.links import export_url


@roles(*BUSINESS_ROLES)
@require_GET
def verification_list(request: HttpRequest) -> HttpResponse:
    """Items in scope that wait for somebody other than their applicant; who has waited longest first."""
    waiting = LedgerItem.objects.visible_to(request.posting).waiting_for_verifier()
    form = WaitingFilter(request.GET, rows=waiting)
    page = paginate(waiting_rows(form.apply(waiting).distinct()), request.GET.get("page"))
    page.object_list = with_waited(page.object_list, on=timezone.localdate(), calendar=load_calendar())
    context = {
        "form": form,
        "table": Table(WAITING, page, url=LedgerItem.get_absolute_url),
        "export_url": export_url(request, "verifications"),
        "may_wait": MAY_WAIT,
        "may_walk": request.posting.role in (Role.REPORTER, Role.WALKER),
    }
    return render(request, "issues/verification_list.html", context)


@roles(*BUSINESS_ROLES)
def look_back(request: HttpRequest, pk: int) -> HttpResponse:
    """One step walked again: the form, then one action that records the walk and verifies by it."""
    item = item_or_404(request, pk)
    check_can_walk_again(request.posting, item)
    if not waits_for_verifier(item):
        messages.info(request, f"{item.number} 现在不等待核验，请看下面的最新情况。")
        return redirect(item)
    now = timezone.now()
    form = LookBackForm(request.POST or None, item=item, posting=request.posting, now=now)
    if request.method == "POST" and form.is_valid():
        summary = form.cleaned_data["summary"]
        try:
            found = walk_step_again(
                item=item, by=request.posting, now=now, again=form.again(), summary=summary
            )
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            words = "有改善" if found.is_improved else "没有看到改善，审核时只能退回重办"
            messages.success(request, f"已核验 {item.number}：{words}。登记编号 {found.session.number}。")
            return redirect(item)
    context = {"item": item, "form": form, "whole_because": whole_because(item)}
    return render(request, "issues/look_back.html", context, status=422 if form.is_bound else 200)
