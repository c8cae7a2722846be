"""The nightly chase: one engine for every date (contract §8, house §4; 衡政办函〔2022〕16号 五(二)).

Exactly once by the unique key (deadline, round, level); the rows are read in bulk, judged by pure functions, and
lit in batches of 500, each its own short transaction. Nothing is sent from here: notices are rows.
"""

import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache

from django.db import transaction
from django.db.models import F, Max, Q

from campaigns.actions.audience import Audience
from campaigns.actions.deadlines import recount_provisional
from campaigns.actions.light_events import note_light_changes
from campaigns.actions.notices import DigestLine, add_to_digest, queue_digests
from campaigns.enums import CampaignState, OrganizationKind
from campaigns.ground.calendar import Calendar
from campaigns.ground.deadlines import Chase, ChaseRun, Deadline, DeadlineKind
from campaigns.ground.lights import DEFAULT_LADDER, Rung, ladder_of, light, rung_due
from campaigns.ground.workdays import load_calendar
from campaigns.models import Campaign, CampaignPolicy, Slip

logger = logging.getLogger(__name__)

BATCH = 500


@dataclass
class _Tally:
    looked_at: int = 0
    failed: int = 0
    turned: int = 0
    by_level: Counter = field(default_factory=Counter)
    told: set[int] = field(default_factory=set)

    def add(self, lit: Iterable["_Lit"]) -> None:
        for one in lit:
            self.by_level[one.rung.level] += 1
            self.told.update(one.users)

    def as_dict(self, on: date, workday: bool) -> dict:
        return {
            "on": on.isoformat(),
            "workday": workday,
            "looked_at": self.looked_at,
            "chased": self.by_level.total(),
            "by_level": {str(level): count for level, count in sorted(self.by_level.items())},
            "notices": len(self.told),
            "failed": self.failed,
            "lights_changed": self.turned,
        }


@dataclass(frozen=True)
class _Lit:
    """One rung that is due for one deadline, and who hears of it."""

    deadline: Deadline
    rung: Rung
    users: list[int]


class _Night:
    """What a whole run looks at again and again: the day, its calendar, each campaign's ladder, the people."""

    def __init__(self, on: date, now: datetime, calendar: Calendar):
        self.on, self.now, self.calendar = on, now, calendar
        self.audience = Audience(on)
        ladders = CampaignPolicy.objects.exclude(ladder=[]).values_list("campaign_id", "ladder")
        self._ladders = {campaign_id: ladder_of(rows) for campaign_id, rows in ladders}
        self._default = ladder_of(DEFAULT_LADDER)
        # Thousands of deadlines share a few dates: each question is worked out once.
        self.rung = lru_cache(maxsize=None)(self._rung)

    def _rung(
        self,
        campaign_id: int,
        kind: str,
        due_on: date,
        starts_on: date,
        slip_level: int | None,
        lit: int | None,
    ) -> Rung | None:
        ladder = self._ladders.get(campaign_id, self._default)
        if kind == DeadlineKind.STEP:
            # A late step is pressed like its item, but the 督办单 is the item's: one paper, not one a step.
            ladder = tuple(rung for rung in ladder if not rung.slip)
        elif slip_level is not None:
            # A 督办单 left undone leads to the next higher one; above 挂牌督办 there is none.
            ladder = tuple(rung for rung in ladder if not rung.slip or rung.level > slip_level)
        return rung_due(
            due_on=due_on,
            starts_on=starts_on,
            on=self.on,
            lit_levels=() if lit is None else (lit,),
            ladder=ladder,
            calendar=self.calendar,
            of_slip=kind == DeadlineKind.SLIP,
        )

    def judge(self, rows: Iterable[Deadline], lit: dict[int, int]) -> list[_Lit]:
        """The rungs due for `rows`, given the highest level lit in each one's round."""
        found = []
        for row in rows:
            slip_level = row.slip_itself.level if hasattr(row, "slip_itself") else None
            rung = self.rung(
                row.campaign_id, row.kind, row.due_on, row.starts_on, slip_level, lit.get(row.pk)
            )
            if rung is not None:
                found.append(_Lit(row, rung, self.audience.of_rung(row, rung)))
        return found


def run(*, on: date, now: datetime, dry_run: bool = False, campaign: Campaign | None = None) -> dict:
    """Light every rung that is due on `on` and write the digests; safe to run twice, at once, or late.

    A rest day sends nothing. `dry_run` does the same work and takes it back. `campaign` narrows it to one of the
    open campaigns. Returns `on, workday, looked_at, chased, by_level, notices, failed, lights_changed` of this call;
    `notices` counts the people told.
    """
    if dry_run:
        with transaction.atomic():
            result = run(on=on, now=now, campaign=campaign)
            transaction.set_rollback(True)
        return result
    calendar = load_calendar()
    workday = calendar.is_workday(on)
    tally = _Tally()
    ChaseRun.objects.get_or_create(on=on, defaults={"workday": workday})
    recount_provisional(calendar=calendar, on=on)
    if workday:
        tally.turned = note_light_changes(rows=chaseable(campaign), on=on, calendar=calendar)
        night = _Night(on, now, calendar)
        due = _look(night, campaign, tally)
        for start in range(0, len(due), BATCH):
            _batch(night, due[start : start + BATCH], tally)
    result = tally.as_dict(on, workday)
    _note_run(on, now, result)
    return result


