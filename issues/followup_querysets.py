"""Who sees 回访: 督查室 all of its reach; a unit only what was concluded, never whom somebody is about to ask."""

from django.db.models import QuerySet

from campaigns.enums import Role
from campaigns.querysets import in_reach
from issues.enums import FollowUpState

FOLLOW_UP_READERS = (Role.REPORTER, Role.DEPUTY, Role.HEAD, Role.REFORM_OFFICE, Role.INSPECTOR)


class FollowUpQuerySet(QuerySet):
    def visible_to(self, posting) -> "FollowUpQuerySet":
        """Blind to the unit: an open one is there for 督查室 only (五(三) 抽查回访)."""
        rows = self.filter(in_reach(posting, "item__responsible_unit"))
        if posting.role == Role.INSPECTOR:
            return rows
        if posting.role in FOLLOW_UP_READERS:
            return rows.exclude(state=FollowUpState.OPEN)
        return self.none()

    def in_campaign(self, campaign) -> "FollowUpQuerySet":
        return self.filter(campaign=campaign)

    def valid(self) -> "FollowUpQuerySet":
        """有效回访: somebody was reached and said how satisfied they are."""
        return self.exclude(satisfaction="")
