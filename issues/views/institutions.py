"""长效机制 of a measure: registered with its paper, also long after the plan was signed; the paper is read here."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from campaigns.access import roles
from campaigns.enums import Role
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.serving import file_answer
from issues.actions.judging import record_institution
from issues.forms.institutions import InstitutionForm
from issues.models import Measure
from issues.permissions import check_can_write_measure

READERS = (Role.REPORTER, Role.DEPUTY, Role.HEAD, Role.REFORM_OFFICE, Role.INSPECTOR)


def _measure_or_404(request: HttpRequest, pk: int) -> Measure:
    rows = Measure.objects.visible_to(request.posting).select_related("lead_unit", "institution_file")
    return get_object_or_404(rows.distinct(), pk=pk)


@roles(Role.REPORTER)
def institution_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: the form with what is known; POST: registered, with the file."""
    measure = _measure_or_404(request, pk)
    check_can_write_measure(request.posting, measure.lead_unit)
    known = {
        "name": measure.institution,
        "number": measure.institution_number,
        "issued_on": measure.institution_issued_on,
    }
    form = InstitutionForm(request.POST or None, request.FILES or None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            record_institution(measure=measure, by=request.posting, now=timezone.now(), **form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{measure.number} 已登记长效机制。")
            return redirect(measure)
    status = 422 if form.is_bound else 200
    return render(request, "issues/institution_form.html", {"form": form, "measure": measure}, status=status)


@roles(*READERS)
@require_GET
def institution_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The paper itself, under the measure's scope."""
    measure = _measure_or_404(request, pk)
    if measure.institution_file is None:
        raise Http404
    return file_answer(measure.institution_file)
