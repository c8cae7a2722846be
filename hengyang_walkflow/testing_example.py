"""The example city for tests: loaded once per run by the real command, then lent out.

`example` lends it to a test in this process: the test sees the whole city, and nothing it writes stays.
`example_file` is a SQLite copy of one's own, for a real server (hengyang_walkflow/tests/e2e).
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction

LOADED_ON = "2022-06-20"  # the campaign's 62nd day, the default of load_example


@dataclass(frozen=True)
class Example:
    """A database that holds the example city. `name` is Django's NAME, `counts` what load_example said."""

    name: str
    environment: dict[str, str]
    counts: dict[str, int]

    def copy_to(self, path: Path) -> Path:
        """A SQLite copy at `path`, complete although the original keeps a write-ahead log."""
        with sqlite3.connect(self.name) as source, sqlite3.connect(path) as target:
            source.backup(target)
        source.close()
        target.close()
        return path


def is_sqlite() -> bool:
    return settings.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"


@pytest.fixture(scope="session")
def example_database(tmp_path_factory, django_db_blocker) -> Iterator[Example]:
    """Migrated and loaded in a process of its own, the way `make run` does it."""
    folder = tmp_path_factory.mktemp("example")
    if is_sqlite():
        name = str(folder / "example.sqlite3")
        yield _load(name, f"sqlite:///{name}", folder)
        return
    name = f"example_{connection.settings_dict['NAME']}"  # one for each test database, as Django's own
    given = urllib.parse.urlsplit(os.environ["DATABASE_URL"])
    with django_db_blocker.unblock():
        _on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')  # of a run that was killed
        _on_server(f'CREATE DATABASE "{name}"')
        try:
            yield _load(name, given._replace(path=f"/{name}").geturl(), folder)
        finally:
            _on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


def _on_server(sentence: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(sentence)


def _load(name: str, url: str, folder: Path) -> Example:
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "DATA_DIR": str(folder),
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "REDIS_URL": "",
        "PRODUCTION": "0",
        "DEBUG": "0",
        "SECRET_KEY": settings.SECRET_KEY,
        "FIELD_KEYS": ",".join(settings.FIELD_KEYS),
        "EXAMPLE_PASSWORD": settings.EXAMPLE_PASSWORD,
        "DJANGO_SETTINGS_MODULE": "hengyang_walkflow.settings",
    }
    loaded = os.environ.get("EXAMPLE_COPY") if is_sqlite() else None
    if loaded:
        shutil.copyfile(loaded, name)
    _manage(environment, "migrate", "--noinput", "--verbosity", "0")
    # On a city loaded before, the command only counts (EXAMPLE_COPY saves its minute while one works elsewhere).
    said = _manage(environment, "load_example", "--anchor", LOADED_ON, "--json")
    return Example(name, environment, json.loads(said.splitlines()[-1]))


def _manage(environment: dict[str, str], *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"manage.py {' '.join(command)} → {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


@pytest.fixture
def example(example_database: Example, django_db_blocker) -> Iterator[Example]:
    """The default connection looks at the example city; what the test writes is rolled back."""
    with django_db_blocker.unblock():
        own = connection.settings_dict["NAME"]
        connection.close()
        connection.settings_dict["NAME"] = example_database.name
        try:
            with transaction.atomic():
                yield example_database
                transaction.set_rollback(True)
        finally:
            connection.close()
            connection.settings_dict["NAME"] = own


@pytest.fixture(scope="session")
def example_file(example_database: Example, tmp_path_factory) -> Callable[[], Path]:
    """Makes a fresh SQLite copy in a folder of its own, each time it is called."""
    return lambda: example_database.copy_to(tmp_path_factory.mktemp("city") / "walkflow.sqlite3")
