"""`backup --out FILE [--json]`: everything in one archive (contract §2)."""

from pathlib import Path
from typing import Any

from campaigns.management.sentence import SentenceCommand
from reports.backup import write_archive


class Command(SentenceCommand):
    help = "备份：全部数据和上传的文件写成一个文件，可恢复到任一种数据库；加密的内容仍是加密的。"
    usage = "backup --out 文件 [--json]"

    def add_arguments(self, parser) -> None:
        parser.add_argument("--out", type=Path, required=True, help="备份文件，已有时覆盖")

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["out"]
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            told = write_archive(path)
        except OSError as error:
            sentence = f"不能写入 {path}：{error.strerror}。"
            self.tell(sentence, {"error": sentence})
            raise SystemExit(1) from error
        if told["missing"]:
            self.stderr.write(f"注意：有 {told['missing']} 个登记过的文件不在磁盘上，备份中没有它们。")
        words = (
            f"已备份到 {path}：{told['rows']} 行数据、{told['files']} 个文件。恢复时需要同样的 FIELD_KEYS。"
        )
        self.tell(words, told | {"path": str(path.resolve())})
