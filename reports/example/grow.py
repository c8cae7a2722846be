"""Larger scales: the demo's histories copied set-based, each copy with its own walkers, numbers and clocks (contract §2).

Copied are people, walks, lists, the ledger with its history and clocks, complaints; accounts, notices, 督办单 and the audit
log stay as the demo made them.
"""

import re
from collections.abc import Callable, Iterable

from django.db.models import Model, Q, QuerySet

from campaigns.ground.numbering import Counter
from campaigns.models import (
    Campaign,
    Chase,
    CheckPoint,
    Companion,
    Complaint,
    Deadline,
    Obligation,
    Person,
    SessionCase,
    SessionStep,
    WalkSession,
)
from issues.enums import LedgerState
from issues.models import (
    Consent,
    Demand,
    Extension,
    ItemEvidence,
    LedgerEntry,
    LedgerItem,
    Measure,
    MeasureDemand,
    MeasureProblem,
    MeasureStep,
    Problem,
    Verification,
)

TIMES = {"demo": 1, "city": 10, "province": 50}
BATCH = 400  # rows an insert: SQLite takes 32766 values at most
_NUMBER = re.compile(r"\b((?:WT|XQ|CS|ZL|DJ)-[0-9A-Za-z]+(?:-\d{6})(?:-\d{3})?)-(\d{4,})\b")
_TEXTS = {"number", "title", "narrative"}  # fields in which running numbers stand


class _Copier:
    """Makes one copy after another; keeps the new keys of the rows of the copy at work."""

    def __init__(self, campaign: Campaign):
        self.campaign = campaign
        self._last = dict(Counter.objects.values_list("series", "last"))
        self._rows: dict[str, list[Model]] = {}
        self._keys: dict[type[Model], dict[int, int]] = {}

    def take(self, name: str, rows: QuerySet) -> list[Model]:
        """The demo's rows, read once for all copies."""
        if name not in self._rows:
            self._rows[name] = list(rows.order_by("pk"))
        return self._rows[name]

    def copy(
        self, name: str, rows: QuerySet, copy: int, change: Callable[[Model], None] | None = None
    ) -> None:
        """Copy `rows`: foreign keys follow to the copies made so far, numbers go on above the demo's."""
        originals = self.take(name, rows)
        twins = [self._twin(row, copy) for row in originals]
        if change is not None:
            for twin in twins:
                change(twin)
        model = rows.model
        model.objects.bulk_create(twins, batch_size=BATCH)
        keys = self._keys.setdefault(model, {})
        keys |= {row.pk: twin.pk for row, twin in zip(originals, twins, strict=True)}

    def start(self) -> None:
        """A new copy: nothing points into the copy before."""
        self._keys = {}

    def new_key(self, model: type[Model], old: int) -> int:
        return self._keys[model][old]

    def _twin(self, row: Model, copy: int) -> Model:
        values = {}
        for field in row._meta.concrete_fields:
            if field.primary_key:
                continue
            value = getattr(row, field.attname)
            if field.remote_field and value is not None:
                value = self._keys.get(field.related_model, {}).get(value, value)
            elif field.name in _TEXTS and value:
                value = _NUMBER.sub(lambda found: self._renumber(found, copy), value)
            values[field.attname] = value
        return type(row)(**values)

    def _renumber(self, found: re.Match, copy: int) -> str:
        series, number = found[1], int(found[2])
        return f"{series}-{number + copy * self._last.get(series, 0):04d}"

    def raise_counters(self, times: int) -> None:
        """The next number the product gives lies above all copies."""
        rows = list(Counter.objects.filter(series__regex=r"^(WT|XQ|CS|ZL|DJ)-"))
        for row in rows:
            row.last *= times
        Counter.objects.bulk_update(rows, ["last"], batch_size=BATCH)


def grow(*, campaign: Campaign, times: int) -> None:
    """Make the histories of the demo `times` as many. Call it inside a transaction, on the demo only."""
    copier = _Copier(campaign)
    for copy in range(1, times):
        copier.start()
        _copy_people(copier, copy)
        _copy_walks(copier, campaign, copy)
        _copy_lists(copier, campaign, copy)
        _copy_ledger(copier, campaign, copy)
    if times > 1:
        copier.raise_counters(times)


