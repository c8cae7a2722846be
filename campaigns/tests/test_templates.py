"""The face keeps its promises: nothing inline in any template (CSP), the palette readable by WCAG numbers,
lists written the same way everywhere, and components that need no more context than they say."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.conf import settings
from django.template.loader import render_to_string
from django.test import RequestFactory

from campaigns.ground.table import Column, Table, paginate, query_without_page, text_of
from campaigns.templatetags import walkflow

TEMPLATES = sorted((Path(settings.BASE_DIR) / "templates").rglob("*.html"))
CSS = (Path(settings.BASE_DIR) / "static" / "app.css").read_text(encoding="utf-8")

BANNED = {
    "style=": re.compile(r"\bstyle\s*=", re.I),
    "on…=": re.compile(r"\son[a-z]+\s*=", re.I),
    "hx-on": re.compile(r"\bhx-on\b", re.I),
    "js:": re.compile(r"\bjs:", re.I),
    "[ in hx-trigger": re.compile(r"""hx-trigger\s*=\s*("[^"]*\[|'[^']*\[)""", re.I),
    "|safe": re.compile(r"\|\s*safe\b"),
    "inline <script>": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>", re.I),
    "inline <style>": re.compile(r"<style\b", re.I),
    "a static file by hand": re.compile(r"""(src|href)\s*=\s*["']/?static/""", re.I),
}
COMMENT = re.compile(r"\{% comment %\}.*?\{% endcomment %\}|\{#.*?#\}", re.S)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_nothing_inline(path):
    text = COMMENT.sub("", path.read_text(encoding="utf-8"))
    found = [name for name, pattern in BANNED.items() if pattern.search(text)]
    assert found == [], f"{path.name} contains {found}"


@pytest.mark.parametrize(
    "line",
    [
        '<p style="color:red">',
        '<a onclick="x()">',
        '<a hx-on:click="x()">',
        "<a hx-vals='js:{}'>",
        '<a hx-trigger="click[1==2]">',
        "{{ x|safe }}",
        "<script>x</script>",
        '<img src="/static/a.png">',
    ],
)
def test_the_ban_sees_it(line):
    assert any(pattern.search(line) for pattern in BANNED.values())


def token(name: str) -> str:
    """The six hex digits of `--name` in app.css."""
    return re.search(rf"--{name}:\s*#([0-9a-f]{{6}})", CSS, re.I).group(1)


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.1."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two tokens, 1 to 21."""
    low, high = sorted((luminance(token(one)), luminance(token(other))))
    return (high + 0.05) / (low + 0.05)


TEXT_PAIRS = [
    *[(ink, paper) for ink in ("ink", "ink-soft") for paper in ("paper", "ground", "row", "blue-soft")],
    *[(ink, soft) for ink in ("ink",) for soft in ("green-soft", "amber-soft", "grey-soft")],
    *[(link, paper) for link in ("blue", "blue-deep") for paper in ("paper", "ground", "row", "blue-soft")],
    *[("paper", fill) for fill in ("blue", "blue-deep", "green", "amber")],
    *[(tone, back) for tone in ("red", "amber", "green", "grey") for back in ("paper", "row", "blue-soft")],
    *[(tone, f"{tone}-soft") for tone in ("red", "amber", "green", "grey")],
    ("ink-soft", "grey-soft"),
    ("red", "ground"),
]


@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_is_readable(text, ground):
    assert contrast(text, ground) >= 4.5


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ring", "ring-inner"),
        ("ring", "paper"),
        ("ring", "ground"),
        ("ring-inner", "blue"),
        ("edge", "paper"),
        ("edge", "ground"),
        ("blue", "paper"),
        ("blue", "blue-soft"),
    ],
)
def test_edges_and_focus_are_seen(one, other):
    assert contrast(one, other) >= 3


def test_red_is_kept_for_overdue():
    """Each rule of the stylesheet that paints red names a late or overdue thing."""
    rules = [line for line in CSS.splitlines() if "var(--red" in line]
    assert rules
    assert all(re.search(r"late|overdue|red", line.split("{")[0]) for line in rules)


