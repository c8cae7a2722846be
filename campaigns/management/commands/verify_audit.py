"""`verify_audit [--json]`: seal what is new, then walk the whole chain (contract §2). Exit 1 when a link is broken."""

from typing import Any

from django.utils import timezone

from campaigns.ground.audit import seal_pending, verify
from campaigns.management.sentence import SentenceCommand


class Command(SentenceCommand):
    help = "核对审计日志的哈希链：有改动、删除或缺号时退出码为 1。"
    usage = "verify_audit [--json]"

    def handle(self, *args: Any, **options: Any) -> None:
        seal_pending(timezone.now())
        result = verify()
        state = "全部完好。" if result["ok"] else result["because"]
        self.tell(f"审计记录 {result['events']} 条，{state}", result)
        if not result["ok"]:
            raise SystemExit(1)
