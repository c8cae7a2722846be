"""抽查: the 督查方案 with a published seed, the draw, the two signatures (衡政办函〔2022〕16号 五(三); 《政府督查工作条例》).

Only 督查室 acts here. A fault that two people have signed takes the closing back by the ordinary move.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from campaigns.enums import Role
from campaigns.ground import audit
from campaigns.ground.numbering import take_number
from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.models import Campaign, Organization, Person, Posting, User
from issues import sampling
from issues.actions.closing import reopen
from issues.enums import DrawOutcome, LedgerState
from issues.models import Draw, DrawItem, LedgerItem
from issues.population import candidates, houses_of, inspector_house


@transaction.atomic
def plan_draw(
    *,
    campaign: Campaign,
    organization: Organization,
    title: str,
    content: str,
    approval: str,
    starts_on: date,
    ends_on: date,
    leader: Person,
    members: Iterable[Person],
    count: int,
    seed: str,
    by: Posting,
    now: datetime,
) -> Draw:
    """拟订并公布督查方案: what, where, when, who, how many, and the seed, all before the draw."""
    _check_inspector(by, organization)
    if not approval.strip():
        raise NotAllowed("督查方案要写明批准人和文号。")
    group = {leader, *members}
    if len(group) < 2:
        raise NotAllowed("督查组至少两人，检查结论要两人签字。")
    draw = Draw.objects.create(
        campaign=campaign,
        organization=organization,
        number=take_number(f"CC-{campaign.code}-{organization.code}"),
        title=title.strip(),
        content=content.strip(),
        approval=approval.strip(),
        starts_on=starts_on,
        ends_on=ends_on,
        leader=leader,
        count=count,
        seed=seed.strip(),
        seed_published_at=now,
        planned_by=by.person.user,
        weights=sampling.DEFAULT_WEIGHTS,
    )
    draw.members.set(group)
    detail = {"种子": draw.seed, "条数": count}
    audit.record(by=by, verb="公布督查方案", subject=draw, detail=detail, now=now)
    return draw


def draw_planned(*, draw: Draw, by: Posting, now: datetime) -> Draw:
    """抽取 by the published seed from what is closed now; inspectors are assigned with 回避."""
    _check_inspector(by, draw.organization)
    return _draw(draw=draw, user=by.person.user, by=by, now=now)


@transaction.atomic
def draw_at_once(
    *, campaign: Campaign, organization: Organization, count: int, seed: str, by: User, now: datetime
) -> Draw:
    """The draw of the command: no 方案, no group. The same seed, count and population give the draw made before."""
    if not seed.strip() or count < 1:
        raise NotAllowed("抽取条数至少为 1，种子不能为空。")
    population = candidates(campaign, organization)
    _check_population(population)
    digest = sampling.fingerprint(sampling.population_text(population))
    made = Draw.objects.filter(
        campaign=campaign, organization=organization, seed=seed, count=count, population_sha256=digest
    )
    if (same := made.order_by("pk").first()) is not None:
        return same
    draw = Draw.objects.create(
        campaign=campaign,
        organization=organization,
        number=take_number(f"CC-{campaign.code}-{organization.code}"),
        title="按种子抽取",
        count=count,
        seed=seed,
        seed_published_at=now,
        planned_by=by,
        weights=sampling.DEFAULT_WEIGHTS,
    )
    return _draw(draw=draw, user=by, by=by, now=now)


@transaction.atomic
def _draw(*, draw: Draw, user: User, by: Posting | User, now: datetime) -> Draw:
    draw = (
        Draw.objects.select_for_update(of=("self",))
        .select_related("campaign", "organization")
        .get(pk=draw.pk)
    )
    if draw.is_drawn:
        raise Changed(f"{draw.number} 已经抽取过，不能再抽。")
    population = candidates(draw.campaign, draw.organization)
    _check_population(population)
    drawn = sampling.draw(population, seed=draw.seed, count=draw.count, weights=draw.weights)
    draw.snapshot = sampling.population_text(population, draw.weights)
    draw.population, draw.population_sha256 = len(population), sampling.fingerprint(draw.snapshot)
    draw.drawn_at, draw.drawn_by = now, user
    draw.save(update_fields=["snapshot", "population", "population_sha256", "drawn_at", "drawn_by"])
    _write_items(draw, population, drawn)
    detail = {"总体": draw.population, "指纹": draw.population_sha256, "抽中": len(drawn.numbers)}
    audit.record(by=by, verb="抽取", subject=draw, detail=detail, now=now)
    return draw


def _check_population(population: list[sampling.Candidate]) -> None:
    if not population:
        raise NotAllowed("范围内还没有已销号的台账，无可抽取。")


def _write_items(draw: Draw, population: list[sampling.Candidate], drawn: sampling.Drawn) -> None:
    known = {each.number: each for each in population}
    items = LedgerItem.objects.filter(campaign=draw.campaign, number__in=drawn.numbers)
    items = items.select_related("responsible_unit", "reporting_unit").order_by("number")
    group = {person.code: person for person in draw.members.select_related("organization")}
    pairs = sampling.assign(
        [(item.number, houses_of(item)) for item in items],
        [sampling.Inspector(person.code, inspector_house(person)) for person in group.values()],
        seed=draw.seed,
    )
    DrawItem.objects.bulk_create(
        DrawItem(
            draw=draw,
            item=item,
            chance=drawn.chances[item.number],
            reasons=_reasons(known[item.number], draw.weights),
            **_people([group[code] for code in pairs[item.number]]),
        )
        for item in items
    )


def _reasons(candidate: sampling.Candidate, weights: dict) -> list[tuple[str, int]]:
    """The weight's reasons; that complaints had called for it is why it was drawn first, not a weight."""
    first = [("投诉来源先抽", 0)] if candidate.from_complaint else []
    return first + sampling.reasons(candidate, weights)


