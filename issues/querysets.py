"""The reading vocabulary of the findings and the ledger. Every page starts from `visible_to(posting)`."""

from django.db.models import Case, Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce, TruncDate

from campaigns.enums import Role
from campaigns.models import Posting
from campaigns.querysets import in_reach
from issues.enums import LedgerState, MoveName, RectifyKind

READERS = (Role.REPORTER, Role.DEPUTY, Role.HEAD, Role.REFORM_OFFICE, Role.INSPECTOR)
WAITING_FOR_REVIEW = (LedgerState.APPLIED, LedgerState.REVIEWED)
OPEN_STATES = (
    LedgerState.UNASSIGNED,
    LedgerState.ASSIGNED,
    LedgerState.PLANNING,
    LedgerState.UNSIGNED,
    LedgerState.RECTIFYING,
    *WAITING_FOR_REVIEW,
)
# What sends an item back to its unit, and what takes it on from there.
_SENT_BACK = (
    MoveName.SEND_BACK,
    MoveName.FAIL_REVIEW,
    MoveName.RETURN,
    MoveName.RETURN_QUICK,
    MoveName.REOPEN,
    MoveName.REOPEN_QUICK,
)
_TAKEN_ON = (
    MoveName.SUBMIT_PLAN,
    MoveName.SIGN,
    MoveName.APPLY,
    MoveName.APPLY_DIRECT,
    MoveName.FINISH,
)
_REPORTER_TURN = (LedgerState.ASSIGNED, LedgerState.PLANNING, LedgerState.RECTIFYING, LedgerState.ESCALATED)


def _of_own_office() -> Exists:
    """A row of the ledger whose responsible unit's own people hold 审改办 (contract §7.3)."""
    return Exists(
        Posting.objects.filter(
            role=Role.REFORM_OFFICE,
            person__organization=OuterRef("responsible_unit"),
            granted_at__isnull=False,
            ended_on__isnull=True,
        )
    )


class FindingQuerySet(QuerySet):
    """Problems and demands: found by, or the duty of, or helped with by the posting's reach."""

    def visible_to(self, posting) -> "FindingQuerySet":
        if posting.role == Role.WALKER:
            return self.filter(session__walkers=posting.person_id)
        if posting.role not in READERS:
            return self.none()
        helped = self.model.helper_units.through.objects.filter(in_reach(posting, "organization"))
        return self.filter(
            in_reach(posting, "reporting_unit")
            | in_reach(posting, "responsible_unit")
            | Q(pk__in=helped.values(f"{self.model._meta.model_name}_id"))
        )

    def in_campaign(self, campaign) -> "FindingQuerySet":
        return self.filter(campaign=campaign)


class ProblemQuerySet(FindingQuerySet):
    def unjudged_by(self, posting) -> "ProblemQuerySet":
        """待评价质量: problems nobody has judged, of those the office may judge."""
        return self.judged_by(posting).filter(quality="")

    def judged_by(self, posting) -> "ProblemQuerySet":
        """What the office may judge, or has been judged: in its reach, none of its own house."""
        rows = self.visible_to(posting).filter(in_reach(posting, "responsible_unit"))
        return rows.exclude(reporting_unit=posting.person.organization_id)


class MeasureQuerySet(QuerySet):
    """Measures written, led or helped with by the posting's reach, or answering a problem it found."""

    def visible_to(self, posting) -> "MeasureQuerySet":
        if posting.role not in READERS:
            return self.none()
        helped = self.model.helper_units.through.objects.filter(in_reach(posting, "organization"))
        found = self.model.problems.through.objects.filter(in_reach(posting, "problem__reporting_unit"))
        asked = self.model.demands.through.objects.filter(in_reach(posting, "demand__reporting_unit"))
        return self.filter(
            in_reach(posting, "reporting_unit")
            | in_reach(posting, "lead_unit")
            | Q(pk__in=helped.values("measure_id"))
            | Q(pk__in=found.values("measure_id"))
            | Q(pk__in=asked.values("measure_id"))
        )

    def in_campaign(self, campaign) -> "MeasureQuerySet":
        return self.filter(campaign=campaign)

    def with_institution(self) -> "MeasureQuerySet":
        """长效机制: 制度名称, 文号, 印发日期 and the file, not a sentence (contract §7.9; the constraint keeps it whole)."""
        return self.filter(institution_file__isnull=False)


class MeetingQuerySet(QuerySet):
    """会商 records: seen by who called them, by who took part, and by the offices above them."""

    def visible_to(self, posting) -> "MeetingQuerySet":
        if posting.role not in READERS:
            return self.none()
        present = self.model.units.through.objects.filter(in_reach(posting, "organization"))
        return self.filter(in_reach(posting, "organization") | Q(pk__in=present.values("meeting_id")))


