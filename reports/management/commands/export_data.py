"""`export_data KIND --out FILE.xlsx [--on DATE] [--json]`: a workbook of all records of a kind (contract §2)."""

import hashlib
from pathlib import Path
from typing import Any

from django.utils import timezone

from campaigns.management.sentence import SentenceCommand, a_day
from reports.exports import KINDS, write_kind


class Command(SentenceCommand):
    help = "按导入的列导出全部记录；未改动的导出文件再导入（--mode update）不产生变化。"
    usage = "export_data 类别 --out 文件.xlsx [--on 日期] [--campaign 编码] [--json]"

    def add_arguments(self, parser) -> None:
        parser.add_argument("kind", help="类别：" + "、".join(KINDS))
        parser.add_argument("--out", type=Path, required=True, help="写到哪个 .xlsx 文件")
        parser.add_argument("--on", type=a_day, help="灯和剩余工作日按哪一天算，默认今天")
        parser.add_argument("--campaign", help="行动编码")

    def handle(self, *args: Any, **options: Any) -> None:
        kind, path = options["kind"], options["out"]
        if kind not in KINDS:
            self.wrong_usage(f"没有“{kind}”这个类别；可用的有：{'、'.join(KINDS)}。")
        part = path.with_name(
            f"{path.name}.part"
        )  # a killed run leaves no half workbook under the name asked for
        try:
            with part.open("w+b") as target:
                rows = write_kind(target, kind=kind, on=options["on"] or timezone.localdate())
                target.seek(0)
                digest = hashlib.file_digest(target, "sha256").hexdigest()
            part.replace(path)
        except OSError:
            part.unlink(missing_ok=True)
            self.tell(f"不能写入文件 {path}。", {"error": f"不能写入文件 {path}。"})
            raise SystemExit(1) from None
        told = {"kind": kind, "rows": rows, "path": str(path.resolve()), "sha256": digest}
        self.tell(f"已导出 {rows} 行到 {path}。", told)
