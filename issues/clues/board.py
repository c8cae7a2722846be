"""All rules over one town: what stands, how much it weighs, and which walks go before 督查."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from issues.clues.facts import Hit, Town
from issues.clues.rules import RULES, Rule

THRESHOLD = 100
# What strikes this share of all walks, strongly or weakly, tells of a habit; such hits then count a third.
_HABIT, _HABIT_FROM, _FADED = 0.12, 200, 0.3
_STRONG = 0.5


@dataclass(frozen=True)
class Raised:
    """One clue as it is stored: rule and walk are its key."""

    walk: str
    rule: str
    weight: Decimal
    because: str
    others: tuple[str, ...] = ()


def judge(town: Town, weights: Mapping[str, Decimal | int] | None = None) -> list[Raised]:
    """Every clue of `town`, one per rule and walk, in the order of the rules. `weights`: only these rules, so heavy."""
    if weights is None:
        weights = {rule.key: rule.weight for rule in RULES.values()}
    raised = []
    for rule in RULES.values():
        if rule.key in weights:
            raised += _raised(rule, _strongest(rule.find(town)), Decimal(weights[rule.key]), len(town.walks))
    return raised


def totals(raised: list[Raised]) -> dict[str, Decimal]:
    """Walk → the sum of its weights."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for clue in raised:
        found[clue.walk] += clue.weight
    return dict(found)


def _strongest(hits) -> list[Hit]:
    best: dict[str, Hit] = {}
    for hit in hits:
        if hit.walk not in best or hit.strength > best[hit.walk].strength:
            best[hit.walk] = hit
    return sorted(best.values(), key=lambda hit: hit.walk)


def _raised(rule: Rule, hits: list[Hit], weight: Decimal, walks: int) -> list[Raised]:
    strong = sum(hit.strength >= _STRONG for hit in hits)
    told = []
    for hit in hits:
        alike = strong if hit.strength >= _STRONG else len(hits) - strong
        is_habit = rule.fades and walks >= _HABIT_FROM and alike > _HABIT * walks
        counted = (weight * Decimal(str(hit.strength * (_FADED if is_habit else 1)))).quantize(
            Decimal("0.01")
        )
        if counted > 0:
            because = hit.because + ("（这种情况很普遍，只按三成计。）" if is_habit else "")
            told.append(Raised(hit.walk, rule.key, counted, because, hit.others))
    return told