def chaseable(campaign: Campaign | None = None):
    """Deadlines the chase looks at: running, in a campaign that has begun, never a 上级单位's (contract §7.7).

    A campaign that is over has stopped its own clocks (actions.campaigns.close_campaign); what still runs there are
    items of the ledger, and those are chased until they are closed (五(二) 逐一销号).
    """
    rows = (
        Deadline.objects.running()
        .exclude(campaign__state=CampaignState.DRAFT)
        .exclude(organization__kind=OrganizationKind.SUPERIOR)
    )
    return rows if campaign is None else rows.filter(campaign=campaign)


def _look(night: _Night, campaign: Campaign | None, tally: _Tally) -> list[int]:
    """Ids of the deadlines with a rung due, in one query; no row is locked or built for those without."""
    rows = (
        chaseable(campaign)
        .annotate(lit=Max("chases__level", filter=Q(chases__round=F("round"))))
        .order_by("pk")
        .values_list("pk", "campaign_id", "kind", "due_on", "starts_on", "slip_itself__level", "lit")
    )
    due = []
    for pk, *facts in rows.iterator(chunk_size=5000):
        tally.looked_at += 1
        if night.rung(*facts) is not None:
            due.append(pk)
    return due


def _batch(night: _Night, pks: list[int], tally: _Tally) -> None:
    """One batch; when it fails it is tried row by row, and a row that fails is logged, counted, passed over."""
    try:
        tally.add(_light(night, pks))
    except Exception:
        if len(pks) == 1:
            logger.exception("chase of deadline %s failed", pks[0])
            tally.failed += 1
            return
        logger.warning("chase batch of %s failed, going row by row", len(pks), exc_info=True)
        for pk in pks:
            _batch(night, [pk], tally)


def _rows(pks: list[int]):
    return (
        Deadline.objects.running()
        .filter(pk__in=pks)
        .select_related("organization", "person__user", "slip_itself")
        .order_by("pk")
    )


def _lit_levels(pks: list[int]) -> dict[int, int]:
    return dict(
        Chase.objects.filter(deadline__in=pks, round=F("deadline__round"))
        .values_list("deadline_id")
        .annotate(level=Max("level"))
        .order_by()
    )


@transaction.atomic
def _light(night: _Night, pks: list[int]) -> list[_Lit]:
    """Light what is due among `pks` and write its notices: a dozen queries, whatever the batch's size.

    Workers queue at the day's run row, so a second one finds the first one's levels lit. A deadline someone is
    changing right now is skipped and caught by the next run.
    """
    ChaseRun.objects.select_for_update().get(on=night.on)
    rows = list(_rows(pks).select_for_update(of=("self",), skip_locked=True))
    lit = night.judge(rows, _lit_levels(pks))
    chases = Chase.objects.bulk_create([_chase(night, one) for one in lit])
    links = _draft_slips(night, lit)
    lines = [
        DigestLine(user_id, _text(night, one), links.get(one.deadline.pk, one.deadline.link), chase)
        for one, chase in zip(lit, chases, strict=True)
        for user_id in one.users
    ]
    if lines:
        add_to_digest(lines=lines, on=night.on, now=night.now)
    return lit


def _chase(night: _Night, one: _Lit) -> Chase:
    colour = light(
        on=night.on,
        phase="open",
        due_on=one.deadline.due_on,
        starts_on=one.deadline.starts_on,
        was_late=False,
        calendar=night.calendar,
    )
    return Chase(
        deadline=one.deadline,
        round=one.deadline.round,
        level=one.rung.level,
        label=one.rung.label,
        on=night.on,
        due_on=one.deadline.due_on,
        light=colour.value,
    )


def _draft_slips(night: _Night, lit: list[_Lit]) -> dict[int, str]:
    """Draft the 督办单 of the rungs that want one; returns the slip's page by deadline."""
    slips = Slip.objects.bulk_create(
        [
            Slip(about=one.deadline, round=one.deadline.round, level=one.rung.level, drafted_on=night.on)
            for one in lit
            if one.rung.slip
        ]
    )
    return {slip.about_id: slip.get_absolute_url() for slip in slips}


def _text(night: _Night, one: _Lit) -> str:
    deadline = one.deadline
    days = night.calendar.workdays_between(night.on, deadline.due_on)
    when = "今天到期" if days == 0 else f"还剩 {days} 个工作日" if days > 0 else f"已逾期 {-days} 个工作日"
    head = f"{one.rung.label}单待签发" if one.rung.slip else one.rung.label
    return (
        f"【{head}】{deadline.title}（{deadline.organization.label}）："
        f"{deadline.get_kind_display()} {deadline.due_on:%Y-%m-%d}，{when}"
    )


@transaction.atomic
def _note_run(on: date, now: datetime, result: dict) -> None:
    """Add this call to the day's row, and queue the digests' e-mail now that they are whole."""
    ChaseRun.objects.select_for_update().get(on=on)  # two workers queue each digest once
    queue_digests(on=on, now=now)
    ChaseRun.objects.filter(on=on).update(
        looked_at=F("looked_at") + result["looked_at"],
        chased=F("chased") + result["chased"],
        notices=F("notices") + result["notices"],
        failed=F("failed") + result["failed"],
        workday=result["workday"],
        finished_at=now,
    )
