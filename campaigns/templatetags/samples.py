"""What /style/ shows: invented rows, forms and entries, so that the page prints the real components.

No row is read from the database, and nothing here is used by a page of the product.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms, template

from campaigns.ground.table import Column, Table, paginate

register = template.Library()

TEXTS = (
    "窗口叫号系统午间停摆，群众排队超过一小时",
    "异地备案小程序反复要求登录",
    "一次性告知单缺少样表",
    "重复提交身份证复印件，与“减材料”要求不符",
)
LIGHTS = ("红", "黄", "绿", "审核中", "逾期办结", "已办结", "暂停", None)
STATES = ("整改中", "待签收", "待销号审核", "已销号", "提请上级协调")


@dataclass(frozen=True)
class Example:
    """One invented row."""

    pk: int

    @property
    def due(self) -> date:
        return date(2022, 6, 1 + self.pk % 28)


COLUMNS = (
    Column("编号", lambda row: f"WT-2022-{row.pk:04d}", link=True),
    Column("问题", lambda row: TEXTS[row.pk % len(TEXTS)], kind="long"),
    Column("状态", lambda row: STATES[row.pk % len(STATES)], kind="state"),
    Column("灯", lambda row: LIGHTS[row.pk % len(LIGHTS)], kind="light"),
    Column("现行时限", lambda row: row.due, kind="date"),
    Column("剩余工作日", lambda row: 10 - row.pk % 14, kind="number"),
)


class ExampleForm(forms.Form):
    """One field of every kind, with the errors of an empty submission."""

    title = forms.CharField(label="问题标题", help_text="一句话说清在哪个环节遇到了什么。")
    kind = forms.ChoiceField(label="整改类型", choices=[("", "请选择"), ("1", "立行立改"), ("2", "限期整改")])
    due_on = forms.DateField(label="整改时限", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    point = forms.ChoiceField(
        label="窗口是否一次性告知",
        choices=[("y", "符合"), ("n", "不符合"), ("x", "不涉及")],
        widget=forms.RadioSelect,
    )
    detail = forms.CharField(label="具体情况", required=False, widget=forms.Textarea(attrs={"rows": 4}))
    photo = forms.FileField(label="佐证材料", required=False, help_text="照片或 PDF,单个不超过 20 MB。")
    agreed = forms.BooleanField(label="本人确认以上记录属实", required=False)


class ExampleQuery(forms.Form):
    """A filter form with more than four fields, so that it folds."""

    q = forms.CharField(label="关键字", required=False)
    organization = forms.CharField(label="责任单位", required=False)
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部")] + [(s, s) for s in STATES])
    light = forms.ChoiceField(
        label="灯", required=False, choices=[("", "全部")] + [(s, s) for s in LIGHTS if s]
    )
    due = forms.DateField(label="时限不晚于", required=False, widget=forms.DateInput(attrs={"type": "date"}))


ENTRIES = (
    {"at": datetime(2022, 6, 1, 9, 12), "who": "市医保局 · 填报员 · 陈示例", "what": "登记问题"},
    {
        "at": datetime(2022, 6, 2, 10, 5),
        "who": "市审改办 · 李示例",
        "what": "转办市人社局",
        "why": "由业务主管单位整改，请于 2 个工作日内签收。",
    },
    {"at": datetime(2022, 6, 7, 8, 30), "who": "系统", "what": "逾期未签收，第一次督办提醒", "tone": "late"},
)
NOTICES = (
    {
        "title": "WT-2022-0012 还有 2 个工作日到期",
        "body": "请抓紧整改并申请销号。",
        "at": datetime(2022, 6, 20, 8, 30),
        "url": "#",
        "unread": True,
    },
    {
        "title": "WT-2022-0007 已逾期 1 个工作日",
        "at": datetime(2022, 6, 17, 8, 30),
        "url": "#",
        "unread": True,
        "level": "late",
    },
    {"title": "WT-2022-0003 已销号", "at": datetime(2022, 6, 16, 15, 2), "url": "#"},
)
FACTS = (
    ("责任单位", "市人社局"),
    ("发现日期", date(2022, 6, 1)),
    ("整改类型", "限期整改"),
    ("长效机制", None),
)
TABS = (
    {"label": "全部", "url": "#", "active": True, "count": 437},
    {"label": "待我处理", "url": "#", "count": 7},
    {"label": "我登记的", "url": "#"},
)


def _table() -> Table:
    return Table(COLUMNS, paginate([Example(n) for n in range(1, 438)], 3, per_page=8), url=lambda row: "#")


SAMPLES = {
    "table": _table,
    "no_rows": lambda: Table(COLUMNS, []),
    "query": ExampleQuery,
    "form": ExampleForm,
    "failed_form": lambda: ExampleForm({}),
    "entries": lambda: ENTRIES,
    "notices": lambda: NOTICES,
    "facts": lambda: FACTS,
    "tabs": lambda: TABS,
    "lights": lambda: LIGHTS,
    "states": lambda: STATES,
}


@register.simple_tag
def sample(name: str) -> Any:
    """`{% sample "table" as table %}` → the example of that name; KeyError for an unknown one."""
    return SAMPLES[name]()
