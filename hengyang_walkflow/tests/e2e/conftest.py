"""Browser tests: a running site on a copy of the example city, and a person at the screen."""

import io
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page

from hengyang_walkflow.testing_example import Example, is_sqlite
from hengyang_walkflow.tests.e2e.site import Site

IMAGES = settings.BASE_DIR / "docs" / "images"
HERE = Path(__file__).parent
PATIENCE = 5  # seconds


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything below this folder is a browser test; one database is enough for them."""
    for item in items:
        if not item.path.is_relative_to(HERE):
            continue
        item.add_marker(pytest.mark.e2e)
        if os.environ.get("E2E") == "0":
            item.add_marker(pytest.mark.skip(reason="E2E=0：浏览器测试未运行。"))
        elif not is_sqlite():
            item.add_marker(
                pytest.mark.skip(reason="浏览器测试只在 SQLite 上运行，另一种数据库由其余测试覆盖。")
            )


@pytest.fixture(scope="session")
def static_root(example_database: Example, tmp_path_factory) -> Path:
    """The collected static files, as the product serves them."""
    folder = tmp_path_factory.mktemp("static")
    site = Site(
        tmp_path_factory.mktemp("collect"), {**example_database.environment, "STATIC_ROOT": str(folder)}
    )
    site.manage("collectstatic", "--noinput", "--verbosity", "0")
    return folder


@pytest.fixture(scope="module")
def site(example_database: Example, example_file: Callable[[], Path], static_root: Path) -> Iterator[Site]:
    """A web server on its own copy of the city, one for each test module; 2022-06-20, 09:30."""
    database = example_file()
    folder = database.parent
    if settings.MEDIA_ROOT.exists():
        shutil.copytree(settings.MEDIA_ROOT, folder / "media")
    own = {
        "DATABASE_URL": f"sqlite:///{database}",
        "DATA_DIR": str(folder),
        "MEDIA_ROOT": str(folder / "media"),
        "STATIC_ROOT": str(static_root),
        "LOG_LEVEL": "ERROR",
    }
    site = Site(folder, {**example_database.environment, **own})
    try:
        site.start_web()
        yield site
    finally:
        site.stop()
        for file in folder.glob("walkflow.sqlite3*"):
            file.unlink()


class Person:
    """Somebody at a screen of their own: logs in, reads, clicks. Server errors and script errors fail the test."""

    def __init__(self, site: Site, context: BrowserContext, username: str, password: str):
        self.site, self.context, self.username, self.password = site, context, username, password
        self.page: Page = context.new_page()
        self.wrong: list[str] = []
        self.page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        self.page.on(
            "response",
            lambda answer: answer.status >= 500 and self.wrong.append(f"{answer.status} {answer.url}"),
        )
        self.page.on("console", self._heard)

    def _heard(self, message) -> None:
        if "Content Security Policy" in message.text:
            self.wrong.append(message.text)

    def open(self, path: str) -> Page:
        """Go to a page of the site, through the login page where it asks."""
        self.page.goto(self.site.url + path)
        if "/login/" in self.page.url:
            self.page.get_by_label("账号").fill(self.username)
            self.page.get_by_label("密码").fill(self.password)
            self.page.get_by_role("button", name="登录").click()
            self.page.wait_for_url(re.compile(r"^(?!.*/login/)"))
        return self.page

    def sees(self, *texts: str) -> None:
        """Every text stands on the page, where a person can see it, within a moment."""
        until = time.monotonic() + PATIENCE
        while True:
            said = self.page.locator("body").inner_text()
            missing = [text for text in texts if text not in said]
            if not missing or time.monotonic() > until:
                break
            self.page.wait_for_timeout(100)
        assert not missing, f"{self.username} at {self.page.url} does not see {missing}:\n{said}"

    def sees_not(self, *texts: str) -> None:
        said = self.page.locator("body").inner_text()
        there = [text for text in texts if text in said]
        assert not there, f"{self.username} at {self.page.url} sees {there}"

    def shot(self, name: str, full: bool = False) -> None:
        """A picture for docs/images, when SHOTS=1."""
        if os.environ.get("SHOTS") == "1":
            IMAGES.mkdir(parents=True, exist_ok=True)
            picture = Image.open(io.BytesIO(self.page.screenshot(full_page=full)))
            picture.convert("RGB").quantize(128).save(IMAGES / f"{name}.png", optimize=True)


@pytest.fixture
def person(site: Site, browser: Browser, browser_context_args: dict) -> Iterator[Callable[..., Person]]:
    """person("shengaiban") sits down at a screen; keywords go to the browser context (viewport, has_touch …)."""
    there: list[Person] = []

    def sit_down(username: str, password: str = "", **screen) -> Person:
        context = browser.new_context(**{**browser_context_args, **screen})
        one = Person(site, context, username, password or settings.EXAMPLE_PASSWORD)
        one.page.set_default_timeout(15_000)
        there.append(one)
        return one

    yield sit_down
    for one in there:
        one.context.close()
    wrong = [f"{one.username}: {line}" for one in there for line in one.wrong]
    assert wrong == [], site.errors()[-3000:]
