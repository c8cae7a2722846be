"""`check_truths [--campaign CODE] [--json]`: what no constraint can keep (contract §2). Exit 1 when broken."""

from typing import Any

from campaigns.management.sentence import SentenceCommand
from campaigns.models import Campaign
from reports.truths import check


class Command(SentenceCommand):
    help = (
        "核对跨表的事实：销号人、同一时间两场走流程、状态与历史、措施、行动期间、时限；有不符时退出码为 1。"
    )
    usage = "check_truths [--campaign 行动编码] [--json]"

    def add_arguments(self, parser) -> None:
        parser.add_argument("--campaign", help="行动编码，默认全部行动")

    def handle(self, *args: Any, **options: Any) -> None:
        code = options["campaign"]
        campaigns = Campaign.objects.order_by("opens_on", "pk")
        campaigns = list(campaigns.filter(code=code) if code else campaigns)
        if code and not campaigns:
            self.wrong_usage(f"没有编码为 {code} 的行动。")
        found = check(campaigns)
        lines = [f"{each['truth']}：{each['what']} {each['because']}" for each in found["broken"]]
        lines.append(f"核对 {found['checked']} 项，不符 {sum(found['counts'].values())} 处。")
        self.tell("\n".join(lines), found)
        if found["broken"]:
            raise SystemExit(1)
