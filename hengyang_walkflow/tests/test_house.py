"""The rules of the house that no linter keeps. A failure names the file and the line."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT = settings.BASE_DIR
APPS = ("campaigns", "issues", "reports", "hengyang_walkflow")
PURE = (
    "campaigns/ground/lights.py",
    "campaigns/ground/calendar.py",
    "campaigns/complaint_rule.py",
    "campaigns/ground/charts.py",
    "campaigns/ground/likeness.py",
    "campaigns/process.py",
    "campaigns/process_places.py",
    "issues/sampling.py",
    "issues/clues/board.py",
    "issues/clues/company.py",
    "issues/clues/copies.py",
    "issues/clues/entry.py",
    "issues/clues/facts.py",
    "issues/clues/findings.py",
    "issues/clues/papers.py",
    "issues/clues/presence.py",
    "issues/clues/rules.py",
    "issues/clues/scene.py",
    "issues/clues/tempo.py",
    "reports/scoring.py",
)
EDGES = ("views.py", "views/", "tasks.py", "admin.py")
WRITES = {"create", "bulk_create", "get_or_create", "update_or_create", "update", "bulk_update", "delete"}
LINES = 350
LONG_BY_NATURE = ("migrations/", "tests/", "reports/example/texts", "reports/example/names")


def _files() -> list[str]:
    return sorted(path.relative_to(ROOT).as_posix() for app in APPS for path in (ROOT / app).rglob("*.py"))


FILES = _files()
CODE = [name for name in FILES if "/migrations/" not in name and "/tests/" not in name]


def _nodes(name: str) -> Iterator[ast.AST]:
    return ast.walk(ast.parse((ROOT / name).read_text(encoding="utf-8")))


def _calls(name: str) -> Iterator[tuple[ast.Call, str]]:
    """Every call with its dotted text, e.g. `Model.objects.filter(…).update`."""
    for node in _nodes(name):
        if isinstance(node, ast.Call):
            yield node, ast.unparse(node.func)


def test_imports_point_down():
    """The contracts of .importlinter: roof, reports, issues, campaigns, and the floors inside each."""
    program = Path(sys.executable).with_name("lint-imports")
    told = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout


def test_only_actions_write():
    """Rule 2: views, tasks and admin make one call; they neither save nor create."""
    edges = [name for name in CODE if any(f"/{edge}" in name for edge in EDGES)]
    assert edges
    wrong = [
        f"{name}:{call.lineno} {text}"
        for name in edges
        for call, text in _calls(name)
        if text.endswith(".save") or (".objects." in text and text.rpartition(".")[2] in WRITES)
    ]
    assert wrong == []


@pytest.mark.parametrize("name", [name for name in PURE if (ROOT / name).exists()])
def test_pure_rules_read_no_clock_and_no_model(name):
    """Rule 7: time, chance and points are functions of their arguments."""
    told = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(
        r"django\.(db|utils\.timezone)|\.models\b|\.now\(|\.today\(|^import time", told, re.M
    )


def test_no_hidden_machinery():
    """§11: no signals, no generic foreign keys, no Meta.ordering, no save() of a model's own."""
    wrong = []
    for name in CODE:
        told = (ROOT / name).read_text(encoding="utf-8")
        if re.search(r"django\.dispatch|django\.db\.models\.signals|GenericForeignKey", told):
            wrong.append(f"{name}: signal or generic key")
        if re.search(r"^        ordering\s*=", told, re.M) and "/models" in name:
            wrong.append(f"{name}: Meta.ordering")
        if re.search(r"^    def (save|delete)\(", told, re.M) and ("/models" in name or "/ground/" in name):
            wrong.append(f"{name}: save() or delete() override")
    assert wrong == []