def _people(pair: list[Person]) -> dict[str, Person]:
    return dict(zip(("first", "second"), pair, strict=False))


def replay(draw: Draw) -> bool:
    """复算: whether the kept population and seed still give the kept list. Reads only; anybody may ask."""
    rows = [sampling.Candidate(**row) for row in sampling.population_rows(draw.snapshot)]
    again = sampling.draw(rows, seed=draw.seed, count=draw.count, weights=draw.weights)
    kept = sorted(draw.items.values_list("item__number", flat=True))
    return sampling.fingerprint(draw.snapshot) == draw.population_sha256 and list(again.numbers) == kept


@transaction.atomic
def record_check(*, drawn: DrawItem, outcome: str, note: str, by: Posting, now: datetime) -> DrawItem:
    """检查结论 by one of the two inspectors; until it is confirmed it may be written again."""
    drawn = _locked(drawn)
    _check_is_assigned(drawn, by)
    if drawn.confirmed_at:
        raise Changed("这条台账的检查结论已经两人签字，不能再改。")
    if not note.strip():
        raise NotAllowed("请写明督查情况。")
    drawn.outcome, drawn.note = DrawOutcome(outcome), note.strip()
    drawn.checked_at, drawn.checked_by = now, by.person.user
    drawn.save(update_fields=["outcome", "note", "checked_at", "checked_by"])
    audit.record(
        by=by, verb="填写督查结论", subject=drawn.item, detail={"结论": drawn.get_outcome_display()}, now=now
    )
    return drawn


@transaction.atomic
def confirm_check(*, drawn: DrawItem, by: Posting, now: datetime) -> DrawItem:
    """复核签字 by the other inspector; a fault then takes the closing back (五(三) “发现问题整改不彻底”)."""
    drawn = _locked(drawn)
    _check_is_assigned(drawn, by)
    if not drawn.outcome or drawn.confirmed_at:
        raise Changed("还没有检查结论，或者已经复核签字。")
    if drawn.checked_by_id == by.person.user_id:
        raise NotAllowed("检查结论是您填写的，要由另一名督查人员复核签字。")
    drawn.confirmed_at, drawn.confirmed_by = now, by.person.user
    drawn.save(update_fields=["confirmed_at", "confirmed_by"])
    audit.record(by=by, verb="督查结论复核签字", subject=drawn.item, now=now)
    if drawn.outcome != DrawOutcome.SOUND and drawn.item.state == LedgerState.CLOSED:
        words = f"{drawn.draw.number} 抽查{drawn.get_outcome_display()}：{drawn.note}"
        reopen(item=drawn.item, by=_in_charge(drawn, by), now=now, note=words[:500])
    return drawn


def _in_charge(drawn: DrawItem, by: Posting) -> Posting:
    """Who takes the closing back: the signer, or for an item outside a pooled inspector's reach, who made the plan."""
    if by.covers(drawn.item.responsible_unit):
        return by
    postings = Posting.objects.select_related("organization", "person__user", "person__organization")
    return postings.get(
        person__user=drawn.draw.planned_by_id,
        role=Role.INSPECTOR,
        organization=drawn.draw.organization_id,
        ended_on__isnull=True,
    )


def _locked(drawn: DrawItem) -> DrawItem:
    rows = DrawItem.objects.select_for_update(of=("self",)).select_related(
        "draw__organization", "item__responsible_unit", "item__deadline", "first", "second"
    )
    return rows.get(pk=drawn.pk)


def _check_inspector(by: Posting, organization: Organization) -> None:
    if by.role != Role.INSPECTOR:
        raise NotAllowed(f"抽查由督查室办理，您当前的身份是{by.get_role_display()}。")
    if not by.covers(organization):
        raise NotAllowed(f"{organization.label}不在您的管辖范围内。")


def _check_is_assigned(drawn: DrawItem, by: Posting) -> None:
    """One of the two; where nobody was assigned (no group), any inspector of the reach. Nobody at home (回避)."""
    assigned = {person.pk for person in (drawn.first, drawn.second) if person}
    if by.role != Role.INSPECTOR or by.person_id not in assigned:
        _check_inspector(by, drawn.draw.organization)
        if assigned:
            raise NotAllowed("这条台账由分派的两名督查人员检查和签字。")
    if inspector_house(by.person) in houses_of(drawn.item):
        raise NotAllowed("您所在单位与这条台账有关，应当回避。")
