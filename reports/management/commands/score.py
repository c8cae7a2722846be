"""`score [--organization CODE] [--on DATE] [--campaign CODE] [--json]` (contract §2): what the rows would score today."""

from typing import Any

from reports.actions.scores import policy_of
from reports.management.scoped import ScopedCommand
from reports.score_facts import gather
from reports.scoring import Card, score


class Command(ScopedCommand):
    help = "按年度考核五问计分：每个单位的总分、每项得分和依据；只计算，不制表、不公布。"
    usage = "score [--organization 单位编码] [--on 日期] [--campaign 行动编码] [--json]"

    def handle(self, *args: Any, **options: Any) -> None:
        asked = self.asked(options)
        cards = score(gather(**asked), policy_of(asked["campaign"]))
        words = [f"{card.group} {card.name} {_said(card)}" for card in cards]
        self.tell("\n".join([*words, f"考核计分 {len(cards)} 个单位。"]), {"organizations": _told(cards)})


def _said(card: Card) -> str:
    return "暂无可计分的内容" if card.total is None else f"{card.total} 分 {card.grade} 等"


def _told(cards: list[Card]) -> list[dict[str, Any]]:
    """By code. A unit of which nothing can be counted yet isn't scored and so isn't told."""
    return [
        {
            "code": card.code,
            "name": card.name,
            "total": float(card.total),
            "grade": card.grade,
            "group": card.group,
            "lines": [
                {
                    "rule": line.rule,
                    "points": float(line.points),
                    "max": float(line.maximum),
                    "because": line.because,
                }
                for line in card.lines
            ],
        }
        for card in sorted(cards, key=lambda card: card.code)
        if card.total is not None
    ]
