"""整改台账 in bulk: what was ticked, on whatever page, is shown once more, then done one by one (issue: 批量办理).

The selection is a list of row ids; it is read anew through the posting's own scope at every step, so that a row outside
it is never reached, whatever the form says.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone

from campaigns.access import refuse, roles
from campaigns.enums import BUSINESS_ROLES, Role
from campaigns.ground.workdays import load_calendar
from issues.actions import duties, ledger
from issues.actions.bulk import MOST, act_on_each
from issues.forms import bulk as forms
from issues.forms.filters import LedgerFilter
from issues.models import LedgerItem
from issues.views.links import export_address

R = Role


@dataclass(frozen=True)
class BulkAct:
    """One button over the list: who has it, what it asks for, the action of one item. `run` None: the export."""

    slug: str
    label: str
    roles: tuple[str, ...]
    form: type[forms.BulkForm] | None = None
    run: Callable[..., Any] | None = None


_ACTS = (
    BulkAct("assign", "转办", (R.REFORM_OFFICE,), forms.BulkAssignForm, ledger.assign),
    BulkAct("accept", "签收", (R.REPORTER,), forms.BulkNoteForm, ledger.accept),
    BulkAct("pass_review", "单位审核通过", (R.DEPUTY,), forms.BulkNoteForm, ledger.pass_review),
    BulkAct("close", "销号", (R.REFORM_OFFICE, R.INSPECTOR), forms.BulkNoteForm, ledger.close),
    BulkAct("return", "退回重办", (R.REFORM_OFFICE, R.INSPECTOR), forms.BulkReasonForm, ledger.return_),
    BulkAct(
        "remind",
        "催办",
        (R.REFORM_OFFICE, R.INSPECTOR, R.DEPUTY, R.HEAD),
        forms.BulkNoteForm,
        duties.remind,
    ),
    BulkAct(
        "hand_over", "移交责任人", (R.REPORTER, R.DEPUTY, R.HEAD), forms.BulkHandOverForm, duties.hand_over
    ),
    BulkAct("export", "导出", BUSINESS_ROLES),
)
ACTS = {act.slug: act for act in _ACTS}


def acts_of(role: str) -> list[BulkAct]:
    """The buttons over the list for `role`, in the table's order."""
    return [act for act in _ACTS if role in act.roles]


def _chosen(request: HttpRequest) -> QuerySet:
    """What was ticked, or all the list's filter finds; always through the posting's own scope, at most MOST."""
    visible = LedgerItem.objects.visible_to(request.posting)
    if request.POST.get("whole"):
        form = LedgerFilter(QueryDict(request.POST.get("query", "")), rows=visible)
        on, calendar = timezone.localdate(), load_calendar()
        rows = form.apply(visible, posting=request.posting, on=on, calendar=calendar)
        picked = list(rows.order_by("number").values_list("pk", flat=True)[:MOST])
    else:
        picked = [int(pk) for pk in request.POST.getlist("item") if pk.isdecimal() and len(pk) < 19][:MOST]
    return (
        visible.filter(pk__in=picked)
        .select_related("problem", "demand", "responsible_unit", "deadline", "turn")
        .order_by("number")
    )


@roles(*BUSINESS_ROLES)
def ledger_bulk(request: HttpRequest) -> HttpResponse:
    """POST from the list: the chosen rows and the act's form; POST with `go`: done, one by one, and told one by one."""
    if request.method != "POST":
        return redirect("ledger_list")
    act = ACTS.get(request.POST.get("act", ""))
    if act is None or request.posting.role not in act.roles:
        return refuse(request, f"{act.label if act else '这个动作'}不由{request.posting.role_label}办理。")
    items = list(_chosen(request))
    if not items:
        return _page(request, act, items, nothing=True, status=422)
    if act.run is None:
        return redirect(export_address("ledger", urlencode({"picked": ",".join(str(i.pk) for i in items)})))
    going = "go" in request.POST
    form = act.form(request.POST if going else None, posting=request.posting, on=timezone.localdate())
    if not going or not form.is_valid():
        return _page(request, act, items, form=form, status=422 if going else 200)
    given = {name: value for name, value in form.cleaned_data.items() if value or name == "note"}
    done, refused = act_on_each(items=items, act=act.run, by=request.posting, now=timezone.now(), **given)
    context = {"act": act, "done": done, "refused": refused}
    return render(request, "issues/ledger_bulk_done.html", context)


def _page(request: HttpRequest, act: BulkAct, items, *, form=None, nothing=False, status=200) -> HttpResponse:
    context = {"act": act, "items": items, "form": form, "nothing": nothing, "most": MOST}
    return render(request, "issues/ledger_bulk.html", context, status=status)
