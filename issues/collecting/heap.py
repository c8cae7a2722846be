"""A heap of files as people hand it over: a folder, a zip (names in GBK, too), or many files at once."""

import io
import zipfile
from collections.abc import Iterable
from pathlib import PurePosixPath

from django.conf import settings

from campaigns.ground.refusal import NotAllowed

MOST_FILES = 500
MOST_MB = 200
_LEFT_OUT = ("~$", ".", "__MACOSX")
_NO_SHEETS = {"thumbs.db", "desktop.ini"}

Heap = list[tuple[str, bytes]]


def open_heap(files: Iterable[tuple[str, bytes]]) -> Heap:
    """The files of a heap with their bare names, zips unpacked (once), Office's and the system's own traces left out.

    Raises NotAllowed for too many or too large ones and for a broken zip.
    """
    found: Heap = []
    for name, content in files:
        if name.lower().endswith(".zip"):
            found += _unpacked(name, content)
        elif _is_wanted(name):
            found.append((_bare(name), content))
        if len(found) > MOST_FILES or sum(len(each) for _, each in found) > MOST_MB << 20:
            raise NotAllowed(f"一次最多收 {MOST_FILES} 份文件、共 {MOST_MB} MB，请分几次办理。")
    return found


def _unpacked(name: str, content: bytes) -> Heap:
    found: Heap = []
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if len(members) > MOST_FILES or sum(member.file_size for member in members) > MOST_MB << 20:
                raise NotAllowed(f"压缩包“{name}”里的文件太多或太大，请分几次办理。")
            for member in members:
                inside = _member_name(member)
                if not _is_wanted(inside):
                    continue
                if member.file_size > settings.UPLOAD_MAX_MB << 20:
                    raise NotAllowed(f"压缩包里的“{inside}”超过 {settings.UPLOAD_MAX_MB} MB，请拆分后再传。")
                with archive.open(member) as opened:
                    found.append((_bare(inside), opened.read((settings.UPLOAD_MAX_MB << 20) + 1)))
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, ValueError) as error:
        raise NotAllowed(f"压缩包“{name}”已损坏、加了密码或无法解开，请重新压缩后再传。") from error
    return found


def _member_name(member: zipfile.ZipInfo) -> str:
    """Windows writes Chinese names in GBK without saying so."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return member.filename


def _is_wanted(name: str) -> bool:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return (
        bool(parts)
        and not any(part.startswith(_LEFT_OUT) for part in parts)
        and parts[-1].lower() not in _NO_SHEETS
    )


def _bare(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).name[-200:]
