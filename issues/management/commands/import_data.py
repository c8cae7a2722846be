"""`import_data KIND FILE [--mode stop|skip|update] [--dry-run] [--as USERNAME] [--json]` (contract §2)."""

from pathlib import Path
from typing import Any

from django.utils import timezone

from campaigns.actions.imports import dry_run, import_now, load_file
from campaigns.actions.imports_plan import ImportMode
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.sheets.vet import BadFile
from campaigns.management.sentence import SentenceCommand
from campaigns.models import Campaign, User
from issues.actions.imports import IMPORTERS

NOTHING = {"rows": 0, "created": 0, "updated": 0, "unchanged": 0, "skipped": 0, "rejected": 0}


class Command(SentenceCommand):
    help = "从 .xlsx 或 .csv 文件导入；有一行不对就什么都不写入，所有错误一次列全。"
    usage = (
        "import_data 类别 文件 [--mode stop|skip|update] [--dry-run] [--as 用户名] [--campaign 编码] [--json]"
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("kind", help="类别：" + "、".join(IMPORTERS))
        parser.add_argument("file", type=Path, help=".xlsx 或 .csv（UTF-8 或 GB18030）")
        parser.add_argument("--mode", choices=ImportMode.values, default=ImportMode.STOP)
        parser.add_argument("--dry-run", action="store_true", help="只看会怎样，不写入")
        parser.add_argument("--as", dest="username", default="system", help="以谁的名义，默认 system")
        parser.add_argument("--campaign", help="行动编码")

    def handle(self, *args: Any, **options: Any) -> None:
        kind = options["kind"]
        if kind == "ledger":
            self.wrong_usage("整改台账（ledger）只能导出，不能导入。")
        if kind not in IMPORTERS:
            self.wrong_usage(f"没有“{kind}”这个类别；可用的有：{'、'.join(IMPORTERS)}。")
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            self.wrong_usage(f"没有账号“{options['username']}”。")
        code = options["campaign"]
        options["campaign"] = Campaign.objects.filter(code=code).first() if code else None
        if code and options["campaign"] is None:
            self.wrong_usage(f"没有编码为 {code} 的行动。")
        try:
            result = self._import(kind, options, user)
        except (BadFile, NotAllowed) as error:
            fault = {
                "sheet": None,
                "row": None,
                "column": None,
                "cell": None,
                "value": None,
                "message": str(error),
            }
            result = {"kind": kind, **NOTHING, "errors": [fault], "warnings": [], "rejects_file": None}
        self.tell(self._words(result, options), result)
        if result["errors"]:
            raise SystemExit(1)

    def _import(self, kind: str, options: dict[str, Any], user: User) -> dict[str, Any]:
        content = load_file(options["file"])
        if options["dry_run"]:
            plan = dry_run(
                importer=IMPORTERS[kind],
                content=content,
                mode=options["mode"],
                now=timezone.now(),
                campaign=options["campaign"],
            )
            told = {"errors": plan.errors, "warnings": plan.warnings, "rejects_file": None, "dry_run": True}
            return {"kind": kind, **plan.counts(), **told}
        run = import_now(
            importer=IMPORTERS[kind],
            content=content,
            name=options["file"].name,
            mode=options["mode"],
            by=user,
            now=timezone.now(),
            campaign=options["campaign"],
        )
        rejects = run.rejects.file.path if run.rejects else None
        told = {"errors": run.errors, "warnings": run.warnings, "rejects_file": rejects}
        return {"kind": kind, **run.counts, **told}

    def _words(self, result: dict[str, Any], options: dict[str, Any]) -> str:
        lines = list(result["warnings"])
        for error in result["errors"]:
            place = error["cell"] or (f"第 {error['row']} 行" if error["row"] else "文件")
            lines.append(f"{place}：{error['message']}")
        counts = (
            f"共 {result['rows']} 行：新增 {result['created']}，更新 {result['updated']}，"
            f"无变化 {result['unchanged']}，跳过 {result['skipped']}，错误 {result['rejected']}。"
        )
        ending = (
            "有错误，没有写入。" if result["errors"] else "试运行，没有写入。" if options["dry_run"] else ""
        )
        return "\n".join([*lines, counts + ending])
