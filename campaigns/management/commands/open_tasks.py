"""`open_tasks [--on DATE] [--campaign CODE] [--json]`: compulsory 倒推办 walks for heaps of complaints (contract §2).

The same call as the scheduler's and the import's; safe to run as often as one likes.
"""

from typing import Any

from django.utils import timezone

from campaigns.actions.complaint_tasks import open_tasks
from campaigns.ground.refusal import NotAllowed
from campaigns.management.sentence import SentenceCommand, a_day
from campaigns.models import Campaign

NOTHING = {"clusters": [], "opened": 0, "already_open": 0}


class Command(SentenceCommand):
    help = "对差评投诉集中的事项开出倒推办任务，1 个工作日内完成；同一处集中只开一个，运行多次不会重复。"
    usage = "open_tasks [--on 日期] [--campaign 编码] [--json]"

    def add_arguments(self, parser) -> None:
        parser.add_argument("--on", type=a_day, help="按哪一天看，默认今天")
        parser.add_argument("--campaign", help="行动编码，默认进行中的行动")

    def handle(self, *args: Any, **options: Any) -> None:
        code, campaign = options["campaign"], None
        if code and (campaign := Campaign.objects.filter(code=code).first()) is None:
            self.wrong_usage(f"没有编码为 {code} 的行动。")
        on = options["on"] or timezone.localdate()
        try:
            told = open_tasks(on=on, now=timezone.now(), campaign=campaign)
        except NotAllowed as refusal:
            self.tell(str(refusal), {**NOTHING, "error": str(refusal)})
            raise SystemExit(1) from None
        lines = [f"{one['reason']}（工单 {one['complaints']} 件）" for one in told["clusters"]]
        counts = f"差评投诉集中 {len(lines)} 处：新开倒推办任务 {told['opened']} 个，已有 {told['already_open']} 个。"
        self.tell("\n".join([*lines, counts]), told)
