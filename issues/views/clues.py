"""疑点: the list, one clue with its evidence, what 督查室 and the unit do about it; the rules and the restricted register."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from campaigns.access import roles
from campaigns.enums import Role
from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.ground.table import Table, paginate
from campaigns.models import Posting
from issues import clue_rights
from issues.actions import clue_flow
from issues.clue_page import evidence_of
from issues.clue_settings import threshold_now
from issues.clues import RULES
from issues.forms.clues import AnswerForm, AskForm, ClueFilter, DismissForm, OutcomeForm, UpholdForm
from issues.lists.clues import CLUES, OUTCOMES, clue_rows, outcome_page, outcome_rows, rule_name, with_totals
from issues.models import Clue, ClueOutcome
from issues.views.links import export_url

READERS = clue_rights.READERS


@roles(*READERS)
@require_GET
def clue_list(request: HttpRequest) -> HttpResponse:
    """The clues in scope, the heaviest walk first."""
    visible = with_totals(Clue.objects.visible_to(request.posting))
    form = ClueFilter(request.GET, rows=visible)
    threshold = threshold_now()
    page = paginate(clue_rows(form.apply(visible, threshold=threshold)), request.GET.get("page"))
    context = {
        "form": form,
        "table": Table(CLUES, page, url=Clue.get_absolute_url),
        "threshold": threshold,
        "is_inspector": request.posting.role == Role.INSPECTOR,
        "export_url": export_url(request, "clues"),
    }
    return render(request, "issues/clue_list.html", context)


@dataclass(frozen=True)
class Act:
    """One button of a clue: who may, its form, and what is done with what was typed."""

    slug: str
    label: str
    form: type[forms.Form]
    may: Callable[[Posting, Clue], bool]
    do: Callable[..., Any]
    kind: str = ""
    confirm: str = ""
    done: str = "已办理。"


def _may_uphold(posting: Posting, clue: Clue) -> bool:
    return clue_rights.allows(clue_rights.check_can_uphold, posting, clue, timezone.localdate())


def _may(check) -> Callable[[Posting, Clue], bool]:
    return lambda posting, clue: clue_rights.allows(check, posting, clue)


ACTS = {
    act.slug: act
    for act in (
        Act(
            "ask",
            "要求情况说明",
            AskForm,
            _may(clue_rights.check_can_ask),
            clue_flow.ask,
            kind="main",
            done="已要求填报单位在 5 个工作日内说明情况。",
        ),
        Act(
            "answer",
            "填写情况说明",
            AnswerForm,
            _may(clue_rights.check_can_answer),
            clue_flow.answer,
            kind="main",
            done="情况说明已提交督查室。",
        ),
        Act(
            "dismiss",
            "排除",
            DismissForm,
            _may(clue_rights.check_can_decide),
            lambda **said: clue_flow.decide(is_true=False, **said),
            done="已排除。",
        ),
        Act(
            "uphold",
            "认定属实",
            UpholdForm,
            _may_uphold,
            lambda **said: clue_flow.decide(is_true=True, **said),
            kind="danger",
            confirm="认定属实后不能更改，填报单位会收到通知。",
            done="已认定属实。",
        ),
        Act(
            "outcome",
            "登记处理",
            OutcomeForm,
            _may(clue_rights.check_can_record_outcome),
            clue_flow.record_outcome,
            done="已登记在疑点处理登记册。",
        ),
    )
}


def _clue_or_404(request: HttpRequest, pk: int) -> Clue:
    rows = Clue.objects.visible_to(request.posting).select_related(
        "session__reporting_unit", "session__campaign", "session__matter", "deadline", "asked_by__person"
    )
    return get_object_or_404(rows.prefetch_related("session__walkers"), pk=pk)


@roles(*READERS)
@require_GET
def clue_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _clue_or_404(request, pk))


def _page(
    request: HttpRequest,
    clue: Clue,
    *,
    tried: Act | None = None,
    form=None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    """The clue's page; with `tried`, its form stands open with what was typed and the sentence beside it."""
    posting = request.posting
    siblings = Clue.objects.visible_to(posting).filter(session=clue.session_id).exclude(pk=clue.pk)
    context = {
        "clue": clue,
        "rule": RULES.get(clue.rule),
        "rule_name": rule_name(clue.rule),
        "beside": evidence_of(clue, posting, request.GET.get("other", "")),
        "siblings": [(one, rule_name(one.rule)) for one in siblings.order_by("-weight", "rule")],
        "acts": [
            {
                "act": act,
                "form": form if act is tried else act.form(auto_id=f"{act.slug}_%s"),
                "is_open": act is tried,
            }
            for act in ACTS.values()
            if act is tried or act.may(posting, clue)
        ],
        "refusal": refusal,
        "history": _history(clue),
        "outcomes": ClueOutcome.objects.visible_to(posting).filter(clue=clue).order_by("on", "pk"),
        "is_inspector": posting.role == Role.INSPECTOR,
    }
    return render(request, "issues/clue_detail.html", context, status=status)


def _history(clue: Clue) -> list[dict[str, Any]]:
    """From the day it was raised to now, the oldest first."""
    entries = clue.entries.select_related("by__person").order_by("at", "pk")
    told = [
        {
            "at": entry.at,
            "who": entry.by.person.name if entry.by_id else "系统",
            "what": entry.get_act_display(),
            "why": entry.note,
            "tone": "",
        }
        for entry in entries
    ]
    return [{"at": clue.raised_on, "who": "系统", "what": "提出疑点", "why": "", "tone": ""}, *told]


@roles(*READERS)
@require_POST
def clue_act(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """One act on one clue; refused, what was typed stays on the page."""
    act = ACTS.get(slug)
    if act is None:
        raise Http404
    clue = _clue_or_404(request, pk)
    form = act.form(request.POST, auto_id=f"{act.slug}_%s")
    if not form.is_valid():
        return _page(request, clue, tried=act, form=form, status=422)
    try:
        act.do(clue=clue, by=request.posting, now=timezone.now(), **form.cleaned_data)
    except Changed as changed:
        fresh = _clue_or_404(request, pk)
        return _page(request, fresh, tried=act, form=form, refusal=str(changed), status=409)
    except NotAllowed as refusal:
        return _page(request, clue, tried=act, form=form, refusal=str(refusal), status=403)
    messages.success(request, act.done)
    return redirect(clue)


@roles(Role.INSPECTOR)
@require_GET
def outcome_list(request: HttpRequest) -> HttpResponse:
    """约谈、通报、移送 in reach: the restricted register."""
    page = paginate(outcome_rows(ClueOutcome.objects.visible_to(request.posting)), request.GET.get("page"))
    return render(request, "issues/clue_outcomes.html", {"table": Table(OUTCOMES, page, url=outcome_page)})
