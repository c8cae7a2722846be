"""`run_chase [--on DATE] [--dry-run] [--campaign CODE] [--json]`: the day's chase by hand (contract §2).

The same call as the scheduler's at 08:30; a missed night is made up for with `--on`.
"""

from typing import Any

from django.utils import timezone

from campaigns.management.sentence import SentenceCommand, a_day
from campaigns.models import Campaign
from issues.actions.daily import run_day


class Command(SentenceCommand):
    help = "按催办阶梯亮灯、写提醒消息、拟督办单；同一天运行多次不会重复。"
    usage = "run_chase [--on 日期] [--dry-run] [--campaign 行动编码] [--json]"

    def add_arguments(self, parser) -> None:
        parser.add_argument("--on", type=a_day, help="按哪一天运行（YYYY-MM-DD），默认今天")
        parser.add_argument("--dry-run", action="store_true", help="只看会做什么，不写入")
        parser.add_argument("--campaign", help="行动编码，默认所有进行中的行动")

    def handle(self, *args: Any, **options: Any) -> None:
        when = {"on": options["on"] or timezone.localdate(), "now": timezone.now()}
        result = self._run(**when, code=options["campaign"], dry_run=options["dry_run"])
        self.tell(self._words(result), result)
        if result.get("failed") or "error" in result:
            raise SystemExit(1)

    def _run(self, *, code: str | None, **when) -> dict:
        """All open campaigns, or the one of this code alone."""
        if not code:
            return run_day(**when)
        campaign = Campaign.objects.filter(code=code).first()
        if campaign is None:
            return {"error": f"没有编码为 {code} 的行动。"}
        return run_day(**when, campaign=campaign)

    def _words(self, result: dict) -> str:
        if "error" in result:
            return result["error"]
        if not result["workday"]:
            return f"{result['on']} 是休息日，不催办。"
        return (
            f"{result['on']} 检查时限 {result['looked_at']} 项，亮灯 {result['chased']} 项，"
            f"告知 {result['notices']} 人，失败 {result['failed']} 项。"
        )
