"""The sentence a leader reads first: how far the campaign has come, from the same figures as the cards."""

from datetime import date

from reports.figures import Figure
from reports.papers.document import chinese_date


def lead_sentence(figures: dict[str, Figure], on: date) -> str:
    """截至…，应走…人已走…人；发现问题…个；应整改…条已销号…条，逾期…条。"""
    coverage, closure, overdue = (figures[key] for key in ("coverage", "closure", "overdue"))
    late = f"逾期未办结{overdue.numerator}条" if overdue.numerator else "没有逾期"
    return (
        f"截至{chinese_date(on)}，应走{coverage.denominator}人，已走{coverage.numerator}人（{coverage.text}）；"
        f"登记走流程{figures['sessions'].numerator}场次，发现问题{figures['problems'].numerator}个；"
        f"应整改{closure.denominator}条，已销号{closure.numerator}条（{closure.text}），{late}。"
    )
