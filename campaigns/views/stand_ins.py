"""请假和代签: who acts for me from–to, and for whom I act (contract §5)."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaigns.access import roles
from campaigns.actions.stand_ins import ROLES, end_stand_in, name_stand_in
from campaigns.forms.stand_ins import StandInForm
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Posting


@roles(*ROLES)
def stand_in_list(request: HttpRequest) -> HttpResponse:
    """GET: the page; POST: name a colleague."""
    on = timezone.localdate()
    form = StandInForm(request.POST or None, posting=request.posting, on=on)
    if request.method == "POST" and form.is_valid():
        try:
            named = name_stand_in(by=request.posting, now=timezone.now(), **form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"已请{named.person.name}{named.role_label}，到期自动结束。")
            return redirect("stand_in_list")
    return _page(request, form, on)


def _page(request: HttpRequest, form: forms.Form, on) -> HttpResponse:
    mine = request.posting.stand_ins.select_related("person").order_by("-started_on", "-pk")
    acting = Posting.objects.active(on).filter(person=request.posting.person, acting_for__isnull=False)
    context = {
        "form": form,
        "mine": [{"row": row, "is_over": row.ended_on < on} for row in mine[:20]],
        "acting": acting.select_related("acting_for__person", "organization").order_by("ended_on", "pk"),
    }
    status = 422 if form.is_bound else 200
    return render(request, "campaigns/stand_in_list.html", context, status=status)


@roles(*ROLES)
@require_POST
def stand_in_end(request: HttpRequest, pk: int) -> HttpResponse:
    """收回: the person is back."""
    stand_in = get_object_or_404(Posting, pk=pk, acting_for=request.posting)
    end_stand_in(stand_in=stand_in, by=request.posting, now=timezone.now())
    messages.success(request, "已收回。")
    return redirect("stand_in_list")
