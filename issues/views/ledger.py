"""整改台账: the list, the page of one item, and everything that can be done with it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from campaigns.access import roles
from campaigns.enums import BUSINESS_ROLES, Role
from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.ground.serving import file_answer
from campaigns.ground.table import Table, paginate
from campaigns.ground.workdays import load_calendar
from issues import facts
from issues.evidence_check import remarks
from issues.evidence_facts import evidence_facts
from issues.followup_rights import wants_asking
from issues.forms.acts import ActForm
from issues.forms.filters import LedgerFilter
from issues.lights import days_left_of, light_of, lit
from issues.lists import LEDGER_PAGE, ledger_rows
from issues.models import ItemEvidence, LedgerItem, Measure
from issues.permissions import can_walk_again
from issues.querysets import WAITING_FOR_REVIEW
from issues.side_by_side import cases_beside, side_by_side
from issues.verifying import waits_for_verifier, whole_because
from issues.views.acts import ACTS, Act, acts_for, check_role
from issues.views.bulk import acts_of
from issues.views.links import export_url
from issues.views.recurrences import twin_links
from issues.views.selfchecks import spreading
from issues.workflow import check_can_move, last_sequence

_REVIEWERS = (Role.DEPUTY, Role.REFORM_OFFICE, Role.INSPECTOR)
_PLANNABLE = ("PLANNING", "RECTIFYING")


@roles(*BUSINESS_ROLES)
@require_GET
def ledger_list(request: HttpRequest) -> HttpResponse:
    """The items in scope, narrowed by the address; the light is counted for today."""
    on, calendar = timezone.localdate(), load_calendar()
    visible = LedgerItem.objects.visible_to(request.posting)
    form = LedgerFilter(request.GET, rows=visible)
    rows = form.apply(visible, posting=request.posting, on=on, calendar=calendar)
    page = paginate(rows.burning_first().values_list("pk", flat=True), request.GET.get("page"))
    # What a row shows besides is fetched for the page's rows only: ten times faster over a city.
    shown = ledger_rows(LedgerItem.objects.filter(pk__in=list(page)))
    page.object_list = lit(shown, on=on, calendar=calendar)
    context = {
        "form": form,
        "table": Table(LEDGER_PAGE, page, url=LedgerItem.get_absolute_url),
        "export_url": export_url(request, "ledger"),
        "bulk": acts_of(request.posting.role),
        "gaps_url": reverse("gap_overview") if request.posting.role != Role.WALKER else "",
    }
    return render(request, "issues/ledger_list.html", context)


def item_or_404(request: HttpRequest, pk: int) -> LedgerItem:
    """One item of the posting's scope, with everything its page shows of the row itself."""
    rows = LedgerItem.objects.visible_to(request.posting).select_related(
        "campaign",
        "problem__category",
        "problem__matter",
        "problem__session__matter",
        "problem__reporting_unit",
        "problem__responsible_unit",
        "demand__matter",
        "demand__session__matter",
        "demand__reporting_unit",
        "demand__responsible_unit",
        "reporting_unit",
        "responsible_unit",
        "deadline",
        "turn",
        "person",
        "merged_into",
        "verification__session",
        "verification__verified_by__person",
    )
    return get_object_or_404(rows, pk=pk)


@roles(*BUSINESS_ROLES)
@require_GET
def ledger_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return item_page(request, item_or_404(request, pk))


