"""总结材料包: the zip a unit hands in by 30 June (五(四)末段 “将工作总结、问题清单等相关资料上报市审改办”).

Its bytes depend on the rows, the unit, the reach and the day alone: no build time, no builder, no running number.
"""

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

from campaigns.enums import Reach
from campaigns.ground.archive import pack_into
from campaigns.ground.calendar import Calendar
from campaigns.ground.moment import one_moment
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Campaign, Organization
from campaigns.querysets import in_reach
from reports.breakdowns import Facts, gather
from reports.drafting import paper
from reports.enums import ExperienceState, PaperKind
from reports.experience_paper import experiences_paper
from reports.figures import definitions
from reports.models import Experience, Submission
from reports.package_books import Member, checks_book, ledger_book, lists_book, statistics_book
from reports.package_evidence import evidence_book
from reports.papers.gbt9704 import to_docx
from reports.plan_words import plan_paper
from reports.readme import readme
from reports.reconcile import Papers, Reading, disagreements, reconcile
from reports.scope import Scope, unit_scope

SUMMARY = "01 工作总结.docx"
LISTS = "02 问题清单、需求清单和解决措施清单.xlsx"
LEDGER = "03 整改台账.xlsx"
STATISTICS = "04 走流程情况统计.xlsx"
RECTIFICATION = "05 整改情况报告.docx"
CHECKS = "06 抽查回访情况.xlsx"
EXPERIENCES = "07 典型经验.docx"
EVIDENCE = "08 佐证材料目录.xlsx"
PLAN, WALK_PLAN = "09 实施方案.docx", "10 走流程计划.docx"  # of a unit that reports
README, MANIFEST = "README.txt", "manifest.json"
MEMBERS = (SUMMARY, LISTS, LEDGER, STATISTICS, RECTIFICATION, CHECKS, EXPERIENCES, EVIDENCE)

Progress = Callable[[int, str], None]
STAGES = 9  # what `progress` is told the total is


@dataclass(frozen=True)
class Built:
    """A package on disk, until the `with` of `build` ends. `files`: name, rows, sha256 of each member but the manifest."""

    name: str
    path: Path
    sha256: str
    files: list[dict]
    manifest: dict


@contextmanager
def build(
    *,
    organization: Organization,
    campaign: Campaign,
    on: date,
    calendar: Calendar,
    reach: str = Reach.SUBTREE,
    with_files: bool = False,
    progress: Progress = lambda stage, name: None,
) -> Iterator[Built]:
    """The package of `organization` and what is below it (`reach` OWN: the unit alone) as of `on`.

    `progress(stage, name)` is called before each of the STAGES steps, while the reading transaction is open. Reads
    only; all papers show the database as it was at one moment. Raises NotAllowed when papers and figures disagree.
    """
    scope = unit_scope(organization=organization, campaign=campaign, on=on, reach=reach)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "package.zip")
        with one_moment():
            members, attached = _members(scope, calendar, with_files, progress)
            files = [_entry(member) for member in members]
            manifest = _manifest(scope, reach, files, with_files)
            contents = {member.name: member.content for member in members}
            progress(STAGES - 1, "压缩包")
            with path.open("w+b") as target:
                pack_into(target, {**contents, **attached, MANIFEST: _dump(manifest)})
        yield Built(
            name=f"总结材料包-{organization.code}-{on.isoformat()}.zip",
            path=path,
            sha256=_digest(path),
            files=files,
            manifest=manifest,
        )


