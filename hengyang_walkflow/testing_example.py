"""The example city for tests: loaded once per run by the real command, then lent out.

`example` lends it to a test in this process: the test sees the whole city, and nothing it writes stays.
`example_file` is a SQLite copy of one's own, for a real server (hengyang_walkflow/tests/e2e).
"""

import fcntl
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
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
def example_database(tmp_path_factory, worker_id: str, django_db_blocker) -> Iterator[Example]:
    """Migrated and loaded once per run in a process of its own, the way `make run` does it; a copy for each worker."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent  # one folder for all workers of a run
    own = tmp_path_factory.mktemp("example")
    with django_db_blocker.unblock(), _alone(shared / "example.lock"):
        said = shared / "example.json"
        if not said.exists():
            said.write_text(_load(shared))
        name = _copy(shared, own, worker_id)
    if (shared / "media").exists():
        shutil.copytree(shared / "media", settings.MEDIA_ROOT, dirs_exist_ok=True)
    yield Example(name, _environment(_url(name), own, settings.MEDIA_ROOT), json.loads(said.read_text()))
    if not is_sqlite():
        with django_db_blocker.unblock():
            _on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _loaded_name(shared: Path) -> str:
    """Django's NAME of the city nobody touches once it is loaded."""
    if is_sqlite():
        return str(shared / "example.sqlite3")
    return f"example_{_server().path.lstrip('/')}"


def _load(shared: Path) -> str:
    """Fill the city that is copied from; the counts as load_example prints them."""
    name = _loaded_name(shared)
    lent = os.environ.get("EXAMPLE_COPY") if is_sqlite() else None
    if not is_sqlite():
        _on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')  # of a run before
        _on_server(f'CREATE DATABASE "{name}"')
    elif lent:
        shutil.copyfile(lent, name)
        if Path(lent).with_name("media").exists():
            shutil.copytree(Path(lent).with_name("media"), shared / "media")
    environment = _environment(_url(name), shared, shared / "media")
    _manage(environment, "migrate", "--noinput", "--verbosity", "0")
    # On a city loaded before, the command only counts (EXAMPLE_COPY saves its minute while one works elsewhere).
    return _manage(environment, "load_example", "--anchor", LOADED_ON, "--json").splitlines()[-1]


def _copy(shared: Path, own: Path, worker: str) -> str:
    """The NAME of this worker's own city."""
    loaded = _loaded_name(shared)
    if is_sqlite():
        return str(Example(loaded, {}, {}).copy_to(own / "example.sqlite3"))
    name = f"{loaded}_{worker}"
    _on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    _on_server(f'CREATE DATABASE "{name}" TEMPLATE "{loaded}"')
    return name


def forget_loaded() -> None:
    """Drop what `_load` left on a server, once all workers of the run have gone. Nothing to do on SQLite."""
    if not is_sqlite():
        with psycopg.connect(_server()._replace(path="/postgres").geturl(), autocommit=True) as server:
            server.execute(f'DROP DATABASE IF EXISTS "{_loaded_name(Path())}" WITH (FORCE)')


def _server() -> urllib.parse.SplitResult:
    return urllib.parse.urlsplit(os.environ["DATABASE_URL"])


def _url(name: str) -> str:
    return f"sqlite:///{name}" if is_sqlite() else _server()._replace(path=f"/{name}").geturl()


def _on_server(sentence: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(sentence)


def _environment(url: str, folder: Path, media: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": url,
        "DATA_DIR": str(folder),
        "MEDIA_ROOT": str(media),
        "REDIS_URL": "",
        "PRODUCTION": "0",
        "DEBUG": "0",
        "SECRET_KEY": settings.SECRET_KEY,
        "FIELD_KEYS": ",".join(settings.FIELD_KEYS),
        "EXAMPLE_PASSWORD": settings.EXAMPLE_PASSWORD,
        "DJANGO_SETTINGS_MODULE": "hengyang_walkflow.settings",
    }


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
