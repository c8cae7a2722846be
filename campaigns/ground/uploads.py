"""The gate for files people upload as evidence: a short list of kinds, told by their content and never by their name.

Pictures are drawn anew (no EXIF, no hidden tail), the rest is looked into; scripts, pages and programs are refused in words.
"""

import io
import re
import zipfile
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from PIL import Image, ImageOps, UnidentifiedImageError

from campaigns.ground.exif import taken_at
from campaigns.ground.refusal import NotAllowed

LONGEST_SIDE = 2560
MAX_PIXELS = 60_000_000
JPEG, PNG, PDF, TEXT = "image/jpeg", "image/png", "application/pdf", "text/plain"
OFFICE = {
    "word/document.xml": (".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xl/workbook.xml": (".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
ALLOWED = "只能上传 JPG、PNG 图片、PDF、Word（docx）、Excel（xlsx）和文本文件。"
MAX_MEMBERS, MAX_UNPACKED = 5000, 500 * 1024 * 1024
_MARKUP = re.compile(rb"<\s*(!doctype|html|svg|script|\?xml|iframe|body|head)", re.IGNORECASE)


class Vetted(NamedTuple):
    """A file that passed: what to keep, what it really is, the name to show, and when the camera says it was taken."""

    content: bytes
    content_type: str
    name: str
    taken_at: datetime | None = None


def vet_upload(file: UploadedFile) -> Vetted:
    """Look at one uploaded file and return what may be kept of it.

    Pictures come back as JPEG or PNG of at most 2560 px a side, without EXIF (place and device of the taker).
    Raises NotAllowed with a sentence for anything too large, empty, broken or not on the list.
    """
    name = _clean_name(file.name or "")
    if file.size > settings.UPLOAD_MAX_MB * 1024 * 1024:
        raise NotAllowed(f"文件“{name}”超过 {settings.UPLOAD_MAX_MB} MB,请压缩后再传。")
    content = file.read()
    if not content:
        raise NotAllowed(f"文件“{name}”是空的。")
    if content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return _picture(content, name)
    if content.startswith(b"%PDF-"):
        return _pdf(content, name)
    if content.startswith(b"PK\x03\x04"):
        return _office(content, name)
    return _text(content, name)


def _clean_name(name: str) -> str:
    """The bare file name without path, control characters and direction marks; never empty."""
    bare = re.split(r"[\\/]", name)[-1]
    bare = "".join(char for char in bare if char.isprintable() and char not in '<>:"|?*')
    return bare.strip(". ")[-150:] or "未命名"


def _named(name: str, *suffixes: str) -> str:
    """`name` with a suffix that tells the truth: kept when it is one of `suffixes`, else the first is put on."""
    stem, dot, suffix = name.rpartition(".")
    if dot and f".{suffix.lower()}" in suffixes:
        return name
    return f"{stem or name}{suffixes[0]}"


def _picture(content: bytes, name: str) -> Vetted:
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise NotAllowed(f"图片“{name}”的像素太大，请缩小后再传。")
            is_png = opened.format == "PNG"
            moment = taken_at(opened)
            drawn = ImageOps.exif_transpose(opened)
            drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            drawn = drawn.convert("RGBA" if is_png and "A" in drawn.getbands() else "RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise NotAllowed(f"图片“{name}”打不开，可能已损坏。") from error
    # Drawn onto a fresh canvas: nothing but pixels goes on.
    clean = Image.new(drawn.mode, drawn.size)
    clean.paste(drawn)
    out = io.BytesIO()
    if is_png:
        clean.save(out, "PNG", optimize=False)
        return Vetted(out.getvalue(), PNG, _named(name, ".png"), moment)
    clean.save(out, "JPEG", quality=85)
    return Vetted(out.getvalue(), JPEG, _named(name, ".jpg", ".jpeg"), moment)


def _pdf(content: bytes, name: str) -> Vetted:
    """A PDF by its head and tail; one that runs scripts or programs, or carries files, is refused."""
    if b"%%EOF" not in content[-2048:]:
        raise NotAllowed(f"PDF“{name}”不完整，可能已损坏。")
    if re.search(rb"/(JavaScript|JS|Launch|EmbeddedFile)\b", content):
        raise NotAllowed(f"PDF“{name}”里带有脚本或附件，请另存为普通 PDF 后再传。")
    return Vetted(content, PDF, _named(name, ".pdf"))


def _office(content: bytes, name: str) -> Vetted:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as box:
            members = box.infolist()
            names = {member.filename for member in members}
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise NotAllowed(f"文件“{name}”打不开，可能已损坏。") from error
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
        raise NotAllowed(f"文件“{name}”解开后太大，不能上传。")
    kind = next((OFFICE[part] for part in OFFICE if part in names), None)
    if kind is None or "[Content_Types].xml" not in names:
        raise NotAllowed(f"不能上传“{name}”：{ALLOWED}")
    if any("vbaproject" in part.lower() for part in names):
        raise NotAllowed(f"文件“{name}”里带有宏，请去掉宏后再传。")
    suffix, content_type = kind
    return Vetted(content, content_type, _named(name, suffix))


def _text(content: bytes, name: str) -> Vetted:
    """Plain text in UTF-8 or GB18030, kept as UTF-8; pages, pictures made of markup and programs are no text."""
    if not name.lower().endswith(".txt") or b"\x00" in content or _MARKUP.search(content):
        raise NotAllowed(f"不能上传“{name}”：{ALLOWED}")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return Vetted(content.decode(encoding).encode(), TEXT, name)
        except UnicodeDecodeError:
            continue
    raise NotAllowed(f"不能上传“{name}”：{ALLOWED}")
