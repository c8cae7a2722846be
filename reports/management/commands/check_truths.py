"""`check_truths [--campaign CODE] [--json]`: what no constraint can keep (contract §2). Exit 1 when something is broken."""

import json
import sys

from django.core.management.base import BaseCommand

from campaigns.models import Campaign
from reports.truths import check


class Command(BaseCommand):
    help = (
        "核对跨表的事实：销号人、同一时间两场走流程、状态与历史、措施、行动期间、时限；有不符时退出码为 1。"
    )

    def add_arguments(self, parser):
        parser.add_argument("--campaign", help="行动编码，默认全部行动")
        parser.add_argument("--json", action="store_true", help="最后一行输出一个 JSON 对象")

    def handle(self, *args, **options):
        campaigns = list(self._campaigns(options["campaign"]))
        if options["campaign"] and not campaigns:
            result = {"error": f"没有编码为 {options['campaign']} 的行动。"}
            self.stdout.write(result["error"])
        else:
            result = check(campaigns)
            for each in result["broken"]:
                self.stdout.write(f"{each['truth']}：{each['what']} {each['because']}")
            self.stdout.write(f"核对 {result['checked']} 项，不符 {sum(result['counts'].values())} 处。")
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False))
        if result.get("broken") or "error" in result:
            sys.exit(1)

    def _campaigns(self, code):
        rows = Campaign.objects.order_by("opens_on", "pk")
        return rows.filter(code=code) if code else rows
