"""考核: the sheets, one sheet by group, one unit's card with its 异议 (五(三))."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaigns.access import roles
from campaigns.enums import Role
from campaigns.forms.filters import of_round
from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.ground.table import Table, paginate
from campaigns.ground.workdays import load_calendar
from campaigns.models import Campaign
from issues.views.links import export_address
from reports.actions.scores import (
    answer_objection,
    can_answer,
    can_object,
    check_can_score,
    check_can_set_policy,
    draft_sheet,
    first_policy,
    objecting_until,
    policy_of,
    publish_sheet,
    raise_objection,
    set_policy,
)
from reports.forms_scores import POLICY_LABELS, AnswerForm, DraftForm, ObjectionForm, PolicyForm
from reports.models import ScoreCard, ScoreObjection, ScoreSetting, ScoreSheet
from reports.querysets import READERS
from reports.score_lists import RANKING, SCORES, SHEETS, by_group, card_rows, lines_of, with_points
from reports.scoring import Policy


@roles(*READERS)
def score_list(request: HttpRequest) -> HttpResponse:
    """GET: the sheets. POST: 审改办 has one reckoned; it is seen by nobody else until it is published."""
    campaign, may_draft = Campaign.objects.current(), request.posting.role == Role.REFORM_OFFICE
    form = DraftForm(request.POST or None, initial={"on": timezone.localdate()})
    if request.method == "POST":
        check_can_score(request.posting, request.posting.organization)
    if request.method == "POST" and campaign and form.is_valid():
        try:
            sheet = draft_sheet(
                campaign=campaign, by=request.posting, now=timezone.now(), **form.cleaned_data
            )
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "考核表已算好，核对后公布。")
            return redirect(sheet)
    rows = of_round(ScoreSheet.objects.visible_to(request.posting), request.GET).select_related(
        "organization"
    )
    page = paginate(rows.order_by("-on", "-pk"), request.GET.get("page"))
    context = {
        "form": form if campaign and may_draft else None,
        "table": Table(SHEETS, page, url=ScoreSheet.get_absolute_url),
    }
    return render(request, "reports/score_list.html", context, status=422 if form.errors else 200)


@roles(Role.REFORM_OFFICE, Role.INSPECTOR)
def score_policy(request: HttpRequest) -> HttpResponse:
    """考核办法: the weights and numbers of the campaign, who changed them when and why; the city's 审改办 changes them."""
    campaign = Campaign.objects.current()
    if campaign is None:
        return render(request, "reports/score_policy.html", {"campaign": None})
    policy = policy_of(campaign)
    form = PolicyForm(request.POST or None, policy=policy)
    if request.method == "POST":
        check_can_set_policy(request.posting)
        if form.is_valid():
            try:
                set_policy(campaign=campaign, by=request.posting, now=timezone.now(), **form.said())
            except NotAllowed as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, "考核办法已调整，下次制作考核表时使用；已制作的考核表不变。")
                return redirect("score_policy")
    context = {
        "campaign": campaign,
        "numbers": [(label, policy.told()[name]) for name, label in POLICY_LABELS.items()],
        "form": form if _may(check_can_set_policy, request.posting) else None,
        "history": _policy_history(campaign),
    }
    return render(request, "reports/score_policy.html", context, status=422 if form.errors else 200)


def _may(check, *arguments) -> bool:
    try:
        check(*arguments)
    except NotAllowed:
        return False
    return True


def _policy_history(campaign: Campaign) -> list[dict]:
    """The changes, the newest first: what became what."""
    rows = ScoreSetting.objects.filter(campaign=campaign).select_related("set_by__person")
    before, told = first_policy(campaign).told(), []
    for row in rows.order_by("set_at", "pk"):
        changes = [
            f"{POLICY_LABELS[name]} {before[name]}→{value}"
            for name, value in row.numbers.items()
            if before.get(name) != value
        ]
        told.append(
            {
                "at": row.set_at,
                "who": row.set_by.person.name,
                "what": "；".join(changes),
                "why": row.reason,
                "tone": "",
            }
        )
        before = row.numbers
    return told[::-1]


def _sheet_or_404(request: HttpRequest, pk: int) -> ScoreSheet:
    rows = ScoreSheet.objects.visible_to(request.posting)
    return get_object_or_404(rows.select_related("organization", "campaign", "superseded_by"), pk=pk)


