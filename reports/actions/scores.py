"""考核: a sheet is drawn up, published (frozen), objected to and corrected by a new one (五(三); contract §5)."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from campaigns.actions.notices import notify
from campaigns.enums import Role
from campaigns.ground import audit
from campaigns.ground.calendar import Calendar
from campaigns.ground.clock import day_of
from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.ground.workdays import load_calendar
from campaigns.models import Campaign, CampaignPolicy, Organization, Posting, User
from issues.permissions import is_reform_office
from reports.models import ScoreCard, ScoreLine, ScoreObjection, ScoreSetting, ScoreSheet
from reports.score_facts import gather
from reports.scoring import Card, Policy, score


def policy_of(campaign: Campaign) -> Policy:
    """The newest 考核办法 of the campaign; before any was set, its own numbers over the defaults."""
    newest = ScoreSetting.objects.filter(campaign=campaign).order_by("-set_at", "-pk").first()
    return Policy.read(newest.numbers) if newest else first_policy(campaign)


def first_policy(campaign: Campaign) -> Policy:
    """What counted before anybody changed it: the campaign's own numbers over the defaults."""
    kept = CampaignPolicy.objects.filter(campaign=campaign).first()
    return Policy.read(kept.scoring if kept else {})


def check_can_score(posting: Posting, organization: Organization) -> None:
    """A 审改办 scores the units of its own reach, no other office's."""
    if posting.role != Role.REFORM_OFFICE:
        raise NotAllowed("考核表由审改办制作和公布。")
    if posting.organization_id != organization.pk:
        raise NotAllowed(f"{organization.label}的考核表由{organization.label}审改办制作和公布。")


def check_can_set_policy(posting: Posting) -> None:
    """One 考核办法 for all: the city's own 审改办 sets it."""
    if posting.role != Role.REFORM_OFFICE or posting.organization.parent_id is not None:
        raise NotAllowed("考核办法由市审改办调整。")


@transaction.atomic
def set_policy(
    *, campaign: Campaign, policy: Policy, reason: str, by: Posting, now: datetime
) -> ScoreSetting:
    """Another 考核办法 from now on; sheets already reckoned keep the one they were reckoned by."""
    check_can_set_policy(by)
    if not reason.strip():
        raise NotAllowed("请写明调整理由。")
    before, after = policy_of(campaign).told(), policy.told()
    changed = {name: f"{before[name]}→{after[name]}" for name in after if before[name] != after[name]}
    if not changed:
        raise NotAllowed("没有改动任何一项。")
    made = ScoreSetting.objects.create(
        campaign=campaign, numbers=after, reason=reason.strip(), set_at=now, set_by=by.person.user
    )
    audit.record(by=by, verb="调整考核办法", subject=made, detail=changed | {"理由": made.reason}, now=now)
    return made


def objecting_until(card: ScoreCard, calendar: Calendar) -> date | None:
    """The last day for an 异议 to a published card, by the sheet's own 考核办法."""
    if card.sheet.published_at is None:
        return None
    days = Policy.read(card.sheet.policy).objection_days
    return calendar.add_workdays(day_of(card.sheet.published_at), days)


def check_can_object(posting: Posting, card: ScoreCard, on: date, calendar: Calendar) -> None:
    """主要负责人 of the unit, on a sheet that holds, in the days and as often as the 考核办法 allows."""
    sheet = card.sheet
    own = posting.role == Role.HEAD and posting.organization_id == card.organization_id
    if not (own and sheet.published_at is not None and sheet.superseded_by_id is None):
        raise NotAllowed("考核异议由被考核单位主要负责人对现行公布的考核表提出。")
    if on > (last := objecting_until(card, calendar)):
        raise NotAllowed(f"异议要在公布后的规定时间内提出，已于 {last:%Y-%m-%d} 截止。")
    objections = list(card.objections.all())
    if any(each.answered_at is None for each in objections):
        raise Changed("上一条异议还没有答复，答复以后可以再提。")
    most = Policy.read(sheet.policy).objection_most
    if len(objections) >= most:
        raise NotAllowed(f"对同一张考核表最多提出 {most} 次异议，已经答复完毕。")


def can_object(posting: Posting, card: ScoreCard, on: date, calendar: Calendar) -> bool:
    """The twin of check_can_object, for the form."""
    try:
        check_can_object(posting, card, on, calendar)
    except NotAllowed:
        return False
    return True


def can_answer(posting: Posting, card: ScoreCard) -> bool:
    """The 审改办 that published; for the unit that is this office itself, 督查室 (nobody judges their own card)."""
    if posting.organization_id != card.sheet.organization_id:
        return False
    wanted = Role.INSPECTOR if is_reform_office(card.organization) else Role.REFORM_OFFICE
    return posting.role == wanted


@transaction.atomic
def draft_sheet(*, campaign: Campaign, period: str, on: date, by: Posting, now: datetime) -> ScoreSheet:
    """Score the reach as of `on`; an unpublished sheet of the same period is reckoned anew, a published one stays."""
    organization, period = by.organization, period.strip()
    check_can_score(by, organization)
    if not period:
        raise NotAllowed("请填写考核期。")
    if not campaign.opens_on <= on <= day_of(now):
        raise NotAllowed(f"截至日期应在行动开始的 {campaign.opens_on:%Y-%m-%d} 和今天之间。")
    policy = policy_of(campaign)
    whose = {"campaign": campaign, "organization": organization, "period": period}
    sheet = ScoreSheet.objects.select_for_update(of=("self",)).filter(**whose, published_at=None).first()
    if sheet is None:
        sheet = ScoreSheet(**whose)
    sheet.on, sheet.policy, sheet.made_at = on, policy.told(), now
    sheet.save()
    _write(sheet, score(gather(organization=organization, campaign=campaign, on=on), policy))
    audit.record(by=by, verb="制作考核表", subject=sheet, detail={"考核期": period, "截至": on}, now=now)
    return sheet


