"""What one cell of a workbook column may hold: from the cell to a Python value, and back.

Widgets of django-import-export that read through campaigns.ground.sheets.values; one column, one widget. They know
how a value is written, never what it is for.
"""

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal

from django.utils.timezone import localtime, make_aware
from import_export import widgets

from campaigns.ground.secret import mask_name, mask_phone
from campaigns.ground.sheets import values
from campaigns.ground.sheets.values import MASK, BadValue


class SheetWidget(widgets.Widget):
    """The base: `kind` is the writer's, `blank` is what an empty cell of a new row (or 清空) stands for."""

    kind = "text"
    blank: object = None

    def clean(self, value, row=None, **kwargs):
        """The Python value of a cell that isn't blank. Raises BadValue."""
        raise NotImplementedError

    def cell(self, value):
        """The value as an export writes it."""
        return value

    def render(self, value, obj=None, **kwargs) -> str:
        """The value in words: for before → after, audit and error lists."""
        value = self.cell(value)
        if isinstance(value, bool):
            return "是" if value else "否"
        return "" if value is None else str(value)

    def same(self, given, stored) -> bool:
        """Would writing `given` change nothing?"""
        return given == stored

    def settle(self, given, stored):
        """What is really meant, once the stored value is known (None for a new row). Raises BadValue."""
        return given

    @property
    def choices(self) -> tuple[str, ...]:
        """Labels for a drop-down."""
        return ()


class Text(SheetWidget):
    """Free text."""

    blank = ""
    parse = staticmethod(values.as_text)

    def __init__(self, max_length: int | None = None):
        super().__init__()
        self.max_length = max_length

    def clean(self, value, row=None, **kwargs) -> str:
        return self.parse(value, max_length=self.max_length)

    def same(self, given, stored) -> bool:
        return given == stored or (given == self.parse(stored) if stored else False)


class Name(Text):
    """A name: one line, no blanks between Chinese characters."""

    parse = staticmethod(values.as_name)


class Code(Text):
    """A natural key; `/` is kept for paths."""

    kind = "code"
    parse = staticmethod(values.as_code)

    def clean(self, value, row=None, **kwargs) -> str:
        code = super().clean(value, row, **kwargs)
        if "/" in code:
            raise BadValue(f"“{code}”不能含有“/”。")
        return code


class Number(Text):
    """A number somebody else gave (办件编号、工单编号、文书编号): a code that may hold anything."""

    kind = "code"
    parse = staticmethod(values.as_code)


class Login(Text):
    """登录账号: a-z 0-9 . _ - only, lower-cased (contract §6)."""

    kind = "code"

    def clean(self, value, row=None, **kwargs) -> str:
        login = values.as_code(value, max_length=self.max_length).lower()
        if not re.fullmatch(r"[a-z0-9._-]+", login):
            raise BadValue(f"“{login}”只能由小写字母、数字和 . _ - 组成。")
        return login

    def same(self, given, stored) -> bool:
        return given == (stored or "").lower()


class Email(Text):
    kind = "code"

    def clean(self, value, row=None, **kwargs) -> str:
        email = values.as_email(value)
        if self.max_length and len(email) > self.max_length:
            raise BadValue(f"超过 {self.max_length} 个字。")
        return email


class Url(Text):
    """A web address, as written."""

    def clean(self, value, row=None, **kwargs) -> str:
        url = super().clean(value, row, **kwargs)
        if not re.match(r"https?://[^\s]+\Z", url):
            raise BadValue(f"“{url}”不是网址，应以 http:// 或 https:// 开头。")
        return url


class Phone(SheetWidget):
    """A phone: exports show it masked; a mask that fits the stored number means the stored number."""

    kind, blank = "code", ""

    def clean(self, value, row=None, **kwargs) -> str:
        return values.as_phone(value)

    def cell(self, value) -> str:
        return mask_phone(value or "")

    def settle(self, given, stored):
        if MASK not in given:
            return given
        if stored and mask_phone(stored) == given:
            return stored
        raise BadValue(f"“{given}”是打了星号的号码，与系统里的不符；请填写完整号码或留空。")


class Citizen(Name):
    """A citizen's name: exports show only the family name; a mask that fits the stored name means the stored one."""

    def cell(self, value) -> str:
        return mask_name(value or "")

    def settle(self, given, stored):
        if stored and given == mask_name(stored):
            return stored
        if stored and MASK in given:
            raise BadValue(f"“{given}”是打了星号的姓名，与系统里的不符；请填写完整姓名或留空。")
        return given


