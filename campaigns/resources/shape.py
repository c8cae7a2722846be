"""The shape of one kind of workbook: its columns in contract order, its natural key, what a row must satisfy.

Declarations of django-import-export; the set-based plan (campaigns.actions.imports_plan) reads them, as do export
and template: a column is declared once. Nothing is written from here.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from import_export import fields, resources

from campaigns.ground.sheets.read import header_key
from campaigns.ground.sheets.values import BadValue, as_code, as_name, same_name
from campaigns.models import Campaign, Category, Matter, Organization, Person, User
from campaigns.resources.widgets import Reference, SheetWidget

CHUNK = 500


class SheetField(fields.Field):
    """One column. `attribute` is the lookup path its stored value is read from ("" when the resource reads it)."""

    def __init__(self, column_name: str, widget: SheetWidget, attribute: str = "", **options):
        self.required: bool = options.pop("required", False)
        self.note: str = options.pop("note", "")
        self.width: int = options.pop("width", 14)
        self.example: str = options.pop("example", "")
        super().__init__(attribute=attribute or None, column_name=column_name, widget=widget, **options)

    @property
    def key(self) -> str:
        """The heading as it is compared."""
        return header_key(self.column_name)

    @cached_property
    def settles(self) -> bool:
        """Whether a value given still has something to find out from the stored one, or from there being none."""
        return type(self.widget).settle is not SheetWidget.settle

    @property
    def bare_key(self) -> str:
        """What people call a column that points to something, whose cells may hold a name: without 编码, 编号."""
        if not isinstance(self.widget, Reference):
            return ""
        bare = re.sub("(编码|编号)$", "", self.column_name)
        return header_key(bare) if bare != self.column_name else ""

    @property
    def empty(self):
        """What a blank in a new row, and 清空, stand for."""
        return self.widget.blank if self.default is fields.NOT_PROVIDED else self.default


@dataclass
class Draft:
    """One row on its way: `given` holds the cells that say something, `values` what the record would be.

    Values are keyed by field name; references are codes. `fault` collects (field name or "", sentence). `parts`:
    the rows of the kind's further sheets that belong to this record, by part; their values stand in the record's
    own `values` and `stored` under the part's name, as lists of dicts.
    """

    number: int
    given: dict[str, Any]
    key: tuple = ()
    stored: dict[str, Any] | None = None
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)
    parts: dict[str, list["Draft"]] = field(default_factory=dict)

    @property
    def is_faulty(self) -> bool:
        """A fault in the record's own row or in one of its parts."""
        if self.faults or not self.parts:
            return bool(self.faults)
        return any(part.faults for rows in self.parts.values() for part in rows)

    @property
    def is_changed(self) -> bool:
        """New, or different from what is stored: a row that says nothing new is never argued with."""
        return any(self.changes(name) for name in self.values)

    def fault(self, name: str, sentence: str) -> None:
        self.faults.append((name, sentence))

    def changes(self, name: str) -> bool:
        """Would the record's value differ from what is stored?"""
        return self.stored is None or self.values.get(name) != self.stored.get(name)


class Index:
    """Codes and names of one table; resolves what a person wrote to one code, or says why it can't."""

    def __init__(self, noun: str, rows: Iterable[tuple[str, ...]] = ()):
        self.noun, self._labels = noun, {}
        self._names: dict[str, set[str]] = {}
        self._short: dict[str, set[str]] = {}
        for row in rows:
            self.add(*row)

    def add(self, code: str, name: str, short_name: str = "", place: str = "") -> None:
        self._labels[code] = f"{code} {name}" + (f"({place})" if place else "")
        self._names.setdefault(same_name(name), set()).add(code)
        if short_name:
            self._short.setdefault(same_name(short_name), set()).add(code)

    def __contains__(self, code: str) -> bool:
        return code in self._labels

    def resolve(self, value) -> str:
        """The code meant by `value` (a code, a name, or a short name nobody else has). Raises BadValue."""
        text = as_name(value)
        code = as_code(value)
        if code in self._labels:
            return code
        found = self._names.get(same_name(text)) or self._short.get(same_name(text)) or set()
        if len(found) == 1:
            return next(iter(found))
        if not found:
            raise BadValue(f"找不到{self.noun}“{text}”。")
        listed = "、".join(self._labels[code] for code in sorted(found)[:5]) + (
            "等" if len(found) > 5 else ""
        )
        raise BadValue(f"“{text}”对应 {len(found)} 个{self.noun}：{listed}；请改填编号或编码。")


class Directory(dict):
    """The indexes a plan needs, each loaded once, when first asked for. `own`: those of the kind itself."""

    def __init__(self, own: Mapping[str, Callable[[], Index]] | None = None):
        super().__init__()
        self._loaders = {**_INDEXES, **(own or {})}

    def __missing__(self, target: str) -> Index:
        self[target] = self._loaders[target]()
        return self[target]


def _organizations() -> Index:
    return Index("单位", Organization.objects.values_list("code", "name", "short_name").order_by())


def _people() -> Index:
    rows = Person.objects.values_list("code", "name", "organization__short_name", "organization__name")
    return Index("人员", ((code, name, "", short or full) for code, name, short, full in rows.order_by()))


def _matters() -> Index:
    return Index("事项", Matter.objects.values_list("code", "name").order_by())


def _categories() -> Index:
    return Index("要点或问题类别", Category.objects.values_list("code", "name").order_by())


def _accounts() -> Index:
    names = User.objects.values_list("username", flat=True).order_by()
    return Index("账号", ((name, name) for name in names))


