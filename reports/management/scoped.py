"""What commands about one unit's figures share: whose, of which campaign, on which day."""

from typing import Any, NoReturn

from django.utils import timezone

from campaigns.management.sentence import SentenceCommand, a_day
from campaigns.models import Campaign, Organization


class ScopedCommand(SentenceCommand):
    """Adds `--organization` (default: the city), `--campaign` (default: the open one) and `--on` (default: today)."""

    def add_arguments(self, parser) -> None:
        parser.add_argument("--organization", help="单位编码，默认全市")
        parser.add_argument("--campaign", help="行动编码，默认进行中的行动")
        parser.add_argument("--on", type=a_day, help="截至日期（YYYY-MM-DD），默认今天")

    def asked(self, options: dict[str, Any]) -> dict[str, Any]:
        """organization, campaign, on — as the functions of this app take them. Exit 1 where there is no such thing."""
        return {
            "organization": self._organization(options["organization"]),
            "campaign": self._campaign(options["campaign"]),
            "on": options["on"] or timezone.localdate(),
        }

    def refuse(self, sentence: str) -> NoReturn:
        """Exit 1 with a sentence."""
        self.tell(sentence, {"error": sentence})
        raise SystemExit(1)

    def _campaign(self, code: str | None) -> Campaign:
        found = Campaign.objects.filter(code=code).first() if code else Campaign.objects.current()
        if found is None:
            self.refuse(f"没有编码为 {code} 的行动。" if code else "没有进行中的行动。")
        return found

    def _organization(self, code: str | None) -> Organization:
        rows = Organization.objects.select_related("parent").order_by("pk")
        found = (rows.filter(code=code) if code else rows.filter(parent__isnull=True, kind="CITY")).first()
        if found is None:
            self.refuse(f"没有编码为 {code} 的单位。" if code else "还没有市政府这个单位。")
        return found
