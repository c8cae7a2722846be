"""A text field that finds a row by its code or its name, with a datalist for the fingers.

The page prints the lists once: {% include "campaigns/_options.html" %}.
"""

import re
from typing import Any

from django import forms
from django.db.models import Model, Q, QuerySet

from campaigns.models import Organization

# Ids of the datalists the page prints once.
UNITS, MATTERS = "unit-options", "matter-options"
_BRACKETED = re.compile(r"[(（]([^()（）]+)[)）]\s*$")


def named(row: Model) -> str:
    """How a row is offered: name(code)."""
    return f"{getattr(row, 'label', None) or row.name}({row.code})"


class PickField(forms.CharField):
    """Cleans to one row of `rows`, found by code, by name(code), or by a name only one row has; None when left blank.

    what: the thing in Chinese, for the sentences. names: the fields a name may stand in. listed: id of the datalist.
    """

    def __init__(
        self, *, rows: QuerySet, what: str, names: tuple[str, ...], listed: str, **kwargs: Any
    ) -> None:
        self.rows, self.what, self.names, self.listed = rows, what, names, listed
        kwargs.setdefault("max_length", 200)
        super().__init__(**kwargs)
        self.widget.attrs |= {"list": listed, "autocomplete": "off"}

    def prepare_value(self, value: Any) -> Any:
        return named(value) if isinstance(value, Model) else value

    def clean(self, value: Any) -> Model | None:
        text = super().clean(value).strip()
        return self._found(text) if text else None

    def _found(self, text: str) -> Model:
        codes = {text}
        if bracketed := _BRACKETED.search(text):
            codes.add(bracketed.group(1).strip())
        by_code = self.rows.filter(code__in=codes).first()
        if by_code:
            return by_code
        by_name = Q()
        for name in self.names:
            by_name |= Q(**{name: text})
        found = list(self.rows.filter(by_name)[:6])
        if len(found) == 1:
            return found[0]
        if found:
            candidates = "、".join(named(row) for row in found)
            raise forms.ValidationError(f"“{text}”对应多个{self.what}：{candidates}，请填写编码。")
        raise forms.ValidationError(f"没有找到{self.what}“{text}”，请填写编码或全称。")


def unit_field(label: str = "单位", **kwargs: Any) -> PickField:
    """Any unit, by its code, its name or its short name."""
    names = ("name", "short_name")
    return PickField(
        rows=Organization.objects.order_by("code"),
        what="单位",
        names=names,
        listed=UNITS,
        label=label,
        **kwargs,
    )
