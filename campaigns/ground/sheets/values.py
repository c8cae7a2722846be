"""What a cell means: pure parsers from what people really type to plain Python values.

Each takes a cell (str, int, float, bool, date, datetime, time, timedelta, None or Broken) and returns the
value, or None (or "" for texts) for a blank; what it can't accept raises BadValue with a Chinese sentence.
Rules: contract §6.
Dates have no time zone here: what the sheet says is what the clock on the wall said.
"""

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

FIRST_YEAR, LAST_YEAR = 1950, 2100
_EPOCH = dt.datetime(1899, 12, 30)
_INVISIBLE = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xAD])
_NOTHING = "".join(map(chr, _INVISIBLE)) + "".join(c for c in map(chr, range(0x3001)) if c.isspace())
_HAN = "\u2e80-\u2fff\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff·"
_GAP = re.compile(rf"(?<=[{_HAN}])\s+(?=[{_HAN}])")
_DASHES = re.compile("[‐‑‒–—―−﹣]")
_SPLIT = re.compile(r"[、，,;；\r\n]+")
_DAY = r"(?P<y>\d{4})(?P<s>[-./年])(?P<m>\d{1,2})(?:(?P=s)|月)(?P<d>\d{1,2})[日号]?"
_CLOCK = r"(?P<half>上午|下午)?(?P<h>\d{1,2})[:时点](?P<min>\d{1,2})分?(?::?(?P<sec>\d{1,2})(?:\.\d+)?秒?)?"
_MOMENT = re.compile(rf"{_DAY}(?:[T ]?{_CLOCK})?\Z")
_COMPACT = re.compile(rf"(?P<y>\d{{4}})(?P<m>\d{{2}})(?P<d>\d{{2}})(?:[T ]{_CLOCK})?\Z")
_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?\Z")
_YES = {"是", "y", "yes", "√", "✓", "✔", "☑", "1", "true", "对"}
_NO = {"否", "n", "no", "×", "✗", "✘", "x", "0", "false", "☐"}
_MOBILE = re.compile(r"1\d{10}\Z")
_LANDLINE = re.compile(r"0\d{2,3}-?\d{7,8}(-\d{1,6})?\Z")
_MASKED = re.compile(r"\d{3}\*{2,}\d{2,4}\Z")
MASK = "*"


class BadValue(ValueError):
    """The cell can't be taken; `str(error)` is the sentence for the user."""


class Broken(str):
    """A cell the workbook itself marks as an error: "#N/A", or a formula nobody has calculated."""

    __slots__ = ()


def as_text(value, *, max_length: int | None = None) -> str:
    """Free text, trimmed (full-width blanks and invisible characters too); punctuation stays as written."""
    text = _string(value)
    if text.isprintable():  # what nearly every cell is: nothing below could change it
        return _short_enough(text.strip(), max_length)
    text = text.translate(_INVISIBLE)
    text = "".join(c for c in text.replace("\r\n", "\n").replace("\r", "\n") if c >= " " or c in "\t\n")
    return _short_enough(text.strip(), max_length)


def as_name(value, *, max_length: int | None = None) -> str:
    """A name on one line: blanks between Chinese characters go, other runs of blanks become one."""
    text = as_text(value)
    if " " not in text and text.isprintable():
        return _short_enough(text, max_length)
    text = " ".join(text.split())
    return _short_enough(_GAP.sub("", text), max_length)


def as_code(value, *, max_length: int | None = None) -> str:
    """A code: half-width, without any blanks; a number stored as a number is written out in full."""
    if isinstance(value, float) and abs(value) >= 1e15:
        raise BadValue("编号超过 15 位，表格已丢失末尾数字；请把该列设为文本后重新填写。")
    text = as_text(value)
    if text.isascii():
        return _short_enough("".join(text.split()), max_length)
    text = "".join(unicodedata.normalize("NFKC", text).split())
    # Once more: what stood apart (a blank before an accent) may compose now.
    return _short_enough(_DASHES.sub("-", unicodedata.normalize("NFKC", text)), max_length)


