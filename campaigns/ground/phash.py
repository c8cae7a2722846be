"""A perceptual fingerprint of a picture: the same scene scaled or saved again keeps (nearly) the same 64 bits."""

import io

from PIL import Image


def dhash(content: bytes) -> str:
    """The difference hash of a picture as 16 hex digits: 8×8 comparisons of neighbours in a 9×8 grey miniature."""
    with Image.open(io.BytesIO(content)) as opened:
        grey = opened.convert("L").resize((9, 8), Image.Resampling.LANCZOS)
    level = list(grey.tobytes())
    bits = 0
    for row in range(8):
        for column in range(8):
            at = row * 9 + column
            bits = bits << 1 | (level[at] > level[at + 1])
    return f"{bits:016x}"
