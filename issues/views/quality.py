"""质量评价: a queue that shows what was found and not who found it (contract §5).

No number, unit, walk or person of the reporting unit stands on the page (a number carries the unit's code), and the
order follows neither unit nor day.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from campaigns.access import roles
from campaigns.enums import Role
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.table import Table, paginate
from issues.actions.judging import judge_problem
from issues.enums import Quality
from issues.forms.quality import QualityFilter
from issues.lists.quality import JUDGED, judged_rows
from issues.models import Problem
from issues.views.links import export_url

SHOWN = 10


@roles(Role.REFORM_OFFICE)
def quality_queue(request: HttpRequest) -> HttpResponse:
    """GET: ten at a time, or what was judged; POST: what was chosen is kept, what wasn't stays in the queue."""
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
            return redirect(request.get_full_path())
    form = QualityFilter(request.GET)
    rows = judged_rows(form.apply(Problem.objects.judged_by(request.posting)))
    context = {
        "form": form,
        "export_url": export_url(request, "quality"),
        "choices": Quality.choices,
        "refused": refused,
    }
    if form.is_queue:
        context |= {"count": rows.count(), "rows": rows[:SHOWN]}
    else:
        context["table"] = Table(JUDGED, paginate(rows, request.GET.get("page")))
    return render(request, "issues/quality_queue.html", context, status=409 if refused else 200)
