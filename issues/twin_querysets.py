"""The reading vocabulary of 同类问题 and 举一反三 (五(二) “杜绝同类问题反复发生”)."""

from django.db.models import Count, Q, QuerySet

from campaigns.querysets import in_reach
from issues.enums import LedgerState, SelfCheckAnswer, TwinVerdict
from issues.querysets import READERS


class RecurrenceQuerySet(QuerySet):
    def visible_to(self, posting) -> "RecurrenceQuerySet":
        """Pairs of which at least one item lies in scope; what is shown of the other one is without names and link."""
        items = self.model._meta.get_field("later").related_model.objects.visible_to(posting)
        return self.filter(Q(later__in=items.values("pk")) | Q(earlier__in=items.values("pk")))

    def again(self) -> "RecurrenceQuerySet":
        """Confirmed: the problem came back after its item had been closed."""
        return self.filter(verdict=TwinVerdict.AGAIN)

    def where_later(self, item) -> "RecurrenceQuerySet":
        """Pairs whose later one is `item` (or an OuterRef to it), or was merged into it.

        并案办理 keeps both histories: what a recurrence demands goes over to the survivor.
        """
        return self.filter(Q(later=item) | Q(later__merged_into=item))

    def within(self, days: int) -> "RecurrenceQuerySet":
        """Confirmed, found at most so many days after the closing, and itself not refused or merged."""
        gone = (LedgerState.REFUSED, LedgerState.MERGED)
        return self.again().filter(days__lte=days).exclude(later__state__in=gone)


class SelfCheckRoundQuerySet(QuerySet):
    def visible_to(self, posting) -> "SelfCheckRoundQuerySet":
        """Rounds that concern a unit in reach: as the one that had the problem, or as one that was asked."""
        if posting.role not in READERS:
            return self.none()
        asked = self.model._meta.get_field("checks").related_model.objects.visible_to(posting)
        return self.filter(in_reach(posting, "item__responsible_unit") | Q(pk__in=asked.values("round")))

    def with_coverage(self) -> "SelfCheckRoundQuerySet":
        """Adds how many were asked, answered, and have it."""
        return self.annotate(
            asked=Count("checks"),
            answered=Count("checks", filter=~Q(checks__answer="")),
            found=Count("checks", filter=Q(checks__answer=SelfCheckAnswer.FOUND)),
        )


class SelfCheckQuerySet(QuerySet):
    def visible_to(self, posting) -> "SelfCheckQuerySet":
        if posting.role not in READERS:
            return self.none()
        return self.filter(in_reach(posting, "organization"))

    def unanswered(self) -> "SelfCheckQuerySet":
        return self.filter(answer="")
