"""`deliver_notices [--json]`: send the e-mail that waits in the outbox (contract §2)."""

from typing import Any

from django.utils import timezone

from campaigns.actions.delivery import deliver_pending
from campaigns.management.sentence import SentenceCommand


class Command(SentenceCommand):
    help = "发送待发消息（电子邮件），失败的按 1、5、30、120 分钟后重试，最多 6 次。"
    usage = "deliver_notices [--json]"

    def handle(self, *args: Any, **options: Any) -> None:
        result = deliver_pending(now=timezone.now())
        self.tell(f"已发送 {result['sent']}，失败 {result['failed']}，待发 {result['pending']}。", result)
