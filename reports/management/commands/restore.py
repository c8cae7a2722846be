"""`restore FILE [--json]`: an archive of `backup` into an empty database (contract §2). Exit 1 when refused."""

from pathlib import Path
from typing import Any, NoReturn

from campaigns.ground import audit
from campaigns.ground.refusal import NotAllowed
from campaigns.management.sentence import SentenceCommand
from reports.actions.backups import restore


class Command(SentenceCommand):
    help = (
        "恢复：把备份写回刚建好表的空库；已有别的数据、文件损坏、版本或 FIELD_KEYS 不同时拒绝，什么也不写。"
    )
    usage = "restore 文件 [--json]"

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", type=Path, help="backup 写出的文件")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            told = restore(path=options["file"])
        except NotAllowed as refusal:
            self._refuse(str(refusal))
        except OSError:
            self._refuse(f"不能读取 {options['file']}，请给出 backup 写出的文件。")
        chain = audit.verify()
        told |= {"audit_events": chain["events"], "audit_ok": chain["ok"]}
        words = "数据库里已经是这份备份的内容" if told["already"] else "已恢复"
        words += f"：{told['rows']} 行数据、{told['files']} 个文件。"
        words += "操作日志完整。" if chain["ok"] else f"操作日志不完整：{chain['because']}"
        self.tell(words, told)
        if not chain["ok"]:
            raise SystemExit(1)

    def _refuse(self, sentence: str) -> NoReturn:
        self.tell(sentence, {"error": sentence})
        raise SystemExit(1)
