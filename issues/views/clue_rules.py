"""疑点规则: how often each rule was right, how heavy it is, who changed that when and why; and the halls' own hours."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from campaigns.access import roles
from campaigns.enums import Role
from campaigns.models import Campaign
from campaigns.rounds import running_campaign
from issues import clue_rights
from issues.actions import clue_flow
from issues.clue_settings import Settings, settings_of
from issues.clues import RULES, Rule
from issues.forms.clues import HoursForm, WeighForm
from issues.lists.clues import plain, precision, rule_name
from issues.models import Clue, ClueSetting, HallHours


@roles(Role.INSPECTOR)
@require_GET
def rule_list(request: HttpRequest) -> HttpResponse:
    return _page(request)


def _page(
    request: HttpRequest, *, weigh: WeighForm | None = None, hours: HoursForm | None = None, status: int = 200
) -> HttpResponse:
    campaign = running_campaign(to="调整疑点规则")
    settings = settings_of(campaign)
    counts = precision(Clue.objects.visible_to(request.posting).in_campaign(campaign))
    context = {
        "campaign": campaign,
        "threshold": plain(settings.threshold),
        "rules": [_row(rule, settings, counts.get(rule.key, {})) for rule in RULES.values()],
        "history": _history(campaign),
        "hours": HallHours.objects.select_related("organization").order_by("organization__path"),
        "may_weigh": clue_rights.allows(clue_rights.check_can_weigh, request.posting),
        "weigh": weigh or WeighForm(auto_id="weigh_%s"),
        "weigh_open": weigh is not None,
        "hours_form": hours or HoursForm(),
        "hours_open": hours is not None,
    }
    return render(request, "issues/clue_rules.html", context, status=status)


def _row(rule: Rule, settings: Settings, counts: dict[str, int]) -> dict:
    decided = counts.get("TRUE", 0) + counts.get("DISMISSED", 0)
    is_on = rule.key in settings.weights
    return {
        "rule": rule,
        "weight": plain(settings.weights[rule.key]) if is_on else "停用",
        "is_default": rule.key not in settings.rows,
        "raised": counts.get("raised", 0),
        "true": counts.get("TRUE", 0),
        "decided": decided,
        "precision": f"{counts.get('TRUE', 0) / decided:.0%}" if decided else "—",
    }


def _history(campaign: Campaign) -> list[dict]:
    rows = (
        ClueSetting.objects.filter(campaign=campaign)
        .select_related("set_by__person")
        .order_by("-set_at", "-pk")
    )
    return [
        {
            "at": row.set_at,
            "who": row.set_by.person.name,
            "what": f"{_named(row.rule)}：{f'权重 {plain(row.weight)}' if row.is_on else '停用'}",
            "why": row.reason,
            "tone": "",
        }
        for row in rows
    ]


def _named(key: str) -> str:
    return "阈值" if key == ClueSetting.THRESHOLD else f"{key} {rule_name(key)}"


@roles(Role.INSPECTOR)
@require_POST
def rule_weigh(request: HttpRequest) -> HttpResponse:
    """Another weight, or off, from the next run on."""
    clue_rights.check_can_weigh(request.posting)
    form = WeighForm(request.POST, auto_id="weigh_%s")
    if not form.is_valid():
        return _page(request, weigh=form, status=422)
    clue_flow.weigh_rule(
        campaign=running_campaign(to="调整疑点规则"),
        by=request.posting,
        now=timezone.now(),
        **form.cleaned_data,
    )
    messages.success(request, f"已调整{_named(form.cleaned_data['rule'])}，下次比对时生效。")
    return redirect("clue_rules")


@roles(Role.INSPECTOR)
@require_POST
def rule_hours(request: HttpRequest) -> HttpResponse:
    clue_rights.check_can_weigh(request.posting)
    form = HoursForm(request.POST)
    if not form.is_valid():
        return _page(request, hours=form, status=422)
    clue_flow.set_hall_hours(by=request.posting, now=timezone.now(), **form.cleaned_data)
    messages.success(request, f"已设置{form.cleaned_data['organization'].label}的办公时间。")
    return redirect("clue_rules")
