"""How a stored file is handed to a browser."""

from django.http import FileResponse
from django.utils.http import content_disposition_header

from campaigns.ground.files import StoredFile, open_stored

PICTURES = ("image/jpeg", "image/png")


def file_answer(stored: StoredFile) -> FileResponse:
    """Pictures and PDF to look at, everything else to save; who may have it is the caller's question. Raises Gone.

    The type is the one found at upload and never guessed again; pictures run in a sandbox (frontend.md §5; Chromium's
    PDF viewer refuses a sandboxed page). Names in any script go by RFC 5987.
    """
    shown = stored.content_type in (*PICTURES, "application/pdf")
    answer = FileResponse(open_stored(stored), content_type=stored.content_type)
    answer["Content-Disposition"] = content_disposition_header(not shown, stored.name)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    if stored.content_type in PICTURES:
        answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def file_to_save(stored: StoredFile) -> FileResponse:
    """A file the system wrote or was sent, to keep under its name; never cached, never shown. Raises Gone."""
    answer = FileResponse(open_stored(stored), as_attachment=True, filename=stored.name)
    answer["Cache-Control"] = "private, no-store"
    return answer
