"""办事指南 against what was met: the five numbers the campaign wants lower (四(一): 减环节、减材料、减时限、减跑动、减费用)."""

from dataclasses import dataclass
from decimal import Decimal

from campaigns.models import Matter, MatterUnit, Organization, WalkSession


@dataclass(frozen=True)
class Number:
    """One of the five: what the guide promises, what was met, and the difference in words."""

    key: str
    label: str
    unit: str
    guide: int | Decimal | None
    actual: int | Decimal | None

    @property
    def guide_text(self) -> str:
        return self._written(self.guide)

    @property
    def actual_text(self) -> str:
        return self._written(self.actual)

    def _written(self, value: int | Decimal | None) -> str:
        """With its unit and without idle decimals; — for nothing."""
        return "—" if value is None else f"{Decimal(value).normalize():f} {self.unit}"

    @property
    def difference(self) -> str:
        if self.guide is None or self.actual is None:
            return ""
        gap = self.actual - self.guide
        if not gap:
            return "与指南一致"
        return f"比指南{'多' if gap > 0 else '少'} {Decimal(abs(gap)).normalize():f} {self.unit}"

    @property
    def is_worse(self) -> bool:
        return self.guide is not None and self.actual is not None and self.actual > self.guide


# key, label, unit, field of the guide, field of the walk: 环节、材料、时限、跑动、费用 (四(一); the five 减).
FIVE = (
    ("steps", "环节", "个", "step_count", "actual_steps"),
    ("documents", "材料", "份", "document_count", "actual_documents"),
    ("days", "时限", "个工作日", "promised_days", "actual_days"),
    ("trips", "跑动", "次", "trip_count", "actual_trips"),
    ("fee", "费用", "元", "fee", "actual_fee"),
)


def five_numbers(
    matter: Matter | None, unit: Organization | None = None, session: WalkSession | None = None
) -> list[Number]:
    """Guide against actual. The guide is that of `unit` for the matter where it has one, else the matter's own."""
    own = MatterUnit.objects.filter(matter=matter, organization=unit).first() if matter and unit else None
    numbers = []
    for key, label, measure, promised, met in FIVE:
        guide = getattr(own, promised, None)
        if guide is None:
            guide = getattr(matter, promised, None)
        numbers.append(Number(key, label, measure, guide, getattr(session, met, None)))
    return numbers
