"""`build_package [--organization CODE] [--on DATE] [--campaign CODE] --out DIR [--json]` (contract §2)."""

import hashlib
import shutil
import zipfile
from pathlib import Path
from typing import Any

from campaigns.ground.refusal import NotAllowed
from campaigns.ground.workdays import load_calendar
from reports.management.scoped import ScopedCommand
from reports.package import MANIFEST, Built, build


class Command(ScopedCommand):
    help = "生成总结材料包：工作总结、三张清单、整改台账、统计、报告和目录；数据不变，生成的文件逐字节相同。"
    usage = "build_package [--organization 单位编码] [--on 日期] [--campaign 行动编码] --out 文件夹 [--files] [--json]"

    def add_arguments(self, parser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--out", type=Path, required=True, help="存放的文件夹，没有时新建")
        parser.add_argument("--files", action="store_true", help="连同佐证材料原件")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with build(**self.asked(options), with_files=options["files"], calendar=load_calendar()) as built:
                path = options["out"] / built.name
                told = {"path": str(path.resolve()), "sha256": built.sha256, "files": _files(built)}
                self._write(built, path)
        except NotAllowed as refusal:
            self.refuse(str(refusal))
        self.tell(f"已生成 {path}", told)

    def _write(self, built: Built, path: Path) -> None:
        """Whole or not at all: a half-written package would look like one."""
        part = path.with_name(f"{path.name}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(built.path, part)
            part.replace(path)
        except OSError:
            self.refuse(f"不能写入 {path}。")


def _files(built: Built) -> list[dict]:
    """Every member of the zip, the manifest itself too."""
    with zipfile.ZipFile(built.path) as archive:
        manifest = archive.read(MANIFEST)
    digest = hashlib.sha256(manifest).hexdigest()
    return [*built.files, {"name": MANIFEST, "rows": 0, "sha256": digest}]
