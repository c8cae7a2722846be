"""疑点 raised: the rules over the campaign's walks, stored once per rule and walk, withdrawn when their ground is gone."""

from collections import Counter, defaultdict
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from campaigns.actions.audience import Audience
from campaigns.actions.deadlines import settle
from campaigns.actions.notices import notify
from campaigns.enums import Role
from campaigns.models import Campaign, User, WalkSession
from campaigns.rounds import running_campaign
from issues.clue_facts import town_of
from issues.clue_settings import settings_of
from issues.clues import RULES, Raised, judge
from issues.enums import UNDECIDED_CLUES, ClueAct, ClueState
from issues.models import Clue, ClueEntry

_BATCH = 500
_SHOWN_OTHERS = 10


def raise_clues(*, on: date, now: datetime, campaign: Campaign | None = None) -> dict:
    """Look at all walks held by `on`; returns contract §2 raise_clues (all standing clues, new and old).

    The reading and judging stands outside the transaction of the writing. Raises NotAllowed without an open campaign.
    """
    campaign = campaign or running_campaign(to="提出疑点")
    settings = settings_of(campaign)
    town = town_of(campaign, on)
    found = judge(town, settings.weights)
    _store(found, campaign=campaign, threshold=settings.threshold, on=on, now=now)
    return _told(campaign, len(town.walks), settings.threshold)


@transaction.atomic
def _store(found: list[Raised], *, campaign: Campaign, threshold: Decimal, on: date, now: datetime) -> None:
    stored = {
        (clue.rule, clue.session.number): clue
        for clue in Clue.objects.in_campaign(campaign).select_related("session", "deadline").order_by("pk")
    }
    before = _totals(stored.values())
    keys = dict(WalkSession.objects.in_campaign(campaign).values_list("number", "pk"))
    new = [_new(one, keys[one.walk], on) for one in found if (one.rule, one.walk) not in stored]
    Clue.objects.bulk_create(new, batch_size=_BATCH, ignore_conflicts=True)
    struck = {(one.rule, one.walk): one for one in found}
    _refresh(struck, stored, on, now)
    gone = [
        clue
        for key, clue in stored.items()
        if key not in struck and clue.state in UNDECIDED_CLUES and clue.raised_on <= on
    ]
    _withdraw(gone, campaign, on, now)
    _tell_inspectors(campaign, before, threshold, on, now)


def _facts(one: Raised) -> dict:
    return {"because": one.because, "others": list(one.others[:_SHOWN_OTHERS])}


def _new(one: Raised, session: int, on: date) -> Clue:
    return Clue(
        rule=one.rule,
        session_id=session,
        weight=one.weight,
        facts=_facts(one),
        raised_on=on,
        state=ClueState.RAISED,
    )


def _refresh(struck: dict, stored: dict, on: date, now: datetime) -> None:
    """Undecided clues follow their facts; one that was withdrawn and holds again is raised anew."""
    changed, renewed = [], []
    for key, one in struck.items():
        clue = stored.get(key)
        if clue is None or clue.state not in (*UNDECIDED_CLUES, ClueState.WITHDRAWN):
            continue
        if clue.state == ClueState.WITHDRAWN:
            _forget(clue)
            clue.raised_on = on
            renewed.append(clue)
        elif (clue.weight, clue.facts) == (one.weight, _facts(one)):
            continue
        clue.weight, clue.facts = one.weight, _facts(one)
        changed.append(clue)
    fields = ["weight", "facts", "raised_on", "state", "withdrawn_on", "withdrawal_reason", *_HEARING]
    Clue.objects.bulk_update(changed, fields, batch_size=_BATCH)
    _enter(renewed, ClueAct.RENEW, now, "事实再次成立。")


_HEARING = (
    "asked_at",
    "asked_by",
    "question",
    "deadline",
    "explanation",
    "answered_at",
    "answered_by",
)


def _forget(clue: Clue) -> None:
    """A new round begins; what was asked and said before stays in the history."""
    clue.state, clue.withdrawn_on, clue.withdrawal_reason = ClueState.RAISED, None, ""
    clue.asked_at = clue.asked_by = clue.deadline = clue.answered_at = clue.answered_by = None
    clue.question = clue.explanation = ""


