"""`build_package [--organization CODE] [--on DATE] [--campaign CODE] --out DIR [--json]` (contract §2)."""

import hashlib
import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from django.utils import timezone

from campaigns.ground.workdays import load_calendar
from campaigns.management.sentence import SentenceCommand
from campaigns.models import Campaign, Organization
from reports.package import MANIFEST_NAME, Built, build


class Command(SentenceCommand):
    help = "生成总结材料包：三张清单、整改台账、工作总结和目录；数据不变，生成的文件逐字节相同。"
    usage = "build_package [--organization 单位编码] [--on 日期] [--campaign 行动编码] --out 文件夹 [--json]"

    def add_arguments(self, parser) -> None:
        parser.add_argument("--organization", help="单位编码，默认全市")
        parser.add_argument("--campaign", help="行动编码，默认进行中的行动")
        parser.add_argument("--on", type=date.fromisoformat, help="截至日期（YYYY-MM-DD），默认今天")
        parser.add_argument("--out", type=Path, required=True, help="存放的文件夹，没有时新建")

    def handle(self, *args: Any, **options: Any) -> None:
        built = build(
            organization=self._organization(options["organization"]),
            campaign=self._campaign(options["campaign"]),
            on=options["on"] or timezone.localdate(),
            calendar=load_calendar(),
        )
        path = options["out"] / built.name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(built.content)
        except OSError:
            self._refuse(f"不能写入 {path}。")
        told = {"path": str(path.resolve()), "sha256": built.sha256, "files": _files(built)}
        self.tell(f"已生成 {path}", told)

    def _campaign(self, code: str | None) -> Campaign:
        found = Campaign.objects.filter(code=code).first() if code else Campaign.objects.current()
        if found is None:
            self._refuse(f"没有编码为 {code} 的行动。" if code else "没有进行中的行动。")
        return found

    def _organization(self, code: str | None) -> Organization:
        """The named unit, else the city itself."""
        rows = Organization.objects.select_related("parent").order_by("pk")
        found = (rows.filter(code=code) if code else rows.filter(parent__isnull=True, kind="CITY")).first()
        if found is None:
            self._refuse(f"没有编码为 {code} 的单位。" if code else "还没有市政府这个单位。")
        return found

    def _refuse(self, sentence: str) -> NoReturn:
        self.tell(sentence, {"error": sentence})
        raise SystemExit(1)


def _files(built: Built) -> list[dict]:
    """Every member of the zip, the manifest itself too."""
    with zipfile.ZipFile(io.BytesIO(built.content)) as archive:
        manifest = archive.read(MANIFEST_NAME)
    digest = hashlib.sha256(manifest).hexdigest()
    return [*built.files, {"name": MANIFEST_NAME, "rows": 0, "sha256": digest}]
