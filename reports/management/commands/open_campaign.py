"""`open_campaign CODE NAME --opens DATE --closes DATE [--document 文号]`: start a round of the campaign, reports and all."""

from django.utils import timezone

from campaigns.ground.refusal import NotAllowed
from campaigns.management.sentence import SentenceCommand, a_day
from campaigns.models import Campaign
from reports.actions.rounds import begin_round


class Command(SentenceCommand):
    help = "启动一轮行动：参加单位取“是否参加”为是的单位，重点事项取填了重点类别的事项。"
    usage = "open_campaign 行动编码 行动名称 --opens 2022-04-19 --closes 2022-06-30 [--document 文号] [--previous 上一轮编码]"

    def add_arguments(self, parser):
        parser.add_argument("code")
        parser.add_argument("name")
        parser.add_argument("--opens", type=a_day, required=True)
        parser.add_argument("--closes", type=a_day, required=True)
        parser.add_argument("--document", default="")
        parser.add_argument("--previous", help="上一轮行动的编码：沿用它的行动参数和重点事项")

    def handle(self, *args, **options):
        code, previous = options["previous"], None
        if code and (previous := Campaign.objects.filter(code=code).first()) is None:
            self.wrong_usage(f"没有编码为 {code} 的行动。")
        try:
            campaign = begin_round(
                code=options["code"],
                name=options["name"],
                document_number=options["document"],
                opens_on=options["opens"],
                closes_on=options["closes"],
                previous=previous,
                by=None,
                now=timezone.now(),
            )
        except NotAllowed as refusal:
            self.tell(str(refusal), {"error": str(refusal)})
            raise SystemExit(1) from None
        units, matters = campaign.participations.count(), campaign.campaign_matters.count()
        self.tell(
            f"已启动“{campaign.name}”：参加单位 {units} 个，重点事项 {matters} 项。",
            {"code": campaign.code, "organizations": units, "matters": matters},
        )