def same_name(text: str) -> str:
    """The form in which two spellings of a name are compared: half-width, no blanks, no case."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def as_choice(value, choices: Mapping[str, str]) -> str:
    """One of `choices` (stored value → label), given by its label; out comes the stored value, or ""."""
    text = as_text(value)
    if not text:
        return ""
    wanted = _plain_label(text)
    for stored, label in choices.items():
        if wanted == _plain_label(label):
            return stored
    raise BadValue(f"“{text}”不在可选值内：{'、'.join(choices.values())}。")


def as_list(value) -> list[str]:
    """Several values of one cell, split by 、，,;； or a line break; blanks and doubles dropped."""
    parts = (part.strip() for part in _SPLIT.split(as_text(value)))
    return list(dict.fromkeys(part for part in parts if part))


def as_date(value) -> dt.date | None:
    """A day; a time of day beside it is dropped."""
    moment = as_datetime(value)
    return moment.date() if moment else None


def as_datetime(value) -> dt.datetime | None:
    """A naive local moment, to the second; a bare day is its midnight."""
    if isinstance(value, Broken) or value is None:
        _string(value)
        return None
    if isinstance(value, dt.datetime):
        return _to_second(_in_range(value.replace(tzinfo=None), value))
    if isinstance(value, dt.date):
        return _in_range(dt.datetime.combine(value, dt.time()), value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _from_number(value)
    return _from_text(as_text(value))


def as_integer(value, *, minimum: int | None = 0, maximum: int = 2_147_483_647) -> int | None:
    """A whole number, thousands separators allowed."""
    number = as_decimal(value, places=0, minimum=minimum)
    if number is not None and number > maximum:
        raise BadValue(f"“{_shown(value)}”过大，最大为 {maximum}。")
    return None if number is None else int(number)


def as_decimal(value, *, places: int = 2, minimum: int | None = 0) -> Decimal | None:
    """A number with at most `places` decimals (what a float adds below that is its own noise)."""
    if isinstance(value, (bool, dt.date, dt.time, dt.timedelta)):
        raise BadValue(f"“{_shown(value)}”不是数字。")
    text = "".join(unicodedata.normalize("NFKC", as_text(value)).split())
    if not text:
        return None
    if not (isinstance(value, float) and math.isfinite(value)) and not _NUMBER.match(text):
        raise BadValue(f"“{_shown(value)}”不是数字。")
    try:
        number = Decimal(text.replace(",", ""))
        rounded = number.quantize(Decimal(1).scaleb(-places))
    except InvalidOperation:
        raise BadValue(f"“{_shown(value)}”过大。") from None
    if abs(number - rounded) > Decimal("1e-9"):
        raise BadValue(
            f"“{_shown(value)}”应为整数。" if not places else f"“{_shown(value)}”最多 {places} 位小数。"
        )
    if minimum is not None and rounded < minimum:
        raise BadValue(f"“{_shown(value)}”不能小于 {minimum}。")
    return rounded


def as_boolean(value) -> bool | None:
    """是/否, Y/N, √/×, 1/0, true/false; None for a blank (what a blank means is the caller's)."""
    if isinstance(value, bool):
        return value
    text = unicodedata.normalize("NFKC", as_text(value)).casefold()
    if not text:
        return None
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise BadValue(f"“{_shown(value)}”应填“是”或“否”。")


def as_phone(value) -> str:
    """A mobile or landline number without blanks; a masked one (138****0001) is returned as it is."""
    text = as_code(value).replace("(", "").replace(")", "-").removeprefix("+86")
    joined = text.replace("-", "")
    if not text or _MASKED.match(text):
        return text
    if _MOBILE.match(joined):
        return joined
    if _LANDLINE.match(text):
        return text
    raise BadValue(f"“{_shown(value)}”不是有效的电话号码。")


def as_email(value) -> str:
    """An e-mail address, lower-cased."""
    text = as_code(value).casefold()
    if text and not re.match(r"[a-z0-9._%+-]+@[a-z0-9-]+(\.[a-z0-9-]+)+\Z", text):
        raise BadValue(f"“{_shown(value)}”不是有效的电子邮箱。")
    return text


def is_blank(value) -> bool:
    """Nothing a person would see in the cell."""
    if isinstance(value, str) and value[:1].isalnum():  # what nearly every cell begins with
        return False
    return value is None or (isinstance(value, str) and not value.strip(_NOTHING))


def shown(value) -> str:
    """The cell as the user knows it, for error lists and the rejects workbook."""
    return _shown(value)


def _shown(value) -> str:
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return value if isinstance(value, str) else "" if value is None else _string(value)


def _string(value) -> str:
    if isinstance(value, Broken):
        raise BadValue(f"单元格是错误值：{value}。")
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return str(value)


def _short_enough(text: str, max_length: int | None) -> str:
    if max_length and len(text) > max_length:
        raise BadValue(f"超过 {max_length} 个字（现为 {len(text)} 个）。")
    return text


def _plain_label(text: str) -> str:
    text = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\s\"'“”‘’「」]+", "", text).casefold()


def _to_second(moment: dt.datetime) -> dt.datetime:
    """Serial numbers carry float noise: 14:29:59.9996 is 14:30."""
    return (moment + dt.timedelta(microseconds=500_000)).replace(microsecond=0)


def _in_range(moment: dt.datetime, value) -> dt.datetime:
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise BadValue(f"“{_shown(value)}”不在 {FIRST_YEAR}—{LAST_YEAR} 年之间。")
    return moment


def _from_number(value: float) -> dt.datetime:
    """An Excel serial number, or a day written as 20220520."""
    if float(value).is_integer() and 10_000_101 <= value <= 99_991_231:
        return _from_text(str(int(value)))
    try:
        moment = _EPOCH + dt.timedelta(days=float(value))
    except (OverflowError, ValueError):
        raise BadValue(f"“{_shown(value)}”不是有效日期。") from None
    return _to_second(_in_range(moment, value))


def _from_text(text: str) -> dt.datetime | None:
    if not text:
        return None
    plain = unicodedata.normalize("NFKC", text)
    plain = re.sub(r"\s*([-./年月时点:])\s*", r"\1", _DASHES.sub("-", plain))
    plain = re.sub(r"\s*([日号])\s*", r"\1 ", plain).replace("上午 ", "上午").replace("下午 ", "下午")
    plain = " ".join(plain.split())
    match = _MOMENT.match(plain) or _COMPACT.match(plain)
    if not match and re.match(r"\d{5}(\.\d+)?\Z", plain):
        return _from_number(float(plain))
    if not match:
        raise BadValue(f"“{text}”不是有效日期，请写成 2022-05-20 的样子。")
    return _in_range(_moment(match, text), text)


def _moment(match: re.Match, text: str) -> dt.datetime:
    part = match.groupdict()
    hour = int(part["h"] or 0)
    if part["half"] == "下午" and hour < 12:
        hour += 12
    try:
        return dt.datetime(
            int(part["y"]), int(part["m"]), int(part["d"]), hour, int(part["min"] or 0), int(part["sec"] or 0)
        )
    except ValueError:
        raise BadValue(f"“{text}”不是有效日期：没有这一天或这一刻。") from None
