"""What each unit is scored by: counted from the rows of the indicators, in a fixed number of queries.

A unit answers for itself and for its sections; a county also for all its departments. 上级单位 and 垂管单位 are nobody's
points (contract §7.7).
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

from django.db.models import Count, F, Q, QuerySet

from campaigns.enums import OrganizationKind
from campaigns.models import Campaign, Matter, MilestoneDuty, Organization, WalkTask
from issues.enums import ClueState, LedgerState, Quality, RectifyKind
from issues.lists.measures import FIVE
from issues.models import Clue, LedgerItem
from issues.querysets import WAITING_FOR_REVIEW
from reports.enums import BulletinState, ExperienceState
from reports.indicators import INDICATORS, SIDELINED
from reports.models import Bulletin, Experience, Submission
from reports.scope import Scope, unit_scope
from reports.scoring import Facts

UNSCORED = (OrganizationKind.SUPERIOR, OrganizationKind.VERTICAL)
RECURRED_WITHIN = 90
_OWN_TURN = (LedgerState.ASSIGNED, LedgerState.PLANNING, LedgerState.UNSIGNED)
_BY_KEY = {indicator.key: indicator for indicator in INDICATORS}


def gather(*, organization: Organization, campaign: Campaign, on: date) -> list[Facts]:
    """The facts of every scored unit below `organization`, by code."""
    scope = unit_scope(organization=organization, campaign=campaign, on=on)
    tree = _Tree(organization)
    parts = (_coverage, _dates, _findings, _ledger, _results, _named)
    for rows in (part(scope) for part in parts):
        for unit, name, number in rows:
            tree.add(unit, name, number)
    for owner, finder, number in _pairs(scope):
        tree.add_foreign(owner, finder, number)
    return tree.facts()


class _Tree:
    """Who answers for whose rows, and the sums so far."""

    def __init__(self, top: Organization):
        rows = list(Organization.objects.under(top).order_by("code"))
        self.units = {
            row.pk: row
            for row in rows
            if row.is_participant and not row.closed_on and row.pk != top.pk and row.kind not in UNSCORED
        }
        paths = {unit.path: unit for unit in self.units.values()}
        self.answering = {row.pk: list(_answering(row, paths)) for row in rows if row.kind not in UNSCORED}
        self.sums: dict[int, Counter] = {pk: Counter() for pk in self.units}

    def add(self, unit: int, name: str, number: int) -> None:
        for pk in self.answering.get(unit, ()):
            self.sums[pk][name] += number

    def add_foreign(self, owner: int, finder: int, number: int) -> None:
        """Found in `owner` by somebody for whom another unit answers."""
        for pk in self.answering.get(owner, ()):
            if pk not in self.answering.get(finder, ()):
                self.sums[pk]["foreign"] += number

    def facts(self) -> list[Facts]:
        return [
            Facts(code=unit.code, name=unit.label, kind=unit.get_kind_display(), **self.sums[unit.pk])
            for unit in self.units.values()
        ]


def _answering(row: Organization, scored: dict[str, Organization]) -> Iterator[int]:
    """The nearest scored unit at or above `row`, and every scored county above."""
    parts = row.path.strip("/").split("/")
    found = False
    for depth in range(len(parts), 0, -1):
        unit = scored.get(f"/{'/'.join(parts[:depth])}/")
        if unit and (not found or unit.kind == OrganizationKind.COUNTY):
            yield unit.pk
            found = True


Rows = Iterable[tuple[int, str, int]]


def _counted(rows: QuerySet, unit: str, **counts: Q) -> Rows:
    """(unit, name, number) of each count; one query."""
    told = {f"n_{name}": Count("pk", filter=wanted, distinct=True) for name, wanted in counts.items()}
    for row in rows.order_by().values(unit).annotate(**told):
        for name in counts:
            if row[f"n_{name}"]:
                yield row[unit], name, row[f"n_{name}"]


_ANY = Q(pk__isnull=False)


def _coverage(scope: Scope) -> Rows:
    """The rows of 体验覆盖率 and 重点事项体验率, by unit."""
    coverage, key_matters = _BY_KEY["coverage"], _BY_KEY["key_matters"]
    yield from _counted(coverage.denominator(scope), "organization", owed=_ANY)
    yield from _counted(coverage.numerator(scope), "organization", walked=_ANY)
    yield from _counted(key_matters.denominator(scope), "matter__owner", key_matters=_ANY)
    yield from _counted(key_matters.numerator(scope), "matter__owner", walked_matters=_ANY)
    yield from _counted(Matter.objects.filter(owner__isnull=False), "owner", matters=_ANY)


def _dates(scope: Scope) -> Rows:
    """Tasks, nodes and the report whose date has come, or that are done before it."""
    tasks = WalkTask.objects.in_campaign(scope.campaign).filter(
        withdrawn_on__isnull=True, deadline__isnull=False
    )
    come = Q(deadline__due_on__lt=scope.on)
    in_time = Q(done_on__lte=F("deadline__due_on"))
    yield from _counted(tasks, "organization", due=come | Q(done_on__isnull=False), in_time=in_time)
    settled = Q(deadline__is_open=False, deadline__settled_on__lte=F("deadline__due_on"))
    duties = MilestoneDuty.objects.filter(milestone__campaign=scope.campaign)
    reports = Submission.objects.filter(campaign=scope.campaign, deadline__isnull=False)
    for rows in (duties, reports):
        done = Q(deadline__is_open=False)
        yield from _counted(rows, "organization", due=come | done, in_time=settled)


def _findings(scope: Scope) -> Rows:
    yield from _counted(
        scope.problems(),
        "reporting_unit",
        found=_ANY,
        reviewed=~Q(quality=""),
        valid=Q(quality=Quality.VALID),
    )


def _pairs(scope: Scope) -> Iterator[tuple[int, int, int]]:
    """(responsible unit, finder, problems), without what was refused or merged."""
    rows = scope.problems().exclude(responsible_unit=F("reporting_unit")).exclude(item__state__in=SIDELINED)
    pairs = rows.order_by().values_list("responsible_unit", "reporting_unit")
    yield from pairs.annotate(number=Count("pk", distinct=True))


def _ledger(scope: Scope) -> Rows:
    """The countable items of 销号率, each in one of: closed, overdue, in review, escalated, still running."""
    rows = _BY_KEY["closure"].denominator(scope)
    closed = Q(state=LedgerState.CLOSED)
    again = closed & Q(pk__in=scope.items().recurred(RECURRED_WITHIN).values("pk"))
    idle = Q(state__in=_OWN_TURN, turn__is_open=True, turn__due_on__lt=scope.on)
    overdue = Q(pk__in=scope.items().overdue(scope.on).values("pk")) | idle
    in_review, escalated = Q(state__in=WAITING_FOR_REVIEW), Q(state=LedgerState.ESCALATED)
    yield from _counted(
        rows,
        "responsible_unit",
        closed=closed,
        recurred=again,
        closed_late=closed & Q(was_late=True) & ~again,
        overdue=overdue,
        in_review=in_review,
        escalated=escalated,
        running=~(closed | overdue | in_review | escalated),
        closed_dated=closed & Q(rectify_kind=RectifyKind.DATED),
    )


def _results(scope: Scope) -> Rows:
    """制度, cuts that stand in a closed measure, and walks found fake."""
    measures = scope.measures()
    yield from _counted(_BY_KEY["institutions"].numerator(scope), "lead_unit", institutions=_ANY)
    cut = Q()
    for _name, field, _unit in FIVE:
        cut |= Q(**{f"{field}_after__lt": F(f"{field}_before")})
    done = Q(problems__item__state=LedgerState.CLOSED) | Q(demands__item__state=LedgerState.CLOSED)
    yield from _counted(measures.filter(cut & done), "lead_unit", improvements=_ANY)
    clues = Clue.objects.in_campaign(scope.campaign).filter(state=ClueState.TRUE)
    walks = clues.order_by().values_list("session__reporting_unit")
    for unit, number in walks.annotate(number=Count("session", distinct=True)):
        yield unit, "fake_walks", number
    adopted = Experience.objects.filter(campaign=scope.campaign, state=ExperienceState.ADOPTED)
    yield from _counted(adopted, "organization", experiences=_ANY)


def _named(scope: Scope) -> Rows:
    """通报点名: an issued 通报 that no later one replaced counts once for each unit whose case it names."""
    issues = Bulletin.objects.filter(campaign=scope.campaign, state=BulletinState.ISSUED)
    issues = issues.exclude(correction__state=BulletinState.ISSUED)
    chosen = [
        [_case_of(key) for key in texts.get("chosen", [])] for texts in issues.values_list("texts", flat=True)
    ]
    units = {
        kind: dict(
            rows.filter(pk__in={pk for keys in chosen for one, pk in keys if one == kind}).values_list(
                "pk", unit
            )
        )
        for kind, rows, unit in (
            ("clue", Clue.objects.all(), "session__reporting_unit"),
            ("item", LedgerItem.objects.all(), "responsible_unit"),
        )
    }
    for keys in chosen:
        for unit in {units[kind][pk] for kind, pk in keys if pk in units[kind]}:
            yield unit, "named", 1


def _case_of(key: str) -> tuple[str, int]:
    """“clue-7” of reports.bulletin_facts → (clue, 7); overdue and returned ones are items."""
    kind, _, pk = key.partition("-")
    return ("clue" if kind == "clue" else "item"), int(pk)
