"""docs/clues.md says what the table of rules says."""

from django.conf import settings

from issues.clues import RULES


def test_every_rule_stands_in_the_docs_with_its_weight():
    told = (settings.BASE_DIR / "docs" / "clues.md").read_text(encoding="utf-8")
    for rule in RULES.values():
        faded = "是" if rule.fades else ""
        row = f"| {rule.key} | {rule.name} | {rule.weight} | {rule.suspicious} | {rule.innocent} | {faded} |"
        assert row in told
