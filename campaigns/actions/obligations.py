"""The roster of 应走人员: computed when a campaign opens, refreshed after every import of people, exemptions decided.

衡政办函〔2022〕16号 二; the rule is campaigns.obligation_rule. Who leaves or is transferred keeps the row they had, ended.
"""

from collections import Counter
from datetime import date, datetime, timedelta

from django.db import transaction

from campaigns.enums import CampaignState
from campaigns.ground import audit
from campaigns.ground.clock import day_of
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Campaign, Obligation, Person, Posting, User
from campaigns.obligation_rule import Served, owes, span, units_that_marked
from campaigns.overlooked import served
from campaigns.permissions_plan import check_can_exempt

BATCH = 500
_DAY = timedelta(days=1)
_CHANGED = (
    "organization",
    "rank",
    "starts_on",
    "ends_on",
    "exemption_reason",
    "exempted_at",
    "exempted_by",
)


@transaction.atomic
def refresh_rosters(*, by: Posting | User | None, now: datetime) -> None:
    """The roster of every open campaign, after people or units have changed."""
    campaigns = list(Campaign.objects.filter(state=CampaignState.OPEN).order_by("pk"))
    people = served() if campaigns else []
    for campaign in campaigns:
        refresh_roster(campaign=campaign, by=by, now=now, people=people)


@transaction.atomic
def refresh_roster(
    *, campaign: Campaign, by: Posting | User | None, now: datetime, people: list[Served] | None = None
) -> dict[str, int]:
    """Bring the campaign's roster up to the people workbook; run again it changes nothing.

    Returns how many were `added`, `ended`, `moved`, `exempted`, `lifted`. Three queries and the writes, whatever the size.
    """
    Campaign.objects.select_for_update(no_key=True).get(
        pk=campaign.pk
    )  # two imports at once follow each other
    people = served() if people is None else people
    desk = _Desk(campaign, day_of(now), now, _user(by))
    marked = units_that_marked(people)
    for one in people:
        desk.look(one, span(one, campaign.opens_on) if owes(one, marked) else None)
    desk.write()
    told = {key: desk.told[key] for key in ("added", "ended", "moved", "exempted", "lifted")}
    if any(told.values()):
        audit.record(by=by, verb="更新应走名单", subject=campaign, detail=told, now=now)
    return told


