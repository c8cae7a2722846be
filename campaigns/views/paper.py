"""打印登记表: the walk on paper, for halls where no phone is wanted; keyed in later it counts the same (contract §9)."""

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from campaigns.access import roles
from campaigns.enums import Channel, Role, SessionMode, StepKind, Verdict
from campaigns.forms.log_catalogue import NOT_ON_THE_PHONE
from campaigns.forms.walks import WalkForm
from campaigns.guide import FIVE
from campaigns.models import Category
from campaigns.modes import FORMS

# Blank rows after the expected steps: a return loop or two.
SPARE_STEPS, CASE_ROWS = 4, 3


@roles(Role.REPORTER, Role.WALKER)
@require_GET
def walk_paper(request: HttpRequest) -> HttpResponse:
    """One form's blank sheet, on one A4 page; ?mode= chooses the form, by its key or its name."""
    said = request.GET.get("mode", "")
    shape = next((one for one in FORMS.values() if said in (one.mode, one.label)), FORMS[SessionMode.SELF])
    grouped = groupby(Category.objects.order_by("code"), key=lambda category: category.group)
    context = {
        "shape": shape,
        "shapes": FORMS.values(),
        "channels": Channel.labels,
        "verdicts": Verdict.labels,
        "own": [WalkForm.base_fields[name].label for name in shape.extra if name not in NOT_ON_THE_PHONE],
        "steps": [StepKind(kind).label for kind in shape.steps] + [""] * SPARE_STEPS,
        "cases": range(CASE_ROWS) if shape.has_cases else (),
        "numbers": [(label, unit) for _, label, unit, _, _ in FIVE],
        "points": [(name, list(categories)) for name, categories in grouped],
    }
    return render(request, "campaigns/walk_paper.html", context)