def test_no_late_imports():
    """What a module needs stands at its top; a late import hides an arrow that points up."""
    wrong = [
        f"{name}:{node.lineno}"
        for name in CODE
        if not name.startswith("hengyang_walkflow/serve")  # imports models once Django is set up
        for function in _nodes(name)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert wrong == []


def test_rooms_are_small():
    """Rule 12."""
    long = {
        name: lines
        for name in FILES
        if not any(part in name for part in LONG_BY_NATURE)
        and (lines := len((ROOT / name).read_text(encoding="utf-8").splitlines())) > LINES
    }
    assert long == {}


def test_names_say_what_is_inside():
    assert [name for name in FILES if Path(name).stem in {"utils", "helpers", "common", "misc"}] == []


def test_templates_carry_nothing_the_policy_forbids():
    """The Content-Security-Policy lets no inline style, script or handler through: they would silently not work."""
    wrong = [
        f"{path.relative_to(ROOT)}: {found.group()}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for found in re.finditer(
            r"\s(?:style|on[a-z]+|hx-on[:\w-]*)\s*=|<style|<script(?![^>]*\ssrc=)",
            re.sub(
                r"\{#.*?#\}|\{% comment.*?endcomment %\}", "", path.read_text(encoding="utf-8"), flags=re.S
            ),
        )
    ]
    assert wrong == []


def test_every_setting_is_in_the_example_environment():
    read = set()
    for name in ("hengyang_walkflow/settings.py", "hengyang_walkflow/serve.py"):
        read |= set(
            re.findall(
                r"""(?:env(?:\.\w+)?|environ\.get|_kept_secret)\(\s*"([A-Z_]+)\"""",
                (ROOT / name).read_text(encoding="utf-8"),
            )
        )
    listed = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.M))
    assert read == listed


# Column headings the contract fixes, in the half-width punctuation it is written in; a time's shape is no sentence.
FIXED_WORDS = {"整改成效(五减:前→后)", "请按“年-月-日 时:分”填写时间。"}
HALF_WIDTH = re.compile(r"[一-鿿”》）][,;?!](?=[一-鿿“《\s]|$)|[一-鿿”》）]:(?=[一-鿿“《]|$)")


def test_chinese_sentences_have_chinese_punctuation():
    """What people read mixes no half-width commas and colons into Chinese. A pattern of `re` (with a backslash) is no text."""
    wrong = []
    for name in CODE:
        tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
        prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in prose:
                continue
            if HALF_WIDTH.search(node.value) and "\\" not in node.value and node.value not in FIXED_WORDS:
                wrong.append(f"{name}:{node.lineno} {node.value}")
    assert wrong == []


BESIDE_CHINESE = re.compile(r"[一-鿿”》）][,;]|[,;][一-鿿“《▲◆]|[一-鿿”》]\(|\)[一-鿿“《]|字:字")
UNREAD = re.compile(
    r"{% comment %}.*?{% endcomment %}|<script.*?</script>|{% verbatim %}.*?{% endverbatim %}", re.DOTALL
)
SPOKEN = re.compile(r'(?:placeholder|aria-label|title|data-label|data-confirm[\w-]*)="([^"]*)"')


def said_in(template: str) -> list[str]:
    """What a template says: its lines without markup, a value standing as 字, and the texts within tags and attributes."""
    source = UNREAD.sub("", template)
    told = [text for tag in re.findall(r"{%.*?%}", source) for text in re.findall(r'"([^"]*)"', tag)]
    source = re.sub(r"{%.*?%}", "", re.sub(r"{{.*?}}", "字", source))
    told += SPOKEN.findall(source)
    return told + [
        re.sub(r"&\w+;", " ", line).strip() for line in re.sub(r"<[^>]*>", "", source).splitlines()
    ]


def test_templates_have_chinese_punctuation():
    """Also where a value stands between: 承诺 {{ … }}，实际 {{ … }}（{{ … }} 次）."""
    wrong = [
        f"{path.relative_to(ROOT)}: {text}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for text in said_in(path.read_text(encoding="utf-8"))
        if BESIDE_CHINESE.search(text)
    ]
    assert wrong == []


def test_scripts_have_chinese_punctuation():
    """What the pages' scripts say, a value standing as 字."""
    wrong = []
    for path in sorted((ROOT / "static").rglob("*.js")):
        for _, text in re.findall(r"""(["'`])((?:(?!\1).)*)\1""", path.read_text(encoding="utf-8")):
            said = re.sub(r"\${[^}]*}", "字", text)
            if re.search("[一-鿿]", text) and BESIDE_CHINESE.search(said):
                wrong.append(f"{path.relative_to(ROOT)}: {text}")
    assert wrong == []
