"""The pictures of a paper's charts, as PNG. Chinese words stand beside a picture as text, so no font is needed here.

The same values give the same bytes. Meaning never rests on colour alone: the second line is dashed.
"""

import io
from collections.abc import Sequence
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from campaigns.ground.charts import round_top, scale

_BLUE, _GREEN = (18, 86, 165), (31, 107, 58)
_GREY, _INK = (150, 150, 150), (40, 40, 40)
_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _FOOT = 1560, 560, 90, 40, 30, 60
_STEP, _GAP = 26, 14  # of a dashed line


@cache
def bar_picture() -> bytes:
    """A bar; a paper stretches it to its length."""
    return _png(Image.new("RGB", (8, 8), _BLUE))


def line_picture(series: Sequence[Sequence[int]], labels: Sequence[str]) -> bytes:
    """Lines over the same points from zero up: the first one solid, the others dashed. `labels`: short, ASCII only."""
    picture = Image.new("RGB", (_WIDTH, _HEIGHT), (255, 255, 255))
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(size=26)
    top = round_top(max((max(line, default=0) for line in series), default=0))
    _axes(pen, font, top)
    places = [_LEFT + (_WIDTH - _LEFT - _RIGHT) * at / max(len(labels) - 1, 1) for at in range(len(labels))]
    for place, label in zip(places, labels, strict=True):
        pen.text((place, _HEIGHT - _FOOT + 14), label, fill=_INK, font=font, anchor="ma")
    for at, line in enumerate(series):
        points = [(x, _height(number, top)) for x, number in zip(places, line, strict=True)]
        _draw_line(pen, points, _GREEN if at else _BLUE, dashed=bool(at))
    return _png(picture)


def _height(number: float, top: float) -> float:
    return _HEIGHT - _FOOT - scale(number, top, _HEIGHT - _TOP - _FOOT)


def _axes(pen: ImageDraw.ImageDraw, font: ImageFont.ImageFont, top: float) -> None:
    for part in (0, 0.5, 1):
        y = _height(top * part, top)
        pen.line((_LEFT, y, _WIDTH - _RIGHT, y), fill=_GREY, width=2 if part == 0 else 1)
        pen.text((_LEFT - 14, y), f"{top * part:g}", fill=_INK, font=font, anchor="rm")


def _draw_line(pen: ImageDraw.ImageDraw, points: list, colour: tuple, *, dashed: bool) -> None:
    for begin, end in zip(points, points[1:], strict=False):
        for piece in _dashes(begin, end) if dashed else [(*begin, *end)]:
            pen.line(piece, fill=colour, width=6)
    for x, y in points:
        pen.ellipse((x - 8, y - 8, x + 8, y + 8), fill=colour)


def _dashes(begin: tuple, end: tuple) -> list[tuple]:
    across, down = end[0] - begin[0], end[1] - begin[1]
    length = (across**2 + down**2) ** 0.5
    pieces, at = [], 0.0
    while at < length:
        stop = min(at + _STEP, length)
        one, two = at / length, stop / length
        pieces.append(
            (begin[0] + across * one, begin[1] + down * one, begin[0] + across * two, begin[1] + down * two)
        )
        at = stop + _GAP
    return pieces


def _png(picture: Image.Image) -> bytes:
    target = io.BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()
