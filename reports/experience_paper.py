"""典型经验 in the layout of official papers: 简报 of an adopted one, and all of a report together; no seal is drawn."""

from collections.abc import Sequence
from datetime import date

from campaigns.ground.clock import day_of
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Organization
from reports.enums import ExperienceState
from reports.papers.document import Document, Form, Heading, Paragraph, chinese_date
from reports.printed import Experience
from reports.summary import addressee, author, signed_by
from reports.workbooks import CAMPAIGN


def experience_paper(experience: Experience) -> Document:
    """The paper of an adopted experience. Raises NotAllowed for any other: 简报 prints what 审改办 adopted."""
    if experience.state != ExperienceState.ADOPTED:
        raise NotAllowed("典型经验采用后才能下载简报。")
    blocks = []
    for heading, text in (("主要做法", experience.practice), ("取得成效", experience.result)):
        blocks.append(Heading(1, heading))
        blocks += _lines(text)
    blocks += _sources(experience)
    return Document(
        form=Form.BULLETIN,
        head="“走流程、解难题、优服务”行动简报",
        number="典型经验",
        title=experience.title,
        blocks=tuple(blocks),
        signature=experience.organization.name,
        on=day_of(experience.decided_at),
    )


def experiences_paper(*, organization: Organization, experiences: Sequence[Experience], on: date) -> Document:
    """All 典型经验 of a report in one paper; those 审改办 has not judged yet say so."""
    blocks: list = []
    for each in experiences:
        state = "" if each.state == ExperienceState.ADOPTED else f"（{each.get_state_display()}）"
        blocks.append(Heading(1, f"{each.title}{state}"))
        blocks.append(Paragraph(f"报送单位：{each.organization.name}"))
        for heading, text in (("主要做法", each.practice), ("取得成效", each.result)):
            blocks.append(Heading(2, f"{heading}。"))
            blocks += _lines(text)
        blocks += _sources(each)
    return Document(
        title=f"{author(organization)}\n{CAMPAIGN}\n典型经验",
        addressee=addressee(organization),
        blocks=tuple(blocks) or (Paragraph(f"截至{chinese_date(on)}，没有报送典型经验。"),),
        signature=signed_by(organization),
        on=on,
    )


def _lines(text: str) -> list[Paragraph]:
    return [Paragraph(line.strip()) for line in text.splitlines() if line.strip()]


def _sources(experience: Experience) -> list[Paragraph]:
    sources = [
        f"{label}{row.number}"
        for label, row in (("解决措施", experience.measure), ("走流程登记", experience.session))
        if row
    ]
    return [Paragraph(f"来源：{'、'.join(sources)}。")] if sources else []
