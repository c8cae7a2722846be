"""A paper's body as plain text that officials edit, and back: headings by their marks, one paragraph a line. Pure.

一、 （一） 1. （1） begin a heading of their level; `【表1　…】` and `【图1　…】` stand for a computed table or chart, which
may be moved or left out but not rewritten.
"""

import re
from collections.abc import Iterable

from campaigns.ground.refusal import NotAllowed
from reports.papers.document import Bars, Counter, Heading, Lines, Paragraph, Table

Exhibit = Table | Bars | Lines
_NUMERAL = "[一二三四五六七八九十]+"
_MARKS = (
    (1, re.compile(rf"{_NUMERAL}、")),
    (2, re.compile(rf"[（(]{_NUMERAL}[）)]")),
    (3, re.compile(r"\d{1,2}[.．、](?!\d)")),
    (4, re.compile(r"[（(]\d{1,2}[）)]")),
)
_EXHIBIT = re.compile(r"【(.+)】")


def to_text(blocks: Iterable) -> str:
    """The blocks as lines; every heading carries its mark."""
    counter, lines = Counter(), []
    for block in blocks:
        match block:
            case Heading():
                lines.append(f"{counter.mark(block.level)}{block.text}{block.run_in}")
            case Paragraph():
                lines.append(block.text)
            case _:
                lines.append(f"【{block.caption}】")
    return "\n".join(lines)


def from_text(text: str, exhibits: Iterable[Exhibit]) -> tuple:
    """The blocks that `text` writes. Marks are counted anew, so that nobody has to renumber.

    A table or chart that the day's data don't have any more is left out (`check_exhibits` asks when it is saved).
    """
    known = {exhibit.caption: exhibit for exhibit in exhibits}
    blocks = (_block(line.strip(), known) for line in text.splitlines() if line.strip())
    return tuple(block for block in blocks if block is not None)


def check_exhibits(text: str, exhibits: Iterable[Exhibit]) -> None:
    """Raises NotAllowed for a line 【…】 that names none of `exhibits`."""
    known = [exhibit.caption for exhibit in exhibits]
    for line in text.splitlines():
        found = _EXHIBIT.fullmatch(line.strip())
        if found and found[1] not in known:
            names = "、".join(f"【{name}】" for name in known) or "没有可用的图表"
            raise NotAllowed(f"没有名为“{found[1]}”的图表，可用的有：{names}。")


def exhibits(blocks: Iterable) -> list[Exhibit]:
    """The tables and charts among `blocks`."""
    return [block for block in blocks if isinstance(block, Table | Bars | Lines)]


def _block(line: str, known: dict[str, Exhibit]):
    if found := _EXHIBIT.fullmatch(line):
        return known.get(found[1])
    for level, mark in _MARKS:
        if found := mark.match(line):
            return _heading(level, line[found.end() :].strip())
    return Paragraph(line)


def _heading(level: int, words: str) -> Heading:
    """A level 1 heading is a line of its own; of the deeper ones the first sentence is the heading, the rest goes on."""
    if level == 1:
        return Heading(1, words)
    first, stop, rest = words.partition("。")
    return Heading(level, first + stop, rest)