_INDEXES = {
    "organization": _organizations,
    "person": _people,
    "matter": _matters,
    "category": _categories,
    "account": _accounts,
}


@dataclass(frozen=True)
class Scene:
    """What an import is made in: the campaign its new records belong to (None: there is none) and the moment."""

    campaign: Campaign | None = None
    now: datetime | None = None


class SheetResource(resources.ModelResource):
    """The base of all workbook shapes. Subclasses set kind, title, sheet and their fields.

    `parts`: further sheets whose rows belong to the records of the first one; a record with all its rows is one.
    A part's first key column names the record, `owner` is the lookup from its table to it. `indexes`: targets of
    references only this kind knows. `needs_campaign`: new records belong to the campaign of the scene.
    """

    kind: str = ""
    title: str = ""
    sheet: str = ""
    order_by: tuple[str, ...] = ("pk",)
    keys: tuple[str, ...] = ()
    parts: tuple[type["PartResource"], ...] = ()
    indexes: Mapping[str, Callable[[], Index]] = {}
    needs_campaign: bool = False
    scene: Scene = Scene()

    @property
    def double_at(self) -> str:
        """The column at which a key that stands twice is told."""
        return self.keys[0]

    @property
    def key_label(self) -> str:
        """What a record is known by, in a refusal; a key of several columns names them all."""
        labels = [self.columns()[name].column_name for name in self.keys if self.columns()[name].required]
        return labels[0] if len(labels) == 1 else f"同一{'、'.join(labels)}的记录"

    def columns(self) -> dict[str, SheetField]:
        """Field name → column, in contract order."""
        return self._columns

    @cached_property
    def _columns(self) -> dict[str, SheetField]:
        return {name: self.fields[name] for name in self._meta.fields}

    @cached_property
    def blanks(self) -> dict[str, Any]:
        """What a new record has where its row says nothing."""
        return {name: column.empty for name, column in self.columns().items()}

    @cached_property
    def minded(self) -> list[tuple[str, SheetField]]:
        """The columns of a new row that a cell alone doesn't settle: they must be filled, or ask what is stored."""
        return [
            (name, column) for name, column in self.columns().items() if column.required or column.settles
        ]

    def key_of(self, values: dict[str, Any]) -> tuple:
        """The natural key of a record."""
        return tuple(values.get(name) for name in self.keys)

    def stored_rows(self, keys: set[tuple] | None = None) -> Iterator[dict[str, Any]]:
        """Stored records as field name → value, with "pk"; all of them, or at least those with one of `keys`."""
        paths = {name: column.attribute for name, column in self.columns().items() if column.attribute}
        queryset = self._meta.model._default_manager.order_by(*self.order_by)
        if keys is not None and len(keys) <= 500:
            first = self.columns()[self.keys[0]].attribute
            queryset = queryset.filter(**{f"{first}__in": [key[0] for key in keys]})
        for row in queryset.values("pk", *paths.values()):
            yield {"pk": row["pk"], **{name: row[path] for name, path in paths.items()}}

    def match(self, drafts: list[Draft]) -> None:
        """Give each draft its stored record."""
        stored = {self.key_of(row): row for row in self.stored_rows({draft.key for draft in drafts})}
        for draft in drafts:
            draft.stored = stored.get(draft.key)

    def prepare(self, drafts: list[Draft], directory: Directory) -> None:
        """Called with the raw key cells before references are resolved (rows may point to each other)."""

    def check(self, draft: Draft) -> None:
        """Rules within one record; call draft.fault()."""

    def check_all(self, drafts: list[Draft], directory: Directory) -> None:
        """Rules between the records of the file and the stored ones; call draft.fault()."""


class PartResource(SheetResource):
    """A further sheet of a kind. `name` is where its rows stand in the record's values; its key is (record, own)."""

    name: str = ""
    owner: str = ""

    @property
    def double_at(self) -> str:
        return self.keys[1]

    @property
    def key_label(self) -> str:
        return self.columns()[self.double_at].column_name

    def inner(self) -> dict[str, SheetField]:
        """Its columns without the one that names the record."""
        return {name: column for name, column in self.columns().items() if name != self.keys[0]}

    def order_of(self, values: dict[str, Any]) -> Any:
        """Where a row stands among the rows of its record."""
        return values[self.keys[1]]

    def rows_of(self, owners: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
        """Record's primary key → its rows as dicts of `inner`, in order. One query."""
        paths = {name: column.attribute for name, column in self.inner().items()}
        found: dict[int, list[dict[str, Any]]] = {}
        rows = self._meta.model._default_manager.filter(**{f"{self.owner}__in": list(owners)})
        for row in rows.order_by().values(self.owner, *paths.values()):
            values = {name: row[path] for name, path in paths.items()}
            found.setdefault(row[self.owner], []).append(values)
        for values in found.values():
            values.sort(key=self.order_of)
        return found

    def words(self, before: list[dict[str, Any]], after: list[dict[str, Any]]) -> tuple[str, str]:
        """What changed among a record's rows, in words: only the rows that differ; a new record tells their number."""
        if not before:
            return "", f"{len(after)} 行" if after else ""
        return self._told(before, after), self._told(after, before)

    def _told(self, rows: list[dict[str, Any]], others: list[dict[str, Any]]) -> str:
        columns = self.inner()
        lines = [
            " ".join(filter(None, (columns[name].widget.render(value) for name, value in row.items())))
            for row in rows
            if row not in others
        ]
        return "；".join(lines) or "无"