class _Desk:
    """One refresh: the latest row of each person, what becomes of it, and the writing at the end."""

    def __init__(self, campaign: Campaign, on: date, now: datetime, user: User):
        self.campaign, self.on, self.now, self.user = campaign, on, now, user
        rows = Obligation.objects.filter(campaign=campaign).order_by("person_id", "starts_on", "pk")
        self.latest = {row.person_id: row for row in rows}
        self.new: list[Obligation] = []
        self.changed: dict[int, Obligation] = {}
        self.gone: list[int] = []
        self.told: Counter[str] = Counter()

    def look(self, one: Served, wanted: tuple[date, date | None] | None) -> None:
        row = self.latest.get(one.person)
        if wanted is None:
            if row is not None:
                self._end(row, one.left_on)
            return
        starts_on, ends_on = wanted
        if row is None:
            row = self._begin(one, starts_on, ends_on)
        elif row.organization_id != one.unit and not _over(row, self.on):
            row = self._move(row, one, ends_on)
        elif _over(row, self.on) and (ends_on is None or ends_on >= self.on):
            row = self._again(row, one, ends_on)
        else:
            self._set(row, ends_on=ends_on, rank=one.rank)
        self._exempt(row, one.reason)

    def _begin(self, one: Served, starts_on: date, ends_on: date | None) -> Obligation:
        self.told["added"] += 1
        row = Obligation(
            campaign=self.campaign,
            person_id=one.person,
            organization_id=one.unit,
            rank=one.rank,
            starts_on=starts_on,
            ends_on=ends_on,
        )
        self.new.append(row)
        return row

    def _move(self, row: Obligation, one: Served, ends_on: date | None) -> Obligation:
        """调任: the old unit's row ends the day before, the new unit's begins; before it has begun it just follows."""
        self.told["moved"] += 1
        if row.starts_on >= self.on:
            self._set(row, organization_id=one.unit, rank=one.rank, ends_on=ends_on)
            return row
        self._set(row, ends_on=self.on - _DAY)
        self.told["added"] -= 1
        return self._begin(one, self.on, ends_on)

    def _again(self, row: Obligation, one: Served, ends_on: date | None) -> Obligation:
        """Back after having left: a row of its own, so that the time between isn't owed."""
        if row.starts_on == self.on:
            self._set(row, organization_id=one.unit, rank=one.rank, ends_on=ends_on)
            return row
        return self._begin(one, self.on, ends_on)

    def _end(self, row: Obligation, left_on: date | None) -> None:
        if _over(row, self.on):
            return
        last = self.on - _DAY if left_on is None else min(left_on, self.on - _DAY)
        self.told["ended"] += 1
        if last < row.starts_on:
            self.gone.append(row.pk)  # nothing had been owed yet
        else:
            self._set(row, ends_on=last)

    def _exempt(self, row: Obligation, reason: str) -> None:
        """免走原因 of the workbook: who imported it stands as its approver; emptied there, the duty is back."""
        if reason == row.exemption_reason:
            return
        self.told["exempted" if reason else "lifted"] += 1
        self._set(
            row,
            exemption_reason=reason,
            exempted_at=self.now if reason else None,
            exempted_by=self.user if reason else None,
        )

    def _set(self, row: Obligation, **values) -> None:
        if any(getattr(row, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(row, name, value)
            if row.pk:
                self.changed[row.pk] = row

    def write(self) -> None:
        Obligation.objects.filter(pk__in=self.gone).delete()
        # What ends first makes room for what begins: one open row a person (obligation_once).
        Obligation.objects.bulk_update(self.changed.values(), _CHANGED, batch_size=BATCH)
        Obligation.objects.bulk_create(self.new, batch_size=BATCH)


def _over(row: Obligation, on: date) -> bool:
    return row.ends_on is not None and row.ends_on < on


@transaction.atomic
def exempt(*, obligation: Obligation, reason: str, by: Posting, now: datetime) -> Obligation:
    """Approve that somebody needn't walk, with the reason; it is written into the people workbook's 免走原因, too.

    Raises NotAllowed for the wrong office (campaigns.permissions_plan), a duty that has ended, or no reason.
    """
    row = _locked(obligation)
    check_can_exempt(by, row)
    reason = " ".join(reason.split())
    if not reason:
        raise NotAllowed("请写明免走原因。")
    if row.exempted_at:
        raise NotAllowed(f"{row.person.name}已经免走：{row.exemption_reason}。")
    row.exemption_reason, row.exempted_at, row.exempted_by = reason, now, by.person.user
    return _decided(row, by, now, "批准免走", {"原因": reason})


@transaction.atomic
def lift_exemption(*, obligation: Obligation, by: Posting, now: datetime) -> Obligation:
    """恢复应走: the reason is over. Raises NotAllowed for the wrong office, or where nothing is exempt."""
    row = _locked(obligation)
    check_can_exempt(by, row)
    if not row.exempted_at:
        raise NotAllowed(f"{row.person.name}没有免走。")
    was = row.exemption_reason
    row.exemption_reason, row.exempted_at, row.exempted_by = "", None, None
    return _decided(row, by, now, "恢复应走", {"原免走原因": was})


def _locked(obligation: Obligation) -> Obligation:
    rows = Obligation.objects.select_for_update(of=("self",))
    row = rows.select_related("person__organization", "organization__parent").get(pk=obligation.pk)
    if row.ends_on is not None:
        raise NotAllowed("这一段应走已经结束，不再批准免走。")
    return row


def _decided(row: Obligation, by: Posting, now: datetime, verb: str, told: dict) -> Obligation:
    row.save(update_fields=["exemption_reason", "exempted_at", "exempted_by"])
    Person.objects.filter(pk=row.person_id).update(exemption_reason=row.exemption_reason)
    audit.record(by=by, verb=verb, subject=row, detail={"人员": row.person.code, **told}, now=now)
    return row


def _user(by: Posting | User | None) -> User:
    if by is None:
        return User.objects.get(username="system")
    return by.person.user if isinstance(by, Posting) else by
