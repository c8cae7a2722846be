"""质量评价: a queue that shows what was found and not who found it (contract §5).

No number, unit, walk or person of the reporting unit stands on the page (a number carries the unit's code), and the
order follows neither unit nor day.
"""

from django.contrib import messages
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from campaigns.access import roles
from campaigns.enums import Role
from campaigns.ground.refusal import NotAllowed
from issues.actions.judging import judge_problem
from issues.enums import Quality
from issues.models import Problem

SHOWN = 10
_SHUFFLE = 7919  # a prime: neighbours in the list are no neighbours in the register


def _waiting(request: HttpRequest) -> QuerySet:
    """What waits for this office, shuffled."""
    rows = Problem.objects.unjudged_by(request.posting)
    return rows.annotate(place=F("pk") * _SHUFFLE % 10007).order_by("place", "pk")


@roles(Role.REFORM_OFFICE)
def quality_queue(request: HttpRequest) -> HttpResponse:
    """GET: ten at a time; POST: what was chosen is kept, what wasn't stays in the queue."""
    refused = []
    if request.method == "POST":
        kept = 0
        for name, value in request.POST.items():
            if not name.startswith("quality-") or not name[8:].isdecimal():
                continue
            problem = get_object_or_404(Problem.objects.visible_to(request.posting), pk=int(name[8:]))
            try:
                judge_problem(problem=problem, by=request.posting, now=timezone.now(), quality=value)
                kept += 1
            except NotAllowed as refusal:
                refused.append(str(refusal))
        if kept:
            messages.success(request, f"已评价 {kept} 条。")
        if not refused:
            return redirect("quality_queue")
    waiting = _waiting(request)
    context = {
        "count": waiting.count(),
        "rows": waiting.select_related("category", "matter")[:SHOWN],
        "choices": Quality.choices,
        "refused": refused,
    }
    return render(request, "issues/quality_queue.html", context, status=409 if refused else 200)
