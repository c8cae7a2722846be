"""`draw_sample --seed N (--count N | --ratio R) [--organization CODE] [--campaign CODE] [--json]` (contract §2)."""

from decimal import Decimal, InvalidOperation
from math import ceil
from typing import Any

from django.utils import timezone

from campaigns.ground.refusal import NotAllowed
from campaigns.management.sentence import SentenceCommand
from campaigns.models import Campaign, Organization, User
from issues.actions.draws import draw_at_once
from issues.population import closed_items


class Command(SentenceCommand):
    help = "从已销号的台账中按种子抽查；种子和总体相同，在任何机器上抽出的都相同。"
    usage = "draw_sample --seed 种子 (--count 条数 | --ratio 比例) [--organization 单位编码] [--campaign 行动编码] [--json]"

    def add_arguments(self, parser) -> None:
        parser.add_argument("--seed", required=True, help="公布的种子")
        many = parser.add_mutually_exclusive_group(required=True)
        many.add_argument("--count", type=int, help="抽取条数")
        many.add_argument("--ratio", help="抽取比例，如 0.1 或 10%%")
        parser.add_argument("--organization", help="单位编码，默认全市")
        parser.add_argument("--campaign", help="行动编码，默认进行中的行动")

    def handle(self, *args: Any, **options: Any) -> None:
        ratio = self._ratio(options["ratio"])
        if options["count"] is not None and options["count"] < 1:
            self.wrong_usage("抽取条数至少为 1。")
        try:
            campaign, organization = self._campaign(options["campaign"]), self._unit(options["organization"])
            count = options["count"] or _share(ratio, closed_items(campaign, organization).count())
            draw = draw_at_once(
                campaign=campaign,
                organization=organization,
                count=count,
                seed=options["seed"],
                by=User.objects.get(username="system"),
                now=timezone.now(),
            )
        except NotAllowed as refusal:
            self.tell(str(refusal), {"error": str(refusal)})
            raise SystemExit(1) from None
        items = list(draw.items.order_by("item__number").values_list("item__number", flat=True))
        told = {
            "draw": draw.number,
            "population": draw.population,
            "population_sha256": draw.population_sha256,
            "items": items,
        }
        self.tell(f"{draw.number}：从 {draw.population} 条已销号台账中抽取 {len(items)} 条。", told)

    def _ratio(self, text: str | None) -> Decimal:
        """0.1, 10% → 0.1; wrong usage outside 0 to 1."""
        if text is None:
            return Decimal(0)
        try:
            ratio = Decimal(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        except InvalidOperation:
            self.wrong_usage(f"抽取比例“{text}”不是数字。")
        if not 0 < ratio <= 1:
            self.wrong_usage("抽取比例要大于 0、不超过 1。")
        return ratio

    def _campaign(self, code: str | None) -> Campaign:
        found = Campaign.objects.filter(code=code).first() if code else Campaign.objects.current()
        if found is None:
            raise NotAllowed(f"没有编码为 {code} 的行动。" if code else "没有进行中的行动。")
        return found

    def _unit(self, code: str | None) -> Organization:
        rows = Organization.objects.order_by("path")
        found = (rows.filter(code=code) if code else rows.filter(parent__isnull=True, kind="CITY")).first()
        if found is None:
            raise NotAllowed(f"没有编码为 {code} 的单位。" if code else "还没有市政府这个单位。")
        return found


def _share(ratio: Decimal, population: int) -> int:
    """A share of the population, rounded up, at least one."""
    return max(1, ceil(ratio * population))
