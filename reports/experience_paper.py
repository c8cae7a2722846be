"""简报 of one adopted 典型经验 in the layout of official papers; no seal is drawn."""

from campaigns.ground.clock import day_of
from campaigns.ground.refusal import NotAllowed
from reports.document import Document, Heading, Paragraph
from reports.enums import ExperienceState
from reports.printed import Experience


def experience_paper(experience: Experience) -> Document:
    """The paper of an adopted experience. Raises NotAllowed for any other: 简报 prints what 审改办 adopted."""
    if experience.state != ExperienceState.ADOPTED:
        raise NotAllowed("典型经验采用后才能下载简报。")
    blocks = []
    for heading, text in (("主要做法", experience.practice), ("取得成效", experience.result)):
        blocks.append(Heading(1, heading))
        blocks += [Paragraph(line.strip()) for line in text.splitlines() if line.strip()]
    sources = [
        f"{label}{row.number}"
        for label, row in (("解决措施", experience.measure), ("走流程登记", experience.session))
        if row
    ]
    if sources:
        blocks.append(Paragraph(f"来源：{'、'.join(sources)}。"))
    return Document(
        number="“走流程、解难题、优服务”行动简报",
        title=experience.title,
        blocks=tuple(blocks),
        signature=experience.organization.name,
        on=day_of(experience.decided_at),
    )
