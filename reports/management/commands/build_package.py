"""`build_package [--organization CODE] [--on DATE] [--campaign CODE] --out DIR [--json]` (contract §2)."""

import hashlib
import json
import sys
import zipfile
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand
from django.utils import timezone

from campaigns.ground.workdays import load_calendar
from campaigns.models import Campaign, Organization
from reports.package import MANIFEST_NAME, build


class Command(BaseCommand):
    help = "生成总结材料包：三张清单、整改台账、工作总结和目录；数据不变，生成的文件逐字节相同。"

    def add_arguments(self, parser):
        parser.add_argument("--organization", help="单位编码，默认全市")
        parser.add_argument("--campaign", help="行动编码，默认进行中的行动")
        parser.add_argument("--on", type=date.fromisoformat, help="截至日期（YYYY-MM-DD），默认今天")
        parser.add_argument("--out", required=True, help="存放的文件夹，没有时新建")
        parser.add_argument("--json", action="store_true", help="最后一行输出一个 JSON 对象")

    def handle(self, *args, **options):
        campaign, organization = _campaign(options["campaign"]), _organization(options["organization"])
        if campaign is None:
            return self._refuse("没有找到这个行动，或没有进行中的行动。", options)
        if organization is None:
            return self._refuse(f"没有编码为 {options['organization'] or '市政府'} 的单位。", options)
        on = options["on"] or timezone.localdate()
        built = build(organization=organization, campaign=campaign, on=on, calendar=load_calendar())
        try:
            path = _write(Path(options["out"]), built.name, built.content)
        except OSError as error:
            return self._refuse(f"不能写入 {options['out']}：{error.strerror}。", options)
        self.stdout.write(f"已生成 {path}")
        if options["json"]:
            files = [*built.files, _manifest_entry(path)]
            self.stdout.write(
                json.dumps({"path": str(path), "sha256": built.sha256, "files": files}, ensure_ascii=False)
            )

    def _refuse(self, sentence: str, options: dict) -> None:
        self.stderr.write(sentence)
        if options["json"]:
            self.stdout.write(json.dumps({"error": sentence}, ensure_ascii=False))
        sys.exit(1)


def _campaign(code: str | None) -> Campaign | None:
    return Campaign.objects.filter(code=code).first() if code else Campaign.objects.current()


def _organization(code: str | None) -> Organization | None:
    """The named unit, else the city itself."""
    rows = Organization.objects.select_related("parent").order_by("pk")
    return (rows.filter(code=code) if code else rows.filter(parent__isnull=True, kind="CITY")).first()


def _write(folder: Path, name: str, content: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    return path


def _manifest_entry(path: Path) -> dict:
    with zipfile.ZipFile(path) as archive:
        content = archive.read(MANIFEST_NAME)
    return {"name": MANIFEST_NAME, "rows": 0, "sha256": hashlib.sha256(content).hexdigest()}
