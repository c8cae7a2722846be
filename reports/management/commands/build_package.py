"""`build_package [--organization CODE] [--on DATE] [--campaign CODE] --out DIR [--json]` (contract §2)."""

import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

from campaigns.ground.refusal import NotAllowed
from campaigns.ground.workdays import load_calendar
from reports.management.scoped import ScopedCommand
from reports.package import MANIFEST_NAME, Built, build


class Command(ScopedCommand):
    help = "生成总结材料包：三张清单、整改台账、工作总结和目录；数据不变，生成的文件逐字节相同。"
    usage = "build_package [--organization 单位编码] [--on 日期] [--campaign 行动编码] --out 文件夹 [--json]"

    def add_arguments(self, parser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--out", type=Path, required=True, help="存放的文件夹，没有时新建")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            built = build(**self.asked(options), calendar=load_calendar())
        except NotAllowed as refusal:
            self.refuse(str(refusal))
        path = options["out"] / built.name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(built.content)
        except OSError:
            self.refuse(f"不能写入 {path}。")
        told = {"path": str(path.resolve()), "sha256": built.sha256, "files": _files(built)}
        self.tell(f"已生成 {path}", told)


def _files(built: Built) -> list[dict]:
    """Every member of the zip, the manifest itself too."""
    with zipfile.ZipFile(io.BytesIO(built.content)) as archive:
        manifest = archive.read(MANIFEST_NAME)
    digest = hashlib.sha256(manifest).hexdigest()
    return [*built.files, {"name": MANIFEST_NAME, "rows": 0, "sha256": digest}]
