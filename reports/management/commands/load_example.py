"""load_example [--scale demo|city|province] [--seed N] [--anchor DATE] [--json]: the example city (contract §2)."""

import sys

from django.utils import timezone

from campaigns.ground.refusal import NotAllowed
from campaigns.management.sentence import SentenceCommand, a_day
from reports.example.load import SCALES, load
from reports.example.timeline import ANCHOR


class Command(SentenceCommand):
    help = "装入示例城市（行动第 62 天的样子）；已经装入的保持原样。"
    usage = "load_example [--scale demo|city|province] [--seed 整数] [--anchor YYYY-MM-DD] [--json]"

    def add_arguments(self, parser):
        parser.add_argument("--scale", choices=SCALES, default="demo", help="规模，默认 demo")
        parser.add_argument("--seed", type=int, default=2022, help="种子，同一种子装出同一城市")
        parser.add_argument("--anchor", type=a_day, default=ANCHOR, help="第 62 天落在哪一天")

    def handle(self, *args, **options):
        try:
            made = load(
                scale=options["scale"], seed=options["seed"], anchor=options["anchor"], now=timezone.now()
            )
        except NotAllowed as refusal:
            self.tell(str(refusal), {"error": str(refusal)})
            sys.exit(1)
        sentence = (
            f"示例城市：单位 {made['organizations']} 个，人员 {made['people']} 人，走流程 {made['sessions']} 次，"
            f"问题 {made['problems']} 条，需求 {made['demands']} 条，措施 {made['measures']} 条，"
            f"台账 {made['ledger_items']} 条，账号 {made['accounts']} 个。"
        )
        self.tell(sentence, made)
