"""The dated nodes of the plan: each unit's clock, opened by rule, settled by rule, moved with a reason and told anew.

衡政办函〔2022〕16号 三、体验时间 (“根据疫情形势,可适时进行调整”); the table of nodes is campaigns.nodes. A node whose clocks
somebody else opens (总结上报: SUBMISSION) has no rule here; moving it moves those clocks all the same.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from campaigns.actions.audience import Audience
from campaigns.actions.deadlines import move_deadline, open_deadline, settle
from campaigns.actions.notices import notify
from campaigns.coverage import counties, crossings, is_municipal, read_coverage
from campaigns.enums import OrganizationKind, Role, TaskOrigin
from campaigns.ground import audit
from campaigns.ground.calendar import Calendar
from campaigns.ground.clock import day_of
from campaigns.ground.deadlines import DeadlineKind
from campaigns.ground.refusal import NotAllowed
from campaigns.models import (
    Campaign,
    CampaignMatter,
    Deadline,
    Milestone,
    MilestoneChange,
    MilestoneDuty,
    Organization,
    Posting,
    User,
    WalkSession,
)
from campaigns.models.organizations import ways_up
from campaigns.nodes import BY_KEY, NODES, due_on, phrase
from campaigns.permissions_plan import check_can_move_milestone
from campaigns.whole_walks import walked_whole

# So few units are asked about apart from the rest of the city; for more of them one reading of everything is cheaper.
_FEW = 12
# A unit → the day it had done what the node asks; None while it hasn't. Units the node doesn't concern are left out.
Done = dict[int, date | None]


def open_milestones(*, campaign: Campaign) -> None:
    """The campaign's three nodes with their phrases and resolved dates, those that aren't there yet."""
    have = set(Milestone.objects.filter(campaign=campaign).values_list("key", flat=True))
    Milestone.objects.bulk_create(
        Milestone(
            campaign=campaign,
            key=node.key,
            name=node.name,
            phrase=phrase(node, campaign.opens_on),
            due_on=due_on(node, campaign.opens_on, campaign.closes_on),
        )
        for node in NODES
        if node.key not in have
    )


def _key_matters(campaign: Campaign, units: Iterable[Organization]) -> Done:
    """Every key matter of the unit walked through there (县市区: its departments' matters)."""
    coverage = read_coverage(campaign, _paths(units))
    asked = [unit for unit in units if coverage.matters_of(unit.path)]
    return {unit.pk: coverage.completed_on(unit.path) for unit in asked}


def _paths(units: Iterable[Organization]) -> list[str]:
    """Where to look for what these units have done; nowhere in particular when they are many."""
    paths = [unit.path for unit in units]
    return paths if len(paths) <= _FEW else []


def _cross_walk(campaign: Campaign, units: Iterable[Organization]) -> Done:
    """A municipal unit has walked in some county."""
    places = counties()
    first = crossings(campaign, places, _paths(units))
    paths = [place.path for place in places]
    asked = [unit for unit in units if is_municipal(unit, paths)]
    days = {unit.pk: [first.get((unit.path, place.code)) for place in places] for unit in asked}
    return {pk: min((day for day in found if day), default=None) for pk, found in days.items()}


RULES: dict[str, Callable[[Campaign, Iterable[Organization]], Done]] = {
    "key_matters": _key_matters,
    "cross_walk": _cross_walk,
}


@transaction.atomic
def open_duties(*, campaign: Campaign, calendar: Calendar) -> int:
    """A clock for every participating unit a node concerns and that has none; what is done already is settled at once.

    Returns how many were opened. 市政府 itself and 上级单位 have none (三: 各县市区、市直部门).
    """
    taking_part = Organization.objects.filter(participations__campaign=campaign)
    units = list(
        taking_part.exclude(kind__in=[OrganizationKind.CITY, OrganizationKind.SUPERIOR]).order_by("path")
    )
    opened = 0
    for milestone in Milestone.objects.filter(campaign=campaign, key__in=RULES).order_by("due_on"):
        have = set(milestone.duties.values_list("organization_id", flat=True))
        concerned = RULES[milestone.key](campaign, units)
        for unit in units:
            if unit.pk in concerned and unit.pk not in have:
                _open(milestone, unit, campaign, calendar)
                opened += 1
    if opened:
        settle_duties(campaign=campaign)
    return opened


def _open(milestone: Milestone, unit: Organization, campaign: Campaign, calendar: Calendar) -> None:
    deadline = open_deadline(
        kind=DeadlineKind.MILESTONE,
        title=milestone.name,
        link=milestone.get_absolute_url(),
        campaign=campaign,
        organization=unit,
        starts_on=campaign.opens_on,
        due_on=milestone.due_on,
        calendar=calendar,
    )
    MilestoneDuty.objects.create(milestone=milestone, organization=unit, deadline=deadline)


@transaction.atomic
def settle_duties(*, campaign: Campaign, duties: QuerySet | None = None) -> int:
    """Settle the running duties whose unit has done what the node asks; returns how many. Safe to run again."""
    rows = MilestoneDuty.objects.all() if duties is None else duties
    rows = rows.filter(milestone__campaign=campaign, milestone__key__in=RULES, deadline__is_open=True)
    running = list(rows.select_related("milestone", "organization", "deadline").order_by("pk"))
    settled = 0
    for key in {duty.milestone.key for duty in running}:
        own = [duty for duty in running if duty.milestone.key == key]
        done = RULES[key](campaign, [duty.organization for duty in own])
        for duty in own:
            day = done.get(duty.organization_id)
            if day is not None:
                settle(deadline=duty.deadline, on=max(day, duty.deadline.starts_on))
                settled += 1
    return settled


@transaction.atomic
def settle_by_walks(*, sessions: Iterable[WalkSession]) -> int:
    """Walks just registered may complete the nodes of the units that walked and were walked; returns how many.

    Only a key matter walked the whole way, or a walk in a county, can: any other walk costs three light queries.
    """
    by_campaign: dict[int, list[int]] = {}
    for session in sessions:
        by_campaign.setdefault(session.campaign_id, []).append(session.pk)
    settled = 0
    for campaign_id, own in by_campaign.items():
        walks = WalkSession.objects.filter(pk__in=own)
        duties = MilestoneDuty.objects.filter(
            Q(milestone__key="key_matters", organization__path__in=_walked_through(walks, campaign_id))
            | Q(milestone__key="cross_walk", organization__path__in=_walked_across(walks)),
            milestone__campaign=campaign_id,
            deadline__is_open=True,
        )
        if duties.exists():
            settled += settle_duties(campaign=Campaign.objects.get(pk=campaign_id), duties=duties)
    return settled


def _walked_through(walks: QuerySet, campaign: int) -> set[str]:
    """Paths of the units, and of all above them, where one of `walks` took a key matter the whole way."""
    chosen = CampaignMatter.objects.filter(campaign=campaign).values("matter")
    whole = walked_whole(walks.filter(matter__in=chosen)).order_by()
    return {way for path in whole.values_list("walked_unit__path", flat=True) for way in ways_up(path)}


def _walked_across(walks: QuerySet) -> set[str]:
    """Paths of the units, and of all above them, whose people walked in a county in one of `walks`."""
    inside = tuple(Organization.objects.filter(kind=OrganizationKind.COUNTY).values_list("path", flat=True))
    pairs = walks.order_by().values_list("reporting_unit__path", "walked_unit__path")
    return {way for own, walked in pairs if walked.startswith(inside) for way in ways_up(own)}


@transaction.atomic
def move_milestone(
    *, milestone: Milestone, due_on: date, reason: str, by: Posting, now: datetime, calendar: Calendar
) -> MilestoneChange:
    """Another date for a node: every clock on it that still runs gets a new round, and its unit is told once.

    What is done stays done. Raises NotAllowed for another office, no reason, the same day, or a day before the campaign.
    """
    check_can_move_milestone(by)
    milestone = (
        Milestone.objects.select_for_update(of=("self",)).select_related("campaign").get(pk=milestone.pk)
    )
    reason = " ".join(reason.split())
    if not reason:
        raise NotAllowed("请写明调整原因。")
    if due_on < milestone.campaign.opens_on:
        raise NotAllowed(f"期限不能早于行动开始的 {milestone.campaign.opens_on:%Y-%m-%d}。")
    new = calendar.roll_forward(due_on)
    if new == milestone.due_on:
        raise NotAllowed(f"“{milestone.name}”的期限就是 {new:%Y-%m-%d}，没有变动。")
    change = MilestoneChange.objects.create(
        milestone=milestone,
        old_due_on=milestone.due_on,
        new_due_on=new,
        reason=reason,
        changed_at=now,
        changed_by=by.person.user,
    )
    clocks = _clocks(milestone)
    milestone.due_on = new
    milestone.save(update_fields=["due_on"])
    for clock in clocks:
        move_deadline(deadline=clock, reason=reason, calendar=calendar, on=day_of(now), due_on=new)
    _tell(change, clocks, now)
    told = {"原期限": change.old_due_on, "新期限": new, "原因": reason, "单位": len(clocks)}
    audit.record(by=by, verb="调整阶段节点", subject=milestone, detail=told, now=now)
    return change


def _clocks(milestone: Milestone) -> list[Deadline]:
    """Running clocks that hang on the node: its units' duties and the cross tasks due on its day, or the submissions."""
    node = BY_KEY.get(milestone.key)
    running = Deadline.objects.running().filter(campaign=milestone.campaign)
    if node is not None and node.kind != DeadlineKind.MILESTONE:
        running = running.filter(kind=node.kind)
    else:
        duties, tasks = Q(milestone_duty__milestone=milestone), Q(pk__in=[])
        if milestone.key == "cross_walk":
            tasks = Q(walk_task__origin=TaskOrigin.CROSS, due_on=milestone.due_on)
        running = running.filter(duties | tasks)
    return list(running.select_related("organization").order_by("pk"))


def _tell(change: MilestoneChange, clocks: list[Deadline], now: datetime) -> None:
    audience = Audience(day_of(now))
    users = {
        user
        for clock in clocks
        for role in (Role.REPORTER, Role.HEAD)
        for user in audience.in_unit(role, clock.organization)
    }
    milestone = change.milestone
    text = (
        f"“{milestone.name}”期限由 {change.old_due_on:%Y-%m-%d} 调整为 {change.new_due_on:%Y-%m-%d}："
        f"{change.reason}"
    )
    notify(
        to=User.objects.filter(pk__in=users),
        kind="MILESTONE",
        text=text,
        link=milestone.get_absolute_url(),
        now=now,
    )
