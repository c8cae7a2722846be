"""`export_data KIND --out FILE.xlsx [--on DATE] [--json]`: a workbook of all records of a kind (contract §2)."""

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

from django.utils import timezone

from campaigns.management.sentence import SentenceCommand
from reports.exports import EXPORTERS


class Command(SentenceCommand):
    help = "按导入的列导出全部记录；未改动的导出文件再导入（--mode update）不产生变化。"
    usage = "export_data 类别 --out 文件.xlsx [--on 日期] [--campaign 编码] [--json]"

    def add_arguments(self, parser) -> None:
        parser.add_argument("kind", help="类别：" + "、".join(EXPORTERS))
        parser.add_argument("--out", type=Path, required=True, help="写到哪个 .xlsx 文件")
        parser.add_argument("--on", type=date.fromisoformat, help="灯和剩余工作日按哪一天算，默认今天")
        parser.add_argument("--campaign", help="行动编码")

    def handle(self, *args: Any, **options: Any) -> None:
        kind, path = options["kind"], options["out"]
        if kind not in EXPORTERS:
            self.wrong_usage(f"没有“{kind}”这个类别；可用的有：{'、'.join(EXPORTERS)}。")
        content, rows = EXPORTERS[kind](options["on"] or timezone.localdate())
        try:
            path.write_bytes(content)
        except OSError:
            self.tell(f"不能写入文件 {path}。", {"error": f"不能写入文件 {path}。"})
            raise SystemExit(1) from None
        digest = hashlib.sha256(content).hexdigest()
        told = {"kind": kind, "rows": rows, "path": str(path.resolve()), "sha256": digest}
        self.tell(f"已导出 {rows} 行到 {path}。", told)
