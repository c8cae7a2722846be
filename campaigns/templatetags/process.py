"""How the map of a process writes its numbers."""

from typing import Any

from django import template

from campaigns.enums import MatterFocus
from campaigns.lists import words_of
from campaigns.process import Spread, plain, span_words

register = template.Library()


@register.filter
def span(minutes: Any) -> str:
    """Minutes in words: 12 分钟, 3.5 小时, 2 天; — for nothing."""
    return span_words(minutes)


@register.filter
def middle(found: Spread | None) -> str:
    """The median of minutes in words; — where there is none."""
    return span_words(found.median if found else None)


@register.filter
def quartiles(found: Spread | None) -> str:
    """From the lower to the upper quartile in words; empty for a single number."""
    if found is None or found.n < 2:
        return ""
    lower, upper = span_words(found.lower), span_words(found.upper)
    number, unit = lower.split(" ")
    return f"{number} 至 {upper}" if upper.endswith(f" {unit}") else f"{lower} 至 {upper}"


@register.filter
def amount(number: Any) -> str:
    """A number without idle decimals; — for nothing."""
    return "—" if number is None else plain(number)


@register.filter
def focuses(values: list[str]) -> str:
    """重点类别 of a matter in words: 高频、急难愁盼."""
    return words_of(values, MatterFocus)
