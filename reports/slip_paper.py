"""督办单 as an official letter (信函): number, 承办单位, 事项, 时限, 签发人. No seal is drawn: it is put on by hand."""

from campaigns.actions.slips import rung_of
from campaigns.enums import SlipState
from campaigns.ground.calendar import Calendar
from campaigns.ground.clock import day_of
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Slip
from reports.papers.document import Document, Form, Paragraph, Table, chinese_date


def slip_paper(slip: Slip, calendar: Calendar) -> Document:
    """The paper of a signed 督办单 (contract §8). Raises NotAllowed for a draft or a void one: it has no number."""
    if slip.state != SlipState.SIGNED:
        raise NotAllowed("督办单签发编号后才能下载。")
    label = f"{rung_of(slip).label}单"
    signed_on = day_of(slip.signed_at)
    about, unit = slip.about, slip.about.organization
    late = max(0, calendar.workdays_between(about.due_on, signed_on))
    blocks = [
        Paragraph(
            f"你单位负责办理的“{about.title}”，时限为{chinese_date(about.due_on)}，截至签发之日已逾期{late}个工作日，"
            f"尚未办结。请于{chinese_date(slip.deadline.due_on)}前办结，并将办理情况填报系统。"
        )
    ]
    if slip.leader:
        blocks.append(Paragraph(f"本事项挂牌督办，挂牌领导：{slip.leader}。"))
    rows = [
        ("承办单位", unit.name),
        ("督办事项", about.title),
        ("原定时限", chinese_date(about.due_on)),
        ("督办时限", chinese_date(slip.deadline.due_on)),
        ("挂牌领导", slip.leader),
        ("签发人", slip.signed_by.person.name),
    ]
    facts = tuple(row for row in rows if row[1])
    blocks.append(Table(columns=("项目", "内容"), rows=facts, widths=(2, 7)))
    return Document(
        form=Form.LETTER,
        head=slip.signed_by.person.organization.name,
        number=slip.number,
        title=label,
        blocks=tuple(blocks),
        addressee=unit.name,
        signature=slip.signed_by.person.organization.name,
        on=signed_on,
    )
