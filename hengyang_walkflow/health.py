"""Two pages for machines, open without login: is the process up, and can it work?"""

import os
import shutil
from pathlib import Path

from celery import current_app
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaigns.access import public

ENOUGH_DISK = 100 * 1024 * 1024


@public
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers; nothing else is looked at."""
    return JsonResponse({"ok": True})


@public
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Database, broker, disk: each "ok" or the kind of failure (no address in it). 503 if any fails."""
    found = {name: _try(check) for name, check in CHECKS.items()}
    ok = all(answer == "ok" for answer in found.values())
    return JsonResponse({"ok": ok, **found}, status=200 if ok else 503)


def _try(check) -> str:
    try:
        check()
    except Exception as error:  # whatever the driver raises is the answer
        return type(error).__name__
    return "ok"


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()


def _broker() -> None:
    if settings.REDIS_URL:
        with current_app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
        return
    folder = settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_out"]
    if not os.access(folder, os.W_OK):
        raise PermissionError(folder)


def _disk() -> None:
    for folder in (settings.DATA_DIR, settings.MEDIA_ROOT):
        Path(folder).mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(folder).free < ENOUGH_DISK or not os.access(folder, os.W_OK):
            raise OSError


CHECKS = {"database": _database, "broker": _broker, "disk": _disk}
