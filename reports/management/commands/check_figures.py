"""`check_figures [--organization CODE] [--on DATE] [--campaign CODE] [--json]` (contract §2). Exit 1 on a mismatch."""

from typing import Any

from campaigns.ground.workdays import load_calendar
from reports.bulletin_check import misprints
from reports.bulletin_facts import paper_of_day
from reports.management.scoped import ScopedCommand
from reports.package import papers
from reports.reconcile import Reading, disagreements, reconcile
from reports.scope import unit_scope


class Command(ScopedCommand):
    help = "核对每项指标：卡片、明细、清单、工作簿、工作总结和通报里的数字是否一致；有不符时退出码为 1。"
    usage = "check_figures [--organization 单位编码] [--on 日期] [--campaign 行动编码] [--json]"

    def handle(self, *args: Any, **options: Any) -> None:
        scope, calendar = unit_scope(**self.asked(options)), load_calendar()
        readings = reconcile(scope, calendar, papers(scope, calendar))
        paper = paper_of_day(scope, calendar)
        wrong = disagreements(readings) + [f"通报：{said}" for said in misprints(paper, scope, calendar)]
        told = {"figures": [_told(each) for each in readings], "mismatches": wrong}
        self.tell("\n".join([*wrong, f"核对 {len(readings)} 项指标，不符 {len(wrong)} 处。"]), told)
        if wrong:
            raise SystemExit(1)


def _told(reading: Reading) -> dict[str, Any]:
    figure = reading.figure
    return {
        "key": figure.key,
        "label": figure.label,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "rows": reading.rows,
    }
