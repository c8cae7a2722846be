"""`collect_sheets DIR [--dry-run] [--as USERNAME] [--campaign CODE] [--json]`: 一键收表 of a folder (contract §2)."""

from pathlib import Path
from typing import Any

from django.utils import timezone

from campaigns.enums import OrganizationKind
from campaigns.ground.refusal import NotAllowed
from campaigns.management.sentence import SentenceCommand
from campaigns.models import Campaign, Organization, User
from issues.actions import collecting
from issues.actions.collecting_plan import FilePlan
from issues.collecting.heap import MOST_MB, Heap, open_heap
from issues.models import CollectedFile


class Command(SentenceCommand):
    help = "汇总各单位自报的表格：清楚的整份入账，有疑问或有错误的整份留待核对，缺哪些单位一并列出。"
    usage = "collect_sheets 文件夹 [--dry-run] [--as 用户名] [--campaign 编码] [--json]"

    def add_arguments(self, parser) -> None:
        parser.add_argument("folder", type=Path, help="放表格的文件夹（含下级文件夹和 zip 压缩包）")
        parser.add_argument("--dry-run", action="store_true", help="只核对，不入账")
        parser.add_argument("--as", dest="username", default="system", help="以谁的名义，默认 system")
        parser.add_argument("--campaign", help="行动编码")

    def handle(self, *args: Any, **options: Any) -> None:
        folder, code = options["folder"], options["campaign"]
        if not folder.is_dir():
            self.wrong_usage(f"没有文件夹 {folder}。")
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            self.wrong_usage(f"没有账号“{options['username']}”。")
        campaigns = Campaign.objects.filter(code=code) if code else Campaign.objects
        campaign = campaigns.first() if code else campaigns.current()
        if campaign is None:
            self.wrong_usage(
                f"没有编码为 {code} 的行动。" if code else "没有进行中的行动，请用 --campaign 指定。"
            )
        city = Organization.objects.filter(kind=OrganizationKind.CITY).order_by("path").first()
        if city is None:
            self.wrong_usage("还没有市政府这个单位，请先导入单位。")
        try:
            result = self._collect(_heap(folder), campaign, city, user, dry_run=options["dry_run"])
        except NotAllowed as refusal:
            self.tell(str(refusal), {"files": [], "missing": [], "unmatched": [], "error": str(refusal)})
            raise SystemExit(1) from None
        self.tell(_words(result), result)

    def _collect(
        self, heap: Heap, campaign: Campaign, city: Organization, user: User, *, dry_run: bool
    ) -> dict[str, Any]:
        now = timezone.now()
        if not heap:
            return _told([], collecting.missing_units(city, []))
        taken = collecting.take_in(files=heap, campaign=campaign, organization=city, by=user, now=now)
        known = collecting.known_for(taken)
        files = []
        for file in taken.files.select_related("file").order_by("name", "pk"):
            plan = collecting.plan_of_file(file=file, known=known, now=now)
            if file.done_at is None:
                collecting.note_plan(file=file, plan=plan)
            files.append((file, plan))
        if not dry_run:
            collecting.commit_ready(collection=taken, by=user, now=now)
            for file, _ in files:
                file.refresh_from_db()
        return _told(files, collecting.missing_units(city, [plan.units for _, plan in files]))


def _heap(folder: Path) -> Heap:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    if sum(path.stat().st_size for path in paths) > MOST_MB << 20:
        raise NotAllowed(f"文件夹里的文件共超过 {MOST_MB} MB，请分几次办理。")
    return open_heap((path.relative_to(folder).as_posix(), path.read_bytes()) for path in paths)


def _told(files: list[tuple[CollectedFile, FilePlan]], missing: list[str]) -> dict[str, Any]:
    return {
        "files": [_file(file, plan) for file, plan in files],
        "missing": missing,
        "unmatched": [file.name for file, plan in files if not plan.unit],
    }


def _file(file: CollectedFile, plan: FilePlan) -> dict[str, Any]:
    told = [(one.sheet, one.row, *fault) for one in plan.outcomes for fault in one.faults]
    faults = [
        dict(zip(("sheet", "row", "cell", "message"), each, strict=True)) for each in dict.fromkeys(told)
    ]
    return {
        "name": file.name,
        "organization": plan.unit or None,
        "kinds": plan.kinds,
        "rows": plan.rows,
        "rejected": plan.rejected,
        "state": file.get_state_display(),
        **plan.counts(),
        "questions": [f"{one.where}：{one.label}“{one.said}”" for one in plan.questions],
        "errors": faults or ([{"message": plan.book.fault}] if plan.book.fault else []),
    }


def _words(result: dict[str, Any]) -> str:
    lines = [
        f"{one['name']}：{one['organization'] or '未对上单位'}，{one['rows']} 行，错误 {one['rejected']} 行，"
        f"疑问 {len(one['questions'])} 处，{one['state']}。"
        for one in result["files"]
    ]
    lines.append(
        f"共收 {len(result['files'])} 份；未报送 {len(result['missing'])} 个单位；"
        f"未对上单位 {len(result['unmatched'])} 份。疑问请在“一键收表”页面核对。"
    )
    return "\n".join(lines)
