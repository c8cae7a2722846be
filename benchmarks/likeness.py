"""Texts that were copied: what of planted copies is found among many strangers, how long it takes, and how that grows.

Texts are put together from some thousand clauses of the example city's problems, each with one of five openings and a
clause nobody else has; so honest texts share openings always and a clause now and then. Planted are twenty texts with
three edited copies each: clauses moved, the end cut off by 40 %, 30 % of the characters changed.
"""

import random
import re
import time
from pathlib import Path

from campaigns.ground.likeness import near_pairs, nearest

SIZES = (5_000, 10_000, 20_000)
PLANTED = 20
OPENINGS = (
    "按照市里统一安排，我以普通办事人的身份到政务服务中心走了一遍流程",
    "为进一步优化营商环境，本人到窗口全程体验事项办理",
    "根据“走流程、解难题、优服务”行动要求，从咨询开始完整走了一次",
    "以办事群众身份，没有打招呼，自己取号排队",
    "体验时间一个半天，从网上查询办事指南开始",
)
DATA = Path(__file__).parent.parent / "reports" / "example" / "data"


def measure(scale: str | None, times: int, folder: Path) -> list[dict]:
    """One row a size; then how long one text takes to be looked for among the most."""
    told = [_measured(size) for size in SIZES]
    for row in told:
        row["texts_ratio"] = round(row["texts"] / told[0]["texts"], 1)
        row["time_ratio"] = round(row["s"] / told[0]["s"], 1)
    return [*told, _looked_for(SIZES[-1])]


def _measured(size: int) -> dict:
    texts, copies = corpus(size)
    start = time.process_time()
    found = {frozenset((a, b)) for a, b, _ in near_pairs(texts)}
    seconds = time.process_time() - start
    hit = {kind: sum(pair in found for pair in pairs) for kind, pairs in copies.items()}
    return {
        "what": f"near_pairs {size} texts",
        "texts": size,
        "s": round(seconds, 2),
        **{kind: f"{number}/{PLANTED}" for kind, number in hit.items()},
        "others": sum(len({key.partition("-")[0] for key in pair}) == 2 for pair in found),
    }


def _looked_for(size: int) -> dict:
    texts, _ = corpus(size)
    start = time.process_time()
    found = nearest(texts[0][1], texts[1:])
    return {
        "what": f"nearest among {size} texts",
        "ms": round((time.process_time() - start) * 1000),
        "n": len(found),
    }


def corpus(size: int) -> tuple[list[tuple[str, str]], dict[str, set[frozenset[str]]]]:
    """`size` texts by key, shuffled, and the planted pairs by how the copy was made."""
    chance = random.Random(2022)
    clauses, characters = _clauses()
    texts: list[tuple[str, str]] = []
    copies: dict[str, set[frozenset[str]]] = {"moved": set(), "cut": set(), "changed": set()}
    for number in range(PLANTED):
        text = _honest(chance, clauses, characters)
        key = f"p{number:02}"
        texts.append((key, text))
        for kind, copy in _copied(chance, text, characters).items():
            texts.append((f"{key}-{kind}", copy))
            copies[kind].add(frozenset((key, f"{key}-{kind}")))
    texts += [(f"{number:06}", _honest(chance, clauses, characters)) for number in range(size - 4 * PLANTED)]
    chance.shuffle(texts)
    return texts, copies


def _clauses() -> tuple[list[str], str]:
    told = "".join(path.read_text(encoding="utf-8") for path in sorted(DATA.glob("problems_*.txt")))
    clauses = sorted({clause for clause in re.findall(r"[\u4e00-\u9fff]{6,30}", told)})
    return clauses, "".join(clauses)


def _honest(chance: random.Random, clauses: list[str], characters: str) -> str:
    own = "".join(chance.choices(characters, k=14))
    parts = [*chance.sample(clauses, chance.randint(4, 9)), own]
    chance.shuffle(parts)
    return "，".join([chance.choice(OPENINGS), *parts]) + "。"


def _copied(chance: random.Random, text: str, characters: str) -> dict[str, str]:
    parts = text.rstrip("。").split("，")
    chance.shuffle(parts)
    changed = list(text)
    for at in chance.sample(range(len(text)), len(text) * 3 // 10):
        changed[at] = chance.choice(characters)
    return {"moved": "，".join(parts), "cut": text[: len(text) * 6 // 10], "changed": "".join(changed)}
