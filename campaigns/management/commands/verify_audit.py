"""`verify_audit [--json]`: seal what is new, then walk the whole chain (contract §2). Exit 1 when a link is broken."""

import json
import sys

from django.core.management.base import BaseCommand
from django.utils import timezone

from campaigns.ground.audit import seal_pending, verify


class Command(BaseCommand):
    help = "核对审计日志的哈希链:有改动、删除或缺号时退出码为 1。"

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="最后一行输出一个 JSON 对象")

    def handle(self, *args, **options):
        seal_pending(timezone.now())
        result = verify()
        self.stdout.write(
            f"审计记录 {result['events']} 条," + ("全部完好。" if result["ok"] else result["because"])
        )
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False))
        if not result["ok"]:
            sys.exit(1)
