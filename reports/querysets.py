"""The reading vocabulary of the top app."""

from django.db.models import Q, QuerySet

from campaigns.enums import Role
from campaigns.querysets import in_reach
from reports.enums import UNREPORTED, BulletinState, ExperienceState, SubmissionState

READERS = (Role.REPORTER, Role.DEPUTY, Role.HEAD, Role.REFORM_OFFICE, Role.INSPECTOR)


class PackageQuerySet(QuerySet):
    def visible_to(self, posting) -> "PackageQuerySet":
        """Packages about a unit in reach."""
        if posting.role not in READERS:
            return self.none()
        return self.filter(in_reach(posting, "organization"))


class SnapshotQuerySet(QuerySet):
    def of(self, posting, campaign) -> "SnapshotQuerySet":
        """Snapshots that count what `posting` sees: its unit with all below it."""
        return self.filter(campaign=campaign, organization=posting.organization_id)


class ScoreSheetQuerySet(QuerySet):
    def visible_to(self, posting) -> "ScoreSheetQuerySet":
        """Published sheets that hold a unit in reach; the 审改办 also reads the drafts of its reach (contract §5)."""
        if posting.role not in READERS:
            return self.none()
        held = self.model._meta.get_field("cards").related_model.objects.filter(
            in_reach(posting, "organization")
        )
        published = Q(published_at__isnull=False) & Q(pk__in=held.values("sheet"))
        if posting.role == Role.REFORM_OFFICE:
            return self.filter(published | in_reach(posting, "organization"))
        return self.filter(published)


class ScoreCardQuerySet(QuerySet):
    def visible_to(self, posting) -> "ScoreCardQuerySet":
        """The results of the own reach; and, without their lines, those they are ranked against (`ranked_for`)."""
        if posting.role not in READERS:
            return self.none()
        sheets = self.model._meta.get_field("sheet").related_model.objects.visible_to(posting)
        return self.filter(in_reach(posting, "organization"), sheet__in=sheets.values("pk"))

    def ranked_for(self, posting, sheet) -> "ScoreCardQuerySet":
        """Totals and places of the groups the reach stands in."""
        rows = self.filter(sheet=sheet)
        return rows.filter(group__in=rows.visible_to(posting).values("group"))


class SubmissionQuerySet(QuerySet):
    def visible_to(self, posting) -> "SubmissionQuerySet":
        """Reports of units in reach; a closed unit that never reported owes none (its successor has its own)."""
        if posting.role not in READERS:
            return self.none()
        owed = self.exclude(state=SubmissionState.DRAFT, organization__closed_on__isnull=False)
        return owed.filter(in_reach(posting, "organization"))

    def in_campaign(self, campaign) -> "SubmissionQuerySet":
        return self.filter(campaign=campaign)

    def unreported(self) -> "SubmissionQuerySet":
        """未报: 拟稿 or returned and not reported again."""
        return self.filter(state__in=UNREPORTED)

    def overdue(self, on) -> "SubmissionQuerySet":
        """逾期未报 on the day `on`."""
        return self.unreported().filter(deadline__due_on__lt=on)


class BriefQuerySet(QuerySet):
    def visible_to(self, posting) -> "BriefQuerySet":
        """Those about a city or county in reach."""
        if posting.role not in READERS:
            return self.none()
        return self.filter(in_reach(posting, "organization"))


class BulletinQuerySet(QuerySet):
    def visible_to(self, posting) -> "BulletinQuerySet":
        """Issued ones are read by all; a draft by 督查室 in reach; what waits for approval by 审改办 in reach as well."""
        if posting.role not in READERS:
            return self.none()
        seen = Q(state=BulletinState.ISSUED)
        inside = in_reach(posting, "organization")
        if posting.role == Role.INSPECTOR:
            seen |= inside
        elif posting.role == Role.REFORM_OFFICE:
            seen |= inside & Q(state__in=[BulletinState.SUBMITTED, BulletinState.APPROVED])
        return self.filter(seen)


class ExperienceQuerySet(QuerySet):
    def visible_to(self, posting) -> "ExperienceQuerySet":
        """Adopted ones are read by all, the others by the unit that proposed them and by the offices over it."""
        if posting.role not in READERS:
            return self.none()
        return self.filter(Q(state=ExperienceState.ADOPTED) | in_reach(posting, "organization"))
