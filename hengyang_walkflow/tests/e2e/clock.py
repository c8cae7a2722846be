"""The product under a clock that a test turns: `python -m hengyang_walkflow.tests.e2e.clock COMMAND …` is manage.py.

The file named by TEST_CLOCK holds a moment; from its last change on, time runs on from there. Everything in the house
reads the clock through django.utils.timezone (ruff keeps it so), which makes one hand enough.
"""

import os
import sys
from datetime import datetime
from pathlib import Path

from django.core.management import execute_from_command_line
from django.utils import timezone

_real_now = timezone.now


def _turned_now() -> datetime:
    """The moment in the file plus the time since it was written."""
    file = Path(os.environ["TEST_CLOCK"])
    passed = _real_now().timestamp() - file.stat().st_mtime
    start = datetime.fromisoformat(file.read_text(encoding="utf-8"))
    return datetime.fromtimestamp(start.timestamp() + max(passed, 0), tz=_real_now().tzinfo)


def turn() -> None:
    """From now on this process lives by the file. Call it before Django reads its models."""
    timezone.now = _turned_now


if __name__ == "__main__":
    turn()
    execute_from_command_line(sys.argv)