def _copy_people(copier: _Copier, copy: int) -> None:
    """Walkers of their own: nobody is in two places at once. They have no accounts."""

    def change(person: Person) -> None:
        person.code = f"{person.code}-{copy:02d}"
        person.user_id = None

    walking = Person.objects.filter(Q(is_obligated=True) | Q(sessions__isnull=False)).distinct()
    copier.copy("people", walking, copy, change)
    copier.copy("obligations", Obligation.objects.filter(campaign=copier.campaign), copy)


def _copy_walks(copier: _Copier, campaign: Campaign, copy: int) -> None:
    def change(complaint: Complaint) -> None:
        complaint.number = f"{complaint.number}{copy:02d}"

    def follow(session: WalkSession) -> None:
        session.work_order = f"{session.work_order}{copy:02d}" if session.work_order else ""

    copier.copy("complaints", Complaint.objects.all(), copy, change)
    copier.copy("sessions", WalkSession.objects.in_campaign(campaign), copy, follow)
    for model in (WalkSession.walkers.through, Companion, SessionStep, CheckPoint, SessionCase):
        key = "walksession" if model is WalkSession.walkers.through else "session"
        copier.copy(model.__name__, model.objects.filter(**{f"{key}__campaign": campaign}), copy)


def _copy_lists(copier: _Copier, campaign: Campaign, copy: int) -> None:
    copier.copy("deadlines", _ledger_clocks(campaign), copy)
    copier.copy("chases", Chase.objects.filter(deadline__in=_ledger_clocks(campaign)), copy)
    copier.copy("problems", Problem.objects.in_campaign(campaign), copy)
    copier.copy("demands", Demand.objects.in_campaign(campaign), copy)
    copier.copy("measures", Measure.objects.in_campaign(campaign), copy)
    for model in (MeasureProblem, MeasureDemand, MeasureStep):
        copier.copy(model.__name__, model.objects.filter(measure__campaign=campaign), copy)
    for model in (Problem, Demand, Measure):
        through, key = model.helper_units.through, model._meta.model_name
        copier.copy(through.__name__, through.objects.filter(**{f"{key}__campaign": campaign}), copy)


def _ledger_clocks(campaign: Campaign) -> QuerySet:
    clocks = Deadline.objects.filter(campaign=campaign, kind__in=["RECTIFY", "TURN", "STEP"])
    return clocks.filter(clue__isnull=True, follow_up__isnull=True)


def _copy_ledger(copier: _Copier, campaign: Campaign, copy: int) -> None:
    """Items that were merged come after those they were merged into."""
    items = LedgerItem.objects.in_campaign(campaign)
    copier.copy("items", items.exclude(state=LedgerState.MERGED), copy, _unverified)
    copier.copy("merged", items.filter(state=LedgerState.MERGED), copy, _unverified)
    for model in (LedgerEntry, Extension, Consent, Verification, ItemEvidence):
        copier.copy(model.__name__, model.objects.filter(item__campaign=campaign), copy)
    _name_current(copier, copier.take("items", items))
    through = LedgerItem.helper_units.through
    copier.copy(through.__name__, through.objects.filter(ledgeritem__campaign=campaign), copy)
    _lead_to_items(copier, copier.take("deadlines", _ledger_clocks(campaign)))


def _unverified(item: LedgerItem) -> None:
    """The 核验 of the copy is written after it; _name_current puts it in."""
    item.verification_id = None


def _name_current(copier: _Copier, originals: Iterable[LedgerItem]) -> None:
    twins = [
        LedgerItem(
            pk=copier.new_key(LedgerItem, item.pk),
            verification_id=copier.new_key(Verification, item.verification_id),
        )
        for item in originals
        if item.verification_id
    ]
    LedgerItem.objects.bulk_update(twins, ["verification"], batch_size=BATCH)


def _lead_to_items(copier: _Copier, originals: Iterable[Deadline]) -> None:
    """A clock's link leads to the copy's own item."""
    moved = []
    for original in originals:
        found = re.search(r"/(\d+)/$", original.link)
        if found is None:
            continue
        twin = Deadline(pk=copier.new_key(Deadline, original.pk))
        key = copier.new_key(LedgerItem, int(found[1]))
        twin.link = f"{original.link[: found.start()]}/{key}/"
        moved.append(twin)
    Deadline.objects.bulk_update(moved, ["link"], batch_size=BATCH)