def _members(
    scope: Scope, calendar: Calendar, with_files: bool, progress: Progress
) -> tuple[list[Member], dict[str, Callable[[], BinaryIO]]]:
    progress(0, LISTS)
    lists = lists_book(LISTS, scope)
    progress(1, LEDGER)
    ledger = ledger_book(LEDGER, scope, calendar)
    progress(2, STATISTICS)
    statistics = statistics_book(STATISTICS, scope)
    progress(3, CHECKS)
    checks = checks_book(CHECKS, scope)
    progress(4, EVIDENCE)
    evidence, attached = evidence_book(EVIDENCE, scope, with_files=with_files)
    progress(5, SUMMARY)
    facts = gather(scope, calendar)
    summary = Member(SUMMARY, to_docx(paper(PaperKind.SUMMARY, scope, facts, calendar)))
    progress(6, RECTIFICATION)
    report = _report(scope, facts, calendar)
    experiences = _experiences(scope)
    progress(7, "指标核对")
    books = (lists.content, ledger.content, statistics.content, checks.content)
    _check(reconcile(scope, calendar, Papers(books, (summary.content, report.content))))
    members = [summary, lists, ledger, statistics, report, checks, experiences, evidence]
    members += _plans(scope, facts, calendar)
    return [*members, Member(README, readme(scope, members, with_files))], attached


def _check(readings: list[Reading]) -> None:
    """A package whose papers don't agree with the figures is not built: better none than a wrong one."""
    if wrong := disagreements(readings):
        raise NotAllowed(f"指标核对不符，材料包没有生成：{'；'.join(wrong[:5])}。请联系系统管理员。")


def papers(scope: Scope, calendar: Calendar) -> Papers:
    """The papers of a package that state figures, as they would be handed in."""
    facts = gather(scope, calendar)
    books = (
        lists_book(LISTS, scope),
        ledger_book(LEDGER, scope, calendar),
        statistics_book(STATISTICS, scope),
        checks_book(CHECKS, scope),
    )
    summary = to_docx(paper(PaperKind.SUMMARY, scope, facts, calendar))
    return Papers(tuple(each.content for each in books), (summary, _report(scope, facts, calendar).content))


def _report(scope: Scope, facts: Facts, calendar: Calendar) -> Member:
    content = to_docx(paper(PaperKind.RECTIFICATION, scope, facts, calendar))
    return Member(RECTIFICATION, content, facts.figures["ledger"].numerator)


def _experiences(scope: Scope) -> Member:
    """07: what was proposed in reach and not turned down, the adopted ones first."""
    rows = Experience.objects.filter(in_reach(scope.posting, "organization"), campaign=scope.campaign)
    rows = rows.exclude(state=ExperienceState.REJECTED).select_related("organization", "measure", "session")
    found = sorted(rows, key=lambda row: (row.state, row.organization.path, row.proposed_at, row.pk))
    told = experiences_paper(organization=scope.organization, experiences=found, on=scope.on)
    return Member(EXPERIENCES, to_docx(told), len(found))


def _plans(scope: Scope, facts: Facts, calendar: Calendar) -> list[Member]:
    """09 and 10: what a unit that owes a report has planned (五(一)); its plan only where it has written one."""
    submission = Submission.objects.filter(campaign=scope.campaign, organization=scope.organization).first()
    if submission is None:
        return []
    plans = [Member(WALK_PLAN, to_docx(paper(PaperKind.WALK_PLAN, scope, facts, calendar)))]
    if submission.plan.strip():
        told = plan_paper(organization=scope.organization, text=submission.plan, on=scope.on)
        plans.insert(0, Member(PLAN, to_docx(told)))
    return plans


def _entry(member: Member) -> dict:
    """A line of the manifest; a workbook also tells the rows of each sheet."""
    entry: dict = {"name": member.name, "rows": member.rows}
    if member.sheets is not None:
        entry["sheets"] = member.sheets
    return entry | {"sha256": hashlib.sha256(member.content).hexdigest()}


def _manifest(scope: Scope, reach: str, files: list[dict], with_files: bool) -> dict:
    return {
        "name": "总结材料包",
        "campaign": scope.campaign.code,
        "organization": {"code": scope.organization.code, "name": scope.organization.name},
        "reach": Reach(reach).label,
        "on": scope.on.isoformat(),
        "with_files": with_files,
        "files": files,
        "definitions": definitions(),
    }


def _dump(manifest: dict) -> bytes:
    return (json.dumps(manifest, ensure_ascii=False, indent=2) + "\n").encode()


def _digest(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