class Choice(SheetWidget):
    """One of a TextChoices, written by its label."""

    blank = ""

    def __init__(self, options):
        super().__init__()
        self.options: Mapping[str, str] = dict(options.choices)

    def clean(self, value, row=None, **kwargs) -> str:
        return values.as_choice(value, self.options)

    def cell(self, value) -> str:
        return self.options.get(value, value or "")

    @property
    def choices(self) -> tuple[str, ...]:
        return tuple(self.options.values())


class Choices(Choice):
    """Several of a TextChoices, in the order of the list. `open_ended` keeps words that aren't on it."""

    def __init__(self, options, *, open_ended: bool = False):
        super().__init__(options)
        self.open_ended = open_ended

    @property
    def blank(self) -> list:
        return []

    def clean(self, value, row=None, **kwargs) -> list[str]:
        return self._ordered({self._one(part) for part in values.as_list(value)})

    def _one(self, part: str) -> str:
        try:
            return values.as_choice(part, self.options)
        except BadValue:
            if self.open_ended:
                return part
            raise

    def _ordered(self, found: set[str]) -> list[str]:
        return [option for option in self.options if option in found] + sorted(found - self.options.keys())

    def cell(self, value) -> str:
        return "、".join(self.options.get(option, option) for option in self._ordered(set(value or ())))

    def same(self, given, stored) -> bool:
        return set(given) == set(stored or ())

    @property
    def choices(self) -> tuple[str, ...]:
        return ()


class Requests(Choices):
    """Roles an import asks for. It can only ask: what is held and not named stays (安全管理员 withdraws)."""

    def settle(self, given, stored):
        return self._ordered({*given, *(stored or ())})


class Day(SheetWidget):
    kind = "date"

    def clean(self, value, row=None, **kwargs) -> dt.date | None:
        return values.as_date(value)


class Moment(SheetWidget):
    """A moment on the local clock; stored with its zone."""

    kind = "datetime"

    def clean(self, value, row=None, **kwargs) -> dt.datetime | None:
        moment = values.as_datetime(value)
        return make_aware(moment) if moment else None

    def cell(self, value) -> dt.datetime | None:
        return localtime(value) if value else None

    def render(self, value, obj=None, **kwargs) -> str:
        return f"{localtime(value):%Y-%m-%d %H:%M}" if value else ""

    def same(self, given, stored) -> bool:
        """Cells show minutes and hold seconds: what an export of `stored` can come back as is the same."""
        if given is None or stored is None:
            return given == stored
        shown = localtime(stored).replace(second=0, microsecond=0)
        return abs(given - stored) < dt.timedelta(seconds=1) or given == shown


class Whole(SheetWidget):
    kind = "integer"

    def clean(self, value, row=None, **kwargs) -> int | None:
        return values.as_integer(value)


class Money(SheetWidget):
    kind = "decimal"

    def clean(self, value, row=None, **kwargs) -> Decimal | None:
        number = values.as_decimal(value)
        if number is not None and number >= 10**10:
            raise BadValue(f"“{number}”过大。")
        return number


class YesNo(SheetWidget):
    """是/否; a blank in a new row is 否 (contract §6)."""

    blank = False

    def clean(self, value, row=None, **kwargs) -> bool | None:
        return values.as_boolean(value)

    def cell(self, value) -> str:
        return "是" if value else "否"

    @property
    def choices(self) -> tuple[str, ...]:
        return ("是", "否")


class Reference(SheetWidget):
    """A row of another table, given by its code or its unique name; the value is its code.

    `target` names the index in the `directory` that the plan hands to clean().
    """

    kind = "code"

    def __init__(self, target: str):
        super().__init__()
        self.target = target

    def clean(self, value, row=None, directory=None, **kwargs) -> str | None:
        return directory[self.target].resolve(value)


class References(Reference):
    """Several rows of another table; the value is the list of their codes."""

    @property
    def blank(self) -> list:
        return []

    def clean(self, value, row=None, directory=None, **kwargs) -> list[str]:
        found = (directory[self.target].resolve(part) for part in values.as_list(value))
        return list(dict.fromkeys(found))

    def cell(self, value) -> str:
        return "、".join(value or ())

    def same(self, given, stored) -> bool:
        return set(given) == set(stored or ())
