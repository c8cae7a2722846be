"""Template tags of the shell: lights, states, form fields, breadcrumbs, page links, days.

Meaning is never carried by colour alone (适老化设计规范): each light is a shape and a word besides.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.forms import BaseForm, BoundField, CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect
from django.template.context import Context

from campaigns.ground.table import query_without_page, text_of

register = template.Library()

# 衡政办函〔2022〕16号 lights; contract §6: 绿·黄·红·审核中·逾期办结·已办结·暂停·—
LIGHTS = {
    "红": ("▲", "red", "已过时限"),
    "黄": ("◆", "amber", "即将到期"),
    "绿": ("●", "green", "时限内"),
    "审核中": ("◐", "blue", "已申请销号，等待审核"),
    "逾期办结": ("■", "late", "办结时已过时限"),
    "已办结": ("✓", "done", "按期办结"),
    "暂停": ("‖", "grey", "提请上级协调，暂停计时"),
}

# Tone of a state chip; a state not named here is grey (waiting).
STATE_TONES = {
    "整改中": "blue",
    "待单位审核": "blue",
    "待销号审核": "blue",
    "审核中": "blue",
    "已销号": "green",
    "有效": "green",
    "已确认": "green",
    "本人已确认": "green",
    "已登记": "blue",
    "已完成": "green",
    "已走": "green",
    "未走": "amber",
    "成功": "green",
    "相符": "green",
    "不符": "amber",
    "阶段性完成": "green",
    "退回": "amber",
    "失败": "amber",
    "待批准": "amber",
    "已批准": "blue",
    "已印发": "green",
    "已采用": "green",
    "不采用": "amber",
    "无效": "amber",
    "待情况说明": "amber",
    "已说明": "blue",
    "属实": "amber",
    "排除": "green",
    "提请上级协调": "amber",
    "延期待批": "amber",
    "同类问题复发": "amber",
    "已上报": "blue",
    "已接收": "green",
    "已退回": "amber",
    "有": "amber",
    "无": "green",
}


@register.inclusion_tag("components/light.html")
def light(word: str | None) -> dict[str, str]:
    """`{% light "红" %}` → shape + word in its colour. An unknown or empty word is written as it is (`—`)."""
    word = word or "—"
    shape, tone, meaning = LIGHTS.get(str(word), ("", "none", ""))
    return {"word": str(word), "shape": shape, "tone": tone, "meaning": meaning}


@register.inclusion_tag("components/state.html")
def state(word: str | None) -> dict[str, str]:
    """`{% state item.get_state_display %}` → a chip; its tone is looked up in STATE_TONES."""
    return {"word": str(word or "—"), "tone": STATE_TONES.get(str(word), "grey")}


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, label: str = "") -> dict[str, Any]:
    """`{% field form.title %}` → label, help, error and widget, tied together by aria-describedby.

    A group of radios or checkboxes becomes a fieldset; a single checkbox stands before its label.
    A hidden field is printed bare.
    """
    widget = bound.field.widget
    group = isinstance(widget, (RadioSelect, CheckboxSelectMultiple))
    said_by = []
    if bound.help_text:
        said_by.append(f"{bound.auto_id}_help")
    if bound.errors:
        said_by.append(f"{bound.auto_id}_error")
    attrs = {} if group or not said_by else {"aria-describedby": " ".join(said_by)}
    if bound.errors and not group:
        attrs["aria-invalid"] = "true"
    return {
        "field": bound,
        "label": label or bound.label,
        "control": bound.as_widget(attrs=attrs),
        "hidden": bound.is_hidden,
        "group": group,
        "check": isinstance(widget, CheckboxInput),
        "file": isinstance(widget, FileInput),
        "described_by": " ".join(said_by),
    }


@register.inclusion_tag("components/fields.html")
def fields(form: BaseForm) -> dict[str, Any]:
    """`{% fields form %}` → the form's own errors, hidden fields, then each visible field."""
    return {"form": form}