@pytest.mark.parametrize(
    ("word", "shape"),
    [
        ("红", "▲"),
        ("黄", "◆"),
        ("绿", "●"),
        ("审核中", "◐"),
        ("逾期办结", "■"),
        ("已办结", "✓"),
        ("暂停", "‖"),
    ],
)
def test_a_light_is_a_shape_and_a_word(word, shape):
    html = render_to_string("components/light.html", walkflow.light(word))
    assert shape in html
    assert word in html


def test_no_light_is_a_dash():
    assert render_to_string("components/light.html", walkflow.light(None)).count("—") == 1


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "—"),
        ("", "—"),
        (0, "0"),
        (True, "是"),
        (False, "否"),
        (date(2022, 6, 1), "2022-06-01"),
        (datetime(2022, 6, 1, 0, 30, tzinfo=UTC), "2022-06-01 08:30"),
    ],
)
def test_values_in_words(value, text):
    assert text_of(value) == text


@pytest.mark.parametrize(
    ("days", "words"),
    [(None, "—"), (0, "今天到期"), (3, "剩 3 个工作日"), (-2, "逾期 2 个工作日")],
)
def test_days_in_words(days, words):
    assert walkflow.duedays(days) == words


def rows_of(count: int) -> list[SimpleNamespace]:
    return [SimpleNamespace(pk=n, name=f"第{n}件", light="红") for n in range(1, count + 1)]


COLUMNS = (
    Column("名称", lambda row: row.name, link=True),
    Column("灯", lambda row: row.light, kind="light"),
    Column("内部", lambda row: row.pk, on_page=False),
)


def test_a_table_is_flat():
    table = Table(COLUMNS, paginate(rows_of(45), "2"), url=lambda row: f"/rows/{row.pk}/")
    assert [column.label for column in table.headers] == ["名称", "灯"]
    assert len(table.rows) == 20
    first = table.rows[0]
    assert [(cell.label, cell.text, cell.kind, cell.url) for cell in first.cells] == [
        ("名称", "第21件", "text", "/rows/21/"),
        ("灯", "红", "light", ""),
    ]
    assert first.name == "第21件"


def test_a_kind_must_be_known():
    with pytest.raises(ValueError, match="colour"):
        Column("灯", lambda row: row, kind="colour")


@pytest.mark.parametrize(("number", "shown"), [("x", 1), (None, 1), ("0", 1), ("-4", 1), ("99", 3), ("2", 2)])
def test_a_bad_page_number_clamps(number, shown):
    assert paginate(rows_of(45), number).number == shown


def test_a_list_on_the_page(rf):
    """共 N 条 is one text node, filters stay in the page links, and each row leads to its own page."""
    request = rf.get("/rows/?q=医保&light=红&page=2")
    table = Table(COLUMNS, paginate(rows_of(437), "2"), url=lambda row: f"/rows/{row.pk}/")
    html = render_to_string("components/table.html", {"table": table, "drawer": True}, request=request)
    assert ">共 437 条<" in html
    assert 'href="/rows/21/" data-drawer' in html
    assert "?q=%E5%8C%BB%E4%BF%9D&amp;light=%E7%BA%A2&amp;page=3" in html
    assert "<form" not in html
    assert query_without_page(request) == "q=%E5%8C%BB%E4%BF%9D&light=%E7%BA%A2"


def test_an_empty_list_says_so(rf):
    html = render_to_string(
        "components/table.html", {"table": Table(COLUMNS, paginate([], "1"))}, request=rf.get("/")
    )
    assert "没有符合条件的记录" in html
    assert ">共 0 条<" in html


class Question(forms.Form):
    title = forms.CharField(label="标题", help_text="一句话")
    sure = forms.BooleanField(label="属实")


def test_a_field_ties_help_and_error_to_its_control():
    html = render_to_string("components/field.html", walkflow.field(Question({})["title"]))
    assert 'aria-describedby="id_title_help id_title_error"' in html
    assert 'id="id_title_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'for="id_title"' in html


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_the_last_pages_need_no_context(name, settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    assert "回到工作台" in render_to_string(name)


def test_filters_beyond_the_fourth_stand_open_when_used():
    class Filters(forms.Form):
        a, b, c, d, e = (forms.CharField(required=False) for _ in range(5))

    assert not walkflow.folded_in_use(Filters(RequestFactory().get("/?a=1").GET))
    assert walkflow.folded_in_use(Filters(RequestFactory().get("/?e=1").GET))
