"""The reading vocabulary of the top app."""

from django.db.models import QuerySet

from campaigns.enums import Role
from campaigns.querysets import in_reach

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