@roles(*READERS)
def score_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """By group. An office over the whole sheet reads every point; a unit its own groups' places and totals."""
    sheet, posting = _sheet_or_404(request, pk), request.posting
    whole = posting.covers(sheet.organization) and posting.role in (Role.REFORM_OFFICE, Role.INSPECTOR)
    cards = sheet.cards.all() if whole else ScoreCard.objects.ranked_for(posting, sheet)
    cards = with_points(list(card_rows(cards)))
    own = set(ScoreCard.objects.visible_to(posting).filter(sheet=sheet).values_list("pk", flat=True))
    tables = [
        (group, Table(SCORES if whole else RANKING, rows, url=lambda card: _card_url(card, own)))
        for group, rows in by_group(cards).items()
    ]
    may_publish = (
        posting.role == Role.REFORM_OFFICE
        and sheet.published_at is None
        and posting.organization_id == sheet.organization_id
    )
    context = {
        "sheet": sheet,
        "groups": tables,
        "policy": Policy.read(sheet.policy),
        "may_publish": may_publish,
        "export_url": export_address("scores", f"sheet={sheet.pk}") if whole else "",
    }
    return render(request, "reports/score_sheet.html", context)


def _card_url(card: ScoreCard, own: set[int]) -> str:
    return card.get_absolute_url() if card.pk in own else ""


@roles(Role.REFORM_OFFICE)
@require_POST
def score_publish(request: HttpRequest, pk: int) -> HttpResponse:
    sheet = publish_sheet(sheet=_sheet_or_404(request, pk), by=request.posting, now=timezone.now())
    messages.success(request, f"{sheet.period}考核表已公布，各单位主要负责人已收到消息。")
    return redirect(sheet)


def _card_or_404(request: HttpRequest, pk: int, code: str) -> ScoreCard:
    rows = ScoreCard.objects.visible_to(request.posting).select_related("organization", "sheet__campaign")
    return get_object_or_404(rows.select_related("sheet__organization"), sheet=pk, organization__code=code)


def _card_page(request: HttpRequest, card: ScoreCard, *, form=None, refused: int = 0) -> HttpResponse:
    """The card; `form` is the one that was sent and refused, with what was typed."""
    objections = list(
        card.objections.select_related("raised_by__person", "answered_by__person").order_by("pk")
    )
    is_open = any(objection.answered_at is None for objection in objections)
    on, calendar = timezone.localdate(), load_calendar()
    may_object = can_object(request.posting, card, on, calendar)
    may_answer = is_open and can_answer(request.posting, card)
    context = {
        "card": card,
        "lines": lines_of(card, request.posting),
        "until": objecting_until(card, calendar),
        "objections": objections,
        "objection_form": (form or ObjectionForm()) if may_object else None,
        "answer_form": (form or AnswerForm()) if may_answer else None,
    }
    return render(request, "reports/score_card.html", context, status=refused or 200)


@roles(*READERS)
def score_card(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """One unit's card. POST: its 主要负责人 raises an 异议."""
    card = _card_or_404(request, pk, code)
    if request.method != "POST":
        return _card_page(request, card)
    form = ObjectionForm(request.POST)
    if not form.is_valid() and can_object(request.posting, card, timezone.localdate(), load_calendar()):
        return _card_page(request, card, form=form, refused=422)
    raise_objection(card=card, text=form.cleaned_data.get("text", ""), by=request.posting, now=timezone.now())
    messages.success(request, "异议已提交，请等待答复。")
    return redirect(card)


@roles(Role.REFORM_OFFICE, Role.INSPECTOR)
@require_POST
def score_answer(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """答复 the card's open 异议."""
    card, form = _card_or_404(request, pk, code), AnswerForm(request.POST)
    objection = ScoreObjection.objects.filter(card=card, answered_at__isnull=True).first()
    if objection is None:
        raise Changed("没有待答复的异议。")
    if not form.is_valid() and can_answer(request.posting, card):
        return _card_page(request, card, form=form, refused=422)
    said = {"upheld": form.cleaned_data.get("upheld", False), "answer": form.cleaned_data.get("answer", "")}
    answer_objection(objection=objection, by=request.posting, now=timezone.now(), **said)
    messages.success(
        request, "已答复。采纳的，请重新制作并公布更正的考核表。" if said["upheld"] else "已答复。"
    )
    return redirect(card)
