"""Pages of campaigns that also show what was found: a walk, a matter. They stand here because they look at problems."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from campaigns.access import roles
from campaigns.case_check import check_cases
from campaigns.enums import BUSINESS_ROLES, Channel, CheckVerdict, MatterFocus, Role
from campaigns.forms.walk_parts import EvidenceForm
from campaigns.ground.bars import place_bars
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.table import Table
from campaigns.ground.workdays import load_calendar
from campaigns.guide import five_numbers
from campaigns.lists import WALKS, walk_rows, words_of
from campaigns.models import Matter, WalkSession
from campaigns.modes import FORMS
from campaigns.on_the_spot import arrival_facts, noted, skew_words
from campaigns.permissions import can_confirm, can_correct, can_edit
from campaigns.process_page import ProcessPage, process_page
from campaigns.versions import amendments, holding_version
from campaigns.views.cases import cases_url
from campaigns.whole_walks import DEFINITION, themes, unit_rows
from issues.lights import lit
from issues.lists import DEMANDS, PROBLEMS, demand_rows, problem_rows
from issues.models import Demand, Problem
from issues.permissions import check_can_register

_SHOWN = 50
MANY = 2000  # walks of one matter, from which its page is put together in two requests


@roles(*BUSINESS_ROLES)
@require_GET
def walk_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One walk: facts, people, time line, points, numbers, files, and what was found on it."""
    session = get_object_or_404(_walks(request), pk=pk)
    steps = list(session.steps.order_by("sequence"))
    holding = holding_version(session)
    bars = place_bars([(step.started_at, step.ended_at, step.waiting_minutes) for step in steps])
    context = {
        "session": session,
        "shape": FORMS[session.mode],
        "facts": _facts(session),
        "steps": list(zip(steps, bars, strict=True)),
        "case_checks": check_cases(session),
        "points": _points(session),
        "noted": noted(session, steps),
        "skew": skew_words(session),
        "verdicts": _verdicts(session),
        "numbers": five_numbers(session.matter, session.walked_unit, session),
        "evidence": (holding or session).evidence.select_related("file").order_by("pk"),
        "evidence_form": EvidenceForm(),
        "may_edit": can_edit(request.posting, session),
        "may_confirm": can_confirm(request.posting, session),
        "may_correct": can_correct(request.posting, session),
        "amendments": amendments(session),
        "holding": holding,
        "may_register": session.held_on is not None and holding is None and _may_register(request, session),
        **_found(request, session=holding or session),
    }
    return render(request, "campaigns/walk_detail.html", context)


def _walks(request: HttpRequest):
    related = (
        "reporting_unit",
        "walked_unit",
        "matter",
        "complaint",
        "recorded_by__person",
        "confirmed_by__person",
        "amended_by__person",
    )
    visible = WalkSession.objects.visible_to(request.posting).select_related("campaign", *related)
    return visible.prefetch_related("walkers__organization", "companions", "cases__matter")


def _may_register(request: HttpRequest, session: WalkSession) -> bool:
    try:
        check_can_register(request.posting, session.reporting_unit)
    except NotAllowed:
        return False
    return True


def _points(session: WalkSession) -> dict[str, Any]:
    """Points looked at: those that failed, those that conform, those that don't apply."""
    points = list(session.checkpoints.select_related("category").order_by("category__code"))
    return {
        "failed": [point for point in points if point.verdict == CheckVerdict.FAILS],
        "fine": [point for point in points if point.verdict == CheckVerdict.CONFORMS],
        "apart": [point for point in points if point.verdict == CheckVerdict.NOT_APPLICABLE],
        "unseen": 32 - len(points),
    }


def _verdicts(session: WalkSession) -> list[tuple[str, str, bool]]:
    """问明白、跑明白、办明白: label, answer, and whether it falls short of 能."""
    return [
        (
            session._meta.get_field(name).verbose_name,
            getattr(session, f"get_{name}_display")(),
            value not in ("", "YES"),
        )
        for name, value in (
            ("asks_clear", session.asks_clear),
            ("runs_clear", session.runs_clear),
            ("done_clear", session.done_clear),
        )
    ]


