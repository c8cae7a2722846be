"""What a set of figures, an export or a package counts: the rows one reach may see, in one campaign.

The scope rule is the lists' own `visible_to` (contract §5: the same rules for list, search, figure, export and package).
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from campaigns.enums import Reach, Role
from campaigns.models import Campaign, CampaignMatter, Obligation, Organization, Posting, WalkSession
from campaigns.querysets import in_reach
from issues.enums import FollowUpState
from issues.models import Demand, FollowUp, LedgerItem, Measure, Problem


@dataclass(frozen=True)
class Scope:
    """`posting`: whose eyes; it need not be saved. `on`: the day lights, days left and the roster are taken for."""

    posting: Posting
    campaign: Campaign
    on: date

    @property
    def organization(self) -> Organization:
        return self.posting.organization

    def sessions(self) -> QuerySet:
        """Walks that were held."""
        rows = WalkSession.objects.visible_to(self.posting).in_campaign(self.campaign)
        return rows.held()

    def problems(self) -> QuerySet:
        return Problem.objects.visible_to(self.posting).in_campaign(self.campaign)

    def demands(self) -> QuerySet:
        return Demand.objects.visible_to(self.posting).in_campaign(self.campaign)

    def measures(self) -> QuerySet:
        return Measure.objects.visible_to(self.posting).in_campaign(self.campaign)

    def items(self) -> QuerySet:
        return LedgerItem.objects.visible_to(self.posting).in_campaign(self.campaign)

    def follow_ups(self) -> QuerySet:
        """回访 that were concluded; who is still to be asked is nobody's figure."""
        rows = FollowUp.objects.visible_to(self.posting).in_campaign(self.campaign)
        return rows.exclude(state=FollowUpState.OPEN)

    def obligations(self) -> QuerySet:
        """应走人员 of the reach on the roster of this campaign, one row a person (衡政办函〔2022〕16号 二)."""
        rows = Obligation.objects.in_campaign(self.campaign).standing(self.on)
        return rows.filter(in_reach(self.posting, "organization"))

    def key_matters(self) -> QuerySet:
        """重点事项 owned by units of the reach (三、体验时间; 四、体验重点)."""
        chosen = CampaignMatter.objects.filter(campaign=self.campaign)
        return chosen.filter(in_reach(self.posting, "matter__owner"))


def unit_scope(
    *, organization: Organization, campaign: Campaign, on: date, reach: str = Reach.SUBTREE
) -> Scope:
    """The scope of a unit itself rather than of a person: the unit and, unless `reach` says OWN, all below it."""
    posting = Posting(organization=organization, role=Role.REFORM_OFFICE, reach=reach)
    return Scope(posting=posting, campaign=campaign, on=on)
