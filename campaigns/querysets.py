"""The reading vocabulary of the lower app. Every page starts from `visible_to(posting)`.

Scope (contract §5): a posting reaches its own unit, or its unit and everything below it.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet

from campaigns.enums import Reach, Role, SessionState


def in_reach(posting, prefix: str = "") -> Q:
    """Rows whose organization (at lookup `prefix`, e.g. "responsible_unit") is within `posting`'s reach.

    `prefix` is "" when the row itself is an organization. A unit reads the history of those it took over; they
    stand below it in the tree, so the wider reach has them anyway.
    """
    if posting.reach == Reach.SUBTREE:
        key = f"{prefix}__path__startswith" if prefix else "path__startswith"
        return Q(**{key: posting.organization.path})
    own = Q(**{f"{prefix}_id" if prefix else "pk": posting.organization_id})
    return own | Q(**{f"{prefix}__successor" if prefix else "successor": posting.organization_id})


class OrganizationQuerySet(QuerySet):
    def under(self, organization) -> "OrganizationQuerySet":
        """`organization` itself and everything below it."""
        return self.filter(path__startswith=organization.path)

    def visible_to(self, posting) -> "OrganizationQuerySet":
        """The administrator manages all units; anybody else sees those in reach."""
        if posting.role in (Role.ADMIN, Role.SECURITY):
            return self
        return self.filter(in_reach(posting))

    def participating(self) -> "OrganizationQuerySet":
        return self.filter(is_participant=True)


class PersonQuerySet(QuerySet):
    def visible_to(self, posting) -> "PersonQuerySet":
        if posting.role in (Role.ADMIN, Role.SECURITY):
            return self
        if posting.role == Role.WALKER:
            return self.filter(pk=posting.person_id)
        return self.filter(in_reach(posting, "organization"))

    def under(self, organization) -> "PersonQuerySet":
        """People of `organization` and of everything below it, each with their unit."""
        return self.filter(organization__path__startswith=organization.path).select_related("organization")

    def serving(self, on) -> "PersonQuerySet":
        """In office on the day `on`."""
        return self.filter(Q(left_on__isnull=True) | Q(left_on__gte=on))

    def obligated(self, on) -> "PersonQuerySet":
        """应走人员: obligated, in office, not exempted (衡政办函〔2022〕16号 二)."""
        return self.serving(on).filter(is_obligated=True, exemption_reason="")


class PostingQuerySet(QuerySet):
    def active(self, on) -> "PostingQuerySet":
        """Granted and within its dates on the day `on`."""
        return self.filter(
            Q(started_on__isnull=True) | Q(started_on__lte=on),
            Q(ended_on__isnull=True) | Q(ended_on__gte=on),
            granted_at__isnull=False,
        )

    def waiting(self, on) -> "PostingQuerySet":
        """Asked for, not yet granted by 安全管理员, and not over on the day `on`."""
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=on), granted_at__isnull=True)

    def visible_to(self, posting) -> "PostingQuerySet":
        if posting.role in (Role.ADMIN, Role.SECURITY):
            return self
        return self.filter(in_reach(posting, "organization"))


class CampaignQuerySet(QuerySet):
    def current(self):
        """The open campaign, the newest if several are open; None when there is none."""
        return self.filter(state="OPEN").order_by("-opens_on", "-pk").first()


class MatterQuerySet(QuerySet):
    def visible_to(self, posting) -> "MatterQuerySet":
        """The matter catalogue is public to everybody who works here, but for the auditor."""
        return self.none() if posting.role == Role.AUDITOR else self


class SessionQuerySet(QuerySet):
    def newest(self) -> "SessionQuerySet":
        """Without versions that a registered correction has replaced; a draft replaces nothing."""
        corrections = self.model.objects.filter(corrects=OuterRef("pk")).exclude(state=SessionState.DRAFT)
        return self.filter(~Exists(corrections))

    def held(self) -> "SessionQuerySet":
        """Recorded, and not replaced by a correction: what every count counts."""
        return self.newest().exclude(state=SessionState.DRAFT)

    def in_campaign(self, campaign) -> "SessionQuerySet":
        return self.filter(campaign=campaign)

    def visible_to(self, posting) -> "SessionQuerySet":
        """Walks the reach filled in or was walked in; a 体验人 sees the walks they took part in.

        A draft is nobody's business but theirs who write it: the unit's 填报员 and its walkers.
        """
        if posting.role == Role.WALKER:
            return self.filter(walkers=posting.person_id)
        if posting.role not in (Role.REPORTER, Role.DEPUTY, Role.HEAD, Role.REFORM_OFFICE, Role.INSPECTOR):
            return self.none()
        finished = ~Q(state=SessionState.DRAFT)
        filled_in = in_reach(posting, "reporting_unit")
        if posting.role != Role.REPORTER:
            filled_in &= finished
        return self.filter(filled_in | (in_reach(posting, "walked_unit") & finished))


class ObligationQuerySet(QuerySet):
    def visible_to(self, posting) -> "ObligationQuerySet":
        if posting.role == Role.WALKER:
            return self.filter(person=posting.person_id)
        if posting.role in (Role.SECURITY, Role.AUDITOR):
            return self.none()
        return self if posting.role == Role.ADMIN else self.filter(in_reach(posting, "organization"))

    def in_campaign(self, campaign) -> "ObligationQuerySet":
        return self.filter(campaign=campaign)

    def standing(self, on) -> "ObligationQuerySet":
        """Owed on the day `on`: within its dates and not exempted."""
        return self.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on, exempted_at__isnull=True
        )

    def walked_in(self, sessions) -> "ObligationQuerySet":
        """Those whose person walked in one of `sessions`, wherever they served then: the numerator of 体验覆盖率."""
        return self.filter(person__in=sessions.values("walkers"))


class TaskQuerySet(QuerySet):
    def visible_to(self, posting) -> "TaskQuerySet":
        if posting.role == Role.WALKER:
            return self.filter(person=posting.person_id)
        if posting.role not in (Role.REPORTER, Role.DEPUTY, Role.HEAD, Role.REFORM_OFFICE, Role.INSPECTOR):
            return self.none()
        return self.filter(in_reach(posting, "organization"))

    def in_campaign(self, campaign) -> "TaskQuerySet":
        return self.filter(campaign=campaign)

    def waiting(self) -> "TaskQuerySet":
        """Neither done nor withdrawn."""
        return self.filter(done_on__isnull=True, withdrawn_on__isnull=True)


class ComplaintQuerySet(QuerySet):
    def visible_to(self, posting) -> "ComplaintQuerySet":
        if posting.role not in (Role.REPORTER, Role.DEPUTY, Role.HEAD, Role.REFORM_OFFICE, Role.INSPECTOR):
            return self.none()
        return self.filter(in_reach(posting, "organization"))


class CaseQuerySet(QuerySet):
    def visible_to(self, posting) -> "CaseQuerySet":
        """办件 handled within the reach; they name no citizen."""
        if posting.role not in (Role.REPORTER, Role.DEPUTY, Role.HEAD, Role.REFORM_OFFICE, Role.INSPECTOR):
            return self.none()
        return self.filter(in_reach(posting, "organization"))


class SlipQuerySet(QuerySet):
    def visible_to(self, posting) -> "SlipQuerySet":
        """A unit sees signed slips about itself; 审改办 and 督查室 also see the drafts in their reach."""
        if posting.role in (Role.REFORM_OFFICE, Role.INSPECTOR):
            return self.filter(in_reach(posting, "about__organization"))
        if posting.role in (Role.REPORTER, Role.DEPUTY, Role.HEAD):
            return self.filter(in_reach(posting, "about__organization"), state="SIGNED")
        return self.none()
