"""Zips that depend on their contents only: sorted members, fixed dates and attributes, no build time inside.

Used for every .xlsx, .docx and .zip the product makes: unchanged data give identical bytes (contract §2).
"""

import io
import re
import shutil
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO

Content = bytes | Callable[[], BinaryIO]
_MOMENT = (1980, 1, 1, 0, 0, 0)
_STAMP = "1980-01-01T00:00:00Z"
_CORE = "docProps/core.xml"
_DATES = re.compile(rb"(<dcterms:(created|modified)\b[^>]*>)[^<]*(</dcterms:\2>)")
_AUTHOR = re.compile(rb"(<cp:lastModifiedBy\b[^>]*>)[^<]*(</cp:lastModifiedBy>)")


def repack(source: str | Path | bytes) -> bytes:
    """The zip at `source` (path or bytes; also .xlsx, .docx) packed afresh: same members, same bytes.

    Members are sorted by name and dated 1980-01-01; docProps/core.xml loses its real dates and last author.
    """
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    with zipfile.ZipFile(file) as old:
        return pack({name: old.read(name) for name in old.namelist() if not name.endswith("/")})


def pack(members: Mapping[str, bytes]) -> bytes:
    """A zip of `members` (name → content), deterministic."""
    target = io.BytesIO()
    pack_into(target, members)
    return target.getvalue()


def pack_into(target: BinaryIO, members: Mapping[str, Content]) -> None:
    """Write a zip of `members` to `target`; a member that is a function is opened and copied, however large it is."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6, allowZip64=True) as new:
        for name in sorted(members):
            content = members[name]
            if callable(content):
                with content() as source, new.open(_info(name), "w", force_zip64=True) as member:
                    shutil.copyfileobj(source, member)
            else:
                new.writestr(_info(name), _undated(content) if name == _CORE else content)


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _MOMENT)
    # Marked as made on Unix, whatever this machine is: unzip reads Chinese names of the other kind as gibberish.
    info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 3
    info.external_attr, info.create_version, info.extract_version = 0o644 << 16, 20, 20
    return info


def _undated(core: bytes) -> bytes:
    return _AUTHOR.sub(rb"\1\2", _DATES.sub(rb"\g<1>" + _STAMP.encode() + rb"\3", core))
