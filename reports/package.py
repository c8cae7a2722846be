"""总结材料包: the zip a unit hands in by 30 June (五(四)末段 “将工作总结、问题清单等相关资料上报市审改办”).

Its bytes depend on the rows, the unit, the reach and the day alone: no build time, no builder, no running number.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from campaigns.enums import Reach
from campaigns.ground.archive import pack
from campaigns.ground.calendar import Calendar
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.sheets.write import write_workbook
from campaigns.models import Campaign, Organization
from issues.lists import (
    DEMANDS,
    LEDGER,
    MEASURES,
    PROBLEMS,
    demand_rows,
    ledger_rows,
    lit,
    measure_rows,
    problem_rows,
)
from reports.breakdowns import gather
from reports.figures import definitions
from reports.gbt9704 import to_docx
from reports.reconcile import Papers, Reading, disagreements, reconcile
from reports.scope import Scope, unit_scope
from reports.summary import summary
from reports.workbooks import in_sheet, numbered, paper_sheet

LISTS_NAME, LEDGER_NAME, SUMMARY_NAME = "三张清单.xlsx", "整改台账.xlsx", "工作总结.docx"
MANIFEST_NAME = "manifest.json"
STAGES = 5  # what `progress` is told the total is

Progress = Callable[[int, str], None]


@dataclass(frozen=True)
class Built:
    """A package in memory. `files`: name, rows, sha256 of each member but the manifest."""

    name: str
    content: bytes
    sha256: str
    files: list[dict]
    manifest: dict


def build(
    *,
    organization: Organization,
    campaign: Campaign,
    on: date,
    calendar: Calendar,
    reach: str = Reach.SUBTREE,
    progress: Progress = lambda stage, name: None,
) -> Built:
    """Build the package of `organization` and what is below it (`reach` OWN: the unit alone) as of `on`.

    `progress(stage, name)` is called before each of the STAGES steps. Reads only.
    """
    scope = unit_scope(organization=organization, campaign=campaign, on=on, reach=reach)
    progress(0, LISTS_NAME)
    lists, rows = _lists(scope)
    progress(1, LEDGER_NAME)
    ledger, items = _ledger(scope, calendar)
    progress(2, SUMMARY_NAME)
    facts = gather(scope, calendar)
    progress(3, MANIFEST_NAME)
    paper = to_docx(summary(organization=organization, campaign=campaign, on=on, facts=facts))
    _check(reconcile(scope, calendar, Papers(lists, ledger, paper)))
    members = {LISTS_NAME: (lists, rows), LEDGER_NAME: (ledger, items), SUMMARY_NAME: (paper, 0)}
    files = [_entry(name, content, count) for name, (content, count) in sorted(members.items())]
    manifest = _manifest(scope, reach, files)
    progress(4, "打包")
    content = pack(
        {name: content for name, (content, _count) in members.items()} | {MANIFEST_NAME: _dump(manifest)}
    )
    return Built(
        name=f"总结材料包-{organization.code}-{on.isoformat()}.zip",
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        files=files,
        manifest=manifest,
    )


def _check(readings: list[Reading]) -> None:
    """A package whose papers don't agree with the figures is not built: better none than a wrong one."""
    if wrong := disagreements(readings):
        raise NotAllowed(f"指标核对不符，材料包没有生成：{'；'.join(wrong[:5])}。请联系系统管理员。")


def papers(scope: Scope, calendar: Calendar) -> Papers:
    """The papers of a package that state figures, as they would be handed in."""
    facts = gather(scope, calendar)
    paper = summary(organization=scope.organization, campaign=scope.campaign, on=scope.on, facts=facts)
    return Papers(_lists(scope)[0], _ledger(scope, calendar)[0], to_docx(paper))


def _lists(scope: Scope) -> tuple[bytes, dict[str, int]]:
    """三张清单.xlsx: three sheets that refer to each other by 序号. Returns the bytes and the rows per sheet."""
    problems = numbered(problem_rows(scope.problems()))
    demands = numbered(demand_rows(scope.demands()))
    measures = numbered(measure_rows(scope.measures()))
    serials = {("problems", row.pk): row.serial for row in problems}
    serials |= {("demands", row.pk): row.serial for row in demands}
    for demand in demands:
        demand.problem_reference = serials.get(("problems", demand.problem_id), "")
    for measure in measures:
        measure.serials = serials
    sheets = {
        "问题清单": (PROBLEMS, problems),
        "需求清单": (DEMANDS, demands),
        "解决措施清单": (MEASURES, measures),
    }
    book = write_workbook(
        paper_sheet(
            name=name, columns=in_sheet(columns), rows=rows, unit=scope.organization.name, on=scope.on
        )
        for name, (columns, rows) in sheets.items()
    )
    return book, {name: len(rows) for name, (_columns, rows) in sheets.items()}


def _ledger(scope: Scope, calendar: Calendar) -> tuple[bytes, int]:
    """整改台账.xlsx: the contract's columns, with the names beside the codes."""
    items = lit(numbered(ledger_rows(scope.items())), on=scope.on, calendar=calendar)
    sheet = paper_sheet(
        name="整改台账", columns=LEDGER, rows=items, unit=scope.organization.name, on=scope.on
    )
    return write_workbook([sheet]), len(items)


def _entry(name: str, content: bytes, rows: int | dict[str, int]) -> dict:
    """A line of the manifest; a workbook of several sheets also tells the rows of each."""
    entry = {"name": name, "rows": sum(rows.values()) if isinstance(rows, dict) else rows}
    if isinstance(rows, dict):
        entry["sheets"] = rows
    return entry | {"sha256": hashlib.sha256(content).hexdigest()}


def _manifest(scope: Scope, reach: str, files: list[dict]) -> dict:
    return {
        "name": "总结材料包",
        "campaign": scope.campaign.code,
        "organization": {"code": scope.organization.code, "name": scope.organization.name},
        "reach": Reach(reach).label,
        "on": scope.on.isoformat(),
        "files": files,
        "definitions": definitions(),
    }


def _dump(manifest: dict) -> bytes:
    return (json.dumps(manifest, ensure_ascii=False, indent=2) + "\n").encode()
