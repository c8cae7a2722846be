"""How good the rules for 疑点 are, on invented towns: recall of the fakes, honest walks touched, precision per rule.

Seeds 1–4 were tuned on; seeds 201–204 are the test nobody looked at while tuning. Everything is in memory, no database.
"""

from collections import Counter
from pathlib import Path

TUNING, TEST = (1, 2, 3, 4), (201, 202, 203, 204)
WALKS = 2000
STRONG = 60  # a clue this heavy is no mere hint


def measure(scale: str | None, times: int, folder: Path) -> list[dict]:
    """Rows of both splits: the whole, by kind of fake, by rule."""
    return [row for name, seeds in (("调参", TUNING), ("检验", TEST)) for row in split(name, seeds)]


def split(name: str, seeds: tuple[int, ...], walks: int = WALKS) -> list[dict]:
    """One row for all, one a kind of fake (找出率), one a rule (精确率 by walk: fake among what it struck)."""
    from issues.clues import RULES, THRESHOLD, judge
    from issues.clues.board import totals
    from issues.tests.clue_fakes import make_town

    planted, caught, struck, right = Counter(), Counter(), Counter(), Counter()
    strong, strong_right = Counter(), Counter()
    honest = touched = 0
    for seed in seeds:
        made = make_town(seed, walks)
        raised = judge(made.town)
        before = {key for key, total in totals(raised).items() if total >= THRESHOLD}
        for walk in made.town.walks:
            kind = made.fakes.get(walk.key)
            if kind:
                planted[kind] += 1
                caught[kind] += walk.key in before
            else:
                honest += 1
                touched += walk.key in before
        for clue in raised:
            struck[clue.rule] += 1
            right[clue.rule] += clue.walk in made.fakes
            if clue.weight >= STRONG:
                strong[clue.rule] += 1
                strong_right[clue.rule] += clue.walk in made.fakes
    whole = {
        "what": f"{name} 全部",
        "planted": planted.total(),
        "found_%": _share(caught.total(), planted.total()),
        "honest": honest,
        "touched_%": _share(touched, honest),
    }
    kinds = [
        {"what": f"{name} 造假 {kind}", "planted": number, "found_%": _share(caught[kind], number)}
        for kind, number in planted.items()
    ]
    rules = [
        {
            "what": f"{name} 规则 {key} {rule.name}",
            "clues": struck[key],
            "precision_%": _share(right[key], struck[key]),
            "strong": strong[key],
            "strong_precision_%": _share(strong_right[key], strong[key]),
        }
        for key, rule in RULES.items()
    ]
    return [whole, *kinds, *rules]


def _share(part: int, whole: int) -> float | str:
    return round(100 * part / whole, 1) if whole else "—"