@register.inclusion_tag("components/crumbs.html")
def crumbs(*steps: str) -> dict[str, Any]:
    """`{% crumbs "整改台账" ledger_url "LZ-0012" %}`: label, address, …, and last the page's own label.

    首页 is put in front.
    """
    pairs = [{"label": steps[i], "url": steps[i + 1]} for i in range(0, len(steps) - 1, 2)]
    return {"pairs": pairs, "here": steps[-1] if len(steps) % 2 else ""}


@register.inclusion_tag("components/wizard.html")
def wizard(current: int, *names: str) -> dict[str, Any]:
    """`{% wizard 2 %}` → the bar of an import: 下载模板 → 上传 → 预览 → 确认. Other names may be given."""
    names = names or ("下载模板", "上传", "预览", "确认")
    return {
        "steps": [
            {"number": n, "name": name, "done": n < current, "here": n == current}
            for n, name in enumerate(names, start=1)
        ]
    }


@register.inclusion_tag("components/stat.html")
def stat(
    label: str, number: Any, url: str = "", note: str = "", overdue: bool = False, change: str = ""
) -> dict[str, Any]:
    """`{% stat "已逾期" 4 url=… overdue=True %}` → a number card that leads to its list. Only 逾期 is red.

    change: what it was before, “较6月13日+12”.
    """
    return {
        "label": label,
        "number": text_of(number),
        "url": url,
        "note": note,
        "overdue": overdue and bool(number),
        "change": change,
    }


@register.inclusion_tag("components/empty.html")
def empty(
    sentence: str = "没有符合条件的记录", hint: str = "", url: str = "", action: str = ""
) -> dict[str, str]:
    """`{% empty "还没有走流程记录" hint="…" url=… action="登记一次" %}` → a quiet box for an empty list."""
    return {"sentence": sentence, "hint": hint, "url": url, "action": action}


@register.inclusion_tag("components/progress.html")
def progress(done: int, total: int, label: str = "") -> dict[str, Any]:
    """`{% progress job.done job.total "正在生成材料包" %}` → a bar with its numbers in words."""
    share = min(100, round(100 * done / total)) if total else 0
    return {"done": done, "total": total, "share": share, "label": label}


@register.simple_tag(takes_context=True)
def page_url(context: Context, number: int) -> str:
    """The address of page `number` of the list shown, all filters kept."""
    kept = query_without_page(context["request"]) if "request" in context else ""
    return f"?{kept}&page={number}" if kept else f"?page={number}"


@register.simple_tag(takes_context=True)
def kept_query(context: Context) -> list[tuple[str, str]]:
    """Name and value of every filter in the address but `page`, for the hidden fields of the 跳页 form."""
    if "request" not in context:
        return []
    return [(name, v) for name, values in context["request"].GET.lists() if name != "page" for v in values]


@register.simple_tag
def page_numbers(page: Any) -> list[int | str]:
    """The pager's numbers with `…` for the gaps: 1 … 4 5 6 … 20."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1))


@register.simple_tag
def folded_in_use(form: BaseForm, first: int = 4) -> bool:
    """Whether a filter beyond the first four is filled in, so that 展开 must stand open."""
    return any(bound.value() or bound.errors for bound in form.visible_fields()[first:])


@register.filter
def duedays(days: int | None) -> str:
    """Working days left → words: 剩 3 个工作日 · 今天到期 · 逾期 2 个工作日; `—` when there is no date."""
    if days is None or days == "":
        return "—"
    if days == 0:
        return "今天到期"
    return f"剩 {days} 个工作日" if days > 0 else f"逾期 {-days} 个工作日"


@register.filter
def shown(value: Any) -> str:
    """Any value as the tables write it: dates as 2026-11-23, 是/否, `—` for nothing."""
    return text_of(value)


@register.filter
def iso(value: date | datetime | None) -> str:
    """A date or time for `<time datetime=…>`; empty for nothing."""
    return value.isoformat() if value else ""


@register.filter
def minutes(span: timedelta | None) -> str:
    """A span of time in whole minutes, rounded up."""
    return str(-(-int(span.total_seconds()) // 60)) if span else ""