def _write(sheet: ScoreSheet, cards: list[Card]) -> None:
    """The draft's results, in the place of those reckoned before."""
    sheet.lines.all().delete()
    sheet.cards.all().delete()
    keys = dict(Organization.objects.filter(code__in=[card.code for card in cards]).values_list("code", "pk"))
    ScoreCard.objects.bulk_create(
        ScoreCard(
            sheet=sheet,
            organization_id=keys[card.code],
            group=card.group,
            total=card.total,
            grade=card.grade,
            rank=card.rank,
        )
        for card in cards
    )
    ScoreLine.objects.bulk_create(
        ScoreLine(
            sheet=sheet,
            organization_id=keys[card.code],
            rule=line.rule,
            points=line.points,
            max_points=line.maximum,
            because=line.because,
        )
        for card in cards
        for line in card.lines
    )


@transaction.atomic
def publish_sheet(*, sheet: ScoreSheet, by: Posting, now: datetime) -> ScoreSheet:
    """Publish: frozen from now on. The sheet of the same period that held until now is superseded by this one."""
    sheet = ScoreSheet.objects.select_for_update(of=("self",)).select_related("organization").get(pk=sheet.pk)
    check_can_score(by, sheet.organization)
    if sheet.published_at:
        raise Changed("这张考核表已经公布。")
    if not sheet.cards.exists():
        raise NotAllowed("这张考核表里没有单位，不能公布。")
    held = ScoreSheet.objects.select_for_update().filter(
        campaign=sheet.campaign_id, organization=sheet.organization_id, period=sheet.period
    )
    corrected = held.filter(published_at__isnull=False, superseded_by__isnull=True).update(
        superseded_by=sheet
    )
    sheet.published_at, sheet.published_by = now, by.person.user
    sheet.save(update_fields=["published_at", "published_by"])
    units = sheet.cards.values("organization")
    heads = User.objects.filter(pk__in=_heads(units, now).values("person__user"))
    sentence = f"{sheet.period}考核结果已{'更正' if corrected else '公布'}，请查看；有异议的可以提出。"
    notify(to=heads, kind="SCORED", text=sentence, link=sheet.get_absolute_url(), now=now)
    audit.record(
        by=by,
        verb="公布考核表",
        subject=sheet,
        detail={"考核期": sheet.period, "更正": bool(corrected)},
        now=now,
    )
    return sheet


@transaction.atomic
def raise_objection(
    *, card: ScoreCard, text: str, by: Posting, now: datetime, calendar: Calendar | None = None
) -> ScoreObjection:
    """异议 by the unit's 主要负责人; one at a time, within the days and as often as the 考核办法 allows."""
    card = _locked(card)
    check_can_object(by, card, day_of(now), calendar or load_calendar())
    if not text.strip():
        raise NotAllowed("请写明异议和理由。")
    objection = ScoreObjection.objects.create(
        card=card, text=text.strip(), raised_at=now, raised_by=by.person.user
    )
    offices = Posting.objects.active(day_of(now)).filter(
        organization=card.sheet.organization_id,
        role=Role.INSPECTOR if is_reform_office(card.organization) else Role.REFORM_OFFICE,
    )
    notify(
        to=User.objects.filter(pk__in=offices.values("person__user")),
        kind="OBJECTED",
        text=f"{card.organization.label}对{card.sheet.period}考核结果提出异议，请答复。",
        link=card.get_absolute_url(),
        now=now,
    )
    audit.record(by=by, verb="提出考核异议", subject=card, detail={}, now=now)
    return objection


@transaction.atomic
def answer_objection(
    *, objection: ScoreObjection, upheld: bool, answer: str, by: Posting, now: datetime
) -> ScoreObjection:
    """答复. An upheld objection changes no published sheet: the office draws up one that corrects it."""
    objection = ScoreObjection.objects.select_for_update(of=("self",)).get(pk=objection.pk)
    card = _locked(objection.card)
    if not can_answer(by, card):
        raise NotAllowed("考核异议由公布考核表的审改办答复，审改办所在单位的异议由督查室答复。")
    if not answer.strip():
        raise NotAllowed("请写明答复。")
    if objection.answered_at:
        raise Changed("这条异议已经答复。")
    if objection.raised_by_id == by.person.user_id:
        raise NotAllowed("您是提出人，请由其他人答复。")
    objection.is_upheld, objection.answer = upheld, answer.strip()
    objection.answered_at, objection.answered_by = now, by.person.user
    objection.save(update_fields=["is_upheld", "answer", "answered_at", "answered_by"])
    notify(
        to=[objection.raised_by],
        kind="ANSWERED",
        text=f"{card.sheet.period}考核异议已答复：{'采纳' if upheld else '不采纳'}。",
        link=card.get_absolute_url(),
        now=now,
    )
    audit.record(by=by, verb="答复考核异议", subject=card, detail={"采纳": upheld}, now=now)
    return objection


def _locked(card: ScoreCard) -> ScoreCard:
    rows = ScoreCard.objects.select_for_update(of=("self",)).select_related("sheet", "organization")
    return rows.get(pk=card.pk)


def _heads(units: Iterable[int], now: datetime):
    return Posting.objects.active(day_of(now)).filter(organization__in=units, role=Role.HEAD)
