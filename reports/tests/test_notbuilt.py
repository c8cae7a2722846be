"""Commands of later issues: a sentence and exit 2, with any arguments of the contract, never a traceback."""

import json
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

CALLS = [
    ("score", "--on", "2022-06-20", "--campaign", "ZJY-2022"),
]


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_it_says_so_in_a_sentence(call, capsys):
    with pytest.raises(CommandError, match="尚未建成") as refused:
        call_command(*call, "--json")
    assert refused.value.returncode == 2
    assert call[0] in json.loads(capsys.readouterr().out.splitlines()[-1])["error"]


def test_the_shell_sees_exit_two_and_no_traceback():
    done = subprocess.run(
        [sys.executable, "manage.py", "score", "--json"],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "尚未建成" in done.stderr
    assert "Traceback" not in done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["error"]
