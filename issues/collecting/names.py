"""Names people write instead of codes: certain (exact, short name), near (asked, never guessed), or unknown."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from campaigns.ground.sheets.values import as_code, as_name, same_name

NEAR = 0.6
MOST = 5


@dataclass(frozen=True)
class Found:
    """`code`: what is certainly meant; else `near`: codes it may mean, the nearest first."""

    code: str = ""
    near: tuple[str, ...] = ()


class Names:
    """Codes of one table with all names each goes by."""

    def __init__(self, rows: Iterable[tuple[str, ...]]) -> None:
        """`rows`: code, then its names (full, short, others)."""
        self.labels: dict[str, str] = {}
        self._codes: dict[str, set[str]] = {}
        for code, *names in rows:
            self.labels[code] = names[0]
            for name in filter(None, names):
                self._codes.setdefault(same_name(name), set()).add(code)

    def find(self, text: str) -> Found:
        """What `text` means."""
        code = as_code(text)
        if code in self.labels:
            return Found(code)
        wanted = same_name(as_name(text))
        if not wanted:
            return Found()
        exact = self._codes.get(wanted, set())
        if len(exact) == 1:
            return Found(next(iter(exact)))
        return Found(near=tuple(sorted(exact)[:MOST]) or self._near(wanted))

    def opening(self, text: str) -> Found:
        """The longest name that `text` (a file's name) begins with, after digits and marks; only a whole word counts."""
        told = re.sub(r"^[\d\s._、()（）\-—]+", "", text)
        wanted = same_name(told)
        best = max(
            (name for name in self._codes if len(name) > 2 and wanted.startswith(name)), key=len, default=""
        )
        codes = self._codes.get(best, set())
        return Found(next(iter(codes))) if len(codes) == 1 else Found()

    def label(self, code: str) -> str:
        return self.labels.get(code, code)

    def _near(self, wanted: str) -> tuple[str, ...]:
        best: dict[str, float] = {}
        matcher = SequenceMatcher(autojunk=False)
        matcher.set_seq2(wanted)
        for name, codes in self._codes.items():
            matcher.set_seq1(name)
            inside = len(min(name, wanted, key=len)) > 2 and (wanted in name or name in wanted)
            if not inside and (matcher.real_quick_ratio() < NEAR or matcher.quick_ratio() < NEAR):
                continue
            score = 1.0 if inside else matcher.ratio()
            if score >= NEAR:
                for code in codes:
                    best[code] = max(best.get(code, 0), score)
        ranked = sorted(best, key=lambda code: (-best[code], code))
        return tuple(ranked[:MOST])


def very_like(one: str, other: str) -> bool:
    """Two long texts with the same digits that differ in a few signs: perhaps the same problem, written again."""
    if min(len(one), len(other)) < 15 or re.findall(r"\d+", one) != re.findall(r"\d+", other):
        return False
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.real_quick_ratio() > 0.9 and matcher.quick_ratio() > 0.9 and matcher.ratio() > 0.9
