"""同类问题: the second step of registering a problem, the list of pairs, two items side by side, 审改办's verdict."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from campaigns.access import roles
from campaigns.enums import Role
from campaigns.ground.likeness import explain
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.table import Table, paginate
from issues.actions.recurrences import decide_recurrence, leave_to
from issues.forms.findings import ProblemForm
from issues.forms.recurrences import RecurrenceFilter, TwinsForm, VerdictForm
from issues.lists.recurrences import RECURRENCES, recurrence_rows
from issues.models import LedgerItem, Problem, Recurrence
from issues.permissions_twins import can_decide_twins
from issues.twins import Said, twins_of
from issues.views.links import export_url
from issues.views.selfchecks import selfcheck_of

READERS = (Role.REPORTER, Role.DEPUTY, Role.HEAD, Role.REFORM_OFFICE, Role.INSPECTOR)


def ask_about_twins(request: HttpRequest, form: ProblemForm) -> tuple[HttpResponse | None, dict[str, Any]]:
    """The second step of 登记问题: (page that asks, {}) or, once answered, (None, what register_beside wants to know).

    同一问题 is an answer, too: (where its item is shown, {}).
    """
    said = form.cleaned_data
    names = ("text", "category", "responsible_unit", "found_on", "matter", "step")
    twins = twins_of(Said(**{name: said[name] for name in names}))
    check = selfcheck_of(request)
    if not twins:
        return None, {"twins": [], "selfcheck": check}
    asked = TwinsForm(request.POST if "twins" in request.POST else None, twins=twins)
    if not asked.is_valid():
        return _ask(request, form, asked), {}
    if asked.same:
        leave_to(item=asked.same.item, by=request.posting, now=timezone.now(), selfcheck=check)
        return _left(request, asked.same.item), {}
    reason = asked.cleaned_data["reason"]
    return None, {"twins": twins, "again": asked.again, "reason": reason, "selfcheck": check}


def _ask(request: HttpRequest, form: ProblemForm, asked: TwinsForm) -> HttpResponse:
    shown = LedgerItem.objects.visible_to(request.posting).filter(pk__in=[t.item.pk for t in asked.twins])
    context = {
        "form": form,
        "asked": asked,
        "said": form.cleaned_data,
        "in_scope": set(shown.values_list("pk", flat=True)),
        "chosen": asked["choice"].value(),
        "wants_more": "more" in request.POST,
    }
    return render(request, "issues/problem_twins.html", context, status=422 if asked.is_bound else 200)


def _left(request: HttpRequest, item: LedgerItem) -> HttpResponse:
    words = f"没有重复登记：这个问题已在台账 {item.number}（{item.get_state_display()}）中办理。"
    messages.success(request, words, extra_tags="saved:problem_new")
    if LedgerItem.objects.visible_to(request.posting).filter(pk=item.pk).exists():
        return redirect(item)
    return redirect("problem_list")


@roles(*READERS)
@require_GET
def recurrence_list(request: HttpRequest) -> HttpResponse:
    visible = Recurrence.objects.visible_to(request.posting)
    form = RecurrenceFilter(request.GET, rows=visible)
    page = paginate(recurrence_rows(form.apply(visible)), request.GET.get("page"))
    context = {
        "form": form,
        "table": Table(RECURRENCES, page, url=Recurrence.get_absolute_url),
        "export_url": export_url(request, "recurrences"),
    }
    return render(request, "issues/recurrence_list.html", context)


def _pair_or_404(request: HttpRequest, pk: int) -> Recurrence:
    sides = [
        f"{side}__{name}"
        for side in ("later", "earlier")
        for name in ("problem__category", "problem__matter", "responsible_unit")
    ]
    rows = Recurrence.objects.visible_to(request.posting).select_related(*sides, "decided_by__person")
    return get_object_or_404(rows, pk=pk)


@roles(*READERS)
@require_GET
def recurrence_detail(request: HttpRequest, pk: int) -> HttpResponse:
    pair = _pair_or_404(request, pk)
    return _page(request, pair, VerdictForm(was_closed=pair.closed_on is not None))


def _page(request: HttpRequest, pair: Recurrence, form: VerdictForm, status: int = 200) -> HttpResponse:
    compared = explain(pair.later.problem.text, pair.earlier.problem.text)
    visible = LedgerItem.objects.visible_to(request.posting)
    in_scope = set(visible.filter(pk__in=[pair.later_id, pair.earlier_id]).values_list("pk", flat=True))
    context = {
        "pair": pair,
        "sides": [
            _side("后登记", pair.later, compared.parts_a, in_scope),
            _side("先登记", pair.earlier, compared.parts_b, in_scope),
        ],
        "form": form,
        "may_decide": can_decide_twins(request.posting, pair.later),
    }
    return render(request, "issues/recurrence_detail.html", context, status=status)


def _side(label: str, item: LedgerItem, parts: tuple, in_scope: set[int]) -> dict[str, Any]:
    """One of the two, with no name and, out of scope, no link."""
    return {
        "label": label,
        "item": item,
        "parts": parts,
        "url": item.get_absolute_url() if item.pk in in_scope else "",
    }


@roles(Role.REFORM_OFFICE)
@require_POST
def recurrence_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """审改办's verdict; decided again, the new one holds."""
    pair = _pair_or_404(request, pk)
    form = VerdictForm(request.POST, was_closed=pair.closed_on is not None)
    if not form.is_valid():
        return _page(request, pair, form, status=422)
    try:
        decided = decide_recurrence(
            recurrence=pair, by=request.posting, now=timezone.now(), **form.cleaned_data
        )
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return _page(request, pair, form, status=422)
    messages.success(request, f"已判定为“{decided.get_verdict_display()}”。")
    return redirect(pair)


def twin_links(request: HttpRequest, items: QuerySet[LedgerItem] | list[LedgerItem]) -> list[dict[str, Any]]:
    """Recurrences of the items, both ways, for the pages of a problem and of an item; two queries."""
    found = Recurrence.objects.again().filter(later__in=items) | Recurrence.objects.again().filter(
        earlier__in=items
    )
    pairs = list(found.select_related("later", "earlier").distinct().order_by("-later__found_on", "-pk"))
    own = {item.pk for item in items}
    return [
        {
            "pair": pair,
            "is_later": pair.later_id in own,
            "other": pair.earlier if pair.later_id in own else pair.later,
        }
        for pair in pairs
    ]


def problem_twins(request: HttpRequest, problem: Problem) -> list[dict[str, Any]]:
    """`twin_links` of a problem's item."""
    return twin_links(request, list(LedgerItem.objects.filter(problem=problem)))
