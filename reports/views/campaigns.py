"""行动: every round with its phase and size, the years, the next round, and the phases 系统管理员 moves it through."""

from django.contrib import messages
from django.db.models import Count, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from campaigns.access import roles
from campaigns.actions import campaigns
from campaigns.enums import BUSINESS_ROLES, CampaignPhase, CampaignState, Role
from campaigns.forms.plan import CampaignForm
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.table import Column, Table, paginate
from campaigns.models import Campaign, CampaignMatter, Obligation, Participation
from issues.models import LedgerItem
from reports.actions.rounds import begin_round, refresh_round
from reports.years import years

READERS = tuple(role for role in (*BUSINESS_ROLES, Role.ADMIN) if role != Role.WALKER)
CAMPAIGNS = (
    Column("行动编码", lambda row: row.code, link=True),
    Column("行动名称", lambda row: row.name),
    Column("开始日期", lambda row: row.opens_on, "date"),
    Column("结束日期", lambda row: row.closes_on, "date"),
    Column("阶段", lambda row: row.get_phase_display()),
    Column("状态", lambda row: row.get_state_display(), "state"),
    Column("参加单位", lambda row: row.units, "number"),
    Column("应走人员", lambda row: row.people, "number"),
    Column("重点事项", lambda row: row.matters, "number"),
)


def _rows() -> QuerySet:
    return Campaign.objects.select_related("previous").annotate(
        units=_number_of(Participation, "organization"),
        people=_number_of(Obligation, "person"),
        matters=_number_of(CampaignMatter, "matter"),
    )


def _number_of(model: type[Model], what: str) -> Coalesce:
    """How many different `what` a round has in `model`; joined together the three would multiply each other."""
    rows = model.objects.filter(campaign=OuterRef("pk")).order_by().values("campaign")
    return Coalesce(Subquery(rows.annotate(total=Count(what, distinct=True)).values("total")), 0)


@roles(*READERS)
@require_GET
def campaign_list(request: HttpRequest) -> HttpResponse:
    """All rounds, the newest first, and the figures of each year."""
    page = paginate(_rows().order_by("-opens_on", "-pk"), request.GET.get("page"))
    is_admin = request.posting.role == Role.ADMIN
    context = {
        "table": Table(CAMPAIGNS, page, url=Campaign.get_absolute_url),
        "may_run": is_admin,
        "years": [] if is_admin else years(request.posting, until=timezone.localdate()),
    }
    return render(request, "reports/campaign_list.html", context)


@roles(Role.ADMIN)
def campaign_new(request: HttpRequest) -> HttpResponse:
    """The first round, or the next one after another."""
    before = Campaign.objects.order_by("-opens_on", "-pk").first()
    form = CampaignForm(request.POST or None, initial={"previous": before})
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            campaign = begin_round(by=request.posting, now=timezone.now(), **form.cleaned_data)
        except NotAllowed as error:
            refusal = str(error)
        else:
            messages.success(request, f"已开启“{campaign.name}”，应走名单、阶段节点和上报材料已建立。")
            return redirect(campaign)
    context = {"form": form, "refusal": refusal}
    return render(request, "reports/campaign_new.html", context, status=409 if refusal else 200)


@roles(*READERS)
def campaign_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One round; 系统管理员 moves its phase, refreshes its roster, ends it."""
    campaign, refusal = get_object_or_404(_rows(), pk=pk), ""
    if request.method == "POST":
        try:
            messages.success(request, _act(request, campaign))
        except NotAllowed as error:
            refusal = str(error)
        else:
            return redirect(campaign)
    labels = dict(CampaignPhase.choices)
    context = {
        "campaign": campaign,
        "refusal": refusal,
        "nodes": campaign.milestones.order_by("due_on", "pk"),
        "open_items": LedgerItem.objects.in_campaign(campaign).open().count(),
        "carried": _carried(campaign),
        "phases": [(phase, labels[phase]) for phase in campaigns.phases_from(campaign.phase)],
        "may_run": request.posting.role == Role.ADMIN and campaign.state == CampaignState.OPEN,
    }
    return render(request, "reports/campaign_detail.html", context, status=409 if refusal else 200)


def _act(request: HttpRequest, campaign: Campaign) -> str:
    """The one deed of the button that was pressed; returns what is said about it."""
    given = {"campaign": campaign, "by": request.posting, "now": timezone.now()}
    campaigns.check_can_run_campaign(request.posting)
    if phase := request.POST.get("phase"):
        return f"行动已转入“{campaigns.move_phase(phase=phase, **given).get_phase_display()}”阶段。"
    if "refresh" in request.POST:
        told = refresh_round(**given)
        return f"名单已更新：新增 {told['added']} 人，调任 {told['moved']} 人，结束 {told['ended']} 人。"
    if "close" in request.POST:
        campaigns.close_campaign(**given)
        return "行动已结束；未销号的台账照常催办。"
    raise NotAllowed("没有选择要办的事。")


def _carried(campaign: Campaign) -> int:
    """上轮结转: items of the rounds before that are still open. Each stays one row of its own round."""
    before, seen = campaign.previous_id, set()
    while before and before not in seen:
        seen.add(before)
        before = Campaign.objects.values_list("previous_id", flat=True).get(pk=before)
    return LedgerItem.objects.filter(campaign__in=seen).open().count()
