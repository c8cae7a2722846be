"""The life of a campaign: opened (alone or as the next round), moved through its phases, closed.

衡政办函〔2022〕16号 三、体验时间 (“作为一场长期的工作来持续推进，促进其常态化、制度化”), 五(三) 回访. Run by 系统管理员 (contract §5).

A later round inherits the policy and the key matters; the roster is computed anew from the people workbook, whose 免走原因
stands. Open ledger items stay one row each, with their number and their campaign: they are chased and worked on until they
are closed, whatever has become of their round, and the next round shows them as 上轮结转.
"""

from datetime import date, datetime

from django.db import transaction

from campaigns.actions.deadlines import settle
from campaigns.actions.milestones import open_duties, open_milestones
from campaigns.actions.obligations import refresh_roster
from campaigns.enums import CampaignPhase, CampaignState, OrganizationKind
from campaigns.ground import audit
from campaigns.ground.calendar import Calendar
from campaigns.ground.clock import day_of
from campaigns.ground.deadlines import DeadlineKind
from campaigns.ground.lights import DEFAULT_LADDER
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.workdays import load_calendar
from campaigns.models import (
    Campaign,
    CampaignMatter,
    CampaignPolicy,
    Deadline,
    Matter,
    Organization,
    Participation,
    Posting,
)
from campaigns.permissions_plan import check_can_run_campaign

# 集中行动 → 回访 → 常态化; a phase entered by mistake can be stepped back.
PHASES = (CampaignPhase.ACTION, CampaignPhase.FOLLOW_UP, CampaignPhase.STANDING)
# Clocks that end with their round; the ledger's own run on.
OF_THE_ROUND = (DeadlineKind.TASK, DeadlineKind.MILESTONE, DeadlineKind.SUBMISSION)


@transaction.atomic
def open_campaign(
    *,
    code: str,
    name: str,
    document_number: str,
    opens_on: date,
    closes_on: date,
    now: datetime,
    by: Posting | None = None,
    previous: Campaign | None = None,
) -> Campaign:
    """Open a round: policy, the units marked 是否参加, key matters, roster, the three nodes and their clocks.

    by: None is the server room. previous: the round whose policy and key matters go on; without one the default ladder and
    the matters with a 重点类别 (四、体验重点). Raises NotAllowed for a code that is taken, or an end before the start.
    """
    if by is not None:
        check_can_run_campaign(by)
    if closes_on < opens_on:
        raise NotAllowed("结束日期不能早于开始日期。")
    if Campaign.objects.filter(code=code).exists():
        raise NotAllowed(f"行动编码 {code} 已经用过。")
    if previous is not None and opens_on < previous.opens_on:
        raise NotAllowed(f"新一轮不能早于上一轮开始的 {previous.opens_on:%Y-%m-%d}。")
    campaign = Campaign.objects.create(
        code=code,
        name=name,
        document_number=document_number,
        opens_on=opens_on,
        closes_on=closes_on,
        state=CampaignState.OPEN,
        previous=previous,
    )
    _inherit(campaign, previous)
    open_milestones(campaign=campaign)
    refresh_plan(campaign=campaign, by=by, now=now, calendar=load_calendar())
    told = {"编码": code, "上一轮": previous.code if previous else ""}
    audit.record(by=by, verb="启动行动", subject=campaign, detail=told, now=now)
    return campaign


def _inherit(campaign: Campaign, previous: Campaign | None) -> None:
    policy = CampaignPolicy.objects.filter(campaign=previous).first() if previous else None
    CampaignPolicy.objects.create(
        campaign=campaign,
        ladder=policy.ladder if policy else DEFAULT_LADDER,
        clocks=policy.clocks if policy else {},
        complaint_rule=policy.complaint_rule if policy else {},
    )
    matters = Matter.objects.exclude(focuses=[])
    if previous is not None:
        matters = Matter.objects.filter(campaign_matters__campaign=previous)
    CampaignMatter.objects.bulk_create(
        CampaignMatter(campaign=campaign, matter=matter) for matter in matters.order_by("code")
    )


@transaction.atomic
def refresh_plan(
    *, campaign: Campaign, by: Posting | None, now: datetime, calendar: Calendar
) -> dict[str, int]:
    """Participants, roster and the nodes' clocks as units and people stand now; run again it changes nothing.

    A unit that takes part no more keeps its row and its history; one that joins gets its clocks.
    """
    units = Organization.objects.participating().exclude(kind=OrganizationKind.SUPERIOR)
    joined = units.exclude(participations__campaign=campaign).order_by("path")
    new = Participation.objects.bulk_create(
        Participation(campaign=campaign, organization=unit) for unit in joined
    )
    told = refresh_roster(campaign=campaign, by=by, now=now)
    return {**told, "units": len(new), "clocks": open_duties(campaign=campaign, calendar=calendar)}


def refresh_plans(*, now: datetime) -> int:
    """The day's work: every open campaign, each its own transaction; returns how many."""
    calendar = load_calendar()
    campaigns = list(Campaign.objects.filter(state=CampaignState.OPEN).order_by("pk"))
    for campaign in campaigns:
        refresh_plan(campaign=campaign, by=None, now=now, calendar=calendar)
    return len(campaigns)


@transaction.atomic
def move_phase(*, campaign: Campaign, phase: str, by: Posting, now: datetime) -> Campaign:
    """To the next phase, or one back. Raises NotAllowed for a jump, a closed campaign, or anybody but 系统管理员."""
    check_can_run_campaign(by)
    campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    if campaign.state != CampaignState.OPEN:
        raise NotAllowed(f"{campaign.name}不在进行中，不能转段。")
    if phase not in phases_from(campaign.phase):
        known = dict(CampaignPhase.choices)
        raise NotAllowed(f"不能从“{campaign.get_phase_display()}”转到“{known.get(phase, phase)}”。")
    was, campaign.phase = campaign.get_phase_display(), phase
    campaign.save(update_fields=["phase"])
    told = {"原阶段": was, "新阶段": campaign.get_phase_display()}
    audit.record(by=by, verb="行动转段", subject=campaign, detail=told, now=now)
    return campaign


def phases_from(phase: str) -> list[str]:
    """Where one may go from `phase`: the neighbours in 集中行动 → 回访 → 常态化, forwards first."""
    place = PHASES.index(CampaignPhase(phase))
    return [PHASES[near].value for near in (place + 1, place - 1) if 0 <= near < len(PHASES)]


@transaction.atomic
def close_campaign(*, campaign: Campaign, by: Posting, now: datetime) -> Campaign:
    """End a round: its tasks', nodes' and submissions' clocks stop; what is open in the ledger runs on.

    Raises NotAllowed for anybody but 系统管理员, or a campaign that isn't open.
    """
    check_can_run_campaign(by)
    campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    if campaign.state != CampaignState.OPEN:
        raise NotAllowed(f"{campaign.name}不在进行中，不能结束。")
    on = day_of(now)
    running = Deadline.objects.running().filter(campaign=campaign, kind__in=OF_THE_ROUND).order_by("pk")
    for deadline in running:
        settle(deadline=deadline, on=max(on, deadline.starts_on))
    campaign.state = CampaignState.CLOSED
    campaign.save(update_fields=["state"])
    audit.record(by=by, verb="结束行动", subject=campaign, detail={"编码": campaign.code}, now=now)
    return campaign
