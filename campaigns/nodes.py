"""The three dated nodes of the plan: the document's own phrase, the day it is read as, and which clock it sets.

衡政办函〔2022〕16号 三、体验时间; 五、保障措施末段. Pure. A later round keeps the same distances from its first day.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from campaigns.ground.deadlines import DeadlineKind

DOCUMENT_YEAR = 2022


@dataclass(frozen=True)
class Node:
    """days: after the campaign's first day; None: its last day. kind: of the units' clocks that hang on the node."""

    key: str
    name: str
    phrase: str
    days: int | None
    kind: str
    settled_by: str


NODES: tuple[Node, ...] = (
    Node(
        "key_matters",
        "重点事项全程体验",
        "2022年5月中旬前完成重点事项全程办理体验",
        31,
        DeadlineKind.MILESTONE,
        "本单位每一项重点事项都有一次走完全程的走流程记录（县市区含所属部门），系统自动办结。",
    ),
    Node(
        "cross_walk",
        "交叉式走流程",
        "市直部门5月底前完成对县市区的交叉式走流程",
        42,
        DeadlineKind.MILESTONE,
        "市直单位到任一县市区走过一次流程，系统自动办结。",
    ),
    Node(
        "report",
        "总结上报",
        "于6月30日前将工作总结、问题清单等相关资料上报市审改办",
        None,
        DeadlineKind.SUBMISSION,
        "各单位上报总结材料后办结。",
    ),
)
BY_KEY = {node.key: node for node in NODES}


def due_on(node: Node, opens_on: date, closes_on: date) -> date:
    """The resolved day: 2022-05-20, 05-31 and 06-30 of the real campaign; never after a round's last day."""
    if node.days is None:
        return closes_on
    return min(opens_on + timedelta(days=node.days), closes_on)


def phrase(node: Node, opens_on: date) -> str:
    """The document's own words; a later round says where its date is taken from."""
    if opens_on.year == DOCUMENT_YEAR:
        return node.phrase
    return f"参照衡政办函〔2022〕16号：{node.phrase}"
