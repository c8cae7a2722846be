"""`raise_clues [--on DATE] [--campaign CODE] [--json]`: the rules over all walks (contract §2).

The same call as the scheduler's; safe to run as often as one likes.
"""

from typing import Any

from django.utils import timezone

from campaigns.ground.refusal import NotAllowed
from campaigns.management.sentence import SentenceCommand, a_day
from campaigns.models import Campaign
from issues.actions.clues import raise_clues
from issues.clues import RULES

NOTHING = {"sessions": 0, "threshold": 0, "clues": [], "by_rule": {}}


class Command(SentenceCommand):
    help = (
        "按规则对走流程登记提出疑点；同一走流程的同一疑点只提一次，事实不再成立的自动撤销，运行多次不会重复。"
    )
    usage = "raise_clues [--on 日期] [--campaign 编码] [--json]"

    def add_arguments(self, parser) -> None:
        parser.add_argument("--on", type=a_day, help="按哪一天看，默认今天")
        parser.add_argument("--campaign", help="行动编码，默认进行中的行动")

    def handle(self, *args: Any, **options: Any) -> None:
        code, campaign = options["campaign"], None
        if code and (campaign := Campaign.objects.filter(code=code).first()) is None:
            self.wrong_usage(f"没有编码为 {code} 的行动。")
        on = options["on"] or timezone.localdate()
        try:
            told = raise_clues(on=on, now=timezone.now(), campaign=campaign)
        except NotAllowed as refusal:
            self.tell(str(refusal), {**NOTHING, "error": str(refusal)})
            raise SystemExit(1) from None
        totals: dict[str, float] = {}
        for clue in told["clues"]:
            totals[clue["session"]] = totals.get(clue["session"], 0) + clue["weight"]
        over = sum(total >= told["threshold"] for total in totals.values())
        lines = [
            f"{key} {RULES[key].name}：{count} 条" for key, count in told["by_rule"].items() if key in RULES
        ]
        counts = f"走流程 {told['sessions']} 次，疑点 {len(told['clues'])} 条，{over} 次达到阈值 {told['threshold']:g}，提请督查室核实。"
        self.tell("\n".join([*lines, counts]), told)
