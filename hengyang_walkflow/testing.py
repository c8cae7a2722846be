"""pytest plugin of the whole suite (`-p hengyang_walkflow.testing` in pytest.ini): how tests meet the outside.

Settings a test needs differently, a database file of its own, and the browser. No factory, no rule.
"""

import os
import shutil
import tempfile
import urllib.parse
from pathlib import Path

import pytest
from django.conf import settings

from hengyang_walkflow import testing_example, testing_fixtures
from hengyang_walkflow.testing_fixtures import find_browser

NO_BROWSER = (
    "浏览器测试已跳过：这台机器上没有找到 Chromium（安装 chromium 或设置 CHROMIUM=路径；"
    "REQUIRE_BROWSER=1 时缺少浏览器算失败）。 Browser tests skipped: no Chromium found."
)

_folder = pytest.StashKey[str]()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Before the first connection: files in a folder of this run, plain static files, quick passwords, no broker."""
    # Playwright's loop in the main thread makes Django think it runs under async.
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    folder = tempfile.mkdtemp(prefix="walkflow-test-")
    config.stash[_folder] = folder
    settings.MEDIA_ROOT = Path(folder, "media")
    settings.STATIC_ROOT = Path(folder, "static")
    settings.STATIC_ROOT.mkdir()
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.EMAIL_FILE_PATH = str(Path(folder, "mail"))
    settings.CELERY_BROKER_URL = "memory://"
    settings.CELERY_BROKER_TRANSPORT = None
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {}
    _own_broker(os.environ.get("PYTEST_XDIST_WORKER", ""))
    database = settings.DATABASES["default"]
    if database["ENGINE"] == "django.db.backends.sqlite3":
        # A file, not memory: threads wait for each other as they do in the product. TEST_SQLITE keeps it between
        # runs, so that only new migrations are applied (--create-db makes it anew).
        kept = os.environ.get("TEST_SQLITE") or Path(folder, "test.sqlite3")
        database.setdefault("TEST", {})["NAME"] = str(kept)
    # Registered last, so that they may build on the fixtures of pytest-django and pytest-playwright.
    config.pluginmanager.register(testing_fixtures, "walkflow-fixtures")
    config.pluginmanager.register(testing_example, "walkflow-example")


def _own_broker(worker: str) -> None:
    """Programs a test starts talk over a Redis database of their worker's own; its number follows that of the run."""
    url = urllib.parse.urlsplit(os.environ.get("REDIS_URL", ""))
    if url.netloc and worker.removeprefix("gw").isdigit():
        number = int(url.path.strip("/") or 0) + 1 + int(worker.removeprefix("gw"))
        os.environ["REDIS_URL"] = url._replace(path=f"/{number % 16}").geturl()


def pytest_sessionfinish(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):
        testing_example.forget_loaded()


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(config.stash.get(_folder, ""), ignore_errors=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Browser tests without a browser are skipped in words, or fail with REQUIRE_BROWSER=1."""
    browser_tests = [item for item in items if item.get_closest_marker("e2e")]
    if not browser_tests or find_browser():
        return
    if os.environ.get("REQUIRE_BROWSER", "") not in ("", "0"):
        raise pytest.UsageError("REQUIRE_BROWSER=1，但没有找到 Chromium。 No Chromium found.")
    for item in browser_tests:
        item.add_marker(pytest.mark.skip(reason=NO_BROWSER))


def pytest_terminal_summary(terminalreporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    if any(NO_BROWSER in str(report.longrepr) for report in skipped):
        terminalreporter.write_line(NO_BROWSER, yellow=True)