def _withdraw(gone: list[Clue], campaign: Campaign, on: date, now: datetime) -> None:
    """What nobody decided and no rule strikes any more: with its reason, and its clock stopped."""
    counted = set(WalkSession.objects.held().in_campaign(campaign).values_list("pk", flat=True))
    weights = settings_of(campaign).weights
    by_reason = defaultdict(list)
    for clue in gone:
        if clue.deadline is not None and clue.deadline.is_open:
            settle(deadline=clue.deadline, on=on)
        clue.state, clue.withdrawn_on = ClueState.WITHDRAWN, on
        clue.withdrawal_reason = _why_gone(clue, counted, weights)
        by_reason[clue.withdrawal_reason].append(clue)
    Clue.objects.bulk_update(gone, ["state", "withdrawn_on", "withdrawal_reason"], batch_size=_BATCH)
    for reason, clues in by_reason.items():
        _enter(clues, ClueAct.WITHDRAW, now, reason)


def _why_gone(clue: Clue, counted: set[int], weights: dict) -> str:
    if clue.session_id not in counted:
        return "该走流程登记已被更正，按更正后的登记重新比对。"
    if clue.rule not in weights:
        return "该规则已停用。" if clue.rule in RULES else "该规则已取消。"
    return "登记或比对数据变动后，事实不再成立。"


def _enter(clues: list[Clue], act: str, now: datetime, note: str) -> None:
    ClueEntry.objects.bulk_create(
        [ClueEntry(clue=clue, act=act, at=now, note=note) for clue in clues], batch_size=_BATCH
    )


def _totals(clues) -> dict[int, Decimal]:
    totals: dict[int, Decimal] = defaultdict(Decimal)
    for clue in clues:
        if clue.state in (*UNDECIDED_CLUES, ClueState.TRUE):
            totals[clue.session_id] += clue.weight
    return totals


def _tell_inspectors(
    campaign: Campaign, before: dict[int, Decimal], threshold: Decimal, on: date, now: datetime
) -> None:
    """One notice a person and day: how many walks came over the threshold."""
    after = _totals(Clue.objects.in_campaign(campaign).standing())
    fresh = [pk for pk, total in after.items() if total >= threshold > before.get(pk, Decimal())]
    if not fresh:
        return
    audience, by_user, known = Audience(on), Counter(), {}
    walks = {pk: unit for pk, unit in _units(fresh)}
    for unit in walks.values():
        if unit.pk not in known:
            known[unit.pk] = audience.nearest(Role.INSPECTOR, unit, own_too=True)
        by_user.update(known[unit.pk])
    by_count = defaultdict(list)
    for user in User.objects.filter(pk__in=by_user).order_by("pk"):
        by_count[by_user[user.pk]].append(user)
    for count, users in by_count.items():
        text = f"{on.month}月{on.day}日有 {count} 次走流程的疑点权重达到 {threshold:.0f}，请核实。"
        notify(to=users, kind="CLUES", text=text, link="/issues/clues/", now=now, key=f"clues-{on}")


def _units(pks: list[int]):
    for start in range(0, len(pks), _BATCH):
        walks = WalkSession.objects.filter(pk__in=pks[start : start + _BATCH]).select_related(
            "reporting_unit"
        )
        yield from ((walk.pk, walk.reporting_unit) for walk in walks)


def _told(campaign: Campaign, walks: int, threshold: Decimal) -> dict:
    rows = (
        Clue.objects.in_campaign(campaign)
        .standing()
        .order_by("session__number", "rule")
        .values_list("session__number", "rule", "weight", "facts")
    )
    clues = [
        {"session": number, "rule": rule, "weight": float(weight), "facts": facts}
        for number, rule, weight, facts in rows
    ]
    return {
        "sessions": walks,
        "threshold": float(threshold),
        "clues": clues,
        "by_rule": dict(sorted(Counter(clue["rule"] for clue in clues).items())),
    }
