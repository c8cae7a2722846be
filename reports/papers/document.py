"""The document model: what an official paper says, block by block, before anybody thinks of fonts.

One model serves every paper the product prints (工作总结 now; 通报, 督办单, 登记表 later);
`reports/papers/gbt9704.py` turns it into a .docx. No queries, no clock and no layout numbers in this file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

DIGITS = "零一二三四五六七八九"
LEVELS = (1, 2, 3, 4)
TITLE_WIDTH = 20  # characters of 二号 on a line of the 版心
# Where a long title may well be parted: after these; how much nearer the middle another place had to be, in characters.
_GOOD_ENDS = {"行动": 12, "工作": 6, "”": 4, "》": 4, "）": 4, "、": 1}
_NEVER_FIRST, _NEVER_LAST = "、，。；：？！”’》）的之", "“‘《（和及与关"


class Form(StrEnum):
    """How a paper is headed: not at all, as a 信函 (GB/T 9704-2012 10.1), or as a 通报 or 简报 with a red head."""

    PLAIN = "plain"
    LETTER = "letter"
    BULLETIN = "bulletin"


@dataclass(frozen=True)
class Heading:
    """A numbered line of one of the four levels 一、 （一） 1. （1）.

    The writer counts, the text carries no number. `run_in` is body text that goes on in the same paragraph
    (the habit for levels 2 to 4).
    """

    level: int
    text: str
    run_in: str = ""


@dataclass(frozen=True)
class Paragraph:
    """Body text, first line indented by two characters."""

    text: str


@dataclass(frozen=True)
class Table:
    """A ruled table. `columns`: header texts; `rows`: sequences of text, as long as `columns`;
    `widths`: relative column widths (equal when empty); `caption`: the line above it;
    `numbers`: the indexes of columns set flush right.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...] = ()
    caption: str = ""
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Bars:
    """A chart of bars under `caption`: `rows` of (words, number as printed, share of the longest bar, 0 … 1)."""

    caption: str
    rows: tuple[tuple[str, str, float], ...]


@dataclass(frozen=True)
class Lines:
    """A chart of lines from zero: `series` of (name, values), one value for each of `labels` (short, like 4-19)."""

    caption: str
    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[int, ...]], ...]


def bars_of(caption: str, counts: Mapping[str, int], unit: str) -> Bars:
    """A chart of label → number; the greatest number fills the line."""
    top = max(counts.values(), default=0) or 1
    return Bars(caption, tuple((label, f"{number}{unit}", number / top) for label, number in counts.items()))


@dataclass(frozen=True)
class Attachment:
    """An attachment of the same file, on a page of its own: its name, then its blocks."""

    name: str
    blocks: tuple = ()


@dataclass(frozen=True)
class Document:
    """A whole paper. `title` may hold line breaks (the title is set as a trapezium, not wrapped by chance).

    `listed` names the attachments that travel as files of their own; they are numbered before `attachments`.
    `remark` is the 附注, such as 此件主动公开. `on` is the 成文日期. `number` is the 发文字号 of a letter or the 期号 of
    a bulletin; `head` their 机关标志 or red head.
    `signing`: lines to be signed by hand, above 署名.
    """

    title: str
    blocks: tuple
    addressee: str = ""
    listed: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    signature: str = ""
    on: date | None = None
    remark: str = ""
    number: str = ""
    signing: tuple[str, ...] = ()
    form: str = Form.PLAIN
    head: str = ""
    properties: dict = field(default_factory=dict)

    def attachment_names(self) -> tuple[str, ...]:
        """The names of the 附件说明, in the order they are numbered."""
        return self.listed + tuple(attachment.name for attachment in self.attachments)


def chinese_number(number: int) -> str:
    """1…99 in Chinese numerals: 1 → 一, 10 → 十, 21 → 二十一. Raises ValueError outside that range."""
    if not 1 <= number <= 99:
        raise ValueError(f"编号超出一至九十九：{number}")
    tens, ones = divmod(number, 10)
    if not tens:
        return DIGITS[ones]
    return ("" if tens == 1 else DIGITS[tens]) + "十" + (DIGITS[ones] if ones else "")


def level_mark(level: int, number: int) -> str:
    """The mark of the `number`-th heading of a level (GB/T 9704-2012 7.3.3): 一、 （一） 1. （1）."""
    if level == 1:
        return f"{chinese_number(number)}、"
    if level == 2:
        return f"（{chinese_number(number)}）"
    return f"{number}." if level == 3 else f"（{number}）"


class Counter:
    """Counts headings; a heading of one level starts the deeper levels anew."""

    def __init__(self):
        self.counts = dict.fromkeys(LEVELS, 0)

    def mark(self, level: int) -> str:
        """The next mark of this level."""
        self.counts[level] += 1
        for deeper in LEVELS[level:]:
            self.counts[deeper] = 0
        return level_mark(level, self.counts[level])


def chinese_date(on: date) -> str:
    """成文日期: Arabic figures without leading zeros, 2022年6月30日 (GB/T 9704-2012 7.3.5.4)."""
    return f"{on.year}年{on.month}月{on.day}日"


def width_in_characters(text: str) -> float:
    """How many full-width characters a line of text takes; ASCII counts half."""
    return sum(0.5 if ord(character) < 128 else 1 for character in text)


def title_lines(title: str) -> list[str]:
    """A title in lines of at most 20 characters, parted where it reads well and nearly in the middle (7.3.1: 词意完整)."""
    lines = []
    for line in title.split("\n"):
        while line and width_in_characters(line) > TITLE_WIDTH:
            at = _parting(line)
            lines.append(line[:at])
            line = line[at:]
        lines.append(line)
    return lines


def _parting(line: str) -> int:
    """Before which character a line that is too long is parted."""
    fits = [
        at
        for at in range(1, len(line))
        if width_in_characters(line[:at]) <= TITLE_WIDTH and _may_part(line, at)
    ]
    total = width_in_characters(line)

    def unevenness(at: int) -> float:
        bonus = max((points for end, points in _GOOD_ENDS.items() if line[:at].endswith(end)), default=0)
        return abs(2 * width_in_characters(line[:at]) - total) - bonus

    return min(fits, key=unevenness, default=TITLE_WIDTH)


def _may_part(line: str, at: int) -> bool:
    before, after = line[at - 1], line[at]
    if line[:at].count("“") > line[:at].count("”"):
        return False
    return (
        after not in _NEVER_FIRST
        and before not in _NEVER_LAST
        and not (ord(before) < 128 and ord(after) < 128)
    )


def signature_indents(signature: str, on: date) -> tuple[float, float]:
    """Right indents, in characters, of 署名 and 成文日期 on a paper without a seal.

    The date starts two characters to the right of the signature's first; the line that reaches further
    ends two characters from the margin (GB/T 9704-2012 7.3.5.2).
    """
    signed, dated = width_in_characters(signature), width_in_characters(chinese_date(on))
    date_indent = max(2.0, signed - dated)
    return date_indent + dated + 2 - signed, date_indent
