"""PRODUCTION=1 refuses to start with default or missing secrets (contract §1), in one sentence and without a traceback."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

KEY, OTHER = "k" * 40, "o" * 40
WHOLE = {"SECRET_KEY": KEY, "FIELD_KEYS": f"{KEY},{OTHER}", "ALLOWED_HOSTS": "zlc.example.gov.cn"}


def start(tmp_path, **environment: str) -> subprocess.CompletedProcess:
    """`manage.py check` of a server with just these variables."""
    own = {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "DATABASE_URL": f"sqlite:///{tmp_path}/a.sqlite3",
        "PRODUCTION": "1",
    }
    command = [sys.executable, "manage.py", "check"]
    return subprocess.run(
        command, cwd=settings.BASE_DIR, env=own | environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"SECRET_KEY": ""}, "必须设置环境变量 SECRET_KEY"),
        ({"FIELD_KEYS": ""}, "必须设置环境变量 FIELD_KEYS"),
        ({"ALLOWED_HOSTS": ""}, "必须设置 ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "*"}, "不能为 *"),
        ({"SECRET_KEY": "changeme"}, "SECRET_KEY 每个至少 32 个字符"),
        ({"FIELD_KEYS": f"{KEY},old"}, "FIELD_KEYS 每个至少 32 个字符"),
        ({"DEBUG": "1"}, "DEBUG 必须为 0"),
    ],
    ids=lambda case: str(case)[:40],
)
def test_production_refuses_to_start(tmp_path, changed, sentence):
    told = start(tmp_path, **{**WHOLE, **changed})
    assert told.returncode == 1
    assert sentence in told.stderr
    assert "Traceback" not in told.stderr


def test_production_starts_with_all_of_them_and_keeps_no_secret(tmp_path):
    told = start(tmp_path, **WHOLE)
    assert told.returncode == 0, told.stderr
    assert not list(tmp_path.glob("*.txt"))
