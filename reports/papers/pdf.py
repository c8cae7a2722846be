"""The same paper as .pdf: the .docx of `reports/papers/gbt9704.py`, converted by LibreOffice where the machine has it.

There is one layout, that of the .docx. A second one for PDF would have to be kept equal to it by hand. Nothing here
touches the database; a conversion takes one to five seconds, so ask for it outside a transaction.
"""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
from functools import cache
from pathlib import Path

from django.conf import settings

from campaigns.ground.refusal import NotAllowed
from reports.papers.gbt_measures import BODY_FONT, BOLD_FONT, KAI_FONT, PAGE_FONT, TITLE_FONT

PDF = "application/pdf"
NAMED_FONTS = (TITLE_FONT, BODY_FONT, BOLD_FONT, KAI_FONT, PAGE_FONT)
SECONDS = 90
ABSENT = (
    "本系统所在的服务器没有安装 LibreOffice，不能转换 PDF。请下载 .docx 文件，用 WPS 或 Word 打开后另存为 PDF；"
    "也可以请系统管理员在服务器上安装 LibreOffice。"
)
FAILED = "PDF 没有转换成功，请稍后再试，或先下载 .docx 文件。"
_FONTS_CONF = Path(__file__).with_name("fonts.conf")
# A conversion fills one core: a second request of the same process waits for its turn.
_TURN = threading.Lock()


def converter() -> str | None:
    """The path of LibreOffice, or None where there is none. `SOFFICE` in the settings says where it stands."""
    return shutil.which(settings.SOFFICE) if settings.SOFFICE else shutil.which("soffice")


def to_pdf(docx: bytes) -> bytes:
    """The .pdf bytes of a .docx; the same file gives the same bytes on the same machine.

    Raises NotAllowed with a sentence for the user: there is no LibreOffice here, or it didn't answer with a file.
    """
    program = converter()
    if program is None:
        raise NotAllowed(ABSENT)
    with _TURN, tempfile.TemporaryDirectory(prefix="walkflow-pdf-") as folder:
        source = Path(folder, "paper.docx")
        source.write_bytes(docx)
        _convert(program, source)
        try:
            return _timeless(source.with_suffix(".pdf").read_bytes())
        except FileNotFoundError as nothing:
            raise NotAllowed(FAILED) from nothing


def _convert(program: str, source: Path) -> None:
    """Run LibreOffice with a profile of its own: one left open elsewhere would take the file and print nothing."""
    command = [
        program,
        f"-env:UserInstallation={source.with_name('profile').as_uri()}",
        "--headless",
        "--norestore",
        "--convert-to",
        "pdf",
        "--outdir",
        str(source.parent),
        str(source),
    ]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(
        command,
        stdin=quiet,
        stdout=quiet,
        stderr=quiet,
        env=os.environ | {"FONTCONFIG_FILE": str(_FONTS_CONF), "HOME": str(source.parent)},
        start_new_session=True,
    )
    try:
        process.wait(SECONDS)
    except subprocess.TimeoutExpired as late:
        raise NotAllowed(FAILED) from late
    finally:
        _end(process)


def _end(process: subprocess.Popen) -> None:
    """soffice is a script around another program: end the whole group, so that nothing is left running."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _timeless(pdf: bytes) -> bytes:
    """The file without the moment of its making: figures are replaced in place, so that no offset moves."""
    pdf = re.sub(rb"/CreationDate\(D:\d{14}", b"/CreationDate(D:19800101000000", pdf)
    return re.sub(rb"(?<=/ID \[)[^\]]*|(?<=/DocChecksum /)[0-9A-F]+", _zeroed, pdf)


def _zeroed(found: re.Match) -> bytes:
    return re.sub(rb"[0-9A-F]", b"0", found[0])


@cache
def substituted_fonts() -> tuple[str, ...]:
    """The faces the standard names which this machine lacks; all of them where nobody can say what it has.

    Looked up once a process: a face installed later is seen after a restart.
    """
    program = shutil.which("fc-list")
    if program is None:
        return NAMED_FONTS
    answer = subprocess.run(
        [program, "--format=%{family}\n"], capture_output=True, text=True, timeout=SECONDS, check=False
    )
    here = {name.strip() for line in answer.stdout.splitlines() for name in line.split(",")}
    return tuple(name for name in NAMED_FONTS if name not in here)


def font_warning() -> str:
    """What a reader of a PDF made here should know; empty where every face is there (domain.md §4.1)."""
    missing = substituted_fonts()
    if not missing:
        return ""
    return (
        f"服务器没有安装{'、'.join(missing)}，PDF 中以相近字体代替，不完全符合公文格式标准；"
        "正式印发请下载 .docx，在装有这些字体的电脑上打印。"
    )
