"""签发督办单: the chase drafts, a person signs; only then it has a number, a limit of its own, and goes out (contract §8)."""

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localtime

from campaigns.actions.audience import Audience
from campaigns.actions.deadlines import open_deadline
from campaigns.actions.notices import notify
from campaigns.actions.recipients import nearest
from campaigns.enums import Role, SlipState
from campaigns.ground import audit
from campaigns.ground.calendar import Calendar
from campaigns.ground.clock import day_of
from campaigns.ground.deadlines import Deadline, DeadlineKind
from campaigns.ground.lights import DEFAULT_LADDER, Rung, ladder_of
from campaigns.ground.numbering import take_numbers
from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.ground.workdays import load_calendar
from campaigns.models import CampaignPolicy, Posting, Slip, User

SLIP_DAYS = 5


def rung_of(slip: Slip) -> Rung:
    """The rung of its campaign's ladder that drafted the slip; the default ladder's where the campaign has none."""
    policy = CampaignPolicy.objects.filter(campaign=slip.about.campaign_id).first()
    ladder = ladder_of((policy and policy.ladder) or DEFAULT_LADDER)
    return next((rung for rung in ladder if rung.level == slip.level), ladder[-1])


def needs_leader(slip: Slip) -> bool:
    """A 挂牌督办, signed by 督查室, names a government leader."""
    return rung_of(slip).signer == Role.INSPECTOR.label


def _signing_role(slip: Slip) -> Role:
    """The rung's office; 督查室 where that office is itself late, or has nobody but the unit's own people."""
    role = next(role for role in Role if role.label == rung_of(slip).signer)
    unit = slip.about.organization
    if slip.about.holder == role or not nearest(role=role, organization=unit, on=slip.drafted_on):
        return Role.INSPECTOR
    return role


def check_can_sign(posting: Posting, slip: Slip) -> None:
    """Raise NotAllowed unless the rung's office signs here: in reach, not of the unit itself.

    Where the office is itself late (its own clock or its own house), 督查室 signs.
    """
    wanted = _signing_role(slip)
    if posting.role != wanted:
        raise NotAllowed(f"这张督办单由{wanted.label}签发，您当前的身份是{posting.get_role_display()}。")
    unit = slip.about.organization
    if not posting.covers(unit):
        raise NotAllowed(f"{unit.label}不在您的管辖范围内，不能签发。")
    if posting.person.organization_id == unit.pk and slip.about.holder not in (
        Role.REFORM_OFFICE,
        Role.INSPECTOR,
    ):
        raise NotAllowed(f"{unit.label}是您所在的单位，督办单由上级签发。")


def can_sign(posting: Posting, slip: Slip) -> bool:
    """Twin of check_can_sign, for the button: also False once the slip is signed or void."""
    try:
        check_can_sign(posting, slip)
    except NotAllowed:
        return False
    return slip.state == SlipState.DRAFT


@transaction.atomic
def sign_slip(
    *, slip: Slip, by: Posting, now: datetime, leader: str = "", calendar: Calendar | None = None
) -> Slip:
    """Sign a draft: number 督〔year〕n号, its own limit of 5 working days, and the unit is told.

    Raises NotAllowed for others, or without the leader of a 挂牌督办; Changed when it is signed or void already.
    """
    calendar = calendar or load_calendar()
    on = day_of(now)
    slip = Slip.objects.select_for_update(of=("self",)).get(pk=slip.pk)
    about = Deadline.objects.select_related("campaign", "organization", "person__user").get(pk=slip.about_id)
    slip.about = about
    check_can_sign(by, slip)
    _check_draft(slip, about)
    if needs_leader(slip) and not leader.strip():
        raise NotAllowed("挂牌督办要写明挂牌领导。")
    slip.state, slip.number = SlipState.SIGNED, _number(now)
    slip.signed_at, slip.signed_by, slip.leader = now, by.person.user, leader.strip()
    slip.deadline = open_deadline(
        kind=DeadlineKind.SLIP,
        title=f"{slip.number} {about.title}",
        link=slip.get_absolute_url(),
        campaign=about.campaign,
        organization=about.organization,
        person=about.person,
        holder=about.holder,
        starts_on=on,
        workdays=SLIP_DAYS,
        calendar=calendar,
    )
    slip.save()
    _tell(slip, rung_of(slip), on, now)
    audit.record(by=by, verb="签发督办单", subject=slip, detail={"编号": slip.number}, now=now)
    return slip


def _check_draft(slip: Slip, about: Deadline) -> None:
    """A draft dies with the date it was about (contract §8)."""
    if slip.state == SlipState.SIGNED:
        raise Changed(f"这张督办单已经签发，编号{slip.number}。")
    if slip.state == SlipState.VOID or slip.round != about.round or not about.is_open:
        raise Changed("所督办的事项已经办结或改期，这张督办单已经作废，不用签发。")


def _number(now: datetime) -> str:
    """督〔2022〕7号: year in full, no leading zero (GB/T 9704)."""
    series = f"督〔{localtime(now).year}〕"
    return f"{series}{take_numbers(series)[0]}号"


def _tell(slip: Slip, rung: Rung, on: date, now: datetime) -> None:
    users = Audience(on).of_slip(slip.about, rung)
    text = f"【{rung.label}】{slip.number}：{slip.about.title}，请在 {slip.deadline.due_on:%Y-%m-%d} 前办结并报告。"
    notify(
        to=User.objects.filter(pk__in=users),
        kind="SLIP",
        text=text,
        link=slip.get_absolute_url(),
        now=now,
        key=f"slip-{slip.pk}",
    )
