"""`deliver_notices [--json]`: send the e-mail that waits in the outbox (contract §2)."""

import json

from django.core.management.base import BaseCommand
from django.utils import timezone

from campaigns.actions.delivery import deliver_pending


class Command(BaseCommand):
    help = "发送待发消息(电子邮件),失败的按 1、5、30、120 分钟后重试,最多 6 次。"

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="最后一行输出一个 JSON 对象")

    def handle(self, *args, **options):
        result = deliver_pending(now=timezone.now())
        self.stdout.write(f"已发送 {result['sent']},失败 {result['failed']},待发 {result['pending']}。")
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False))
