"""实施方案: the frame a unit's own plan begins with, in the document's words (衡政办函〔2022〕16号 五(一))."""

from datetime import date

from campaigns.models import Campaign, Organization
from reports.papers.document import Document, chinese_date
from reports.papers.plain_paper import from_text
from reports.summary import SIGNING, addressee, signed_by
from reports.workbooks import CAMPAIGN


def plan_frame(organization: Organization, campaign: Campaign) -> str:
    """The text a unit starts from: everything it has to settle, with the campaign's own dates."""
    source = f"（{campaign.document_number}）" if campaign.document_number else ""
    dates = "；".join(
        f"{each.name}于{chinese_date(each.due_on)}前完成"
        for each in campaign.milestones.order_by("due_on", "key")
    )
    return "\n".join(
        (
            f"根据《开展“走流程、解难题、优服务”行动实施方案》{source}要求，结合{organization.label}实际，制定本方案。",
            "一、工作目标",
            "聚焦群众“急难愁盼”的突出问题，坚持问题导向、需求导向和效果导向，推动减环节、减材料、减时限、减跑动、减费用。",
            "二、组织领导",
            f"{organization.label}主要负责人负总责、带头走流程，分管负责人具体负责，明确填报员和责任科（股）室。",
            "三、体验人员和事项",
            "应走人员、重点事项和任务安排见走流程计划，综合运用亲身办、帮代办、陪同办、坐窗办、倒推办五种形式。",
            "四、时间安排",
            f"{dates}。差评投诉集中的问题事项，立即体验。" if dates else "差评投诉集中的问题事项，立即体验。",
            "五、整改和长效机制",
            "能立即整改的立即整改；不能立即整改的，建立整改台账，明确整改事项、责任和时限，逐一销号，并从体制机制层面固定成果。",
            "六、保障措施",
            "一边走、一边检验、一边查摆、一边整改、一边总结，防止走过场。",
        )
    )


def plan_paper(*, organization: Organization, text: str, on: date) -> Document:
    """The unit's plan as an official paper."""
    return Document(
        title=f"{organization.name}\n{CAMPAIGN}\n实施方案",
        addressee=addressee(organization),
        blocks=from_text(text, ()),
        signature=signed_by(organization),
        on=on,
        signing=SIGNING,
    )