def _facts(session: WalkSession) -> list[tuple[str, Any]]:
    """Label and value of what stands once; own facts only where this form asks for them."""
    own = {
        "authorization_number": session.authorization_number,
        "authorized_by": session.authorized_by,
        "authorized_until": session.authorized_until,
        "accompanied": session.accompanied,
        "window": session.window,
        "work_order": session.work_order,
        "blocking_step": session.get_blocking_step_display(),
    }
    shape = FORMS[session.mode]
    return [
        ("体验形式", shape.label),
        ("办理渠道", session.get_channel_display()),
        ("填报单位", session.reporting_unit.label),
        ("被体验单位", session.walked_unit.label),
        ("地点", session.place),
        ("开始时间", session.started_at),
        ("结束时间", session.ended_at),
        ("真实或模拟", "模拟体验" if session.is_simulated else "真实办件"),
        ("办件编号", session.case_number),
        ("是否事先告知", session.was_announced),
        *((session._meta.get_field(name).verbose_name, own[name]) for name in shape.extra if name in own),
        *arrival_facts(session),
        ("填报人", _who(session.recorded_by)),
        ("填报时间", session.recorded_at),
        ("本人确认", _who(session.confirmed_by)),
        ("确认时间", session.confirmed_at),
    ]


def _who(user: Any) -> str:
    person = getattr(user, "person", None) if user else None
    return person.name if person else user.get_username() if user else ""


def _found(request: HttpRequest, **where: Any) -> dict[str, Table]:
    """Problems and demands in scope that were found there, with today's lights."""
    problems = list(problem_rows(Problem.objects.visible_to(request.posting).filter(**where))[:_SHOWN])
    demands = list(demand_rows(Demand.objects.visible_to(request.posting).filter(**where))[:_SHOWN])
    items = [row.item for row in (*problems, *demands) if hasattr(row, "item")]
    lit(items, on=timezone.localdate(), calendar=load_calendar())
    return {
        "problems": Table(PROBLEMS, problems, url=Problem.get_absolute_url),
        "demands": Table(DEMANDS, demands, url=Demand.get_absolute_url),
        "registered": {problem.category_id for problem in problems},
        "worded": {problem.text for problem in problems},
    }


def _process(request: HttpRequest, matter: Matter, *, by_place: bool = True) -> ProcessPage:
    return process_page(matter, may_open=request.posting.role in BUSINESS_ROLES, by_place=by_place)


@roles(*BUSINESS_ROLES, Role.ADMIN)
@require_GET
def matter_places(request: HttpRequest, code: str) -> HttpResponse:
    """The counties side by side and the units, for the page of a matter with so many walks that they come apart."""
    matter = get_object_or_404(Matter.objects.visible_to(request.posting).select_related("owner"), code=code)
    if "HX-Request" not in request.headers:
        return redirect(f"{matter.get_absolute_url()}?places=1#places")
    context = {"matter": matter, "process": _process(request, matter), "whole_means": DEFINITION}
    return render(request, "campaigns/_matter_places.html", context | _running(matter))


def _running(matter: Matter) -> dict[str, Any]:
    """The units that run it, and which of them have not been walked the whole way."""
    rows = unit_rows(matter)
    return {"units": rows, "unwalked": [row.unit for row in rows if not row.whole]}


@roles(*BUSINESS_ROLES, Role.ADMIN)
@require_GET
def matter_detail(request: HttpRequest, code: str) -> HttpResponse:
    """One matter: its guide, the units that run it, its walks and the problems found on it."""
    visible = Matter.objects.visible_to(request.posting).select_related("owner")
    matter = get_object_or_404(visible, code=code)
    walks = WalkSession.objects.visible_to(request.posting).newest().filter(matter=matter)
    apart = "places" not in request.GET and matter.sessions.count() >= MANY
    context = {
        "matter": matter,
        "focuses": words_of(matter.focuses, MatterFocus),
        "channels": words_of(matter.channels, Channel),
        "places_url": reverse("matter_places", args=[matter.code]) if apart else "",
        **({} if apart else _running(matter)),
        "theme": themes([matter.theme], WalkSession.objects.all())[0] if matter.theme else None,
        "whole_means": DEFINITION,
        "process": _process(request, matter, by_place=not apart),
        "cases_url": cases_url(request.posting, matter),
        "walks": Table(WALKS, walk_rows(walks)[:_SHOWN], url=WalkSession.get_absolute_url),
        **_found(request, matter=matter),
    }
    return render(request, "campaigns/matter_detail.html", context)
