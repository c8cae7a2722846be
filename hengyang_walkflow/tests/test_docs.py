"""The documents tell what the code does: the ledger's diagram, the files and pictures they point to, the settings.

`WRITE_DOCS=1` writes docs/ledger.md anew after the table of moves has changed.
"""

import os
import re

import pytest
from django.conf import settings

from campaigns.enums import Role
from issues.enums import LedgerState
from issues.moves import CLOCKS, MOVES, diagram

ROOT = settings.BASE_DIR
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
LEDGER = ROOT / "docs" / "ledger.md"


def ledger_page() -> str:
    """The whole of docs/ledger.md, from the table."""
    lines = [
        "# 整改台账的状态和动作",
        "",
        "本页由 `issues/moves.py` 的表生成（`WRITE_DOCS=1 make test ARGS=hengyang_walkflow/tests/test_docs.py`），请勿手改。",
        "按钮、权限检查、测试和本图读的是同一张表。",
        "",
        "```mermaid",
        diagram(),
        "```",
        "",
        "| 动作 | 从 | 到 | 由谁办 | 须写理由 |",
        "|---|---|---|---|---|",
    ]
    for move in MOVES.values():
        sources = "、".join(LedgerState(state).label for state in move.sources)
        target = LedgerState(move.target).label if move.target else "不变"
        actors = "、".join(Role(role).label for role in move.roles) if move.roles else "系统"
        lines.append(
            f"| {move.label} | {sources} | {target} | {actors} | {'是' if move.note_needed else ''} |"
        )
    lines += ["", "| 状态 | 轮到谁 | 限几个工作日 |", "|---|---|---|"]
    for state, clock in CLOCKS.items():
        turn = clock.turn.label if hasattr(clock.turn, "label") else clock.turn
        lines.append(f"| {LedgerState(state).label} | {turn} | {clock.days or '—'} |")
    return "\n".join(lines) + "\n"


def test_the_ledgers_page_is_the_table():
    if os.environ.get("WRITE_DOCS") == "1":
        LEDGER.write_text(ledger_page(), encoding="utf-8")
    assert LEDGER.read_text(encoding="utf-8") == ledger_page(), "stale: run with WRITE_DOCS=1"


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: doc.name)
def test_what_a_page_points_to_is_there(doc):
    text = doc.read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    missing = [link for link in links if not (doc.parent / link).exists()]
    assert missing == []


def test_the_readme_names_real_files():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = re.findall(
        r"`((?:campaigns|issues|reports|hengyang_walkflow|static|docs|templates)/[\w./]*)`", text
    )
    assert len(named) > 15
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_setting_is_listed():
    """`.env.example` has every variable the settings and `make run` read."""
    read = "".join((ROOT / "hengyang_walkflow" / name).read_text() for name in ("settings.py", "serve.py"))
    asked = set(re.findall(r"""(?:env(?:\.\w+)?|environ\.get|_kept_secret)\(\s*"([A-Z_]+)\"""", read))
    listed = set(re.findall(r"(?m)^#?\s?([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8")))
    assert asked - listed == set()
    assert asked
