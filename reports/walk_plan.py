"""走流程计划 of a unit: who walks what, in which form, where and until when, from roster and tasks (五(一))."""

from campaigns.enums import MatterFocus
from campaigns.lists import words_of
from campaigns.models import WalkTask
from campaigns.querysets import in_reach
from reports.papers.document import Document, Heading, Paragraph, Table, chinese_date
from reports.scope import Scope
from reports.summary import SIGNING, addressee, author, signed_by
from reports.workbooks import CAMPAIGN


def walk_plan(scope: Scope) -> Document:
    """The plan as the records of the day have it; three queries and one for the nodes."""
    blocks = (*_people(scope), *_matters(scope), *_dates(scope), *_tasks(scope))
    organization = scope.organization
    return Document(
        title=f"{author(organization)}\n{CAMPAIGN}\n走流程计划",
        addressee=addressee(organization),
        blocks=blocks,
        signature=signed_by(organization),
        on=scope.on,
        signing=SIGNING if organization.parent else (),
    )


def _people(scope: Scope):
    people = scope.obligations().select_related("person", "organization")
    rows = tuple(
        (row.organization.label, row.person.name, row.person.title, row.get_rank_display())
        for row in people.order_by("organization__path", "person__code")
    )
    yield Heading(1, "体验人员")
    yield Paragraph(f"应走人员{len(rows)}人，每人至少全程体验一次，做到体验全覆盖。")
    if rows:
        yield Table(("单位", "姓名", "职务", "身份"), rows, widths=(4, 2, 5, 3), caption="表1　应走人员名单")


def _matters(scope: Scope):
    chosen = scope.key_matters().select_related("matter__owner").order_by("matter__code")
    rows = tuple(
        (row.matter.code, row.matter.name, words_of(row.matter.focuses, MatterFocus)) for row in chosen
    )
    yield Heading(1, "体验事项")
    yield Paragraph(
        f"聚焦高频事项、群众“急难愁盼”事项及重点难点事项，确定重点事项{len(rows)}项，从咨询、备料、填表、排队到受理、出件全程体验。"
    )
    if rows:
        yield Table(("事项编码", "事项名称", "重点类别"), rows, widths=(4, 6, 4), caption="表2　重点事项")


def _dates(scope: Scope):
    yield Heading(1, "时间安排")
    for milestone in scope.campaign.milestones.order_by("due_on", "key"):
        yield Heading(
            2, f"{milestone.name}。", f"{chinese_date(milestone.due_on)}前完成（{milestone.phrase}）。"
        )
    yield Paragraph("差评投诉集中的问题事项，立即体验。")


def _tasks(scope: Scope):
    tasks = WalkTask.objects.in_campaign(scope.campaign).filter(
        in_reach(scope.posting, "organization"), withdrawn_on__isnull=True
    )
    tasks = tasks.select_related("person", "matter", "walked_unit", "deadline", "organization")
    rows = tuple(
        (
            task.person.name if task.person else f"由{task.organization.label}安排",
            task.matter.name,
            task.get_mode_display(),
            task.walked_unit.label,
            task.deadline.due_on.isoformat() if task.deadline else "—",
            task.state_label,
        )
        for task in tasks.order_by("organization__path", "deadline__due_on", "pk")
    )
    yield Heading(1, "任务安排")
    if not rows:
        yield Paragraph("由各走流程人员按本计划自行安排体验时间和形式。")
        return
    yield Paragraph(f"已安排走流程任务{len(rows)}项。")
    columns = ("走流程人员", "事项", "形式", "地点", "期限", "完成情况")
    yield Table(columns, rows, widths=(3, 5, 2, 4, 3, 2), caption="表3　走流程任务安排")