def item_page(
    request: HttpRequest,
    item: LedgerItem,
    *,
    tried: Act | None = None,
    form: ActForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    """The item's page; with `tried`, its form stands open with what was typed and the sentence beside it."""
    on, calendar = timezone.localdate(), load_calendar()
    offered = acts_for(item, request.posting, on)
    item.seen = last_sequence(item)
    context = {
        "item": item,
        "light": str(light_of(item, on=on, calendar=calendar)),
        "days_left": days_left_of(item, on=on, calendar=calendar),
        "turn": facts.whose_turn(item, on=on, calendar=calendar),
        "unanswered": facts.unanswered(item, on=on, calendar=calendar),
        "acts": [
            {
                "act": act,
                "form": form if act is tried else _form(act, request, item, on),
                "is_open": act is tried,
            }
            for act in offered
        ],
        "tried": tried,
        "tried_form": form,
        "refusal": refusal,
        "is_offered": tried in offered,
        "may_plan": _may_plan(request, item),
        "may_follow_up": wants_asking(request.posting, item),
        **_around(request, item),
    }
    return render(request, "issues/ledger_detail.html", context, status=status)


def _form(act: Act, request: HttpRequest, item: LedgerItem, on) -> ActForm:
    return act.form(item=item, posting=request.posting, on=on, slug=act.slug)


def _may_plan(request: HttpRequest, item: LedgerItem) -> bool:
    """Measures are written by the clerk of the responsible unit."""
    own = request.posting.organization_id == item.responsible_unit_id
    return own and request.posting.role == Role.REPORTER and item.state in _PLANNABLE


def _around(request: HttpRequest, item: LedgerItem) -> dict[str, Any]:
    """What hangs on the item: measures, evidence, requests, history, chases; a fixed number of queries."""
    clocks = facts.clocks_of(item)
    measures = item.finding.measures.select_related("lead_unit", "person").order_by("pk")
    said = facts.item_facts(item)
    found = facts.problem_facts(item.problem) if item.problem_id else facts.demand_facts(item.demand)
    return {
        "facts": said,
        "finding_facts": [pair for pair in found if pair[0] not in dict(said)],
        "measures": [
            {
                "measure": measure,
                "facts": facts.measure_facts(measure),
                "may_finish": may_finish(request, measure),
            }
            for measure in measures.prefetch_related("steps__deadline", "helper_units")
        ],
        "evidence": item.evidence.select_related("file", "added_by__person").order_by("pk"),
        **_looked_back(request, item),
        **_evidence_check(request, item),
        "extensions": item.extensions.select_related("asked_by__person", "decided_by__person").order_by("pk"),
        "consents": item.consents.select_related("asked_by__person", "decided_by__person").order_by("pk"),
        "twin_links": twin_links(request, [item]),
        **spreading(request, item),
        "merged": item.merged_items.select_related("problem", "demand").order_by("number"),
        "history": facts.history(item),
        "sees_survivor": _sees_survivor(request, item),
        "chases": facts.chases_of(item, clocks),
        "slips": facts.slips_of(item, request.posting, clocks),
        "light_changes": facts.light_changes_of(item),
    }


def _looked_back(request: HttpRequest, item: LedgerItem) -> dict[str, Any]:
    """The 核验 that counts beside the first walk, those before it, and whether somebody is waited for."""
    made = item.verifications.select_related("session", "verified_by__person").order_by("-verified_at", "-pk")
    found = item.verification
    waits = waits_for_verifier(item)
    return {
        "verification": found,
        "comparison": side_by_side(item, found) if found else [],
        "cases_beside": cases_beside(item) if found else [],
        "earlier_verifications": [one for one in made if one.pk != item.verification_id],
        "waits_for_verifier": waits,
        "whole_because": whole_because(item) if waits else "",
        "may_walk_again": waits and can_walk_again(request.posting, item),
    }


def _evidence_check(request: HttpRequest, item: LedgerItem) -> dict[str, Any]:
    """For who reviews, while there is something to decide: what strikes one about the evidence."""
    wanted = item.state in WAITING_FOR_REVIEW and request.posting.role in _REVIEWERS
    told = remarks(evidence_facts(item, request.posting)) if wanted else []
    return {"checks_evidence": wanted, "remarks": told}


def _sees_survivor(request: HttpRequest, item: LedgerItem) -> bool:
    """Whether the item this one was merged into may be opened; its history is told here either way."""
    visible = LedgerItem.objects.visible_to(request.posting)
    return item.merged_into_id is not None and visible.filter(pk=item.merged_into_id).exists()


def may_finish(request: HttpRequest, measure: Measure) -> bool:
    """Steps are marked done by the clerk of the lead unit."""
    return request.posting.role == Role.REPORTER and request.posting.organization_id == measure.lead_unit_id


@roles(*BUSINESS_ROLES)
def ledger_act(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """One move or request: who may is checked first, then the form, then one action."""
    act = ACTS.get(slug)
    if act is None:
        raise Http404
    item = item_or_404(request, pk)
    if request.method != "POST":
        return redirect(item)
    check_role(act, item, request.posting)
    now = timezone.now()
    form = act.form(
        request.POST,
        request.FILES,
        item=item,
        posting=request.posting,
        on=timezone.localdate(now),
        slug=act.slug,
    )
    try:
        if act.move:
            check_can_move(item=item, name=act.move, by=request.posting)
        if not form.is_valid():
            return item_page(request, item, tried=act, form=form, status=422)
        act.run(item=item, by=request.posting, now=now, **form.arguments())
    except Changed as changed:
        fresh = item_or_404(request, pk)
        return item_page(request, fresh, tried=act, form=form, refusal=str(changed), status=409)
    except NotAllowed as refusal:
        return item_page(request, item, tried=act, form=form, refusal=str(refusal), status=422)
    fresh = get_object_or_404(LedgerItem, pk=pk)
    words = f"{act.done}：{item.number}，现在是“{fresh.get_state_display()}”。"
    messages.success(request, words, extra_tags=f"saved:{act.slug}-{item.pk}")
    if LedgerItem.objects.visible_to(request.posting).filter(pk=pk).exists():
        return redirect(item)
    return redirect("ledger_list")


@roles(*BUSINESS_ROLES)
@require_GET
def ledger_file(request: HttpRequest, pk: int, evidence: int) -> HttpResponse:
    """One file of an item in scope."""
    visible = LedgerItem.objects.visible_to(request.posting).filter(pk=pk)
    found = get_object_or_404(ItemEvidence.objects.select_related("file"), pk=evidence, item__in=visible)
    return file_answer(found.file)
