"""`open_campaign CODE NAME --opens DATE --closes DATE [--document 文号]`: start a round of the campaign."""

from datetime import date

from django.utils import timezone

from campaigns.actions.founding import open_campaign
from campaigns.ground.refusal import NotAllowed
from campaigns.management.sentence import SentenceCommand


class Command(SentenceCommand):
    help = "启动一轮行动:参加单位取“是否参加”为是的单位,重点事项取填了重点类别的事项。"
    usage = "open_campaign 行动编码 行动名称 --opens 2022-04-19 --closes 2022-06-30 [--document 文号]"

    def add_arguments(self, parser):
        parser.add_argument("code")
        parser.add_argument("name")
        parser.add_argument("--opens", type=date.fromisoformat, required=True)
        parser.add_argument("--closes", type=date.fromisoformat, required=True)
        parser.add_argument("--document", default="")

    def handle(self, *args, **options):
        try:
            campaign = open_campaign(
                code=options["code"],
                name=options["name"],
                document_number=options["document"],
                opens_on=options["opens"],
                closes_on=options["closes"],
                now=timezone.now(),
            )
        except NotAllowed as refusal:
            self.tell(str(refusal), {"error": str(refusal)})
            raise SystemExit(1) from None
        units, matters = campaign.participations.count(), campaign.campaign_matters.count()
        self.tell(
            f"已启动“{campaign.name}”:参加单位 {units} 个,重点事项 {matters} 项。",
            {"code": campaign.code, "organizations": units, "matters": matters},
        )
