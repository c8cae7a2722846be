"""Cells only a register of walks has: people who came along, and the fingerprints of photos."""

import re
import unicodedata

from campaigns.ground.sheets import values
from campaigns.ground.sheets.values import BadValue
from campaigns.resources.widgets import SheetWidget

_OPENING, _CLOSING = "(（[【", ")）]】"
_SEPARATORS = "、，,;；\r\n"
_TITLED = re.compile(r"([^(（]+)[(（](.*)[)）]\Z", re.DOTALL)
_SPACED = re.compile(r"(\S{2,})[ \u3000\t]+(\S.+)\Z")


class Companions(SheetWidget):
    """同行人员: 王某(办公室主任)、李某. The value is a list of (name, title)."""

    @property
    def blank(self) -> list:
        return []

    def clean(self, value, row=None, **kwargs) -> list[tuple[str, str]]:
        found = [_companion(part) for part in _split(values.as_text(value))]
        for name, title in found:
            if len(name) > 50 or len(title) > 100:
                raise BadValue(f"“{name}”的姓名超过 50 个字或职务超过 100 个字。")
        return list(dict.fromkeys(found))

    def cell(self, value) -> str:
        return "、".join(f"{name}({title})" if title else name for name, title in value or ())

    def same(self, given, stored) -> bool:
        """What an export of `stored` comes back as is the same."""
        return given == stored or given == self.clean(self.cell(stored))


def _split(text: str) -> list[str]:
    """Parts between separators that don't stand inside brackets."""
    parts, depth, part = [], 0, ""
    for mark in text:
        depth += (mark in _OPENING) - (mark in _CLOSING and depth > 0)
        if mark in _SEPARATORS and not depth:
            parts.append(part)
            part = ""
        else:
            part += mark
    return [part.strip() for part in [*parts, part] if part.strip()]


def _companion(part: str) -> tuple[str, str]:
    """王某(主任), 王某 主任 or 王 某; the blank inside a short name is only a blank."""
    titled = _TITLED.match(part)
    if titled:
        return values.as_name(titled[1]), values.as_text(titled[2])
    spaced = _SPACED.match(part)
    return (spaced[1], spaced[2].strip()) if spaced else (values.as_name(part), "")


class PhotoMarks(SheetWidget):
    """照片指纹: sha256=64 hex and phash=16 hex, several; the value is a sorted list of them."""

    _LENGTHS = {"sha256": 64, "phash": 16}

    @property
    def blank(self) -> list:
        return []

    def clean(self, value, row=None, **kwargs) -> list[str]:
        text = unicodedata.normalize("NFKC", values.as_text(value)).casefold()
        return sorted({self._one(part) for part in re.split(r"[、,;\s]+", text) if part})

    def _one(self, part: str) -> str:
        found = re.fullmatch(r"(?:(sha256|phash)[=:])?([0-9a-f]+)", part)
        kinds = {length: kind for kind, length in self._LENGTHS.items()}
        if not found or self._LENGTHS[found[1] or kinds.get(len(found[2]), "sha256")] != len(found[2]):
            raise BadValue(f"“{part}”不是照片指纹，应写成 sha256=64位十六进制数 或 phash=16位十六进制数。")
        return f"{found[1] or kinds[len(found[2])]}={found[2]}"

    def cell(self, value) -> str:
        return "、".join(value or ())
