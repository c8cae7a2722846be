"""Who sees 疑点, and which of them count."""

from django.db.models import QuerySet

from campaigns.enums import Role
from campaigns.querysets import in_reach
from issues.enums import STANDING_CLUES, UNDECIDED_CLUES


class ClueQuerySet(QuerySet):
    """疑点: 督查室 in its reach; a unit only those it was asked about (五(三): lead, answer, verdict)."""

    def visible_to(self, posting) -> "ClueQuerySet":
        inside = in_reach(posting, "session__reporting_unit")
        if posting.role == Role.INSPECTOR:
            return self.filter(inside)
        if posting.role in (Role.REPORTER, Role.DEPUTY, Role.HEAD):
            return self.filter(inside, asked_at__isnull=False)
        return self.none()

    def in_campaign(self, campaign) -> "ClueQuerySet":
        return self.filter(session__campaign=campaign)

    def standing(self) -> "ClueQuerySet":
        """Neither 排除 nor 撤销: what counts against a walk."""
        return self.filter(state__in=STANDING_CLUES)

    def undecided(self) -> "ClueQuerySet":
        return self.filter(state__in=UNDECIDED_CLUES)


class ClueOutcomeQuerySet(QuerySet):
    def visible_to(self, posting) -> "ClueOutcomeQuerySet":
        """约谈、通报、移送: nobody's business but 督查室's."""
        if posting.role != Role.INSPECTOR:
            return self.none()
        return self.filter(in_reach(posting, "clue__session__reporting_unit"))