class ShiftQuerySet(QuerySet):
    """批量顺延: seen by the office in whose reach the dates were moved."""

    def visible_to(self, posting) -> "ShiftQuerySet":
        if posting.role != Role.REFORM_OFFICE:
            return self.none()
        return self.filter(in_reach(posting, "organization"))


class RequestQuerySet(QuerySet):
    """延期 and 报备 requests."""

    def waiting(self) -> "RequestQuerySet":
        """Neither answered nor withdrawn."""
        return self.filter(decided_at__isnull=True, withdrawn_on__isnull=True)


class LedgerQuerySet(QuerySet):
    def visible_to(self, posting) -> "LedgerQuerySet":
        """Items the reach found, is responsible for or helps with (contract §5)."""
        if posting.role == Role.WALKER:
            walks = posting.person.sessions.all()
            return self.filter(Q(problem__session__in=walks) | Q(demand__session__in=walks))
        if posting.role not in READERS:
            return self.none()
        helped = self.model.helper_units.through.objects.filter(in_reach(posting, "organization"))
        return self.filter(
            in_reach(posting, "reporting_unit")
            | in_reach(posting, "responsible_unit")
            | Q(pk__in=helped.values("ledgeritem_id"))
        )

    def in_campaign(self, campaign) -> "LedgerQuerySet":
        return self.filter(campaign=campaign)

    def open(self) -> "LedgerQuerySet":
        return self.filter(state__in=OPEN_STATES)

    def waiting_for(self, posting) -> "LedgerQuerySet":
        """待我办理: items whose next step is this posting's (contract §7.1, §7.3). Start from `visible_to`."""
        own = self.filter(responsible_unit=posting.organization_id)
        if posting.role == Role.REPORTER:
            return own.filter(state__in=_REPORTER_TURN)
        if posting.role == Role.DEPUTY:
            return own.filter(state=LedgerState.APPLIED).exclude(applied_by=posting.person.user_id)
        if posting.role == Role.HEAD:
            return own.to_sign()
        if posting.role == Role.REFORM_OFFICE:
            home = [posting.organization_id, posting.person.organization_id]
            decides = Q(state=LedgerState.REVIEWED) | self._asking(posting)
            return self.filter(
                in_reach(posting, "responsible_unit"),
                Q(state=LedgerState.UNASSIGNED) | decides & ~Q(responsible_unit__in=home) & ~_of_own_office(),
            )
        if posting.role == Role.INSPECTOR:
            return self.filter(
                Q(state=LedgerState.REVIEWED) | self._asking(posting),
                in_reach(posting, "responsible_unit"),
            ).of_reform_offices()
        return self.none()

    def sent_back(self) -> "LedgerQuerySet":
        """被退回: sent back to the unit (or reopened), and not yet taken on from there."""
        entries = self.model._meta.get_field("entries").related_model.objects
        steps = entries.filter(item=OuterRef("pk"), move__in=(*_SENT_BACK, *_TAKEN_ON))
        last = Subquery(steps.order_by("-sequence").values("move")[:1])
        rows = self.filter(state__in=(LedgerState.PLANNING, LedgerState.RECTIFYING))
        return rows.alias(last_step=last).filter(last_step__in=_SENT_BACK)

    def burning_first(self) -> "LedgerQuerySet":
        """What burns stands first: open items by the nearest clock, then the paused, what is done last; then by number."""
        done = (LedgerState.CLOSED, LedgerState.REFUSED, LedgerState.MERGED)
        shelf = Case(When(state__in=OPEN_STATES, then=0), When(state__in=done, then=2), default=1)
        clock = Case(When(state__in=done, then=None), default=Coalesce("turn__due_on", "deadline__due_on"))
        return self.order_by(shelf, clock.asc(nulls_last=True), "number")

    def _asking(self, posting) -> Q:
        """Items with a request this office may answer: a second 延期 is the city's alone (contract §7.6)."""
        extensions = self.model._meta.get_field("extensions").related_model.objects.waiting()
        if posting.organization.parent_id:
            extensions = extensions.exclude(item__extensions__is_granted=True)
        consents = self.model._meta.get_field("consents").related_model.objects.waiting()
        return Q(pk__in=extensions.values("item")) | Q(pk__in=consents.values("item"))

    def waiting_for_verifier(self) -> "LedgerQuerySet":
        """待核验: applied for, of a kind that is verified on the spot, and nobody has gone to look (contract §7.4)."""
        answered = Q(verification__verified_at__gte=F("applied_at"))
        return self.filter(
            Q(problem__category__code__startswith="A") | Q(problem__category__code__startswith="C"),
            state__in=WAITING_FOR_REVIEW,
            rectify_kind=RectifyKind.DATED,
            waiver_reason="",
        ).exclude(answered)

    def to_sign(self) -> "LedgerQuerySet":
        """What 主要负责人's next batch holds: 待审签, and 立行立改 done but not yet signed (contract §7.2)."""
        return self.filter(
            Q(state=LedgerState.UNSIGNED)
            | Q(
                state__in=(LedgerState.REVIEWED, LedgerState.CLOSED),
                rectify_kind=RectifyKind.QUICK,
                signed_at__isnull=True,
            )
        )

    def of_reform_offices(self) -> "LedgerQuerySet":
        """Items whose responsible unit is the 审改办's own: 督查室 closes them (contract §7.3)."""
        return self.filter(_of_own_office())

    def with_applied_on(self) -> "LedgerQuerySet":
        """Adds `applied_on`, the local day of 申请销号, which the light of a waiting item is judged by."""
        return self.annotate(applied_on=TruncDate("applied_at"))

    def earliest_start(self):
        """The earliest 起算日期 of the rows whose clock runs; None when there is none. One query."""
        return self.under_rectification().order_by().aggregate(first=Min("starts_on"))["first"]

    def under_rectification(self) -> "LedgerQuerySet":
        """Items whose own due date runs: 整改中, and 立行立改 in its short lane."""
        return self.filter(
            Q(state=LedgerState.RECTIFYING)
            | Q(state=LedgerState.PLANNING, rectify_kind=RectifyKind.QUICK, deadline__isnull=False)
        )

    def overdue(self, on) -> "LedgerQuerySet":
        """Past due and not applied for (red)."""
        return self.under_rectification().filter(deadline__due_on__lt=on)

    def due_by(self, on) -> "LedgerQuerySet":
        return self.under_rectification().filter(deadline__due_on__lte=on)

    def recurred(self, days: int) -> "LedgerQuerySet":
        """Items whose problem came back within so many days of their closing (五(二) 杜绝同类问题反复发生)."""
        pairs = self.model._meta.get_field("later_twins").related_model.objects.within(days)
        return self.filter(
            pk__in=pairs.filter(earlier__responsible_unit=F("later__responsible_unit")).values("earlier")
        )

    def waiting_for_level_above(self) -> "LedgerQuerySet":
        """提请上级协调: out of the unit's hands until the level above answers (contract §7.7)."""
        return self.filter(state=LedgerState.ESCALATED)

    def countable(self) -> "LedgerQuerySet":
        """The denominator of 销号率: not 不予认定, not 并案办理, not 长期坚持 (domain.md §3.6)."""
        return self.exclude(state__in=[LedgerState.REFUSED, LedgerState.MERGED]).exclude(
            rectify_kind=RectifyKind.LASTING
        )

    def with_list_columns(self) -> "LedgerQuerySet":
        """Everything a list row or a workbook row shows, in a fixed number of queries."""
        return self.select_related(
            "problem__category",
            "problem__matter",
            "problem__session",
            "demand__matter",
            "demand__session",
            "reporting_unit",
            "responsible_unit",
            "deadline",
            "turn",
            "applied_by",
            "reviewed_by",
            "closed_by",
            "verification__session",
        ).annotate(
            extension_count=Count("extensions", filter=Q(extensions__is_granted=True), distinct=True),
            asked_count=Count(
                "extensions",
                filter=Q(extensions__decided_at__isnull=True, extensions__withdrawn_on__isnull=True),
                distinct=True,
            ),
            updated_at=Max("entries__at"),
        )


class CollectionQuerySet(QuerySet):
    """Heaps of workbooks: those the 审改办 in whose reach they were taken in works on."""

    def visible_to(self, posting) -> "CollectionQuerySet":
        if posting.role != Role.REFORM_OFFICE:
            return self.none()
        return self.filter(in_reach(posting, "organization"))


class DrawQuerySet(QuerySet):
    def visible_to(self, posting) -> "DrawQuerySet":
        """督查室 in its reach, and members of the group (a county's are pooled with the city's); 审改办 reads what
        has been drawn. A unit doesn't know before the inspectors come.
        """
        if posting.role == Role.INSPECTOR:
            mine = self.model.members.through.objects.filter(person=posting.person_id)
            return self.filter(in_reach(posting, "organization") | Q(pk__in=mine.values("draw")))
        if posting.role == Role.REFORM_OFFICE:
            return self.filter(in_reach(posting, "organization"), drawn_at__isnull=False)
        return self.none()
